//! Single values of structured data as text.

use domain::fact::Period;
use serde_json::Value;

use super::fold::{squash, tidy};

/// A value as text: numbers without needless decimals, the `value` of a quantity, the only item of a list.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(tidy(text)).filter(|t| !t.is_empty()),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Some(whole.to_string()),
            None => number.as_f64().map(|n| trim_zeros(&format!("{n:.2}"))),
        },
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(list) => match list.as_slice() {
            [only] => text_of(only),
            _ => None,
        },
        Value::Object(map) => ["value", "@value", "name", "text", "label"]
            .iter()
            .find_map(|n| map.get(*n))
            .filter(|v| !v.is_object() && !v.is_array())
            .and_then(text_of),
        Value::Null => None,
    }
}

fn trim_zeros(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// A coordinate keeps all its decimals.
pub(super) fn precise(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.as_f64().map(|n| n.to_string()),
        other => text_of(other),
    }
}

/// `MON`, `month`, `WEE`, `P1M`.
pub(super) fn named_period(words: &str) -> Option<Period> {
    let text = squash(words);
    if text.contains("month") || text == "mon" || text == "p1m" {
        Some(Period::Month)
    } else if text.contains("week") || text == "wee" || text == "p1w" {
        Some(Period::Week)
    } else if text.contains("year") || text == "ann" || text == "p1y" {
        Some(Period::Year)
    } else {
        None
    }
}
