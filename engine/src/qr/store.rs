use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    bot::BotStatus,
    id::{BotId, CodeId, OrganizationId, PropertyId, ScanId},
    qr::{CheckedCode, Code, CodeDesign, ScanRecord, Visitor},
};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::scan::{Scan, Target};
use crate::db::{DbError, Tx, execute, fetch_all, fetch_optional, later, statements};

statements! {
    INSERT_CODE = "insert into code (organization_id, id, bot_id, property_id, label, slug, design, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND_CODE = "select c.id, c.bot_id, b.name as bot_name, c.property_id, p.address as property_address, c.label, c.slug, c.design, c.created_at,
        coalesce(v.n, 0) as scan_count, v.last_at as last_scan
        from code c join bot b on b.organization_id = c.organization_id and b.id = c.bot_id
        left join code_tally v on v.organization_id = c.organization_id and v.code_id = c.id
        left join property p on p.organization_id = c.organization_id and p.id = c.property_id
        where c.organization_id = $1 and c.id = $2";
    LIST_CODES = "select c.id, c.bot_id, b.name as bot_name, c.property_id, p.address as property_address, c.label, c.slug, c.design, c.created_at,
        coalesce(v.n, 0) as scan_count, v.last_at as last_scan
        from code c join bot b on b.organization_id = c.organization_id and b.id = c.bot_id
        left join code_tally v on v.organization_id = c.organization_id and v.code_id = c.id
        left join property p on p.organization_id = c.organization_id and p.id = c.property_id
        where c.organization_id = $1 and (c.bot_id = $2 or $2 is null) and (c.id < $3 or $3 is null) order by c.id desc limit $4";
    CHANGE_CODE = "update code set property_id = $3, label = $4, design = $5 where organization_id = $1 and id = $2";
    LIST_SCANS = "select id, at, device, referrer, place, visitor_kind, counted from scan
        where organization_id = $1 and code_id = $2 and (id < $3 or $3 is null) order by id desc limit $4";
    DELETE_CODE = "delete from code where organization_id = $1 and id = $2";
    // Keeps others from changing it until the commit.
    LOCK_CODE = "update code set label = label where organization_id = $1 and id = $2";
    SCAN_TARGET = "select c.organization_id, c.id, b.slug, b.status from code c join bot b on b.organization_id = c.organization_id and b.id = c.bot_id where c.slug = $1";
    COUNTED_SINCE = {
        sqlite: "select s.code_id, s.visitor from json_each($1) join scan s on s.organization_id = unhex(value ->> 0) and s.code_id = unhex(value ->> 1)
            where s.visitor = value ->> 2 and s.counted = 1 and s.at > $2",
        postgres: "select s.code_id, s.visitor from jsonb_array_elements($1) join scan s on s.organization_id = (value ->> 0)::uuid and s.code_id = (value ->> 1)::uuid
            where s.visitor = value ->> 2 and s.counted and s.at > $2",
    };
    SCANS_STORED = {
        sqlite: "select s.id from json_each($1) join scan s on s.organization_id = unhex(value ->> 0) and s.id = unhex(value ->> 1)",
        postgres: "select s.id from jsonb_array_elements($1) join scan s on s.organization_id = (value ->> 0)::uuid and s.id = (value ->> 1)::uuid",
    };
    INSERT_SCANS = {
        sqlite: "insert into scan (organization_id, id, code_id, at, device, referrer, place, visitor, visitor_kind, counted)
            select unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9
            from json_each($1)",
        postgres: "insert into scan (organization_id, id, code_id, at, device, referrer, place, visitor, visitor_kind, counted)
            select (value ->> 0)::uuid, (value ->> 1)::uuid, (value ->> 2)::uuid, (value ->> 3)::timestamptz, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
            value ->> 8, (value ->> 9)::boolean from jsonb_array_elements($1)",
    };
    TALLY_CODES = {
        sqlite: "insert into code_tally (organization_id, code_id, n, last_at) select unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3 from json_each($1)
            where true on conflict (organization_id, code_id) do update set n = code_tally.n + excluded.n, last_at = max(code_tally.last_at, excluded.last_at)",
        postgres: "insert into code_tally (organization_id, code_id, n, last_at) select (value ->> 0)::uuid, (value ->> 1)::uuid, (value ->> 2)::bigint, (value ->> 3)::timestamptz
            from jsonb_array_elements($1) on conflict (organization_id, code_id) do update set n = code_tally.n + excluded.n, last_at = greatest(code_tally.last_at, excluded.last_at)",
    };
}

pub(super) struct NewCode<'a> {
    pub(super) id: CodeId,
    pub(super) bot: BotId,
    pub(super) property: Option<PropertyId>,
    pub(super) label: &'a str,
    pub(super) slug: &'a str,
    pub(super) design: &'a CodeDesign,
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    new: &NewCode<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_CODE,
        organization.uuid(),
        new.id.uuid(),
        new.bot.uuid(),
        new.property.map(PropertyId::uuid),
        new.label,
        new.slug,
        Json(new.design),
        now
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    id: Uuid,
    bot_id: Uuid,
    bot_name: String,
    property_id: Option<Uuid>,
    property_address: Option<String>,
    label: String,
    slug: String,
    design: Json<CodeDesign>,
    created_at: DateTime<Utc>,
    scan_count: i64,
    last_scan: Option<DateTime<Utc>>,
}

impl From<CodeRow> for Code {
    fn from(row: CodeRow) -> Self {
        Self {
            id: row.id.into(),
            bot_id: row.bot_id.into(),
            bot_name: row.bot_name,
            property_id: row.property_id.map(PropertyId::from),
            property_address: row.property_address,
            label: row.label,
            slug: row.slug,
            design: row.design.0,
            scan_count: row.scan_count,
            last_scan: row.last_scan,
            created_at: row.created_at,
        }
    }
}

