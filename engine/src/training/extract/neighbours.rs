//! Labels and values in neighbouring elements that no table or list ties together: label first or value
//! first, in rows of two, or an address below its label.

use domain::fact::{FactKey, FactMethod, FactValue};

use super::found::{Found, trust};
use super::hints::Hints;
use super::labels::{self, Label};
use super::page::{Page, Tag};
use super::pairs::{counted, figure, meant, put};
use super::values;

/// A value stands within so many pieces of its line.
const REACH: usize = 16;

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
            .take(REACH)
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
            .take(REACH)
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
pub(super) fn read(page: &Page, hints: &Hints, out: &mut Vec<Found>) {
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
                    let opens = cells.live.partition_point(|c| *c < first).min(i);
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
    let same_line: Vec<usize> = (0..i)
        .rev()
        .take_while(|j| cells.line(*j) == cells.line(i))
        .take(REACH)
        .collect();
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
pub(super) fn twins(page: &Page, hints: &Hints, out: &mut Vec<Found>) {
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
