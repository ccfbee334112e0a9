//! Amounts of money in running text: `£695,000`, `990.000 €`, `R 1 395 000`, `₹45 lakh`, `$2,400/mo`.

use domain::fact::Period;
use std::sync::LazyLock;

use super::fold::{ceil, floor, fold};
use super::hints::Hints;
use super::number::{Num, numbers};

/// One amount and what stands around it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Amount {
    pub(super) minor: i64,
    pub(super) currency: Option<&'static str>,
    /// A sign or code of money stood beside the number, even where its currency is unclear.
    pub(super) signed: bool,
    pub(super) period: Option<Period>,
    /// Not the price of the whole property: a price per area, one end of a range, "from", or an old price.
    pub(super) partial: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Signs and codes, longest first where one begins another. `""` means: depends on the country.
const SIGNS: [(&str, &str); 62] = [
    ("US$", "USD"),
    ("USD", "USD"),
    ("U$S", "USD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("AUD", "AUD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("CAD", "CAD"),
    ("NZ$", "NZD"),
    ("NZD", "NZD"),
    ("S$", "SGD"),
    ("SGD", "SGD"),
    ("HK$", "HKD"),
    ("HKD", "HKD"),
    ("R$", "BRL"),
    ("BRL", "BRL"),
    ("MX$", "MXN"),
    ("MXN", "MXN"),
    ("$", ""),
    ("€", "EUR"),
    ("EUR", "EUR"),
    ("Euros", "EUR"),
    ("Euro", "EUR"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("£", "GBP"),
    ("GBP", "GBP"),
    ("₹", "INR"),
    ("INR", "INR"),
    ("Rs.", "rs"),
    ("Rs", "rs"),
    ("ZAR", "ZAR"),
    ("R", "ZAR"),
    ("CHF", "CHF"),
    ("SFr.", "CHF"),
    ("SEK", "SEK"),
    ("NOK", "NOK"),
    ("DKK", "DKK"),
    ("kr.", "kr"),
    ("kr", "kr"),
    ("PLN", "PLN"),
    ("zł", "PLN"),
    ("CZK", "CZK"),
    ("Kč", "CZK"),
    ("HUF", "HUF"),
    ("Ft", "HUF"),
    ("RON", "RON"),
    ("lei", "RON"),
    ("₺", "TRY"),
    ("TRY", "TRY"),
    ("TL", "TRY"),
    ("AED", "AED"),
    ("PKR", "PKR"),
    ("MYR", "MYR"),
    ("RM", "MYR"),
    ("₱", "PHP"),
    ("PHP", "PHP"),
    ("฿", "THB"),
    ("THB", "THB"),
    ("₽", "RUB"),
    ("¥", ""),
];

/// The currency a sign stands for in this page; the outer `None` means that the text has no sign there.
fn sign(token: &str, hints: &Hints) -> Option<&'static str> {
    match token {
        "$" => hints.dollar(),
        "kr" => hints.krone(),
        "rs" => Some(match hints.country {
            Some("PK") => "PKR",
            _ => "INR",
        }),
        "" => None,
        code => SIGNS.iter().find(|s| s.1 == code).map(|s| s.1),
    }
}

fn resolve(written: &str, meaning: &'static str, hints: &Hints) -> Option<&'static str> {
    if meaning.is_empty() {
        sign(written, hints)
    } else {
        sign(meaning, hints)
    }
}

/// A sign that ends right before `text`'s end (spaces between are allowed).
fn sign_before(text: &str) -> Option<(&'static str, &'static str, usize)> {
    let trimmed = text.trim_end();
    if text.len() - trimmed.len() > 6 {
        return None;
    }
    for (written, meaning) in SIGNS {
        let Some(left) = trimmed.strip_suffix(written) else {
            continue;
        };
        let worded = written.starts_with(char::is_alphabetic);
        if worded && left.chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        return Some((written, meaning, left.len()));
    }
    None
}

/// A sign that starts right at `text`'s start.
fn sign_after(text: &str) -> Option<(&'static str, &'static str, usize)> {
    let trimmed = text.trim_start();
    let skipped = text.len() - trimmed.len();
    if skipped > 6 {
        return None;
    }
    for (written, meaning) in SIGNS {
        // "R" and "Rs" only ever stand before the number.
        if matches!(written, "R" | "Rs" | "Rs." | "TL" | "$") && written != "$" {
            continue;
        }
        let Some(right) = trimmed.strip_prefix(written) else {
            continue;
        };
        let worded = written.ends_with(char::is_alphabetic);
        if worded && right.chars().next().is_some_and(char::is_alphanumeric) {
            continue;
        }
        return Some((written, meaning, skipped + written.len()));
    }
    None
}

/// A multiplier word after a number: `k`, `M`, `million`, `lakh`, `Cr`, `Mio.`, `mil`.
fn multiplier(after: &str) -> Option<(f64, usize, bool)> {
    const WORDS: [(&str, f64, bool); 27] = [
        ("millones", 1e6, true),
        ("million", 1e6, true),
        ("millions", 1e6, true),
        ("milioni", 1e6, true),
        ("milhões", 1e6, true),
        ("miljoen", 1e6, true),
        ("mln", 1e6, true),
        ("mio.", 1e6, true),
        ("mio", 1e6, true),
        ("mill.", 1e6, true),
        ("mn", 1e6, true),
        ("mil", 1e3, true),
        ("thousand", 1e3, true),
        ("tsd.", 1e3, true),
        ("crores", 1e7, true),
        ("crore", 1e7, true),
        ("cr.", 1e7, true),
        ("cr", 1e7, true),
        ("lakhs", 1e5, true),
        ("lakh", 1e5, true),
        ("lacs", 1e5, true),
        ("lac", 1e5, true),
        ("mm", 1e6, false),
        ("k", 1e3, false),
        ("m", 1e6, false),
        ("l", 1e5, false),
        ("million.", 1e6, true),
    ];
    let trimmed = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let skipped = after.len() - trimmed.len();
    if skipped > 3 {
        return None;
    }
    let head: String = trimmed.chars().take(10).flat_map(char::to_lowercase).collect();
    for (word, factor, sure) in WORDS {
        if let Some(rest) = head.strip_prefix(word)
            && !rest.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '²')
        {
            return Some((factor, skipped + word.len(), sure));
        }
    }
    None
}

/// How often an amount is due, by the words right after it.
fn period(after: &str) -> Option<Period> {
    let head = &after[..floor(after, 28)];
    let folded = fold(head);
    let slash = head.trim_start().starts_with('/');
    let starts = |words: &[&str]| {
        words.iter().any(|w| {
            folded
                .strip_prefix(w)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    };
    static WEEK: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "per week|pw|p w|a week|weekly|week|wk|pro woche|per wk"
            .split('|')
            .collect()
    });
    static MONTH: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "per month|pcm|p c m|pm|p m|a month|monthly|month|mo|mth|per calendar month|al mes|mes|por mes|\
            mensuales|par mois|mois|cc mois|hc mois|pro monat|monat|im monat|mtl|monatlich|al mese|mese|\
            mensili|mensais|per maand|maand|p mnd|mnd"
            .split('|')
            .collect()
    });
    static YEAR: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "per annum|pa|p a|per year|a year|yearly|year|yr|annually|al ano|par an|pro jahr"
            .split('|')
            .collect()
    });
    if starts(&WEEK) {
        return Some(Period::Week);
    }
    if starts(&MONTH) {
        // "mes" or "month" alone needs its slash; the longer forms speak for themselves.
        return Some(Period::Month);
    }
    if starts(&YEAR) || (slash && starts(&["ano", "an", "jahr", "anno"])) {
        return Some(Period::Year);
    }
    starts(&["per quarter", "quarterly", "pq", "quarter"]).then_some(Period::Quarter)
}

