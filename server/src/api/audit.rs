//! The audit log.

use chrono::{DateTime, Utc};
use domain::{
    audit::{Entry, Filter, FilterForm},
    id::AccountId,
};
use engine::audit;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    error::ApiError,
    extract::{Caller, List, Paging},
};

#[derive(Debug, Serialize)]
struct EntryOut {
    seq: i64,
    at: DateTime<Utc>,
    actor_id: Option<AccountId>,
    actor_name: String,
    address: Option<String>,
    action: String,
    /// The action in words.
    description: String,
    target_kind: Option<String>,
    target_id: Option<Uuid>,
    target_name: Option<String>,
    /// From before to after, in words.
    change: String,
    before: Option<Value>,
    after: Option<Value>,
    hash: String,
}

impl From<Entry> for EntryOut {
    fn from(entry: Entry) -> Self {
        Self {
            description: entry.words().to_owned(),
            change: entry.change(),
            seq: entry.seq,
            at: entry.at,
            actor_id: entry.actor_id,
            actor_name: entry.actor_name,
            address: entry.address,
            action: entry.action,
            target_kind: entry.target_kind,
            target_id: entry.target_id,
            target_name: entry.target_name,
            before: entry.before,
            after: entry.after,
            hash: entry.hash,
        }
    }
}

/// What a query looks for: `action`, `actor`, `from` and `to`.
pub(crate) fn filter(paging: &Paging<i64>) -> Result<Filter, ApiError> {
    let text = |name| paging.text(name).map(str::to_owned);
    let form = FilterForm {
        action: text("action"),
        actor: text("actor"),
        from: text("from"),
        to: text("to"),
    };
    Ok(form.check()?)
}

pub(super) async fn list(Caller(call): Caller, paging: Paging<i64>) -> Result<List, ApiError> {
    let page = audit::list(&call, &filter(&paging)?, paging.after(), paging.limit).await?;
    Ok(paging.list(page, EntryOut::from))
}
