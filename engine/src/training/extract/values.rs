//! What a value says for a field: `"4 Bed"` → 4 bedrooms, `"1 Full / 1 Partial"` → 1.5 bathrooms.

use domain::fact::{FactKey, FactValue, Unit};
use std::sync::LazyLock;

use super::fold::{clip, fold, tidy};
use super::hints::Hints;
use super::number::{self, numbers};
use super::{kinds, money, units};

/// Values that say nothing.
static NOTHING: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "|na|n a|none|null|undefined|nan|unknown|not specified|not available|not stated|not provided|\
        unspecified|tbc|tba|tbd|ask agent|ask the agent|contact agent|call|call agent|on request|\
        price on request|upon request|poa|price on application|consultar|a consultar|sin especificar|\
        no especificado|no disponible|non renseigne|nc|sur demande|keine angabe|k a|auf anfrage|\
        su richiesta|sob consulta|op aanvraag"
        .split('|')
        .collect()
});

pub(super) fn says_nothing(text: &str) -> bool {
    let folded = fold(text);
    NOTHING.contains(&folded.as_str()) || !text.chars().any(char::is_alphanumeric)
}

/// The value of `key` that `text` states, or `None` where it does not state one clearly.
/// `unit` is the unit that the label or a neighbouring field gives to a bare number.
pub(super) fn read(key: FactKey, text: &str, unit: Option<Unit>, hints: &Hints) -> Option<FactValue> {
    let text = tidy(text);
    if says_nothing(&text)
        && !matches!(
            key,
            FactKey::Basement | FactKey::Pool | FactKey::Cooling | FactKey::Heating
        )
    {
        return None;
    }
    match key {
        FactKey::Price | FactKey::HoaFee => price_text(key, &text, hints),
        FactKey::Taxes => price_text(key, &text, hints).or_else(|| short(&text, 60)),
        FactKey::Bedrooms => bedrooms(&text).map(FactValue::number),
        FactKey::Bathrooms => bathrooms(&text).map(FactValue::number),
        FactKey::HalfBathrooms => one_count(&text, 20.0)
            .filter(|n| n.fract() == 0.0)
            .map(FactValue::number),
        FactKey::LivingArea | FactKey::LotArea => area(key, &text, unit, hints),
        FactKey::YearBuilt => year(&text).map(FactValue::number),
        FactKey::Latitude => coordinate(&text, 90.0).map(FactValue::number),
        FactKey::Longitude => coordinate(&text, 180.0).map(FactValue::number),
        FactKey::PropertyType => kinds::property_type(&text).map(FactValue::text),
        FactKey::Parking | FactKey::Stories => match one_count(&text, 60.0) {
            Some(n) if text.len() <= 12 => Some(FactValue::number(n)),
            _ => short(&text, 120),
        },
        FactKey::PostalCode => postal(&text).map(FactValue::text),
        FactKey::City | FactKey::Region | FactKey::Country => place(&text).map(FactValue::text),
        FactKey::Address => address(&text).map(FactValue::text),
        FactKey::Status => kinds::status(&text).map(FactValue::text),
        FactKey::Offer => kinds::offer(&fold(&text)).map(FactValue::text),
        FactKey::EnergyRating => energy(&text),
        FactKey::Reference => {
            (text.chars().count() <= 40 && text.bytes().any(|b| b.is_ascii_digit())).then(|| FactValue::text(text))
        }
        FactKey::AgentName | FactKey::AgentCompany => {
            (text.chars().count() <= 80 && !text.contains('@') && text.bytes().filter(u8::is_ascii_digit).count() <= 2)
                .then(|| FactValue::text(text))
        }
        _ => short(&text, 200),
    }
}

/// An energy class (`B`, `A+`, `C1`), a consumption, or why there is none.
fn energy(text: &str) -> Option<FactValue> {
    let folded = fold(text);
    let first = folded.split(' ').next().unwrap_or("");
    let class = first.len() <= 3
        && first.starts_with(|c| ('a'..='g').contains(&c))
        && first
            .chars()
            .skip(1)
            .all(|c| c.is_ascii_digit() || ('a'..='g').contains(&c));
    let figure = folded.contains("kwh") || (text.len() <= 8 && text.bytes().any(|b| b.is_ascii_digit()));
    let none = [
        "exempt",
        "exento",
        "tramite",
        "pendiente",
        "pending",
        "progress",
        "vierge",
        "non soumis",
        "esente",
        "isento",
        "attesa",
    ]
    .iter()
    .any(|w| folded.contains(w));
    // A scale that lists every class says nothing of this home.
    let scale = folded.starts_with("a b c") || folded.starts_with("a b c d");
    ((class || figure || none) && !scale).then(|| short(text, 40)).flatten()
}

