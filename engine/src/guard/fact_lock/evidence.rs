//! What facts and passages state, read with the same eyes as the answer.

use std::borrow::Cow;

use domain::fact::{Fact, FactKey, FactValue, Unit};

use super::claim::{self, Claim};
use super::quantity::{Compare, Quantity, Value, quantities};
use super::sentences::Sentences;
use super::stance::{Stance, stances};
use super::token::Text;
use super::topic::{Mention, Topic, Topics, kind, mentions};
use super::words;

/// One sentence or line with everything that was read from it.
#[derive(Debug)]
pub struct Reading<'a> {
    pub text: Text<'a>,
    pub mentions: Vec<Mention>,
    pub stances: Vec<Stance>,
    pub claims: Vec<Claim>,
}

impl<'a> Reading<'a> {
    pub fn new(text: impl Into<Cow<'a, str>>, default: Option<Topic>) -> Self {
        let text = Text::new(text);
        let mut mentions = mentions(&text);
        add_status(&text, &mut mentions);
        let stances = stances(&text, &mentions);
        let quantities = quantities(&text, &mentions);
        give_way(&mut mentions, &quantities);
        share_pools(&text, &mut mentions);
        let claims = claim::claims(&text, &mentions, quantities, default);
        Self { text, mentions, stances, claims }
    }

    /// What this text says the property has and has not.
    pub fn stated(&self, has: &mut Topics, has_not: &mut Topics) {
        for mention in self.mentions.iter().filter(|m| m.topic.is_stated()) {
            match self.stances[mention.from] {
                Stance::Asserted => insert(has, mention.topic),
                Stance::Denied => has_not.insert(mention.topic),
                Stance::Open => {}
            }
        }
    }
}

pub fn insert(set: &mut Topics, topic: Topic) {
    set.insert(topic);
    for implied in topic.implied() {
        set.insert(*implied);
    }
}

/// "Pool: Community" is no pool of the house.
fn share_pools(text: &Text<'_>, mentions: &mut [Mention]) {
    let shared = mentions.iter().any(|m| m.topic == Topic::SharedPool);
    for mention in mentions.iter_mut().filter(|m| m.topic == Topic::Pool) {
        // "The pool is a community pool."
        if shared && mention.from.checked_sub(1).is_some_and(|i| text.word(i) == "the") {
            mention.topic = Topic::SharedPool;
        }
        let at = if text.is_word(mention.to) { mention.to } else { mention.to + 1 };
        if matches!(text.word(at), "community" | "shared" | "communal" | "association" | "neighborhood") {
            mention.topic = Topic::SharedPool;
        }
    }
}

/// In "two and a half baths" the half belongs to the number.
fn give_way(mentions: &mut Vec<Mention>, quantities: &[Quantity]) {
    for mention in mentions.iter_mut() {
        if let Some(number) = quantities.iter().find(|q| (q.from..q.to).contains(&mention.from) && mention.to > q.to) {
            mention.from = number.to;
            if mention.topic == Topic::HalfBaths {
                mention.topic = Topic::Bathrooms;
            }
        }
    }
    mentions.retain(|m| m.from < m.to);
}

/// "The home is available" is about the sale, "parking is available" is not.
fn add_status(text: &Text<'_>, mentions: &mut Vec<Mention>) {
    for i in 1..text.tokens.len() {
        // "available from June 1" is a date, no state.
        let dated = matches!(text.word(i + 1), "from" | "on" | "starting" | "as" | "in" | "after");
        if dated || !matches!(text.word(i), "available" | "active") || mentions.iter().any(|m| (m.from..m.to).contains(&i)) {
            continue;
        }
        let mut subject = i - 1;
        while subject > 0 && matches!(text.word(subject), "is" | "still" | "currently" | "now" | "no" | "longer" | "not" | "remains" | "also" | "it's" | "as" | "listed" | "isn't" | "status" | "an" | ":") {
            if text.word(subject) == "it's" {
                break;
            }
            subject -= 1;
        }
        let whole = matches!(text.word(subject), "it's" | "status" | "listing" | "unit")
            || mentions.iter().any(|m| m.topic.is_whole() && m.to == subject + 1);
        if whole {
            let at = mentions.partition_point(|m| m.from < i);
            mentions.insert(at, Mention { topic: Topic::Available, from: i, to: i + 1 });
        }
    }
}

