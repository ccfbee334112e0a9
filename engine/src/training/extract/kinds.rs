//! Kinds of property, of offer and of status, in the words of several languages.

use super::fold::{find_phrase, fold, has_phrase, tidy};
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    House,
    Flat,
    Land,
    Mobile,
    Business,
    Other,
}

/// Words for kinds of property, folded, with their family.
static KINDS: LazyLock<Vec<(Family, Vec<String>)>> = LazyLock::new(|| {
    super::lists::sections(include_str!("words/kinds.txt"))
        .into_iter()
        .map(|(head, words)| {
            let family = match head {
                "house" => Family::House,
                "flat" => Family::Flat,
                "land" => Family::Land,
                "mobile" => Family::Mobile,
                "business" => Family::Business,
                _ => Family::Other,
            };
            (family, words)
        })
        .collect()
});

/// The family of a kind, by the longest known word of the phrase ("garden flat" is a flat).
pub(super) fn family(text: &str) -> Option<Family> {
    let folded = fold(&spaced(text));
    let mut best: Option<(usize, usize, Family)> = None;
    for (family, words) in KINDS.iter() {
        for word in words {
            if let Some(at) = find_phrase(&folded, word) {
                let candidate = (word.len(), at, *family);
                if best.is_none_or(|(len, _, _)| word.len() > len) {
                    best = Some(candidate);
                }
            }
        }
    }
    best.map(|b| b.2)
}

/// `SingleFamilyResidence`, `SEMI_DETACHED` → `Single family residence`, `Semi detached`; words as people write them stay.
pub(super) fn spaced(text: &str) -> String {
    let text = tidy(text);
    let coded = text.chars().all(|c| c.is_alphanumeric() || c == '_')
        && (text.contains('_') || text.chars().skip(1).any(char::is_uppercase));
    if !coded {
        return text;
    }
    let mut out = String::new();
    let mut lower = false;
    for c in text.chars() {
        if c == '_' || c == '-' {
            out.push(if c == '_' { ' ' } else { '-' });
            lower = false;
            continue;
        }
        if c.is_uppercase() && lower {
            out.push(' ');
        }
        lower = c.is_lowercase();
        out.extend(c.to_lowercase());
    }
    capital(&out)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

/// A kind of property as a value states it, when it holds a word for one.
pub(super) fn property_type(text: &str) -> Option<String> {
    let text = spaced(text);
    // "Condominium (1972)": the bracket says something else.
    let plain = text.split('(').next().unwrap_or(&text).trim_end();
    let kept = if plain.is_empty() { text.as_str() } else { plain };
    let kept = kept.trim_matches([' ', ',', ';', '-', '/']);
    let fits =
        kept.chars().count() <= 60 && kept.split_whitespace().count() <= 7 && !kept.bytes().any(|b| b.is_ascii_digit());
    // A listing service's widest class, for want of a better one.
    let widest = matches!(fold(kept).as_str(), "residential" | "residential property");
    (fits && (widest || family(kept).is_some())).then(|| {
        if kept.chars().all(|c| !c.is_uppercase()) {
            capital(kept)
        } else {
            kept.to_owned()
        }
    })
}

/// As [`property_type`], when the whole value is one known kind: for entries that are only named "type".
pub(super) fn exact(text: &str) -> Option<String> {
    let folded = fold(&spaced(text));
    KINDS
        .iter()
        .any(|(_, words)| words.contains(&folded))
        .then(|| property_type(text))
        .flatten()
}

/// Phrases of sale and rent, folded.
static SALE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "for sale|to buy|sale|buy|en venta|venta|comprar|compra|a vendre|vente|vends|acheter|achat|\
        zu verkaufen|zum kauf|kaufen|kauf|verkauf|in vendita|vendita|comprare|a venda|venda|vende se|vende|\
        te koop|koop|koopwoning|till salu|til salgs|til salg|na sprzedaz|en vente|se vende"
        .split('|')
        .collect()
});
static RENT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "for rent|to rent|rent|rental|rentals|to let|for lease|lease|let|letting|lettings|en alquiler|\
        alquiler|alquilar|en lloguer|lloguer|se alquila|en renta|renta|a louer|location|louer|zu vermieten|\
        zur miete|mieten|miete|vermietung|in affitto|affitto|affittasi|para alugar|alugar|aluguel|\
        para arrendar|arrendar|arrendamento|te huur|huur|huurwoning|uthyres|til leie|do wynajecia"
        .split('|')
        .collect()
});

