use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    chat::Outcome,
    dashboard::{FirstRun, RecentQuestion, Trend},
    id::OrganizationId,
};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Error, chat,
    db::{DbError, Tx, fetch_all, fetch_one, fetch_optional, later, statements},
    vault::Keys,
};

statements! {
    TALLY = {
        sqlite: "insert into tally (organization_id, what, day, n) select unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3 from json_each($1) where true
            on conflict (organization_id, what, day) do update set n = tally.n + excluded.n",
        postgres: "insert into tally (organization_id, what, day, n) select (value ->> 0)::uuid, value ->> 1, (value ->> 2)::date, (value ->> 3)::bigint
            from jsonb_array_elements($1) on conflict (organization_id, what, day) do update set n = tally.n + excluded.n",
    };
    TALLIED = "select n from tally where organization_id = $1 and what = $2 and day = $3";
    COUNTS = "select
        (select coalesce(cast(sum(n) as bigint), 0) from tally where organization_id = $1 and what = 'scan' and day >= $3) as scans_now,
        (select coalesce(cast(sum(n) as bigint), 0) from tally where organization_id = $1 and what = 'scan' and day >= $2 and day < $3) as scans_before,
        (select coalesce(cast(sum(n) as bigint), 0) from tally where organization_id = $1 and what = 'conversation' and day >= $3) as conversations_now,
        (select coalesce(cast(sum(n) as bigint), 0) from tally where organization_id = $1 and what = 'conversation' and day >= $2 and day < $3) as conversations_before,
        (select coalesce(cast(sum(n) as bigint), 0) from tally where organization_id = $1 and what = 'lead' and day >= $3) as leads_now,
        (select coalesce(cast(sum(n) as bigint), 0) from tally where organization_id = $1 and what = 'lead' and day >= $2 and day < $3) as leads_before,
        exists (select 1 from bot where organization_id = $1) as has_bot,
        exists (select 1 from property where organization_id = $1) as has_listing,
        exists (select 1 from source where organization_id = $1 and state = 'ready') as has_knowledge,
        exists (select 1 from turn where organization_id = $1) as has_question,
        exists (select 1 from code where organization_id = $1) as has_code";
    DAILY = "select day, n from tally where organization_id = $1 and what = 'conversation' and day >= $2 order by day";
    RECENT_QUESTIONS = "select t.id, t.conversation_id, c.bot_id, b.name as bot_name, t.question, t.outcome, t.created_at
        from turn t join conversation c on c.organization_id = t.organization_id and c.id = t.conversation_id
        join bot b on b.organization_id = c.organization_id and b.id = c.bot_id
        where t.organization_id = $1 and not c.preview and t.question <> '' order by t.id desc limit 8";
}

/// What is counted by the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tallied {
    /// A person's visit through a code.
    Scan,
    Conversation,
    Lead,
    /// A question of the realtor's own.
    Preview,
}

impl Tallied {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Conversation => "conversation",
            Self::Lead => "lead",
            Self::Preview => "preview",
        }
    }
}

/// Counts things that happened, in the transaction that stores them. Rows are taken in one order, so that two
/// transactions never wait for each other.
pub(crate) async fn tally(
    tx: &mut Tx,
    what: Tallied,
    happened: impl IntoIterator<Item = (OrganizationId, DateTime<Utc>)>,
) -> Result<(), DbError> {
    let mut counts = BTreeMap::new();
    for (organization, at) in happened {
        *counts.entry((organization.uuid(), at.date_naive())).or_insert(0_i64) += 1;
    }
    if counts.is_empty() {
        return Ok(());
    }
    let rows = counts.into_iter();
    let rows: Vec<Value> = rows
        .map(|((organization, day), n)| json!([organization.simple().to_string(), what.as_str(), day, n]))
        .collect();
    later!(tx, TALLY, Json(rows))
}

/// How often that happened on one day.
pub(crate) async fn tallied(
    tx: &mut Tx,
    organization: OrganizationId,
    what: Tallied,
    day: NaiveDate,
) -> Result<i64, DbError> {
    let row = fetch_optional!(tx, (i64,), TALLIED, organization.uuid(), what.as_str(), day)?;
    Ok(row.map_or(0, |(n,)| n))
}

#[derive(sqlx::FromRow)]
struct CountsRow {
    scans_now: i64,
    scans_before: i64,
    conversations_now: i64,
    conversations_before: i64,
    leads_now: i64,
    leads_before: i64,
    has_bot: bool,
    has_listing: bool,
    has_knowledge: bool,
    has_question: bool,
    has_code: bool,
}

pub(super) struct Counts {
    pub(super) scans: Trend,
    pub(super) conversations: Trend,
    pub(super) leads: Trend,
    pub(super) first_run: FirstRun,
}

pub(super) async fn counts(
    tx: &mut Tx,
    organization: OrganizationId,
    before: NaiveDate,
    month: NaiveDate,
) -> Result<Counts, DbError> {
    let row = fetch_one!(tx, CountsRow, COUNTS, organization.uuid(), before, month)?;
    Ok(Counts {
        scans: Trend {
            now: row.scans_now,
            before: row.scans_before,
        },
        conversations: Trend {
            now: row.conversations_now,
            before: row.conversations_before,
        },
        leads: Trend {
            now: row.leads_now,
            before: row.leads_before,
        },
        first_run: FirstRun {
            bot: row.has_bot,
            listing: row.has_listing,
            knowledge: row.has_knowledge,
            question: row.has_question,
            code: row.has_code,
        },
    })
}

pub(super) async fn daily(
    tx: &mut Tx,
    organization: OrganizationId,
    since: NaiveDate,
) -> Result<Vec<(NaiveDate, i64)>, DbError> {
    fetch_all!(tx, (NaiveDate, i64), DAILY, organization.uuid(), since)
}

pub(super) async fn recent_questions(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
) -> Result<Vec<RecentQuestion>, Error> {
    type Row = (Uuid, Uuid, Uuid, String, String, Option<String>, DateTime<Utc>);
    let rows = fetch_all!(tx, Row, RECENT_QUESTIONS, organization.uuid())?;
    let question = |(id, conversation, bot, bot_name, question, outcome, asked_at): Row| {
        Ok(RecentQuestion {
            conversation_id: conversation.into(),
            bot_id: bot.into(),
            bot_name,
            question: chat::open_question(keys, id.into(), &question)?,
            outcome: outcome.as_deref().and_then(Outcome::parse),
            asked_at,
        })
    };
    rows.into_iter().map(question).collect()
}
