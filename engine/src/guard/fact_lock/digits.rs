//! Reads what begins with a digit: numbers in several notations, dates, times, telephone numbers.

use super::token::{Day, Num};
use super::{WordSet, set};

/// Appends a letter in lower case without its accent.
pub use super::super::super::retrieval::index::words::fold;

/// Units and nouns that are written without a space after a number: `489k`, `3bd`, `1176sqft`.
pub fn is_suffix(word: &str) -> bool {
    SUFFIXES.contains(word)
}

static SUFFIXES: WordSet = WordSet::new(|| {
    set(
        "k m mm mio mil b bn lakh lakhs cr br brs bd bds bdr bdrm bdrms bed beds bedroom bedrooms ba bas bath \
    baths bathroom bathrooms bhk sqft sf sqm sqyd m2 m² ft ft2 ft² ha ac acre acres am pm a p s car cars yr \
    yrs min mins mi km cm mo x qm eur usd gbp kwh h hr hrs in",
    )
});

/// A currency written in letters right before its number.
pub fn is_currency_code(word: &str) -> bool {
    matches!(
        word,
        "R" | "Rs"
            | "EUR"
            | "USD"
            | "GBP"
            | "ZAR"
            | "INR"
            | "CHF"
            | "AED"
            | "CAD"
            | "AUD"
            | "NZD"
            | "US"
            | "A"
            | "C"
            | "Fr"
    ) && word.chars().all(|c| c.is_ascii_alphabetic())
        && !matches!(word, "A" | "C" | "US")
}

/// `½` and its kind.
pub fn vulgar(c: char) -> Option<f64> {
    Some(match c {
        '½' => 0.5,
        '¼' => 0.25,
        '¾' => 0.75,
        '⅓' => 1.0 / 3.0,
        '⅔' => 2.0 / 3.0,
        '⅛' => 0.125,
        _ => return None,
    })
}

/// A number at the start of a text and how many bytes it takes.
pub fn number(text: &str) -> Option<(Num, usize)> {
    let first = text.chars().next()?;
    if let Some(value) = vulgar(first) {
        return Some((
            Num {
                value,
                grouped: None,
                plain: false,
                digits: 1,
            },
            first.len_utf8(),
        ));
    }
    let (mut num, mut length) = separated(text)?;
    // "1/4", "2 1/2", "2½", "2 ½"
    if num.plain {
        if let Some((value, taken)) = fraction(text) {
            return Some((
                Num {
                    value,
                    grouped: None,
                    plain: false,
                    digits: 2,
                },
                taken,
            ));
        }
        let tail = &text[length..];
        let gap = tail.len() - tail.trim_start_matches(' ').len();
        let part = &tail[gap..];
        let added = part
            .chars()
            .next()
            .and_then(|c| Some((vulgar(c)?, c.len_utf8())))
            .or_else(|| fraction(part).filter(|_| gap == 1));
        if let Some((value, taken)) = added
            && gap <= 1
        {
            num = Num {
                value: num.value + value,
                grouped: None,
                plain: false,
                digits: num.digits,
            };
            length += gap + taken;
        }
    }
    Some((num, length))
}

/// `1/4`: one digit over one or two, smaller than one, not part of a date.
fn fraction(text: &str) -> Option<(f64, usize)> {
    let above = text.chars().next()?.to_digit(10)?;
    let rest = text[1..].strip_prefix(['/', '⁄'])?;
    let gap = text.len() - 1 - rest.len();
    let length = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let below: u32 = rest[..length].parse().ok()?;
    let next = rest[length..].chars().next().unwrap_or(' ');
    (length <= 2 && above > 0 && above < below && below <= 16 && next != '/')
        .then(|| (f64::from(above) / f64::from(below), 1 + gap + length))
}

