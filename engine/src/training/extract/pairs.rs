//! Values that stand beside their label: tables, definition lists, "Label: value" lines, and pairs of
//! neighbouring elements in either order.

use domain::fact::{FactKey, FactMethod, FactValue, Period, Unit};
use scraper::{ElementRef, Html};

use super::fold::{fold, tidy};
use super::found::{Found, trust};
use super::hints::Hints;
use super::labels::{self, Label};
use super::page::{Page, Tag};
use super::values;

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
    neighbours(page, hints, &mut out);
    twins(page, hints, &mut out);
    attributes(doc, page, hints, &mut out);
    out
}

/// Adds what a label and its value state. Unknown labels become [`FactKey::Other`] where `other` allows.
#[allow(clippy::too_many_arguments)]
fn put(
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
fn meant(label: &Label, value: &str, hints: &Hints) -> Option<FactValue> {
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

/// The cells in view, the labels among them and what each holds.
struct Cells<'a> {
    page: &'a Page,
    live: Vec<usize>,
    texts: Vec<&'a str>,
    marks: Vec<Vec<Label>>,
}

impl<'a> Cells<'a> {
    fn new(page: &'a Page) -> Self {
        let live: Vec<usize> = (0..page.cells.len())
            .filter(|i| page.lines[page.cells[*i].line as usize].out.is_none() && !page.cells[*i].strike)
            .collect();
        let texts: Vec<&str> = live
            .iter()
            .map(|i| page.cells[*i].text.trim_matches([' ', ':', '\u{a0}']))
            .collect();
        let label = |text: &&str| {
            if text.chars().count() > 45 || text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
                Vec::new()
            } else {
                labels::of(text)
            }
        };
        let marks = texts.iter().map(label).collect();
        Self {
            page,
            live,
            texts,
            marks,
        }
    }

    fn line(&self, i: usize) -> u32 {
        self.page.cells[self.live[i]].line
    }

    fn holder(&self, a: usize, b: usize) -> u32 {
        self.page
            .common(self.page.cells[self.live[a]].el, self.page.cells[self.live[b]].el)
    }

    fn depth(&self, a: usize, b: usize) -> u32 {
        self.page.els[self.holder(a, b) as usize].depth
    }

    /// The value after a label: the rest of its line, or the next line past a lone mark; with its first cell.
    fn after(&self, i: usize) -> Option<(usize, String)> {
        let rest: Vec<usize> = (i + 1..self.live.len())
            .take_while(|j| self.line(*j) == self.line(i) && self.marks[*j].is_empty())
            .collect();
        if let Some(first) = rest.first() {
            return Some((
                *first,
                rest.iter().map(|j| self.texts[*j]).collect::<Vec<_>>().join(" "),
            ));
        }
        let mut next = i + 1;
        // A label inside or at the end of a line does not announce the next one.
        let opens = i.checked_sub(1).is_none_or(|h| self.line(h) != self.line(i));
        if !opens || next < self.live.len() && self.line(next) == self.line(i) {
            return None;
        }
        let mark = |j: usize| self.texts[j].chars().count() <= 2 && !self.texts[j].chars().any(|c| c.is_ascii_digit());
        if next < self.live.len() && mark(next) {
            next += 1;
        }
        (next < self.live.len() && self.marks[next].is_empty()).then(|| (next, self.whole_line(next)))
    }

    /// The whole line that a cell opens, when it is short; else the cell alone.
    fn whole_line(&self, j: usize) -> String {
        let rest: Vec<&str> = (j..self.live.len())
            .take_while(|k| self.line(*k) == self.line(j) && self.marks[*k].is_empty())
            .map(|k| self.texts[k])
            .collect();
        let text = rest.join(" ");
        if text.chars().count() <= 90 {
            text
        } else {
            self.texts[j].to_owned()
        }
    }
}

