use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    chat::{Citation, ConversationSummary, Outcome, Receipt, Turn},
    id::{BotId, CodeId, ConversationId, HoldId, OrganizationId, PropertyId, TurnId},
};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::sealed::{open_question, open_said, seal_row};
use crate::{
    Error,
    dashboard::{self, Tallied},
    db::{DbError, Tx, execute, fetch_all, fetch_optional, later, statements},
    ledger::{self, Action, LedgerError, Move},
    porch::Porch,
    vault::Keys,
    webhook::{Event, Outbox},
};

statements! {
    CONVERSATION_BY_TOKEN = "select organization_id, id, bot_id from conversation where token_hash = $1";
    // With its latest answers, newest first.
    CONVERSATION_SO_FAR = "select c.organization_id, c.id, c.bot_id, t.id as turn_id, t.question, t.answer from conversation c
        left join turn t on t.organization_id = c.organization_id and t.conversation_id = c.id and t.outcome = 'answered'
        where c.token_hash = $1 order by t.id desc limit $2";
    INSERT_CONVERSATIONS = {
        sqlite: "insert into conversation (organization_id, id, bot_id, property_id, code_id, token_hash, preview, started_at, last_at)
            select unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), unhex(value ->> 3), unhex(value ->> 4), unhex(value ->> 5), value ->> 6, $2, $2 from json_each($1)",
        postgres: "insert into conversation (organization_id, id, bot_id, property_id, code_id, token_hash, preview, started_at, last_at)
            select (value ->> 0)::uuid, (value ->> 1)::uuid, (value ->> 2)::uuid, (value ->> 3)::uuid, (value ->> 4)::uuid, decode(value ->> 5, 'hex'), (value ->> 6)::boolean, $2, $2
            from jsonb_array_elements($1)",
    };
    TOUCH_CONVERSATIONS = {
        sqlite: "update conversation set last_at = $2 from json_each($1)
            where conversation.organization_id = unhex(value ->> 0) and conversation.id = unhex(value ->> 1)",
        postgres: "update conversation set last_at = $2 from jsonb_array_elements($1)
            where conversation.organization_id = (value ->> 0)::uuid and conversation.id = (value ->> 1)::uuid",
    };
    INSERT_TURNS = {
        sqlite: "insert into turn (organization_id, id, conversation_id, question, hold_id, sealed, created_at)
            select unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), value ->> 3, unhex(value ->> 4), true, $2 from json_each($1)
            where not exists (select 1 from tombstone t where t.organization_id = unhex(value ->> 0) and t.kind = 'conversation' and t.subject_id = unhex(value ->> 2))",
        postgres: "insert into turn (organization_id, id, conversation_id, question, hold_id, sealed, created_at)
            select (value ->> 0)::uuid, (value ->> 1)::uuid, (value ->> 2)::uuid, value ->> 3, (value ->> 4)::uuid, true, $2 from jsonb_array_elements($1)
            where not exists (select 1 from tombstone t where t.organization_id = (value ->> 0)::uuid and t.kind = 'conversation' and t.subject_id = (value ->> 2)::uuid)",
    };
    // Of those that are to be finished; what was erased meanwhile is over. Until the commit it stays as it is.
    TURNS_UNFINISHED = {
        sqlite: "select turn.id from turn, json_each($1)
            where turn.organization_id = unhex(value ->> 0) and turn.id = unhex(value ->> 1) and turn.outcome is null",
        postgres: "select turn.id from turn, jsonb_array_elements($1)
            where turn.organization_id = (value ->> 0)::uuid and turn.id = (value ->> 1)::uuid and turn.outcome is null for update of turn",
    };
    // Whether words may be left in it: none after it was erased. Until the commit it stays as it is.
    CONVERSATION_STILL = "update conversation set last_at = last_at where organization_id = $1 and id = $2 and not exists
        (select 1 from tombstone t where t.organization_id = $1 and t.kind = 'conversation' and t.subject_id = $2)";
    FINISH_TURNS = {
        sqlite: "update turn set outcome = value ->> 2, answer = value ->> 3, receipt = value -> 4, charged = value ->> 5, finished_at = $2
            from json_each($1) where turn.organization_id = unhex(value ->> 0) and turn.id = unhex(value ->> 1) and turn.outcome is null",
        postgres: "update turn set outcome = value ->> 2, answer = value ->> 3, receipt = value -> 4, charged = (value ->> 5)::bigint, finished_at = $2
            from jsonb_array_elements($1) where turn.organization_id = (value ->> 0)::uuid and turn.id = (value ->> 1)::uuid and turn.outcome is null",
    };
    FIND_TURN = "select id, conversation_id, question, answer, outcome, receipt, charged, created_at, finished_at
        from turn where organization_id = $1 and conversation_id = $2 and id = $3";
    TURNS = "select id, conversation_id, question, answer, outcome, receipt, charged, created_at, finished_at
        from turn where organization_id = $1 and conversation_id = $2 and (id > $3 or $3 is null) order by id limit 500";
    LATEST_TURNS = "select id, conversation_id, question, answer, outcome, receipt, charged, created_at, finished_at
        from turn where organization_id = $1 and conversation_id = $2 order by id desc limit 200";
    TURNS_ABANDONED = "select organization_id, id, hold_id from turn where outcome is null and created_at < $1 order by created_at limit 5000";
    OPEN_HOLDS_OF_BOT = "select t.hold_id from turn t join conversation c on c.organization_id = t.organization_id and c.id = t.conversation_id
        where t.organization_id = $1 and c.bot_id = $2 and t.outcome is null and t.hold_id is not null";
    LIST_CONVERSATIONS = "select c.id, c.bot_id, b.name as bot_name, c.property_id, p.address as property_address, c.started_at, c.last_at,
        (select count(*) from turn t where t.organization_id = c.organization_id and t.conversation_id = c.id) as turn_count,
        (select count(*) from turn t where t.organization_id = c.organization_id and t.conversation_id = c.id and t.outcome in ('unknown', 'unavailable')) as unanswered_count,
        f.id as first_id, f.question as first_question,
        (select count(*) from lead l where l.organization_id = c.organization_id and l.conversation_id = c.id) as lead_count
        from conversation c join bot b on b.organization_id = c.organization_id and b.id = c.bot_id
        left join property p on p.organization_id = c.organization_id and p.id = c.property_id
        left join turn f on f.organization_id = c.organization_id and f.id = (select t.id from turn t where t.organization_id = c.organization_id
            and t.conversation_id = c.id and ($3 = 0 or t.outcome in ('unknown', 'unavailable')) order by t.id limit 1)
        where c.organization_id = $1 and (c.id < $2 or $2 is null) and not c.preview and f.id is not null
        and ($3 = 0 or exists (select 1 from turn t where t.organization_id = c.organization_id and t.conversation_id = c.id and t.outcome in ('unknown', 'unavailable') and t.question <> ''))
        order by c.id desc limit $4";
    FIND_CONVERSATION = "select c.id, c.bot_id, b.name as bot_name, c.property_id, p.address as property_address, c.started_at, c.last_at,
        (select count(*) from turn t where t.organization_id = c.organization_id and t.conversation_id = c.id) as turn_count,
        (select count(*) from turn t where t.organization_id = c.organization_id and t.conversation_id = c.id and t.outcome in ('unknown', 'unavailable')) as unanswered_count,
        f.id as first_id, f.question as first_question,
        (select count(*) from lead l where l.organization_id = c.organization_id and l.conversation_id = c.id) as lead_count
        from conversation c join bot b on b.organization_id = c.organization_id and b.id = c.bot_id
        left join property p on p.organization_id = c.organization_id and p.id = c.property_id
        left join turn f on f.organization_id = c.organization_id
            and f.id = (select t.id from turn t where t.organization_id = c.organization_id and t.conversation_id = c.id order by t.id limit 1)
        where c.organization_id = $1 and c.id = $2";
    // Nobody holds a secret of it any more.
    ERASE_CONVERSATION = "update conversation set token_hash = $3 where organization_id = $1 and id = $2";
    // A turn that is on its way is over: its answer comes too late to be kept.
    ERASE_TURNS = "update turn set question = '', answer = '', citations = '[]', receipt = '{}', sealed = true,
        outcome = coalesce(outcome, 'unavailable'), finished_at = coalesce(finished_at, $3) where organization_id = $1 and conversation_id = $2";
    CONVERSATIONS_OLDER = "select c.id from conversation c where c.organization_id = $1 and c.last_at < $2 and not exists
        (select 1 from tombstone t where t.organization_id = c.organization_id and t.kind = 'conversation' and t.subject_id = c.id)
        order by c.id limit $3";
    // Of buyers.
    NEWEST_QUESTIONS = "select t.conversation_id, t.id, t.question from turn t
        join conversation c on c.organization_id = t.organization_id and c.id = t.conversation_id
        where t.organization_id = $1 and not c.preview and t.question <> '' order by t.id desc limit $2";
    ORGANIZATIONS_WITH_OPEN_TURNS = "select distinct organization_id from turn where not sealed";
    OPEN_TURNS = "select id, question, answer, citations, receipt from turn where organization_id = $1 and not sealed order by id limit $2";
    SEAL_TURN = "update turn set question = $3, answer = $4, citations = '[]', receipt = $5, sealed = true where organization_id = $1 and id = $2";
}

