//! Uploaded files as text.
//!
//! A file's type is decided by its content and its name together (`sniff`). HTML is handed on as it is, plain text is
//! decoded here, photos are looked at elsewhere. PDF and DOCX are parsed by libraries that a hostile file can crash, fill or keep busy, so they run in
//! a child process that has nothing to lose (`parent`, `child`).

mod archive;
mod child;
mod docx;
mod error;
mod layout;
mod parent;
mod pdf;
mod plain;
mod sniff;

#[cfg(test)]
mod tests;

use std::{fmt, path::Path, str::FromStr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use self::{child::child_main, error::DocumentError, parent::in_child, sniff::sniff};

/// The argument with which our own program becomes the child; the kind follows it.
pub const CHILD_COMMAND: &str = "extract-document";

/// Largest file that is taken, in bytes.
pub const LARGEST_FILE: usize = 25 * 1024 * 1024;
/// Most text that one file yields, in bytes.
const MOST_TEXT: usize = 10 * 1024 * 1024;
/// Most pages of one file.
const MOST_PAGES: u32 = 500;

/// What a file really is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Html,
    Pdf,
    Docx,
    Text,
    /// JPEG, PNG or WebP.
    Photo,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Html, Self::Pdf, Self::Docx, Self::Text, Self::Photo];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Text => "text",
            Self::Photo => "photo",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(())
    }
}

/// A file's text: paragraphs with an empty line between them, table rows a line each (`label: value` for two cells,
/// ` | ` between more), no control characters and nothing invisible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentText {
    pub text: String,
    /// 1 for plain text; for DOCX as its last program counted them.
    pub pages: u32,
    pub title: Option<String>,
}

/// A file ready for extraction of facts and passages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    Html(Bytes),
    Text(DocumentText),
    Photo(Bytes),
}

/// Reads an uploaded file. `exe` is our own program, run again as the child; `declared` the client's content type.
pub async fn read(exe: &Path, name: &str, declared: Option<&str>, bytes: Bytes) -> Result<Document, DocumentError> {
    if bytes.len() > LARGEST_FILE {
        return Err(DocumentError::TooLarge);
    }
    let kind = sniff(name, declared, &bytes)?;
    let text = match kind {
        Kind::Html => return Ok(Document::Html(bytes)),
        Kind::Photo => return Ok(Document::Photo(bytes)),
        Kind::Text => tokio::task::spawn_blocking(move || plain::read(&bytes))
            .await
            .map_err(|error| DocumentError::Stopped {
                detail: error.to_string(),
            })??,
        Kind::Pdf | Kind::Docx => in_child(exe, kind, bytes).await?,
    };
    Ok(Document::Text(text))
}

/// A text without what cannot be seen: control and zero-width characters, changes of direction, tags; ligatures taken
/// apart, spaces collapsed, at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut newlines, mut space) = (2, false);
    for c in text.chars() {
        match c {
            '\n' | '\u{0b}' | '\u{0c}' | '\u{2028}' | '\u{2029}' | '\u{85}' => {
                if newlines < 2 {
                    out.push('\n');
                    newlines += 1;
                }
                space = false;
                continue;
            }
            c if c.is_whitespace() => {
                space = newlines == 0;
                continue;
            }
            '\u{ad}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' => continue,
            c if c.is_control() => continue,
            _ => {}
        }
        if space {
            out.push(' ');
        }
        (newlines, space) = (0, false);
        match c {
            '\u{fb00}' => out.push_str("ff"),
            '\u{fb01}' => out.push_str("fi"),
            '\u{fb02}' => out.push_str("fl"),
            '\u{fb03}' => out.push_str("ffi"),
            '\u{fb04}' => out.push_str("ffl"),
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A table row as one line; `None` when all its cells are empty.
fn row(cells: &[String]) -> Option<String> {
    let cells: Vec<&str> = cells
        .iter()
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .collect();
    match cells.as_slice() {
        [] => None,
        [label, value] if label.ends_with(':') => Some(format!("{label} {value}")),
        [label, value] => Some(format!("{label}: {value}")),
        cells => Some(cells.join(" | ")),
    }
}
