//! Postal addresses as pages write them, in the orders of several countries.

use super::fold::{fold, tidy};
use super::hints::{self, Hints};
use std::sync::LazyLock;

use domain::place::US_STATES;

/// The parts that an address clearly states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) city: Option<String>,
    pub(super) region: Option<String>,
    pub(super) postal: Option<String>,
    pub(super) country: Option<&'static str>,
}

impl Parts {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

const AU: [(&str, &str); 8] = [
    ("NSW", "new south wales"),
    ("VIC", "victoria"),
    ("QLD", "queensland"),
    ("WA", "western australia"),
    ("SA", "south australia"),
    ("TAS", "tasmania"),
    ("ACT", "australian capital territory"),
    ("NT", "northern territory"),
];
const CA: [(&str, &str); 13] = [
    ("ON", "ontario"),
    ("QC", "quebec"),
    ("BC", "british columbia"),
    ("AB", "alberta"),
    ("MB", "manitoba"),
    ("SK", "saskatchewan"),
    ("NS", "nova scotia"),
    ("NB", "new brunswick"),
    ("NL", "newfoundland and labrador"),
    ("PE", "prince edward island"),
    ("YT", "yukon"),
    ("NT", "northwest territories"),
    ("NU", "nunavut"),
];

/// The short form of a state's or province's name, for comparing `CA` with `California`.
pub(super) fn region_code(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    US_STATES
        .iter()
        .chain(&AU)
        .chain(&CA)
        .find(|(code, name)| folded == *name || folded == code.to_ascii_lowercase())
        .map(|(code, _)| *code)
}

/// The shape of a word: letters `A`, digits `9`, everything else as it is.
fn shape(word: &str) -> String {
    word.chars()
        .map(|c| {
            if c.is_ascii_uppercase() {
                'A'
            } else if c.is_ascii_digit() {
                '9'
            } else {
                c
            }
        })
        .collect()
}

/// The parts of an address, where its writing leaves no doubt.
pub(super) fn parse(text: &str, hints: &Hints) -> Parts {
    let text = tidy(text);
    let mut parts = Parts::default();
    let pieces: Vec<&str> = text.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    if pieces.is_empty() || text.chars().count() > 200 {
        return parts;
    }
    parts.country = pieces
        .last()
        .filter(|p| pieces.len() > 1 && p.len() > 3)
        .and_then(|p| hints::country(p));
    let known = parts.country.or(hints.country);
    for (i, piece) in pieces.iter().enumerate().rev() {
        let words: Vec<&str> = piece.split_whitespace().collect();
        let before = i.checked_sub(1).map(|j| pieces[j]);
        if state_and_code(&words, before, pieces.len(), known, &mut parts)
            || british_or_irish(&words, known, &mut parts)
            || continental(&words, before, known, hints, &mut parts)
        {
            break;
        }
    }
    irish_county(&pieces, &mut parts);
    if parts.region.is_none()
        && parts.postal.is_none()
        && matches!(known, Some("US") | None)
        && let [.., city, state] = pieces.as_slice()
        && state.len() == 2
        && US_STATES.iter().any(|(code, _)| code == state)
    {
        // "Austin, TX" without a code.
        parts.region = Some((*state).to_owned());
        parts.city = town(city);
    }
    parts
}

/// A town's name: words without digits.
fn town(text: &str) -> Option<String> {
    let name = super::values::place(text)?;
    (name.split(' ').count() <= 5 && !street_like(&name)).then_some(name)
}

/// `CA 94105`, `NSW 2026`, `ON M5V 2T6`, with the town before it in the same or the last piece.
fn state_and_code(
    words: &[&str],
    before: Option<&str>,
    pieces: usize,
    country: Option<&str>,
    parts: &mut Parts,
) -> bool {
    for at in 0..words.len() {
        let (state, code) = (words[at], words.get(at + 1).copied().unwrap_or(""));
        let after = shape(words.get(at + 2).copied().unwrap_or(""));
        let us = matches!(country, None | Some("US"))
            && US_STATES.iter().any(|s| s.0 == state)
            && matches!(shape(code).as_str(), "99999" | "99999-9999");
        let au = matches!(country, None | Some("AU"))
            && AU.iter().any(|s| s.0.eq_ignore_ascii_case(state))
            && shape(code) == "9999";
        let ca = matches!(country, None | Some("CA"))
            && CA.iter().any(|s| s.0 == state)
            && shape(code) == "A9A"
            && after == "9A9";
        if !(us || au || ca) {
            continue;
        }
        parts.region = Some(state.to_owned());
        parts.postal = Some(if ca {
            format!("{code} {}", words[at + 2])
        } else {
            code.to_owned()
        });
        parts.country = parts.country.or(Some(if us {
            "US"
        } else if au {
            "AU"
        } else {
            "CA"
        }));
        let own = words[..at].join(" ");
        // Without commas the town cannot be told from the street.
        parts.city = match (own.is_empty(), before) {
            (true, Some(before)) => town(before),
            (false, _) if pieces > 1 => town(&own),
            _ => None,
        };
        return true;
    }
    false
}

/// A full British postcode or an Irish Eircode.
fn british_or_irish(words: &[&str], country: Option<&str>, parts: &mut Parts) -> bool {
    for at in 0..words.len() {
        let (word, next) = (words[at], words.get(at + 1).copied().unwrap_or(""));
        let (first, second) = (shape(word), shape(next));
        let out = matches!(first.as_str(), "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A");
        if out && second == "9AA" && matches!(country, None | Some("GB")) {
            parts.postal = Some(format!("{word} {next}"));
            parts.country = parts.country.or(Some("GB"));
            return true;
        }
        let eircode = |w: &str| {
            w.len() == 7
                && matches!(&shape(w)[..3], "A99" | "A9A")
                && w.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                && w.bytes().skip(3).any(|b| b.is_ascii_digit())
        };
        if country == Some("IE") && (eircode(word) || (word.len() == 3 && eircode(&format!("{word}{next}")))) {
            parts.postal = Some(if word.len() == 7 {
                word.to_owned()
            } else {
                format!("{word} {next}")
            });
            return true;
        }
    }
    false
}

/// `75011 Paris`, `1017 AB Amsterdam`, `1250-096 Lisboa`, `20121 Milano (MI)`, `Lyon (69003)`.
fn continental(words: &[&str], before: Option<&str>, country: Option<&str>, hints: &Hints, parts: &mut Parts) -> bool {
    static FIVE: LazyLock<Vec<&str>> = LazyLock::new(|| "DE|FR|ES|IT|FI|HR|GR|TR|MX|CZ".split('|').collect());
    const FOUR: [&str; 7] = ["BE", "AT", "CH", "DK", "NO", "LU", "NL"];
    let fits =
        |list: &[&str], languages: &[&str]| country.map_or_else(|| hints.speaks(languages), |c| list.contains(&c));
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_matches(['(', ')', '—', '-']);
        let form = shape(bare);
        let next = shape(words.get(at + 1).copied().unwrap_or(""));
        let (used, ok) = match form.as_str() {
            "99999" => (1, fits(&FIVE, &["de", "fr", "es", "it", "ca", "fi"])),
            "9999" if next == "AA" => (2, fits(&["NL"], &["nl"])),
            "9999AA" => (1, fits(&["NL"], &["nl"])),
            "9999" => (1, fits(&FOUR, &["da", "no", "nb"]) && country != Some("NL")),
            "9999-999" => (1, fits(&["PT"], &["pt"])),
            "99999-999" => (1, fits(&["BR"], &["pt"])),
            "999999" => (1, country == Some("IN")),
            _ => continue,
        };
        if !ok {
            continue;
        }
        // A house number has a street before it in the same piece; a code stands first, or after its town in brackets.
        let bracketed = word.starts_with('(');
        let rest: Vec<&str> = words[at + used..]
            .iter()
            .copied()
            .take_while(|w| !w.starts_with(['(', '-', '–', '|']))
            .filter(|w| *w != "—")
            .collect();
        if rest.is_empty() && !bracketed && at > 0 && form != "999999" {
            continue;
        }
        if at > 0 && !bracketed && !rest.is_empty() && form.len() == 4 && country != Some("NL") {
            continue;
        }
        parts.postal = Some(if used == 2 {
            format!("{bare} {}", words[at + 1])
        } else {
            bare.to_owned()
        });
        parts.city = if bracketed {
            town(&words[..at].join(" "))
        } else if form == "999999" {
            None
        } else {
            town(&rest.join(" "))
        };
        if parts.city.is_none() && rest.is_empty() && at == 0 && form != "999999" {
            parts.city = before.and_then(town);
        }
        if country == Some("IT")
            && let Some(code) = words
                .last()
                .filter(|w| w.len() == 4 && w.starts_with('(') && w.ends_with(')'))
        {
            parts.region = Some(code.trim_matches(['(', ')']).to_owned());
        }
        return true;
    }
    false
}

