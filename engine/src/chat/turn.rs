//! One turn: guard the question, hold the credits, have it answered (`said`), store and settle.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use domain::{
    chat::{Citation, Delta, Outcome, Receipt},
    credits::Priced,
    id::{ConversationId, HoldId, PassageId, TurnId},
    webhook::EventKind,
};
use futures::FutureExt;
use serde_json::json;

use super::{
    live::Follow,
    said::{Said, said_by},
    sealed, store,
};
use crate::{
    Engine, Error,
    dashboard::{self, Tallied},
    db::Reach,
    failpoint,
    guard::{fact_lock::Told, fair_housing},
    ledger::{Action, Purpose},
    porch::Porch,
    provider::{AnswerEngine, Ask, AskPassage},
    retrieval,
    vault::Keys,
    webhook::{Event, Words},
};

/// Passages offered to an engine, at most.
const PASSAGES: usize = 6;
/// Earlier turns offered to an engine, at most.
pub(super) const HISTORY: usize = 4;
/// Questions in the preview that an outside engine answers free of charge, an organization and day.
const PREVIEWS_A_DAY: i64 = 100;

pub(super) struct Start {
    pub(super) turn: TurnId,
    pub(super) conversation: ConversationId,
    /// The hash of the visitor's secret, when the conversation begins with this turn.
    pub(super) opens: Option<Vec<u8>>,
    pub(super) question: String,
    /// What was asked and answered before, oldest first.
    pub(super) history: Vec<(String, String)>,
    /// Somebody reads the answer as it is made.
    pub(super) streamed: bool,
    /// What question and answer are sealed with.
    pub(super) keys: Arc<Keys>,
    /// The organization's own provider, where the bot names one: its answers cost nothing.
    pub(super) own: Option<Arc<dyn AnswerEngine>>,
}

/// What is to be said and stored in the end.
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    pub(super) text: String,
    pub(super) citations: Vec<Citation>,
    /// True when credits were held and the answer is worth them.
    pub(super) delivered: bool,
}

/// Runs a turn to its end. Whatever fails, the follower gets an ending and the hold is settled.
pub(super) async fn run(porch: Porch, start: Start, live: Follow) {
    let (turn, told) = (start.turn, unanswered(&porch, &start));
    let began = Instant::now();
    let mut receipt = Receipt {
        knowledge_version: porch.knowledge().version,
        price_version: porch.engine().config().prices.version,
        ..Receipt::default()
    };
    let declined = fair_housing::question(&start.question).is_some();
    let price = porch.engine().config().prices.reply;
    let wanted = porch.answers() && !declined && start.own.is_none() && price.is_positive() && !porch.is_preview();
    // Known before anything is asked: however the turn goes wrong, this hold is settled at its end.
    let mut held = wanted.then(|| porch.engine().clock().new_id::<HoldId>());
    let taken = AssertUnwindSafe(take(&porch, &start, &live, &mut receipt, began, declined, &mut held));
    let ending = match taken.catch_unwind().await {
        Ok(Ok(ending)) => ending,
        Ok(Err(error)) => {
            tracing::error!(turn.id = %turn, %error, "Turn `{turn}` failed");
            None
        }
        Err(_) => {
            tracing::error!(turn.id = %turn, "Turn `{turn}` panicked");
            None
        }
    };
    let ending = ending.unwrap_or_else(|| unavailable(&porch));
    receipt.total_ms = elapsed_ms(began);
    let settle = held.map(|hold| match ending.delivered {
        true => Action::Capture { hold, amount: price },
        false => Action::Void { hold },
    });
    let said = sealed::Said {
        text: ending.text.clone(),
        citations: ending.citations,
        withheld: std::mem::take(&mut receipt.withheld),
    };
    let answer = sealed::seal_said(&start.keys, turn, &said).unwrap_or_else(|error| {
        tracing::error!(turn.id = %turn, %error, "The answer of turn `{turn}` could not be sealed and is not kept");
        String::new()
    });
    let finish = store::TurnOp::Finish {
        organization: porch.organization(),
        turn,
        outcome: ending.outcome,
        answer,
        receipt,
        settle,
        told: told.filter(|_| ending.outcome == Outcome::Unknown),
    };
    if let Err(error) = store_ending(&porch, finish).await {
        // The next start, or the sweeper, closes the turn and gives the hold back.
        tracing::error!(turn.id = %turn, %error, "Turn `{turn}` was answered but not stored");
    }
    porch.engine().outbox().ring();
    live.publish(Delta::Done {
        outcome: ending.outcome,
        text: ending.text,
    });
    porch.engine().turns().close(turn);
}

