//! Whether what is said is carried by what is known.

use std::collections::HashSet;

use super::claim::{self, Claim};
use super::quantity::{Compare, Quantity, Value};
use super::reading::Reading;
use super::topic::{Topic, kind};
use super::{WordSet, set};

/// Whether one number states the same as another, subjects left aside.
pub fn same_number(said: &Quantity, known: &Quantity) -> bool {
    // As near as a million in words is to one in digits, and no nearer: two dollars apart is another price.
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
    if said.per_area != known.per_area || said.each.is_some() && said.each != known.each {
        return false;
    }
    if said.period.is_some() && said.period != known.period {
        return false;
    }
    if known.compare == Compare::Equal && is_rounded(said, known) {
        return true;
    }
    if said.compare != known.compare {
        return false;
    }
    match (&said.value, &known.value) {
        (Value::Count(a), Value::Count(b)) | (Value::Percent(a), Value::Percent(b)) => near(*a, *b),
        (Value::Ordinal(a), Value::Ordinal(b) | Value::Count(b)) => near(*a, *b),
        (Value::Money { amount: a, currency: x }, Value::Money { amount: b, currency: y }) => {
            near(*a, *b) && (x == y || x.is_none() || y.is_none())
        }
        (Value::Count(a), Value::Money { amount: b, .. }) | (Value::Money { amount: a, .. }, Value::Count(b)) => {
            near(*a, *b)
        }
        (Value::Area { size: a, unit: x }, Value::Area { size: b, unit: y }) => near(*a, *b) && x == y,
        (Value::Count(a), Value::Area { size: b, .. }) => near(*a, *b),
        (Value::Year(a), Value::Year(b)) => a == b,
        (Value::Year(a), Value::Count(b)) | (Value::Count(b), Value::Year(a)) => near(f64::from(*a), *b),
        (Value::Year(a), Value::Date(day)) => day.year == Some(*a),
        (Value::Date(a), Value::Date(b)) => same_day(a, b),
        (Value::Clock(a), Value::Clock(b)) => a == b,
        (Value::Phone(a), Value::Phone(b)) => same_phone(a, b),
        (Value::Phone(a), Value::Code(b)) | (Value::Code(b), Value::Phone(a)) => a == b,
        (Value::Code(a), Value::Code(b)) => a == b,
        (Value::Measure { size: a, unit: x }, Value::Measure { size: b, unit: y }) => near(*a, *b) && x == y,
        _ => false,
    }
}

/// "About 1,900", "just under $130,000": a rounder number within three in a hundred, on the side that is said.
fn is_rounded(said: &Quantity, known: &Quantity) -> bool {
    let (a, b) = match (&said.value, &known.value) {
        (Value::Money { amount: a, currency: x }, Value::Money { amount: b, currency: y }) if x == y || x.is_none() => {
            (*a, *b)
        }
        (Value::Area { size: a, unit: x }, Value::Area { size: b, unit: y }) if x == y => (*a, *b),
        (Value::Measure { size: a, unit: x }, Value::Measure { size: b, unit: y }) if x == y => (*a, *b),
        _ => return false,
    };
    let side = match said.compare {
        Compare::Over => a < b,
        Compare::Under => a > b,
        Compare::Equal => true,
    };
    said.about && side && a >= 100.0 && (a - b).abs() <= b * 0.03 && digits(a) < digits(b)
}

/// How many digits a number has before nothing but zeros follows.
fn digits(number: f64) -> usize {
    let text = number.to_string();
    match text.contains('.') {
        true => text.len() - 1,
        false => text.trim_end_matches('0').len(),
    }
}

/// Everything that is said must be known; more may be known than is said.
fn same_day(said: &super::token::Day, known: &super::token::Day) -> bool {
    let fits = |said: Option<i32>, known: Option<i32>| said.is_none() || said == known;
    let (month, day) = (known.month.map(i32::from), known.day.map(i32::from));
    let (m, d) = (said.month.map(i32::from), said.day.map(i32::from));
    fits(said.year, known.year)
        && (fits(m, month) && fits(d, day) || (known.swappable || said.swappable) && fits(m, day) && fits(d, month))
}

fn same_phone(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let short = short.trim_start_matches('0');
    short.len() >= 7 && long.ends_with(short)
}

