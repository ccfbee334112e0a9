//! Support access: an organization lets the platform's people read its conversations and leads, for an hour at most. Each look
//! is in its own log before anything is read.

mod store;

use domain::{
    Fault, FaultCode, audit as log,
    chat::{Conversation, ConversationSummary},
    id::{ConversationId, GrantId, OrganizationId},
    lead::Lead,
    operator::{Grant, GrantForm},
    page::Page,
    tenancy::Action,
};
use serde_json::json;

use crate::{
    Call, Error,
    audit::{self, Event, Target},
    chat, failpoint, lead,
    operator::Operator,
};

/// What holds now; everybody of the organization may see it.
pub async fn current(call: &Call) -> Result<Option<Grant>, Error> {
    let now = call.engine().clock().now();
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::current(&mut tx, call.organization(), now).await?)
}

/// What an organization lets operators see now.
pub async fn granted(operator: &Operator, organization: OrganizationId) -> Result<Option<Grant>, Error> {
    let now = operator.engine().clock().now();
    let mut tx = operator.engine().db().read(organization).await?;
    Ok(store::current(&mut tx, organization, now).await?)
}

/// Lets support look from now on, in place of what was let before.
pub async fn grant(call: &Call, form: &GrantForm) -> Result<(), Error> {
    call.must(Action::GrantSupport)?;
    call.must_have_proved()?;
    let (reason, minutes) = form.check()?;
    let (engine, organization) = (call.engine(), call.organization());
    let now = engine.clock().now();
    let id = engine.clock().new_id::<GrantId>();
    let mut tx = engine.db().begin(organization).await?;
    store::end_all(&mut tx, organization, now).await?;
    let times = (now, now + minutes);
    store::insert(&mut tx, organization, id, call.account(), &reason, times).await?;
    let event = Event {
        action: log::SUPPORT_GRANTED,
        target: None,
        before: None,
        after: Some(json!({ "reason": reason, "minutes": minutes.num_minutes() })),
    };
    audit::note(&mut tx, call, event).await?;
    Ok(tx.commit_at(failpoint::SUPPORT_CHANGE).await?)
}

/// Lets support look no more, from the next request on. Withdrawing what does not hold is done already.
pub async fn withdraw(call: &Call) -> Result<(), Error> {
    call.must(Action::GrantSupport)?;
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let ended = store::end_all(&mut tx, call.organization(), call.engine().clock().now()).await?;
    if ended == 0 {
        return Ok(());
    }
    let event = Event {
        action: log::SUPPORT_WITHDRAWN,
        target: None,
        before: None,
        after: None,
    };
    audit::note(&mut tx, call, event).await?;
    Ok(tx.commit_at(failpoint::SUPPORT_CHANGE).await?)
}

/// An organization that lets operators look now, with the look noted in its log. Only [`look`] makes one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look(OrganizationId);

impl Look {
    pub(crate) const fn organization(self) -> OrganizationId {
        self.0
    }
}

/// Notes what an operator is about to read, where the organization lets them.
async fn look(operator: &Operator, organization: OrganizationId, target: Target<'_>) -> Result<Look, Error> {
    let engine = operator.engine();
    let mut tx = engine.db().begin(organization).await?;
    if !store::hold(&mut tx, organization, engine.clock().now()).await? {
        let text = "This organization does not let support look now. Its owner or an admin can, under Your account.";
        return Err(Fault::new(FaultCode::Forbidden, text).into());
    }
    let event = Event {
        action: log::SUPPORT_LOOKED,
        target: Some(target),
        before: None,
        after: None,
    };
    audit::note_as(&mut tx, engine, &operator.actor(organization), event).await?;
    tx.commit_at(failpoint::SUPPORT_CHANGE).await?;
    Ok(Look(organization))
}

fn list_of(what: &str) -> Target<'_> {
    Target {
        kind: "list",
        id: None,
        name: what.into(),
    }
}

/// The conversations of an organization, the latest first.
pub async fn conversations(
    operator: &Operator,
    organization: OrganizationId,
    after: Option<&str>,
) -> Result<Page<ConversationSummary>, Error> {
    let look = look(operator, organization, list_of("Conversations")).await?;
    chat::conversations_for(operator.engine(), look, after).await
}

/// One of them, word for word.
pub async fn conversation(
    operator: &Operator,
    organization: OrganizationId,
    id: ConversationId,
) -> Result<Conversation, Error> {
    let target = Target {
        kind: "conversation",
        id: Some(id.uuid()),
        name: "A conversation".into(),
    };
    let look = look(operator, organization, target).await?;
    chat::conversation_for(operator.engine(), look, id).await
}

/// The leads of an organization, newest first.
pub async fn leads(
    operator: &Operator,
    organization: OrganizationId,
    after: Option<&str>,
) -> Result<Page<Lead>, Error> {
    let look = look(operator, organization, list_of("Leads")).await?;
    lead::list_for(operator.engine(), look, after).await
}
