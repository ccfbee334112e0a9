//! What the sources of an answer state, read once.

use std::sync::OnceLock;

use domain::fact::{Fact, FactValue};

use super::reading::{self, Reading};
use super::topic::Topics;
use super::vocabulary::{self, Vocabulary};
use super::witness::{self, Source, Wording};
use super::{record, token};

/// What one kind of source says, read once.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) readings: Vec<Reading<'static>>,
    pub(super) has: Topics,
    pub(super) has_not: Topics,
    wordings: OnceLock<Vec<Wording>>,
}

impl Part {
    pub(super) fn of_passage(passage: &str) -> Self {
        let mut part = Self {
            readings: reading::pieces(passage)
                .into_iter()
                .map(|piece| Reading::new(piece, None))
                .collect(),
            ..Self::default()
        };
        part.state();
        part
    }

    /// What it says, word by word; read when it is first asked for.
    pub(super) fn wordings(&self) -> &[Wording] {
        self.wordings.get_or_init(|| witness::wordings(&self.readings))
    }

    fn of_facts(facts: &[&Fact], sources: &mut Vec<Source>) -> Self {
        let mut part = Part::default();
        let (mut yes, mut no) = (Topics::default(), Topics::default());
        for fact in facts {
            let from = part.readings.len();
            record::read_fact(fact, &mut part.readings, &mut yes, &mut no);
            record::add_sources(fact, &part.readings[from..], sources);
        }
        part.state();
        // What a field says outright stands beside what its text says.
        part.has.join(yes);
        part.has_not.join(no);
        record::settle_sale(facts, &mut part.has, &mut part.has_not);
        part
    }

    fn state(&mut self) {
        for reading in &self.readings {
            reading.stated(&mut self.has, &mut self.has_not);
        }
    }
}

/// What the facts of a property state, read once for every turn about it.
#[derive(Debug, Default)]
pub struct Record {
    pub(super) part: Part,
    /// What the state of the sale rules out, whatever a passage says.
    pub(super) ended: Topics,
    pub(super) vocabulary: Vocabulary,
    pub(super) sources: Vec<Source>,
    /// Words of the address, which may be said with anything.
    pub(super) place: Vocabulary,
    /// What it says in words is in another language than English.
    pub(super) foreign: bool,
}

impl Record {
    pub fn new(facts: &[&Fact]) -> Self {
        let mut sources = Vec::new();
        let part = Part::of_facts(facts, &mut sources);
        let mut place = Vocabulary::default();
        for fact in facts.iter().filter(|fact| record::is_place(fact.key)) {
            place.add(&token::Text::new(fact.display()));
        }
        let mut vocabulary = Vocabulary::default();
        part.readings.iter().for_each(|reading| vocabulary.add_reading(reading));
        facts
            .iter()
            .for_each(|fact| vocabulary.add(&token::Text::new(fact.name())));
        let words = |fact: &&Fact| match &fact.value {
            FactValue::Text { .. } | FactValue::List { .. } => Some(fact.display()),
            _ => None,
        };
        let words: Vec<String> = facts.iter().filter_map(words).collect();
        Self {
            part,
            ended: record::ended(facts),
            vocabulary,
            sources,
            place,
            foreign: vocabulary::is_foreign(&token::Text::new(words.join(". "))),
        }
    }
}
