//! Values that stand beside their label: tables, definition lists, "Label: value" lines, and pairs of
//! neighbouring elements in either order.

use domain::fact::{FactKey, FactMethod, FactValue, Period, Unit};
use scraper::Html;

use super::fold::tidy;
use super::found::{Found, trust};
use super::hints::Hints;
use super::labels::{self, Label};
use super::page::{Page, Tag};
use super::{marked, neighbours, values};

pub(super) fn read(doc: &Html, page: &Page, hints: &Hints) -> Vec<Found> {
    let mut out = Vec::new();
    rows(page, hints, &mut out);
    terms(page, hints, &mut out);
    let about: Vec<&super::page::Line> = page.about().map(|(_, l)| l).collect();
    let paired = |i: Option<usize>| {
        i.and_then(|i| about.get(i))
            .is_some_and(|l| l.text.len() <= 90 && colon(&l.text).is_some_and(|at| at <= 45 && at + 1 < l.text.len()))
    };
    for (i, line) in about.iter().enumerate().filter(|(_, l)| l.text.len() <= 700) {
        // A lone line with a colon is prose; several make a list.
        let listed = [i.checked_sub(1), i.checked_sub(2), Some(i + 1), Some(i + 2)]
            .into_iter()
            .any(paired);
        let first = out.len();
        of_line(&page.live(line), hints, FactMethod::Table, "line", &mut out);
        if !listed {
            let kept: Vec<Found> = out.drain(first..).filter(|f| f.key != FactKey::Other).collect();
            out.extend(kept);
        }
    }
    neighbours::read(page, hints, &mut out);
    neighbours::twins(page, hints, &mut out);
    marked::read(doc, page, hints, &mut out);
    out
}

/// Adds what a label and its value state. Unknown labels become [`FactKey::Other`] where `other` allows.
#[allow(clippy::too_many_arguments)]
pub(super) fn put(
    label: &str,
    value: &str,
    trust: u8,
    other: bool,
    method: FactMethod,
    place: &str,
    hints: &Hints,
    out: &mut Vec<Found>,
) {
    let label = tidy(label.trim_matches([':', ' ', '.', '-', '–', '\u{a0}', '*', '•']));
    let value = tidy(value.trim_matches([':', ' ', '\u{a0}']));
    if label.is_empty() || value.is_empty() {
        return;
    }
    let quote = format!("{label}: {value}");
    let place = format!("{place} \"{label}\"");
    let known = labels::of(&label);
    let mut read = false;
    for meaning in &known {
        let Some(found) = meant(meaning, &value, hints) else {
            continue;
        };
        read = true;
        out.push(
            Found::new(
                meaning.key,
                found,
                method,
                trust.saturating_sub(meaning.rank * 12),
                &quote,
                place.clone(),
            )
            .labelled(&label),
        );
    }
    let words = label.split(' ').count();
    let plain = (2..=40).contains(&label.chars().count())
        && words <= 6
        && label.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && !label.contains(['.', '?', '!', '€', '$', '£', '@']);
    let money = known.iter().any(|l| {
        matches!(
            l.key,
            FactKey::Price
                | FactKey::Latitude
                | FactKey::Longitude
                | FactKey::Description
                | FactKey::Features
                | FactKey::Address
        )
    });
    if other
        && !read
        && !money
        && plain
        && value.chars().count() <= 120
        && value.matches(':').count() < 2
        && !values::says_nothing(&value)
        && !value.contains('@')
        && !labels_itself(&value)
    {
        out.push(Found::new(FactKey::Other, FactValue::text(value), method, trust, &quote, place).labelled(&label));
    }
}

/// A label where a value should be.
fn labels_itself(value: &str) -> bool {
    value.ends_with(':')
        || labels::single(value).is_some_and(|l| {
            !matches!(
                l.key,
                FactKey::PropertyType | FactKey::LotArea | FactKey::Pool | FactKey::Parking | FactKey::Basement
            )
        })
}