/// Whether a folded text offers for sale or for rent; both or neither is `None`.
pub(super) fn offer(folded: &str) -> Option<&'static str> {
    // Words that hold the other ones but mean something else.
    let text = folded
        .replace("sale agreed", "")
        .replace("lease hold", "")
        .replace("let agreed", "to let")
        .replace("buy to let", "")
        .replace("rent to own", "")
        .replace("under offer", "");
    let says = |list: &[&str]| list.iter().any(|p| has_phrase(&text, p));
    match (says(&SALE), says(&RENT)) {
        (true, false) => Some("sale"),
        (false, true) => Some("rent"),
        _ => None,
    }
}

/// Words of an offer in a headline: only phrases that cannot be part of a name or of English "location".
pub(super) fn offer_in_title(folded: &str, english: bool) -> Option<&'static str> {
    static LOOSE: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "location|sale|buy|rent|let|lease|koop|huur|vente|kauf|compra|vende|renta|letting"
            .split('|')
            .collect()
    });
    let says = |list: &[&str]| {
        list.iter()
            .filter(|p| !english || !LOOSE.contains(p))
            .any(|p| has_phrase(folded, p))
    };
    match (says(&SALE), says(&RENT)) {
        (true, false) => Some("sale"),
        (false, true) => Some("rent"),
        _ => None,
    }
}

/// `active`, `pending` or `sold`.
pub(super) fn status(text: &str) -> Option<&'static str> {
    let folded = fold(&spaced(text));
    let says = |list: &[&str]| list.iter().any(|p| has_phrase(&folded, p));
    if text.chars().count() > 50 {
        None
    } else if says(&[
        "contingent",
        "pending",
        "under offer",
        "under contract",
        "sale agreed",
        "sold stc",
        "sold subject to contract",
        "let agreed",
        "reserved",
        "reservado",
        "sous compromis",
        "reserviert",
        "under option",
        "onder bod",
        "onder voorbehoud",
        "verkocht onder voorbehoud",
        "in trattativa",
        "active under contract",
    ]) {
        Some("pending")
    } else if says(&[
        "sold",
        "closed",
        "vendido",
        "vendu",
        "verkauft",
        "venduto",
        "verkocht",
        "rented",
        "soldout",
        "out of stock",
        "let",
    ]) {
        Some("sold")
    } else if says(&[
        "active",
        "for sale",
        "available",
        "disponible",
        "published",
        "in stock",
        "instock",
        "new",
        "beschikbaar",
        "verfugbar",
        "disponibile",
        "to let",
        "for rent",
        "te koop",
        "te huur",
    ]) {
        Some("active")
    } else {
        None
    }
}

