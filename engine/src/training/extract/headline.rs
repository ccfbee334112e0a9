//! What the page says in large letters: titles, main heading, and the short lines around it.

use domain::fact::{FactKey, FactMethod, FactValue};
use scraper::Html;

use super::address;
use super::fold::{fold, squash, tidy};
use super::found::{Found, trust};
use super::meta::Head;
use super::page::{Page, Tag};
use super::{kinds, labels, money, region, sentence, units, values};

/// How many lines before and after the main heading are its surroundings.
const BEFORE: usize = 25;
const AFTER: usize = 45;

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
    around(doc, page, head, &mut out);
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
    const OFFERS: [&str; 26] = [
        "sale",
        "rent",
        "let",
        "lease",
        "venta",
        "alquiler",
        "vendre",
        "vente",
        "louer",
        "location",
        "verkaufen",
        "vermieten",
        "kauf",
        "kaufen",
        "miete",
        "mieten",
        "vendita",
        "affitto",
        "venda",
        "arrendar",
        "alugar",
        "arrendamento",
        "koop",
        "huur",
        "buy",
        "renta",
    ];
    const INTO: [&str; 10] = ["in", "at", "on", "en", "a", "em", "no", "na", "near", "dans"];
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

/// The short lines around the main heading: price, counts, size, address.
fn around(doc: &Html, page: &Page, head: &Head, out: &mut Vec<Found>) {
    let main = page.main.map(|m| m as usize);
    let near = |i: usize| main.map_or(i < 80, |m| i + BEFORE >= m && i <= m + AFTER);
    let mut prices: Vec<(usize, u8, money::Amount, String)> = Vec::new();
    for (i, line) in page.about() {
        if line.text.len() > 220 || Some(i) == main {
            continue;
        }
        let text = page.live(line);
        let short = text.chars().count() <= 110;
        if short && !is_titled_elsewhere(&text) {
            chips(&text, near(i), head, out);
        }
        price_line(doc, page, i, &text, head, &mut prices);
        if short && near(i) {
            address_line(doc, page, i, &text, head, out);
        }
        // A line that a style sheet breaks up shows its elements apart.
        if near(i) && line.cells.len() > 1 {
            for cell in &page.cells[line.cells.start as usize..line.cells.end as usize] {
                if !cell.strike
                    && address::is_address(&cell.text, &head.hints)
                    && let Some(value) = values::address(&cell.text)
                {
                    out.push(Found::new(
                        FactKey::Address,
                        FactValue::text(value),
                        FactMethod::Text,
                        trust::HINT,
                        &cell.text,
                        "text",
                    ));
                }
            }
        }
    }
    settle_prices(page, &mut prices, out);
}

/// A line that names one room with its size ("Bedroom 1: 4 x 3 m") says nothing about the whole.
fn is_titled_elsewhere(text: &str) -> bool {
    let folded = fold(text);
    let rooms = [
        "bedroom",
        "kitchen",
        "bathroom",
        "garage",
        "balcony",
        "terrace",
        "garden",
        "floor",
        "annexe",
        "annex",
        "guest house",
        "dormitorio principal",
        "terraza",
        "salon",
        "cocina",
        "chambre",
        "cuisine",
        "garten",
        "keller",
        "balkon",
        "per ",
        "similar",
        "estimated",
        "search",
    ];
    let starts = rooms.iter().any(|r| folded.starts_with(r));
    let dimensions = text.contains('×') || folded.split(' ').any(|w| w == "x");
    starts || dimensions
}

/// "4 Bed · 3 Bath · 151 m² · Detached".
fn chips(text: &str, near: bool, head: &Head, out: &mut Vec<Found>) {
    let hints = &head.hints;
    let trust = if near { trust::CHIP } else { trust::HINT };
    let counts = sentence::counts(text, hints);
    for key in [FactKey::Bedrooms, FactKey::Bathrooms] {
        if let Some(n) = sentence::sole(&counts, key) {
            // A sentence tells less than a line made of figures.
            let lost = if text.split_whitespace().count() > 9 { 14 } else { 0 };
            out.push(Found::new(
                key,
                FactValue::number(n),
                FactMethod::Text,
                trust - lost,
                text,
                "text",
            ));
        }
    }
    let words = text.split_whitespace().count();
    if let Some((area, sure)) = sentence::living(text, hints)
        && (words <= 6 || !counts.is_empty() || sure)
        && !text.contains(':')
    {
        let trust = if sure { trust } else { trust.saturating_sub(6) };
        let trust = if words > 9 { trust.saturating_sub(14) } else { trust };
        out.push(Found::new(
            FactKey::LivingArea,
            area,
            FactMethod::Text,
            trust,
            text,
            "text",
        ));
    }
    for area in units::areas(text, hints.decimal())
        .iter()
        .filter(|a| a.about == units::About::Lot && words <= 8)
    {
        if values::sane_area(FactKey::LotArea, units::metres(area.value, area.unit)) {
            out.push(Found::new(
                FactKey::LotArea,
                FactValue::measure(area.value, area.unit),
                FactMethod::Text,
                trust.saturating_sub(6),
                text,
                "text",
            ));
        }
    }
}

