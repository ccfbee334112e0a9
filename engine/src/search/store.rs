use domain::{
    id::OrganizationId,
    search::{Found, FoundKind},
};
use uuid::Uuid;

use crate::db::{DbError, Tx, fetch_all, statements};

statements! {
    // What is kept open; the rest is in `sealed`.
    FIND = "select * from (select 'bot' as kind, id, name as title, description as note from bot
            where organization_id = $1 and lower(name || ' ' || description) like lower($2) escape '!' order by id desc limit 8) as bots
        union all select * from (select 'property' as kind, id, address as title, city || ', ' || state as note from property
            where organization_id = $1 and lower(address || ' ' || city || ' ' || zip_code) like lower($2) escape '!' order by id desc limit 8) as properties
        union all select * from (select 'code' as kind, id, label as title, slug as note from code
            where organization_id = $1 and lower(label || ' ' || slug) like lower($2) escape '!' order by id desc limit 8) as codes
        union all select * from (select 'source' as kind, id, title, locator as note from source
            where organization_id = $1 and lower(title || ' ' || locator) like lower($2) escape '!' order by id desc limit 8) as sources";
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    id: Uuid,
    title: String,
    note: String,
}

impl TryFrom<Row> for Found {
    type Error = DbError;
    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            kind: FoundKind::parse(&row.kind).ok_or(DbError::Corrupt {
                what: "kind",
                value: row.kind,
            })?,
            id: row.id,
            title: row.title,
            note: row.note,
        })
    }
}

/// What holds an open text that `pattern` meets.
pub(super) async fn find(tx: &mut Tx, organization: OrganizationId, pattern: &str) -> Result<Vec<Found>, DbError> {
    let rows = fetch_all!(tx, Row, FIND, organization.uuid(), pattern)?;
    rows.into_iter().map(Found::try_from).collect()
}
