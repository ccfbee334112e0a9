//! How long what buyers said and left is kept, and its end.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    Fault, audit as log,
    id::OrganizationId,
    privacy::{Retention, RetentionForm},
    tenancy::Action,
};
use serde_json::json;

use super::{
    By,
    erase::{self, What},
    erased, store,
};
use crate::{
    Call, Engine, Error,
    audit::{self, Actor, Event},
    chat,
    db::Reach,
    failpoint, lead,
};

/// Conversations, and leads, that are erased in one commit.
const AT_ONCE: i64 = 100;
/// Organizations that are read at once.
const PAGE: i64 = 200;

pub async fn retention(call: &Call) -> Result<Retention, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let found = store::retention(&mut tx, call.organization()).await?;
    found.ok_or_else(|| Fault::not_found("organization").into())
}

pub async fn set_retention(call: &Call, form: &RetentionForm) -> Result<(), Error> {
    call.must(Action::ErasePersonal)?;
    let to = form.check()?;
    call.must_have_proved()?;
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let old = store::retention_to_change(&mut tx, call.organization()).await?;
    let old = old.ok_or_else(|| Error::from(Fault::not_found("organization")))?;
    if old == to {
        return Ok(());
    }
    store::set_retention(&mut tx, call.organization(), to, call.engine().clock().now()).await?;
    let event = Event {
        action: log::RETENTION_CHANGED,
        target: None,
        before: Some(json!(old)),
        after: Some(json!(to)),
    };
    audit::note(&mut tx, call, event).await?;
    Ok(tx.commit_at(failpoint::RETENTION_SET).await?)
}

/// The last day on which old things were erased by this process.
#[derive(Debug, Default)]
pub(crate) struct Daily(Option<NaiveDate>);

/// Erases, once a day, what was kept as long as its organization wants it kept.
pub(crate) async fn erase_old(engine: &Engine, last: &mut Daily) -> Result<(), Error> {
    let now = engine.clock().now();
    if last.0 == Some(now.date_naive()) {
        return Ok(());
    }
    let mut after = None;
    loop {
        let mut tx = engine.db().read(Reach::Nobody).await?;
        let organizations = store::organizations(&mut tx, after, PAGE).await?;
        drop(tx);
        let Some(end) = organizations.last() else { break };
        after = Some(*end);
        for organization in organizations {
            while erase_some(engine, organization, now).await? {}
        }
    }
    last.0 = Some(now.date_naive());
    Ok(())
}

/// The oldest of one organization; false when nothing was left.
async fn erase_some(engine: &Engine, organization: OrganizationId, now: DateTime<Utc>) -> Result<bool, Error> {
    let mut tx = engine.db().read(organization).await?;
    let Some(keep) = store::retention(&mut tx, organization).await? else {
        return Ok(false);
    };
    let end = |days: Option<i64>| days.and_then(TimeDelta::try_days).map(|days| now - days);
    let conversations = match end(keep.conversation_days) {
        Some(before) => chat::older(&mut tx, organization, before, AT_ONCE).await?,
        None => Vec::new(),
    };
    let leads = match end(keep.lead_days) {
        Some(before) => lead::older(&mut tx, organization, before, AT_ONCE).await?,
        None => Vec::new(),
    };
    drop(tx);
    if conversations.is_empty() && leads.is_empty() {
        return Ok(false);
    }
    let mut tx = engine.db().begin(organization).await?;
    let mut all = Vec::new();
    for id in &conversations {
        all.push(erase::conversation_alone(&mut tx, organization, *id, By::Retention, now).await?);
    }
    for id in &leads {
        let what = What {
            conversation: None,
            lead: Some(*id),
        };
        all.extend(erase::erase(&mut tx, organization, what, By::Retention, now).await?);
    }
    let actor = Actor {
        organization,
        account: None,
        name: "Retention".into(),
        address: None,
    };
    let event = Event {
        action: log::RETENTION_ERASED,
        target: None,
        before: None,
        after: Some(json!({ "conversations": conversations.len(), "leads": leads.len() })),
    };
    audit::note_as(&mut tx, engine, &actor, event).await?;
    erased::keep(engine, &all).await?;
    tx.commit_at(failpoint::ERASE).await?;
    Ok(true)
}
