//! Two ways to make an answer behind one trait: the built-in engine, which needs no key, and any
//! OpenAI-compatible endpoint, the deployment's or an organization's own. None is trusted: what they say still passes the guards.

mod openai;
mod test;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{bot::Tone, chat::Outcome, fact::Fact};
use tokio::sync::mpsc;

use crate::{Error, chat::builtin, config::ProviderConfig};

pub(crate) use openai::{MAX_TOKENS, Model, OpenAi};

/// A question with everything an answer may rest on. Facts and passages are named by their position.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) question: String,
    /// Somebody reads the answer as it is made.
    pub(crate) streamed: bool,
    pub(crate) property_name: Option<String>,
    pub(crate) realtor: String,
    pub(crate) tone: Tone,
    pub(crate) facts: Arc<[Fact]>,
    pub(crate) passages: Vec<AskPassage>,
    /// Earlier turns of the conversation, oldest first.
    pub(crate) history: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct AskPassage {
    pub(crate) heading: Option<String>,
    pub(crate) text: String,
    pub(crate) score: f32,
}

/// Something an answer rests on, by its position in the [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cite {
    Fact(u32),
    Passage { index: u32, quote: String },
}

/// A part of an answer as it is made.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Text(String),
    Cite(Cite),
    /// What the engine itself makes of its answer; the last piece.
    End(Outcome),
}

/// Why an engine gave no answer. For the receipt and the log, never for the buyer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct EngineFailure(pub(crate) String);

#[async_trait]
pub(crate) trait AnswerEngine: Send + Sync {
    /// What the receipt says: `built-in` or the model's name.
    fn name(&self) -> &str;
    /// Sends pieces as they come. Returning an error after some were sent means that the answer was cut off.
    async fn answer(&self, ask: Arc<Ask>, pieces: mpsc::Sender<Piece>) -> Result<(), EngineFailure>;
    /// What can be seen on a photo of a home, a JPEG.
    async fn describe(&self, photo: &Bytes) -> Result<String, EngineFailure>;
}

/// The engines of this deployment.
#[derive(Clone)]
pub(crate) struct Answers {
    configured: Option<Arc<dyn AnswerEngine>>,
    built_in: Arc<dyn AnswerEngine>,
}

impl Answers {
    pub(crate) fn new(provider: Option<&ProviderConfig>) -> Result<Self, Error> {
        let configured = match provider {
            Some(config) => Some(Arc::new(OpenAi::new(config)?) as Arc<dyn AnswerEngine>),
            None => None,
        };
        Ok(Self {
            configured,
            built_in: Arc::new(BuiltIn),
        })
    }
    /// The engine that is asked first.
    pub(crate) fn first(&self) -> &Arc<dyn AnswerEngine> {
        self.configured.as_ref().unwrap_or(&self.built_in)
    }
    /// The engine that also steps in when nothing of what the first said was given.
    pub(crate) fn built_in(&self) -> &Arc<dyn AnswerEngine> {
        &self.built_in
    }
}

struct BuiltIn;

#[async_trait]
impl AnswerEngine for BuiltIn {
    fn name(&self) -> &str {
        "built-in"
    }

    async fn answer(&self, ask: Arc<Ask>, pieces: mpsc::Sender<Piece>) -> Result<(), EngineFailure> {
        let (text, cites, outcome) = builtin_answer(&ask);
        let mut all = vec![Piece::Text(text)];
        all.extend(cites.into_iter().map(Piece::Cite));
        all.push(Piece::End(outcome));
        for piece in all {
            if pieces.send(piece).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn describe(&self, _: &Bytes) -> Result<String, EngineFailure> {
        Err(EngineFailure("the built-in engine sees no images".into()))
    }
}

fn builtin_answer(ask: &Ask) -> (String, Vec<Cite>, Outcome) {
    let facts: Vec<builtin::FactRef<'_>> = ask
        .facts
        .iter()
        .zip(0u32..)
        .map(|(fact, id)| builtin::FactRef { id, fact })
        .collect();
    let passages: Vec<builtin::PassageRef<'_>> = ask
        .passages
        .iter()
        .zip(0u32..)
        .map(|(p, id)| builtin::PassageRef {
            id,
            heading: p.heading.as_deref(),
            text: &p.text,
            score: p.score,
        })
        .collect();
    let answer = builtin::answer(&builtin::Ask {
        question: &ask.question,
        property_name: ask.property_name.as_deref(),
        realtor: Some(&ask.realtor),
        facts: &facts,
        passages: &passages,
    });
    let cites = answer
        .citations
        .into_iter()
        .map(|cite| match cite {
            builtin::Cite::Fact(id) => Cite::Fact(id),
            builtin::Cite::Passage { id, quote } => Cite::Passage { index: id, quote },
        })
        .collect();
    let outcome = match answer.outcome {
        builtin::Outcome::Answered => Outcome::Answered,
        builtin::Outcome::Unknown => Outcome::Unknown,
        builtin::Outcome::SmallTalk => Outcome::SmallTalk,
        builtin::Outcome::Refused(_) => Outcome::Refused,
    };
    (answer.text, cites, outcome)
}
