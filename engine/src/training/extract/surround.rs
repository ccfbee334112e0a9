//! The short lines around the main heading: price, counts, size, address.

use std::sync::LazyLock;

use domain::fact::{FactKey, FactMethod, FactValue};
use scraper::Html;

use super::fold::fold;
use super::found::{Found, trust};
use super::meta::Head;
use super::page::{Page, Tag};
use super::{address, headline, labels, money, region, sentence, units, values};

/// How many lines before and after the main heading are its surroundings.
const BEFORE: usize = 25;
const AFTER: usize = 45;
/// The short lines around the main heading: price, counts, size, address.
pub(super) fn read(doc: &Html, page: &Page, head: &Head, out: &mut Vec<Found>) {
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
    static NOT: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "mortgage|deposit|tax|taxes|fee|fees|hoa|est|estimated|estimate|payment|payments|repayment|duty|\
            income|charge|charges|levy|levies|rates|insurance|reduced by|save|off|bond|fianza|hipoteca|\
            comunidad|charges|honoraires|nebenkosten|kaution|provision|hausgeld|spese|condominio|iptu|\
            zestimate|sold|last"
            .split('|')
            .collect()
    });
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
            headline::price(amount),
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
