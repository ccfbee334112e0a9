//! The audit log: who did what, when, from where, and what a setting was before and after.
//!
//! An entry is written in the transaction of the change it tells of: neither is there without the other. To have another
//! change noted, name its action in [`domain::audit`] and call [`note`] right before the change is committed.

mod chain;
mod store;
#[cfg(test)]
mod tests;
mod verify;

use std::{borrow::Cow, net::IpAddr};

use domain::{
    Fault,
    audit::{Entry, Filter, words},
    id::{AccountId, OrganizationId},
    page::{self, Page},
    tenancy::Action,
};
use futures::{Stream, stream};
use serde_json::Value;
use uuid::Uuid;

use crate::{Call, Engine, Error, db::Tx, failpoint};

pub use verify::{Broken, Verified, verify};

/// Something to be noted. Passwords and other secrets are no part of it.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    /// One of [`domain::audit::ACTIONS`].
    pub(crate) action: &'static str,
    pub(crate) target: Option<Target<'a>>,
    /// What was set before and after: an object each, by name.
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// What something was done to.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) kind: &'static str,
    pub(crate) id: Option<Uuid>,
    pub(crate) name: Cow<'a, str>,
}

/// Who did it, and in which organization's log it is noted.
#[derive(Debug)]
pub(crate) struct Actor {
    pub(crate) organization: OrganizationId,
    pub(crate) account: Option<AccountId>,
    pub(crate) name: String,
    pub(crate) address: Option<IpAddr>,
}

/// Notes what a caller does. Call it last in its transaction: whoever has noted something keeps the others of their
/// organization waiting for the commit.
pub(crate) async fn note(tx: &mut Tx, call: &Call, event: Event<'_>) -> Result<(), Error> {
    let actor = Actor {
        organization: call.organization(),
        account: Some(call.account()),
        name: store::actor_name(tx, call.organization(), call.account()).await?,
        address: call.address(),
    };
    note_as(tx, call.engine(), &actor, event).await
}

/// Notes what somebody does to their own account, whether they are quite in or not.
pub(crate) async fn note_own(
    tx: &mut Tx,
    engine: &Engine,
    (organization, account): (OrganizationId, AccountId),
    address: Option<IpAddr>,
    action: &'static str,
) -> Result<(), Error> {
    let actor = Actor {
        organization,
        account: Some(account),
        name: store::actor_name(tx, organization, account).await?,
        address,
    };
    let event = Event {
        action,
        target: None,
        before: None,
        after: None,
    };
    note_as(tx, engine, &actor, event).await
}

/// The same as [`note`] for what is done without a [`Call`], such as accepting an invitation.
pub(crate) async fn note_as(tx: &mut Tx, engine: &Engine, actor: &Actor, event: Event<'_>) -> Result<(), Error> {
    debug_assert!(words(event.action).is_some(), "`{}` is not listed", event.action);
    let (seq, previous) = store::advance(tx, actor.organization).await?;
    let (kind, id, name) = match event.target {
        Some(target) => (Some(target.kind.to_owned()), target.id, Some(target.name.into_owned())),
        None => (None, None, None),
    };
    let mut link = store::Link {
        organization_id: actor.organization.uuid(),
        seq,
        at: engine.clock().now(),
        actor_id: actor.account.map(AccountId::uuid),
        actor_name: actor.name.clone(),
        address: actor.address.map(|address| address.to_string()),
        action: event.action.to_owned(),
        target_kind: kind,
        target_id: id,
        target_name: name,
        before: event.before.map(|value| value.to_string()),
        after: event.after.map(|value| value.to_string()),
        previous,
        hash: Vec::new(),
    };
    link.hash = chain::hash(&link);
    Ok(store::append(tx, &link).await?)
}

/// What matches the filter, newest first.
pub async fn list(call: &Call, filter: &Filter, after: Option<&str>, limit: Option<u32>) -> Result<Page<Entry>, Error> {
    call.must(Action::SeeAudit)?;
    let after = after.map(str::parse::<i64>).transpose();
    let after = after.map_err(|_| Fault::field("after", "This is no cursor of ours."))?;
    let limit = page::limit(limit);
    let rows = matching(call, filter, after.unwrap_or(i64::MAX), i64::from(limit) + 1).await?;
    Ok(Page::cut(rows, limit, |entry| entry.seq.to_string()))
}

/// How many entries of an export are read at once.
const EXPORTED_AT_ONCE: i64 = 500;

/// All that matches the filter, newest first, a few hundred at a time. That it leaves the house is noted before it does.
pub async fn export(
    call: &Call,
    filter: Filter,
) -> Result<impl Stream<Item = Result<Vec<Entry>, Error>> + Send + use<>, Error> {
    call.must(Action::SeeAudit)?;
    call.must_have_proved()?;
    let event = Event {
        action: domain::audit::AUDIT_EXPORTED,
        target: None,
        before: None,
        after: None,
    };
    let mut tx = call.engine().db().begin(call.organization()).await?;
    note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::AUDIT_EXPORT).await?;
    let begin = (call.clone(), filter, i64::MAX);
    Ok(stream::try_unfold(begin, |(call, filter, after)| async move {
        let rows = matching(&call, &filter, after, EXPORTED_AT_ONCE).await?;
        let last = rows.last().map(|entry| entry.seq);
        Ok(last.map(|last| (rows, (call, filter, last))))
    }))
}

async fn matching(call: &Call, filter: &Filter, after: i64, limit: i64) -> Result<Vec<Entry>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let links = store::list(&mut tx, call.organization(), filter, after, limit).await?;
    links.into_iter().map(entry).collect()
}

fn entry(link: store::Link) -> Result<Entry, Error> {
    let json = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
    let read = |text| json(text).map_err(|error| Error::Broken(format!("audit entry {}: {error}", link.seq)));
    Ok(Entry {
        seq: link.seq,
        at: link.at,
        actor_id: link.actor_id.map(AccountId::from),
        actor_name: link.actor_name,
        address: link.address,
        action: link.action,
        target_kind: link.target_kind,
        target_id: link.target_id,
        target_name: link.target_name,
        before: read(link.before)?,
        after: read(link.after)?,
        hash: chain::hex(&link.hash),
    })
}
