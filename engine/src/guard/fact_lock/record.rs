//! What the facts of a record state.

use domain::fact::{Fact, FactKey, FactValue, Unit};

use super::claim::Claim;
use super::quantity::{Compare, Quantity, Value};
use super::reading::{Reading, insert, pieces};
use super::support::has_field;
use super::topic::{Topic, Topics};
use super::witness::{self, Source};
use super::words;

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
const EXISTING: &[FactKey] = &[
    FactKey::HoaFee,
    FactKey::Parking,
    FactKey::Heating,
    FactKey::Cooling,
    FactKey::Basement,
    FactKey::Pool,
    FactKey::Pets,
    FactKey::School,
    FactKey::HalfBathrooms,
];

/// What one fact says: its readings, and what it has and has not.
pub fn read_fact(fact: &Fact, readings: &mut Vec<Reading<'static>>, has: &mut Topics, has_not: &mut Topics) {
    let field = topic(fact.key);
    let shown = spaced(&fact.display());
    let prose = matches!(
        fact.key,
        FactKey::Description
            | FactKey::Title
            | FactKey::Features
            | FactKey::PropertyType
            | FactKey::Tenure
            | FactKey::Flooring
    );
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
            let subject = field
                .or_else(|| reading.mentions.first().map(|m| m.topic))
                .map(|t| t.canonical(value.kind()));
            reading.claims = vec![whole_claim(&reading, value, period(fact), subject)];
            if fact.key == FactKey::Price && period(fact).is_some() {
                // A price that falls due again and again is a rent.
                let rent = Claim {
                    subject: Some(Topic::Rent),
                    ..reading.claims[0].clone()
                };
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

/// Where the house is.
pub fn is_place(key: FactKey) -> bool {
    matches!(topic(key), Some(Topic::Address | Topic::PostalCode))
}

/// What one fact says, each a source of its own: each item of a list is one.
pub fn add_sources(fact: &Fact, readings: &[Reading<'_>], sources: &mut Vec<Source>) {
    let whole = is_place(fact.key)
        || topic(fact.key).is_some_and(|topic| has_field(&topic))
        || matches!(fact.key, FactKey::Offer | FactKey::PropertyType | FactKey::Status);
    match &fact.value {
        FactValue::List { .. } => {
            let name = if fact.key == FactKey::Other { fact.name() } else { "" };
            sources.extend(
                readings
                    .iter()
                    .map(|r| Source::of_field(name, std::slice::from_ref(r), whole)),
            );
        }
        _ if fact.key == FactKey::Description => sources.extend(witness::sources(readings)),
        _ => sources.push(Source::of_field(fact.name(), readings, whole)),
    }
}

/// A number or an amount as the fact holds it; more exact than its printed form.
fn typed(fact: &Fact) -> Option<Value> {
    Some(match &fact.value {
        FactValue::Number { number, .. } if fact.key == FactKey::YearBuilt => Value::Year(*number as i32),
        FactValue::Number {
            number,
            unit: None | Some(Unit::Spaces),
        } => Value::Count(*number),
        FactValue::Number {
            number,
            unit: Some(unit),
        } => Value::Area {
            size: *number,
            unit: *unit,
        },
        FactValue::Money { minor, currency, .. } => Value::Money {
            amount: *minor as f64 / 100.0,
            currency: currency.as_deref().map(words::currency_of_code),
        },
        _ => return None,
    })
}

fn period(fact: &Fact) -> Option<domain::fact::Period> {
    match &fact.value {
        FactValue::Money { period, .. } => *period,
        _ => None,
    }
}

fn whole_claim(
    reading: &Reading<'_>,
    value: Value,
    period: Option<domain::fact::Period>,
    subject: Option<Topic>,
) -> Claim {
    let quantity = Quantity {
        value,
        compare: Compare::Equal,
        each: None,
        about: false,
        period,
        per_area: false,
        from: 0,
        to: reading.text.tokens.len(),
    };
    Claim {
        quantity,
        subject,
        objects: Topics::default(),
    }
}

/// 2.5 bathrooms are two full ones and a half one.
fn full_baths(fact: &Fact) -> Option<Reading<'static>> {
    let FactValue::Number { number, .. } = fact.value else {
        return None;
    };
    let half = fact.key == FactKey::Bathrooms && number.fract() == 0.5;
    half.then(|| Reading::new(format!("{} full bathrooms and 1 half bathroom", number.trunc()), None))
}

/// "None", "No", "0", "Not allowed".
fn is_none(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    matches!(
        first,
        "no" | "none" | "not" | "false" | "0" | "without" | "never" | "nein" | "keine" | "ninguno" | "sin"
    ) && !is_silent(&text)
}

/// "N/A", "Unknown", "Not specified": the source itself says nothing.
fn is_silent(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(
        text.as_str(),
        "" | "-" | "n/a" | "na" | "unknown" | "other" | "see remarks" | "call agent" | "tbd"
    ) || [
        "not specified",
        "not known",
        "not stated",
        "not provided",
        "not available",
        "ask ",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

fn is_shared(text: &str) -> bool {
    let text = text.to_lowercase();
    ["community", "shared", "communal", "association", "neighborhood"]
        .iter()
        .any(|word| text.contains(word))
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

/// Topics that a state of the sale makes true, and those it ends.
fn sale(facts: &[&Fact]) -> (Vec<Topic>, Vec<Topic>) {
    let text = |key: FactKey| {
        facts.iter().filter(|f| f.key == key).find_map(|f| match &f.value {
            FactValue::Text { text } => Some(text.to_lowercase()),
            _ => None,
        })
    };
    let offer = text(FactKey::Offer);
    let rent = offer.as_deref() == Some("rent");
    let (offered, other) = if rent {
        (Topic::ForRent, Topic::ForSale)
    } else {
        (Topic::ForSale, Topic::ForRent)
    };
    let (mut yes, mut no) = match text(FactKey::Status).as_deref() {
        Some("active") => (
            vec![Topic::Available, offered],
            vec![Topic::Sold, Topic::Pending, Topic::OffMarket],
        ),
        Some("pending") => (vec![Topic::Pending], vec![Topic::Sold, Topic::Available]),
        Some("sold") => (
            vec![Topic::Sold, Topic::OffMarket],
            vec![Topic::Available, Topic::ForSale, Topic::ForRent, Topic::Pending],
        ),
        _ => (Vec::new(), Vec::new()),
    };
    if offer.is_some() {
        if !no.contains(&offered) {
            yes.push(offered);
        }
        no.push(other);
    }
    (yes, no)
}

/// State of the sale from the two fields that hold it. What is sold is no longer offered.
pub fn settle_sale(facts: &[&Fact], has: &mut Topics, has_not: &mut Topics) {
    let (yes, no) = sale(facts);
    for topic in yes {
        has.insert(topic);
        has_not.remove(topic);
    }
    for topic in no {
        has_not.insert(topic);
        has.remove(topic);
    }
}

/// What the state of the sale rules out, whatever a passage says.
pub fn ended(facts: &[&Fact]) -> Topics {
    let mut out = Topics::default();
    // A house that is for sale now may have been sold before.
    sale(facts)
        .1
        .into_iter()
        .filter(|topic| *topic != Topic::Sold)
        .for_each(|topic| out.insert(topic));
    out
}