/// `…, Dunboyne, Co. Meath, …`: the county, and the town before it.
fn irish_county(pieces: &[&str], parts: &mut Parts) {
    for (i, piece) in pieces.iter().enumerate() {
        let county = ["Co. ", "Co ", "County "]
            .iter()
            .find_map(|lead| piece.strip_prefix(lead));
        let Some(name) = county
            .and_then(super::values::place)
            .filter(|c| c.split(' ').count() <= 2)
        else {
            continue;
        };
        parts.region = Some(name);
        parts.country = parts.country.or(Some("IE"));
        if i >= 1 {
            parts.city = town(pieces[i - 1]);
        }
    }
}

/// Words and endings of street names, folded.
static STREETS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|court|ct|way|close|crescent|cres|terrace|boulevard|\
        blvd|square|grove|gardens|mews|hill|parade|pde|highway|hwy|circle|cir|trail|trl|parkway|pkwy|place|\
        pl|row|walk|rise|calle|avenida|avda|paseo|plaza|carrer|camino|ronda|rue|chemin|allee|impasse|quai|\
        strasse|str|via|viale|piazza|corso|vicolo|rua|travessa|praca|estrada|largo|straat|laan|plein|gracht|\
        dijk|kade|ulica"
        .split('|')
        .collect()
});
static ENDINGS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "strasse|straat|weg|laan|platz|allee|gasse|plein|gracht|gatan|vagen|veien|stieg|singel"
        .split('|')
        .collect()
});

