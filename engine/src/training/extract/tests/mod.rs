//! Whole pages: styles of many countries, hidden text, limits, and saved pages where they are at hand.

mod abroad;
mod english;
mod hidden;
mod limits;
mod saved;
mod state;

use serde_json::{Value, json};

use super::{Extract, eval, html};

pub(super) fn read(page: &str) -> Extract {
    html(page.as_bytes(), Some("text/html; charset=utf-8"), None).unwrap_or_else(|e| panic!("{e}"))
}

/// The page states exactly these fields of the evaluation and, of the `silent` ones, nothing.
pub(super) fn states(page: &str, expected: Value, silent: &[&str]) {
    let extract = read(page);
    let mut wrong = Vec::new();
    for (field, wanted) in expected.as_object().unwrap() {
        let got = eval::value(field, &extract.facts);
        let same = match (wanted, &got) {
            (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-6,
            (a, b) => a == b,
        };
        if !same {
            wrong.push(format!("{field}: wanted {wanted}, got {got}"));
        }
    }
    for field in silent {
        let got = eval::value(field, &extract.facts);
        if got != Value::Null {
            wrong.push(format!("{field}: wanted nothing, got {got}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:#?}\n{:#?}",
        extract
            .facts
            .iter()
            .map(|f| format!(
                "{:?} = {} [{:?} {}] {}",
                f.key,
                f.display(),
                f.method,
                f.span.locator,
                f.span.quote
            ))
            .collect::<Vec<_>>()
    );
}

#[test]
fn every_fact_quotes_its_source() {
    let extract = read(
        "<html lang=en><title>3 bedroom house for sale in Elm Road, Oxford</title><h1>3 bedroom house for sale in Elm Road, Oxford</h1><p class=price>£300,000</p><table><tr><th>Heating</th><td>Gas</td></tr></table>",
    );
    assert!(extract.facts.len() >= 5);
    for fact in &extract.facts {
        assert!(!fact.span.locator.is_empty(), "{fact:?}");
        assert!((1..=300).contains(&fact.span.quote.chars().count()), "{fact:?}");
    }
    assert_eq!(json!(extract.language), json!("en"));
}

#[test]
fn at_most_one_fact_a_key() {
    let extract = read(
        "<html lang=en><h1>Home</h1><table><tr><td>Beds</td><td>3</td></tr><tr><td>Bedrooms</td><td>3</td></tr><tr><td>Sewer</td><td>Public</td></tr><tr><td>Zoning</td><td>R1</td></tr></table>",
    );
    let mut seen = std::collections::HashSet::new();
    for fact in &extract.facts {
        assert!(seen.insert((fact.key, fact.name().to_owned())), "{fact:?}");
    }
}
