//! What the page says in large letters: titles, main heading, and the short lines around it.

use std::sync::LazyLock;

use domain::fact::{FactKey, FactMethod, FactValue};
use scraper::Html;

use super::address;
use super::fold::{fold, squash, tidy};
use super::found::{Found, trust};
use super::meta::Head;
use super::page::Page;
use super::{kinds, money, sentence, surround, values};

pub(super) fn read(doc: &Html, page: &Page, head: &Head) -> Vec<Found> {
    let mut out = Vec::new();
    let mut titles: Vec<(String, String)> = head
        .titles()
        .into_iter()
        .map(|(n, t)| (n.to_owned(), t.to_owned()))
        .collect();
    if let Some(main) = page.main {
        titles.push(("main heading".to_owned(), page.lines[main as usize].text.clone()));
    }
    for (place, text) in &titles {
        of_title(text, place, head, &mut out);
    }
    for name in ["description", "og:description", "twitter:description"] {
        if let Some(text) = head.tag(name) {
            of_summary(text, &format!("meta {name}"), head, &mut out);
        }
    }
    surround::read(doc, page, head, &mut out);
    street_and_place(&mut out);
    out
}

/// A title: everything in it is about the property.
fn of_title(text: &str, place: &str, head: &Head, out: &mut Vec<Found>) {
    let hints = &head.hints;
    let method = if place == "main heading" {
        FactMethod::Text
    } else {
        FactMethod::Meta
    };
    let mut put =
        |key: FactKey, value: FactValue, trust: u8| out.push(Found::new(key, value, method, trust, text, place));
    let counts = sentence::counts(text, hints);
    for key in [FactKey::Bedrooms, FactKey::Bathrooms] {
        if let Some(n) = sentence::sole(&counts, key) {
            put(key, FactValue::number(n), trust::HEADLINE);
        }
    }
    if let Some((area, sure)) = sentence::living(text, hints) {
        put(
            FactKey::LivingArea,
            area,
            if sure { trust::HEADLINE } else { trust::HINT + 8 },
        );
    }
    let amounts = money::amounts(text, hints);
    if let Some(amount) = money::main(&amounts)
        && amounts.iter().all(|a| !a.partial || a.minor != amount.minor)
    {
        put(FactKey::Price, price(amount), trust::HEADLINE);
    }
    let folded = fold(text);
    if let Some(offer) = kinds::offer_in_title(&folded, hints.speaks(&["en"]) || hints.language.is_none()) {
        put(FactKey::Offer, FactValue::text(offer), trust::HEADLINE);
    }
    if let Some(kind) = kinds::in_headline(text) {
        put(FactKey::PropertyType, FactValue::text(kind), trust::CHIP);
    }
    for part in parts(text) {
        if address::is_address(&part, hints)
            && let Some(value) = values::address(&part)
        {
            put(FactKey::Address, FactValue::text(value), trust::HEADLINE);
            break;
        }
    }
    if let Some(spot) = spot(text) {
        let many = spot.contains(',') || address::street_like(&spot);
        if many && let Some(value) = values::address(&spot) {
            put(FactKey::Address, FactValue::text(value), trust::CHIP);
        }
    }
}

pub(super) fn price(amount: &money::Amount) -> FactValue {
    FactValue::Money {
        minor: amount.minor,
        currency: amount.currency.map(str::to_owned),
        period: amount.period,
    }
}

/// Pieces of a title between bars and dashes, without what stands in brackets.
fn parts(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth <= 0 => plain.push(c),
            _ => {}
        }
    }
    plain
        .replace(" - ", "|")
        .replace(" – ", "|")
        .replace(" — ", "|")
        .replace(" · ", "|")
        .replace(" • ", "|")
        .split('|')
        .map(tidy)
        .filter(|p| !p.is_empty())
        .collect()
}

/// The place after an offer: "… for sale in {Stephen Road, Headington}", "en venta en {Calle Goya, nº 54}".
pub(super) fn spot(text: &str) -> Option<String> {
    static OFFERS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "sale|rent|let|lease|venta|alquiler|vendre|vente|louer|location|verkaufen|vermieten|kauf|kaufen|\
            miete|mieten|vendita|affitto|venda|arrendar|alugar|arrendamento|koop|huur|buy|renta"
            .split('|')
            .collect()
    });
    static INTO: LazyLock<Vec<&str>> = LazyLock::new(|| "in|at|on|en|a|em|no|na|near|dans".split('|').collect());
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words
        .windows(2)
        .position(|w| OFFERS.contains(&fold(w[0]).as_str()) && INTO.contains(&fold(w[1]).as_str()))?;
    let mut found: Vec<&str> = Vec::new();
    for word in &words[at + 2..] {
        let folded = fold(word);
        let stops = matches!(*word, "-" | "–" | "—" | "|" | "·" | "•")
            || word.starts_with(['(', '€', '$', '£', '₹'])
            || matches!(
                folded.as_str(),
                "por"
                    | "for"
                    | "from"
                    | "by"
                    | "with"
                    | "per"
                    | "con"
                    | "mit"
                    | "avec"
                    | "desde"
                    | "pour"
                    | "ref"
                    | "property"
            );
        if stops {
            break;
        }
        found.push(word);
    }
    let text = tidy(&found.join(" ")).trim_matches([',', ' ', ':', '.']).to_owned();
    (found.len() <= 14 && text.chars().count() >= 3).then_some(text)
}

