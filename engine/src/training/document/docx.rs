//! The text of a Word file: ISO/IEC 29500-1 (WordprocessingML), as far as somebody reading the page would see it.

use std::io::BufRead;

use quick_xml::{
    Error as XmlError, Reader,
    events::{BytesStart, Event},
};

use super::{DocumentError, DocumentText, MOST_TEXT, archive::Archive, row};

/// Elements inside of each other. Word nests some dozens.
const DEEPEST: usize = 1_000;
/// Attributes of one element that are looked at.
const ATTRIBUTES: usize = 64;

pub(super) fn read(bytes: &[u8]) -> Result<DocumentText, DocumentError> {
    let mut archive = Archive::open(bytes)?;
    let part = main_part(&mut archive)?;
    let mut body = Body::default();
    walk(archive.entry(&part)?, |event, depth| body.take(event, depth))?;
    let title = if archive.has("docProps/core.xml") {
        // A title that cannot be read is no reason to refuse the text.
        element_text(archive.entry("docProps/core.xml")?, "title").unwrap_or_default()
    } else {
        None
    };
    Ok(DocumentText {
        text: body.out,
        pages: body.breaks.max(body.rendered) + 1,
        title,
    })
}

/// The part that the package names as its document; `word/document.xml` in nearly all files.
fn main_part(archive: &mut Archive<'_>) -> Result<String, DocumentError> {
    let mut part = None;
    if archive.has("_rels/.rels") {
        walk(archive.entry("_rels/.rels")?, |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event
                && tag.local_name().as_ref() == "Relationship"
                && attribute(tag, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
                && attribute(tag, "TargetMode").is_none_or(|mode| mode == "Internal")
            {
                part = attribute(tag, "Target").map(|target| target.trim_start_matches('/').to_owned());
            }
            Ok(())
        })?;
    }
    let part = part.unwrap_or_else(|| "word/document.xml".to_owned());
    if !part.starts_with("word/") || !archive.has(&part) {
        return Err(DocumentError::wrong("The file is not a Word document"));
    }
    Ok(part)
}

/// Hands every event to `take` with the depth it stands at. No document type is allowed, so there are no entities but
/// the five of XML, and nothing outside of the archive can be named.
fn walk<R: BufRead>(
    source: R,
    mut take: impl FnMut(&Event<'_>, usize) -> Result<(), DocumentError>,
) -> Result<(), DocumentError> {
    let mut reader = Reader::from_reader(source);
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event_into(&mut buffer).map_err(|error| reason(&error))?;
        match &event {
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof | Event::DocType(_) => return Err(DocumentError::Damaged),
            Event::Start(_) if depth == DEEPEST => return Err(DocumentError::Damaged),
            Event::Start(_) => depth += 1,
            _ => {}
        }
        take(&event, depth)?;
        if let Event::End(_) = &event {
            depth = depth.saturating_sub(1);
        }
        buffer.clear();
    }
}

fn reason(error: &XmlError) -> DocumentError {
    match error {
        XmlError::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge => DocumentError::TooLarge,
        _ => DocumentError::Damaged,
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    // Without the search for doubles, which takes the square of their number.
    let mut attributes = tag.attributes();
    let mut first = attributes.with_checks(false).take(ATTRIBUTES).flatten();
    let found = first.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.to_string())
}

fn element_text<R: BufRead>(source: R, name: &str) -> Result<Option<String>, DocumentError> {
    let (mut inside, mut text) = (false, None::<String>);
    walk(source, |event, _| {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == name => inside = true,
            Event::End(tag) if tag.local_name().as_ref() == name => inside = false,
            event if inside => push_text(event, text.get_or_insert_default()),
            _ => {}
        }
        Ok(())
    })?;
    Ok(text)
}

/// Character data, with the references that XML itself defines.
fn push_text(event: &Event<'_>, out: &mut String) {
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(reference) => match reference.as_ref() {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            "apos" => out.push('\''),
            _ => out.extend(reference.resolve_char_ref().ok().flatten()),
        },
        _ => {}
    }
}

/// The body while it is walked through.
#[derive(Default)]
struct Body {
    out: String,
    /// Paragraphs that are open; more than one inside of a text box.
    paragraphs: Vec<String>,
    tables: Vec<Table>,
    in_text: bool,
    in_run: bool,
    in_run_properties: bool,
    hidden: bool,
    /// Depth of the element whose content is passed over.
    skipped: Option<usize>,
    breaks: u32,
    rendered: u32,
}

#[derive(Default)]
struct Table {
    rows: Vec<String>,
    cells: Vec<String>,
    cell: String,
}

impl Body {
    fn take(&mut self, event: &Event<'_>, depth: usize) -> Result<(), DocumentError> {
        if let Some(at) = self.skipped {
            if matches!(event, Event::End(_)) && depth == at {
                self.skipped = None;
            }
            return Ok(());
        }
        match event {
            Event::Start(tag) => {
                // Deleted and moved text; the older twin of a drawing that follows in its newer form.
                if matches!(tag.local_name().as_ref(), "del" | "moveFrom" | "Fallback") {
                    self.skipped = Some(depth);
                } else {
                    self.open(tag);
                }
            }
            Event::Empty(tag) => {
                self.open(tag);
                self.close(tag.local_name().as_ref());
            }
            Event::End(tag) => self.close(tag.local_name().as_ref()),
            event if self.in_text && !self.hidden => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    push_text(event, paragraph);
                }
            }
            _ => {}
        }
        let open: usize = self.paragraphs.iter().map(String::len).sum();
        if self.out.len() + open > MOST_TEXT {
            Err(DocumentError::TooLarge)
        } else {
            Ok(())
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "p" => self.paragraphs.push(String::new()),
            "r" => (self.in_run, self.hidden) = (true, false),
            "rPr" => self.in_run_properties = self.in_run,
            "vanish" if self.in_run_properties => {
                self.hidden = !attribute(tag, "val").is_some_and(|value| matches!(&*value, "0" | "false" | "off"));
            }
            "t" => self.in_text = true,
            "tab" if self.in_run && !self.in_run_properties => self.push(' '),
            "br" | "cr" if self.in_run => {
                if attribute(tag, "type").as_deref() == Some("page") {
                    self.breaks = self.breaks.saturating_add(1);
                }
                self.push('\n');
            }
            "noBreakHyphen" => self.push('-'),
            "lastRenderedPageBreak" => self.rendered = self.rendered.saturating_add(1),
            "tbl" => self.tables.push(Table::default()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "r" => self.in_run = false,
            "rPr" => self.in_run_properties = false,
            "p" => {
                let paragraph = self.paragraphs.pop().unwrap_or_default();
                self.block(&super::tidy(&paragraph));
            }
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    let cell = std::mem::take(&mut table.cell);
                    table.cells.push(cell);
                }
            }
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    let cells = std::mem::take(&mut table.cells);
                    table.rows.extend(row(&cells));
                }
            }
            "tbl" => {
                let rows = self.tables.pop().unwrap_or_default().rows;
                let within = !self.tables.is_empty();
                self.block(&rows.join(if within { "; " } else { "\n" }));
            }
            _ => {}
        }
    }

    /// Adds a finished paragraph or table to the cell or the page around it.
    fn block(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.tables.last_mut() {
            Some(table) => {
                if !table.cell.is_empty() {
                    table.cell.push(' ');
                }
                table.cell.push_str(&text.replace('\n', " "));
            }
            None => {
                self.out.push_str(text);
                self.out.push_str("\n\n");
            }
        }
    }

    fn push(&mut self, c: char) {
        if !self.hidden
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
            paragraph.push(c);
        }
    }
}
