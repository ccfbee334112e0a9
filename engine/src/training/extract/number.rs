//! Numbers as people of several countries write them: `1,250,000`, `1.250.000`, `1 395 000`,
//! `1'250'000`, `12,34,567`, `2.5`, `2,5`.

/// Which sign the page's language puts before decimals; only consulted where the writing is ambiguous.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Decimal {
    #[default]
    Point,
    Comma,
}

impl Decimal {
    pub(super) fn of(language: Option<&str>) -> Self {
        match language {
            Some("en" | "hi" | "zh" | "ja" | "th" | "he" | "ar" | "ko") | None => Self::Point,
            Some(_) => Self::Comma,
        }
    }
}

/// A number found in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Num {
    pub(super) value: f64,
    /// What it says when its one separator is read as a decimal sign instead (`1.250` → 1.25).
    pub(super) other: Option<f64>,
    /// The separator of an ambiguous number.
    pub(super) sign: char,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Digits written, without separators.
    pub(super) digits: usize,
    /// True where a separator or a decimal was written.
    pub(super) marked: bool,
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2007}')
}

/// Every number of the text, in order. Dates, times, versions and phone numbers written with
/// separators that make no number are left out.
pub(super) fn numbers(text: &str) -> Vec<Num> {
    let mut found = Vec::new();
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let (end, num) = read(text, start);
        at = end.max(start + 1);
        if let Some(num) = num {
            found.push(num);
        }
    }
    found
}

/// The one number at `start` (a digit) and where its writing ends.
fn read(text: &str, start: usize) -> (usize, Option<Num>) {
    let rest = &text[start..];
    // In `T5 350 m²` the first digit belongs to a name.
    let named = text[..start].chars().next_back().is_some_and(char::is_alphabetic)
        && !text[..start].ends_with('R')
        && !text[..start].ends_with("Rs");
    let mut groups: Vec<(char, usize)> = Vec::new(); // separator before the group, digits in it
    let mut digits = String::new();
    let (mut count, mut sep, mut end) = (0usize, '\0', start);
    for (i, c) in rest.char_indices() {
        if c.is_ascii_digit() {
            digits.push(c);
            count += 1;
            end = start + i + 1;
            continue;
        }
        let after = &rest[i + c.len_utf8()..];
        let next_digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let joins = match c {
            '.' | ',' | '\'' | '’' => next_digits > 0,
            _ if is_space(c) => {
                // A space joins only whole thousands: `1 395 000`, never `3 150 m²` after a long group.
                next_digits == 3 && count <= 3 && !named && (sep == '\0' || is_space(sep)) && !digits.starts_with('0')
            }
            _ => false,
        };
        if !joins {
            break;
        }
        groups.push((sep, count));
        sep = c;
        count = 0;
    }
    groups.push((sep, count));
    if digits.len() > 18 {
        return (end, None);
    }
    (
        end,
        value(&groups, &digits).map(|(value, other, sign)| Num {
            value,
            other,
            sign,
            start,
            end,
            digits: digits.len(),
            marked: groups.len() > 1,
        }),
    )
}

/// The meaning of digit groups and the separators between them.
fn value(groups: &[(char, usize)], digits: &str) -> Option<(f64, Option<f64>, char)> {
    let plain: f64 = digits.parse().ok()?;
    let decimal = |places: usize| plain / 10f64.powi(i32::try_from(places).unwrap_or(0));
    let Some((last, rest)) = groups.split_last() else {
        return Some((plain, None, '\0'));
    };
    if rest.is_empty() {
        return Some((plain, None, '\0'));
    }
    let thousands = |groups: &[(char, usize)]| {
        let (first, tail) = groups.split_first().map_or((0, groups), |(f, t)| (f.1, t));
        let western = first <= 3 && tail.iter().all(|g| g.1 == 3);
        let indian =
            first <= 2 && tail.len() > 1 && tail.iter().rev().skip(1).all(|g| g.1 == 2) && tail[tail.len() - 1].1 == 3;
        (1..=3).contains(&first) && (western || indian)
    };
    let before: Vec<char> = rest.iter().skip(1).map(|g| g.0).collect();
    let same = before.iter().all(|c| *c == last.0);
    if same && rest.len() > 1 {
        // One kind of separator, several times: thousands or nothing (a date, a version).
        return thousands(groups).then_some((plain, None, '\0'));
    }
    if same {
        // One separator, once.
        let (left, right) = (rest[0].1, last.1);
        return match last.0 {
            '.' | ',' if right == 3 && left <= 3 && !digits.starts_with('0') => Some((plain, Some(decimal(3)), last.0)),
            '.' | ',' => Some((decimal(right), None, '\0')),
            _ if right == 3 && left <= 3 => Some((plain, None, '\0')),
            _ => None,
        };
    }
    // Two kinds: the last one is the decimal sign, the ones before it group thousands.
    let grouping = before.first().copied()?;
    let well = matches!(last.0, '.' | ',')
        && before
            .iter()
            .all(|c| *c == grouping || (is_space(*c) && is_space(grouping)));
    if is_space(last.0) && before.iter().all(|c| is_space(*c)) {
        return thousands(groups).then_some((plain, None, '\0'));
    }
    (well && thousands(rest)).then(|| (decimal(last.1), None, '\0'))
}

