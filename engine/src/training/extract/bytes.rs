//! From bytes to text: is it a web page at all, and in which character set.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::ExtractError;

/// Larger pages are refused: the largest listing pages seen in the wild are near 1 MiB.
pub(super) const MAX_BYTES: usize = 6 * 1024 * 1024;

/// First bytes of formats that are not text, whatever the header says.
const OTHER_FORMATS: [&[u8]; 16] = [
    b"%PDF",
    b"\x7fELF",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"Rar!",
    b"RIFF",
    b"OggS",
    b"\xd0\xcf\x11\xe0",
    b"MZ",
    b"\0asm",
];

/// The page's text, decoded by byte order mark, header, `<meta charset>`, then by what the bytes are.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> Result<String, ExtractError> {
    if bytes.len() > MAX_BYTES {
        return Err(ExtractError::TooLarge);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ExtractError::Empty);
    }
    if OTHER_FORMATS.iter().any(|magic| bytes.starts_with(magic)) || refused_type(content_type) {
        return Err(ExtractError::NotHtml);
    }
    let encoding = encoding(bytes, content_type);
    let (text, _, broken) = encoding.decode(bytes);
    let text = if broken && encoding == UTF_8 && mostly_single_byte(bytes) {
        WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
    } else {
        text.into_owned()
    };
    let controls = text
        .chars()
        .take(4096)
        .filter(|c| c.is_control() && !c.is_whitespace())
        .count();
    if controls > 64 {
        return Err(ExtractError::NotHtml);
    }
    Ok(if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    })
}

/// Whether the header names a kind of content that is certainly no page.
fn refused_type(content_type: Option<&str>) -> bool {
    let Some(kind) = content_type.map(|t| t.split(';').next().unwrap_or(t).trim().to_ascii_lowercase()) else {
        return false;
    };
    let page = matches!(
        kind.as_str(),
        "" | "text/html"
            | "application/xhtml+xml"
            | "text/plain"
            | "application/xml"
            | "text/xml"
            | "application/octet-stream"
    );
    !page
}

fn encoding(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    // UTF-16 without a mark: every second byte of ASCII markup is zero.
    let head = &bytes[..bytes.len().min(512)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    if head.len() >= 8 && zeros(1) * 3 > head.len() && zeros(0) == 0 {
        return UTF_16LE;
    }
    if head.len() >= 8 && zeros(0) * 3 > head.len() && zeros(1) == 0 {
        return UTF_16BE;
    }
    let header = content_type.and_then(|t| label(t.as_bytes()));
    let named = header.or_else(|| label(&bytes[..bytes.len().min(4096)]));
    match named.and_then(|name| Encoding::for_label(name.as_bytes())) {
        // A page that could be read this far is not UTF-16, whatever its own markup claims.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => UTF_8,
        Some(encoding) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    }
}

/// The name after `charset=`.
fn label(text: &[u8]) -> Option<String> {
    let lower: String = text.iter().map(|b| b.to_ascii_lowercase() as char).collect();
    let at = lower.find("charset")?;
    let rest = lower[at + 7..].trim_start().strip_prefix('=')?.trim_start();
    let name: String = rest
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Says UTF-8 but holds hardly any: the accents are single bytes of an older character set.
fn mostly_single_byte(bytes: &[u8]) -> bool {
    let (mut bad, mut good, mut rest) = (0usize, 0usize, bytes);
    while !rest.is_empty() && bad < 10_000 {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                good += text.chars().filter(|c| !c.is_ascii()).count();
                break;
            }
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                good += String::from_utf8_lossy(valid).chars().filter(|c| !c.is_ascii()).count();
                bad += 1;
                rest = &after[error.error_len().unwrap_or(after.len()).max(1).min(after.len())..];
            }
        }
    }
    bad > good
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_sets_by_mark_header_meta_and_bytes() {
        assert_eq!(decode("<p>é".as_bytes(), None).unwrap(), "<p>é");
        assert_eq!(
            decode(b"<p>\xe9", Some("text/html; charset=iso-8859-1")).unwrap(),
            "<p>é"
        );
        assert_eq!(
            decode(b"<meta charset='windows-1252'><p>\x80", None).unwrap(),
            "<meta charset='windows-1252'><p>€"
        );
        assert_eq!(
            decode(b"<p>caf\xe9", Some("text/html; charset=utf-8")).unwrap(),
            "<p>café"
        );
        let wide: Vec<u8> = "<p>price 10 €</p>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide, None).unwrap(), "<p>price 10 €</p>");
    }

    #[test]
    fn other_formats_are_refused_by_bytes_and_by_header() {
        for bytes in [
            &b"%PDF-1.7 ..."[..],
            b"\x7fELF\x02\x01",
            b"PK\x03\x04aaaa",
            b"\x89PNG\r\n",
        ] {
            assert!(matches!(decode(bytes, Some("text/html")), Err(ExtractError::NotHtml)));
        }
        assert!(matches!(decode(b"<p>x", Some("image/png")), Err(ExtractError::NotHtml)));
        assert!(matches!(decode(b" \n ", None), Err(ExtractError::Empty)));
        assert!(matches!(
            decode(&vec![b'a'; MAX_BYTES + 1], None),
            Err(ExtractError::TooLarge)
        ));
    }
}
