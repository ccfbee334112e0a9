//! What each source says, sentence by sentence, in a form that is quick to ask.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::super::super::super::retrieval::index::words::{Stemmer, stemmer};
use super::super::claim::Claim;
use super::super::reading::Reading;
use super::super::support::same_number;
use super::super::token::Text;
use super::super::topic::Topics;
use super::super::vocabulary::{is_lexical, parts};
use super::super::{Quick, WordSet, set};
use super::syntax::{PRONOUNS, VERBS, statements, verb};
use super::{Element, What, is_denied};

pub(super) const ASSERTED: u8 = 1;
pub(super) const DENIED: u8 = 2;

/// What one sentence of a passage or one field of the record says, in a form that is quick to ask.
#[derive(Clone, Debug, Default)]
pub struct Source {
    words: HashMap<Box<str>, u8, Quick>,
    asserted: Topics,
    denied: Topics,
    pub(super) claims: Vec<Claim>,
    /// A field about the house as a whole, which may be told together with other such fields.
    pub(super) whole: bool,
    /// A field of so few words that they can be told in any order.
    pub(super) short: bool,
}

impl Source {
    /// One field of the record.
    pub fn of_field(name: &str, readings: &[Reading<'_>], whole: bool) -> Self {
        let mut source = Self {
            whole,
            short: whole || is_short(readings),
            ..Self::default()
        };
        source.add_words(&Text::new(name));
        for reading in readings {
            source.add(reading, 0..reading.text.tokens.len());
        }
        source
    }

    fn add_words(&mut self, text: &Text<'_>) {
        for i in (0..text.tokens.len()).filter(|i| is_lexical(text, *i)) {
            self.note(text.word(i), ASSERTED);
        }
    }

    fn note(&mut self, word: &str, stance: u8) {
        let stemmer = stemmer();
        for part in parts(word) {
            *self.words.entry(stem(&stemmer, part)).or_default() |= stance;
        }
    }

    fn add(&mut self, reading: &Reading<'_>, range: Range<usize>) {
        // "The grill is excluded" is "The grill is not included".
        let excludes = |i: usize| EXCLUDING.contains(reading.text.word(i));
        let excluded = range.clone().any(excludes);
        if excluded {
            self.note("included", DENIED);
        }
        let bit = |i: usize| match is_denied(reading, i) {
            true => DENIED,
            false if excluded => ASSERTED | DENIED,
            _ => ASSERTED,
        };
        for i in range.clone().filter(|i| is_lexical(&reading.text, *i)) {
            self.note(reading.text.word(i), bit(i));
        }
        for mention in reading.mentions.iter().filter(|m| range.contains(&m.from)) {
            for (flag, topics) in [(ASSERTED, &mut self.asserted), (DENIED, &mut self.denied)] {
                if bit(mention.from) & flag != 0 {
                    topics.insert(mention.topic);
                    mention.topic.implied().iter().for_each(|topic| topics.insert(*topic));
                }
            }
        }
        let inside = reading
            .claims
            .iter()
            .filter(|claim| range.contains(&claim.quantity.from));
        self.claims.extend(inside.cloned());
    }

    pub(super) fn carries(&self, part: &Element<'_>, said: &Reading<'_>) -> bool {
        let bit = part.stance;
        match &part.what {
            What::Number(claim) => self
                .claims
                .iter()
                .any(|known| same_number(&claim.quantity, &known.quantity)),
            What::Word(stem) => self.words.get(stem.as_ref()).is_some_and(|seen| seen & bit != 0),
            What::Topic(topic) => {
                let stands = |bit: u8, topics: Topics| part.stance & bit != 0 && topics.contains(*topic);
                stands(ASSERTED, self.asserted)
                    || stands(DENIED, self.denied)
                    || self.has_phrase(&said.text, part.range.clone(), bit)
            }
        }
    }

    fn has_phrase(&self, text: &Text<'_>, mut range: Range<usize>, bit: u8) -> bool {
        let stemmer = stemmer();
        range.all(|i| {
            !is_lexical(text, i)
                || parts(text.word(i)).all(|word| {
                    self.words
                        .get(&stem(&stemmer, word))
                        .is_some_and(|seen| seen & bit != 0)
                })
        })
    }
}

/// The sources of passages, in order; a sentence that goes on about the one before is read with its subject.
pub fn sources(readings: &[Reading<'_>]) -> Vec<Source> {
    let mut out = Vec::new();
    let mut before: Option<(&Reading<'_>, Range<usize>)> = None;
    for reading in readings {
        for range in lines(&reading.text) {
            let mut source = Source::default();
            if let Some((earlier, subject)) = &before
                && goes_on(reading.text.word(range.start))
            {
                source.add(earlier, subject.clone());
            }
            source.add(reading, range.clone());
            out.push(source);
            let end = verb(&reading.text, range.clone()).unwrap_or(range.end);
            before = Some((reading, range.start..end));
        }
    }
    out
}

/// The statements of a source. Of short lines that stand together each is read with the next: a label and its value.
pub(super) fn lines(text: &Text<'_>) -> Vec<Range<usize>> {
    let ends: Vec<usize> = (0..text.tokens.len()).filter(|i| text.is_mark(*i, '\n')).collect();
    if ends.is_empty() {
        return statements(text, |_| false);
    }
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let ends = ends.iter().copied().skip(1).chain([text.tokens.len()]);
    starts.zip(ends).map(|(from, to)| from..to).collect()
}

fn is_short(readings: &[Reading<'_>]) -> bool {
    let words = |text: &Text<'_>| (0..text.tokens.len()).filter(|i| is_lexical(text, *i)).count();
    let lists = |text: &Text<'_>| (0..text.tokens.len()).any(|i| text.is_mark(i, ','));
    readings.iter().map(|r| words(&r.text)).sum::<usize>() <= 6 && !readings.iter().any(|r| lists(&r.text))
}

fn goes_on(first: &str) -> bool {
    PRONOUNS.contains(first) || GOES_ON.contains(first) || VERBS.contains(first)
}

/// Words that stand for each other, by their stems; the first of a line stands for all.
pub(super) fn stem(stemmer: &Stemmer, word: &str) -> Box<str> {
    let stem = stemmer.stem(word);
    let same = SAME.get(stem.as_ref()).copied();
    same.map_or_else(|| stem.as_ref().into(), Into::into)
}

static SAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let stemmer = stemmer();
    let line = |line: &'static str| {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let list: Vec<(String, &'static str)> = std::iter::once(first)
            .chain(words)
            .map(|w| (stemmer.stem(w).into_owned(), first))
            .collect();
        list
    };
    SAME_LINES.lines().flat_map(line).collect()
});

const SAME_LINES: &str = "\
included includes covers covered convey conveys stays stay remain remains comes come
seller owner vendor
tenant renter
shared shares communal
upper upstairs up
lower downstairs down
allowed permitted welcome
trash garbage refuse
replaced new
";

/// With these, as with a pronoun, a sentence goes on about the one before.
static GOES_ON: WordSet = WordSet::new(|| set("this these those both each one"));

static EXCLUDING: WordSet = WordSet::new(|| set("excluded excludes exclude excluding except"));
