//! What kinds of numbers a text holds, for those who look for an answer in it.

use super::claim::Claim;
use super::quantity::Value;
use super::reading::Reading;
use super::words;

/// The kinds of numbers a text holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub any: bool,
    pub money: bool,
    pub area: bool,
    pub length: bool,
    pub duration: bool,
    /// A year, a day, a weekday or a time of day.
    pub date: bool,
    pub phone: bool,
}

/// Reads the kinds of numbers in a text.
pub fn numbers(text: &str) -> Numbers {
    let reading = Reading::new(text, None);
    let weekday = (0..reading.text.tokens.len())
        .any(|i| reading.text.tokens[i].capital && words::weekday(reading.text.word(i)).is_some());
    let mut out = Numbers {
        date: weekday,
        any: !reading.claims.is_empty(),
        ..Numbers::default()
    };
    for claim in &reading.claims {
        match &claim.quantity.value {
            Value::Money { .. } => out.money = true,
            Value::Area { .. } => out.area = true,
            Value::Measure {
                unit: "minute" | "hour" | "day" | "week" | "month" | "year",
                ..
            } => out.duration = true,
            Value::Measure { .. } => out.length = true,
            Value::Year(_) | Value::Date(_) | Value::Clock(_) => out.date = true,
            Value::Phone(_) => out.phone = true,
            _ => {}
        }
    }
    out
}

/// Every number of a text as a plain value, whatever it measures, in the order written.
pub fn values(text: &str) -> Vec<f64> {
    let reading = Reading::new(text, None);
    let value = |claim: &Claim| match &claim.quantity.value {
        Value::Count(v) | Value::Percent(v) | Value::Ordinal(v) => Some(*v),
        Value::Money { amount: v, .. } | Value::Area { size: v, .. } | Value::Measure { size: v, .. } => Some(*v),
        Value::Year(year) => Some(f64::from(*year)),
        Value::Phone(digits) | Value::Code(digits) => digits.parse().ok(),
        Value::Date(_) | Value::Clock(_) => None,
    };
    reading.claims.iter().filter_map(value).collect()
}
