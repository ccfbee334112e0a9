//! A buyer asks. The turn runs in a task of its own, which outlives the request: the browser may drop and come back,
//! and the credits are settled whatever happens to it.

pub mod builtin;
mod live;
mod said;
mod sealed;
mod store;
#[cfg(test)]
mod tests;
mod turn;

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Fault,
    chat::{Conversation, ConversationSummary, Delta, Turn, check_question},
    id::{ConversationId, OrganizationId, TurnId},
    page::{self, Page},
    tenancy::Action,
};
use sha2::{Digest, Sha256};

use crate::{
    Call, Engine, Error, api_configuration,
    db::{DbError, Tx},
    porch::Porch,
    support::Look,
    vault::{self, Keys},
};

pub(crate) use live::Turns;
pub(crate) use sealed::{open_question, seal_old};
pub(crate) use store::{erase, newest_questions, older, open_holds_of_bot, turns};

/// A question that was taken: its answer can be followed, left, and followed again.
#[derive(Debug)]
pub struct Asked {
    pub turn: TurnId,
    pub conversation: ConversationId,
    /// The visitor's secret: gives the conversation back after a reload.
    pub session: String,
    live: live::Follow,
}

impl Asked {
    /// The answer from after event `after` on, each delta with its event id.
    pub fn deltas(&self, after: u64) -> impl futures::Stream<Item = (u64, Delta)> + Send + use<> {
        self.live.clone().stream(after)
    }

