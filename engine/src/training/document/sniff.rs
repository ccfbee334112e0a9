//! What a file is: by its first bytes, and by a name that must not contradict them.

use super::{DocumentError, Kind};

/// What the content alone says.
enum Content {
    Known(Kind),
    /// Text without markup.
    Plain,
    /// Something we do not read, with the sentence that says so.
    Foreign(&'static str),
}

/// Decides by content and name together what a file is. Without an extension the client's content type stands in
/// for it. Anything that is not clearly one of the kinds is refused.
pub fn sniff(name: &str, declared: Option<&str>, bytes: &[u8]) -> Result<Kind, DocumentError> {
    if bytes.is_empty() {
        return Err(DocumentError::Empty);
    }
    let promised = promised(name, declared)?;
    let content = match content(bytes)? {
        Content::Known(kind) => kind,
        Content::Plain => Kind::Text,
        Content::Foreign(reason) => return Err(DocumentError::wrong(reason)),
    };
    match (promised, content) {
        (None, content) => Ok(content),
        (Some(promised), content) if promised == content => Ok(content),
        // Markup in a text file is read as markup; a page without any tag is text.
        (Some(Kind::Text), Kind::Html) => Ok(Kind::Html),
        (Some(Kind::Html), Kind::Text) => Ok(Kind::Text),
        (Some(promised @ (Kind::Pdf | Kind::Docx | Kind::Photo)), _) => Err(DocumentError::wrong(format!(
            "The file is named like {}, but it is none",
            words(promised)
        ))),
        (Some(_), content) => Err(DocumentError::wrong(format!(
            "The file's name does not say that it is {}",
            words(content)
        ))),
    }
}

const fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Html => "an HTML file",
        Kind::Pdf => "a PDF file",
        Kind::Docx => "a DOCX file",
        Kind::Text => "a text file",
        Kind::Photo => "a photo",
    }
}

/// The kind that the name promises; the declared type where the name has no extension.
fn promised(name: &str, declared: Option<&str>) -> Result<Option<Kind>, DocumentError> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    // A dot at the beginning or end makes no extension.
    let extension = file
        .rsplit_once('.')
        .filter(|(stem, _)| !stem.is_empty())
        .map(|(_, end)| end.to_lowercase());
    let by_name = match extension.as_deref() {
        None | Some("") => None,
        Some("html" | "htm" | "xhtml") => Some(Kind::Html),
        Some("pdf") => Some(Kind::Pdf),
        Some("docx") => Some(Kind::Docx),
        Some("txt" | "text" | "md") => Some(Kind::Text),
        Some("jpg" | "jpeg" | "png" | "webp") => Some(Kind::Photo),
        Some("doc") => {
            return Err(DocumentError::wrong(
                "Old Word files (.doc) cannot be read; save it as DOCX",
            ));
        }
        Some(_) => return Err(DocumentError::wrong("Files of this type cannot be read")),
    };
    if by_name.is_some() {
        return Ok(by_name);
    }
    let declared = declared
        .and_then(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase());
    Ok(match declared.as_deref() {
        Some("text/html" | "application/xhtml+xml") => Some(Kind::Html),
        Some("application/pdf") => Some(Kind::Pdf),
        Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document") => Some(Kind::Docx),
        Some("text/plain" | "text/markdown") => Some(Kind::Text),
        Some("image/jpeg" | "image/png" | "image/webp") => Some(Kind::Photo),
        _ => None,
    })
}

fn content(bytes: &[u8]) -> Result<Content, DocumentError> {
    const FOREIGN: &[(&[u8], &str)] = &[
        (b"GIF8", "The file is an image"),
        (b"BM", "The file is an image"),
        (b"II*\0", "The file is an image"),
        (b"MM\0*", "The file is an image"),
        (b"RIFF", "The file is an image, a sound or a film"),
        (b"ID3", "The file is a sound"),
        (b"OggS", "The file is a sound or a film"),
        (b"\x7fELF", "The file is a program"),
        (b"MZ", "The file is a program"),
        (b"#!", "The file is a program"),
        (b"\x1f\x8b", "The file is an archive"),
        (b"Rar!", "The file is an archive"),
        (b"7z\xbc\xaf", "The file is an archive"),
        (b"BZh", "The file is an archive"),
        (b"\xfd7zXZ", "The file is an archive"),
        (b"{\\rtf", "The file is an RTF file; save it as DOCX"),
        (b"%!PS", "The file is a PostScript file; save it as PDF"),
    ];
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // The container of old Office files; also what Word puts a DOCX with a password into.
        let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        if holds(bytes, &stream) {
            return Err(DocumentError::Encrypted);
        }
        return Ok(Content::Foreign("The file is an old Office file; save it as DOCX"));
    }
    if bytes.starts_with(b"PK") {
        let word = holds(bytes, b"[Content_Types].xml") && holds(bytes, b"word/");
        return Ok(if word {
            Content::Known(Kind::Docx)
        } else {
            Content::Foreign("The file is an archive")
        });
    }
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if webp || bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(Content::Known(Kind::Photo));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if text.starts_with(b"%PDF-") {
        return Ok(Content::Known(Kind::Pdf));
    }
    // Short signatures begin ordinary words as well; those files have bytes that no text has.
    let short = |magic: &[u8]| magic.len() > 2 || !text_like(bytes) || magic == b"#!";
    if let Some((_, reason)) = FOREIGN
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic) && short(magic))
    {
        return Ok(Content::Foreign(reason));
    }
    if !text_like(bytes) {
        return Ok(Content::Foreign("The file is not a text"));
    }
    Ok(markup(bytes))
}

/// Whether markup begins the text: a page, a drawing, some other XML, or none.
fn markup(bytes: &[u8]) -> Content {
    const PAGE: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<script",
        "<div",
        "<table",
        "<p>",
    ];
    let head = super::plain::decode(&bytes[..bytes.len().min(4_096)]).to_lowercase();
    let mut rest = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    // Comments and the XML declaration may come first.
    loop {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|at| at + 2)
        } else {
            break;
        };
        rest = end.map_or("", |end| rest[end..].trim_start());
    }
    let root = rest.split(['>', ' ', '\n', '\t', '\r']).next().unwrap_or_default();
    if PAGE.iter().any(|start| rest.starts_with(start)) {
        return Content::Known(Kind::Html);
    }
    if root.ends_with("svg") && root.starts_with('<') || rest.starts_with("<!doctype svg") {
        return Content::Foreign("The file is a drawing");
    }
    if head.trim_start_matches('\u{feff}').trim_start().starts_with("<?xml") {
        return Content::Foreign("The file is XML, but not a page");
    }
    if PAGE.iter().take(4).any(|start| rest.contains(start)) {
        Content::Known(Kind::Html)
    } else {
        Content::Plain
    }
}

/// Whether a text could begin like this: no NUL outside of UTF-16, hardly any other control characters.
fn text_like(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 * 1024)];
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    let odd = head
        .iter()
        .filter(|b| matches!(b, 0x01..=0x08 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f))
        .count();
    !bytes.contains(&0) && odd * 100 <= head.len()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
