//! Which subject each number of a sentence belongs to.
//!
//! `3` in "3 bedrooms" belongs to the bedrooms, `$396` in "the HOA fee is $396" to the fee. A label
//! that has been taken by one number is not given to the next, which is what tells `Beds 3 Baths 2`
//! from `3 beds 2 baths`.

use domain::fact::{Period, Unit};

use super::mention::Mention;
use super::quantity::{Quantity, Value};
use super::token::{Kind, Text};
use super::topic::{Topic, Topics, kind};
use super::view::View;
use super::words;
use super::{WordSet, set};

/// A number with its subject.
#[derive(Clone, Debug)]
pub struct Claim {
    pub quantity: Quantity,
    /// What the number counts, measures, prices or dates.
    pub subject: Option<Topic>,
    /// Further subjects named beside it: the roof in "the roof was replaced in 2019".
    pub objects: Topics,
}

/// WordSet a noun phrase does not go across.
pub static BREAKS: WordSet = WordSet::new(|| {
    set(
        "and or with for in on at is are was were has have by to from the of as but plus including which that \
    near per includes offers spread across it its built while this your there y und et con mit avec each",
    )
});

/// Finds the subject of every number. `default` is what the text as a whole is about.
pub fn claims(text: &Text<'_>, mentions: &[Mention], quantities: Vec<Quantity>, default: Option<Topic>) -> Vec<Claim> {
    let mut taken = vec![false; mentions.len()];
    let mut out: Vec<Claim> = Vec::with_capacity(quantities.len());
    for (i, quantity) in quantities.iter().enumerate() {
        let view = View {
            text,
            mentions,
            quantities: &quantities,
            taken: &taken,
            at: i,
        };
        let found = view.subject();
        let objects = view.objects();
        let kind = quantity.value.kind();
        let inherited = || {
            (i > 0 && view.continues_range())
                .then(|| out.last().and_then(|c: &Claim| c.subject))
                .flatten()
        };
        let subject = found.map(|m| mentions[m].topic).or_else(inherited).or(default);
        let subject = subject
            .map(|topic| topic.canonical(kind))
            .or_else(|| view.fallback(objects));
        let subject = match quantity.value {
            _ if quantity.per_area => Some(Topic::PricePerArea),
            // Land is measured in acres, rooms are not.
            Value::Area {
                unit: Unit::Acres | Unit::Hectares,
                ..
            } if subject == Some(Topic::LivingArea) => Some(Topic::Lot),
            _ => subject,
        };
        let mut quantity = quantity.clone();
        if let Some(label) = found.filter(|_| kind == kind::MONEY && quantity.period.is_none()) {
            let next = quantities.get(i + 1).map_or(text.tokens.len(), |next| next.from);
            quantity.period = period_beside(text, &mentions[label], &quantity, next);
        }
        out.push(Claim {
            quantity,
            subject,
            objects,
        });
        // A date leaves its label to others: "2023 taxes were $5,200".
        if let Some(index) = found.filter(|_| kind != kind::TIME) {
            taken[index] = true;
        }
    }
    out
}

/// "The **annual** association fee comes to $396", "the fee of $396 is billed **per month**".
fn period_beside(text: &Text<'_>, label: &Mention, number: &Quantity, next: usize) -> Option<Period> {
    let adverb = |i: usize| words::period_adverb(text.word(i));
    let ahead = (label.from.saturating_sub(2)..label.from)
        .filter(|i| !text.is_mark(*i, ','))
        .find_map(adverb);
    let end = (number.to..next)
        .find(|i| is_border(text, *i) || text.is_mark(*i, ',') || text.word(*i) == "and")
        .unwrap_or(next);
    let rate = |i: usize| adverb(i).or_else(|| words::rate(text, i).0);
    ahead
        .or_else(|| (label.to..number.from).find_map(rate))
        .or_else(|| (number.to..end).find_map(rate))
}

/// A thing of the house rather than a label or an event.
pub fn is_thing(topic: Topic) -> bool {
    matches!(topic.kinds(), kind::ANY | kind::BUT_COUNT)
        || topic.is_whole() && topic != Topic::Home
        || matches!(topic, Topic::Kitchen | Topic::LivingRoom)
        || (topic.kinds() == kind::OTHER && topic.is_stated())
}

pub fn is_border(text: &Text<'_>, i: usize) -> bool {
    match text.tokens[i].kind {
        Kind::Mark(';' | '!' | '?' | '|' | '\n') => true,
        Kind::Mark('.') => text.tokens.get(i + 1).is_some_and(|next| next.apart && next.capital),
        _ => false,
    }
}

pub fn same_kind(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// The stretch around a number that says what it is about: back and forth to a comma or an "and",
/// further when nothing but the number stands in it. Tokens.
pub fn stretch(text: &Text<'_>, quantity: &Quantity) -> (usize, usize) {
    let joins = |i: usize| {
        matches!(text.tokens[i].kind, Kind::Mark(',' | '(' | ')')) || matches!(text.word(i), "and" | "but" | "while")
    };
    let filled = |from: usize, to: usize| {
        (from..to).any(|i| text.is_word(i) && text.word(i).len() > 2 && !BREAKS.contains(text.word(i)))
    };
    let first = (0..quantity.from)
        .rev()
        .find(|i| is_border(text, *i))
        .map_or(0, |i| i + 1);
    let last = (quantity.to..text.tokens.len())
        .find(|i| is_border(text, *i))
        .unwrap_or(text.tokens.len());
    let from = (first..quantity.from)
        .rev()
        .find(|i| joins(*i) && filled(*i, quantity.from))
        .map_or(first, |i| i + 1);
    let to = (quantity.to..last)
        .find(|i| joins(*i) && (filled(from, quantity.from) || filled(quantity.to, *i)))
        .unwrap_or(last);
    (from, to)
}
