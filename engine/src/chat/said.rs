//! What one engine says of a turn: cut into sentences, guarded, given to the follower, or held back.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use domain::{
    chat::{Citation, Delta, Outcome, Receipt, Withheld},
    id::SourceId,
};
use futures::FutureExt;
use tokio::sync::mpsc;

use super::{
    live::Follow,
    turn::{Ending, Matter, elapsed_ms},
};
use crate::{
    guard::{
        fact_lock::{FactLock, Sentences, Verdict},
        fair_housing,
    },
    porch::Porch,
    provider::{AnswerEngine, Cite, EngineFailure, Piece},
};

/// What came of asking an engine.
pub(super) enum Said {
    Ending(Ending),
    /// Nothing that was said could be kept; the ending says so.
    Withheld(Ending),
    /// The engine failed before anything was delivered.
    Nothing,
}

impl Said {
    pub(super) fn ending(self) -> Option<Ending> {
        match self {
            Self::Ending(ending) | Self::Withheld(ending) => Some(ending),
            Self::Nothing => None,
        }
    }
}

/// Has an engine answer: what passes the guards goes to the follower, sentence by sentence.
pub(super) async fn said_by(
    engine: &Arc<dyn AnswerEngine>,
    porch: &Porch,
    matter: &Matter,
    live: &Follow,
    receipt: &mut Receipt,
    began: Instant,
) -> Said {
    receipt.engine = engine.name().to_owned();
    let (sender, mut pieces) = mpsc::channel::<Piece>(64);
    let making = AssertUnwindSafe(engine.answer(Arc::clone(&matter.ask), sender)).catch_unwind();
    tokio::pin!(making);
    let mut made = None;
    let ask = &matter.ask;
    let mut lock = FactLock::new(Arc::clone(&porch.known().record), matter.told.clone())
        .asked(&ask.question)
        .knowing(&porch.realtor.name)
        .knowing(&porch.realtor.organization)
        .knowing(&porch.bot.name);
    if let Some(name) = &ask.property_name {
        lock = lock.knowing(name);
    }
    let own = Arc::ptr_eq(engine, porch.engine().answers().built_in());
    if !own {
        lock = lock.outside();
    }
    let mut sentences = Sentences::default();
    let mut spoken = Spoken {
        text: String::new(),
        citations: Vec::new(),
    };
    let mut outcome = None;
    // Of an engine that was asked before nothing was given.
    let withheld_before = receipt.withheld.len();
    // A process that stops waits for an answer only so long; the built-in engine's are there at once.
    let cut = porch.engine().turns().cut();
    let mut is_cut = false;
    loop {
        let piece = tokio::select! {
            biased;
            () = cut.cancelled(), if !own => {
                is_cut = true;
                break;
            }
            piece = pieces.recv() => piece,
            how = &mut making, if made.is_none() => {
                made = Some(how);
                continue;
            }
        };
        let Some(piece) = piece else { break };
        match piece {
            Piece::Text(text) => {
                receipt.first_token_ms.get_or_insert_with(|| elapsed_ms(began));
                for sentence in sentences.push(&text) {
                    say(&sentence, &lock, live, &mut spoken, receipt);
                }
            }
            Piece::Cite(cite) => {
                // Every sentence is out before the first citation.
                if let Some(sentence) = sentences.finish() {
                    say(&sentence, &lock, live, &mut spoken, receipt);
                }
                // What rests on nothing that was said is no citation.
                if !spoken.text.is_empty()
                    && let Some(citation) = citation(porch, &cite, receipt)
                {
                    live.publish(Delta::Citation {
                        citation: citation.clone(),
                    });
                    spoken.citations.push(citation);
                }
            }
            Piece::End(end) => outcome = Some(end),
        }
    }
    if is_cut {
        receipt
            .failures
            .push(format!("{}: cut off, the server stopped", engine.name()));
        if spoken.text.is_empty() {
            return Said::Nothing;
        }
        // Whole sentences were given and stay; an answer that we broke off ourselves is free.
        return Said::Ending(Ending {
            delivered: false,
            ..end(porch, None, spoken, receipt.withheld.len() > withheld_before)
        });
    }
    if let Some(sentence) = sentences.finish() {
        say(&sentence, &lock, live, &mut spoken, receipt);
    }
    let made = match made {
        Some(how) => how,
        None => making.await,
    };
    let failure = match made {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(failure),
        Err(_) => Some(EngineFailure("it panicked".into())),
    };
    if let Some(failure) = failure {
        receipt.failures.push(format!("{}: {failure}", engine.name()));
        if spoken.text.is_empty() {
            return Said::Nothing;
        }
    }
    let is_empty = spoken.text.is_empty();
    let ending = end(porch, outcome, spoken, receipt.withheld.len() > withheld_before);
    if is_empty {
        Said::Withheld(ending)
    } else {
        Said::Ending(ending)
    }
}

