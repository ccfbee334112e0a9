//! Passages: the readable text about the property in pieces of 200 to 900 characters, each with the
//! heading it stands under.

use super::fold::{fold, tidy};
use super::labels;
use super::page::{Page, Tag};
use super::sentence;
use domain::fact::FactKey;

/// A piece of text to search and quote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassageText {
    pub heading: Option<String>,
    pub text: String,
    /// Byte offset of its first word in the whole text.
    pub start: u32,
}

pub(super) const MIN: usize = 200;
pub(super) const MAX: usize = 900;
/// A passage is closed here when a paragraph ends.
const FULL: usize = 620;

/// One line of text with its offset and whether it is a heading.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) heading: bool,
}

/// Passages of a web page; navigation, forms and other properties are left out.
pub(super) fn of_page(page: &Page) -> Vec<PassageText> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut offset = 0;
    let mut waiting: Option<(String, usize, u32)> = None; // a label whose value stands on the next line
    for (i, line) in page.lines.iter().enumerate() {
        let start = offset;
        offset += line.text.len() + 1;
        let el = &page.els[line.el as usize];
        let alone = line.link || (el.tag == Tag::Button);
        if line.out.is_some() || alone || (line.text.chars().count() < 2 && waiting.is_none()) {
            continue;
        }
        if let Some((label, at, holder)) = waiting.take() {
            if el.parent == holder || page.els[el.parent as usize].parent == holder {
                pieces.push(Piece {
                    text: format!("{}: {}", label.trim_end_matches([':', ' ']), line.text),
                    start: at,
                    heading: false,
                });
                continue;
            }
            pieces.push(Piece {
                text: label,
                start: at,
                heading: false,
            });
        }
        let labels_next = match el.tag {
            Tag::Term => true,
            Tag::HeadCell | Tag::Cell => {
                page.lines
                    .get(i + 1)
                    .is_some_and(|n| page.els[n.el as usize].parent == el.parent && n.cells.start == line.cells.end)
                    && first_in_row(page, line.el)
            }
            _ => false,
        };
        if labels_next && line.text.len() <= 60 {
            waiting = Some((line.text.clone(), start, el.parent));
            continue;
        }
        pieces.push(Piece {
            text: line.text.clone(),
            start,
            heading: (1..=6).contains(&line.heading) && line.text.chars().count() <= 140,
        });
    }
    if let Some((label, at, _)) = waiting {
        pieces.push(Piece {
            text: label,
            start: at,
            heading: false,
        });
    }
    gather(&pieces)
}

/// Whether a cell is the first one of its row.
fn first_in_row(page: &Page, el: u32) -> bool {
    let row = page.els[el as usize].parent;
    page.els[row as usize].tag == Tag::Row && page.els[row as usize].cells.start == page.els[el as usize].cells.start
}

/// Joins lines into passages: never across headings once long enough, cut at line ends and sentences.
pub(super) fn gather(pieces: &[Piece]) -> Vec<PassageText> {
    let mut out: Vec<PassageText> = Vec::new();
    let mut open = PassageText::default();
    let mut heading: Option<String> = None;
    let close = |open: &mut PassageText, out: &mut Vec<PassageText>| {
        if !open.text.is_empty() {
            out.push(std::mem::take(open));
        }
    };
    for piece in pieces {
        if piece.heading {
            if open.text.chars().count() >= MIN {
                close(&mut open, &mut out);
            }
            heading = Some(piece.text.clone());
            if open.text.is_empty() {
                continue;
            }
            // A short section goes on under its next heading's words.
            push(&mut open, &piece.text, piece.start, &None);
            continue;
        }
        for (text, start) in cut(&piece.text, piece.start) {
            let length = open.text.chars().count();
            if length > 0 && length + text.chars().count() + 1 > MAX {
                close(&mut open, &mut out);
            }
            push(&mut open, text, start, &heading);
            if open.text.chars().count() >= FULL {
                close(&mut open, &mut out);
            }
        }
    }
    // A short rest joins the passage before it when there is room.
    if open.text.chars().count() < MIN
        && let Some(last) = out.last_mut()
        && last.text.chars().count() + open.text.chars().count() < MAX
        && !open.text.is_empty()
    {
        last.text.push('\n');
        last.text.push_str(&open.text);
    } else {
        close(&mut open, &mut out);
    }
    out
}

fn push(open: &mut PassageText, text: &str, start: usize, heading: &Option<String>) {
    if open.text.is_empty() {
        open.heading.clone_from(heading);
        open.start = u32::try_from(start).unwrap_or(u32::MAX);
    } else {
        open.text.push('\n');
    }
    open.text.push_str(text);
}

/// A long line in pieces that fit, cut after sentences, or after words where a sentence is too long.
fn cut(text: &str, start: usize) -> Vec<(&str, usize)> {
    if text.chars().count() <= FULL {
        return vec![(text, start)];
    }
    let mut out = Vec::new();
    let (mut from, mut end) = (0, 0);
    let base = text.as_ptr() as usize;
    let mut breaks: Vec<usize> = sentence::split(text)
        .iter()
        .map(|s| s.as_ptr() as usize - base + s.len())
        .collect();
    if breaks.last() != Some(&text.len()) {
        breaks.push(text.len());
    }
    for stop in breaks {
        if stop > from && text[from..stop].chars().count() > FULL && end > from {
            out.push((from, end));
            from = end;
        }
        end = stop;
        while text[from..end].chars().count() > MAX {
            let limit = text[from..]
                .char_indices()
                .nth(MAX - 20)
                .map_or(text.len(), |(i, _)| from + i);
            let at = text[from..limit]
                .rfind(char::is_whitespace)
                .map_or(limit, |i| from + i)
                .max(super::fold::ceil(text, from + 1));
            out.push((from, at));
            from = at;
        }
    }
    if end > from {
        out.push((from, end));
    }
    out.into_iter()
        .map(|(a, b)| {
            let slice = &text[a..b];
            let skipped = slice.len() - slice.trim_start().len();
            (slice.trim(), start + a + skipped)
        })
        .filter(|(s, _)| !s.is_empty())
        .collect()
}