/// What endpoints are told where a question is not answered; `None` where none asks for it. The realtor's own questions are
/// nobody's.
fn unanswered(porch: &Porch, start: &Start) -> Option<Event> {
    let (engine, organization, kind) = (porch.engine(), porch.organization(), EventKind::QuestionUnanswered);
    let asked = !porch.is_preview() && engine.outbox().wants(organization, kind);
    if !asked {
        return None;
    }
    let id = engine.clock().new_id();
    let question = json!({ "question": start.question });
    let words = Words::seal(&start.keys, id, start.conversation.uuid(), &question);
    let words = words.inspect_err(|error| tracing::error!(%error, "A question could not be sealed: {error}"));
    Some(Event {
        organization,
        id,
        kind,
        at: engine.clock().now(),
        data: json!({
            "turn_id": start.turn,
            "conversation_id": start.conversation,
            "bot_id": porch.bot.id,
            "property_id": porch.property_id(),
        }),
        words: Some(words.ok()?),
    })
}

/// Stores the end of a turn, and tries again when the store fails: the buyer has the answer already. Doing it twice does
/// no harm, since a turn ends once and a hold is settled once.
async fn store_ending(porch: &Porch, finish: store::TurnOp) -> Result<(), Error> {
    let writer = porch.engine().turns().writer();
    let mut pause = Duration::from_millis(100);
    failpoint::before(failpoint::TURN_FINISH)
        .await
        .map_err(Error::io("ending a turn"))?;
    for _ in 0..4 {
        match writer.run(finish.clone()).await {
            Ok(_) => {
                failpoint::after(failpoint::TURN_FINISH)
                    .await
                    .map_err(Error::io("ending a turn"))?;
                return Ok(());
            }
            Err(error) => tracing::warn!(%error, "A turn's end was not stored; it is tried again"),
        }
        tokio::time::sleep(pause).await;
        pause *= 4;
    }
    writer
        .run(finish)
        .await
        .map(|_| ())
        .map_err(|error| Error::Db(error.into()))
}

/// Stores the question with its hold and makes the answer. `held` is taken away where nothing can be held.
async fn take(
    porch: &Porch,
    start: &Start,
    live: &Follow,
    receipt: &mut Receipt,
    began: Instant,
    declined: bool,
    held: &mut Option<HoldId>,
) -> Result<Option<Ending>, Error> {
    let charge = held.map(|hold| Action::Hold {
        hold,
        amount: porch.engine().config().prices.reply,
        purpose: Purpose {
            name: Priced::AiConversation.as_str(),
            related: Some(start.turn.uuid()),
            description: format!("Reply of “{}”", porch.bot.name),
            price_version: porch.engine().config().prices.version,
        },
    });
    failpoint::before(failpoint::TURN_BEGIN)
        .await
        .map_err(Error::io("beginning a turn"))?;
    let begin = store::TurnOp::Begin {
        organization: porch.organization(),
        turn: start.turn,
        conversation: start.conversation,
        opens: start.opens.clone().map(|token_hash| store::Opening {
            token_hash,
            bot: porch.bot.id,
            property: porch.property_id(),
            code: porch.code(),
            preview: porch.is_preview(),
        }),
        question: sealed::seal_question(&start.keys, start.turn, &start.question)?,
        charge,
    };
    // What an answer may rest on is looked up while the question is stored.
    let writer = porch.engine().turns().writer();
    let look = async {
        match porch.answers() {
            true => Some(matter(porch, start).await),
            false => None,
        }
    };
    let (begun, matter) = tokio::join!(writer.run(begin), look);
    let afforded = match begun.map_err(|e| Error::Db(e.into()))? {
        store::TurnOutcome::Begun { afforded } => afforded,
        store::TurnOutcome::Finished => true,
    };
    failpoint::after(failpoint::TURN_BEGIN)
        .await
        .map_err(Error::io("beginning a turn"))?;
    if !afforded {
        *held = None;
    }
    let matter = match matter {
        Some(matter) if afforded => matter,
        matter => {
            let why = if matter.is_none() {
                "the bot is paused"
            } else {
                "no credits left"
            };
            receipt.failures.push(why.into());
            return Ok(None);
        }
    };
    receipt.passages.clone_from(&matter.passages);
    receipt.facts_considered = u32::try_from(matter.ask.facts.len()).unwrap_or(u32::MAX);
    Ok(match declined {
        // A question of steering goes to no model: the built-in engine declines it in fixed words.
        true => said_by(
            porch.engine().answers().built_in(),
            porch,
            &matter,
            live,
            receipt,
            began,
        )
        .await
        .ending(),
        false => answer(porch, &matter, start.own.as_ref(), live, receipt, began).await,
    })
}

