//! Numbers with what they measure: money, areas, counts, dates, times, percentages, codes.

use domain::fact::{Period, Unit};

use super::mention::Mention;
use super::moment::{half_of_day, month_first, year_after};
use super::token::{Day, Kind, Num, Text};
use super::topic::kind;
use super::words;

/// A currency as far as a sign tells: every dollar is `$`.
pub type Currency = &'static str;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number of things, or a bare number.
    Count(f64),
    Money {
        amount: f64,
        currency: Option<Currency>,
    },
    Area {
        size: f64,
        unit: Unit,
    },
    Percent(f64),
    /// Four digits that can be a year.
    Year(i32),
    Date(Day),
    /// Minutes after midnight.
    Clock(u16),
    /// Digits only.
    Phone(String),
    /// Lower case letters and digits only.
    Code(String),
    /// A length, a distance, a duration.
    Measure {
        size: f64,
        unit: &'static str,
    },
    Ordinal(f64),
}

impl Value {
    /// The bit of `topic::kind` that a topic must have to carry this number.
    pub fn kind(&self) -> u8 {
        match self {
            Self::Count(_) | Self::Ordinal(_) => kind::COUNT,
            Self::Money { .. } => kind::MONEY,
            Self::Area { .. } => kind::AREA,
            Self::Year(_) | Self::Date(_) | Self::Clock(_) => kind::TIME,
            Self::Percent(_) | Self::Phone(_) | Self::Code(_) | Self::Measure { .. } => kind::OTHER,
        }
    }
}

/// What stands before a number and changes what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compare {
    #[default]
    Equal,
    Over,
    Under,
}

/// A number in a text.
#[derive(Clone, Debug)]
pub struct Quantity {
    pub value: Value,
    pub compare: Compare,
    pub period: Option<Period>,
    /// `$416 per sq ft`.
    pub per_area: bool,
    /// `$75 a day`: how often, where it is no [`Period`].
    pub each: Option<&'static str>,
    /// "About", "just over", and not "no more than": near to it is meant.
    pub about: bool,
    /// Tokens, unit and currency included.
    pub from: usize,
    pub to: usize,
}

/// Every number of a text, left to right.
pub fn quantities(text: &Text<'_>, mentions: &[Mention]) -> Vec<Quantity> {
    let mut found: Vec<Quantity> = Vec::new();
    let mut i = 0;
    while i < text.tokens.len() {
        match read(text, i, mentions) {
            Some(quantity) => {
                i = quantity.to.max(i + 1);
                found.push(quantity);
            }
            None => i += 1,
        }
    }
    join_ranges(text, &mut found);
    for quantity in &mut found {
        quantity.compare = compare(text, quantity.from, quantity.to);
        quantity.about = quantity.compare != Compare::Equal || is_about(text, quantity.from);
        quantity.about &= !is_denied(text, quantity.from);
    }
    found
}

fn read(text: &Text<'_>, i: usize, mentions: &[Mention]) -> Option<Quantity> {
    let token = text.tokens[i];
    let plain = |value: Value, to: usize| {
        Some(Quantity {
            value,
            compare: Compare::Equal,
            period: None,
            per_area: false,
            each: None,
            about: false,
            from: i,
            to,
        })
    };
    match token.kind {
        Kind::Date(day) => plain(Value::Date(day), i + 1),
        Kind::Phone => plain(
            Value::Phone(text.word(i).chars().filter(char::is_ascii_digit).collect()),
            i + 1,
        ),
        Kind::Code => plain(Value::Code(words::alphanumeric(text.word(i))), i + 1),
        Kind::Clock(minutes) => {
            let (minutes, to) = half_of_day(text, i + 1, minutes);
            plain(Value::Clock(minutes), to)
        }
        Kind::Ordinal(number) => match words::month(text.word(i + 1))
            .or_else(|| words::month(text.word(i + 2)).filter(|_| text.word(i + 1) == "of"))
        {
            Some(month) => {
                let at = if text.word(i + 1) == "of" { i + 3 } else { i + 2 };
                let (year, to) = year_after(text, at);
                plain(
                    Value::Date(Day {
                        year,
                        month: Some(month),
                        day: Some(number as u8),
                        swappable: false,
                    }),
                    to,
                )
            }
            None => plain(Value::Ordinal(number), i + 1),
        },
        Kind::Mark('#') => None,
        Kind::Mark(mark) => {
            let currency = words::currency_sign(mark)?;
            let at = i + 1;
            let (num, to) = numeral(text, at, mentions)?;
            money(text, i, num, to, Some(currency))
        }
        Kind::Word | Kind::Number(_) => word_or_number(text, i, mentions),
    }
}

