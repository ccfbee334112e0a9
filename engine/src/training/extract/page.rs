//! The page as a reader sees it: lines of visible words in reading order, the elements that hold
//! them, and which parts are not about this property.

use std::ops::Range;
use std::sync::LazyLock;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use super::clean;
use super::region::{self, Out};
use super::visible::{self, Id, Paint, Sheets};

/// A visible element.
#[derive(Clone, Debug)]
pub(super) struct El {
    pub(super) node: Id,
    pub(super) parent: u32,
    pub(super) depth: u32,
    pub(super) tag: Tag,
    pub(super) cells: Range<u32>,
    /// Changes only how letters look, so no space belongs at its edges.
    tight: bool,
    /// What its own name, role, class or id say it is.
    pub(super) region: Option<Out>,
}

/// The kinds of element that matter for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Heading(u8),
    Row,
    HeadCell,
    Cell,
    Term,
    Detail,
    Item,
    Link,
    Form,
    Strike,
    Paragraph,
    Section,
    Button,
    Block,
    Inline,
}

/// A run of words directly inside one element.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) line: u32,
    pub(super) el: u32,
    /// Crossed out: an old price.
    pub(super) strike: bool,
}

/// What stands on one line: between two breaks of block elements or `<br>`.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) cells: Range<u32>,
    /// The innermost block element around it.
    pub(super) el: u32,
    /// 1–6, or 0 outside headings.
    pub(super) heading: u8,
    pub(super) out: Option<Out>,
    /// All its words are links or buttons.
    pub(super) link: bool,
}

#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) els: Vec<El>,
    pub(super) cells: Vec<Cell>,
    pub(super) lines: Vec<Line>,
    pub(super) removed: u32,
    /// The line of the page's main heading.
    pub(super) main: Option<u32>,
}

/// Open elements on the way to the current node.
struct Open {
    el: u32,
    paint: Paint,
    block: bool,
    pre: bool,
    heading: u8,
    link: bool,
    strike: bool,
    /// `sup`, `sub`: part of the words around it.
    script: bool,
}

static BLOCKS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "address|article|aside|blockquote|body|button|caption|center|dd|details|dialog|dir|div|dl|dt|\
        fieldset|figcaption|figure|footer|form|h1|h2|h3|h4|h5|h6|header|hgroup|hr|html|legend|li|main|menu|\
        nav|ol|option|p|pre|section|select|summary|table|td|th|tr"
        .split('|')
        .collect()
});
static MORE_BLOCKS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "ul|tbody|thead|tfoot|textarea|br|search|marquee|optgroup|output"
        .split('|')
        .collect()
});
/// Elements that change only how letters look, so no space belongs at their edges.
static TIGHT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "b|i|em|strong|u|s|mark|small|big|font|abbr|sup|sub|bdi|bdo|wbr|code|kbd|q|tt|ins|acronym"
        .split('|')
        .collect()
});

fn tag_of(name: &str) -> Tag {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Tag::Heading(name.as_bytes()[1] - b'0'),
        "tr" => Tag::Row,
        "th" => Tag::HeadCell,
        "td" => Tag::Cell,
        "dt" => Tag::Term,
        "dd" => Tag::Detail,
        "li" => Tag::Item,
        "a" => Tag::Link,
        "button" => Tag::Button,
        "form" => Tag::Form,
        "del" | "s" | "strike" => Tag::Strike,
        "p" => Tag::Paragraph,
        "section" | "article" | "aside" | "main" => Tag::Section,
        _ if BLOCKS.contains(&name) || MORE_BLOCKS.contains(&name) => Tag::Block,
        _ => Tag::Inline,
    }
}

/// The line being written.
#[derive(Default)]
struct Pen {
    text: String,
    first_cell: u32,
    space: bool,
    linked: bool,
    plain: bool,
    heading: u8,
}

impl Page {
    pub(super) fn read(doc: &Html) -> Self {
        let sheets = Sheets::read(doc);
        let outside = doc.tree.nodes().any(|n| {
            n.value().as_element().is_some_and(|e| {
                e.name() == "link" && e.attr("rel").is_some_and(|r| r.eq_ignore_ascii_case("stylesheet"))
            })
        });
        let mut page = Self::default();
        page.walk(doc, &sheets, outside);
        region::settle(&mut page, doc);
        page
    }