/// A description in a tag: sentences that sum the property up.
fn of_summary(text: &str, place: &str, head: &Head, out: &mut Vec<Found>) {
    let hints = &head.hints;
    let first: String = sentence::split(text).into_iter().take(2).collect::<Vec<_>>().join(" ");
    let mut put = |key: FactKey, value: FactValue, trust: u8| {
        out.push(Found::new(key, value, FactMethod::Meta, trust, text, place))
    };
    let counts = sentence::counts(&first, hints);
    for key in [FactKey::Bedrooms, FactKey::Bathrooms] {
        if let Some(n) = sentence::sole(&counts, key) {
            put(key, FactValue::number(n), trust::HINT + 6);
        }
    }
    if let Some((area, sure)) = sentence::living(&first, hints) {
        put(
            FactKey::LivingArea,
            area,
            if sure { trust::HINT + 4 } else { trust::SENTENCE },
        );
    }
    let amounts = money::amounts(&first, hints);
    if let Some(amount) = money::main(&amounts).filter(|a| a.minor >= 1_000_000 || a.period.is_some()) {
        put(FactKey::Price, price(amount), trust::HINT + 6);
    }
    let english = hints.speaks(&["en"]) || hints.language.is_none();
    if let Some(offer) = kinds::offer_in_title(&fold(&first), english).filter(|_| english) {
        put(FactKey::Offer, FactValue::text(offer), trust::HINT);
    }
}

/// A street in the title and its district in the line below belong together: "Calle Goya, nº 54, Goya (Madrid)".
fn street_and_place(out: &mut Vec<Found>) {
    let addresses: Vec<&Found> = out.iter().filter(|f| f.key == FactKey::Address).collect();
    let street = addresses
        .iter()
        .filter(|f| f.locator != "text")
        .find(|f| address::street_like(f.text()));
    let place = addresses
        .iter()
        .filter(|f| f.locator == "text")
        .find(|f| !address::street_like(f.text()) && !f.text().starts_with(|c: char| c.is_ascii_digit()));
    let (Some(street), Some(place)) = (street, place) else {
        return;
    };
    let (s, p) = (squash(street.text()), squash(place.text()));
    if s.contains(&p) || p.contains(&s) {
        return;
    }
    let joined = format!("{}, {}", street.text(), place.text());
    let (quote, locator, trust) = (
        format!("{} … {}", street.quote, place.quote),
        street.locator.clone(),
        street.trust,
    );
    let Some(value) = values::address(&joined) else { return };
    out.retain(|f| f.key != FactKey::Address || !(squash(f.text()) == s || squash(f.text()) == p));
    out.push(Found::new(
        FactKey::Address,
        FactValue::text(value),
        FactMethod::Text,
        trust,
        &quote,
        locator,
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(html: &str) -> Vec<(FactKey, String)> {
        let doc = Html::parse_document(html);
        let head = Head::read(&doc, None);
        read(&doc, &Page::read(&doc), &head)
            .into_iter()
            .map(|f| (f.key, f.value.display()))
            .collect()
    }

    #[test]
    fn a_title_says_much() {
        let found = facts(
            "<html lang=es><title>Piso en venta en Calle Goya, nº 54 en Goya por 990.000 €</title><body><h1>Piso en venta en Calle Goya, nº 54</h1><h2 class=position>Goya (Distrito Salamanca. Madrid Capital)</h2>",
        );
        for wanted in [
            (FactKey::Price, "€990,000"),
            (FactKey::Offer, "sale"),
            (FactKey::PropertyType, "Piso"),
        ] {
            assert!(found.contains(&(wanted.0, wanted.1.into())), "{wanted:?} in {found:?}");
        }
        assert!(
            found
                .iter()
                .any(|f| f.0 == FactKey::Address && f.1.contains("Goya (Distrito")),
            "{found:?}"
        );
    }

    #[test]
    fn the_place_after_the_offer() {
        assert_eq!(
            spot("4 bedroom house for sale in Stephen Road, Headington, OX3").as_deref(),
            Some("Stephen Road, Headington, OX3")
        );
        assert_eq!(
            spot("2 BHK Flats for Rent in Andheri West, Mumbai - 10000 Sq. Yards").as_deref(),
            Some("Andheri West, Mumbai")
        );
        assert_eq!(spot("A nice home"), None);
    }

    #[test]
    fn two_different_prices_count_little() {
        let html =
            |b: &str| format!("<html lang=en><h1>Home</h1><div class=price>$400,000</div><div class=price>{b}</div>");
        let trust = |html: String| {
            let doc = Html::parse_document(&html);
            read(&doc, &Page::read(&doc), &Head::read(&doc, None))
                .iter()
                .filter(|f| f.key == FactKey::Price)
                .map(|f| f.trust)
                .max()
        };
        assert!(trust(html("$400,000")) > trust(html("$450,000")));
    }
}