/// Digits with the separators of any country: `1,176`, `1.250.000,50`, `1 395 000`, `1'250'000`.
fn separated(text: &str) -> Option<(Num, usize)> {
    let mut groups: Vec<&str> = Vec::new();
    let mut marks: Vec<char> = Vec::new();
    let mut at = 0;
    loop {
        let length = text[at..].len() - text[at..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        groups.push(&text[at..at + length]);
        at += length;
        let Some(mark) = text[at..].chars().next() else { break };
        let after = &text[at + mark.len_utf8()..];
        let run = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let continues = match mark {
            '.' | ',' => run > 0,
            // Thin and unbreakable spaces group; a plain space does so from three digits on twice,
            // as "3 200 m" may be two numbers.
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' => run == 3,
            ' ' => run == 3 && groups[0].len() <= 3 && (marks.contains(&' ') || three_more(&after[run..])),
            _ => false,
        };
        if !continues || groups.len() > 6 {
            break;
        }
        marks.push(mark);
        at += mark.len_utf8();
    }
    let digits = groups.iter().map(|g| g.len()).sum::<usize>().min(255) as u8;
    if groups[0].is_empty() {
        return None;
    }
    let thousands =
        |groups: &[&str]| groups[1..].iter().all(|g| g.len() == 3) && groups[0].len() <= 3 && groups[0] != "0";
    let whole = groups.concat();
    let last = marks.last().copied();
    let (value, grouped) = match last {
        None => (whole.parse().ok()?, None),
        Some(mark) => {
            let same = marks.iter().all(|m| *m == mark);
            let front = groups[..groups.len() - 1].concat();
            let decimal: f64 = format!("{front}.{}", groups[groups.len() - 1]).parse().ok()?;
            match mark {
                ',' | '.' if !same => (decimal, None),
                ',' if thousands(&groups) => (whole.parse().ok()?, None),
                '.' if groups.len() > 2 && thousands(&groups) => (whole.parse().ok()?, None),
                '.' if thousands(&groups) => (decimal, whole.parse().ok()),
                ',' | '.' if groups.len() == 2 => (decimal, None),
                ',' | '.' => return first_only(text, groups[0]),
                // Spaces and apostrophes only ever group.
                _ if thousands(&groups) || !same => (whole.parse().ok()?, None),
                _ => return first_only(text, groups[0]),
            }
        }
    };
    Some((
        Num {
            value,
            grouped,
            plain: marks.is_empty(),
            digits,
        },
        at,
    ))
}

fn three_more(text: &str) -> bool {
    let mut chars = text.chars();
    let group = chars.next() == Some(' ') && chars.by_ref().take(3).filter(char::is_ascii_digit).count() == 3;
    // "R 450 000": the end or a unit may follow the second group as well.
    group
        || text.trim_start().starts_with(['€', '$', '£'])
        || text.trim_start().starts_with("m²")
        || text.trim_start().starts_with("EUR")
}

/// `5,200,31`: no notation has this, so only the first group is a number.
fn first_only(text: &str, group: &str) -> Option<(Num, usize)> {
    let value = text[..group.len()].parse().ok()?;
    Some((
        Num {
            value,
            grouped: None,
            plain: true,
            digits: group.len().min(255) as u8,
        },
        group.len(),
    ))
}

/// `2021-05-03`, `05/03/2021`, `3.5.2021`.
pub fn date(text: &str) -> Option<(Day, usize)> {
    let mut parts = [0_i32; 3];
    let mut widths = [0_usize; 3];
    let mut at = 0;
    let mut mark = None;
    for i in 0..3 {
        if i > 0 {
            let next = text[at..].chars().next()?;
            if !matches!(next, '-' | '/' | '.') || mark.is_some_and(|m| m != next) {
                return None;
            }
            mark = Some(next);
            at += 1;
        }
        let width = text[at..].len() - text[at..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if width == 0 || width > 4 {
            return None;
        }
        widths[i] = width;
        parts[i] = text[at..at + width].parse().ok()?;
        at += width;
    }
    let in_range = |month: i32, day: i32| (1..=12).contains(&month) && (1..=31).contains(&day);
    let day = |year: i32, month: i32, day: i32, swappable: bool| Day {
        year: Some(year),
        month: Some(month as u8),
        day: Some(day as u8),
        swappable,
    };
    let [a, b, c] = parts;
    let found = match widths {
        [4, 1..=2, 1..=2] if in_range(b, c) => day(a, b, c, false),
        [1..=2, 1..=2, 4] if mark == Some('.') && in_range(b, a) => day(c, b, a, false),
        [1..=2, 1..=2, 4] if in_range(a, b) => day(c, a, b, b <= 12),
        [1..=2, 1..=2, 4] if in_range(b, a) => day(c, b, a, false),
        _ => return None,
    };
    Some((found, at))
}

/// `10:30`, as minutes after midnight; `am` and `pm` are read by the caller.
pub fn clock(text: &str) -> Option<(u16, usize)> {
    let hour_length = text.find(|c: char| !c.is_ascii_digit())?;
    let rest = text[hour_length..].strip_prefix(':')?;
    let minute_length = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (hour, minute): (u16, u16) = (text[..hour_length].parse().ok()?, rest[..minute_length].parse().ok()?);
    (minute_length == 2 && hour_length <= 2 && hour < 24 && minute < 60)
        .then_some((hour * 60 + minute, hour_length + 3))
}

/// Bytes of a telephone number at the start of a text: an international prefix, brackets around an
/// area code, or the groups 3-3-4 or 3-4.
pub fn phone(text: &str) -> Option<usize> {
    let mut groups: Vec<usize> = Vec::new();
    let (mut digits, mut end, mut run) = (0, 0, 0);
    let mut gap = 0;
    for (i, c) in text.char_indices() {
        if c.is_ascii_digit() {
            run += 1;
            digits += 1;
            gap = 0;
            end = i + 1;
        } else if matches!(c, '-' | '.' | ' ' | '(' | ')' | '\u{a0}' | '/') || (c == '+' && i == 0) {
            if run > 0 {
                groups.push(run);
            }
            run = 0;
            gap += 1;
            if gap > 2 || digits > 15 {
                break;
            }
        } else {
            break;
        }
    }
    if run > 0 {
        groups.push(run);
    }
    let first = text.chars().next()?;
    let marked = matches!(first, '+' | '(');
    if marked {
        return (7..=15)
            .contains(&digits)
            .then_some(end)
            .filter(|_| first == '+' || groups.first().is_some_and(|g| (2..=5).contains(g)));
    }
    // Without a mark only a well-known shape counts, and what follows it is not part of it.
    for (shape, total) in [
        (&[1_usize, 3, 3, 4][..], 4),
        (&[3, 3, 4][..], 3),
        (&[5, 6][..], 2),
        (&[5, 3, 3][..], 3),
        (&[3, 4][..], 2),
    ] {
        if groups.len() >= total
            && &groups[..total] == shape
            && (shape[0] != 5 || first == '0')
            && (shape[0] != 1 || first == '1')
        {
            if shape == [3, 4] && !text[3..].starts_with('-') {
                continue;
            }
            return nth_digit_end(text, shape.iter().sum());
        }
    }
    None
}

fn nth_digit_end(text: &str, digits: usize) -> Option<usize> {
    text.char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .nth(digits - 1)
        .map(|(i, _)| i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> (f64, usize) {
        let (num, length) = number(text).unwrap();
        (num.value, length)
    }

    #[test]
    fn numbers_in_the_notations_of_several_countries() {
        for (text, expected) in [
            ("489,000", 489_000.0),
            ("1,250,000.50", 1_250_000.5),
            ("1.250.000", 1_250_000.0),
            ("1.250.000,50", 1_250_000.5),
            ("1\u{a0}395\u{a0}000", 1_395_000.0),
            ("1 395 000", 1_395_000.0),
            ("1'250'000", 1_250_000.0),
            ("2.5", 2.5),
            ("2,5", 2.5),
            ("1/4", 0.25),
            ("2 1/2", 2.5),
            ("2½", 2.5),
            ("¾", 0.75),
            ("37.313407", 37.313407),
        ] {
            assert_eq!(value(text), (expected, text.len()), "{text}");
        }
        assert_eq!(number("1.250").unwrap().0.grouped, Some(1250.0));
        assert_eq!(value("3, 4").1, 1);
        assert_eq!(value("24/7").1, 2);
        assert_eq!(value("12.").1, 2);
    }

    #[test]
    fn dates_times_and_telephones() {
        assert_eq!(
            date("2021-05-03 x").unwrap().0,
            Day {
                year: Some(2021),
                month: Some(5),
                day: Some(3),
                swappable: false
            }
        );
        assert!(date("05/03/2021").unwrap().0.swappable);
        assert_eq!(date("3.5.2021").unwrap().0.month, Some(5));
        assert_eq!(date("37.3.1"), None);
        assert_eq!(date("1.250.000"), None);
        assert_eq!(clock("10:30 am"), Some((630, 5)));
        assert_eq!(clock("24:00"), None);
        assert_eq!(phone("307-262-0361 for"), Some(12));
        assert_eq!(phone("(555) 123-4567"), Some(14));
        assert_eq!(phone("+44 1865 123456."), Some(15));
        assert_eq!(phone("1 395 000"), None);
        assert_eq!(phone("3-4 bedrooms"), None);
        assert_eq!(phone("94105-1234"), None);
        assert_eq!(phone("2021-05-03"), None);
    }
}
