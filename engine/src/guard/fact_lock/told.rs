//! A passage as the fact lock reads it: once, and not before a sentence needs it.

use std::sync::{Arc, OnceLock};

use super::stated::Part;
use super::token::Text;
use super::vocabulary::{self, Vocabulary};
use super::witness::{self, Source};

/// A passage that turns may rely on.
#[derive(Debug)]
pub struct Told {
    pub(super) text: Box<str>,
    read: OnceLock<Read>,
}

/// What a passage says.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) part: Part,
    pub(super) sources: Vec<Source>,
    pub(super) vocabulary: Vocabulary,
    /// It is in another language than English.
    pub(super) foreign: bool,
}

impl Told {
    pub fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            read: OnceLock::new(),
        }
    }

    /// Some passages that are read for one turn only.
    pub fn all(texts: &[&str]) -> Vec<Arc<Self>> {
        texts.iter().map(|text| Arc::new(Self::new(text))).collect()
    }

    /// About how many bytes it takes when it has been read.
    pub fn weight(&self) -> usize {
        self.text.len() * 60 + 500
    }

    pub(super) fn read(&self) -> &Read {
        self.read.get_or_init(|| {
            let part = Part::of_passage(&self.text);
            let mut vocabulary = Vocabulary::default();
            part.readings.iter().for_each(|reading| vocabulary.add_reading(reading));
            Read {
                sources: witness::sources(&part.readings),
                vocabulary,
                foreign: vocabulary::is_foreign(&Text::new(&*self.text)),
                part,
            }
        })
    }
}
