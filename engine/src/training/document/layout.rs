//! Characters at places on a page, as lines and paragraphs.

use std::fmt;

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

use super::row;

type ArtBox = (f64, f64, f64, f64);

/// Gaps in parts of the type size: between words, and between the cells of a table.
const WORD_GAP: f64 = 0.15;
const CELL_GAP: f64 = 1.0;
/// A line this much of the widest one, and this many characters long, may go on in the next.
const FULL_LINE: f64 = 0.75;
const FULL_TEXT: usize = 24;
/// Distance of two lines of a paragraph, and of two rows of a table, in parts of the type size.
const LEADING: f64 = 1.7;
const ROW_LEADING: f64 = 3.0;
/// What a character without a width in its font is taken to have, in parts of the type size.
const COMMON_WIDTH: f64 = 0.5;
/// Times a guessed width that the true one surely does not reach.
const SURE: f64 = 1.6;

/// Collects one page in the order in which the file draws it, which programs that write PDF keep in reading order.
pub(super) struct Page {
    lines: Vec<Line>,
    line: Line,
    size: usize,
    limit: usize,
}

#[derive(Default)]
struct Line {
    cells: Vec<String>,
    left: f64,
    right: f64,
    /// How far the line reaches beyond `right`, guessed where the font gives no widths.
    guessed: f64,
    y: f64,
    /// Height of its type.
    type_size: f64,
}

impl Page {
    /// `limit`: bytes of text at which drawing stops.
    pub fn new(limit: usize) -> Self {
        Self {
            lines: Vec::new(),
            line: Line::default(),
            size: 0,
            limit,
        }
    }

    pub fn full(&self) -> bool {
        self.size >= self.limit
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.cells.iter().any(|cell| !cell.trim().is_empty()) {
            self.lines.push(line);
        }
    }

    /// Lines of a paragraph joined by spaces, paragraphs by an empty line, table rows as lines.
    pub fn into_text(mut self) -> String {
        self.end_line();
        let page_width = widest(&self.lines);
        let blocks = self.lines.chunk_by(Line::continues);
        let texts = blocks.map(|block| block_text(block, page_width));
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}

fn block_text(block: &[Line], page_width: f64) -> String {
    let block_width = widest(block);
    let mut out = String::new();
    let mut above: Option<&Line> = None;
    for line in block {
        let Some(text) = line.text() else { continue };
        if let Some(above) = above {
            let flows = line.cells.len() == 1 && above.flows(&text, block_width, page_width);
            out.push_str(match (flows, out.ends_with('-')) {
                (true, true) => "",
                (true, false) => " ",
                (false, _) => "\n",
            });
        }
        out.push_str(&text);
        above = Some(line);
    }
    out
}

fn widest(lines: &[Line]) -> f64 {
    lines.iter().map(Line::width).fold(0.0, f64::max)
}

impl Line {
    fn width(&self) -> f64 {
        self.right - self.left
    }

    fn text(&self) -> Option<String> {
        let [label, value] = self.cells.as_slice() else {
            return row(&self.cells);
        };
        // Two columns of running text are no table row.
        if label.trim().chars().count() <= 40 && value.trim().chars().count() <= 80 {
            row(&self.cells)
        } else {
            Some(format!("{} {}", label.trim(), value.trim()))
        }
    }

    /// Whether the other line belongs to the same paragraph, list or table.
    fn continues(&self, below: &Self) -> bool {
        let same_type = (self.type_size - below.type_size).abs() < 0.1 * self.type_size;
        let rows = self.cells.len() > 1 && below.cells.len() > 1;
        let most = if rows { ROW_LEADING } else { LEADING } * self.type_size.max(below.type_size);
        let leading = below.y - self.y;
        let aligned = (self.left - below.left).abs() < 2.0 * self.type_size;
        same_type && aligned && leading > 0.0 && leading < most
    }

    /// Whether a sentence goes on in the line below: this one is as full as its block, and that one begins like the
    /// middle of a sentence or this one fills the page.
    fn flows(&self, below: &str, block_width: f64, page_width: f64) -> bool {
        let [text] = self.cells.as_slice() else {
            return false;
        };
        let full = self.width() >= FULL_LINE * block_width && text.trim().chars().count() >= FULL_TEXT;
        let middle = below.starts_with(char::is_lowercase) || text.trim_end().ends_with([',', '-']);
        full && (middle || self.width() >= FULL_LINE * page_width)
    }
}

impl OutputDev for Page {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<ArtBox>) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        place: &Transform,
        width: f64,
        _spacing: f64,
        type_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        // Columns of the matrix: how long one unit of the text's own axes is on the page. Its y axis points upwards.
        let across = type_size * place.m11.hypot(place.m12);
        let height = type_size * place.m21.hypot(place.m22);
        let (x, y) = (place.m31, -place.m32);
        let tall = height.max(self.line.type_size);
        let elsewhere = (y - self.line.y).abs() > 0.5 * tall || x < self.line.right - 2.0 * tall;
        if elsewhere {
            self.end_line();
        }
        let line = &mut self.line;
        let mut gap = x - line.right;
        if gap > WORD_GAP * height {
            // The file has placed its text anew, so what was guessed is behind it; a guess may be far off.
            gap -= SURE * std::mem::take(&mut line.guessed);
        }
        match line.cells.last_mut() {
            None => {
                let cells = vec![String::new()];
                *line = Line {
                    cells,
                    left: x,
                    right: x,
                    guessed: 0.0,
                    y,
                    type_size: height,
                };
            }
            Some(_) if gap > CELL_GAP * height => line.cells.push(String::new()),
            Some(cell) if gap > WORD_GAP * height => cell.push(' '),
            Some(_) => {}
        }
        if let Some(cell) = line.cells.last_mut() {
            cell.push_str(text);
        }
        if width <= 0.0 {
            // Fonts whose widths the library does not find: it does not move on, so all that follows stands too far left.
            line.guessed += COMMON_WIDTH * across;
        }
        line.right = x + width.max(0.0) * across;
        line.type_size = line.type_size.max(height);
        self.size += text.len();
        if self.full() {
            Err(OutputError::FormatError(fmt::Error))
        } else {
            Ok(())
        }
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
