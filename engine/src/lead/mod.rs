//! Leads: left by buyers, read by the realtor, never lost.

mod contact;
mod store;

use chrono::{DateTime, Utc};
use domain::{
    audit as log,
    id::{ConversationId, LeadId, OrganizationId},
    lead::{CONSENT_VERSION, Channel, Consent, Lead, LeadForm, consent_text},
    page::{self, Page},
    tenancy::Action,
    webhook::EventKind,
};
use serde_json::json;

use contact::Contact;
pub(crate) use store::{conversation_of, erase, older, withdraw};

use crate::{
    Call, Engine, Error,
    audit::{self, Event},
    chat,
    dashboard::{self, Tallied},
    db::{Reach, Tx},
    failpoint,
    porch::Porch,
    support::Look,
    vault::{self, Keys},
    webhook,
};

/// Leads of before that are sealed in one commit.
const AT_ONCE: i64 = 500;

/// What a buyer has left.
#[derive(Clone, Debug)]
pub struct Left {
    pub id: LeadId,
    /// The secret by which they come back to it, where they had none.
    pub session: Option<String>,
}

/// Keeps what a buyer left. `session` ties it to the conversation it came from; where there was none one begins, so that whoever
/// has left something can see it and take it back.
pub async fn leave(porch: &Porch, session: Option<&str>, form: &LeadForm) -> Result<Left, Error> {
    let form = form.check()?;
    let engine = porch.engine();
    let asked_in = chat::conversation_of(porch, session).await?;
    let id = engine.clock().new_id::<LeadId>();
    let given = [
        (Channel::Email, form.email.is_some()),
        (Channel::Phone, form.phone.is_some()),
    ];
    let channels = given
        .into_iter()
        .filter_map(|(channel, given)| given.then_some(channel));
    let keys = vault::to_seal(engine, porch.organization()).await?;
    let contact = Contact::from(form);
    let now = engine.clock().now();
    let told = told(porch, &keys, (id, asked_in), &contact, now)?;

    let mut tx = engine.db().begin(porch.organization()).await?;
    let (conversation, session) = chat::to_leave_in(&mut tx, porch, asked_in).await?;
    let new = store::NewLead {
        id,
        porch,
        conversation,
        contact: contact.seal(&keys, id)?,
    };
    store::insert(&mut tx, &new, now).await?;
    for channel in channels {
        let consent = Consent {
            channel,
            text: consent_text(&porch.realtor.name),
            version: CONSENT_VERSION.to_owned(),
            given_at: now,
            withdrawn_at: None,
        };
        store::insert_consent(&mut tx, porch.organization(), id, &consent).await?;
    }
    dashboard::tally(&mut tx, Tallied::Lead, [(porch.organization(), now)]).await?;
    engine.outbox().write(&mut tx, told).await?;
    tx.commit_at(failpoint::LEAD_LEAVE).await?;
    engine.outbox().ring();
    tracing::info!(lead.id = %id, "A buyer left lead `{id}`");
    Ok(Left { id, session })
}

/// What endpoints are told of a lead: that it is there, and that somebody in a conversation asks for a person.
fn told(
    porch: &Porch,
    keys: &Keys,
    (lead, conversation): (LeadId, Option<ConversationId>),
    contact: &Contact,
    at: DateTime<Utc>,
) -> Result<Vec<webhook::Event>, Error> {
    let clock = porch.engine().clock();
    let event = |kind| webhook::Event {
        organization: porch.organization(),
        id: clock.new_id(),
        kind,
        at,
        data: json!({
            "lead_id": lead,
            "bot_id": porch.bot.id,
            "property_id": porch.property_id(),
            "conversation_id": conversation,
        }),
        words: None,
    };
    let mut created = event(EventKind::LeadCreated);
    let words = json!({
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "message": contact.message,
    });
    created.words = Some(webhook::Words::seal(keys, created.id, lead.uuid(), &words)?);
    let handoff = conversation.map(|_| event(EventKind::HandoffRequested));
    Ok([created].into_iter().chain(handoff).collect())
}

/// Newest first.
pub async fn list(call: &Call, after: Option<&str>, limit: Option<u32>) -> Result<Page<Lead>, Error> {
    call.must(Action::SeeLeads)?;
    let after = after.map(str::parse::<LeadId>).transpose()?;
    let limit = page::limit(limit);
    let keys = vault::to_open(call.engine(), call.organization()).await?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let mut rows = store::list(&mut tx, &keys, call.organization(), after, i64::from(limit) + 1).await?;
    store::add_consents(&mut tx, call.organization(), &mut rows).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// The same for an operator whom the organization lets look.
pub(crate) async fn list_for(engine: &Engine, look: Look, after: Option<&str>) -> Result<Page<Lead>, Error> {
    let after = after.map(str::parse::<LeadId>).transpose()?;
    let limit = page::limit(None);
    let keys = vault::to_open(engine, look.organization()).await?;
    let mut tx = engine.db().read(look.organization()).await?;
    let rows = store::list(&mut tx, &keys, look.organization(), after, i64::from(limit) + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// All of them, for a file that leaves the house, which is noted; at most 10,000, newest first.
pub async fn export(call: &Call) -> Result<Vec<Lead>, Error> {
    call.must(Action::SeeLeads)?;
    call.must_have_proved()?;
    let keys = vault::to_open(call.engine(), call.organization()).await?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let mut leads = store::list(&mut tx, &keys, call.organization(), None, 10_000).await?;
    store::add_consents(&mut tx, call.organization(), &mut leads).await?;
    drop(tx);
    let event = Event {
        action: log::LEADS_EXPORTED,
        target: None,
        before: None,
        after: Some(json!({ "leads": leads.len() })),
    };
    let mut tx = call.engine().db().begin(call.organization()).await?;
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::LEADS_EXPORT).await?;
    Ok(leads)
}

/// The newest `most`, for a search.
pub(crate) async fn newest(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    most: i64,
) -> Result<Vec<Lead>, Error> {
    store::list(tx, keys, organization, None, most).await
}

/// What was left in a conversation, with what was agreed to.
pub(crate) async fn of_conversation(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    conversation: ConversationId,
) -> Result<Vec<Lead>, Error> {
    let mut leads = store::of_conversation(tx, keys, organization, conversation).await?;
    store::add_consents(tx, organization, &mut leads).await?;
    Ok(leads)
}

/// Seals what was left before leads were sealed, as [`chat::seal_old`] does.
pub(crate) async fn seal_old(engine: &Engine) -> Result<usize, Error> {
    let organizations = store::organizations_with_open_leads(&mut engine.db().read(Reach::Everyone).await?).await?;
    let mut sealed = 0;
    for organization in organizations {
        let keys = vault::to_seal(engine, organization).await?;
        loop {
            let mut tx = engine.db().begin(organization).await?;
            match store::seal_leads(&mut tx, &keys, organization, AT_ONCE).await? {
                0 => break,
                some => sealed += some,
            }
            tx.commit_at(failpoint::SEAL).await?;
        }
    }
    Ok(sealed)
}
