//! The audit log.

use chrono::{DateTime, Utc};
use domain::{
    audit::{ACTIONS, Entry, Filter, FilterForm, GROUPS},
    id::AccountId,
};
use engine::audit;
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, Required, SchemaFormat, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::AnyOfBuilder,
    },
};
use uuid::Uuid;

use crate::{
    error::ApiError,
    extract::{Caller, List, Paging},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct EntryOut {
    /// From 1 on, without a gap within its organization.
    seq: i64,
    at: DateTime<Utc>,
    /// `null` where nobody was signed in.
    actor_id: Option<AccountId>,
    /// As they were called then.
    actor_name: String,
    /// The network address they called from.
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
    /// The next entry's is made of it, so who keeps it can tell later whether the log was changed.
    hash: String,
}

/// What the log is searched by, as the document describes it.
struct Search;

impl IntoParams for Search {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let names = GROUPS.iter().chain(ACTIONS).map(|(name, _)| *name);
        let action = text().enum_values(Some(names));
        let actor = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        let day = || {
            text()
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
                .pattern(Some(DAY))
        };
        let all = [
            ("action", "Only this action, or this group of them.", action),
            ("actor", "Only what this person did.", actor),
            ("from", "From this day on, in UTC.", day()),
            ("to", "Up to this day, in UTC.", day()),
        ];
        let parameter = |(name, about, schema)| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            // A form sends what was left empty.
            let schema = AnyOfBuilder::new().item(schema).item(text().max_length(Some(0)));
            parameter
                .required(Required::False)
                .description(Some(about))
                .schema(Some(schema))
                .build()
        };
        all.map(parameter).into()
    }
}

/// The days that can be looked for, of 1970 to 9998.
const DAY: &str = "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-";

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
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
pub(crate) fn filter(paging: &Paging) -> Result<Filter, ApiError> {
    let text = |name| paging.text(name).map(str::to_owned);
    let form = FilterForm {
        action: text("action"),
        actor: text("actor"),
        from: text("from"),
        to: text("to"),
    };
    Ok(form.check()?)
}

/// List what people did
///
/// The audit log, newest first. For the owner and admins.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "list_audit",
    tag = "People",
    params(Search),
    responses((status = 200, body = [EntryOut])),
)]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = audit::list(&call, &filter(&paging)?, paging.after(), paging.limit).await?;
    paging.list(page, EntryOut::from)
}