/// Whether the amount is a price per area, by the words right after it.
fn per_area(after: &str) -> bool {
    let head: String = after
        .trim_start()
        .chars()
        .take(18)
        .flat_map(char::to_lowercase)
        .collect();
    let body = head
        .trim_start_matches(['/', ' '])
        .trim_start_matches("per ")
        .trim_start_matches("por ")
        .trim_start_matches("pro ");
    let body = body
        .trim_start_matches("al ")
        .trim_start_matches("le ")
        .trim_start_matches("par ")
        .trim_start_matches("je ");
    let marked = head.starts_with('/')
        || head.starts_with("per")
        || head.starts_with("por ")
        || head.starts_with("pro ")
        || head.starts_with("al ")
        || head.starts_with("le ")
        || head.starts_with("par ")
        || head.starts_with("je ")
        || head.starts_with("psf");
    marked
        && [
            "m²", "m2", "mq", "qm", "sq", "sf", "psf", "ft²", "ft2", "acre", "ha", "metro c", "square", "mètre c",
            "hectare", "gaj",
        ]
        .iter()
        .any(|u| body.starts_with(u))
}

/// Every amount that carries a sign of money.
pub(super) fn amounts(text: &str, hints: &Hints) -> Vec<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    for num in numbers(text) {
        if let Some(amount) = amount(text, &num, hints, false) {
            found.push(amount);
        }
    }
    mark_ranges(text, &mut found);
    found
}

