//! How well pages are read: `porchlight eval extract DIR`, where `DIR/pages/*.html` are saved pages and
//! `DIR/expected.json` says what they state:
//! `[{"page": "x.html", "source_url": "https://…", "expected": {"price_float": 489000, …}}]`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::fact::{Fact, FactKey, FactValue, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fold::squash;
use super::number::{self, Decimal};
use super::{ExtractError, choose, html};

/// The fields that count, in the order they are shown.
pub const FIELDS: [&str; 16] = [
    "price_float",
    "currency",
    "count_bedrooms",
    "count_bathrooms",
    "constructed_area",
    "area_unit",
    "year_construction",
    "address_string",
    "city",
    "region",
    "postal_code",
    "property_type",
    "latitude",
    "longitude",
    "for_sale",
    "for_rent",
];
/// What a page that is no listing must not state.
const MUST_NOT: [&str; 3] = ["price_float", "count_bedrooms", "count_bathrooms"];

#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error("{} cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is not a list of {{page, expected}}: {source}", path.display())]
    Shape { path: PathBuf, source: serde_json::Error },
    #[error("{} holds no .html files.", path.display())]
    NoPages { path: PathBuf },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Right,
    Wrong,
    Missing,
}

#[derive(Clone, Debug, Serialize)]
pub struct FieldReport {
    pub expected: Value,
    pub got: Value,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, Serialize)]
pub struct PageReport {
    pub page: String,
    pub seconds: f64,
    /// Why the page was refused, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    pub fields: BTreeMap<String, FieldReport>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub right: u32,
    pub wrong: u32,
    pub missing: u32,
    pub pages: Vec<PageReport>,
}

#[derive(Debug, Deserialize)]
struct Expectation {
    page: String,
    #[serde(default)]
    source_url: Option<String>,
    #[serde(default)]
    expected: serde_json::Map<String, Value>,
}