    /// Waits for the end. `None` when the process is stopping.
    pub async fn finished(&self) -> Option<Finished> {
        self.live.finished().await
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Finished {
    pub text: String,
    pub outcome: domain::chat::Outcome,
    pub citations: Vec<domain::chat::Citation>,
}

/// Takes a question. An unknown or foreign `session` starts a new conversation.
pub async fn ask(porch: &Porch, session: Option<&str>, question: &str) -> Result<Asked, Error> {
    begin(porch, session, question, true).await
}

/// As [`ask`], for one who reads nothing before the end: a provider is asked for its answer in one piece, which costs
/// both sides less than a stream of words.
pub async fn ask_for_whole(porch: &Porch, session: Option<&str>, question: &str) -> Result<Asked, Error> {
    begin(porch, session, question, false).await
}

async fn begin(porch: &Porch, session: Option<&str>, question: &str, streamed: bool) -> Result<Asked, Error> {
    let question = check_question(question)?;
    let engine = porch.engine();
    let keys = vault::to_seal(engine, porch.organization()).await?;
    let known = so_far(porch, &keys, session).await?;
    let fresh = known.is_none();
    let (conversation, session, history) = known.unwrap_or_else(|| (engine.clock().new_id(), new_secret(), Vec::new()));
    let turn = engine.clock().new_id::<TurnId>();
    let own = api_configuration::engine_of(engine, porch.organization(), &porch.bot.model).await;
    let live = engine.turns().open(turn);
    live.publish(Delta::Started {
        turn_id: turn,
        conversation_id: conversation,
    });
    let start = turn::Start {
        turn,
        conversation,
        opens: fresh.then(|| token_hash(&session)),
        question,
        history,
        streamed,
        keys,
        own,
    };
    engine.turns().spawn(turn::run(porch.clone(), start, live.clone()));
    Ok(Asked {
        turn,
        conversation,
        session,
        live,
    })
}

/// Follows a turn of the visitor's own conversation again: live, or as it was stored.
pub async fn resume(porch: &Porch, session: &str, turn: TurnId) -> Result<Asked, Error> {
    let gone = || Error::from(Fault::not_found("answer"));
    let conversation = conversation_of(porch, Some(session)).await?.ok_or_else(gone)?;
    let session = session.to_owned();
    let stored = {
        let keys = vault::to_open(porch.engine(), porch.organization()).await?;
        let mut tx = porch.engine().db().read(porch.organization()).await?;
        store::turn(&mut tx, &keys, porch.organization(), conversation, turn)
            .await?
            .ok_or_else(gone)?
    };
    let live = match porch.engine().turns().find(turn) {
        Some(live) => live,
        None => live::Follow::of_stored(&stored),
    };
    Ok(Asked {
        turn,
        conversation,
        session,
        live,
    })
}

/// The visitor's own conversation so far, oldest first; of a long one its end.
pub async fn history(porch: &Porch, session: Option<&str>) -> Result<Vec<Turn>, Error> {
    let Some(conversation) = conversation_of(porch, session).await? else {
        return Ok(Vec::new());
    };
    let keys = vault::to_open(porch.engine(), porch.organization()).await?;
    let mut tx = porch.engine().db().read(porch.organization()).await?;
    store::latest_turns(&mut tx, &keys, porch.organization(), conversation).await
}

/// The conversation a visitor's secret belongs to, if it is one of this bot's.
pub(crate) async fn conversation_of(porch: &Porch, session: Option<&str>) -> Result<Option<ConversationId>, Error> {
    let Some(secret) = session else { return Ok(None) };
    let mut tx = porch.engine().db().read(porch.organization()).await?;
    let found = store::conversation_by_token(&mut tx, &token_hash(secret)).await?;
    Ok(found.filter(|known| known.is_of(porch)).map(|known| known.id))
}

/// The conversation in which a visitor leaves words: theirs, or one that begins with them, with the secret by which they come
/// back to it.
pub(crate) async fn to_leave_in(
    tx: &mut Tx,
    porch: &Porch,
    known: Option<ConversationId>,
) -> Result<(ConversationId, Option<String>), DbError> {
    if let Some(known) = known
        && store::is_still(tx, porch.organization(), known).await?
    {
        return Ok((known, None));
    }
    let clock = porch.engine().clock();
    let (id, secret) = (clock.new_id(), new_secret());
    let opens = store::Opening {
        token_hash: token_hash(&secret),
        bot: porch.bot.id,
        property: porch.property_id(),
        code: porch.code(),
        preview: porch.is_preview(),
    };
    store::open(tx, (porch.organization(), id), &opens, clock.now()).await?;
    Ok((id, Some(secret)))
}

/// The same to go on with: the conversation, its secret, and its latest questions and answers.
async fn so_far(
    porch: &Porch,
    keys: &Keys,
    session: Option<&str>,
) -> Result<Option<(ConversationId, String, Vec<(String, String)>)>, Error> {
    let Some(secret) = session else { return Ok(None) };
    let mut tx = porch.engine().db().read(porch.organization()).await?;
    let found = store::conversation_so_far(&mut tx, &token_hash(secret), turn::HISTORY).await?;
    drop(tx);
    let own = found.filter(|found| found.known.is_of(porch));
    own.map(|found| Ok((found.known.id, secret.to_owned(), found.said(keys)?)))
        .transpose()
}

/// 128 random bits, as text.
fn new_secret() -> String {
    uuid::Uuid::from_bytes(rand::random()).simple().to_string()
}

fn token_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The organization's conversations, the latest first. `unanswered` keeps those with a question nobody answered.
pub async fn conversations(
    call: &Call,
    unanswered: bool,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<ConversationSummary>, Error> {
    call.must(Action::SeeLeads)?;
    let after = after.map(str::parse::<ConversationId>).transpose()?;
    let limit = page::limit(limit);
    let keys = vault::to_open(call.engine(), call.organization()).await?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::conversations(&mut tx, &keys, call.organization(), unanswered, after, limit).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// One conversation with every turn and its receipt.
pub async fn conversation(call: &Call, id: ConversationId) -> Result<Conversation, Error> {
    call.must(Action::SeeLeads)?;
    one(call.engine(), call.organization(), id).await
}

/// The same for an operator whom the organization lets look.
pub(crate) async fn conversations_for(
    engine: &Engine,
    look: Look,
    after: Option<&str>,
) -> Result<Page<ConversationSummary>, Error> {
    let after = after.map(str::parse::<ConversationId>).transpose()?;
    let limit = page::limit(None);
    let keys = vault::to_open(engine, look.organization()).await?;
    let mut tx = engine.db().read(look.organization()).await?;
    let rows = store::conversations(&mut tx, &keys, look.organization(), false, after, limit).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// One conversation for an operator whom the organization lets look.
pub(crate) async fn conversation_for(engine: &Engine, look: Look, id: ConversationId) -> Result<Conversation, Error> {
    one(engine, look.organization(), id).await
}

async fn one(engine: &Engine, organization: OrganizationId, id: ConversationId) -> Result<Conversation, Error> {
    let keys = vault::to_open(engine, organization).await?;
    let mut tx = engine.db().read(organization).await?;
    let summary = store::conversation(&mut tx, &keys, organization, id).await?;
    let summary = summary.ok_or_else(|| Error::from(Fault::not_found("conversation")))?;
    let turns = store::turns(&mut tx, &keys, organization, id).await?;
    Ok(Conversation { summary, turns })
}

/// Closes what a killed process left open and gives its holds back.
///
/// One process works on a store at a time, so at the start every open turn is an abandoned one.
pub(crate) async fn recover(engine: &Engine) -> Result<(), Error> {
    let closed = turn::close_open(engine, engine.clock().now() + TimeDelta::minutes(1)).await?;
    if closed > 0 {
        tracing::info!(turns = closed, "Closed {closed} turns that a stopped process had left");
    }
    Ok(())
}

/// Closes turns whose hold has run out: their task is gone.
pub(crate) async fn close_abandoned(engine: &Engine) -> Result<(), Error> {
    let before = engine.clock().now() - crate::ledger::HOLD_LIFETIME;
    turn::close_open(engine, before).await.map(|_| ())
}

/// How long an outside engine may go on with an answer once the process is to stop.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Some time after the process was told to stop, breaks off what outside engines are still saying, so that every turn
/// is stored and settled, and whoever waits for it has an answer, before connections are cut.
pub(crate) async fn cut_when_stopping(engine: Engine) {
    engine.stopping().cancelled().await;
    tokio::time::sleep(LAST_WORDS).await;
    engine.turns().cut().cancel();
}

/// Waits until every turn in flight is stored and settled, at most two seconds longer than they may take.
pub(crate) async fn drain(engine: &Engine) {
    engine.turns().drain(LAST_WORDS + Duration::from_secs(2)).await;
}