/// A line that is a price and little else, or that stands in an element named so.
fn price_line(
    doc: &Html,
    page: &Page,
    i: usize,
    text: &str,
    head: &Head,
    prices: &mut Vec<(usize, u8, money::Amount, String)>,
) {
    let amounts = money::amounts(text, &head.hints);
    let Some(amount) = money::main(&amounts) else { return };
    if amount.minor < 5_000 {
        return;
    }
    // "Charges comprises" only says what the rent includes.
    let folded = fold(text).replace("charges comprises", "");
    const NOT: [&str; 40] = [
        "mortgage",
        "deposit",
        "tax",
        "taxes",
        "fee",
        "fees",
        "hoa",
        "est",
        "estimated",
        "estimate",
        "payment",
        "payments",
        "repayment",
        "duty",
        "income",
        "charge",
        "charges",
        "levy",
        "levies",
        "rates",
        "insurance",
        "reduced by",
        "save",
        "off",
        "bond",
        "fianza",
        "hipoteca",
        "comunidad",
        "charges",
        "honoraires",
        "nebenkosten",
        "kaution",
        "provision",
        "hausgeld",
        "spese",
        "condominio",
        "iptu",
        "zestimate",
        "sold",
        "last",
    ];
    if NOT.iter().any(|w| super::fold::has_phrase(&folded, w)) {
        return;
    }
    if labelled_otherwise(page, i) {
        return;
    }
    let words_beside = folded
        .split(' ')
        .filter(|w| w.chars().all(char::is_alphabetic) && w.len() > 1)
        .count();
    let line = &page.lines[i];
    let el = page.cells[line.cells.start as usize].el;
    let mut named = false;
    let mut at = el;
    for _ in 0..3 {
        if let Some(element) = page.element(doc, at) {
            named |= region::tokens(element).iter().any(|t| {
                matches!(
                    t.as_str(),
                    "price"
                        | "prices"
                        | "precio"
                        | "prix"
                        | "preis"
                        | "prezzo"
                        | "preco"
                        | "prijs"
                        | "amount"
                        | "importe"
                        | "kaufpreis"
                        | "listprice"
                        | "askingprice"
                        | "rent"
                        | "valor"
                )
            });
        }
        at = page.els[at as usize].parent;
    }
    let bare = words_beside <= 3;
    if !(named && words_beside <= 8 || bare && text.chars().count() <= 48) {
        return;
    }
    let heading = u8::from(line.heading > 0) * 4;
    let trust = if named { trust::LOOSE_PAIR } else { trust::HINT + 4 } + heading;
    prices.push((i, trust, amount.clone(), text.to_owned()));
}

/// A figure in a table or list whose label names something else than the price.
fn labelled_otherwise(page: &Page, i: usize) -> bool {
    let line = &page.lines[i];
    let Some(before) = i.checked_sub(1).map(|b| &page.lines[b]) else {
        return false;
    };
    let valued = matches!(page.els[line.el as usize].tag, Tag::Detail | Tag::Cell);
    let label = labels::of(&before.text);
    let price = label.iter().any(|l| l.key == FactKey::Price);
    before.text.chars().count() <= 45
        && !price
        && (valued
            || label.iter().any(|l| {
                !matches!(
                    l.key,
                    FactKey::PropertyType | FactKey::Status | FactKey::Description | FactKey::Features
                )
            }))
}

/// One price, or several lines that agree, is the price; when they differ, each counts little by itself.
fn settle_prices(page: &Page, prices: &mut Vec<(usize, u8, money::Amount, String)>, out: &mut Vec<Found>) {
    // A price that is far smaller than the largest is a fee of some kind.
    let best = prices.iter().map(|p| p.1).max().unwrap_or(0);
    prices.retain(|p| p.1 + 16 >= best);
    let largest = prices.iter().map(|p| p.2.minor).max().unwrap_or(0);
    prices.retain(|p| p.2.minor * 30 >= largest || p.2.period.is_some());
    let Some(first) = prices.first().map(|p| p.2.minor) else {
        return;
    };
    let agree = prices.iter().all(|p| p.2.minor == first);
    for (i, trust, amount, text) in prices.iter() {
        let close = page.main.is_none_or(|m| i.abs_diff(m as usize) <= 12);
        let trust = if agree {
            *trust
        } else if close {
            trust::HINT
        } else {
            trust::HINT - 12
        };
        out.push(Found::new(
            FactKey::Price,
            price(amount),
            FactMethod::Text,
            trust,
            text,
            "text",
        ));
    }
}

/// A line in an element named "address" or "location", or one that is an address by itself.
fn address_line(doc: &Html, page: &Page, i: usize, text: &str, head: &Head, out: &mut Vec<Found>) {
    let line = &page.lines[i];
    let el = page.cells[line.cells.start as usize].el;
    let mut named = false;
    let mut at = el;
    for _ in 0..3 {
        if let Some(element) = page.element(doc, at) {
            named |= element.value().name() == "address"
                || region::tokens(element).iter().any(|t| {
                    matches!(
                        t.as_str(),
                        "address"
                            | "adresse"
                            | "direccion"
                            | "ubicacion"
                            | "location"
                            | "localizacion"
                            | "localisation"
                            | "locality"
                            | "position"
                            | "indirizzo"
                            | "endereco"
                            | "morada"
                            | "adres"
                            | "anschrift"
                            | "street"
                            | "localizacao"
                            | "streetaddress"
                    )
                });
        }
        at = page.els[at as usize].parent;
    }
    let close = page.main.is_none_or(|m| i.abs_diff(m as usize) <= 8);
    let whole = address::is_address(text, &head.hints);
    let placed = text.contains([',', '('])
        && !text.ends_with([':', '.', '?', '!'])
        && text.split_whitespace().count() <= 14
        && !line.link;
    if !(whole || named && close && placed) {
        return;
    }
    if let Some(value) = values::address(text) {
        let trust = match (whole, named && close) {
            (true, true) => trust::LOOSE_PAIR,
            (true, false) => trust::HINT,
            _ => trust::HINT + 8,
        };
        out.push(Found::new(
            FactKey::Address,
            FactValue::text(value),
            FactMethod::Text,
            trust,
            text,
            "text",
        ));
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