    fn walk(&mut self, doc: &Html, sheets: &Sheets, outside: bool) {
        let mut open: Vec<Open> = Vec::new();
        let mut pen = Pen::default();
        let mut skip: Option<Id> = None;
        for edge in doc.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    if skip.is_some() {
                        continue;
                    }
                    match node.value() {
                        Node::Comment(comment) => self.removed += u32::from(comment.chars().any(char::is_alphanumeric)),
                        Node::Text(text) => self.take(text, &open, &mut pen),
                        Node::Element(_) => {
                            let Some(element) = ElementRef::wrap(node) else {
                                continue;
                            };
                            if self.enter(element, sheets, outside, &mut open, &mut pen) {
                                continue;
                            }
                            skip = Some(node.id());
                        }
                        _ => {}
                    }
                }
                Edge::Close(node) => {
                    if skip == Some(node.id()) {
                        skip = None;
                        continue;
                    }
                    if skip.is_none() && node.value().is_element() {
                        let Some(closed) = open.pop() else { continue };
                        if closed.block {
                            self.flush(&mut pen, closed.el);
                        }
                        self.els[closed.el as usize].cells.end = self.cells.len() as u32;
                    }
                }
            }
        }
        self.flush(&mut pen, 0);
    }

    /// Opens an element; false when it and all in it are out of sight.
    fn enter(
        &mut self,
        element: ElementRef<'_>,
        sheets: &Sheets,
        outside: bool,
        open: &mut Vec<Open>,
        pen: &mut Pen,
    ) -> bool {
        let name = element.value().name();
        let root = matches!(name, "html" | "body");
        if visible::never_text(name) {
            let counts = !matches!(name, "title" | "svg" | "math" | "map") && !is_data(element);
            self.removed += u32::from(counts && has_words(element));
            return false;
        }
        let unchosen = name == "option"
            && element.attr("selected").is_none()
            && element
                .prev_siblings()
                .any(|s| s.value().as_element().is_some_and(|e| e.name() == "option"));
        if unchosen {
            return false;
        }
        let decls = sheets.of(element);
        if !root && (visible::attributes_hide(element) || visible::hides(&decls)) {
            self.removed += u32::from(has_words(element));
            return false;
        }
        let tag = tag_of(name);
        let block = !matches!(tag, Tag::Inline | Tag::Link | Tag::Strike);
        let parent = open.last();
        let el = self.els.len() as u32;
        if block {
            self.flush(pen, parent.map_or(0, |p| p.el));
        }
        let heading = match (tag, element.attr("role")) {
            (Tag::Heading(level), _) => level,
            (_, Some("heading")) => element.attr("aria-level").and_then(|l| l.parse().ok()).unwrap_or(2),
            _ => parent.map_or(0, |p| p.heading),
        };
        let state = Open {
            el,
            paint: parent
                .map_or_else(Paint::default, |p| p.paint)
                .inside(element, &decls, outside),
            block,
            pre: parent.is_some_and(|p| p.pre) || matches!(name, "pre" | "textarea"),
            heading,
            link: parent.is_some_and(|p| p.link) || matches!(tag, Tag::Link | Tag::Button),
            strike: parent.is_some_and(|p| p.strike) || tag == Tag::Strike || region::crossed_out(element),
            script: matches!(name, "sup" | "sub" | "wbr"),
        };
        let (parent_el, depth) = parent.map_or((0, 0), |p| (p.el, self.els[p.el as usize].depth + 1));
        let at = self.cells.len() as u32;
        self.els.push(El {
            node: element.id(),
            parent: parent_el,
            depth,
            tag,
            cells: at..at,
            tight: TIGHT.contains(&name),
            region: region::own(element, tag),
        });
        open.push(state);
        true
    }

    fn take(&mut self, text: &str, open: &[Open], pen: &mut Pen) {
        let Some(top) = open.last() else { return };
        if top.paint.unreadable() {
            self.removed += u32::from(text.chars().any(char::is_alphanumeric));
            return;
        }
        let cleaned;
        let text = if clean::needs(text) {
            cleaned = clean::clean(text, &mut self.removed);
            cleaned.as_str()
        } else {
            text
        };
        if top.pre && text.contains('\n') {
            for part in text.split('\n') {
                self.write(part, open, pen);
                self.flush(pen, open.iter().rev().find(|o| o.block).map_or(0, |o| o.el));
            }
        } else {
            self.write(text, open, pen);
        }
    }

    fn write(&mut self, text: &str, open: &[Open], pen: &mut Pen) {
        if text.chars().all(char::is_whitespace) {
            pen.space |= !text.is_empty();
            return;
        }
        let Some(top) = open.last() else { return };
        let holder = open.iter().rev().find(|o| !o.script).unwrap_or(top).el;
        let fresh = pen.text.is_empty();
        let extends = !fresh && self.cells.last().is_some_and(|c| c.el == holder);
        let words = super::fold::tidy(text);
        if fresh {
            pen.first_cell = self.cells.len() as u32;
            pen.heading = top.heading;
            pen.linked = false;
            pen.plain = false;
        } else if pen.space
            || text.starts_with(char::is_whitespace)
            || (!extends && self.apart(&pen.text, &words, holder))
        {
            pen.text.push(' ');
            if extends && let Some(cell) = self.cells.last_mut() {
                cell.text.push(' ');
            }
        }
        pen.linked |= top.link;
        pen.plain |= !top.link;
        pen.text.push_str(&words);
        match self.cells.last_mut() {
            Some(cell) if extends => cell.text.push_str(&words),
            _ => self.cells.push(Cell {
                text: words,
                line: self.lines.len() as u32,
                el: holder,
                strike: top.strike,
            }),
        }
        pen.space = text.ends_with(char::is_whitespace);
    }

    /// Whether two neighbouring elements without a space between them still show two words.
    fn apart(&self, before: &str, after: &str, el: u32) -> bool {
        let tight = |el: u32| self.els[el as usize].tight;
        if tight(el) || self.cells.last().is_some_and(|c| tight(c.el)) {
            return false;
        }
        let opens = before.ends_with(['(', '[', '/', '-', '$', '£', '€', '“', '’', '\'', '#', '@']);
        let closes = after.starts_with([
            '.', ',', ';', ':', '!', '?', ')', ']', '%', '/', '-', '”', '’', '\'', '²',
        ]);
        !opens && !closes
    }

    fn flush(&mut self, pen: &mut Pen, el: u32) {
        pen.space = false;
        if pen.text.is_empty() {
            return;
        }
        let cells = pen.first_cell..self.cells.len() as u32;
        self.lines.push(Line {
            text: std::mem::take(&mut pen.text),
            cells,
            el,
            heading: pen.heading,
            out: None,
            link: pen.linked && !pen.plain,
        });
    }

    /// The lines that an element's words stand on.
    pub(super) fn lines_of(&self, el: u32) -> Range<usize> {
        let cells = &self.els[el as usize].cells;
        if cells.is_empty() {
            return 0..0;
        }
        self.cells[cells.start as usize].line as usize..self.cells[cells.end as usize - 1].line as usize + 1
    }

    /// The words of a line that are not crossed out.
    pub(super) fn live(&self, line: &Line) -> String {
        let cells = &self.cells[line.cells.start as usize..line.cells.end as usize];
        if cells.iter().all(|c| !c.strike) {
            return line.text.clone();
        }
        cells
            .iter()
            .filter(|c| !c.strike)
            .map(|c| c.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The visible words inside an element.
    pub(super) fn words(&self, el: u32) -> String {
        let cells = &self.els[el as usize].cells;
        self.cells[cells.start as usize..cells.end as usize]
            .iter()
            .map(|c| c.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether the element stands in a part of the page that is not about the property.
    pub(super) fn left_out(&self, el: u32) -> bool {
        let mut at = el;
        loop {
            let lines = self.lines_of(at);
            if !lines.is_empty() {
                return self.lines[lines].iter().all(|l| l.out.is_some());
            }
            let up = self.els[at as usize].parent;
            if up == at || self.els[at as usize].region.is_some() {
                return self.els[at as usize].region.is_some();
            }
            at = up;
        }
    }

    /// All visible words, one line of the page a line.
    pub(super) fn text(&self) -> String {
        let mut out = String::with_capacity(self.lines.iter().map(|l| l.text.len() + 1).sum());
        for line in &self.lines {
            out.push_str(&line.text);
            out.push('\n');
        }
        out
    }

    /// The lines that are about the property, with their numbers.
    pub(super) fn about(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().filter(|(_, l)| l.out.is_none())
    }

    /// The lowest element that holds both.
    pub(super) fn common(&self, a: u32, b: u32) -> u32 {
        let (mut a, mut b) = (a, b);
        while a != b {
            let (da, db) = (self.els[a as usize].depth, self.els[b as usize].depth);
            if da >= db {
                a = self.els[a as usize].parent;
            }
            if db >= da {
                b = self.els[b as usize].parent;
            }
            if da == 0 && db == 0 {
                return 0;
            }
        }
        a
    }

    pub(super) fn element<'a>(&self, doc: &'a Html, el: u32) -> Option<ElementRef<'a>> {
        doc.tree.get(self.els.get(el as usize)?.node).and_then(ElementRef::wrap)
    }
}

/// Whether there is any word in the element, seen or not.
fn has_words(element: ElementRef<'_>) -> bool {
    element.descendants().any(|n| {
        n.value()
            .as_text()
            .is_some_and(|t| t.chars().any(char::is_alphanumeric))
    })
}

/// A script element that holds data to be read, not words taken out.
fn is_data(element: ElementRef<'_>) -> bool {
    element.value().name() == "script"
        && element
            .attr("type")
            .is_some_and(|t| t.to_ascii_lowercase().contains("json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page::read(&Html::parse_document(html))
    }

    #[test]
    fn lines_break_at_blocks_and_words_keep_apart() {
        let page = page(
            "<body><div><span>4</span><span>Beds</span></div><p>A <b>b</b>old, 12 m<sup>2</sup> <br>next</p><td>x",
        );
        let lines: Vec<_> = page.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(lines, ["4 Beds", "A bold, 12 m2", "next", "x"]);
        assert_eq!(page.cells[0].text, "4");
        assert_eq!(page.cells[1].text, "Beds");
    }

    #[test]
    fn hidden_words_are_gone_and_counted() {
        let page = page(
            "<body><p>seen</p><p style='display:none'>one</p><!-- two --><p aria-hidden=true>three</p><p style='color:#fff'>four</p><script>five()</script>",
        );
        assert_eq!(page.text(), "seen\n");
        assert_eq!(page.removed, 5);
    }

    #[test]
    fn a_crossed_out_price_is_told() {
        let page = page("<body><p><del>$500,000</del> $475,000</p>");
        assert_eq!(page.lines[0].text, "$500,000 $475,000");
        assert_eq!(page.live(&page.lines[0]), "$475,000");
    }
}
