//! Times of day and dates that are written with words: `1 p.m.`, `May 3, 2021`.

use super::token::{Day, Kind, Text};
use super::words;

/// `am` and `pm` after an hour, with or without full stops.
pub fn half_of_day(text: &Text<'_>, i: usize, minutes: u16) -> (u16, usize) {
    let (letter, to) = match text.word(i) {
        "am" => ('a', i + 1),
        "pm" => ('p', i + 1),
        word @ ("a" | "p") if text.is_mark(i + 1, '.') && text.word(i + 2) == "m" => (
            if word == "a" { 'a' } else { 'p' },
            if text.is_mark(i + 3, '.') { i + 4 } else { i + 3 },
        ),
        "o'clock" => ('o', i + 1),
        _ => return (minutes, i),
    };
    let hour = minutes / 60;
    let minutes = match (letter, hour) {
        ('a', 12) => minutes - 720,
        ('p', 0..=11) => minutes + 720,
        _ => minutes,
    };
    (minutes, to)
}

/// `May 3, 2021`, `May 3rd`, `May 2021`; the month alone where it cannot be another word.
pub fn month_first(text: &Text<'_>, i: usize) -> Option<(Day, usize)> {
    let month = words::month(text.word(i))?;
    let at = if text.is_mark(i + 1, '.') { i + 2 } else { i + 1 };
    let at = if text.word(at) == "de" { at + 1 } else { at };
    let number = |j: usize| match text.tokens.get(j).map(|t| t.kind) {
        Some(Kind::Number(num)) if num.plain => Some(num.value),
        Some(Kind::Ordinal(value)) => Some(value),
        _ => None,
    };
    match number(at) {
        Some(day) if (1.0..=31.0).contains(&day) => {
            let (year, to) = year_after(text, at + 1);
            Some((
                Day {
                    year,
                    month: Some(month),
                    day: Some(day as u8),
                    swappable: false,
                },
                to,
            ))
        }
        Some(year) if (1600.0..2100.0).contains(&year) => Some((
            Day {
                year: Some(year as i32),
                month: Some(month),
                ..Day::default()
            },
            at + 1,
        )),
        _ if words::is_certain_month(text, i, false) => Some((
            Day {
                month: Some(month),
                ..Day::default()
            },
            i + 1,
        )),
        _ => None,
    }
}

pub fn year_after(text: &Text<'_>, i: usize) -> (Option<i32>, usize) {
    let at = if text.is_mark(i, ',') || text.is_mark(i, '.') {
        i + 1
    } else {
        i
    };
    let at = if matches!(text.word(at), "de" | "of") {
        at + 1
    } else {
        at
    };
    match text.tokens.get(at).map(|t| t.kind) {
        Some(Kind::Number(num)) if num.plain && num.digits == 4 && (1600.0..2100.0).contains(&num.value) => {
            (Some(num.value as i32), at + 1)
        }
        _ => (None, i),
    }
}
