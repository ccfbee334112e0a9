use chrono::NaiveDate;
use domain::{
    analytics::{ConversationDay, LeadDay, ScanDay, Span},
    id::{BotId, CodeId, OrganizationId, PropertyId},
};

use crate::db::{DbError, Tx, fetch_all, statements};

statements! {
    SCANS_BY_DAY = {
        sqlite: "select substr(s.at, 1, 10) as day, count(*), count(*) filter (where s.counted) from scan s
            join code c on c.organization_id = s.organization_id and c.id = s.code_id
            where s.organization_id = $1 and s.visitor_kind = 'person' and s.at >= $2 and s.at < $3
            and (s.code_id = $4 or $4 is null) and (c.property_id = $5 or $5 is null) group by 1 order by 1",
        postgres: "select to_char(s.at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*), count(*) filter (where s.counted) from scan s
            join code c on c.organization_id = s.organization_id and c.id = s.code_id
            where s.organization_id = $1 and s.visitor_kind = 'person' and s.at >= $2 and s.at < $3
            and (s.code_id = $4 or $4 is null) and (c.property_id = $5 or $5 is null) group by 1 order by 1",
    };
    CONVERSATIONS_BY_DAY = {
        sqlite: "select day, cast(sum(conversations) as bigint), cast(sum(questions) as bigint), cast(sum(unanswered) as bigint) from (
            select substr(c.started_at, 1, 10) as day, 1 as conversations, 0 as questions, 0 as unanswered from conversation c
            where c.organization_id = $1 and not c.preview and c.started_at >= $2 and c.started_at < $3 and (c.bot_id = $4 or $4 is null)
            union all
            select substr(t.created_at, 1, 10), 0, 1, case when t.outcome in ('unknown', 'unavailable') then 1 else 0 end from turn t
            join conversation c on c.organization_id = t.organization_id and c.id = t.conversation_id
            where t.organization_id = $1 and not c.preview and t.created_at >= $2 and t.created_at < $3 and (c.bot_id = $4 or $4 is null)
            ) as happened group by day order by day",
        postgres: "select day, cast(sum(conversations) as bigint), cast(sum(questions) as bigint), cast(sum(unanswered) as bigint) from (
            select to_char(c.started_at at time zone 'UTC', 'YYYY-MM-DD') as day, 1 as conversations, 0 as questions, 0 as unanswered from conversation c
            where c.organization_id = $1 and not c.preview and c.started_at >= $2 and c.started_at < $3 and (c.bot_id = $4 or $4 is null)
            union all
            select to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD'), 0, 1, case when t.outcome in ('unknown', 'unavailable') then 1 else 0 end from turn t
            join conversation c on c.organization_id = t.organization_id and c.id = t.conversation_id
            where t.organization_id = $1 and not c.preview and t.created_at >= $2 and t.created_at < $3 and (c.bot_id = $4 or $4 is null)
            ) as happened group by day order by day",
    };
    LEADS_BY_DAY = {
        sqlite: "select substr(created_at, 1, 10) as day, count(*) from lead
            where organization_id = $1 and created_at >= $2 and created_at < $3 and (bot_id = $4 or $4 is null) group by 1 order by 1",
        postgres: "select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) from lead
            where organization_id = $1 and created_at >= $2 and created_at < $3 and (bot_id = $4 or $4 is null) group by 1 order by 1",
    };
}

fn date(text: String) -> Result<NaiveDate, DbError> {
    text.parse().map_err(|_| DbError::Corrupt {
        what: "day",
        value: text,
    })
}

pub(super) async fn scans(
    tx: &mut Tx,
    organization: OrganizationId,
    span: Span,
    code: Option<CodeId>,
    property: Option<PropertyId>,
) -> Result<Vec<ScanDay>, DbError> {
    let (from, to) = span.times();
    let (code, property) = (code.map(CodeId::uuid), property.map(PropertyId::uuid));
    let rows = fetch_all!(
        tx,
        (String, i64, i64),
        SCANS_BY_DAY,
        organization.uuid(),
        from,
        to,
        code,
        property
    )?;
    let day = |(day, scans, counted)| date(day).map(|date| ScanDay { date, scans, counted });
    rows.into_iter().map(day).collect()
}

pub(super) async fn conversations(
    tx: &mut Tx,
    organization: OrganizationId,
    span: Span,
    bot: Option<BotId>,
) -> Result<Vec<ConversationDay>, DbError> {
    let (from, to) = span.times();
    let bot = bot.map(BotId::uuid);
    let rows = fetch_all!(
        tx,
        (String, i64, i64, i64),
        CONVERSATIONS_BY_DAY,
        organization.uuid(),
        from,
        to,
        bot
    )?;
    let day = |(day, conversations, questions, unanswered)| {
        date(day).map(|date| ConversationDay {
            date,
            conversations,
            questions,
            unanswered,
        })
    };
    rows.into_iter().map(day).collect()
}

pub(super) async fn leads(
    tx: &mut Tx,
    organization: OrganizationId,
    span: Span,
    bot: Option<BotId>,
) -> Result<Vec<LeadDay>, DbError> {
    let (from, to) = span.times();
    let bot = bot.map(BotId::uuid);
    let rows = fetch_all!(tx, (String, i64), LEADS_BY_DAY, organization.uuid(), from, to, bot)?;
    let day = |(day, leads)| date(day).map(|date| LeadDay { date, leads });
    rows.into_iter().map(day).collect()
}
