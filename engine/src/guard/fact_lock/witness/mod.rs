//! Whether one source says the whole of a statement. A source that names the boathouse and another that names running
//! water do not say that the boathouse has running water: what a clause puts together must stand together in one sentence
//! of a passage or in one field of the record, asserted or denied alike.
//!
//! Only English clauses are read this way; the words that hold them together are English.

mod clause;
mod source;
mod syntax;
mod wording;

use std::ops::Range;

use super::super::super::retrieval::index::words::stemmer;
use super::claim::Claim;
use super::reading::Reading;
use super::stance::Stance;
use super::support::{has_field, same_number};
use super::token::Text;
use super::topic::Topic;
use super::vocabulary::{is_common, is_lexical, parts};
use super::{WordSet, set};
use clause::{Clause, clauses};
use source::{ASSERTED, DENIED, stem};
pub use source::{Source, sources};
use syntax::VERBS;
pub use wording::{Wording, reworded, wordings};

/// "The grill is not **included**" denies both the grill and that it is included.
fn is_denied(reading: &Reading<'_>, i: usize) -> bool {
    let before = i.checked_sub(1).map_or("", |i| reading.text.word(i));
    matches!(reading.stances.get(i), Some(Stance::Denied | Stance::Excepted))
        || before == "not"
        || before.ends_with("n't")
}

/// Something a clause says: a subject, a number or a word.
#[derive(Debug)]
struct Element<'r> {
    range: Range<usize>,
    /// How a source may say it.
    stance: u8,
    what: What<'r>,
}

#[derive(Debug)]
enum What<'r> {
    Topic(Topic),
    Number(&'r Claim),
    Word(Box<str>),
}

impl Element<'_> {
    /// A word before the thing that it describes, and does not tell from others of its kind.
    fn describes(&self, next: &Self) -> bool {
        let room = |topic: Topic| {
            use Topic::{Bathrooms, Bedrooms, Closet, Kitchen, LivingRoom};
            matches!(topic, Bathrooms | Bedrooms | Closet | Kitchen | LivingRoom)
        };
        matches!(&self.what, What::Word(word) if !TELLING_APART.contains(word.as_ref()))
            && matches!(next.what, What::Topic(topic) if !room(topic))
    }
}

/// What a clause says, in the order of its words.
fn elements<'r>(said: &'r Reading<'_>, free: impl Fn(&str) -> bool) -> Vec<Element<'r>> {
    let text = &said.text;
    let stemmer = stemmer();
    let mut out: Vec<Element<'r>> = Vec::new();
    // "There is no microwave in the kitchen": what is denied is the microwave, and the topics know it.
    let denial = |i: usize| {
        let one_reach = |a: usize, b: usize| (a.min(b)..=a.max(b)).all(|i| is_denied(said, i));
        said.mentions
            .iter()
            .any(|m| m.topic.is_stated() && one_reach(m.from, i))
    };
    let mut i = 0;
    while i < text.tokens.len() {
        let denied = is_denied(said, i);
        let claim = said.claims.iter().find(|c| c.quantity.from == i);
        let mention = said.mentions.iter().find(|m| m.from == i);
        let (to, what) = match (claim, mention) {
            (Some(claim), _) => (claim.quantity.to, Some(What::Number(claim))),
            (None, Some(mention)) => {
                // The topics know what is denied of the house.
                let judged = denied && mention.topic.is_stated() || is_frame(mention.topic);
                let free = (mention.from..mention.to).all(|i| free(&stem(&stemmer, text.word(i))));
                (mention.to, (!judged && !free).then_some(What::Topic(mention.topic)))
            }
            (None, None) => {
                let word = text.word(i);
                let weighs = |part: &&str| binds(text, i) || !is_common(part) && !VERBS.contains(*part);
                let says = parts(word)
                    .filter(weighs)
                    .map(|part| stem(&stemmer, part))
                    .find(|stem| !free(stem));
                (i + 1, says.filter(|_| is_lexical(text, i)).map(What::Word))
            }
        };
        if let Some(what) = what.filter(|_| said.stances.get(i) != Some(&Stance::Open)) {
            out.push(Element {
                range: i..to,
                stance: match denied {
                    true if denial(i) => ASSERTED | DENIED,
                    true => DENIED,
                    false => ASSERTED,
                },
                what,
            });
        }
        i = to.max(i + 1);
    }
    out
}

