//! Bare figures whose own element says what they count, by an attribute or a class.

use domain::fact::{FactKey, FactMethod};
use scraper::{ElementRef, Html};

use super::fold::fold;
use super::found::{Found, trust};
use super::hints::Hints;
use super::labels;
use super::page::Page;
use super::pairs::{counted, meant, put};
use super::values;

/// A bare figure whose own element says what it counts: `<span class="beds">3</span>`, `<td data-label="Bedrooms">3</td>`,
/// `<li title="Bedrooms"><img …>4</li>`.
pub(super) fn read(doc: &Html, page: &Page, hints: &Hints, out: &mut Vec<Found>) {
    for (i, el) in page.els.iter().enumerate() {
        if el.cells.is_empty() || el.cells.len() > 2 || page.left_out(i as u32) {
            continue;
        }
        let words = page.words(i as u32);
        if words.chars().count() > 24 || !words.bytes().any(|b| b.is_ascii_digit()) || words.contains([':', '/']) {
            continue;
        }
        let Some(element) = page.element(doc, i as u32) else {
            continue;
        };
        if let Some(label) = element
            .attr("data-label")
            .or_else(|| element.attr("data-th"))
            .or_else(|| element.attr("data-title"))
        {
            put(
                label,
                &words,
                trust::PAIR,
                false,
                FactMethod::Table,
                "table",
                hints,
                out,
            );
            continue;
        }
        let spoken = element
            .attr("title")
            .or_else(|| element.attr("aria-label"))
            .or_else(|| {
                element.descendants().filter_map(ElementRef::wrap).find_map(|d| {
                    if d.value().name() == "img" {
                        d.attr("alt").or_else(|| d.attr("title"))
                    } else {
                        d.attr("title").or_else(|| d.attr("aria-label"))
                    }
                })
            });
        if let Some(label) = spoken.and_then(labels::single).filter(|l| counted(l.key)) {
            if let Some(value) = meant(&label, &words, hints) {
                out.push(Found::new(
                    label.key,
                    value,
                    FactMethod::Table,
                    trust::LOOSE_PAIR.saturating_sub(label.rank * 12),
                    &format!("{}: {words}", spoken.unwrap_or("")),
                    "list title",
                ));
            }
            continue;
        }
        // An element around it that holds nothing else may carry the name.
        let lone = page.els[el.parent as usize].cells.len() <= 2;
        let around = lone.then(|| page.element(doc, el.parent)).flatten();
        named(element, around, &words, hints, out);
    }
}

/// Class words that name what a figure counts.
fn named(element: ElementRef<'_>, around: Option<ElementRef<'_>>, words: &str, hints: &Hints, out: &mut Vec<Found>) {
    const NAMES: [(FactKey, &[&str]); 2] = [
        (
            FactKey::Bedrooms,
            &[
                "bed",
                "beds",
                "bedroom",
                "bedrooms",
                "habitaciones",
                "dormitorios",
                "chambres",
                "schlafzimmer",
                "quartos",
                "slaapkamers",
            ],
        ),
        (
            FactKey::Bathrooms,
            &[
                "bath",
                "baths",
                "bathroom",
                "bathrooms",
                "banos",
                "banyos",
                "bagni",
                "banheiros",
                "badkamers",
            ],
        ),
    ];
    // A bare figure only; with words the line speaks for itself.
    if words.chars().any(char::is_alphabetic) {
        return;
    }
    let mut names = super::region::tokens(element);
    names.extend(around.map(super::region::tokens).unwrap_or_default());
    let hits: Vec<FactKey> = NAMES
        .iter()
        .filter(|(_, list)| names.iter().any(|n| list.contains(&fold(n).as_str())))
        .map(|(k, _)| *k)
        .collect();
    if let [key] = hits.as_slice()
        && let Some(value) = values::read(*key, words, None, hints)
    {
        out.push(Found::new(
            *key,
            value,
            FactMethod::Table,
            trust::HINT + 8,
            words,
            format!("class {}", names.join(" ")),
        ));
    }
}