fn word_or_number(text: &Text<'_>, i: usize, mentions: &[Mention]) -> Option<Quantity> {
    let plain = |value: Value, to: usize| {
        Some(Quantity {
            value,
            compare: Compare::Equal,
            period: None,
            per_area: false,
            each: None,
            about: false,
            from: i,
            to,
        })
    };
    if text.is_word(i) {
        if let Some(currency) = words::currency_word(text, i)
            && let Some((num, to)) = numeral(text, skip_sign(text, i + 1), mentions)
            && matches!(
                text.tokens.get(skip_sign(text, i + 1)).map(|t| t.kind),
                Some(Kind::Number(_))
            )
        {
            return money(text, i, num, to, Some(currency));
        }
        if let Some((day, to)) = month_first(text, i) {
            return plain(Value::Date(day), to);
        }
        if let Some(number) = words::ordinal(text.word(i))
            && matches!(
                words::singular(text.word(skip_hyphen(text, i + 1))),
                "floor" | "level" | "story" | "storey" | "storie"
            )
        {
            return plain(Value::Ordinal(number), i + 1);
        }
    }
    let (num, to) = numeral(text, i, mentions)?;
    // "3 May 2021", "3. Mai 2021"
    if num.plain && (1.0..=31.0).contains(&num.value) && !text.is_word(i) {
        let at = if text.is_mark(to, '.') { to + 1 } else { to };
        let at = if matches!(text.word(at), "de" | "of") {
            at + 1
        } else {
            at
        };
        if let Some(month) = words::month(text.word(at)).filter(|_| words::is_certain_month(text, at, true)) {
            let (year, to) = year_after(text, at + 1);
            return plain(
                Value::Date(Day {
                    year,
                    month: Some(month),
                    day: Some(num.value as u8),
                    swappable: false,
                }),
                to,
            );
        }
    }
    // "10 am", "7pm"
    if let (hour, true) = (num.value, num.plain && num.value <= 12.0)
        && let (minutes, end) = half_of_day(text, to, hour as u16 * 60)
        && end > to
    {
        return plain(Value::Clock(minutes), end);
    }
    if text.is_mark(to, '%') || matches!(text.word(to), "percent" | "prozent" | "pct") {
        return plain(Value::Percent(num.value), to + 1);
    }
    if text.word(to) == "per" && text.word(to + 1) == "cent" {
        return plain(Value::Percent(num.value), to + 2);
    }
    let currency = match text.tokens.get(to).map(|t| t.kind) {
        Some(Kind::Mark(mark)) => words::currency_sign(mark).filter(|_| {
            !matches!(
                text.tokens.get(to + 1).map(|t| (t.kind, t.apart)),
                Some((Kind::Number(_), false))
            )
        }),
        Some(Kind::Word) => words::currency_word(text, to),
        _ => None,
    };
    if currency.is_some() {
        return money(text, i, num, to + 1, currency);
    }
    if let Some((unit, end)) = words::area_unit(text, to) {
        let metric = matches!(unit, Unit::SquareMetres);
        let size = num.grouped.filter(|_| metric).unwrap_or(num.value);
        return plain(Value::Area { size, unit }, end);
    }
    if let Some((unit, end)) = words::measure_unit(text, to) {
        return plain(Value::Measure { size: num.value, unit }, end);
    }
    let is_year = num.plain && num.digits == 4 && (1600.0..2100.0).contains(&num.value) && !text.is_word(i);
    if is_year && !text.is_mark(to, '\'') {
        return plain(Value::Year(num.value as i32), to);
    }
    plain(Value::Count(num.value), to)
}

fn skip_sign(text: &Text<'_>, i: usize) -> usize {
    match text.tokens.get(i).map(|t| t.kind) {
        Some(Kind::Mark(mark)) if words::currency_sign(mark).is_some() || mark == '.' => i + 1,
        _ => i,
    }
}

fn skip_hyphen(text: &Text<'_>, i: usize) -> usize {
    if text.is_mark(i, '-') { i + 1 } else { i }
}

/// A number in digits or words with its multiplier: `489k`, `1.25 million`, `three`, `half an`.
fn numeral(text: &Text<'_>, i: usize, mentions: &[Mention]) -> Option<(Num, usize)> {
    let (mut num, mut to) = match text.tokens.get(i)?.kind {
        Kind::Number(num) => {
            // "2 and a half"
            if text.word(i + 1) == "and" && text.word(i + 2) == "a" && text.word(i + 3) == "half" {
                (
                    Num {
                        value: num.value + 0.5,
                        plain: false,
                        ..num
                    },
                    i + 4,
                )
            } else {
                (num, i + 1)
            }
        }
        Kind::Word => words::number(text, i, mentions)?,
        _ => return None,
    };
    if let Some(factor) = words::multiplier(text, to) {
        num.value *= factor;
        num.grouped = None;
        num.plain = false;
        to += 1;
        if matches!(text.word(to), "hundred" | "thousand") {
            to += 1;
        }
    }
    Some((num, to))
}

