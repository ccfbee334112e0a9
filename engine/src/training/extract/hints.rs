//! What the page says about its language and country, for reading signs that several countries share
//! (`$`, `kr`, `R`, `1.250`).

use super::fold::squash;
use super::number::Decimal;
use std::sync::LazyLock;

/// The surroundings in which the page's numbers are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    /// Primary language, lower case: `en`.
    pub(super) language: Option<String>,
    /// ISO 3166 code of the property's or the site's country.
    pub(super) country: Option<&'static str>,
}

impl Hints {
    pub(super) fn decimal(&self) -> Decimal {
        Decimal::of(self.language.as_deref())
    }

    pub(super) fn speaks(&self, languages: &[&str]) -> bool {
        self.language.as_deref().is_some_and(|l| languages.contains(&l))
    }

    /// The currency of a bare `$` here.
    pub(super) fn dollar(&self) -> Option<&'static str> {
        match self.country {
            Some(country) => currency_of(country).filter(|c| DOLLARS.contains(c)),
            None => matches!(self.language.as_deref(), None | Some("en")).then_some("USD"),
        }
    }

    /// The currency of a bare `kr` here.
    pub(super) fn krone(&self) -> Option<&'static str> {
        match (self.country, self.language.as_deref()) {
            (Some("SE"), _) | (None, Some("sv")) => Some("SEK"),
            (Some("NO"), _) | (None, Some("no" | "nb" | "nn")) => Some("NOK"),
            (Some("DK"), _) | (None, Some("da")) => Some("DKK"),
            (Some("IS"), _) => Some("ISK"),
            _ => None,
        }
    }
}

static DOLLARS: LazyLock<Vec<&str>> =
    LazyLock::new(|| "USD|CAD|AUD|NZD|SGD|HKD|MXN|CLP|COP|ARS|JMD|TTD".split('|').collect());

/// (ISO code, currency, names and codes in use, squashed).
const COUNTRIES: [(&str, &str, &[&str]); 48] = [
    (
        "US",
        "USD",
        &["us", "usa", "unitedstates", "unitedstatesofamerica", "estadosunidos"],
    ),
    ("CA", "CAD", &["ca", "can", "canada"]),
    ("MX", "MXN", &["mx", "mex", "mexico"]),
    (
        "GB",
        "GBP",
        &[
            "gb",
            "gbr",
            "uk",
            "unitedkingdom",
            "greatbritain",
            "england",
            "scotland",
            "wales",
            "northernireland",
        ],
    ),
    ("IE", "EUR", &["ie", "irl", "ireland", "eire"]),
    ("ES", "EUR", &["es", "esp", "spain", "espana", "spanien", "espagne"]),
    ("PT", "EUR", &["pt", "prt", "portugal"]),
    ("FR", "EUR", &["fr", "fra", "france", "frankreich", "francia"]),
    ("BE", "EUR", &["be", "bel", "belgium", "belgique", "belgie"]),
    (
        "NL",
        "EUR",
        &["nl", "nld", "netherlands", "nederland", "thenetherlands"],
    ),
    ("LU", "EUR", &["lu", "lux", "luxembourg"]),
    (
        "DE",
        "EUR",
        &["de", "deu", "germany", "deutschland", "alemania", "allemagne"],
    ),
    ("AT", "EUR", &["at", "aut", "austria", "osterreich"]),
    (
        "CH",
        "CHF",
        &["ch", "che", "switzerland", "schweiz", "suisse", "svizzera"],
    ),
    ("IT", "EUR", &["it", "ita", "italy", "italia", "italien", "italie"]),
    ("GR", "EUR", &["gr", "grc", "greece"]),
    ("CY", "EUR", &["cy", "cyp", "cyprus"]),
    ("MT", "EUR", &["mt", "mlt", "malta"]),
    ("HR", "EUR", &["hr", "hrv", "croatia", "hrvatska"]),
    ("FI", "EUR", &["fi", "fin", "finland", "suomi"]),
    ("SE", "SEK", &["se", "swe", "sweden", "sverige"]),
    ("NO", "NOK", &["no", "nor", "norway", "norge"]),
    ("DK", "DKK", &["dk", "dnk", "denmark", "danmark"]),
    ("IS", "ISK", &["is", "isl", "iceland"]),
    ("PL", "PLN", &["pl", "pol", "poland", "polska"]),
    (
        "CZ",
        "CZK",
        &["cz", "cze", "czechia", "czechrepublic", "ceskarepublika"],
    ),
    ("HU", "HUF", &["hu", "hun", "hungary", "magyarorszag"]),
    ("RO", "RON", &["ro", "rou", "romania"]),
    ("BG", "BGN", &["bg", "bgr", "bulgaria"]),
    ("TR", "TRY", &["tr", "tur", "turkey", "turkiye"]),
    ("RU", "RUB", &["ru", "rus", "russia"]),
    ("UA", "UAH", &["ua", "ukr", "ukraine"]),
    ("AU", "AUD", &["au", "aus", "australia"]),
    ("NZ", "NZD", &["nz", "nzl", "newzealand"]),
    ("IN", "INR", &["in", "ind", "india"]),
    ("PK", "PKR", &["pk", "pak", "pakistan"]),
    ("ZA", "ZAR", &["za", "zaf", "southafrica"]),
    ("AE", "AED", &["ae", "are", "unitedarabemirates", "uae"]),
    ("SG", "SGD", &["sg", "sgp", "singapore"]),
    ("HK", "HKD", &["hk", "hkg", "hongkong"]),
    ("MY", "MYR", &["my", "mys", "malaysia"]),
    ("TH", "THB", &["th", "tha", "thailand"]),
    ("PH", "PHP", &["ph", "phl", "philippines"]),
    ("JP", "JPY", &["jp", "jpn", "japan"]),
    ("BR", "BRL", &["br", "bra", "brazil", "brasil"]),
    ("AR", "ARS", &["ar", "arg", "argentina"]),
    ("CL", "CLP", &["cl", "chl", "chile"]),
    ("CO", "COP", &["co", "col", "colombia"]),
];