/// The house itself and the words of its offer are what every clause is about.
fn is_frame(topic: Topic) -> bool {
    topic.is_whole()
        || matches!(
            topic,
            Topic::Listed | Topic::Agent | Topic::Address | Topic::Stories | Topic::Units | Topic::Rooms
        )
}

/// A common word that ties what it stands beside: whose, for whom, how many.
fn binds(text: &Text<'_>, i: usize) -> bool {
    let word = text.word(i);
    let before = i.checked_sub(1).map_or("", |i| text.word(i));
    match word {
        "left" | "right" => {
            before == "the" && !matches!(text.word(i + 1), "person" | "place" | "time" | "one" | "choice" | "fit")
        }
        // "Both bedrooms", "all of the windows": not "both the roof and the furnace", "were all renewed", "all in one".
        "both" | "all" => {
            let joins = word == "both" && (i + 1..i + 6).any(|i| text.word(i) == "and");
            let ends = matches!(
                before,
                "are" | "were" | "is" | "was" | "at" | "they" | "you" | "which" | "have"
            );
            let opens = matches!(
                text.word(i + 1),
                "in" | "on" | "about" | "at" | "among" | "together" | "told" | "year" | ""
            );
            !(joins || ends || opens)
        }
        _ => BINDING.contains(word),
    }
}

/// The first clause of a sentence that no source says as a whole. `free` tells the words that need no source; the passages
/// are asked for when the record does not carry a clause, `None` where they cannot be judged.
pub fn missing<'r, P: Iterator<Item = &'r Source>>(
    said: &'r Reading<'_>,
    free: impl Fn(&str) -> bool,
    record: &'r [Source],
    passages: impl FnOnce() -> Option<P>,
) -> Option<&'r str> {
    let elements = elements(said, free);
    let mut open: Vec<Clause<'_>> = clauses(&said.text, &elements);
    let known: Vec<&Source> = record.iter().collect();
    open.retain(|clause| !clause.stands(said, &known));
    if open.is_empty() {
        return None;
    }
    let known: Vec<&Source> = record.iter().chain(passages()?).collect();
    let clause = open.into_iter().find(|clause| !clause.stands(said, &known))?;
    Some(said.text.slice(clause.range.start, clause.range.end))
}

/// How many things a sentence says.
pub fn weight(said: &Reading<'_>, free: impl Fn(&str) -> bool) -> usize {
    elements(said, free).len()
}

/// Whether one source says all that a clause says with a number, whatever the number counts there. What has a field of
/// its own is held to the field.
pub fn tells<'r>(
    said: &'r Reading<'_>,
    claim: &Claim,
    free: impl Fn(&str) -> bool,
    mut sources: impl Iterator<Item = &'r Source>,
) -> bool {
    if is_denied(said, claim.quantity.from) {
        return false;
    }
    let kind = claim.quantity.value.kind();
    let named = |topic: Topic| said.mentions.iter().any(|m| m.topic.canonical(kind) == topic);
    let held =
        |topic: &Topic| has_field(topic) && named(*topic) && (*topic != Topic::Built || claim.objects.is_empty());
    if claim.subject.as_ref().is_some_and(held) {
        return false;
    }
    let elements = elements(said, free);
    let is_it = |e: &&Element<'_>| e.range.start == claim.quantity.from;
    let clauses = clauses(&said.text, &elements);
    let Some(clause) = clauses.iter().find(|c| c.elements().any(|e| is_it(&e))) else {
        return false;
    };
    let wanted: Vec<&Element<'_>> = match clause.predicates.iter().find(|item| item.iter().any(&is_it)) {
        Some(item) => clause.subjects.iter().flatten().chain(item).copied().collect(),
        None => clause.elements().collect(),
    };
    let words = wanted.iter().filter(|e| !matches!(e.what, What::Number(_))).count();
    let beside = |source: &Source| {
        let mut same = source
            .claims
            .iter()
            .filter(|k| same_number(&claim.quantity, &k.quantity));
        same.any(|known| claim.objects.is_empty() || claim.objects.meets(known.objects))
    };
    words >= 2 && sources.any(|s| beside(s) && wanted.iter().all(|e| s.carries(e, said)))
}