/// The description on the page: the lines under a heading that announces it.
pub(super) fn description(page: &Page) -> Option<(String, String)> {
    let mut best: Option<(String, String)> = None;
    for (i, line) in page.about() {
        let named =
            line.text.chars().count() <= 80 && (line.heading > 0 || line.text.split_whitespace().count() <= 4) && {
                let folded = fold(&line.text);
                labels::single(&line.text).is_some_and(|l| l.key == FactKey::Description)
                    || [
                        "description",
                        "descripcion",
                        "beschreibung",
                        "descrizione",
                        "descricao",
                        "omschrijving",
                        "about this property",
                        "about this home",
                        "about the property",
                        "objektbeschreibung",
                        "full description",
                        "property description",
                    ]
                    .iter()
                    .any(|w| folded.starts_with(w))
            };
        if !named {
            continue;
        }
        let mut text = String::new();
        for line in page.lines[i + 1..].iter().take(60) {
            if line.heading > 0 || line.out.is_some() || text.len() > 6_000 {
                break;
            }
            if line.link || line.text.chars().count() < 25 && text.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line.text);
        }
        if text.chars().count() >= 80 && best.as_ref().is_none_or(|(b, _)| text.len() > b.len()) {
            best = Some((text, tidy(&line.text)));
        }
    }
    best.or_else(|| prose(page))
}

/// Without such a heading: the longest run of lines that are sentences.
fn prose(page: &Page) -> Option<(String, String)> {
    let mut best: Vec<&str> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut last = usize::MAX;
    let length = |run: &[&str]| run.iter().map(|l| l.len()).sum::<usize>();
    for (i, line) in page.about() {
        let long = line.text.chars().count() >= 80 && !line.link && line.text.contains(['.', ',']);
        if !long || i != last.wrapping_add(1) {
            if length(&run) > length(&best) {
                best.clone_from(&run);
            }
            run.clear();
        }
        if long {
            run.push(&line.text);
            last = i;
        }
    }
    if length(&run) > length(&best) {
        best = run;
    }
    let text = best.join("\n");
    (text.chars().count() >= 200 && text.len() <= 8_000).then_some((text, String::new()))
}

/// Items of lists under a heading such as "Key features".
pub(super) fn features(page: &Page) -> Option<(Vec<String>, String)> {
    for (i, line) in page.about() {
        let named =
            line.text.chars().count() <= 60 && labels::single(&line.text).is_some_and(|l| l.key == FactKey::Features);
        if !named {
            continue;
        }
        let mut items = Vec::new();
        for line in page.lines[i + 1..].iter().take(80) {
            if line.heading > 0 || line.out.is_some() {
                break;
            }
            let listed = page.els[line.el as usize].tag == Tag::Item
                || page.els[page.els[line.el as usize].parent as usize].tag == Tag::Item;
            // "ROOF:" on one line and its value on the next are one feature.
            if let Some(open) = items.last_mut().filter(|last: &&mut String| last.ends_with(':')) {
                open.push(' ');
                open.push_str(&line.text);
            } else if listed && (2..=90).contains(&line.text.chars().count()) && !line.link && items.len() < 60 {
                items.push(line.text.clone());
            }
        }
        if items.len() >= 2 {
            return Some((items, tidy(&line.text)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn passages_keep_to_their_size_and_heading() {
        let sentence = "The kitchen was fitted with oak units and a gas hob in the spring. ";
        let html = format!(
            "<h1>Home</h1><h2>Description</h2><p>{}</p><p>{}</p><h2>Garden</h2><p>{}</p>",
            sentence.repeat(20),
            sentence.repeat(3),
            sentence.repeat(4)
        );
        let page = Page::read(&Html::parse_document(&html));
        let all = of_page(&page);
        let text = page.text();
        assert!(all.len() >= 3);
        for passage in &all {
            let length = passage.text.chars().count();
            assert!((MIN..=MAX).contains(&length), "{length}");
            let first = passage.text.split('\n').next().unwrap();
            assert!(text[passage.start as usize..].starts_with(first));
        }
        assert_eq!(all.last().unwrap().heading.as_deref(), Some("Garden"));
    }

    #[test]
    fn rows_read_as_label_and_value() {
        let page = Page::read(&Html::parse_document(
            "<table><tr><th>Roof</th><td>Slate</td></tr></table><dl><dt>Heating</dt><dd>Gas</dd></dl>",
        ));
        assert_eq!(of_page(&page)[0].text, "Roof: Slate\nHeating: Gas");
    }

    #[test]
    fn a_word_longer_than_a_passage_is_cut() {
        let long = "ä".repeat(5_000);
        assert!(
            gather(&[Piece {
                text: long,
                start: 0,
                heading: false
            }])
            .iter()
            .all(|p| p.text.chars().count() <= MAX)
        );
    }
}
