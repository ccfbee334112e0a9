//! Whether a sentence keeps to the words of a source. Whose roof it is, which of two was replaced and who pays is told by
//! the order of words, and no list of rules knows all the ways to change that. Where a yes or a no is asked for, a sentence
//! must therefore stand in one statement of a source, word after word, or in a short field of the record.

use std::ops::Range;

use super::super::super::super::retrieval::index::words::stemmer;
use super::super::quantity::Quantity;
use super::super::reading::Reading;
use super::super::stance::Stance;
use super::super::support::same_number;
use super::super::token::Kind;
use super::super::topic::Topic;
use super::super::vocabulary::parts;
use super::super::{WordSet, set};
use super::clause::clauses;
use super::source::{Source, lines, stem};
use super::syntax::verb;
use super::{elements, is_denied};

/// A statement of a source: its words, without those that any statement may be told with.
#[derive(Debug)]
pub struct Wording {
    words: Vec<Word>,
    /// Tokens of its sentence that take back or narrow what else the sentence says: "if", "until".
    turning: Vec<usize>,
}

/// A word that a source must have, too.
#[derive(Debug)]
struct Word {
    /// Its token.
    at: usize,
    what: What,
    denied: bool,
    /// A new part begins with it: what stands before does not describe it.
    begins: bool,
    /// A part may end with it.
    ends: bool,
    /// A comma or an "and" stands between the word before and this one.
    listed: bool,
    /// It is, or stands behind, a word that ends a list.
    breaks: bool,
}

#[derive(Debug)]
enum What {
    Stem(Box<str>),
    Number(Quantity),
}

impl Word {
    fn is(&self, known: &Self) -> bool {
        self.denied == known.denied
            && match (&self.what, &known.what) {
                (What::Stem(a), What::Stem(b)) => a == b,
                (What::Number(a), What::Number(b)) => same_number(a, b),
                _ => false,
            }
    }
}