fn short(text: &str, max: usize) -> Option<FactValue> {
    (text.chars().count() <= max).then(|| FactValue::text(text))
}

/// An amount written beside a label; a fee may be a bare number, a price must look like one.
fn price_text(key: FactKey, text: &str, hints: &Hints) -> Option<FactValue> {
    let amount = money::labelled(text, hints)?;
    let least = if key == FactKey::Price { 5_000 } else { 1 };
    let sane = amount.minor >= least && amount.minor < 10_000_000_000_000;
    let filler = key == FactKey::Price
        && [
            99_999_999_900,
            9_999_999_900,
            999_999_900,
            99_999_900,
            12_345_678_900,
            123_456_700,
        ]
        .contains(&amount.minor);
    (sane && !filler).then(|| FactValue::Money {
        minor: amount.minor,
        currency: amount.currency.map(str::to_owned),
        period: amount.period,
    })
}

/// A price that comes as a bare number (`795000`, `"795000.00"`) or as a text with its sign.
pub(super) fn price_number(text: &str, currency: Option<&str>, hints: &Hints) -> Option<FactValue> {
    let mut value = match text.trim().parse::<f64>() {
        Ok(number) if (50.0..1e11).contains(&number) && !filler(number) => FactValue::Money {
            minor: (number * 100.0).round() as i64,
            currency: None,
            period: None,
        },
        Ok(_) => return None,
        Err(_) => price_text(FactKey::Price, &tidy(text), hints)?,
    };
    if let (FactValue::Money { currency: own, .. }, Some(code)) = (&mut value, currency.and_then(iso))
        && own.is_none()
    {
        *own = Some(code);
    }
    Some(value)
}

/// Numbers that stand for "price on request".
fn filler(number: f64) -> bool {
    [
        999_999.0,
        9_999_999.0,
        99_999_999.0,
        999_999_999.0,
        1_234_567.0,
        123_456_789.0,
    ]
    .contains(&number)
}

/// An ISO 4217 code, from the code or a sign.
pub(super) fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    match text {
        "€" => return Some("EUR".into()),
        "£" => return Some("GBP".into()),
        "₹" => return Some("INR".into()),
        "$" | "US$" => return Some("USD".into()),
        _ => {}
    }
    (text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}

/// The only number of a text, up to `max`; a range or two numbers are none.
fn one_count(text: &str, max: f64) -> Option<f64> {
    let found = numbers(text);
    match found.as_slice() {
        [one]
            if one.value <= max
                && !text.contains('+')
                && !one.marked | (one.value.fract() != 0.0) | text.contains(".0") =>
        {
            Some(one.value)
        }
        [] => number::word(fold(text).split(' ').next().unwrap_or("")),
        _ => None,
    }
}

/// A count of bedrooms: whole, at most 60; "Studio" is none at all, that is 0.
fn bedrooms(text: &str) -> Option<f64> {
    if matches!(
        fold(text).as_str(),
        "studio" | "estudio" | "bedsit" | "studio flat" | "studio apartment"
    ) {
        return Some(0.0);
    }
    if text.chars().count() > 40
        || text.contains(['²', '€', '$', '£'])
        || units::areas(text, number::Decimal::Point).iter().any(|a| a.value > 0.0)
    {
        return None;
    }
    one_count(text, 60.0).filter(|n| n.fract() == 0.0)
}

/// A count of bathrooms, in whole, half and quarter rooms: `2`, `2.5`, `2½`, `1 Full / 1 Partial` (a half each).
pub(super) fn bathrooms(text: &str) -> Option<f64> {
    if text.chars().count() > 60 || text.contains('²') {
        return None;
    }
    let written = text.replace("1/2", "½").replace("3/4", "¾");
    let folded = fold(&written.replace('½', " half ").replace('¾', " threequarter "));
    let words: Vec<&str> = folded.split(' ').collect();
    let count = |names: &[&str]| -> Option<f64> {
        words.iter().enumerate().find_map(|(i, w)| {
            if !names.contains(w) {
                return None;
            }
            let parse = |at: Option<usize>| {
                at.and_then(|at| words.get(at))
                    .and_then(|w| w.parse::<f64>().ok().or_else(|| number::word(w)))
            };
            parse(i.checked_sub(1)).or_else(|| parse(Some(i + 1)).filter(|_| text.contains(':')))
        })
    };
    if let Some(full) = count(&["full"]) {
        let half = count(&["half", "partial", "halves", "powder"]).unwrap_or(0.0);
        let three = count(&["threequarter"]).unwrap_or(0.0);
        return Some(full + three + half * 0.5).filter(|n| *n <= 40.0);
    }
    // `2½`, `2 1/2`: the number, then the half.
    if let Some(at) = written.find('½') {
        let before = numbers(&written[..at]);
        return match before.as_slice() {
            [one] => Some(one.value + 0.5),
            _ => None,
        };
    }
    one_count(text, 40.0).filter(|n| (n * 4.0).fract() == 0.0)
}

