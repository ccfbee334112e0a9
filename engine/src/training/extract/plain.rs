//! Text without markup, and sentences of a page's description.

use domain::fact::{FactKey, FactMethod, FactValue};
use std::sync::LazyLock;

use super::fold::{clip, fold, tidy};
use super::found::{Found, trust};
use super::hints::{self, Hints};
use super::page::Page;
use super::passages::{self, Piece};
use super::{Extract, ExtractError, address, bytes, choose, clean, headline, kinds, money, pairs, sentence};

pub(super) fn read(text: &str) -> Result<Extract, ExtractError> {
    if text.len() > bytes::MAX_BYTES {
        return Err(ExtractError::TooLarge);
    }
    let mut removed = 0;
    let text = clean::clean(text, &mut removed);
    let lines: Vec<String> = text.lines().map(tidy_line).collect();
    if lines.iter().all(|l| !l.chars().any(char::is_alphanumeric)) {
        return Err(ExtractError::Empty);
    }
    let folded = fold(&text);
    let hints = Hints {
        language: hints::guess_language(&folded).map(str::to_owned),
        country: None,
    };
    let mut found = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut whole = String::with_capacity(text.len());
    for (i, line) in lines.iter().enumerate() {
        if line.is_empty() {
            continue;
        }
        let next = lines.get(i + 1).map_or("", String::as_str);
        pieces.push(Piece {
            text: line.clone(),
            start: whole.len(),
            heading: heading(line, next),
        });
        whole.push_str(line);
        whole.push('\n');
        of_line(line, pieces.len() <= 3, &hints, &mut found);
    }
    let title = clip(pieces.first().map_or("", |p| p.text.as_str()), 200);
    let visible = folded.split(' ').map(str::to_owned).collect();
    let facts = choose::settle(found, &visible, &hints);
    Ok(Extract {
        title,
        language: hints.language,
        facts,
        passages: passages::gather(&pieces),
        text: whole,
        images: Vec::new(),
        removed,
    })
}

/// Tabs part columns, so one stays as the sign of it.
fn tidy_line(line: &str) -> String {
    line.split('\t')
        .map(tidy)
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join("\t")
}

/// A short line without a full stop, before a longer one.
fn heading(line: &str, next: &str) -> bool {
    let words = line.split_whitespace().count();
    words <= 8
        && !line.ends_with(['.', ',', ';', ':', '!', '?'])
        && !line.contains([':', '\t'])
        && next.chars().count() > line.chars().count().max(60)
}

fn of_line(line: &str, first: bool, hints: &Hints, found: &mut Vec<Found>) {
    let words = line.split_whitespace().count();
    pairs::of_line(line, hints, FactMethod::Text, "text", found);
    if first && words <= 22 {
        title(line, hints, found);
    }
    if words <= 12 && !line.contains(':') {
        figures(line, trust::HINT + 6, hints, found);
        let amounts = money::amounts(line, hints);
        if let Some(amount) = money::main(&amounts).filter(|a| a.minor >= 5_000)
            && words <= 5
        {
            found.push(Found::new(
                FactKey::Price,
                headline::price(amount),
                FactMethod::Text,
                trust::HINT,
                line,
                "text",
            ));
        }
        if address::is_address(line, hints) {
            found.push(Found::new(
                FactKey::Address,
                FactValue::text(line.replace('\t', " ")),
                FactMethod::Text,
                trust::HINT,
                line,
                "text",
            ));
        }
    } else {
        for sentence in sentence::split(line) {
            prose(sentence, hints, found);
        }
    }
}

fn title(line: &str, hints: &Hints, found: &mut Vec<Found>) {
    let mut put = |key, value, trust| found.push(Found::new(key, value, FactMethod::Text, trust, line, "first lines"));
    if let Some(offer) = kinds::offer_in_title(&fold(line), hints.speaks(&["en"]) || hints.language.is_none()) {
        put(FactKey::Offer, FactValue::text(offer), trust::CHIP);
    }
    if let Some(kind) = kinds::in_headline(line) {
        put(FactKey::PropertyType, FactValue::text(kind), trust::CHIP);
    }
    if let Some(amount) = money::main(&money::amounts(line, hints)).filter(|a| a.minor >= 5_000) {
        put(FactKey::Price, headline::price(amount), trust::CHIP);
    }
    if let Some(spot) = headline::spot(line).filter(|s| s.contains(',') || address::street_like(s)) {
        put(FactKey::Address, FactValue::text(spot), trust::HINT);
    }
    figures(line, trust::CHIP, hints, found);
}

fn figures(line: &str, trust: u8, hints: &Hints, found: &mut Vec<Found>) {
    let counts = sentence::counts(line, hints);
    for key in [FactKey::Bedrooms, FactKey::Bathrooms] {
        if let Some(n) = sentence::sole(&counts, key) {
            found.push(Found::new(
                key,
                FactValue::number(n),
                FactMethod::Text,
                trust,
                line,
                "text",
            ));
        }
    }
    if let Some((area, _)) = sentence::living(line, hints) {
        found.push(Found::new(
            FactKey::LivingArea,
            area,
            FactMethod::Text,
            trust - 4,
            line,
            "text",
        ));
    }
}