pub(super) async fn find(tx: &mut Tx, organization: OrganizationId, id: CodeId) -> Result<Option<Code>, DbError> {
    let row = fetch_optional!(tx, CodeRow, FIND_CODE, organization.uuid(), id.uuid())?;
    Ok(row.map(Code::from))
}

/// As it stands until this transaction changes it.
pub(super) async fn find_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: CodeId,
) -> Result<Option<Code>, DbError> {
    execute!(tx, LOCK_CODE, organization.uuid(), id.uuid())?;
    find(tx, organization, id).await
}

pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: Option<BotId>,
    after: Option<CodeId>,
    limit: u32,
) -> Result<Vec<Code>, DbError> {
    let (bot, after) = (bot.map(BotId::uuid), after.map(CodeId::uuid));
    let rows = fetch_all!(
        tx,
        CodeRow,
        LIST_CODES,
        organization.uuid(),
        bot,
        after,
        i64::from(limit) + 1
    )?;
    Ok(rows.into_iter().map(Code::from).collect())
}

/// What a code is changed to.
pub(super) async fn change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: CodeId,
    new: &CheckedCode,
) -> Result<u64, DbError> {
    let property = new.property_id.map(PropertyId::uuid);
    let (label, design) = (new.label.as_str(), Json(&new.design));
    execute!(tx, CHANGE_CODE, organization.uuid(), id.uuid(), property, label, design)
}

pub(super) async fn scans(
    tx: &mut Tx,
    organization: OrganizationId,
    code: CodeId,
    after: Option<ScanId>,
    limit: u32,
) -> Result<Vec<ScanRecord>, DbError> {
    type Row = (
        Uuid,
        DateTime<Utc>,
        String,
        Option<String>,
        Option<String>,
        String,
        bool,
    );
    let (after, limit) = (after.map(ScanId::uuid), i64::from(limit) + 1);
    let rows = fetch_all!(tx, Row, LIST_SCANS, organization.uuid(), code.uuid(), after, limit)?;
    let record = |(id, at, device, referrer, place, visitor, counted): Row| ScanRecord {
        id: id.into(),
        at,
        device,
        referrer,
        place,
        visitor: if visitor == Visitor::Bot.as_str() {
            Visitor::Bot
        } else {
            Visitor::Person
        },
        counted,
    };
    Ok(rows.into_iter().map(record).collect())
}

/// The removed code's short name and label.
pub(super) async fn delete(tx: &mut Tx, organization: OrganizationId, id: CodeId) -> Result<u64, DbError> {
    execute!(tx, DELETE_CODE, organization.uuid(), id.uuid())
}

pub(super) async fn target(tx: &mut Tx, slug: &str) -> Result<Option<Target>, DbError> {
    let row = fetch_optional!(tx, (Uuid, Uuid, String, String), SCAN_TARGET, slug)?;
    Ok(row.map(|(organization, code, bot_slug, status)| Target {
        organization: organization.into(),
        code: code.into(),
        bot_slug,
        is_open: status != BotStatus::Draft.as_str(),
    }))
}

/// Which of these visitors were counted at their code since then.
pub(super) async fn counted_since(
    tx: &mut Tx,
    scans: &[&Scan],
    since: DateTime<Utc>,
) -> Result<HashSet<(CodeId, String)>, DbError> {
    let asked: Vec<Value> = scans
        .iter()
        .map(|s| json!([hex(s.organization.uuid()), hex(s.code.uuid()), s.visitor]))
        .collect();
    let rows = fetch_all!(tx, (Uuid, String), COUNTED_SINCE, Json(asked), since)?;
    Ok(rows.into_iter().map(|(code, visitor)| (code.into(), visitor)).collect())
}

/// Which of these visits are there already.
pub(super) async fn stored(tx: &mut Tx, scans: &[&Scan]) -> Result<HashSet<ScanId>, DbError> {
    let asked: Vec<Value> = scans
        .iter()
        .map(|s| json!([hex(s.organization.uuid()), hex(s.id.uuid())]))
        .collect();
    let rows = fetch_all!(tx, (Uuid,), SCANS_STORED, Json(asked))?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

pub(super) async fn insert_scans(tx: &mut Tx, scans: &[&Scan], counted: &HashMap<ScanId, bool>) -> Result<(), DbError> {
    let rows: Vec<Value> = scans
        .iter()
        .map(|s| {
            json!([
                hex(s.organization.uuid()),
                hex(s.id.uuid()),
                hex(s.code.uuid()),
                text(s.at),
                s.device,
                s.referrer,
                s.place,
                s.visitor,
                s.kind.as_str(),
                counted.get(&s.id).copied().unwrap_or(false)
            ])
        })
        .collect();
    later!(tx, INSERT_SCANS, Json(rows))
}

/// Counts people's visits at their codes. Rows are taken in one order, so that two transactions never wait for each other.
pub(super) async fn tally(tx: &mut Tx, people: &[&Scan]) -> Result<(), DbError> {
    let mut counts = BTreeMap::new();
    for scan in people {
        let (n, last) = counts
            .entry((scan.organization.uuid(), scan.code.uuid()))
            .or_insert((0_i64, scan.at));
        *n += 1;
        *last = scan.at.max(*last);
    }
    if counts.is_empty() {
        return Ok(());
    }
    let rows = counts.into_iter();
    let rows: Vec<Value> = rows
        .map(|((organization, code), (n, last))| json!([hex(organization), hex(code), n, text(last)]))
        .collect();
    later!(tx, TALLY_CODES, Json(rows))
}

/// The form that the SQLite driver gives a bound time, so that both compare as texts.
fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}