/// What a value says under a known label.
pub(super) fn meant(label: &Label, value: &str, hints: &Hints) -> Option<FactValue> {
    match label.key {
        FactKey::Features => {
            let items: Vec<String> = value
                .split([',', ';', '•', '|'])
                .map(tidy)
                .filter(|i| (2..=60).contains(&i.chars().count()))
                .collect();
            (items.len() >= 2).then_some(FactValue::List { items })
        }
        FactKey::Description => (value.chars().count() >= 60).then(|| FactValue::text(value)),
        FactKey::Price => {
            let mut read = values::read(FactKey::Price, value, None, hints)?;
            if let FactValue::Money { period, .. } = &mut read
                && label.rent
            {
                period.get_or_insert(Period::Month);
            }
            Some(read)
        }
        // "Lot: 12" is a number of a lot, not a size.
        FactKey::LotArea => values::read(FactKey::LotArea, value, label.unit, hints)
            .filter(|v| matches!(v, FactValue::Number { unit: Some(_), .. })),
        FactKey::LivingArea => values::read(FactKey::LivingArea, value, label.unit, hints).filter(|v| match v {
            FactValue::Number {
                unit: Some(Unit::Acres | Unit::Hectares),
                ..
            } => false,
            FactValue::Number { unit: None, number } => label.rank == 0 && *number >= 12.0,
            _ => true,
        }),
        key => values::read(key, value, label.unit, hints),
    }
}

/// `<tr>`: label and value cells in turn, or one row of values under a row of headings.
fn rows(page: &Page, hints: &Hints, out: &mut Vec<Found>) {
    let mut by_row: Vec<(u32, Vec<u32>)> = Vec::new();
    for (i, el) in page.els.iter().enumerate() {
        match el.tag {
            Tag::Row => by_row.push((i as u32, Vec::new())),
            Tag::Cell | Tag::HeadCell => {
                if let Some((_, cells)) = by_row.iter_mut().rev().find(|(row, _)| *row == el.parent) {
                    cells.push(i as u32);
                }
            }
            _ => {}
        }
    }
    by_row.retain(|(_, cells)| !cells.is_empty());
    for (at, (row, cells)) in by_row.iter().enumerate() {
        if page.left_out(*row) {
            continue;
        }
        let tag = |el: &u32| page.els[*el as usize].tag;
        let heads = cells.iter().filter(|c| tag(c) == Tag::HeadCell).count();
        if heads == cells.len() && cells.len() >= 2 {
            // Headings: only with exactly one row of values, else it lists several things.
            let table = page.els[*row as usize].parent;
            let values = by_row
                .get(at + 1)
                .filter(|(_, v)| v.len() == cells.len() && v.iter().all(|c| tag(c) == Tag::Cell));
            let near = |r: u32| {
                r == table
                    || page.els[r as usize].parent == table
                    || page.els[table as usize].parent == r
                    || page.els[r as usize].parent == page.els[table as usize].parent
            };
            let lone = by_row
                .get(at + 2)
                .is_none_or(|(next, _)| !near(page.els[*next as usize].parent));
            if let Some((_, values)) = values
                && lone
            {
                for (head, value) in cells.iter().zip(values) {
                    put(
                        &page.words(*head),
                        &page.words(*value),
                        trust::PAIR,
                        false,
                        FactMethod::Table,
                        "table",
                        hints,
                        out,
                    );
                }
            }
            continue;
        }
        if cells.len() % 2 == 0 && cells.len() <= 6 {
            for pair in cells.chunks(2) {
                let (label, value) = (page.words(pair[0]), page.words(pair[1]));
                if label.len() <= 80 && value.len() <= 1_500 {
                    put(
                        &label,
                        &value,
                        trust::PAIR,
                        true,
                        FactMethod::Table,
                        "table",
                        hints,
                        out,
                    );
                }
            }
        }
    }
}

/// `<dt>` and the `<dd>` after it.
fn terms(page: &Page, hints: &Hints, out: &mut Vec<Found>) {
    let mut label: Option<u32> = None;
    let mut used = false;
    for (i, el) in page.els.iter().enumerate() {
        match el.tag {
            Tag::Term => {
                label = Some(i as u32);
                used = false;
            }
            Tag::Detail => {
                if let Some(term) = label.filter(|_| !used && !page.left_out(i as u32)) {
                    used = true;
                    // A term may carry an explanation: its first words are the label.
                    let first = page.els[term as usize].cells.clone();
                    let mut name = page.words(term);
                    if labels::of(&name).is_empty() && !first.is_empty() {
                        name = page.cells[first.start as usize].text.clone();
                    }
                    let value = page.words(i as u32);
                    if name.len() <= 80 && value.len() <= 600 {
                        put(&name, &value, trust::PAIR, true, FactMethod::Table, "list", hints, out);
                    }
                }
            }
            _ => {}
        }
    }
}

