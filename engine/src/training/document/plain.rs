//! Plain text in whatever encoding it came.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{DocumentError, DocumentText, MOST_TEXT, tidy};

/// UTF-8 and UTF-16 by their byte order mark, UTF-8 where it is valid, else Windows-1252, which holds every byte.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // Cut off inside of a character, as the beginning of a file is.
        Err(error) if error.error_len().is_none() => UTF_8.decode_without_bom_handling(bytes).0,
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<DocumentText, DocumentError> {
    let text = tidy(&decode(bytes));
    if text.is_empty() {
        return Err(DocumentError::Empty);
    }
    if text.len() > MOST_TEXT {
        return Err(DocumentError::TooLarge);
    }
    Ok(DocumentText {
        text,
        pages: 1,
        title: None,
    })
}
