//! One full sentence for each field of the record.

use domain::fact::{Fact, FactKey, FactValue};

use super::FactRef;
use super::intent::Intent;
use super::question::Question;

/// A sentence and the facts it states.
#[derive(Clone, Debug)]
pub struct Said {
    pub text: String,
    pub facts: Vec<u32>,
}

/// Says what `facts` hold about an intent; `None` when they hold nothing.
pub fn sentence(intent: Intent, facts: &[FactRef<'_>], question: &Question) -> Option<Said> {
    let first = facts.first()?;
    let fact = first.fact;
    let shown = fact.display();
    if is_silent(&shown) {
        return None;
    }
    let mut used = vec![first.id];
    let text = match intent {
        Intent::Address => return address(facts),
        Intent::City => return city(facts, question),
        Intent::School | Intent::Features => return list(intent, facts),
        Intent::Coordinates => return coordinates(facts),
        Intent::Agent | Intent::AgentCompany => return agent(intent, facts),
        Intent::Status => status(facts, &mut used)?,
        Intent::Description => format!("The listing says: “{}.”", opening(&shown)),
        Intent::Price if matches!(&fact.value, FactValue::Money { period: Some(_), .. }) => {
            format!("The rent is {shown}.")
        }
        Intent::Price => format!("The asking price is {shown}."),
        Intent::Bedrooms => counted(fact, "bedroom", "bedrooms"),
        Intent::Bathrooms => counted(fact, "bathroom", "bathrooms"),
        Intent::HalfBathrooms => counted(fact, "half bathroom", "half bathrooms"),
        Intent::Stories => counted(fact, "story", "stories"),
        Intent::LivingArea => format!("The living area is {shown}."),
        Intent::LotArea => format!("The lot size is {shown}."),
        Intent::YearBuilt => format!("It was built in {shown}."),
        Intent::HoaFee => {
            if is_zero(fact) {
                "There is no HOA fee.".to_owned()
            } else {
                format!("The HOA fee is {shown}.")
            }
        }
        Intent::Taxes => format!("The property taxes are {shown}."),
        Intent::Parking | Intent::Garage => parking(fact, &shown),
        Intent::Pets => pets(fact, &shown),
        Intent::Pool => having(fact, &shown, "pool", "a pool"),
        Intent::Basement => having(fact, &shown, "basement", "a basement"),
        Intent::Heating => having(fact, &shown, "heating", "heating"),
        Intent::Cooling => having(fact, &shown, "cooling", "cooling"),
        Intent::Roof => format!("The roof is listed as “{}”.", quoted(&shown)),
        Intent::Flooring => format!("The flooring is listed as “{}”.", quoted(&shown)),
        Intent::PropertyType => format!("The property type is {}.", humane(&shown)),
        Intent::EnergyRating => format!("The energy rating is {shown}."),
        Intent::Tenure => format!("The tenure is {}.", humane(&shown)),
        Intent::Reference => format!("The listing number is {shown}."),
        Intent::PostalCode => format!("The postal code is {shown}."),
        Intent::Country => format!("It is in {shown}."),
    };
    Some(Said { text, facts: used })
}

fn counted(fact: &Fact, one: &str, many: &str) -> String {
    let shown = fact.display();
    match fact.value {
        FactValue::Number { number: 0.0, .. } => format!("It has no {many}."),
        FactValue::Number { number, .. } => format!("It has {shown} {}.", if number == 1.0 { one } else { many }),
        _ => format!("The number of {many} is listed as {}.", quoted(&shown)),
    }
}

fn parking(fact: &Fact, shown: &str) -> String {
    match &fact.value {
        FactValue::Number { number, .. } if *number == 0.0 => "It has no parking.".to_owned(),
        FactValue::Number { number, .. } => {
            let count = domain::fact::group_number(*number, 0);
            format!(
                "It has {count} parking {}.",
                if *number == 1.0 { "space" } else { "spaces" }
            )
        }
        FactValue::Flag { flag: true } => "Yes, it has parking.".to_owned(),
        FactValue::Flag { flag: false } => "No, it has no parking.".to_owned(),
        _ if is_no(shown) => "No, it has no parking.".to_owned(),
        _ => format!("Parking is listed as “{}”.", quoted(shown)),
    }
}

fn pets(fact: &Fact, shown: &str) -> String {
    let first = shown
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("")
        .to_lowercase();
    match &fact.value {
        FactValue::Flag { flag: true } => "Yes, pets are allowed.".to_owned(),
        FactValue::Flag { flag: false } => "No, pets are not allowed.".to_owned(),
        _ if is_no(shown) => "No, pets are not allowed.".to_owned(),
        _ if matches!(first.as_str(), "yes" | "allowed" | "permitted" | "welcome") => {
            match shown.split_whitespace().count() {
                1 => "Yes, pets are allowed.".to_owned(),
                _ => format!("Yes, pets are allowed: “{}”.", quoted(shown)),
            }
        }
        _ => format!("On pets, the record says “{}”.", quoted(shown)),
    }
}

/// A thing the house has or has not.
fn having(fact: &Fact, shown: &str, noun: &str, one: &str) -> String {
    match &fact.value {
        FactValue::Flag { flag: true } => format!("Yes, it has {one}."),
        FactValue::Flag { flag: false } => format!("No, it has no {noun}."),
        _ if is_no(shown) && shown.split_whitespace().count() <= 2 => format!("No, it has no {noun}."),
        _ if matches!(shown.to_lowercase().as_str(), "yes" | "y" | "true") => format!("Yes, it has {one}."),
        _ => {
            let mut label = noun.to_owned();
            label[..1].make_ascii_uppercase();
            format!("{label} is listed as “{}”.", quoted(shown))
        }
    }
}

fn status(facts: &[FactRef<'_>], used: &mut Vec<u32>) -> Option<String> {
    let text = |key: FactKey| {
        facts
            .iter()
            .find(|f| f.fact.key == key)
            .map(|f| (f.id, f.fact.display()))
    };
    let offer = text(FactKey::Offer);
    let state = text(FactKey::Status);
    used.clear();
    used.extend(state.iter().chain(&offer).map(|(id, _)| *id));
    let offered = offer
        .as_ref()
        .map(|(_, offer)| if offer == "rent" { "for rent" } else { "for sale" });
    Some(match (state.as_ref().map(|(_, s)| s.as_str()), offered) {
        (Some("active"), Some(offered)) => format!("It is still available and {offered}."),
        (Some("active"), None) => "It is still available.".to_owned(),
        (Some("pending"), _) => "It is pending.".to_owned(),
        (Some("sold"), _) => "It has been sold.".to_owned(),
        (Some(other), _) => format!("Its status is listed as “{}”.", quoted(other)),
        (None, Some(offered)) => format!("It is {offered}."),
        (None, None) => return None,
    })
}

/// Parts of an address, each only once.
fn address(facts: &[FactRef<'_>]) -> Option<Said> {
    let mut text = String::new();
    let mut used = Vec::new();
    let mut keys: Vec<FactKey> = Vec::new();
    for f in facts {
        let shown = f.fact.display();
        let known = text.to_lowercase().contains(&shown.to_lowercase());
        if keys.contains(&f.fact.key) || is_silent(&shown) {
            continue;
        }
        keys.push(f.fact.key);
        used.push(f.id);
        if known {
            continue;
        }
        let gap = match (text.is_empty(), f.fact.key) {
            (true, _) => "",
            (false, FactKey::PostalCode) if keys.contains(&FactKey::Region) => " ",
            _ => ", ",
        };
        text.push_str(gap);
        text.push_str(&shown);
    }
    let whole = keys.contains(&FactKey::Address);
    let text = if whole {
        format!("The address is {text}.")
    } else {
        format!("It is in {text}.")
    };
    Some(Said { text, facts: used })
}

fn city(facts: &[FactRef<'_>], question: &Question) -> Option<Said> {
    let region_only = question.has_any("state|region|county|province") && !question.has_any("city|town|village");
    let wanted: Vec<&FactRef<'_>> = facts
        .iter()
        .filter(|f| !region_only || f.fact.key == FactKey::Region)
        .collect();
    let city = wanted.iter().find(|f| f.fact.key == FactKey::City);
    let region = wanted.iter().find(|f| f.fact.key == FactKey::Region);
    let both: Vec<&&&FactRef<'_>> = [city.as_ref(), region.as_ref()].into_iter().flatten().collect();
    if both.is_empty() || (!region_only && city.is_none()) {
        return None;
    }
    let names: Vec<String> = both.iter().map(|f| f.fact.display()).collect();
    Some(Said {
        text: format!("It is in {}.", names.join(", ")),
        facts: both.iter().map(|f| f.id).collect(),
    })
}

fn coordinates(facts: &[FactRef<'_>]) -> Option<Said> {
    let of = |key: FactKey| facts.iter().find(|f| f.fact.key == key);
    let (latitude, longitude) = (of(FactKey::Latitude)?, of(FactKey::Longitude)?);
    let text = format!(
        "The latitude is {} and the longitude is {}.",
        latitude.fact.display(),
        longitude.fact.display()
    );
    Some(Said {
        text,
        facts: vec![latitude.id, longitude.id],
    })
}

fn agent(intent: Intent, facts: &[FactRef<'_>]) -> Option<Said> {
    let of = |key: FactKey| facts.iter().find(|f| f.fact.key == key);
    let (name, company) = (of(FactKey::AgentName), of(FactKey::AgentCompany));
    Some(match (name, company) {
        (Some(name), Some(company)) if intent == Intent::Agent && name.fact.display() != company.fact.display() => {
            Said {
                text: format!(
                    "The listing agent is {} of {}.",
                    name.fact.display(),
                    company.fact.display()
                ),
                facts: vec![name.id, company.id],
            }
        }
        (Some(name), _) if intent == Intent::Agent => Said {
            text: format!("The listing agent is {}.", name.fact.display()),
            facts: vec![name.id],
        },
        (_, Some(company)) => Said {
            text: format!("The listing agency is {}.", company.fact.display()),
            facts: vec![company.id],
        },
        _ => return None,
    })
}

/// Several facts, or one with several items, as one list of at most twelve.
fn list(intent: Intent, facts: &[FactRef<'_>]) -> Option<Said> {
    const MOST: usize = 12;
    let mut items: Vec<String> = Vec::new();
    let mut used = Vec::new();
    for f in facts {
        let new: Vec<String> = match &f.fact.value {
            FactValue::List { items } => items.clone(),
            _ => vec![f.fact.display()],
        };
        for item in new {
            if items.len() < MOST && !is_silent(&item) && !items.iter().any(|known| known.eq_ignore_ascii_case(&item)) {
                items.push(item);
                used.push(f.id);
            }
        }
    }
    used.dedup();
    let names = items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join("; ");
    let lead = if intent == Intent::School {
        "The schools on record are"
    } else {
        "The features on record are"
    };
    (!items.is_empty()).then(|| Said {
        text: format!("{lead}: {names}."),
        facts: used,
    })
}

/// The first sentences of a description, about 300 characters.
fn opening(text: &str) -> String {
    let mut out = String::new();
    let mut sentences = super::fact_lock::Sentences::default();
    for sentence in sentences
        .push(text)
        .chain(super::fact_lock::Sentences::default().finish())
    {
        if !out.is_empty() && out.len() + sentence.len() > 300 {
            break;
        }
        out.push_str(&sentence);
    }
    if out.is_empty() {
        out.push_str(text);
    }
    quoted(&out)
}

/// White space in one piece, no full stop at the end, at most 400 characters.
fn quoted(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = match joined.char_indices().nth(400) {
        Some((at, _)) => joined[..at].rsplit_once(' ').map_or(&joined[..at], |(front, _)| front),
        None => &joined,
    };
    cut.trim_end_matches(['.', ' ']).to_owned()
}

/// `SingleFamilyResidence` and `FREEHOLD` as a person writes them.
fn humane(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut lower = false;
    for c in text.chars() {
        if c.is_uppercase() && lower {
            out.push(' ');
        }
        out.push(if c == '_' { ' ' } else { c });
        lower = c.is_lowercase();
    }
    out.to_lowercase()
}

fn is_zero(fact: &Fact) -> bool {
    matches!(fact.value, FactValue::Money { minor: 0, .. })
        || matches!(fact.value, FactValue::Number { number, .. } if number == 0.0)
}

/// "No", "None", "Not allowed".
pub fn is_no(text: &str) -> bool {
    let first = text
        .trim()
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("")
        .to_lowercase();
    matches!(first.as_str(), "no" | "none" | "not" | "false" | "without") && !is_silent(text)
}

/// The source itself has nothing to say.
pub fn is_silent(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(
        text.as_str(),
        "" | "-" | "n/a" | "na" | "unknown" | "other" | "tbd" | "see remarks" | "?"
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
