//! Facts stated in running words: "4 bedroom detached house", "3 hab · 2 baños · 172 m²", "built in 1972".

use domain::fact::{FactKey, FactValue, Unit};
use std::sync::LazyLock;

use super::fold::{ceil, fold};
use super::hints::Hints;
use super::number::{self, Num, numbers};
use super::units::{self, About};

/// A count of rooms and where its number stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Count {
    pub(super) key: FactKey,
    pub(super) value: f64,
    pub(super) start: usize,
}

static BEDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "bedrooms|bedroom|bedrooms.|beds|bed|bdrms|bdrm|bdr|bds|bd|brs|br|bhk|bedroomed|bedded|dormitorios|\
        dormitorio|dorms|dorm|habitaciones|habitacion|habs|hab|recamaras|recamara|alcobas|chambres|chambre|\
        schlafzimmer|schlafzimmern|camere da letto|camera da letto|camere|quartos|quarto|slaapkamers|\
        slaapkamer|sovrum|soverom|sypialnie|habitacions|dormitoris"
        .split('|')
        .collect()
});
static BATHS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "bathrooms|bathroom|baths|bath|ba|bathroomed|banos|bano|cuartos de bano|cuarto de bano|\
        salles de bain|salle de bain|salles de bains|salle de bains|sdb|badezimmer|bader|bagni|bagno|\
        banheiros|banheiro|casas de banho|casa de banho|badkamers|badkamer|banys|bany|badrum|bths|bth|\
        full bathrooms|full baths|full bathroom|full bath"
        .split('|')
        .collect()
});
/// Words that may stand between a number and what it counts.
static BETWEEN: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "double|large|spacious|good|sized|well|proportioned|generous|beautiful|luxury|modern|fitted|bright|\
        huge|comfortable|big|grandes|belles|grosse|amplias|amplios|exteriores|ample|bright"
        .split('|')
        .collect()
});
/// Words before a number that make it a name or a bound, not a count.
static NAMING: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "floor|level|bedroom|bathroom|unit|lot|apt|apartment|no|phase|plot|block|flat|house|from|to|up|least|\
        minimum|max|maximum|hasta|desde|ab|bis|over|than|another|further|additional"
        .split('|')
        .collect()
});

/// Counts of bedrooms and bathrooms. Ranges, bounds and named rooms ("Bedroom 2") are left out.
pub(super) fn counts(text: &str, hints: &Hints) -> Vec<Count> {
    let mut found = Vec::new();
    for (start, end, value) in candidates(text) {
        if bounded(text, start, end) {
            continue;
        }
        let after = fold(&text[end..super::fold::floor(text, end + 48)]);
        let mut rest = after.as_str();
        // A hyphen or nothing may stand between: "3-bedroom", "3br".
        for _ in 0..3 {
            match rest.split(' ').next() {
                Some(word) if BETWEEN.contains(&word) => rest = rest[word.len()..].trim_start(),
                _ => break,
            }
        }
        let starts = |list: &[&str]| {
            list.iter().any(|noun| {
                rest.strip_prefix(noun)
                    .is_some_and(|tail| tail.is_empty() || tail.starts_with(' '))
            })
        };
        if starts(&BEDS) && value.fract() == 0.0 && value <= 40.0 {
            // Spanish "hab" counts bedrooms, but "hab" in other languages means nothing.
            found.push(Count {
                key: FactKey::Bedrooms,
                value,
                start,
            });
        } else if let Some(value) = full_and_half(rest, value) {
            found.push(Count {
                key: FactKey::Bathrooms,
                value,
                start,
            });
        } else if starts(&BATHS) && (value * 4.0).fract() == 0.0 && value <= 30.0 {
            found.push(Count {
                key: FactKey::Bathrooms,
                value,
                start,
            });
        }
    }
    if hints.speaks(&["pt"]) && hints.country != Some("BR") {
        found.extend(typology(text));
    }
    found
}

/// Numbers and number words with where they end.
fn candidates(text: &str) -> Vec<(usize, usize, f64)> {
    let mut found: Vec<(usize, usize, f64)> = Vec::new();
    let mut skip = 0;
    for num in numbers(text) {
        if num.start < skip || num.digits > 3 {
            continue;
        }
        let (end, value) = halves(text, &num);
        skip = end;
        found.push((num.start, end, value));
    }
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if (2..=8).contains(&word.len())
            && let Some(value) = number::word(&fold(word))
            && !matches!(
                fold(word).as_str(),
                "un" | "una" | "une" | "um" | "uma" | "een" | "single" | "uno" | "eine" | "einem"
            )
        {
            found.push((at, at + word.len(), value));
        }
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
    }
    found.sort_unstable_by_key(|c| c.0);
    found
}