/// The amount of a text that is known to state money, such as the value beside "Price": a bare number counts.
pub(super) fn labelled(text: &str, hints: &Hints) -> Option<Amount> {
    let signed = amounts(text, hints);
    if let Some(first) = main(&signed) {
        return Some(first.clone());
    }
    if !signed.is_empty() {
        return None;
    }
    let found = numbers(text);
    match found.as_slice() {
        [one] if one.start <= 2 && text[one.end..].trim().len() <= 12 => amount(text, one, hints, true),
        _ => None,
    }
}

/// The one amount of a short text that can be the price; with a weekly and a monthly rent, the monthly one.
pub(super) fn main(amounts: &[Amount]) -> Option<&Amount> {
    let whole: Vec<&Amount> = amounts.iter().filter(|a| !a.partial).collect();
    let first = *whole.first()?;
    if whole.iter().all(|a| a.minor == first.minor) {
        return Some(first);
    }
    // The same price in a second currency or for a second period is no contradiction.
    let month = whole.iter().find(|a| a.period == Some(Period::Month));
    if let Some(month) = month
        && whole.iter().all(|a| a.period.is_some())
    {
        return Some(month);
    }
    let other_currency = whole.iter().skip(1).all(|a| a.currency != first.currency);
    other_currency.then_some(first)
}

fn amount(text: &str, num: &Num, hints: &Hints, bare: bool) -> Option<Amount> {
    let (before, after) = (&text[..num.start], &text[num.end..]);
    let multiplied = multiplier(after);
    let skip = multiplied.map_or(0, |(_, used, _)| used);
    let tail = &after[skip..];
    let left = sign_before(before);
    let right = sign_after(tail)
        .map(|(w, m, used)| (w, m, skip + used))
        .or_else(|| sign_after(after));
    let (written, meaning, start, end) = match (left, right) {
        (Some((w, m, start)), _) => (w, m, start, num.end),
        (None, Some((w, m, used))) if !(w == "$" && numbers(&after[used..]).first().is_some_and(|n| n.start == 0)) => {
            (w, m, num.start, num.end + used)
        }
        _ if bare || multiplied.is_some_and(|m| m.2 && m.0 >= 1e5) => ("", "", num.start, num.end),
        _ => return None,
    };
    let signed = !written.is_empty();
    let factor = match multiplied {
        Some((factor, _, sure)) if sure || signed => factor,
        _ => 1.0,
    };
    // Cents are never three digits, so an ambiguous separator groups thousands; before "million" it is a decimal sign.
    let value = if factor > 1e4 {
        num.other.unwrap_or(num.value)
    } else {
        num.value
    };
    let minor = value * factor * 100.0;
    if !(0.0..9e15).contains(&minor) {
        return None;
    }
    let end = match multiplied {
        Some((_, used, sure)) if sure || signed => end.max(num.end + used),
        _ => end,
    };
    let rest = &text[floor(text, end)..];
    let folded_before =
        fold(&before[ceil(before, before.len().saturating_sub(26))..floor(before, start.min(before.len()))]);
    let says = |words: &[&str]| {
        words
            .iter()
            .any(|w| folded_before == *w || folded_before.ends_with(&format!(" {w}")))
    };
    let old = says(&[
        "was",
        "antes",
        "previously",
        "previous price",
        "old price",
        "statt",
        "au lieu de",
        "before",
        "original price",
        "reduced by",
        "save",
        "rebajado",
        "down from",
        "reduced from",
        "baisse de",
        "prima",
        "drop of",
        "cut",
    ]);
    let open = says(&[
        "from",
        "desde",
        "ab",
        "a partir de",
        "a partir da",
        "a partire da",
        "vanaf",
        "starting at",
        "starts at",
        "starting from",
        "prices from",
        "priced from",
        "up to",
        "hasta",
        "bis",
        "bis zu",
        "jusqu a",
    ]);
    let currency = if signed { resolve(written, meaning, hints) } else { None };
    Some(Amount {
        minor: minor.round() as i64,
        currency,
        signed,
        period: period(rest),
        partial: old || open || per_area(rest) || text[end.min(text.len())..].starts_with('+'),
        start: floor(text, start),
        end: floor(text, end),
    })
}

