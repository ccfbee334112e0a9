//! Sentences about some forty made-up homes, written without sight of the rules: what a model says that is true, and what
//! it makes up. Some of them are judged wrongly; a change makes that fewer on the whole.

use domain::fact::{Fact, FactKey, FactMethod, FactValue, Period, Span, Unit};
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Set {
    homes: Vec<Home>,
}

#[derive(Deserialize)]
struct Home {
    realtor: String,
    facts: Vec<Stated>,
    passages: Vec<String>,
    r#true: Vec<String>,
    r#false: Vec<String>,
}

#[derive(Deserialize)]
struct Stated {
    key: String,
    value: Given,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Money {
        money: f64,
        currency: Option<String>,
        period: Option<Period>,
    },
    Number {
        number: f64,
        unit: Option<String>,
    },
    Flag {
        flag: bool,
    },
    List {
        list: Vec<String>,
    },
    Text {
        text: String,
        label: Option<String>,
    },
}

fn fact(stated: Stated) -> Fact {
    let mut name = None;
    let unit = |unit: &str| match unit {
        "sqft" => Unit::SquareFeet,
        "sqm" => Unit::SquareMetres,
        "acre" => Unit::Acres,
        other => panic!("the unit {other}"),
    };
    let value = match stated.value {
        Given::Money {
            money,
            currency,
            period,
        } => FactValue::Money {
            minor: (money * 100.0).round() as i64,
            currency,
            period,
        },
        Given::Number { number, unit: None } => FactValue::number(number),
        Given::Number { number, unit: Some(of) } => FactValue::measure(number, unit(&of)),
        Given::Flag { flag } => FactValue::Flag { flag },
        Given::List { list } => FactValue::List { items: list },
        Given::Text { text, label } => {
            name = label;
            FactValue::text(text)
        }
    };
    Fact {
        key: FactKey::parse(&stated.key).unwrap_or_else(|| panic!("the field {}", stated.key)),
        label: name,
        value,
        method: FactMethod::JsonLd,
        span: Span::default(),
    }
}

/// At most so many true sentences are held back, and so many inventions let through.
type Most = (usize, usize);

/// Each set with what is misjudged of it, in general and where a yes or a no is asked for.
const SETS: [(&str, Most, Most); 9] = [
    (include_str!("homes_1.json"), (38, 6), (127, 1)),
    (include_str!("homes_2.json"), (17, 5), (66, 0)),
    (include_str!("homes_3.json"), (21, 4), (73, 0)),
    (include_str!("homes_4.json"), (37, 3), (84, 0)),
    (include_str!("homes_5.json"), (28, 6), (87, 0)),
    (include_str!("homes_6.json"), (45, 13), (117, 0)),
    (include_str!("homes_7.json"), (97, 7), (133, 0)),
    (include_str!("homes_8.json"), (45, 13), (107, 0)),
    (include_str!("homes_9.json"), (74, 56), (160, 1)),
];

/// A home as the lock knows it.
struct Known {
    record: Arc<super::super::Record>,
    told: Vec<Arc<super::super::Told>>,
    realtor: String,
    address: String,
    /// All that may be said of it, as one text.
    sources: String,
    r#true: Vec<String>,
    r#false: Vec<String>,
}

impl Known {
    fn lock(&self) -> FactLock<'_> {
        FactLock::new(Arc::clone(&self.record), self.told.clone())
            .knowing(&self.realtor)
            .knowing(&self.address)
    }
}

fn homes(set: &str) -> Vec<Known> {
    let set: Set = serde_json::from_str(set).expect("a set of homes");
    set.homes.into_iter().map(known).collect()
}

fn known(home: Home) -> Known {
    let facts: Vec<Fact> = home.facts.into_iter().map(fact).collect();
    let address = facts
        .iter()
        .find(|fact| fact.key == FactKey::Address)
        .map(Fact::display);
    let passages: Vec<&str> = home.passages.iter().map(String::as_str).collect();
    let record = Arc::new(super::super::Record::new(&facts.iter().collect::<Vec<_>>()));
    let stated = facts.iter().map(|fact| format!("{} {}", fact.name(), fact.display()));
    let sources: Vec<String> = stated.chain(home.passages.iter().cloned()).collect();
    Known {
        record,
        told: super::super::Told::all(&passages),
        realtor: home.realtor,
        address: address.unwrap_or_default(),
        sources: sources.join("\n").to_lowercase(),
        r#true: home.r#true,
        r#false: home.r#false,
    }
}