/// `2½`, `2 1/2`.
fn halves(text: &str, num: &Num) -> (usize, f64) {
    let rest = &text[num.end..];
    let trimmed = rest.trim_start();
    let gap = rest.len() - trimmed.len();
    if let Some(tail) = trimmed.strip_prefix('½') {
        return (text.len() - tail.len(), num.value + 0.5);
    }
    if gap > 0
        && let Some(tail) = trimmed.strip_prefix("1/2")
    {
        return (text.len() - tail.len(), num.value + 0.5);
    }
    (num.end, num.value)
}

/// "2 full, 1 half (baths)".
fn full_and_half(rest: &str, full: f64) -> Option<f64> {
    let rest = rest.strip_prefix("full")?.trim_start();
    let rest = rest
        .strip_prefix("baths")
        .or_else(|| rest.strip_prefix("bathrooms"))
        .or_else(|| rest.strip_prefix("bath"))
        .unwrap_or(rest)
        .trim_start();
    let rest = rest.strip_prefix("and ").unwrap_or(rest);
    let (count, tail) = rest.split_once(' ')?;
    let half: f64 = count.parse().ok().or_else(|| number::word(count))?;
    (tail.starts_with("half") || tail.starts_with("partial")).then_some(full + half * 0.5)
}

/// Part of a range or a name: `2-4 bedrooms`, `2 or 3 bed`, `Floor 1 bedroom`.
fn bounded(text: &str, start: usize, end: usize) -> bool {
    let before = text[ceil(text, start.saturating_sub(24))..start].trim_end();
    let last = before.chars().next_back();
    if text[end..].starts_with('+')
        || text[end..].starts_with("th")
        || text[end..].starts_with("nd")
        || text[end..].starts_with("st ")
        || text[end..].starts_with("rd")
        || text[end..].starts_with(['ª', 'º', '%', '²'])
    {
        return true;
    }
    if matches!(last, Some('-' | '–' | '/' | '&' | '+' | '.' | '#'))
        && before
            .trim_end_matches(['-', '–', '/', '&', '+', '.', '#', ' '])
            .chars()
            .next_back()
            .is_some_and(|c| c.is_ascii_digit())
    {
        return true;
    }
    let folded = fold(before);
    let mut words = folded.rsplit(' ');
    let (w1, w2) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    if matches!(w1, "or" | "and" | "y" | "et" | "und" | "e" | "ou" | "o" | "to" | "a")
        && (w2.parse::<f64>().is_ok() || number::word(w2).is_some())
    {
        return true;
    }
    NAMING.contains(&w1)
}

/// Portuguese `T3`, `V4`: the number of bedrooms.
fn typology(text: &str) -> Vec<Count> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let bytes = word.as_bytes();
        if let [b'T' | b'V', digit @ b'0'..=b'9'] = bytes {
            found.push(Count {
                key: FactKey::Bedrooms,
                value: f64::from(digit - b'0'),
                start: at,
            });
        }
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// The value of a field when the text states exactly one.
pub(super) fn sole(counts: &[Count], key: FactKey) -> Option<f64> {
    let mut values = counts.iter().filter(|c| c.key == key).map(|c| c.value);
    let first = values.next()?;
    values.all(|v| v == first).then_some(first)
}

/// The living area of a short text: the one said to be it, or the only one.
pub(super) fn living(text: &str, hints: &Hints) -> Option<(FactValue, bool)> {
    let all = units::areas(text, hints.decimal());
    let said: Vec<_> = all.iter().filter(|a| a.about == About::Living).collect();
    let of = |about| all.iter().filter(|a| a.about == about).collect::<Vec<_>>();
    let (list, sure) = match (said.is_empty(), of(About::Unsaid)) {
        (false, _) => (said, true),
        (true, unsaid) if !unsaid.is_empty() => (unsaid, false),
        _ => (of(About::Usable), false),
    };
    let first = list.first()?;
    let metres = units::metres(first.value, first.unit);
    let agree = list
        .iter()
        .all(|a| (units::metres(a.value, a.unit) - metres).abs() <= metres * 0.03);
    let sane =
        super::values::sane_area(FactKey::LivingArea, metres) && !matches!(first.unit, Unit::Acres | Unit::Hectares);
    (agree && sane).then(|| (FactValue::measure(first.value, first.unit), sure))
}

/// "built in 1972", "Baujahr 1972", "construit en 1972".
pub(super) fn year(text: &str) -> Option<f64> {
    static LEADS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "built in|built|constructed in|constructed|year built|construida en|construido en|\
            ano de construccion|construit en|construite en|annee de construction|baujahr|erbaut|\
            erbaut im jahr|costruito nel|costruita nel|anno di costruzione|construido em|construida em|\
            gebouwd in|bouwjaar|dating from"
            .split('|')
            .collect()
    });
    let mut years = Vec::new();
    for num in numbers(text)
        .iter()
        .filter(|n| n.digits == 4 && !n.marked && (1500.0..=2100.0).contains(&n.value))
    {
        let before = fold(&text[ceil(text, num.start.saturating_sub(28))..num.start]);
        if LEADS.iter().any(|l| before == *l || before.ends_with(&format!(" {l}")))
            && !before.contains("re built")
            && !before.ends_with("rebuilt")
        {
            years.push(num.value);
        }
    }
    let first = *years.first()?;
    years.iter().all(|y| *y == first).then_some(first)
}