struct Spoken {
    text: String,
    citations: Vec<Citation>,
}

/// Lets a sentence through to the buyer, or notes why not.
fn say(sentence: &str, lock: &FactLock<'_>, live: &Follow, spoken: &mut Spoken, receipt: &mut Receipt) {
    let sentence = without_marks(sentence);
    if sentence.is_empty() {
        return;
    }
    let reason = match lock.check(&sentence) {
        Verdict::Drop { reason } => Some(reason.to_string()),
        Verdict::Keep => fair_housing::answer(&sentence).map(|_| "fair housing".to_owned()),
    };
    if let Some(reason) = reason {
        receipt.withheld.push(Withheld { sentence, reason });
        return;
    }
    let text = if spoken.text.is_empty() {
        sentence
    } else {
        format!(" {sentence}")
    };
    spoken.text.push_str(&text);
    live.publish(Delta::Text { text });
}

/// Takes out the marks that name facts and passages: `[F1]`, `[P2]`, `[none]`.
fn without_marks(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let Some((mark, tail)) = after.split_once(']') else {
            rest = after;
            continue;
        };
        let is_mark = mark == "none"
            || mark
                .strip_prefix(['F', 'P'])
                .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
        if !is_mark {
            out.push_str(mark);
        }
        rest = tail;
    }
    out.push_str(rest);
    out.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" .", ".")
        .replace(" ,", ",")
}

/// `partly`: something that the engine said was held back.
fn end(porch: &Porch, outcome: Option<Outcome>, mut spoken: Spoken, partly: bool) -> Ending {
    let outcome = outcome.unwrap_or(Outcome::Answered);
    if spoken.text.is_empty() {
        // Nothing that was said could be kept: better to say so than to guess.
        let text = unknown_text(porch);
        return Ending {
            outcome: Outcome::Unknown,
            text,
            citations: Vec::new(),
            delivered: false,
        };
    }
    if outcome == Outcome::Answered && partly {
        spoken.text.push_str(&format!(
            " For anything else, {} can tell you more.",
            porch.realtor.name
        ));
    }
    Ending {
        outcome,
        text: spoken.text,
        citations: spoken.citations,
        delivered: outcome == Outcome::Answered,
    }
}

fn citation(porch: &Porch, cite: &Cite, receipt: &Receipt) -> Option<Citation> {
    let knowledge = porch.knowledge();
    match cite {
        Cite::Fact(index) => {
            let stored = porch.facts().get(*index as usize)?;
            let source = stored.source_id.and_then(|id| knowledge.source(id));
            let origin = source.map_or("the realtor’s own entry", |(_, locator)| locator);
            Some(Citation {
                label: stored.fact.name().to_owned(),
                quote: stored.fact.span.quote.clone(),
                origin: origin.to_owned(),
                source_id: stored.source_id,
                fact_id: Some(stored.id),
                passage_id: None,
            })
        }
        Cite::Passage { index, quote } => {
            let id = receipt.passages.get(*index as usize)?;
            let passage = knowledge.passages.iter().find(|p| p.id == id.uuid())?;
            Some(Citation {
                label: passage.title.clone(),
                quote: quote.clone(),
                origin: passage.locator.clone(),
                source_id: Some(SourceId::from(passage.source_id)),
                fact_id: None,
                passage_id: Some(*id),
            })
        }
    }
}

fn unknown_text(porch: &Porch) -> String {
    format!(
        "I don't have that on record. I can pass your question on to {}.",
        porch.realtor.name
    )
}