/// Cuts a passage into sentences; short lines that follow each other stay together, since a label
/// and its value often stand on two lines.
pub fn pieces(passage: &str) -> Vec<String> {
    let is_short = |line: &str| line.split_whitespace().count() <= 5 && !line.trim_end().ends_with(['.', '!']);
    let mut out: Vec<String> = Vec::new();
    let mut block = String::new();
    let mut lines = 0;
    for line in passage.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if is_short(line) && lines < 24 {
            if !block.is_empty() {
                block.push('\n');
            }
            block.push_str(line);
            lines += 1;
            continue;
        }
        if !block.is_empty() {
            out.push(std::mem::take(&mut block));
            lines = 0;
        }
        let mut sentences = Sentences::default();
        out.extend(sentences.push(line));
        out.extend(sentences.finish());
    }
    if !block.is_empty() {
        out.push(block);
    }
    out
}

/// Topic of a field.
fn topic(key: FactKey) -> Option<Topic> {
    Some(match key {
        FactKey::Price => Topic::Price,
        FactKey::Bedrooms => Topic::Bedrooms,
        FactKey::Bathrooms => Topic::Bathrooms,
        FactKey::HalfBathrooms => Topic::HalfBaths,
        FactKey::LivingArea => Topic::LivingArea,
        FactKey::LotArea => Topic::Lot,
        FactKey::YearBuilt => Topic::Built,
        FactKey::Address | FactKey::City | FactKey::Region => Topic::Address,
        FactKey::PostalCode => Topic::PostalCode,
        FactKey::Latitude => Topic::Latitude,
        FactKey::Longitude => Topic::Longitude,
        FactKey::HoaFee => Topic::Hoa,
        FactKey::Taxes => Topic::Taxes,
        FactKey::Parking => Topic::ParkingSpaces,
        FactKey::Stories => Topic::Stories,
        FactKey::Heating => Topic::Heating,
        FactKey::Cooling => Topic::Cooling,
        FactKey::Roof => Topic::Roof,
        FactKey::Basement => Topic::Basement,
        FactKey::Pool => Topic::Pool,
        FactKey::Pets => Topic::Pets,
        FactKey::School => Topic::School,
        FactKey::EnergyRating => Topic::Energy,
        FactKey::Reference => Topic::Reference,
        _ => return None,
    })
}

/// Fields whose presence says that the property has the thing.
const EXISTING: &[FactKey] =
    &[FactKey::HoaFee, FactKey::Parking, FactKey::Heating, FactKey::Cooling, FactKey::Basement, FactKey::Pool, FactKey::Pets, FactKey::School, FactKey::HalfBathrooms];

/// What one fact says: its readings, and what it has and has not.
pub fn read_fact(fact: &Fact, readings: &mut Vec<Reading<'_>>, has: &mut Topics, has_not: &mut Topics) {
    let field = topic(fact.key);
    let shown = spaced(&fact.display());
    let prose = matches!(fact.key, FactKey::Description | FactKey::Title | FactKey::Features | FactKey::PropertyType | FactKey::Tenure | FactKey::Flooring);
    if prose {
        // A list item is a statement of its own; nothing in it is about the list's name.
        let lines: Vec<String> = match &fact.value {
            FactValue::List { items } => items.iter().map(|item| spaced(item)).collect(),
            _ => pieces(&shown),
        };
        readings.extend(lines.into_iter().map(|line| Reading::new(line, None)));
    } else {
        let mut reading = Reading::new(format!("{}: {shown}", fact.name()), field);
        if let Some(value) = typed(fact) {
            let subject = field.or_else(|| reading.mentions.first().map(|m| m.topic)).map(|t| t.canonical(value.kind()));
            reading.claims = vec![whole_claim(&reading, value, period(fact), subject)];
            if fact.key == FactKey::Price && period(fact).is_some() {
                // A price that falls due again and again is a rent.
                let rent = Claim { subject: Some(Topic::Rent), ..reading.claims[0].clone() };
                reading.claims.push(rent);
            }
            readings.extend(full_baths(fact));
        }
        readings.push(reading);
    }
    let Some(field) = field else { return };
    let denied = match &fact.value {
        FactValue::Flag { flag } => !flag,
        FactValue::Number { number, .. } => *number == 0.0,
        FactValue::Money { minor, .. } => *minor == 0,
        FactValue::Text { text } => is_none(text),
        FactValue::List { .. } => false,
    };
    if EXISTING.contains(&fact.key) {
        if denied {
            has_not.insert(field);
            has.remove(field);
            if fact.key == FactKey::Parking {
                has_not.insert(Topic::Parking);
            }
        } else if !matches!(&fact.value, FactValue::Text { text } if is_silent(text) || is_shared(text)) {
            insert(has, field);
        }
    }
}

