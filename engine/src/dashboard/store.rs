use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    chat::Outcome,
    dashboard::{FirstRun, RecentQuestion, Trend},
    id::OrganizationId,
};
use uuid::Uuid;

use crate::db::{DbError, Tx, fetch_all, fetch_one, statements};

statements! {
    COUNTS = "select
        (select count(*) from scan where organization_id = $1 and visitor_kind = 'person' and at >= $3) as scans_now,
        (select count(*) from scan where organization_id = $1 and visitor_kind = 'person' and at >= $2 and at < $3) as scans_before,
        (select count(*) from conversation where organization_id = $1 and started_at >= $3) as conversations_now,
        (select count(*) from conversation where organization_id = $1 and started_at >= $2 and started_at < $3) as conversations_before,
        (select count(*) from lead where organization_id = $1 and created_at >= $3) as leads_now,
        (select count(*) from lead where organization_id = $1 and created_at >= $2 and created_at < $3) as leads_before,
        exists (select 1 from bot where organization_id = $1) as has_bot,
        exists (select 1 from property where organization_id = $1) as has_listing,
        exists (select 1 from source where organization_id = $1 and state = 'ready') as has_knowledge,
        exists (select 1 from turn where organization_id = $1) as has_question,
        exists (select 1 from code where organization_id = $1) as has_code";
    DAILY = {
        sqlite: "select substr(started_at, 1, 10) as day, count(*) as n from conversation where organization_id = $1 and started_at >= $2 group by 1 order by 1",
        postgres: "select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as n from conversation where organization_id = $1 and started_at >= $2 group by 1 order by 1",
    };
    RECENT_QUESTIONS = "select t.conversation_id, c.bot_id, b.name as bot_name, t.question, t.outcome, t.created_at
        from turn t join conversation c on c.organization_id = t.organization_id and c.id = t.conversation_id
        join bot b on b.organization_id = c.organization_id and b.id = c.bot_id
        where t.organization_id = $1 order by t.created_at desc limit 8";
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
    before: DateTime<Utc>,
    month: DateTime<Utc>,
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
    since: DateTime<Utc>,
) -> Result<Vec<(NaiveDate, i64)>, DbError> {
    let rows = fetch_all!(tx, (String, i64), DAILY, organization.uuid(), since)?;
    let day = |(day, n): (String, i64)| match day.parse() {
        Ok(date) => Ok((date, n)),
        Err(_) => Err(DbError::Corrupt {
            what: "day",
            value: day,
        }),
    };
    rows.into_iter().map(day).collect()
}

pub(super) async fn recent_questions(
    tx: &mut Tx,
    organization: OrganizationId,
) -> Result<Vec<RecentQuestion>, DbError> {
    type Row = (Uuid, Uuid, String, String, Option<String>, DateTime<Utc>);
    let rows = fetch_all!(tx, Row, RECENT_QUESTIONS, organization.uuid())?;
    let question = |(conversation, bot, bot_name, question, outcome, asked_at): Row| RecentQuestion {
        conversation_id: conversation.into(),
        bot_id: bot.into(),
        bot_name,
        question,
        outcome: outcome.as_deref().and_then(Outcome::parse),
        asked_at,
    };
    Ok(rows.into_iter().map(question).collect())
}
