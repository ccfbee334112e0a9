//! The built-in answer engine: needs no key and no network.
//!
//! It answers from facts in a full sentence, otherwise it quotes the sentence of a passage that
//! answers, and says that it does not know when neither does. Questions are understood in English,
//! the common ones in Spanish, German and French too; answers are English.

mod alike;
pub mod eval;
mod facts;
mod intent;
mod question;
mod quote;
mod say;
mod small_talk;
mod stretch;

use domain::fact::Fact;

use super::super::guard::fact_lock;
use super::super::guard::fair_housing;
use super::super::retrieval::index::{list, words as text};
use question::Question;

/// A question and what may be used to answer it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub question: &'a str,
    /// What the property is called, usually its address.
    pub property_name: Option<&'a str>,
    /// Who the buyer is passed on to.
    pub realtor: Option<&'a str>,
    pub facts: &'a [FactRef<'a>],
    /// Found already, best first.
    pub passages: &'a [PassageRef<'a>],
}

/// A fact under a number the caller chose.
#[derive(Clone, Copy, Debug)]
pub struct FactRef<'a> {
    pub id: u32,
    pub fact: &'a Fact,
}

/// A passage under a number the caller chose.
#[derive(Clone, Copy, Debug)]
pub struct PassageRef<'a> {
    pub id: u32,
    pub heading: Option<&'a str>,
    pub text: &'a str,
    pub score: f32,
}

/// What is said, and on what it rests.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub text: String,
    pub citations: Vec<Cite>,
    pub outcome: Outcome,
}

/// A source of an answer, by the number the caller chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cite {
    Fact(u32),
    /// `quote` stands in the passage word for word.
    Passage {
        id: u32,
        quote: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    /// Nothing on record answers; the question should go to the realtor.
    Unknown,
    SmallTalk,
    Refused(Refusal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    FairHousing,
}

impl Answer {
    fn said(text: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            text: text.into(),
            citations: Vec::new(),
            outcome,
        }
    }
}

/// Answers a question. The same question and sources always give the same answer.
pub fn answer(ask: &Ask<'_>) -> Answer {
    let question = Question::new(ask.question);
    if let Some(said) = small_talk::identity(&question, ask.realtor) {
        return Answer::said(said, Outcome::SmallTalk);
    }
    if fair_housing::question(ask.question).is_some() {
        return Answer::said(small_talk::neutral(), Outcome::Refused(Refusal::FairHousing));
    }
    if let Some(said) = small_talk::courtesy(&question, ask) {
        return Answer::said(said, Outcome::SmallTalk);
    }
    let (answered, missing) = facts::answer(&question, ask);
    match answered {
        Some(answer) if missing.is_empty() => answer,
        Some(mut answer) => {
            // Asked for several things, of which some are on record.
            let rest = quote::answer(&question.about(&missing), ask);
            match rest {
                Some(rest) => {
                    answer.text = format!("{} {}", answer.text, rest.text);
                    answer.citations.extend(rest.citations);
                }
                None if question.beyond.is_empty() => {
                    answer.text = format!("{} {}", answer.text, unknown_part(&missing))
                }
                None => answer.text.push_str(" I don't have the rest on record."),
            }
            answer
        }
        None => quote::answer(&question, ask).unwrap_or_else(|| unknown(&question, ask)),
    }
}

fn unknown_part(missing: &[intent::Intent]) -> String {
    let names: Vec<&str> = missing.iter().map(|intent| intent.name()).collect();
    format!("I don't have the {} on record.", names.join(" or the "))
}

fn unknown(question: &Question, ask: &Ask<'_>) -> Answer {
    let who = ask.realtor.unwrap_or("the agent");
    let mut answer = Answer::said("I don't have that on record.", Outcome::Unknown);
    if question.asks_price_per_area() {
        let both = facts::state(ask, &[intent::Intent::Price, intent::Intent::LivingArea]);
        if let Some(both) = both {
            answer.text = format!("I don't have a price per area on record. {}", both.text);
            answer.citations = both.citations;
        }
    }
    answer.text = format!("{} I can pass your question to {who}.", answer.text);
    answer
}

#[cfg(test)]
mod tests;