/// Reads every page of `dir` and compares it with what is expected of it. A page that nothing is
/// expected of counts as wrong for each of price, bedrooms and bathrooms that it yields.
pub fn run(dir: &Path) -> Result<Report, EvalError> {
    let path = dir.join("expected.json");
    let text = fs::read_to_string(&path).map_err(|source| EvalError::Read {
        path: path.clone(),
        source,
    })?;
    let expectations: Vec<Expectation> =
        serde_json::from_str(&text).map_err(|source| EvalError::Shape { path, source })?;
    let folder = dir.join("pages");
    let entries = fs::read_dir(&folder).map_err(|source| EvalError::Read {
        path: folder.clone(),
        source,
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|e| e.path())
        .filter(|p| {
            p.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm"))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(EvalError::NoPages { path: folder });
    }
    let mut pages = Vec::new();
    for file in files {
        let bytes = fs::read(&file).map_err(|source| EvalError::Read {
            path: file.clone(),
            source,
        })?;
        let name = file
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let expectation = expectations.iter().find(|e| e.page == name);
        pages.push(page(name, &bytes, expectation));
    }
    let count = |wanted| {
        pages
            .iter()
            .flat_map(|p| p.fields.values())
            .filter(|f| f.verdict == wanted)
            .count() as u32
    };
    Ok(Report {
        right: count(Verdict::Right),
        wrong: count(Verdict::Wrong),
        missing: count(Verdict::Missing),
        pages,
    })
}

fn page(name: String, bytes: &[u8], expectation: Option<&Expectation>) -> PageReport {
    let started = Instant::now();
    // The page alone is judged: its address would tell sale from rent on some sites.
    let _ = expectation.and_then(|e| e.source_url.as_ref());
    let read = html(bytes, Some("text/html"), None);
    let seconds = started.elapsed().as_secs_f64();
    let (facts, refused) = match read {
        Ok(extract) => (extract.facts, None),
        Err(
            error @ (ExtractError::Wall { .. } | ExtractError::Empty | ExtractError::NotHtml | ExtractError::TooLarge),
        ) => (Vec::new(), Some(error.to_string())),
    };
    let mut fields = BTreeMap::new();
    match expectation.map(|e| &e.expected).filter(|e| !e.is_empty()) {
        Some(expected) => {
            for field in FIELDS {
                let Some(wanted) = expected.get(field).filter(|v| !v.is_null()) else {
                    continue;
                };
                let got = value(field, &facts);
                let verdict = match &got {
                    Value::Null => Verdict::Missing,
                    got if says_the_same(field, wanted, got) => Verdict::Right,
                    _ => Verdict::Wrong,
                };
                fields.insert(
                    field.to_owned(),
                    FieldReport {
                        expected: wanted.clone(),
                        got,
                        verdict,
                    },
                );
            }
        }
        None => {
            for field in MUST_NOT {
                let got = value(field, &facts);
                if !got.is_null() {
                    fields.insert(
                        field.to_owned(),
                        FieldReport {
                            expected: Value::Null,
                            got,
                            verdict: Verdict::Wrong,
                        },
                    );
                }
            }
        }
    }
    PageReport {
        page: name,
        seconds: (seconds * 1e6).round() / 1e6,
        refused,
        fields,
    }
}

/// What the facts say for a field of the file; null where they say nothing.
pub fn value(field: &str, facts: &[Fact]) -> Value {
    let fact = |key| facts.iter().find(|f| f.key == key);
    let number = |key| match fact(key).map(|f| &f.value) {
        Some(FactValue::Number { number, .. }) => json!(number),
        _ => Value::Null,
    };
    let text = |key| match fact(key).map(|f| &f.value) {
        Some(FactValue::Text { text }) => json!(text),
        _ => Value::Null,
    };
    let offered = |wanted: &str| match fact(FactKey::Offer).map(|f| &f.value) {
        Some(FactValue::Text { text }) => json!(text == wanted),
        _ => Value::Null,
    };
    match field {
        "price_float" => match fact(FactKey::Price).map(|f| &f.value) {
            Some(FactValue::Money { minor, .. }) => json!(*minor as f64 / 100.0),
            _ => Value::Null,
        },
        "currency" => match fact(FactKey::Price).map(|f| &f.value) {
            Some(FactValue::Money {
                currency: Some(code), ..
            }) => json!(code),
            _ => Value::Null,
        },
        "count_bedrooms" => number(FactKey::Bedrooms),
        "count_bathrooms" => number(FactKey::Bathrooms),
        "constructed_area" => number(FactKey::LivingArea),
        "area_unit" => match fact(FactKey::LivingArea).and_then(choose::unit_of) {
            Some(Unit::SquareFeet) => json!("sqft"),
            Some(Unit::SquareMetres) => json!("sqmt"),
            Some(Unit::SquareYards) => json!("sqyd"),
            _ => Value::Null,
        },
        "year_construction" => number(FactKey::YearBuilt),
        "address_string" => text(FactKey::Address),
        "city" => text(FactKey::City),
        "region" => text(FactKey::Region),
        "postal_code" => text(FactKey::PostalCode),
        "property_type" => text(FactKey::PropertyType),
        "latitude" => number(FactKey::Latitude),
        "longitude" => number(FactKey::Longitude),
        "for_sale" => offered("sale"),
        "for_rent" => offered("rent"),
        _ => Value::Null,
    }
}

/// Numbers equal; texts equal after folding case, space and punctuation, or one holding the other.
fn says_the_same(field: &str, expected: &Value, got: &Value) -> bool {
    let number = |v: &Value| match v {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.trim().parse().ok().or_else(|| number::only(s, Decimal::Point)),
        _ => None,
    };
    match (expected, got) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (_, Value::Number(_)) => match (number(expected), number(got)) {
            (Some(a), Some(b)) if matches!(field, "latitude" | "longitude") => (a - b).abs() < 1e-5,
            (Some(a), Some(b)) => (a - b).abs() < 1e-6,
            _ => false,
        },
        (expected, Value::String(b)) => {
            let a = match expected {
                Value::String(a) => squash(a),
                other => squash(&other.to_string()),
            };
            let b = squash(b);
            !a.is_empty() && !b.is_empty() && (a == b || a.contains(&b) || b.contains(&a))
        }
        _ => false,
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for page in &self.pages {
            writeln!(f, "{} ({:.0} ms)", page.page, page.seconds * 1_000.0)?;
            if let Some(reason) = &page.refused {
                writeln!(f, "  no listing: {reason}")?;
            }
            for (name, field) in &page.fields {
                let mark = match field.verdict {
                    Verdict::Right => "right  ",
                    Verdict::Wrong => "WRONG  ",
                    Verdict::Missing => "missing",
                };
                writeln!(f, "  {mark}  {name}: expected {}, got {}", field.expected, field.got)?;
            }
        }
        let all = self.right + self.wrong + self.missing;
        let share = if all == 0 {
            0.0
        } else {
            f64::from(self.right) * 100.0 / f64::from(all)
        };
        write!(
            f,
            "{} right, {} wrong, {} missing of {all} ({share:.1} % right)",
            self.right, self.wrong, self.missing
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_by_what_they_say() {
        for (field, expected, got, same) in [
            ("count_bedrooms", json!("3"), json!(3.0), true),
            ("price_float", json!(489_000), json!(489_000.0), true),
            ("price_float", json!(489_000), json!(489_001.0), false),
            ("city", json!("Braine-le-Château"), json!("BRAINE LE CHATEAU"), true),
            ("property_type", json!("Detached"), json!("Detached house"), true),
            ("city", json!("Madrid"), json!("Sevilla"), false),
            ("for_sale", json!(true), json!(false), false),
        ] {
            assert_eq!(says_the_same(field, &expected, &got), same, "{expected} {got}");
        }
    }

    #[test]
    fn a_folder_is_judged_page_by_page() {
        let dir = std::env::temp_dir().join(format!("porchlight-eval-{}", std::process::id()));
        fs::create_dir_all(dir.join("pages")).unwrap();
        fs::write(dir.join("pages/a.html"), "<html lang=en><title>3 bedroom house for sale in Elm Road, Oxford</title><h1>3 bedroom house for sale in Elm Road, Oxford</h1><p>£300,000</p>").unwrap();
        fs::write(
            dir.join("pages/wall.html"),
            "<title>Just a moment...</title><p>Verify you are human</p>",
        )
        .unwrap();
        fs::write(
            dir.join("expected.json"),
            r#"[{"page":"a.html","expected":{"price_float":300000,"count_bedrooms":4,"year_construction":1900}}]"#,
        )
        .unwrap();
        let report = run(&dir).unwrap();
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!((report.right, report.wrong, report.missing), (1, 1, 1));
        assert!(report.pages[1].refused.is_some());
        assert!(report.to_string().contains("WRONG"));
    }
}
