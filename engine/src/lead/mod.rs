//! Leads: left by buyers, read by the realtor, never lost.

mod store;

use domain::{
    audit as log,
    id::LeadId,
    lead::{Lead, LeadForm, consent_text},
    page::{self, Page},
};
use serde_json::json;

use crate::{
    Call, Error,
    audit::{self, Event},
    chat,
    dashboard::{self, Tallied},
    failpoint,
    porch::Porch,
};

/// Keeps what a buyer left. `session` ties it to the conversation it came from.
pub async fn leave(porch: &Porch, session: Option<&str>, form: &LeadForm) -> Result<LeadId, Error> {
    let form = form.check()?;
    let engine = porch.engine();
    let conversation = chat::conversation_of(porch, session).await?;
    let id = engine.clock().new_id::<LeadId>();
    let new = store::NewLead {
        id,
        porch,
        conversation,
        form: &form,
        consent: consent_text(&porch.realtor.name),
    };
    let mut tx = engine.db().begin(porch.organization()).await?;
    let now = engine.clock().now();
    store::insert(&mut tx, &new, now).await?;
    dashboard::tally(&mut tx, Tallied::Lead, [(porch.organization(), now)]).await?;
    tx.commit_at(failpoint::LEAD_LEAVE).await?;
    tracing::info!(lead.id = %id, "A buyer left lead `{id}`");
    Ok(id)
}

/// Newest first.
pub async fn list(call: &Call, after: Option<&str>, limit: Option<u32>) -> Result<Page<Lead>, Error> {
    let after = after.map(str::parse::<LeadId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::list(&mut tx, call.organization(), after, i64::from(limit) + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// All of them, for a file that leaves the house, which is noted; at most 10,000, newest first.
pub async fn export(call: &Call) -> Result<Vec<Lead>, Error> {
    call.must_have_proved()?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let leads = store::list(&mut tx, call.organization(), None, 10_000).await?;
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