/// "Label: value", several of them parted by bars, or a known label with a number right after it.
pub(super) fn of_line(text: &str, hints: &Hints, method: FactMethod, place: &str, out: &mut Vec<Found>) {
    let parts: Vec<&str> = if text.contains(" | ") || text.contains(" • ") || text.contains(" · ") {
        text.split(['|', '•', '·']).collect()
    } else {
        vec![text]
    };
    for part in parts {
        let part = part.trim();
        if let Some(at) = colon(part) {
            let (label, value) = (&part[..at], &part[at + 1..]);
            if label.chars().count() <= 45 && !value.trim().is_empty() && value.chars().count() <= 600 {
                let sure = if method == FactMethod::Text {
                    trust::CHIP
                } else {
                    trust::PAIR - 2
                };
                put(
                    label,
                    value,
                    sure,
                    value.split_whitespace().count() <= 9 && label.split_whitespace().count() <= 5,
                    method,
                    place,
                    hints,
                    out,
                );
                // "Beds: 3 Baths: 2": the rest may hold another pair.
                continue;
            }
        }
        for dash in [" - ", " – ", "\t", "..", " = "] {
            if let Some((label, value)) = part.split_once(dash)
                && labels::single(label).is_some_and(|l| {
                    !matches!(
                        l.key,
                        FactKey::PropertyType
                            | FactKey::Address
                            | FactKey::City
                            | FactKey::Features
                            | FactKey::Description
                    )
                })
            {
                put(
                    label,
                    value.trim_matches(['.', ' ']),
                    trust::LOOSE_PAIR,
                    false,
                    method,
                    place,
                    hints,
                    out,
                );
            }
        }
        run_on(part, hints, method, place, out);
    }
}

/// The colon that parts label and value: not that of a time or a web address.
fn colon(text: &str) -> Option<usize> {
    text.char_indices()
        .find(|(i, c)| {
            *c == ':' && {
                let after = &text[i + 1..];
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                !(after.starts_with("//") || digit(text[..*i].chars().next_back()) && digit(after.chars().next()))
            }
        })
        .map(|(i, _)| i)
}

/// "Wohnfläche 120 m²", "Price $489,000": the whole line is a known label and a value that starts with a figure.
fn run_on(text: &str, hints: &Hints, method: FactMethod, place: &str, out: &mut Vec<Found>) {
    if text.chars().count() > 70 {
        return;
    }
    let Some(at) = text
        .char_indices()
        .find(|(_, c)| c.is_ascii_digit() || matches!(c, '€' | '$' | '£' | '₹'))
        .map(|(i, _)| i)
    else {
        return;
    };
    let label = text[..at].trim_end_matches(['R', 's', '.', ' ']);
    for (label, value) in [(&text[..at], &text[at..]), (label, &text[label.len()..])] {
        if label.ends_with(' ') || label.len() < at {
            let known = labels::single(label).filter(|l| {
                matches!(
                    l.key,
                    FactKey::Price
                        | FactKey::Bedrooms
                        | FactKey::Bathrooms
                        | FactKey::LivingArea
                        | FactKey::LotArea
                        | FactKey::YearBuilt
                        | FactKey::HoaFee
                        | FactKey::Reference
                        | FactKey::PostalCode
                        | FactKey::Parking
                        | FactKey::Stories
                )
            });
            if known.is_some() {
                put(label, value, trust::LOOSE_PAIR, false, method, place, hints, out);
                return;
            }
        }
    }
}

/// Fields whose value can be told from other words, so that a neighbour is surely the value.
pub(super) fn counted(key: FactKey) -> bool {
    matches!(
        key,
        FactKey::Price
            | FactKey::Bedrooms
            | FactKey::Bathrooms
            | FactKey::HalfBathrooms
            | FactKey::LivingArea
            | FactKey::LotArea
            | FactKey::YearBuilt
            | FactKey::PropertyType
            | FactKey::HoaFee
            | FactKey::Parking
            | FactKey::Stories
            | FactKey::Reference
            | FactKey::Tenure
            | FactKey::EnergyRating
            | FactKey::PostalCode
            | FactKey::Status
            | FactKey::Latitude
            | FactKey::Longitude
    )
}