/// A sentence of prose: counts only where they belong to the whole home ("a three bedroom house"),
/// sizes only where said to be the living area, the year it was built, the price asked.
fn prose(text: &str, hints: &Hints, found: &mut Vec<Found>) {
    let mut put = |key, value, trust| found.push(Found::new(key, value, FactMethod::Text, trust, text, "text"));
    let folded = fold(text);
    let counts = sentence::counts(text, hints);
    if let Some(n) = sentence::sole(&counts, FactKey::Bedrooms)
        && counts
            .iter()
            .find(|c| c.key == FactKey::Bedrooms)
            .is_some_and(|c| whole_home(text, c.start))
    {
        put(FactKey::Bedrooms, FactValue::number(n), trust::SENTENCE);
        if let Some(n) = sentence::sole(&counts, FactKey::Bathrooms) {
            put(FactKey::Bathrooms, FactValue::number(n), trust::SENTENCE);
        }
    }
    if let Some((area, true)) = sentence::living(text, hints) {
        put(FactKey::LivingArea, area, trust::SENTENCE);
    }
    if let Some(year) = sentence::year(text) {
        put(FactKey::YearBuilt, FactValue::number(year), trust::SENTENCE);
    }
    let asks = [
        "asking price",
        "price is",
        "priced at",
        "offered at",
        "listed at",
        "listed for",
        "for sale for",
        "purchase price",
        "precio de",
        "prix de",
        "kaufpreis",
        "prezzo",
        "preco de",
        "vraagprijs",
    ];
    if asks.iter().any(|a| super::fold::has_phrase(&folded, a))
        && let Some(amount) = money::main(&money::amounts(text, hints)).filter(|a| a.minor >= 1_000_000)
    {
        put(FactKey::Price, headline::price(amount), trust::SENTENCE);
    }
}

/// Whether a count of bedrooms is followed by the kind of home: "four bedroom detached property".
fn whole_home(text: &str, at: usize) -> bool {
    static HOMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "house|home|property|flat|apartment|bungalow|villa|cottage|townhouse|condo|condominium|residence|\
            detached|semi|terraced|maisonette|penthouse|duplex|unit|family|mobile|farmhouse|casa|piso|\
            apartamento|vivienda|chalet|maison|appartement|bien|haus|wohnung|villetta|appartamento|moradia|\
            woning|huis|ranch|colonial|victorian|period|end|mid|ground|split|cape"
            .split('|')
            .collect()
    });
    fold(&text[at..]).split(' ').skip(2).take(4).any(|w| HOMES.contains(&w))
        || fold(&text[..at]).split(' ').rev().take(5).any(|w| {
            matches!(
                w,
                "casa"
                    | "piso"
                    | "apartamento"
                    | "vivienda"
                    | "chalet"
                    | "maison"
                    | "appartement"
                    | "villa"
                    | "wohnung"
                    | "appartamento"
                    | "moradia"
                    | "woning"
                    | "huis"
                    | "haus"
            )
        })
}

/// What the sentences of a page state.
pub(super) fn stated(page: &Page, hints: &Hints) -> Vec<Found> {
    let mut found = Vec::new();
    for (_, line) in page.about() {
        if line.text.chars().count() > 60 && line.text.len() < 20_000 {
            for sentence in sentence::split(&line.text) {
                prose(sentence, hints, &mut found);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> Vec<(FactKey, String)> {
        read(text)
            .unwrap()
            .facts
            .into_iter()
            .map(|f| (f.key, f.value.display_for(f.key)))
            .collect()
    }

    #[test]
    fn labels_and_sentences_of_pasted_text() {
        let found = facts(
            "3 bedroom house for sale in Elm Road, Springfield\nPrice: $489,000\nBathrooms\t2.5\nLiving area: 1,850 sq ft\nHeating: Gas\n\nA lovely three bedroom family home built in 1972, with a large garden and views over the park.",
        );
        for wanted in [
            (FactKey::Bedrooms, "3"),
            (FactKey::Price, "$489,000"),
            (FactKey::Bathrooms, "2.5"),
            (FactKey::LivingArea, "1,850 sq ft"),
            (FactKey::YearBuilt, "1972"),
            (FactKey::Heating, "Gas"),
            (FactKey::Offer, "sale"),
        ] {
            assert!(found.contains(&(wanted.0, wanted.1.into())), "{wanted:?} in {found:?}");
        }
    }

    #[test]
    fn nothing_is_said_by_nothing() {
        assert_eq!(read(" \n\t ").unwrap_err(), ExtractError::Empty);
        assert!(facts("We met for lunch and talked about the weather.").is_empty());
    }
}