pub(super) fn currency_of(country: &str) -> Option<&'static str> {
    COUNTRIES.iter().find(|c| c.0 == country).map(|c| c.1)
}

/// The country a name or code stands for.
pub(super) fn country(text: &str) -> Option<&'static str> {
    let name = squash(text);
    COUNTRIES.iter().find(|c| c.2.contains(&name.as_str())).map(|c| c.0)
}

/// A constituent country of the United Kingdom, which pages state beside the country.
pub(super) fn home_nation(text: &str) -> Option<&'static str> {
    match squash(text).as_str() {
        "england" => Some("England"),
        "scotland" => Some("Scotland"),
        "wales" => Some("Wales"),
        "northernireland" => Some("Northern Ireland"),
        _ => None,
    }
}

/// The country of a host's last label (`.es`, `.com.au`), where the label is one of a country and
/// not in general use for other things.
pub(super) fn country_of_host(host: &str) -> Option<&'static str> {
    let label = host.rsplit('.').next()?.to_ascii_uppercase();
    if matches!(label.as_str(), "CO" | "IS" | "IO" | "ME" | "TV") {
        return None;
    }
    let label = if label == "UK" { "GB".to_owned() } else { label };
    COUNTRIES.iter().find(|c| c.0 == label).map(|c| c.0)
}

/// Primary language and country of a tag such as `en-ZA`, `en_GB`, `pt`.
pub(super) fn language_tag(tag: &str) -> (Option<String>, Option<&'static str>) {
    let mut parts = tag.trim().split(['-', '_']);
    let language = parts
        .next()
        .map(str::to_ascii_lowercase)
        .filter(|l| (2..=3).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_lowercase()));
    let region = parts.filter(|p| p.len() == 2).find_map(country);
    (language, region)
}

/// The language of a text by its commonest small words, when one language clearly leads.
pub(super) fn guess_language(folded: &str) -> Option<&'static str> {
    const WORDS: [(&str, &[&str]); 7] = [
        ("en", &["the", "and", "with", "of", "to", "for", "is", "this"]),
        ("es", &["el", "los", "con", "del", "para", "una", "y", "las"]),
        ("fr", &["le", "les", "avec", "des", "et", "une", "dans", "est"]),
        ("de", &["der", "die", "und", "mit", "das", "ist", "im", "eine"]),
        ("it", &["il", "della", "con", "di", "per", "una", "che", "nel"]),
        ("pt", &["o", "os", "com", "do", "da", "uma", "para", "em"]),
        ("nl", &["het", "een", "van", "met", "en", "is", "op", "de"]),
    ];
    let mut scores = [0usize; WORDS.len()];
    for word in folded.split(' ').take(4000) {
        for (i, (_, list)) in WORDS.iter().enumerate() {
            scores[i] += usize::from(list.contains(&word));
        }
    }
    let best = (0..scores.len()).max_by_key(|i| scores[*i])?;
    let second = (0..scores.len())
        .filter(|i| *i != best)
        .map(|i| scores[i])
        .max()
        .unwrap_or(0);
    (scores[best] >= 5 && scores[best] * 2 >= second * 3).then_some(WORDS[best].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_hosts_name_a_country() {
        assert_eq!(language_tag("en-ZA"), (Some("en".into()), Some("ZA")));
        assert_eq!(language_tag("pt"), (Some("pt".into()), None));
        assert_eq!(country_of_host("www.example.com.au"), Some("AU"));
        assert_eq!(country_of_host("www.example.co.uk"), Some("GB"));
        assert_eq!(country_of_host("example.com"), None);
        assert_eq!(country("Éire"), Some("IE"));
    }

    #[test]
    fn a_bare_dollar_is_the_countrys() {
        let at = |country, language: &str| Hints {
            country,
            language: Some(language.into()),
        };
        assert_eq!(at(Some("AU"), "en").dollar(), Some("AUD"));
        assert_eq!(at(None, "en").dollar(), Some("USD"));
        assert_eq!(at(None, "es").dollar(), None);
        assert_eq!(at(Some("GB"), "en").dollar(), None);
    }

    #[test]
    fn small_words_tell_the_language() {
        assert_eq!(
            guess_language("the house is in the centre of the town and this is for you with the garden"),
            Some("en")
        );
        assert_eq!(guess_language("casa"), None);
    }
}