fn money(text: &Text<'_>, from: usize, num: Num, mut to: usize, currency: Option<Currency>) -> Option<Quantity> {
    // "€1.250" is one thousand; a price in dollars never has three decimals either.
    let amount = num.grouped.unwrap_or(num.value);
    let mut currency = currency;
    // "$489,000 USD", "1,5 Mio. €"
    if let Some(named) = words::currency_word(text, to) {
        currency = Some(named);
        to += 1;
    }
    if let Some(factor) = words::multiplier(text, to) {
        return Some(finish_money(text, from, amount * factor, to + 1, currency));
    }
    Some(finish_money(text, from, amount, to, currency))
}

fn finish_money(text: &Text<'_>, from: usize, amount: f64, to: usize, currency: Option<Currency>) -> Quantity {
    let (mut period, per_area, to) = words::rate(text, to);
    let mut each = words::each(text, to);
    // "$150 per animal per year"
    if period.is_none() && !per_area && each.is_none() && words::is_linked(text, to) && text.is_word(to + 1) {
        period = words::rate(text, to + 2).0;
        each = words::each(text, to + 2);
    }
    Quantity {
        value: Value::Money { amount, currency },
        compare: Compare::Equal,
        period,
        per_area,
        each,
        about: false,
        from,
        to,
    }
}

/// In `1,100-1,200 sq ft` and `$1.2 to $1.5 million` the first number is of the second's kind.
fn join_ranges(text: &Text<'_>, found: &mut [Quantity]) {
    for i in (1..found.len()).rev() {
        let (head, tail) = found.split_at_mut(i);
        let (first, second) = (&mut head[i - 1], &tail[0]);
        let gap = second.from.saturating_sub(first.to);
        let joined = gap == 1
            && (text.is_mark(first.to, '-') || matches!(text.word(first.to), "to" | "or" | "and" | "bis" | "a"));
        if !joined {
            continue;
        }
        let between = text.word(first.from.wrapping_sub(1)) == "between" || text.word(first.to) != "and";
        first.value = match (&first.value, &second.value) {
            (Value::Count(size), Value::Area { unit, .. }) if between => Value::Area {
                size: *size,
                unit: *unit,
            },
            (Value::Count(size), Value::Measure { unit, .. }) if between => Value::Measure { size: *size, unit },
            (Value::Count(size), Value::Percent(_)) if between => Value::Percent(*size),
            (Value::Count(hour), Value::Clock(minutes)) if *hour <= 12.0 => {
                let hour = *hour as u16 % 12 * 60;
                Value::Clock(if *minutes >= 720 && hour + 720 <= *minutes {
                    hour + 720
                } else {
                    hour
                })
            }
            (
                Value::Count(amount),
                Value::Money {
                    amount: upper,
                    currency,
                },
            ) if between => Value::Money {
                amount: scaled(*amount, *upper),
                currency: *currency,
            },
            (Value::Money { amount, currency }, Value::Money { amount: upper, .. }) => Value::Money {
                amount: scaled(*amount, *upper),
                currency: *currency,
            },
            (Value::Money { amount, currency }, Value::Count(upper)) => {
                let _ = upper;
                Value::Money {
                    amount: *amount,
                    currency: *currency,
                }
            }
            (value, _) => value.clone(),
        };
    }
}

/// `$450-500k` means 450,000.
fn scaled(lower: f64, upper: f64) -> f64 {
    if lower >= 1000.0 || upper < 10_000.0 {
        return lower;
    }
    let factor = if upper >= 1_000_000.0 && lower < 100.0 {
        1_000_000.0
    } else {
        1000.0
    };
    lower * factor
}

/// Words before a number that make it a bound.
fn compare(text: &Text<'_>, from: usize, to: usize) -> Compare {
    // "spread over two stories"
    if matches!(text.word(to), "stories" | "storeys" | "levels" | "floors") {
        return Compare::Equal;
    }
    let word = |back: usize| if from >= back { text.word(from - back) } else { "" };
    match (word(2), word(1)) {
        ("more" | "greater" | "larger" | "bigger" | "higher" | "better", "than") => Compare::Over,
        ("fewer" | "less" | "smaller" | "lower" | "cheaper", "than") => Compare::Under,
        (_, "over" | "above" | "exceeding") => Compare::Over,
        (_, "under" | "below" | "nearly" | "almost") => Compare::Under,
        ("up", "to") => Compare::Under,
        _ => Compare::Equal,
    }
}

/// "No more than", "isn't over".
fn is_denied(text: &Text<'_>, from: usize) -> bool {
    (from.saturating_sub(4)..from)
        .any(|i| matches!(text.word(i), "no" | "not" | "never") || text.word(i).ends_with("n't"))
}

/// Words before a number that leave it open by a little.
fn is_about(text: &Text<'_>, from: usize) -> bool {
    let word = |back: usize| if from >= back { text.word(from - back) } else { "" };
    matches!(
        (word(2), word(1)),
        (
            _,
            "about" | "around" | "roughly" | "approximately" | "approx" | "nearly" | "almost"
        ) | ("close" | "closer", "to")
    )
}