/// A year of building: four digits alone, or within a few words.
fn year(text: &str) -> Option<f64> {
    if text.chars().count() > 40 {
        return None;
    }
    let found: Vec<f64> = numbers(text)
        .iter()
        .filter(|n| n.digits == 4 && !n.marked)
        .map(|n| n.value)
        .filter(|y| (1200.0..=2100.0).contains(y))
        .collect();
    match found.as_slice() {
        // A range, "before 1950" or an age is no year.
        [year] if numbers(text).len() == 1 && !is_bound(text) => Some(*year),
        _ => None,
    }
}

fn is_bound(text: &str) -> bool {
    let folded = fold(text);
    folded.split(' ').any(|w| {
        matches!(
            w,
            "before"
                | "after"
                | "pre"
                | "post"
                | "antes"
                | "avant"
                | "vor"
                | "prima"
                | "nach"
                | "about"
                | "circa"
                | "approx"
                | "since"
                | "renovated"
                | "effective"
                | "reformado"
                | "renoviert"
                | "renove"
        )
    })
}

/// A latitude or longitude in degrees; zero stands for "unknown" in most data.
pub(super) fn coordinate(text: &str, limit: f64) -> Option<f64> {
    let text = text.trim();
    let text = if text.contains('.') {
        text.to_owned()
    } else {
        text.replacen(',', ".", 1)
    };
    text.parse::<f64>()
        .ok()
        .filter(|v| v.is_finite() && v.abs() <= limit && *v != 0.0 && (v.fract() != 0.0))
}

/// The measured area that a value states for the house or for the plot.
fn area(key: FactKey, text: &str, unit: Option<Unit>, hints: &Hints) -> Option<FactValue> {
    let wanted = if key == FactKey::LotArea {
        units::About::Lot
    } else {
        units::About::Living
    };
    let all = units::areas(text, hints.decimal());
    let mut fit: Vec<_> = all
        .iter()
        .filter(|a| {
            a.about == units::About::Unsaid
                || a.about == wanted
                || (a.about == units::About::Usable && key == FactKey::LivingArea && all.len() == 1)
        })
        .collect();
    if let Some(said) = all.iter().position(|a| a.about == wanted) {
        fit.retain(|a| a.start >= all[said].start || a.about == wanted);
        if key == FactKey::LivingArea {
            fit.retain(|a| a.about == wanted || units_agree(a, &all[said]));
        }
    }
    if let Some(first) = fit.first() {
        // The same size in a second unit is no contradiction; two sizes are.
        let agree = fit.iter().all(|a| units_agree(a, first));
        let sane = sane_area(key, units::metres(first.value, first.unit));
        return (agree && sane).then(|| FactValue::measure(first.value, first.unit));
    }
    if !all.is_empty() || text.chars().count() > 16 {
        return None;
    }
    let found = numbers(text);
    let [one] = found.as_slice() else { return None };
    let rest: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    if !rest.is_empty() || text.contains(['+', '-', '–', '<', '>']) {
        return None;
    }
    let value = unit.map_or_else(
        || number::settle(one, hints.decimal()),
        |u| units::measure(one, u, hints.decimal()),
    );
    let metres = units::metres(value, unit.unwrap_or(Unit::SquareMetres));
    (value > 0.0 && (unit.is_none() || sane_area(key, metres))).then_some(FactValue::Number { number: value, unit })
}

fn units_agree(a: &units::Area, b: &units::Area) -> bool {
    let (x, y) = (units::metres(a.value, a.unit), units::metres(b.value, b.unit));
    (x - y).abs() <= x.max(y) * 0.03
}

/// A home is between 6 m² and 20,000 m²; a plot is at most 10,000 km².
pub(super) fn sane_area(key: FactKey, metres: f64) -> bool {
    if key == FactKey::LivingArea {
        (6.0..=20_000.0).contains(&metres)
    } else {
        (6.0..=1e10).contains(&metres)
    }
}