/// A number or an amount as the fact holds it; more exact than its printed form.
fn typed(fact: &Fact) -> Option<Value> {
    Some(match &fact.value {
        FactValue::Number { number, .. } if fact.key == FactKey::YearBuilt => Value::Year(*number as i32),
        FactValue::Number { number, unit: None | Some(Unit::Spaces) } => Value::Count(*number),
        FactValue::Number { number, unit: Some(unit) } => Value::Area { size: *number, unit: *unit },
        FactValue::Money { minor, currency, .. } => {
            Value::Money { amount: *minor as f64 / 100.0, currency: currency.as_deref().map(words::currency_of_code) }
        }
        _ => return None,
    })
}

fn period(fact: &Fact) -> Option<domain::fact::Period> {
    match &fact.value {
        FactValue::Money { period, .. } => *period,
        _ => None,
    }
}

fn whole_claim(reading: &Reading<'_>, value: Value, period: Option<domain::fact::Period>, subject: Option<Topic>) -> Claim {
    let quantity = Quantity { value, compare: Compare::Equal, period, per_area: false, from: 0, to: reading.text.tokens.len() };
    Claim { quantity, subject, objects: Topics::default() }
}

/// 2.5 bathrooms are two full ones and a half one.
fn full_baths(fact: &Fact) -> Option<Reading<'static>> {
    let FactValue::Number { number, .. } = fact.value else { return None };
    let half = fact.key == FactKey::Bathrooms && number.fract() == 0.5;
    half.then(|| Reading::new(format!("{} full bathrooms and 1 half bathroom", number.trunc()), None))
}

/// "None", "No", "0", "Not allowed".
fn is_none(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    matches!(first, "no" | "none" | "not" | "false" | "0" | "without" | "never" | "nein" | "keine" | "ninguno" | "sin")
        && !is_silent(&text)
}

/// "N/A", "Unknown", "Not specified": the source itself says nothing.
fn is_silent(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(text.as_str(), "" | "-" | "n/a" | "na" | "unknown" | "other" | "see remarks" | "call agent" | "tbd")
        || ["not specified", "not known", "not stated", "not provided", "not available", "ask "].iter().any(|start| text.starts_with(start))
}

fn is_shared(text: &str) -> bool {
    let text = text.to_lowercase();
    ["community", "shared", "communal", "association", "neighborhood"].iter().any(|word| text.contains(word))
}

/// `SingleFamilyResidence` and `APARTMENT_BLOCK` as words.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut lower = false;
    for c in text.chars() {
        if c.is_uppercase() && lower {
            out.push(' ');
        }
        out.push(if c == '_' { ' ' } else { c });
        lower = c.is_lowercase();
    }
    out
}

/// State of the sale from the two fields that hold it. What is sold is no longer offered.
pub fn settle_sale(facts: &[&Fact], has: &mut Topics, has_not: &mut Topics) {
    let text = |key: FactKey| {
        facts.iter().filter(|f| f.key == key).find_map(|f| match &f.value {
            FactValue::Text { text } => Some(text.to_lowercase()),
            _ => None,
        })
    };
    let rent = text(FactKey::Offer).as_deref() == Some("rent");
    let (offered, other) = if rent { (Topic::ForRent, Topic::ForSale) } else { (Topic::ForSale, Topic::ForRent) };
    if text(FactKey::Offer).is_some() {
        has.insert(offered);
        has_not.insert(other);
    }
    let Some(status) = text(FactKey::Status) else { return };
    let (yes, no): (&[Topic], &[Topic]) = match status.as_str() {
        "active" => (&[Topic::Available, offered], &[Topic::Sold, Topic::Pending, Topic::OffMarket]),
        "pending" => (&[Topic::Pending], &[Topic::Sold, Topic::Available]),
        "sold" => (&[Topic::Sold, Topic::OffMarket], &[Topic::Available, Topic::ForSale, Topic::Pending]),
        _ => (&[], &[]),
    };
    for topic in yes {
        has.insert(*topic);
        has_not.remove(*topic);
    }
    for topic in no {
        has_not.insert(*topic);
        has.remove(*topic);
    }
}