/// Words whose dot ends no sentence.
static SHORT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "approx|circa|inkl|incl|aprox|st|mr|mrs|ms|dr|no|nr|ca|sq|ft|av|avda|ave|rd|c|ref|tel|apt|hab|min|\
        max|mts|mt|bzw|zzgl|z|b|d|h|ggf|str|p|m|n|s|co|vs|jr|sr"
        .split('|')
        .collect()
});

/// Sentences of a text, cut after `.`, `!`, `?` before a capital, and at line breaks.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut from = 0;
        for (i, c) in line.char_indices() {
            if !matches!(c, '.' | '!' | '?') {
                continue;
            }
            let after = &line[i + c.len_utf8()..];
            let mut next = after.chars();
            let gap = next.next();
            let capital = next
                .next()
                .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '¿' | '¡' | '"' | '“'));
            // "approx. 120", "St. James": a short word before the dot is an abbreviation.
            let word = line[from..i].rsplit([' ', '(']).next().unwrap_or("");
            if gap == Some(' ') && capital && !(c == '.' && SHORT.contains(&fold(word).as_str())) {
                found.push(line[from..i + c.len_utf8()].trim());
                from = i + c.len_utf8();
            }
        }
        found.push(line[from..].trim());
    }
    found.retain(|s| !s.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, language: &str) -> (Option<f64>, Option<f64>) {
        let found = counts(
            text,
            &Hints {
                language: Some(language.into()),
                country: None,
            },
        );
        (sole(&found, FactKey::Bedrooms), sole(&found, FactKey::Bathrooms))
    }

    #[test]
    fn rooms_in_many_languages() {
        for (text, language, expected) in [
            ("4 bedroom detached house for sale", "en", (Some(4.0), None)),
            ("3-bed, 2.5 bath townhouse", "en", (Some(3.0), Some(2.5))),
            ("4 Bed 3 Bath 151 m² Detached", "en", (Some(4.0), Some(3.0))),
            ("4bd 2ba 1,500 sqft", "en", (Some(4.0), Some(2.0))),
            ("2 BHK Flat for rent", "en", (Some(2.0), None)),
            ("3 hab 2 baños", "es", (Some(3.0), Some(2.0))),
            (
                "Appartement 4 pièces, 3 chambres, 1 salle de bain",
                "fr",
                (Some(3.0), Some(1.0)),
            ),
            ("3-Zimmer-Wohnung mit 2 Schlafzimmern", "de", (Some(2.0), None)),
            ("3-Zimmer-Wohnung", "de", (None, None)),
            ("Trilocale, 2 camere, 1 bagno", "it", (Some(2.0), Some(1.0))),
            ("Apartamento T3 em Lisboa", "pt", (Some(3.0), None)),
            ("Appartement T3 à Lyon", "fr", (None, None)),
            ("woning met 4 slaapkamers en 1 badkamer", "nl", (Some(4.0), Some(1.0))),
            ("three bedroom house with two bathrooms", "en", (Some(3.0), Some(2.0))),
            ("2 full and 1 half baths", "en", (None, Some(2.5))),
            ("2½ baths", "en", (None, Some(2.5))),
        ] {
            assert_eq!(of(text, language), expected, "{text}");
        }
    }

    #[test]
    fn ranges_and_names_are_no_counts() {
        for text in [
            "2-4 bedrooms",
            "2 or 3 bedroom apartments",
            "Bedroom 2 3.5m x 4m",
            "Floor 1 bedroom",
            "3+ bedrooms",
            "2nd bedroom",
            "up to 5 bedrooms",
            "1 & 2 bedroom flats",
        ] {
            assert_eq!(of(text, "en").0, None, "{text}");
        }
    }

    #[test]
    fn years_areas_and_sentences() {
        assert_eq!(year("A home built in 1972."), Some(1972.0));
        assert_eq!(year("Renovated in 2015"), None);
        let hints = Hints::default();
        assert_eq!(
            living("3 hab, 172 m²", &hints).map(|l| l.0),
            Some(FactValue::measure(172.0, Unit::SquareMetres))
        );
        assert_eq!(
            living("terrace of 20 m², 120 m²", &hints).map(|l| l.0),
            Some(FactValue::measure(120.0, Unit::SquareMetres))
        );
        assert_eq!(living("1.5 acres", &hints), None);
        assert_eq!(
            split("A house. Approx. 120 m². It is big!\nNext"),
            ["A house.", "Approx. 120 m².", "It is big!", "Next"]
        );
    }
}