/// Two amounts with only a dash or "to" between them are the ends of a range.
fn mark_ranges(text: &str, amounts: &mut [Amount]) {
    for i in 1..amounts.len() {
        let gap = text[amounts[i - 1].end.min(amounts[i].start)..amounts[i].start].trim();
        let folded = fold(gap);
        let dash =
            folded.is_empty() && gap.chars().any(|c| matches!(c, '-' | '–' | '—' | '~')) && gap.chars().count() <= 3;
        if (dash
            || matches!(
                folded.as_str(),
                "to" | "a" | "bis" | "and" | "y" | "et" | "und" | "tot" | "e" | "ate"
            ))
            && amounts[i - 1].minor != amounts[i].minor
        {
            amounts[i - 1].partial = true;
            amounts[i].partial = true;
        }
    }
    // `$850,000 - 900,000`, the second end without a sign.
    for amount in amounts.iter_mut() {
        let after = text[amount.end..].trim_start();
        let rest = after.trim_start_matches(['-', '–', '—']);
        if rest.len() < after.len()
            && let Some(next) = numbers(rest.trim_start()).first()
            && next.start == 0
            && next.value * 100.0 > amount.minor as f64
        {
            amount.partial = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(language: &str, country: Option<&'static str>) -> Hints {
        Hints {
            language: Some(language.into()),
            country,
        }
    }

    fn read(text: &str) -> Vec<(i64, Option<&'static str>)> {
        amounts(text, &hints("en", None))
            .iter()
            .filter(|a| !a.partial)
            .map(|a| (a.minor / 100, a.currency))
            .collect()
    }

    #[test]
    fn signs_before_and_after() {
        for (text, expected) in [
            ("£695,000", (695_000, Some("GBP"))),
            ("990.000 €", (990_000, Some("EUR"))),
            ("R 1 395 000", (1_395_000, Some("ZAR"))),
            ("Rs 45,000", (45_000, Some("INR"))),
            ("₹ 1.2 Cr", (12_000_000, Some("INR"))),
            ("Rs. 45 Lakh", (4_500_000, Some("INR"))),
            ("1,25 M€", (1_250_000, Some("EUR"))),
            ("$1.2M", (1_200_000, Some("USD"))),
            ("AUD 850,000", (850_000, Some("AUD"))),
            ("CHF 1'250'000.–", (1_250_000, Some("CHF"))),
            ("R$ 650.000,00", (650_000, Some("BRL"))),
            ("US$250,000", (250_000, Some("USD"))),
            ("EUR 1.295.000", (1_295_000, Some("EUR"))),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_no_price_of_the_whole() {
        assert_eq!(read("5.755 €/m²"), []);
        assert_eq!(read("@ Rs 45 per Sq.Ft"), []);
        assert_eq!(read("from £250,000"), []);
        assert_eq!(read("$500,000 - $550,000"), []);
        assert_eq!(read("$500,000 - 550,000"), []);
        assert_eq!(read("250.000 € à 300.000 €"), []);
        assert_eq!(read("was $500,000 now $475,000"), [(475_000, Some("USD"))]);
        assert_eq!(read("R2 bus, 3 beds, 12 m wide"), [(2, Some("ZAR"))]);
        assert_eq!(read("call 307-262-0361"), []);
    }

    #[test]
    fn periods() {
        let of = |text: &str| amounts(text, &hints("en", None))[0].period;
        assert_eq!(of("£1,200 pcm"), Some(Period::Month));
        assert_eq!(of("$650 per week"), Some(Period::Week));
        assert_eq!(of("1.200 €/mes"), Some(Period::Month));
        assert_eq!(of("950 € / Monat"), Some(Period::Month));
        assert_eq!(of("$489,000"), None);
        let both = amounts("£1,200 pcm £277 pw", &hints("en", None));
        assert_eq!(main(&both).map(|a| a.minor), Some(120_000));
    }

    #[test]
    fn a_label_makes_a_bare_number_money() {
        assert_eq!(
            labelled("489,000", &hints("en", None)).map(|a| a.minor),
            Some(48_900_000)
        );
        assert_eq!(labelled("On request", &hints("en", None)), None);
        assert_eq!(
            labelled("Rs  45,000  ( @ Rs 45 per Sq.Ft )", &hints("en", None)).map(|a| a.minor),
            Some(4_500_000)
        );
    }
}