/// Fields whose value is a figure that may stand before its label.
pub(super) fn figure(key: FactKey) -> bool {
    matches!(
        key,
        FactKey::Price
            | FactKey::Bedrooms
            | FactKey::Bathrooms
            | FactKey::HalfBathrooms
            | FactKey::LivingArea
            | FactKey::LotArea
            | FactKey::YearBuilt
            | FactKey::Parking
            | FactKey::Stories
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(html: &str) -> Vec<(FactKey, String)> {
        let doc = Html::parse_document(html);
        let hints = Hints {
            language: Some("en".into()),
            country: None,
        };
        let mut found: Vec<_> = read(&doc, &Page::read(&doc), &hints)
            .into_iter()
            .map(|f| (f.key, f.value.display()))
            .collect();
        found.dedup();
        found
    }

    fn has(html: &str, key: FactKey, value: &str) {
        let found = facts(html);
        let values: Vec<_> = found.iter().filter(|f| f.0 == key).map(|f| f.1.as_str()).collect();
        assert!(
            !values.is_empty() && values.iter().all(|v| *v == value),
            "{html}: {found:?}"
        );
    }

    #[test]
    fn tables_and_lists() {
        has(
            "<table><tr><th>Bedrooms</th><td>3</td></tr><tr><td>Price</td><td>$489,000</td></tr></table>",
            FactKey::Bedrooms,
            "3",
        );
        has(
            "<table><tr><td>Beds</td><td>3</td><td>Baths</td><td>2</td></tr></table>",
            FactKey::Bathrooms,
            "2",
        );
        has(
            "<table><tr><th>Beds</th><th>Baths</th></tr><tr><td>3</td><td>2</td></tr></table>",
            FactKey::Bathrooms,
            "2",
        );
        has(
            "<dl><dt>BEDROOMS</dt><dd><p>4</p></dd><dt>SIZE</dt><dd>1,631 sq ft <p>152 sq m</p></dd></dl>",
            FactKey::LivingArea,
            "1,631 sq ft",
        );
        has(
            "<ul><li><span>Square Feet: </span><span>1056</span></li></ul>",
            FactKey::LivingArea,
            "1,056 sq ft",
        );
        has(
            "<p><strong>MLS:</strong> 20176813<br><strong>Type:</strong> Mobile/Manufactured</p>",
            FactKey::PropertyType,
            "Mobile/Manufactured",
        );
        has(
            "<p>Type &amp; Year: <b>Condominium (1972)</b></p>",
            FactKey::YearBuilt,
            "1,972",
        );
    }

    #[test]
    fn neighbours_in_either_order() {
        has(
            "<div><div><div>Bedrooms</div><div>4</div></div><div><div>Bathrooms</div><div>2</div></div></div>",
            FactKey::Bathrooms,
            "2",
        );
        has(
            "<div><div><b>4</b> <span>Bedrooms</span></div><div><b>2</b> <span>Bathrooms</span></div></div>",
            FactKey::Bedrooms,
            "4",
        );
        has(
            "<div><span>4</span><span>Bedrooms</span><span>2</span><span>Bathrooms</span></div>",
            FactKey::Bedrooms,
            "4",
        );
        has(
            "<div><span>4</span><span>Bedrooms</span><span>2</span><span>Bathrooms</span></div>",
            FactKey::Bathrooms,
            "2",
        );
        has(
            "<div><p>Bedrooms</p><p>4</p><p>Bathrooms</p><p>2</p></div>",
            FactKey::Bedrooms,
            "4",
        );
        has(
            "<div><p>Bedrooms</p><p>4</p><p>Bathrooms</p><p>2</p></div>",
            FactKey::Bathrooms,
            "2",
        );
        has("<li title=Bedrooms><img src=a.svg>4</li>", FactKey::Bedrooms, "4");
        has("<span class='icon-beds'>3</span>", FactKey::Bedrooms, "3");
    }

    #[test]
    fn unknown_labels_are_kept_as_they_are() {
        let found = facts("<table><tr><td>Zimmer</td><td>3</td></tr></table>");
        assert_eq!(found, [(FactKey::Other, "3".to_owned())]);
    }

    #[test]
    fn a_table_of_several_things_states_nothing() {
        assert_eq!(
            facts(
                "<table><tr><th>Price</th><th>Beds</th></tr><tr><td>$1,000</td><td>1</td></tr><tr><td>$2,000</td><td>2</td></tr></table>"
            ),
            []
        );
    }
}