/// A label and its value in neighbouring elements, label first or value first.
fn neighbours(page: &Page, hints: &Hints, out: &mut Vec<Found>) {
    let cells = Cells::new(page);
    for i in 0..cells.live.len() {
        let marks = &cells.marks[i];
        let colon = page.cells[cells.live[i]].text.trim_end().ends_with(':')
            || page.lines[cells.line(i) as usize].text.ends_with(':');
        if colon && let Some((j, value)) = cells.after(i).filter(|(j, _)| cells.line(*j) > cells.line(i)) {
            // "ROOF:" on one line and its value on the next.
            let line = &page.lines[cells.line(i) as usize];
            // The label is set apart (bold, a cell, a block of its own), not just a line of prose that ends with a colon.
            let cell_el = page.cells[cells.live[i]].el;
            let apart = cell_el != page.cells[cells.live[j]].el
                && (cell_el != line.el || page.els[cell_el as usize].cells.len() <= 2);
            let own = line.cells.len() <= 2 && apart && !value.starts_with(['-', '•', '–', '*']);
            if own && value.chars().count() <= 300 && !marks.iter().any(|m| m.key == FactKey::Address) {
                put(
                    cells.texts[i],
                    &value,
                    trust::PAIR - 4,
                    cells.depth(i, j) > 3,
                    FactMethod::Table,
                    "list",
                    hints,
                    out,
                );
            }
        }
        if marks.is_empty() {
            continue;
        }
        if marks.iter().any(|m| m.key == FactKey::Address && m.rank == 0) {
            address_below(&cells, i, hints, out);
        }
        // One label right after another: a row of headings, whose values stand elsewhere.
        let headed = i.checked_sub(1).is_some_and(|h| {
            cells.line(h) != cells.line(i)
                && cells.marks[h].iter().any(|m| figure(m.key))
                && !cells.page.cells[cells.live[h]].text.trim_end().ends_with(':')
        });
        let reads = |text: &str| {
            text.chars().count() <= 90 && marks.iter().any(|m| counted(m.key) && meant(m, text, hints).is_some())
        };
        let after = cells
            .after(i)
            .filter(|(j, text)| reads(text) && !(headed && cells.line(*j) != cells.line(i)));
        let before = value_before(&cells, i).filter(|(_, text)| reads(text) && marks.iter().any(|m| figure(m.key)));
        let chosen = match (after, before) {
            (Some(a), Some(b)) => match cells.depth(i, a.0).cmp(&cells.depth(b.0, i)) {
                std::cmp::Ordering::Greater => Some(a),
                std::cmp::Ordering::Less => Some(b),
                std::cmp::Ordering::Equal => {
                    // In a flat row of labels and values, what stands first tells the order.
                    let first = page.els[cells.holder(b.0, a.0) as usize].cells.start as usize;
                    let opens = cells.live.iter().position(|c| *c >= first).unwrap_or(i);
                    Some(if cells.marks[opens].is_empty() { b } else { a })
                }
            },
            (a, b) => a.or(b),
        };
        let Some((j, value)) = chosen else { continue };
        let close = page.els[cells.holder(i, j) as usize].cells.len() <= 4;
        for meaning in marks.iter().filter(|m| counted(m.key)) {
            if let Some(read) = meant(meaning, &value, hints) {
                let trust = (if meaning.bare && !colon {
                    trust::HINT + 8
                } else if close {
                    trust::PAIR
                } else {
                    trust::LOOSE_PAIR
                })
                .saturating_sub(meaning.rank * 12);
                let quote = if j > i {
                    format!("{}: {value}", cells.texts[i])
                } else {
                    format!("{value} {}", cells.texts[i])
                };
                out.push(
                    Found::new(
                        meaning.key,
                        read,
                        FactMethod::Table,
                        trust,
                        &quote,
                        format!("list \"{}\"", cells.texts[i]),
                    )
                    .labelled(cells.texts[i]),
                );
            }
        }
    }
}

/// The figure before a label, where it stands with it alone and does not belong to the label before it.
fn value_before(cells: &Cells<'_>, i: usize) -> Option<(usize, String)> {
    let same_line: Vec<usize> = (0..i).rev().take_while(|j| cells.line(*j) == cells.line(i)).collect();
    if !same_line.is_empty() {
        // Back to the last label of the line, but not past a unit: "176 | square meters | livable space".
        let mut from = i;
        for j in same_line {
            if cells.marks[j].iter().any(|m| !m.bare) || cells.page.cells[cells.live[j]].text.ends_with(':') {
                break;
            }
            from = j;
        }
        return (from < i).then(|| (from, (from..i).map(|j| cells.texts[j]).collect::<Vec<_>>().join(" ")));
    }
    let j = i.checked_sub(1).filter(|j| cells.marks[*j].is_empty())?;
    if let Some(k) = j.checked_sub(1)
        && (!cells.marks[k].is_empty() || cells.page.cells[cells.live[k]].text.trim_end().ends_with(':'))
        && cells.depth(k, j) >= cells.depth(j, i)
    {
        return None;
    }
    let holder = cells.holder(j, i);
    let size = cells.page.els[holder as usize].cells.len();
    let flat = cells.page.els[holder as usize].cells.start as usize == cells.live[j] || size <= 24;
    (size <= 3 || flat).then(|| (j, cells.texts[j].to_owned()))
}