/// Whether a statement known to be true carries what is said, subject included.
pub fn supports(said: &Claim, said_in: &Reading<'_>, known: &Claim, known_in: &Reading<'_>) -> bool {
    if !same_number(&said.quantity, &known.quantity) {
        return false;
    }
    if matches!(said.quantity.value, Value::Phone(_) | Value::Code(_)) {
        return true;
    }
    let kind = said.quantity.value.kind();
    match (said.subject, known.subject) {
        (Some(a), Some(b)) if kind == kind::TIME => {
            // "The kitchen was redone in 2019" is not carried by a roof of 2019.
            let matching = said.objects.is_empty() && known.objects.is_empty() || said.objects.meets(known.objects);
            a == b && (matching || a == Topic::Built) || tells_the_same(said, said_in, known, known_in)
        }
        (Some(a), Some(b)) if !matches!(said.quantity.value, Value::Measure { .. } | Value::Percent(_)) => {
            a == b || tells_the_same(said, said_in, known, known_in)
        }
        (Some(Topic::Price | Topic::Bedrooms | Topic::Bathrooms | Topic::Hoa | Topic::Taxes), None) => false,
        // A code of the record names itself.
        (
            None | Some(Topic::Address | Topic::PostalCode | Topic::Reference),
            Some(Topic::PostalCode | Topic::Reference),
        ) => true,
        _ => said.objects.meets(known.objects) || share_words(said, said_in, known, known_in),
    }
}

/// The record has a field for it, and the field decides.
pub fn has_field(topic: &Topic) -> bool {
    matches!(
        topic,
        Topic::Price
            | Topic::Rent
            | Topic::Bedrooms
            | Topic::Bathrooms
            | Topic::HalfBaths
            | Topic::LivingArea
            | Topic::Lot
            | Topic::Built
            | Topic::Hoa
            | Topic::Taxes
            | Topic::Stories
    )
}

/// "The jetty is private, and **it** was rebuilt in 2020": the sentence tells what stands beside the known number in at
/// least two of its words, and names no other thing beside its own. What has a field of its own is held to the field.
fn tells_the_same(said: &Claim, said_in: &Reading<'_>, known: &Claim, known_in: &Reading<'_>) -> bool {
    let other_thing = !said.objects.is_empty() && !said.objects.meets(known.objects);
    if other_thing || [said.subject, known.subject].iter().flatten().any(has_field) {
        return false;
    }
    let theirs: HashSet<String> = stems_beside(known, known_in).into_iter().collect();
    let words = (0..said_in.text.tokens.len())
        .map(|i| said_in.text.word(i))
        .filter(|word| !is_plain(word));
    let shared: HashSet<String> = words
        .flat_map(super::stems)
        .filter(|stem| theirs.contains(stem))
        .collect();
    shared.len() >= 2
}

/// A word that means something stands beside both numbers.
fn share_words(said: &Claim, said_in: &Reading<'_>, known: &Claim, known_in: &Reading<'_>) -> bool {
    let theirs = stems_beside(known, known_in);
    !theirs.is_empty() && stems_beside(said, said_in).iter().any(|stem| theirs.contains(stem))
}

fn stems_beside(claim: &Claim, reading: &Reading<'_>) -> Vec<String> {
    // A fact's own number stands for the whole line.
    let whole = claim.quantity.from == 0 && claim.quantity.to == reading.text.tokens.len();
    let (from, to) = if whole {
        (0, claim.quantity.to)
    } else {
        claim::stretch(&reading.text, &claim.quantity)
    };
    let inside = |i: &usize| whole || !(claim.quantity.from..claim.quantity.to).contains(i);
    let words = (from..to)
        .filter(inside)
        .map(|i| reading.text.word(i))
        .filter(|word| !is_plain(word));
    words.flat_map(super::stems).collect()
}

/// Words that stand beside any number.
fn is_plain(word: &str) -> bool {
    PLAIN.contains(word)
}

static PLAIN: WordSet = WordSet::new(|| {
    set(
        "home house property listing condo approximately approx about just only away minute minutes mile miles \
    year years month walk drive total feature features offer offers include includes also located around \
    over under per beautiful new great large spacious listed yes number within one two set measures measure \
    measured measuring feet foot ft meters metres by am pm noon midnight monday tuesday wednesday thursday friday \
    saturday sunday january february march april may june july august september october november december",
    )
});