/// Whether a text names a street.
pub(super) fn street_like(text: &str) -> bool {
    let calle = text.starts_with("C/") || text.contains(" C/");
    calle
        || fold(text).split(' ').any(|w| {
            STREETS.contains(&w)
                || ENDINGS.iter().any(|e| w.len() > e.len() + 2 && w.ends_with(e))
                || (w.len() > 5 && w.ends_with("str"))
        })
}

/// Whether a whole text is an address: a street with a number or a place after it, or a code and a place.
pub(super) fn is_address(text: &str, hints: &Hints) -> bool {
    let text = tidy(text);
    let words = text.split_whitespace().count();
    if super::values::address(&text).is_none()
        || !(2..=22).contains(&words)
        || text.contains(['|', '•', '²'])
        || !super::units::areas(&text, hints.decimal()).is_empty()
    {
        return false;
    }
    let folded = fold(&text);
    static NOT: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "bed|beds|bedroom|bedrooms|bath|baths|bathroom|bhk|sale|rent|let|venta|alquiler|vendre|louer|\
            zimmer|pieces|chambres|habitaciones|dormitorios|vendita|affitto|venda|koop|huur|slaapkamers|\
            property|properties|listing|apartment|for|with|verkaufen|mieten|vente|location|kaufen|miete|\
            casas|apartamentos|pisos|houses|homes|flats|apartments|results|imoveis|inmuebles|wohnungen|\
            hauser|maisons|appartements|case|appartamenti|woningen"
            .split('|')
            .collect()
    });
    if folded.split(' ').any(|w| NOT.contains(&w)) {
        return false;
    }
    let first = text.split(',').next().unwrap_or("");
    // `12`, `12b`, `12/45`, `1200`; `4.423` is a count.
    let house = |w: &str| {
        w.starts_with(|c: char| c.is_ascii_digit())
            && w.len() <= 7
            && w.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-'))
    };
    let numbered =
        first.split_whitespace().next().is_some_and(house) || first.split_whitespace().last().is_some_and(house);
    let comma = text.contains(',');
    let parts = parse(&text, hints);
    let placed = parts.postal.is_some() || parts.region.is_some();
    let street = street_like(first)
        || (numbered && first.split_whitespace().count() >= 2 && first.chars().any(char::is_alphabetic));
    (street && (comma || (numbered && street_like(first)) || placed)) || (placed && comma)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, country: Option<&'static str>) -> Parts {
        parse(
            text,
            &Hints {
                language: None,
                country,
            },
        )
    }

    fn parts(city: &str, region: &str, postal: &str) -> (Option<String>, Option<String>, Option<String>) {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        (some(city), some(region), some(postal))
    }

    #[test]
    fn addresses_of_many_countries() {
        for (text, country, expected) in [
            (
                "123 Main St, San Francisco, CA 94105",
                None,
                parts("San Francisco", "CA", "94105"),
            ),
            ("350 N Forest #20 Casper WY 82609", None, parts("", "WY", "82609")),
            (
                "12/45 Smith Street, Bondi NSW 2026",
                None,
                parts("Bondi", "NSW", "2026"),
            ),
            (
                "55 King St W, Toronto, ON M5V 2T6",
                None,
                parts("Toronto", "ON", "M5V 2T6"),
            ),
            ("3 High Street, Oxford, OX3 9AY", None, parts("", "", "OX3 9AY")),
            (
                "12 The Avenue, Plunkett Hall, Dunboyne, Co. Meath, A86VW70",
                Some("IE"),
                parts("Dunboyne", "Meath", "A86VW70"),
            ),
            (
                "Lindenstraße 12, 10969 Berlin",
                Some("DE"),
                parts("Berlin", "", "10969"),
            ),
            (
                "12 rue de la Paix, 75002 Paris",
                Some("FR"),
                parts("Paris", "", "75002"),
            ),
            (
                "Via Roma 5, 20121 Milano (MI)",
                Some("IT"),
                parts("Milano", "MI", "20121"),
            ),
            (
                "Prinsengracht 10, 1017 AB Amsterdam",
                Some("NL"),
                parts("Amsterdam", "", "1017 AB"),
            ),
            (
                "Rua Augusta 20, 1250-096 Lisboa",
                Some("PT"),
                parts("Lisboa", "", "1250-096"),
            ),
            ("Lyon (69003)", Some("FR"), parts("Lyon", "", "69003")),
            (
                "1440 — Braine-le-Château",
                Some("BE"),
                parts("Braine-le-Château", "", "1440"),
            ),
            ("Hauptstrasse 1200", Some("CH"), parts("", "", "")),
        ] {
            let read = at(text, country);
            assert_eq!((read.city, read.region, read.postal), expected, "{text}");
        }
    }

    #[test]
    fn whole_addresses() {
        let hints = Hints::default();
        for text in [
            "Stephen Road, Headington, OX3",
            "123 Main St, San Francisco, CA 94105",
            "12 The Avenue, Plunkett Hall, Dunboyne",
            "Hoofdstraat 12, Utrecht",
        ] {
            assert!(is_address(text, &hints), "{text}");
        }
        for text in [
            "Property Details",
            "4 bedroom house for sale in Stephen Road",
            "A lovely home, close to shops",
            "House",
            "Casa en Marbella, Málaga",
        ] {
            assert!(!is_address(text, &hints), "{text}");
        }
    }
}