/// "Address:" with the street on one line and the town on the next.
fn address_below(cells: &Cells<'_>, i: usize, hints: &Hints, out: &mut Vec<Found>) {
    let Some((j, first)) = cells.after(i) else { return };
    let mut text = first;
    let next = (j + 1..cells.live.len()).find(|k| cells.line(*k) > cells.line(j));
    if let Some(k) = next
        && cells.marks[k].is_empty()
        && cells.line(j) > cells.line(i)
        && cells.holder(j, k) == cells.holder(i, j)
    {
        let town = cells.whole_line(k);
        if !super::address::parse(&town, hints).is_empty() {
            text = format!("{text}, {town}");
        }
    }
    if text.contains(':') {
        return;
    }
    let telling = text.bytes().any(|b| b.is_ascii_digit()) || text.contains(',') || super::address::street_like(&text);
    if telling && let Some(value) = values::address(&text) {
        out.push(
            Found::new(
                FactKey::Address,
                FactValue::text(value),
                FactMethod::Table,
                trust::PAIR - 6,
                &text,
                format!("list \"{}\"", cells.texts[i]),
            )
            .labelled(cells.texts[i]),
        );
    }
}

/// Rows made of two elements each, three or more of them alike: labels and values of any kind.
fn twins(page: &Page, hints: &Hints, out: &mut Vec<Found>) {
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); page.els.len()];
    for (i, el) in page.els.iter().enumerate().skip(1) {
        if !el.cells.is_empty() {
            children[el.parent as usize].push(i as u32);
        }
    }
    let pair = |el: u32| -> Option<(u32, u32)> {
        // Wrappers around a single element are looked through.
        let mut at = el;
        for _ in 0..3 {
            match children[at as usize].as_slice() {
                [only] if page.els[*only as usize].cells == page.els[at as usize].cells => at = *only,
                [a, b]
                    if page.els[*a as usize].cells.len() + page.els[*b as usize].cells.len()
                        == page.els[at as usize].cells.len() =>
                {
                    return Some((*a, *b));
                }
                _ => return None,
            }
        }
        None
    };
    for rows in &children {
        let pairs: Vec<(u32, u32)> = rows
            .iter()
            .filter(|r| !matches!(page.els[**r as usize].tag, Tag::Row))
            .filter_map(|r| pair(*r))
            .collect();
        if pairs.len() < 3 || pairs.len() * 3 < rows.len() * 2 {
            continue;
        }
        for (label, value) in pairs {
            if page.left_out(label)
                || page.els[label as usize].cells.len() > 2
                || page.els[value as usize].cells.len() > 6
            {
                continue;
            }
            let (label, value) = (page.words(label), page.words(value));
            let worded = label.chars().count() <= 40 && !label.starts_with(|c: char| c.is_ascii_digit());
            if worded && value.chars().count() <= 160 {
                put(
                    &label,
                    &value,
                    trust::PAIR - 4,
                    true,
                    FactMethod::Table,
                    "list",
                    hints,
                    out,
                );
            }
        }
    }
}

/// Fields whose value can be told from other words, so that a neighbour is surely the value.
fn counted(key: FactKey) -> bool {
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
fn figure(key: FactKey) -> bool {
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

/// A bare figure whose own element says what it counts: `<span class="beds">3</span>`, `<td data-label="Bedrooms">3</td>`,
/// `<li title="Bedrooms"><img …>4</li>`.
fn attributes(doc: &Html, page: &Page, hints: &Hints, out: &mut Vec<Found>) {
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
        named(element, &words, hints, out);
    }
}

/// Class words that name what a figure counts.
fn named(element: ElementRef<'_>, words: &str, hints: &Hints, out: &mut Vec<Found>) {
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
    let parent = element.parent().and_then(ElementRef::wrap);
    let mut names = super::region::tokens(element);
    if let Some(parent) =
        parent.filter(|p| p.text().collect::<String>().trim().chars().count() <= words.chars().count() + 2)
    {
        names.extend(super::region::tokens(parent));
    }
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