/// A postal code: some letters and digits, at most ten, with a digit.
pub(super) fn postal(text: &str) -> Option<String> {
    let text = tidy(text);
    let fits = (3..=10).contains(&text.chars().count())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-'));
    let zeros = text.bytes().filter(u8::is_ascii_digit).all(|b| b == b'0');
    (fits && !zeros).then_some(text)
}

/// A place name: words, no digits, not long.
pub(super) fn place(text: &str) -> Option<String> {
    let text = tidy(text);
    let text = text.trim_matches([',', '.', ' ', '-']).to_owned();
    let fits = (1..=60).contains(&text.chars().count())
        && !text.bytes().any(|b| b.is_ascii_digit())
        && text.chars().any(char::is_alphabetic)
        && !text.contains(['{', '<', '@', '|', ':', '_', '/']);
    fits.then_some(text)
}

/// An address as a page writes it: some words, at most 160 characters.
pub(super) fn address(text: &str) -> Option<String> {
    // `12 The Avenue,Plunkett Hall` → `12 The Avenue, Plunkett Hall`.
    let text = tidy(&text.replace(',', ", ").replace(" ,", ","));
    let text = text.trim_matches([',', ' ', '-', '|']).to_owned();
    let fits = (4..=160).contains(&text.chars().count())
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !text.contains(['{', '<', '@', '€', '$', '£', '?', '!'])
        && !text.contains("http");
    let refused = [
        "on request",
        "address not",
        "contact agent",
        "ask for",
        "not disclosed",
        "undisclosed",
        "consultar",
    ]
    .iter()
    .any(|w| fold(&text).contains(w));
    (fits && !refused).then(|| clip(&text, 160))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: FactKey, text: &str) -> Option<FactValue> {
        read(
            key,
            text,
            None,
            &Hints {
                language: Some("en".into()),
                country: None,
            },
        )
    }

    #[test]
    fn counts() {
        assert_eq!(of(FactKey::Bedrooms, "4 Bed"), Some(FactValue::number(4.0)));
        assert_eq!(of(FactKey::Bedrooms, "Studio"), Some(FactValue::number(0.0)));
        assert_eq!(of(FactKey::Bedrooms, "2 - 4"), None);
        assert_eq!(of(FactKey::Bedrooms, "3+1"), None);
        assert_eq!(
            of(FactKey::Bathrooms, "1 Full / 1 Partial"),
            Some(FactValue::number(1.5))
        );
        assert_eq!(of(FactKey::Bathrooms, "2 full, 1 half"), Some(FactValue::number(2.5)));
        assert_eq!(of(FactKey::Bathrooms, "2.0"), Some(FactValue::number(2.0)));
        assert_eq!(of(FactKey::Bathrooms, "2 1/2"), Some(FactValue::number(2.5)));
    }

    #[test]
    fn areas_years_and_places() {
        assert_eq!(
            of(
                FactKey::LivingArea,
                "Built Up Area : 1000 Sq.ft., Plot / Land Area : 10000 Sq. Yards"
            ),
            Some(FactValue::measure(1000.0, Unit::SquareFeet))
        );
        assert_eq!(
            of(FactKey::LivingArea, "1,631 sq ft / 152 sq m"),
            Some(FactValue::measure(1631.0, Unit::SquareFeet))
        );
        assert_eq!(of(FactKey::LivingArea, "80 m² to 120 m²"), None);
        assert_eq!(of(FactKey::YearBuilt, "1972"), Some(FactValue::number(1972.0)));
        assert_eq!(of(FactKey::YearBuilt, "1960-1979"), None);
        assert_eq!(of(FactKey::YearBuilt, "Más de 50 años"), None);
        assert_eq!(of(FactKey::PostalCode, "OX3 9AY"), Some(FactValue::text("OX3 9AY")));
        assert_eq!(of(FactKey::Latitude, "0"), None);
    }

    #[test]
    fn prices() {
        assert_eq!(of(FactKey::Price, "Price on application"), None);
        assert_eq!(of(FactKey::Price, "999,999,999"), None);
        assert_eq!(
            price_number("1395000.0000", Some("ZAR"), &Hints::default()),
            Some(FactValue::Money {
                minor: 139_500_000,
                currency: Some("ZAR".into()),
                period: None
            })
        );
        assert_eq!(price_number("0", Some("EUR"), &Hints::default()), None);
    }
}