/// A conversation that begins with a turn.
#[derive(Clone)]
pub(super) struct Opening {
    pub(super) token_hash: Vec<u8>,
    pub(super) bot: BotId,
    pub(super) property: Option<PropertyId>,
    pub(super) code: Option<CodeId>,
    /// The realtor's own question: counted nowhere.
    pub(super) preview: bool,
}

/// What the turns' group commit writes. Charge and effect are in the same commit.
#[derive(Clone)]
pub(super) enum TurnOp {
    Begin {
        organization: OrganizationId,
        turn: TurnId,
        conversation: ConversationId,
        opens: Option<Opening>,
        /// Sealed.
        question: String,
        charge: Option<Action>,
    },
    Finish {
        organization: OrganizationId,
        turn: TurnId,
        outcome: Outcome,
        /// Sealed.
        answer: String,
        receipt: Receipt,
        settle: Option<Action>,
        /// What endpoints are told of it.
        told: Option<Event>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TurnOutcome {
    /// The turn is stored. Not afforded: nothing was held.
    Begun {
        afforded: bool,
    },
    Finished,
}

impl TurnOp {
    fn as_move(&self) -> Option<Move> {
        match self {
            Self::Begin {
                organization,
                charge: Some(action),
                ..
            }
            | Self::Finish {
                organization,
                settle: Some(action),
                ..
            } => Some(Move::new(*organization, action.clone())),
            _ => None,
        }
    }
}

/// Writes a batch: the moves of credits first, then the rows, one statement a table.
pub(super) async fn write(tx: &mut Tx, outbox: Outbox, ops: &[TurnOp]) -> Result<Vec<TurnOutcome>, DbError> {
    let (places, moves): (Vec<usize>, Vec<Move>) = ops
        .iter()
        .enumerate()
        .filter_map(|(i, op)| op.as_move().map(|m| (i, m)))
        .unzip();
    let mut settled: HashMap<usize, Result<(), LedgerError>> = HashMap::new();
    if !moves.is_empty() {
        settled = places
            .into_iter()
            .zip(ledger::apply(tx, &outbox, &moves).await?)
            .collect();
    }
    let mut rows = Rows::default();
    let outcomes = ops
        .iter()
        .enumerate()
        .map(|(i, op)| rows.add(op, settled.get(&i)))
        .collect();
    let told = still_told(tx, ops).await?;
    rows.write(tx, outbox.clock().now()).await?;
    outbox.write(tx, told).await?;
    Ok(outcomes)
}

/// What endpoints are told, and nothing of what was erased meanwhile.
async fn still_told(tx: &mut Tx, ops: &[TurnOp]) -> Result<Vec<Event>, DbError> {
    let told: Vec<_> = ops
        .iter()
        .filter_map(|op| match op {
            TurnOp::Finish {
                organization,
                turn,
                told: Some(told),
                ..
            } => Some((*organization, turn.uuid(), told)),
            _ => None,
        })
        .collect();
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let turns: Vec<Value> = told
        .iter()
        .map(|(organization, turn, _)| json!([hex(organization.uuid()), hex(*turn)]))
        .collect();
    let open = fetch_all!(tx, (Uuid,), TURNS_UNFINISHED, Json(turns))?;
    let is_open = |turn: Uuid| open.iter().any(|(id,)| *id == turn);
    let told = told.into_iter().filter(|(_, turn, _)| is_open(*turn));
    Ok(told.map(|(_, _, event)| event.clone()).collect())
}

/// Opens a conversation in which nothing was asked yet.
pub(super) async fn open(
    tx: &mut Tx,
    (organization, id): (OrganizationId, ConversationId),
    opens: &Opening,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let rows = vec![opening(organization, id, opens)];
    later!(tx, INSERT_CONVERSATIONS, Json(rows), now)
}

fn opening(organization: OrganizationId, id: ConversationId, opens: &Opening) -> Value {
    json!([
        hex(organization.uuid()),
        hex(id.uuid()),
        hex(opens.bot.uuid()),
        opens.property.map(|p| hex(p.uuid())),
        opens.code.map(|c| hex(c.uuid())),
        hex_bytes(&opens.token_hash),
        opens.preview
    ])
}

/// Whether a conversation is still there for words to be left in.
pub(super) async fn is_still(tx: &mut Tx, organization: OrganizationId, id: ConversationId) -> Result<bool, DbError> {
    Ok(execute!(tx, CONVERSATION_STILL, organization.uuid(), id.uuid())? == 1)
}

#[derive(Default)]
struct Rows {
    conversations: Vec<Value>,
    /// Whose they are: those of buyers, and those of the realtor's own.
    opened: Vec<OrganizationId>,
    previews: Vec<OrganizationId>,
    touched: Vec<Value>,
    begun: Vec<Value>,
    finished: Vec<Value>,
}

impl Rows {
    fn add(&mut self, op: &TurnOp, settled: Option<&Result<(), LedgerError>>) -> TurnOutcome {
        match op {
            TurnOp::Begin {
                organization,
                turn,
                conversation,
                opens,
                question,
                charge,
                ..
            } => {
                if let Some(opens) = opens {
                    let counted = if opens.preview {
                        &mut self.previews
                    } else {
                        &mut self.opened
                    };
                    counted.push(*organization);
                }
                if let Some(opens) = opens {
                    self.conversations.push(opening(*organization, *conversation, opens));
                }
                let (organization, conversation) = (hex(organization.uuid()), hex(conversation.uuid()));
                if opens.is_none() {
                    self.touched.push(json!([organization, conversation]));
                }
                let afforded = !matches!(settled, Some(Err(_)));
                let hold = match charge {
                    Some(Action::Hold { hold, .. }) if afforded => Some(hex(hold.uuid())),
                    _ => None,
                };
                self.begun
                    .push(json!([organization, hex(turn.uuid()), conversation, question, hold]));
                TurnOutcome::Begun { afforded }
            }
            TurnOp::Finish {
                organization,
                turn,
                outcome,
                answer,
                receipt,
                settle,
                ..
            } => {
                if let Some(Err(error)) = settled {
                    tracing::warn!(turn.id = %turn, %error, "The hold of turn `{turn}` was already resolved");
                }
                let charged = match (settle, settled) {
                    (Some(Action::Capture { amount, .. }), Some(Ok(()))) => amount.as_milli(),
                    _ => 0,
                };
                self.finished.push(json!([
                    hex(organization.uuid()),
                    hex(turn.uuid()),
                    outcome.as_str(),
                    answer,
                    receipt,
                    charged
                ]));
                TurnOutcome::Finished
            }
        }
    }

    async fn write(self, tx: &mut Tx, now: DateTime<Utc>) -> Result<(), DbError> {
        if !self.conversations.is_empty() {
            later!(tx, INSERT_CONVERSATIONS, Json(self.conversations), now)?;
            for (what, whose) in [(Tallied::Conversation, self.opened), (Tallied::Preview, self.previews)] {
                let opened = whose.into_iter().map(|organization| (organization, now));
                dashboard::tally(tx, what, opened).await?;
            }
        }
        if !self.touched.is_empty() {
            later!(tx, TOUCH_CONVERSATIONS, Json(self.touched), now)?;
        }
        if !self.begun.is_empty() {
            later!(tx, INSERT_TURNS, Json(self.begun), now)?;
        }
        if !self.finished.is_empty() {
            later!(tx, FINISH_TURNS, Json(self.finished), now)?;
        }
        Ok(())
    }
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

fn hex_bytes(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(super) struct Known {
    pub(super) organization: OrganizationId,
    pub(super) id: ConversationId,
    pub(super) bot: BotId,
}

impl Known {
    pub(super) fn is_of(&self, porch: &Porch) -> bool {
        self.organization == porch.organization() && self.bot == porch.bot.id
    }
}

pub(super) async fn conversation_by_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Known>, DbError> {
    let row = fetch_optional!(tx, (Uuid, Uuid, Uuid), CONVERSATION_BY_TOKEN, token_hash)?;
    Ok(row.map(|(organization, id, bot)| Known {
        organization: organization.into(),
        id: id.into(),
        bot: bot.into(),
    }))
}

#[derive(sqlx::FromRow)]
struct SoFarRow {
    organization_id: Uuid,
    id: Uuid,
    bot_id: Uuid,
    turn_id: Option<Uuid>,
    question: Option<String>,
    answer: Option<String>,
}

/// A conversation with its latest questions and answers as they are kept, oldest first.
pub(super) struct SoFar {
    pub(super) known: Known,
    turns: Vec<(TurnId, String, String)>,
}

impl SoFar {
    pub(super) fn said(&self, keys: &Keys) -> Result<Vec<(String, String)>, Error> {
        let open = |(turn, question, answer): &(TurnId, String, String)| {
            Ok((
                open_question(keys, *turn, question)?,
                open_said(keys, *turn, answer)?.text,
            ))
        };
        self.turns.iter().map(open).collect()
    }
}

pub(super) async fn conversation_so_far(tx: &mut Tx, token_hash: &[u8], most: usize) -> Result<Option<SoFar>, DbError> {
    let rows = fetch_all!(tx, SoFarRow, CONVERSATION_SO_FAR, token_hash, most as i64)?;
    let known = rows.first().map(|row| Known {
        organization: row.organization_id.into(),
        id: row.id.into(),
        bot: row.bot_id.into(),
    });
    let turn = |row: SoFarRow| Some((row.turn_id?.into(), row.question?, row.answer?));
    let turns = rows.into_iter().rev().filter_map(turn).collect();
    Ok(known.map(|known| SoFar { known, turns }))
}

#[derive(sqlx::FromRow)]
struct TurnRow {
    id: Uuid,
    conversation_id: Uuid,
    question: String,
    answer: String,
    outcome: Option<String>,
    receipt: Json<Receipt>,
    charged: i64,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl TurnRow {
    fn open(self, keys: &Keys) -> Result<Turn, Error> {
        let row = self;
        let id = TurnId::from(row.id);
        let said = open_said(keys, id, &row.answer)?;
        let parse = |text: String| {
            Outcome::parse(&text).ok_or(DbError::Corrupt {
                what: "outcome",
                value: text,
            })
        };
        Ok(Turn {
            id,
            conversation_id: row.conversation_id.into(),
            question: open_question(keys, id, &row.question)?,
            answer: said.text,
            outcome: row.outcome.map(parse).transpose()?,
            citations: said.citations,
            receipt: Receipt {
                withheld: said.withheld,
                ..row.receipt.0
            },
            charged_milli: row.charged,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

pub(super) async fn turn(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    conversation: ConversationId,
    id: TurnId,
) -> Result<Option<Turn>, Error> {
    let row = fetch_optional!(
        tx,
        TurnRow,
        FIND_TURN,
        organization.uuid(),
        conversation.uuid(),
        id.uuid()
    )?;
    row.map(|row| row.open(keys)).transpose()
}

/// All of a conversation, oldest first.
pub(crate) async fn turns(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    conversation: ConversationId,
) -> Result<Vec<Turn>, Error> {
    let (organization, conversation) = (organization.uuid(), conversation.uuid());
    let (mut all, mut after): (Vec<Turn>, Option<Uuid>) = (Vec::new(), None);
    loop {
        let rows = fetch_all!(tx, TurnRow, TURNS, organization, conversation, after)?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = Some(last.id);
        for row in rows {
            all.push(row.open(keys)?);
        }
    }
}

/// The latest, as many as a page shows, oldest first.
pub(super) async fn latest_turns(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    conversation: ConversationId,
) -> Result<Vec<Turn>, Error> {
    let rows = fetch_all!(tx, TurnRow, LATEST_TURNS, organization.uuid(), conversation.uuid())?;
    rows.into_iter().rev().map(|row| row.open(keys)).collect()
}

pub(super) struct OpenTurn {
    pub(super) organization: OrganizationId,
    pub(super) id: TurnId,
    pub(super) hold: Option<HoldId>,
}

pub(super) async fn open_turns(tx: &mut Tx, before: DateTime<Utc>) -> Result<Vec<OpenTurn>, DbError> {
    let rows = fetch_all!(tx, (Uuid, Uuid, Option<Uuid>), TURNS_ABANDONED, before)?;
    let open = |(organization, id, hold): (Uuid, Uuid, Option<Uuid>)| OpenTurn {
        organization: organization.into(),
        id: id.into(),
        hold: hold.map(HoldId::from),
    };
    Ok(rows.into_iter().map(open).collect())
}

/// The holds of a bot's turns that are not over.
pub(crate) async fn open_holds_of_bot(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: BotId,
) -> Result<Vec<HoldId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), OPEN_HOLDS_OF_BOT, organization.uuid(), bot.uuid())?;
    Ok(rows.into_iter().map(|(hold,)| hold.into()).collect())
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: Uuid,
    bot_id: Uuid,
    bot_name: String,
    property_id: Option<Uuid>,
    property_address: Option<String>,
    started_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    turn_count: i64,
    unanswered_count: i64,
    first_id: Option<Uuid>,
    first_question: Option<String>,
    lead_count: i64,
}

impl SummaryRow {
    fn open(self, keys: &Keys) -> Result<ConversationSummary, Error> {
        let row = self;
        let first = row.first_id.zip(row.first_question);
        let first = first.map(|(id, question)| open_question(keys, id.into(), &question));
        Ok(ConversationSummary {
            id: row.id.into(),
            bot_id: row.bot_id.into(),
            bot_name: row.bot_name,
            property_id: row.property_id.map(PropertyId::from),
            property_address: row.property_address,
            turn_count: row.turn_count,
            unanswered_count: row.unanswered_count,
            first_question: first.transpose()?.unwrap_or_default(),
            lead_count: row.lead_count,
            started_at: row.started_at,
            last_at: row.last_at,
        })
    }
}

pub(super) async fn conversations(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    unanswered: bool,
    after: Option<ConversationId>,
    limit: u32,
) -> Result<Vec<ConversationSummary>, Error> {
    let after = after.map(ConversationId::uuid);
    let rows = fetch_all!(
        tx,
        SummaryRow,
        LIST_CONVERSATIONS,
        organization.uuid(),
        after,
        i64::from(unanswered),
        i64::from(limit) + 1
    )?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

pub(super) async fn conversation(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    id: ConversationId,
) -> Result<Option<ConversationSummary>, Error> {
    let row = fetch_optional!(tx, SummaryRow, FIND_CONVERSATION, organization.uuid(), id.uuid())?;
    row.map(|row| row.open(keys)).transpose()
}

/// The newest `most` questions of buyers with their conversations.
pub(crate) async fn newest_questions(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    most: i64,
) -> Result<Vec<(ConversationId, String)>, Error> {
    let rows = fetch_all!(tx, (Uuid, Uuid, String), NEWEST_QUESTIONS, organization.uuid(), most)?;
    let open = |(conversation, id, question): (Uuid, Uuid, String)| {
        Ok((conversation.into(), open_question(keys, id.into(), &question)?))
    };
    rows.into_iter().map(open).collect()
}

/// Whose turns of before are not sealed yet.
pub(super) async fn organizations_with_open_turns(tx: &mut Tx) -> Result<Vec<OrganizationId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), ORGANIZATIONS_WITH_OPEN_TURNS)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// A turn as it was kept before turns were sealed.
#[derive(sqlx::FromRow)]
pub(super) struct OpenTurnRow {
    pub(super) id: Uuid,
    pub(super) question: String,
    pub(super) answer: String,
    pub(super) citations: Json<Vec<Citation>>,
    pub(super) receipt: Json<Receipt>,
}

/// Seals the oldest `most` that are not; how many there were.
pub(super) async fn seal_turns(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    most: i64,
) -> Result<usize, Error> {
    let rows = fetch_all!(tx, OpenTurnRow, OPEN_TURNS, organization.uuid(), most)?;
    let found = rows.len();
    for row in rows {
        let id = row.id;
        let (question, answer, receipt) = seal_row(keys, row)?;
        execute!(tx, SEAL_TURN, organization.uuid(), id, question, answer, Json(receipt))?;
    }
    Ok(found)
}

/// Removes what was said, and the way back to it; counts and moves of credits stay.
pub(crate) async fn erase(
    tx: &mut Tx,
    organization: OrganizationId,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (organization, conversation) = (organization.uuid(), conversation.uuid());
    let nobodys: [u8; 32] = rand::random();
    execute!(tx, ERASE_CONVERSATION, organization, conversation, nobodys.as_slice())?;
    execute!(tx, ERASE_TURNS, organization, conversation, now)?;
    Ok(())
}

/// The oldest whose last question came before a moment and that are not erased.
pub(crate) async fn older(
    tx: &mut Tx,
    organization: OrganizationId,
    before: DateTime<Utc>,
    most: i64,
) -> Result<Vec<ConversationId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), CONVERSATIONS_OLDER, organization.uuid(), before, most)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