/// The kind named in a headline such as "4 bedroom detached house for sale in …" or "Piso en venta en …":
/// the known words right beside the offer or the count of rooms.
pub(super) fn in_headline(text: &str) -> Option<String> {
    let clean = text.replace(['(', ')', '|', '–', '—', ',', ':', '-'], " ");
    let words: Vec<&str> = clean.split_whitespace().collect();
    let folded: Vec<String> = words.iter().map(|w| fold(w)).collect();
    let mut best: Option<(usize, usize)> = None;
    for start in 0..words.len() {
        for len in (1..=4usize).rev() {
            let Some(part) = folded.get(start..start + len) else {
                continue;
            };
            let phrase = part
                .iter()
                .filter(|w| !w.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" ");
            if !KINDS.iter().any(|(_, list)| list.contains(&phrase))
                || matches!(
                    phrase.as_str(),
                    "home" | "residential" | "unit" | "site" | "lot" | "stand" | "land" | "building" | "let"
                )
            {
                continue;
            }
            let word = |i: Option<usize>| i.and_then(|i| folded.get(i)).map_or("", String::as_str);
            let offer = |i: Option<usize>| OFFERED.contains(&word(i));
            let after = start + len;
            let into = |i: usize| INTO.contains(&word(Some(i))) && offer(Some(i + 1));
            let follows = offer(Some(after))
                || into(after)
                || ROOMS.contains(&word(Some(after)))
                || word(Some(after)) == "for"
                || (word(Some(after)).parse::<u8>().is_ok() && ROOMS.contains(&word(Some(after + 1))));
            let (one, two) = (start.checked_sub(1), start.checked_sub(2));
            let leads = ROOMS.contains(&word(one))
                || offer(one)
                || (matches!(word(one), "de" | "of" | "di" | "d") && offer(two));
            let beside = follows || leads;
            if beside && best.is_none_or(|(_, l)| len > l) {
                best = Some((start, len));
            }
        }
    }
    let (start, mut len) = best?;
    // "detached" + "house".
    while folded.get(start + len).is_some_and(|w| {
        matches!(
            w.as_str(),
            "house" | "home" | "bungalow" | "villa" | "flat" | "apartment" | "cottage" | "townhouse"
        )
    }) {
        len += 1;
    }
    Some(capital(&words[start..start + len].join(" ")))
}

/// Words of an offer, of counted rooms, and those between a kind and an offer ("en venta", "à louer").
static OFFERED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "sale|rent|let|lease|buy|venta|alquiler|vente|vendre|vends|location|louer|vendita|affitto|venda|\
        arrendar|alugar|arrendamento|kaufen|mieten|kauf|miete|verkaufen|vermieten|koop|huur|renta|salu|salg|\
        lloguer"
        .split('|')
        .collect()
});
static ROOMS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "bed|beds|bedroom|bedrooms|bhk|bd|br|bdr|pieces|piece|zimmer|habitaciones|dormitorios|quartos|\
        chambres|chambre|camere|locali|slaapkamers|hab|t0|t1|t2|t3|t4|t5|bedroomed"
        .split('|')
        .collect()
});
static INTO: LazyLock<Vec<&str>> = LazyLock::new(|| "en|a|zu|zum|zur|in|te|till|for|to".split('|').collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_as_data_and_people_write_them() {
        assert_eq!(
            property_type("SingleFamilyResidence").as_deref(),
            Some("Single family residence")
        );
        assert_eq!(property_type("HOUSE").as_deref(), Some("House"));
        assert_eq!(property_type("Condominium (1972)").as_deref(), Some("Condominium"));
        assert_eq!(
            property_type("Mobile/Manufactured").as_deref(),
            Some("Mobile/Manufactured")
        );
        assert_eq!(property_type("Doppelhaushälfte").as_deref(), Some("Doppelhaushälfte"));
        assert_eq!(property_type("Resale Property"), None);
        assert_eq!(family("Garden flat"), Some(Family::Flat));
    }

    #[test]
    fn offers() {
        assert_eq!(offer("4 bedroom house for sale"), Some("sale"));
        assert_eq!(offer("piso en alquiler"), Some("rent"));
        assert_eq!(offer("for sale or to let"), None);
        assert_eq!(offer_in_title("great location near the beach", true), None);
        assert_eq!(offer_in_title("location appartement lyon", false), Some("rent"));
    }

    #[test]
    fn the_kind_in_a_headline() {
        assert_eq!(
            in_headline("4 bedroom detached house for sale in Stephen Road").as_deref(),
            Some("Detached house")
        );
        assert_eq!(in_headline("Piso en venta en Calle Goya").as_deref(), Some("Piso"));
        assert_eq!(
            in_headline("2 BHK Flats & Apartments for Rent").as_deref(),
            Some("Flats & Apartments")
        );
        assert_eq!(in_headline("12 White House Road, Oxford"), None);
    }
}