/// The statements of some readings, word by word.
pub fn wordings(readings: &[Reading<'_>]) -> Vec<Wording> {
    let of = |reading| {
        move |line: Range<usize>| Wording {
            turning: turning(reading, &line),
            words: words(reading, line),
        }
    };
    readings
        .iter()
        .flat_map(|reading| lines(&reading.text).into_iter().map(of(reading)))
        .collect()
}

/// Of the whole sentence: "Subject to approval, dogs are allowed", "the kayaks stay, but only if the buyer asks".
fn turning(reading: &Reading<'_>, line: &Range<usize>) -> Vec<usize> {
    let text = &reading.text;
    let ends = |i: &usize| matches!(text.tokens[*i].kind, Kind::Mark(';' | '\n' | '.' | '!' | '?'));
    let from = (0..line.start).rev().find(ends).map_or(0, |i| i + 1);
    let to = (line.end..text.tokens.len()).find(ends).unwrap_or(text.tokens.len());
    (from..to).filter(|i| TURNING.contains(text.word(*i))).collect()
}

fn words(reading: &Reading<'_>, range: Range<usize>) -> Vec<Word> {
    let text = &reading.text;
    let stemmer = stemmer();
    let mut out: Vec<Word> = Vec::new();
    let (mut begins, mut listed, mut breaks) = (true, false, false);
    let mut i = range.start;
    while i < range.end {
        let word = text.word(i);
        let claim = reading.claims.iter().find(|c| c.quantity.from == i);
        let to = claim.map_or(i, |claim| claim.quantity.to).max(i + 1);
        let mark = matches!(text.tokens[i].kind, Kind::Mark(_));
        let joins = matches!(text.tokens[i].kind, Kind::Mark('-' | '\'' | '/'));
        let separates = text.is_mark(i, ',') || matches!(word, "and" | "or");
        breaks |= mark && !separates && !joins
            || text.is_mark(i, '\'')
            || BREAKS.contains(word)
            || TURNING.contains(word)
            || claim.is_none() && verb(text, i..to).is_some();
        let whats: Vec<What> = match claim {
            Some(claim) => vec![What::Number(claim.quantity.clone())],
            None if mark || SMALL.contains(word) || word.ends_with("n't") => {
                begins = separates || mark && !joins || matches!(word, "but" | "plus" | "while") || begins && !mark;
                listed |= separates;
                Vec::new()
            }
            None => match parts(word).map(|part| stem(&stemmer, part)).collect::<Vec<_>>() {
                none if none.is_empty() => vec![What::Stem(word.into())],
                stems => stems.into_iter().map(What::Stem).collect(),
            },
        };
        for what in whats {
            out.push(Word {
                at: i,
                what,
                denied: is_denied(reading, i),
                begins,
                ends: to >= range.end || is_end(reading, to),
                listed,
                breaks,
            });
            (begins, listed, breaks) = (false, false, false);
        }
        // "The neighbor's pool and tennis court": whose they are holds for both.
        breaks |= word.ends_with("'s");
        i = to;
    }
    // A later part of a list has the head of the list: of "the neighbor has a pool and a sauna" no sauna is told. It begins
    // anew where nothing but the list's own parts stands before it.
    let own = out
        .iter()
        .skip(1)
        .position(|word| word.breaks)
        .map_or(out.len(), |at| at + 1);
    out.iter_mut().skip(own).for_each(|word| word.begins = false);
    out
}

/// Token `i` begins something else.
fn is_end(reading: &Reading<'_>, i: usize) -> bool {
    let text = &reading.text;
    match text.tokens[i].kind {
        Kind::Mark(mark) => !matches!(mark, '-' | '\'' | '/' | '%'),
        _ => ENDING.contains(text.word(i)) || verb(text, i..i + 1).is_some(),
    }
}

impl Wording {
    fn has(&self, wanted: &[Word]) -> bool {
        let starts = self.words.iter().enumerate().filter(|(_, word)| word.begins);
        starts.into_iter().any(|(start, first)| {
            let last = self.follow(wanted, start).filter(|last| last.ends);
            last.is_some_and(|last| self.turning.iter().all(|i| (first.at..=last.at).contains(i)))
        })
    }

    /// The word with which these end, if they stand here from word `start` on.
    fn follow(&self, wanted: &[Word], start: usize) -> Option<&Word> {
        let (first, rest) = wanted.split_first()?;
        let mut at = start;
        first.is(&self.words[at]).then_some(())?;
        for word in rest {
            let next = (at + 1..self.words.len()).find(|i| word.is(&self.words[*i]))?;
            if next > at + 1 && !(self.words[at].ends && self.is_list(at, next)) {
                return None;
            }
            at = next;
        }
        Some(&self.words[at])
    }

    /// What stands between two words is a list of short things: "has a metal roof, a deck and **a barn**".
    fn is_list(&self, from: usize, to: usize) -> bool {
        let between = &self.words[from + 1..to];
        let mut run = 0;
        between.iter().all(|word| {
            run = if word.listed { 1 } else { run + 1 };
            run <= 3 && !word.breaks && !word.denied && matches!(word.what, What::Stem(_))
        }) && self.words[to].listed
            && !self.words[to].breaks
    }
}

/// The first clause of a sentence that is neither in a short field of the record nor, word after word, in a statement; the
/// whole of one that says nothing by itself, such as "Yes." `free` tells the words that need no source, `lacks` what the
/// record says that there is not.
pub fn reworded<'r, 's>(
    said: &'r Reading<'_>,
    free: impl Fn(&str) -> bool,
    lacks: impl Fn(Topic) -> bool,
    record: &[Source],
    wordings: impl Iterator<Item = &'s Wording> + Clone,
) -> Option<&'r str> {
    let elements = elements(said, &free);
    let fields: Vec<&Source> = record.iter().filter(|source| source.short).collect();
    let plain = |word: &Word| {
        let inside = |range: Range<usize>| range.contains(&word.at);
        said.stances.get(word.at) == Some(&Stance::Open)
            || PLAIN.contains(said.text.word(word.at))
            || said.mentions.iter().any(|m| inside(m.from..m.to))
            || elements.iter().any(|e| inside(e.range.clone()))
    };
    // What is denied is no element of a clause.
    let denies_more = |range: &Range<usize>| {
        let mut denied = said
            .mentions
            .iter()
            .filter(|m| range.contains(&m.from) && m.topic.is_stated());
        denied.any(|m| said.stances.get(m.from) == Some(&Stance::Denied) && !lacks(m.topic))
    };
    let clauses = clauses(&said.text, &elements);
    let mut says_nothing = true;
    let strange = clauses.iter().find(|clause| {
        let mut wanted = words(said, clause.range.clone());
        wanted.retain(|word| {
            !matches!(&word.what, What::Stem(stem) if free(stem)) && !ASIDE.contains(said.text.word(word.at))
        });
        says_nothing &= wanted.is_empty();
        let says = clause.elements().next().is_some();
        let field =
            || wanted.iter().all(plain) && !denies_more(&clause.range) && (!says || clause.stands(said, &fields));
        !wanted.is_empty() && !field() && !wordings.clone().any(|wording| wording.has(&wanted))
    });
    match strange {
        Some(clause) => Some(said.text.slice(clause.range.start, clause.range.end)),
        None => says_nothing.then(|| said.text.slice(0, said.text.tokens.len())),
    }
}