/// How many true sentences are held back, and how many inventions are let through. `strictly`: an outside engine says them
/// where a yes or a no is asked for.
fn misjudged(set: &str, strictly: bool) -> (usize, usize) {
    let (mut lost, mut passed) = (0, 0);
    for home in homes(set) {
        let lock = match strictly {
            true => home.lock().asked("Is it so?").outside(),
            false => home.lock(),
        };
        lost += home.r#true.iter().filter(|said| !lock.check(said).is_keep()).count();
        passed += home.r#false.iter().filter(|said| lock.check(said).is_keep()).count();
    }
    (lost, passed)
}

fn check(strictly: bool, most: impl Fn(&(&str, Most, Most)) -> Most) {
    let found = SETS.map(|set| misjudged(set.0, strictly));
    let most = SETS.each_ref().map(most);
    let worse = found
        .iter()
        .zip(&most)
        .any(|(found, most)| found.0 > most.0 || found.1 > most.1);
    assert!(!worse, "held back and let through: {found:?}, at most {most:?}");
}

#[test]
fn few_sentences_are_misjudged() {
    check(false, |set| set.1);
}

#[test]
fn hardly_any_yes_or_no_is_made_up() {
    check(true, |set| set.2);
}

/// The numbers of a text, as they are written: `1,840`, `2.5`, `1998`.
fn numbers(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::<std::ops::Range<usize>>::new();
    for (at, c) in text.char_indices() {
        let inside = c.is_ascii_digit()
            || (matches!(c, ',' | '.')
                && text[..at].ends_with(|c: char| c.is_ascii_digit())
                && text[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
        match found.last_mut() {
            Some(last) if inside && last.end == at => last.end = at + 1,
            _ if inside => found.push(at..at + 1),
            _ => {}
        }
    }
    found
}

fn plain(number: &str) -> String {
    number.replace(',', "")
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The sentence with one of its numbers or months put in another's place that stands nowhere in what is known.
fn with_strange_values(said: &str, sources: &str) -> Vec<String> {
    let standing: Vec<String> = numbers(sources).into_iter().map(|at| plain(&sources[at])).collect();
    let is_strange = |value: i64| !standing.contains(&value.to_string()) && !sources.contains(&value.to_string());
    let mut changed = Vec::new();
    for at in numbers(said) {
        let Ok(value) = plain(&said[at.clone()]).parse::<f64>() else {
            continue;
        };
        let whole = value as i64;
        for other in [whole + 1, whole + 7, whole * 2 + 3, (whole - 4).max(1), whole * 10 + 1] {
            if other != whole && is_strange(other) {
                changed.push(format!("{}{other}{}", &said[..at.start], &said[at.end..]));
            }
        }
    }
    for month in MONTHS.iter().filter(|month| said.contains(*month)) {
        for other in MONTHS.iter().filter(|other| !sources.contains(&other.to_lowercase())) {
            changed.push(said.replace(month, other));
        }
    }
    changed
}

/// The promise itself: a number or a month that stands nowhere in what is known never passes, however the sentence
/// around it is put.
#[test]
fn no_number_or_date_from_nowhere_passes() {
    let (mut tried, mut passed) = (0, Vec::new());
    for home in SETS.iter().flat_map(|(set, ..)| homes(set)) {
        let lock = home.lock();
        for said in &home.r#true {
            for changed in with_strange_values(said, &home.sources) {
                tried += 1;
                if lock.check(&changed).is_keep() {
                    passed.push(changed);
                }
            }
        }
    }
    assert!(
        tried >= 2500 && passed.is_empty(),
        "{} of {tried} passed:\n{}",
        passed.len(),
        passed.join("\n")
    );
}