/// Whether one number states the same as another, subjects left aside.
pub fn same_number(said: &Quantity, known: &Quantity) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs().max(1.0);
    if said.compare != known.compare || said.per_area != known.per_area {
        return false;
    }
    if said.period.is_some() && said.period != known.period {
        return false;
    }
    match (&said.value, &known.value) {
        (Value::Count(a), Value::Count(b)) | (Value::Percent(a), Value::Percent(b)) => near(*a, *b),
        (Value::Ordinal(a), Value::Ordinal(b) | Value::Count(b)) => near(*a, *b),
        (Value::Money { amount: a, currency: x }, Value::Money { amount: b, currency: y }) => {
            near(*a, *b) && (x == y || x.is_none() || y.is_none())
        }
        (Value::Count(a), Value::Money { amount: b, .. }) | (Value::Money { amount: a, .. }, Value::Count(b)) => near(*a, *b),
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

/// Everything that is said must be known; more may be known than is said.
fn same_day(said: &super::token::Day, known: &super::token::Day) -> bool {
    let fits = |said: Option<i32>, known: Option<i32>| said.is_none() || said == known;
    let (month, day) = (known.month.map(i32::from), known.day.map(i32::from));
    let (m, d) = (said.month.map(i32::from), said.day.map(i32::from));
    fits(said.year, known.year) && (fits(m, month) && fits(d, day) || (known.swappable || said.swappable) && fits(m, day) && fits(d, month))
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
            a == b && (matching || a == Topic::Built)
        }
        (Some(a), Some(b)) if !matches!(said.quantity.value, Value::Measure { .. } | Value::Percent(_)) => a == b,
        (Some(a), None) if matches!(a, Topic::Price | Topic::Bedrooms | Topic::Bathrooms | Topic::Hoa | Topic::Taxes) => false,
        // A code of the record names itself.
        (None | Some(Topic::Address | Topic::PostalCode | Topic::Reference), Some(Topic::PostalCode | Topic::Reference)) => true,
        _ => said.objects.meets(known.objects) || share_words(said, said_in, known, known_in),
    }
}

/// A word that means something stands beside both numbers.
fn share_words(said: &Claim, said_in: &Reading<'_>, known: &Claim, known_in: &Reading<'_>) -> bool {
    let theirs = stems_beside(known, known_in);
    !theirs.is_empty() && stems_beside(said, said_in).iter().any(|stem| theirs.contains(stem))
}

fn stems_beside(claim: &Claim, reading: &Reading<'_>) -> Vec<String> {
    // A fact's own number stands for the whole line.
    let whole = claim.quantity.from == 0 && claim.quantity.to == reading.text.tokens.len();
    let (from, to) = if whole { (0, claim.quantity.to) } else { claim::stretch(&reading.text, &claim.quantity) };
    let inside = |i: &usize| whole || !(claim.quantity.from..claim.quantity.to).contains(i);
    let words = (from..to).filter(inside).map(|i| reading.text.word(i)).filter(|word| !is_plain(word));
    words.flat_map(super::stems).collect()
}

/// Words that stand beside any number.
fn is_plain(word: &str) -> bool {
    matches!(
        word,
        "home" | "house" | "property" | "listing" | "condo" | "approximately" | "approx" | "about" | "just" | "only" | "away" | "minute" | "minutes"
            | "mile" | "miles" | "year" | "years" | "month" | "walk" | "drive" | "total" | "feature" | "features" | "offer" | "offers" | "include"
            | "includes" | "also" | "located" | "around" | "over" | "under" | "per" | "beautiful" | "new" | "great" | "large" | "spacious" | "listed"
            | "yes" | "number" | "within" | "one" | "two" | "set"
    )
}