/// What an answer may rest on.
pub(super) struct Matter {
    pub(super) ask: Arc<Ask>,
    /// Where its passages stand in the store.
    passages: Vec<PassageId>,
    /// The same passages, as the fact lock reads them.
    pub(super) told: Vec<Arc<Told>>,
}

async fn matter(porch: &Porch, start: &Start) -> Matter {
    let knowledge = porch.knowledge();
    let passages = knowledge.search(&start.question, porch.property_id(), PASSAGES);
    let ids = passages.iter().map(|(p, _)| p.id.into()).collect();
    let facts = Arc::clone(&porch.known().facts);
    let told = retrieval::told(porch.engine(), passages.iter().map(|(p, _)| *p)).await;
    let ask = Ask {
        question: start.question.clone(),
        streamed: start.streamed,
        property_name: porch.property.as_ref().map(|p| p.full_address()),
        realtor: porch.realtor.name.clone(),
        tone: porch.bot.conversation.tone,
        passages: passages
            .into_iter()
            .map(|(p, score)| AskPassage {
                heading: p.heading.clone(),
                text: p.text.clone(),
                score,
            })
            .collect(),
        facts,
        history: start.history.clone(),
    };
    Matter {
        ask: Arc::new(ask),
        passages: ids,
        told,
    }
}

/// Asks the bot's own engine, or the configured one, and, when nothing of what it says can be given, the built-in one, which quotes. `None`: no
/// engine could answer.
async fn answer(
    porch: &Porch,
    matter: &Matter,
    own: Option<&Arc<dyn AnswerEngine>>,
    live: &Follow,
    receipt: &mut Receipt,
    began: Instant,
) -> Option<Ending> {
    let answers = porch.engine().answers();
    let first = match own {
        Some(own) => own,
        None if is_past_previews(porch).await => answers.built_in(),
        None => answers.first(),
    };
    let said = said_by(first, porch, matter, live, receipt, began).await;
    // For an organization's own, too, it is the built-in one: a wrong key does not give the deployment's for nothing, and what
    // buyers ask goes to nobody whom the organization has not chosen.
    let fallback = Some(answers.built_in()).filter(|other| !Arc::ptr_eq(first, other));
    match (said, fallback) {
        (Said::Ending(ending), _) => Some(ending),
        (said, None) => said.ending(),
        // No word of the provider's reached the buyer: what the built-in engine knows is given free of charge.
        (said, Some(built_in)) => {
            if let Said::Withheld(_) = said {
                let failure = format!("{}: nothing of its answer could be kept", first.name());
                receipt.failures.push(failure);
            }
            receipt.first_token_ms = None;
            let instead = said_by(built_in, porch, matter, live, receipt, began).await;
            instead.ending().or(said.ending()).map(|ending| Ending {
                delivered: false,
                ..ending
            })
        }
    }
}

/// The realtor has tried their bots so often today that an outside engine is not asked for nothing any more.
async fn is_past_previews(porch: &Porch) -> bool {
    if !porch.is_preview() {
        return false;
    }
    let today = porch.engine().clock().now().date_naive();
    let asked = async {
        let mut tx = porch.engine().db().read(porch.organization()).await?;
        dashboard::tallied(&mut tx, porch.organization(), Tallied::Preview, today).await
    };
    // What cannot be counted is not given away.
    !asked.await.is_ok_and(|asked| asked <= PREVIEWS_A_DAY)
}

fn unavailable(porch: &Porch) -> Ending {
    let text = format!(
        "I can't answer right now. Leave your question below and {} will get back to you.",
        porch.realtor.name
    );
    Ending {
        outcome: Outcome::Unavailable,
        text,
        citations: Vec::new(),
        delivered: false,
    }
}

pub(super) fn elapsed_ms(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// Ends every open turn asked before `before` as unavailable and gives its hold back.
pub(super) async fn close_open(engine: &Engine, before: DateTime<Utc>) -> Result<usize, Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let open = store::open_turns(&mut tx, before).await?;
    drop(tx);
    for turn in &open {
        let finish = store::TurnOp::Finish {
            organization: turn.organization,
            turn: turn.id,
            outcome: Outcome::Unavailable,
            answer: String::new(),
            receipt: Receipt {
                failures: vec!["the server stopped during this turn".into()],
                ..Receipt::default()
            },
            settle: turn.hold.map(|hold| Action::Void { hold }),
            told: None,
        };
        engine
            .turns()
            .writer()
            .run(finish)
            .await
            .map_err(|e| Error::Db(e.into()))?;
    }
    Ok(open.len())
}
