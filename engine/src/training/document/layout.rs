//! Characters at places on a page, as lines and paragraphs.

use std::fmt;

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

use super::row;

type ArtBox = (f64, f64, f64, f64);

/// Gaps in parts of the type size: between words, and between the cells of a table.
const WORD_GAP: f64 = 0.15;
const CELL_GAP: f64 = 1.5;
/// A line this much of the widest one goes on in the next.
const FULL_LINE: f64 = 0.75;

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
        let width = self.lines.iter().map(|line| line.right - line.left).fold(0.0, f64::max);
        let mut out = String::with_capacity(self.size + self.lines.len());
        let mut above: Option<&Line> = None;
        for line in &self.lines {
            let Some(text) = line.text() else { continue };
            if let Some(above) = above {
                out.push_str(if above.flows_into(line, width) {
                    if out.ends_with('-') { "" } else { " " }
                } else if above.touches(line) {
                    "\n"
                } else {
                    "\n\n"
                });
            }
            out.push_str(&text);
            above = Some(line);
        }
        out
    }
}

impl Line {
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

    /// Whether the other line stands right below.
    fn touches(&self, below: &Self) -> bool {
        let leading = below.y - self.y;
        leading > 0.0 && leading < 1.7 * self.type_size.max(below.type_size)
    }

    /// Whether the sentence goes on in the other line.
    fn flows_into(&self, below: &Self, width: f64) -> bool {
        let same_type = (self.type_size - below.type_size).abs() < 0.1 * self.type_size;
        let one_cell = self.cells.len() == 1 && below.cells.len() == 1;
        let full = self.right - self.left >= FULL_LINE * width;
        let left = (self.left - below.left).abs() < 2.0 * self.type_size;
        one_cell && same_type && full && left && self.touches(below)
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
        let line = &mut self.line;
        let starts = line.cells.is_empty();
        let tall = height.max(line.type_size);
        if !starts && ((y - line.y).abs() > 0.5 * tall || x < line.right - 2.0 * tall) {
            self.end_line();
        }
        let line = &mut self.line;
        match line.cells.last_mut() {
            None => {
                *line = Line {
                    cells: vec![String::new()],
                    left: x,
                    right: x,
                    y,
                    type_size: height,
                };
            }
            Some(_) if x > line.right + CELL_GAP * height => line.cells.push(String::new()),
            Some(cell) if x > line.right + WORD_GAP * height => cell.push(' '),
            Some(_) => {}
        }
        if let Some(cell) = line.cells.last_mut() {
            cell.push_str(text);
        }
        line.right = x + width * across;
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