/// A text that is one number and nothing else, such as a JSON string `"1,176"` or `"2.0"`.
pub(super) fn only(text: &str, decimal: Decimal) -> Option<f64> {
    let text = text.trim();
    let found = numbers(text);
    match found.as_slice() {
        [one] if one.start == 0 && one.end == text.len() => Some(settle(one, decimal)),
        _ => None,
    }
}

/// An ambiguous number read by the page's language; a grouping sign of the language means thousands.
pub(super) fn settle(num: &Num, decimal: Decimal) -> f64 {
    match (num.other, decimal, num.sign) {
        (Some(other), Decimal::Point, '.') | (Some(other), Decimal::Comma, ',') => other,
        _ => num.value,
    }
}

/// The number a word names, one to twelve, in the languages of listings.
pub(super) fn word(folded: &str) -> Option<f64> {
    const WORDS: [(f64, &[&str]); 12] = [
        (
            1.0,
            &[
                "one", "single", "un", "una", "une", "eine", "einem", "uno", "um", "uma", "een",
            ],
        ),
        (2.0, &["two", "dos", "deux", "zwei", "due", "dois", "duas", "twee"]),
        (3.0, &["three", "tres", "trois", "drei", "tre", "drie"]),
        (4.0, &["four", "cuatro", "quatre", "vier", "quattro", "quatro"]),
        (5.0, &["five", "cinco", "cinq", "funf", "cinque", "vijf"]),
        (6.0, &["six", "seis", "sechs", "sei", "zes"]),
        (7.0, &["seven", "siete", "sept", "sieben", "sette", "sete", "zeven"]),
        (8.0, &["eight", "ocho", "huit", "acht", "otto", "oito"]),
        (9.0, &["nine", "nueve", "neuf", "neun", "nove", "negen"]),
        (10.0, &["ten", "diez", "dix", "zehn", "dieci", "dez", "tien"]),
        (11.0, &["eleven"]),
        (12.0, &["twelve"]),
    ];
    WORDS.iter().find(|(_, names)| names.contains(&folded)).map(|(n, _)| *n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<f64> {
        numbers(text).iter().map(|n| n.value).collect()
    }

    #[test]
    fn thousands_of_every_country() {
        for text in [
            "1250000",
            "1,250,000",
            "1.250.000",
            "1 250 000",
            "1'250'000",
            "1\u{202f}250\u{a0}000",
            "12,50,000",
            "1,250,000.00",
            "1.250.000,00",
        ] {
            assert_eq!(all(text), [1_250_000.0], "{text}");
        }
    }

    #[test]
    fn decimals_and_what_is_no_number() {
        assert_eq!(all("2.5 baths, 2,5 Zimmer"), [2.5, 2.5]);
        assert_eq!(all("0.394 acres"), [0.394]);
        assert_eq!(all("42.852044"), [42.852_044]);
        assert_eq!(all("21.02.2026"), [] as [f64; 0]);
        assert_eq!(all("10.0.1"), [] as [f64; 0]);
        assert_eq!(all("4 Bed 3 Bath 151 m²"), [4.0, 3.0, 151.0]);
        assert_eq!(all("built 2002 16x66"), [2002.0, 16.0, 66.0]);
        assert_eq!(all("Sold."), [] as [f64; 0]);
    }

    #[test]
    fn an_ambiguous_number_follows_the_language() {
        assert_eq!(only("1.250", Decimal::Comma), Some(1250.0));
        assert_eq!(only("1.250", Decimal::Point), Some(1.25));
        assert_eq!(only("1,176", Decimal::Point), Some(1176.0));
        assert_eq!(only("1 596", Decimal::Point), Some(1596.0));
        assert_eq!(only("3 beds", Decimal::Point), None);
    }
}