/// Words that any statement may be told with. "Was" is none of them, as it may no longer be so, nor is "its", as it may be
/// another's.
static SMALL: WordSet = WordSet::new(|| {
    set(
        "the a an this that these those it it's it'll there there's here is are be being has have having \
        do does also too well yes no not and or but plus while as with of in on at by for to you you'll you'd your \
        they they're comes come features feature offers offer boasts home house property listing place",
    )
});

/// Words of an answer that say nothing of the house.
static ASIDE: WordSet = WordSet::new(|| {
    set("according record records says say mention mentions currently still actually i'm afraid find looks like")
});

/// Words beside a field of the record.
static PLAIN: WordSet = WordSet::new(|| {
    set(
        "was were been about approximately roughly around just now right listed asking priced price total totals year years month \
        monthly annual annually yearly per each built dates dated from size sized square feet foot show shows give gives \
        allowed permitted welcome friendly ask more know tell said would can could \
        sure please i pass question questions help glad happy contact anything else",
    )
});

/// What stands behind these is no more of the same list.
static BREAKS: WordSet = WordSet::new(|| {
    set("the in on at with of for by from to over under behind beside near that which whose its their but while plus")
});

static ENDING: WordSet =
    WordSet::new(|| set("and or but plus while in on at with by for from to that which where when"));

/// What may take back, or narrow, what stands before it.
static TURNING: WordSet = WordSet::new(|| {
    set(
        "if unless except excluding excluded until provided providing only subject pending approval otherwise \
        depending may might could negotiable",
    )
});

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::{FactLock, Record, Told};

    const PASSAGES: [&str; 6] = [
        "The house has a metal roof, a deck and a root cellar. The bank barn has a slate roof. The neighbor's house has a pond, \
        a dock and a hot tub.",
        "Electric motors only on the lake, no gas outboards. The grill stays; the kayaks stay if the buyer asks for them.",
        "Subject to approval, dogs are allowed. The canoe stays, but only until June. The neighbor's pool and tennis court are \
        visible from the deck.",
        "The guest cottage has no air conditioning. There is a heated workshop and a garage.",
        "The seller will remove the swing set and the sauna. Minutes from a marina and a dog park.",
        "The mower, unless sold, and ladder stay. The owners' greenhouse and chicken coop are next door. The deck was closed for \
        repair. The flat below is for sale, and its bath was renovated.",
    ];

    fn keeps(question: &str, sentence: &str) -> bool {
        let lock = FactLock::new(Arc::new(Record::new(&[])), Told::all(&PASSAGES))
            .asked(question)
            .outside();
        lock.check(sentence).is_keep()
    }

    #[test]
    fn a_yes_or_a_no_keeps_to_the_words_of_a_source() {
        for carried in [
            "Yes, the house has a metal roof.",
            "Yes, there's a root cellar.",
            "The bank barn has a slate roof.",
            "Yes, the grill stays.",
            "Yes, there is a heated workshop.",
            "Yes, subject to approval, dogs are allowed.",
        ] {
            assert!(keeps("Is that so?", carried), "{carried}");
        }
        for turned in [
            "Yes, the house has a slate roof.",
            "The deck is closed for repair.",
            "Yes, the bath was renovated.",
            "The bank barn has a metal roof.",
            "Yes, the house has a pond.",
            "Yes, the house has a hot tub.",
            "Yes, the house has a metal root cellar.",
            "Yes, electric motors are on the lake.",
            "The kayaks stay.",
            "The canoe stays.",
            "Yes, dogs are allowed.",
            "Yes, there is a tennis court.",
            "Yes, there is a heated garage.",
            "Yes, the home comes with a sauna.",
            "Yes, there is a dog park.",
            "The mower and ladder stay.",
            "Yes, there is a chicken coop.",
            "No, there is no air conditioning.",
            "They come with the house.",
            "The house does.",
            "Yes.",
        ] {
            assert!(!keeps("Is that so?", turned), "{turned}");
        }
    }
}