/// Common words that say whose something is, who pays, whether it comes with the house, how many of it are meant.
static BINDING: WordSet = WordSet::new(|| {
    set(
        "first second third fourth fifth midnight noon double buyer buyers residents smaller larger bigger front \
        rear upper lower included covered convey conveys stay stays separate separately shared share each every \
        always never \
        seller sellers owner owners tenant tenants landlord",
    )
});

/// Stems of words that tell one thing from another of its kind.
static TELLING_APART: WordSet = WordSet::new(|| {
    set("front rear back smaller small larg larger upper lower upstair downstair north south east west main left right")
});

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::fact::{Fact, FactKey, FactMethod, FactValue, Span};

    use super::super::{FactLock, Record, Told};

    const PASSAGES: [&str; 2] = [
        "The boathouse has electricity but no running water. The floating dock is 40 feet long, and the jetty is private.",
        "The cottage has running water and a wood stove. The grill is excluded from the sale; the kayak is included.",
    ];

    fn keeps(question: Option<&str>, sentence: &str) -> bool {
        let no_pool = Fact {
            key: FactKey::Pool,
            label: None,
            value: FactValue::Flag { flag: false },
            method: FactMethod::Realtor,
            span: Span::default(),
        };
        let lock = FactLock::new(Arc::new(Record::new(&[&no_pool])), Told::all(&PASSAGES));
        match question {
            Some(question) => lock.asked(question).check(sentence).is_keep(),
            None => lock.check(sentence).is_keep(),
        }
    }

    #[test]
    fn one_source_says_the_whole_of_a_clause() {
        for carried in [
            "The boathouse has electricity.",
            "The boathouse has electricity, and the jetty is private.",
            "The cottage has a wood stove and running water.",
            "The grill is not included in the sale.",
            "There is no pool, but the jetty is private.",
        ] {
            assert!(keeps(None, carried), "{carried}");
        }
        for put_together in [
            "The boathouse has running water.",
            "The boathouse has a wood stove.",
            "The grill is included in the sale.",
            "The floating dock isn't 40 feet long.",
            "There is no pool, and the jetty isn't private.",
        ] {
            assert!(!keeps(None, put_together), "{put_together}");
        }
    }

    #[test]
    fn what_is_excepted_is_there() {
        let told = Told::all(&[
            "The whole interior was repainted in 2021, except the garage.",
            "The cabin comes furnished, except for the quilts and the piano.",
        ]);
        let lock = FactLock::new(Arc::new(Record::new(&[])), told);
        for invented in [
            "There is no garage.",
            "The garage was repainted in 2021.",
            "The piano stays with the cabin, but the quilts do not.",
        ] {
            assert!(!lock.check(invented).is_keep(), "{invented}");
        }
        let carried = "The whole interior was repainted in 2021, except the garage.";
        assert!(lock.check(carried).is_keep(), "{carried}");
    }

    #[test]
    fn a_yes_is_about_what_was_asked() {
        let said = "Yes, the kayak is included.";
        assert!(keeps(Some("Does the kayak come with it?"), said));
        assert!(!keeps(Some("Is there a sauna for guests?"), said));
    }
}
