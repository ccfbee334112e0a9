//! The text of a PDF file, page by page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, Error as PdfError, OutputError};

use super::{DocumentError, DocumentText, MOST_PAGES, MOST_TEXT, layout::Page};

pub(super) fn read(bytes: &[u8]) -> Result<DocumentText, DocumentError> {
    let document = Document::load_mem(bytes).map_err(|error| reason(&error))?;
    // Many files only forbid printing or copying and open with the empty password; loading has tried that and taken
    // this entry out where it worked.
    if document.trailer.has(b"Encrypt") {
        return Err(DocumentError::Encrypted);
    }
    // One more than allowed is enough to know; a page tree that bites its own tail has no end.
    let pages = document.page_iter().take(MOST_PAGES as usize + 1).count();
    if pages > MOST_PAGES as usize {
        return Err(DocumentError::TooManyPages);
    }
    let title = title(&document);
    let (mut text, mut unreadable) = (String::new(), 0);
    for number in 1..=pages as u32 {
        let mut page = Page::new(MOST_TEXT - text.len());
        // The library panics on odd fonts and operators; a page it cannot read must not take the others with it.
        let read = catch_unwind(AssertUnwindSafe(|| {
            pdf_extract::output_doc_page(&document, &mut page, number)
        }));
        match read {
            Ok(Ok(())) => {}
            Ok(Err(OutputError::FormatError(_))) if page.full() => return Err(DocumentError::TooLarge),
            Ok(Err(_)) | Err(_) => unreadable += 1,
        }
        text.push_str(&page.into_text());
        text.push_str("\n\n");
        if text.len() >= MOST_TEXT {
            return Err(DocumentError::TooLarge);
        }
    }
    if pages == 0 || (text.trim().is_empty() && unreadable > 0) {
        return Err(DocumentError::Damaged);
    }
    Ok(DocumentText {
        text,
        pages: pages as u32,
        title,
    })
}

fn reason(error: &PdfError) -> DocumentError {
    match error {
        PdfError::InvalidPassword | PdfError::Decryption(_) => DocumentError::Encrypted,
        _ => DocumentError::Damaged,
    }
}

fn title(document: &Document) -> Option<String> {
    let information = document
        .trailer
        .get(b"Info")
        .and_then(|info| document.dereference(info))
        .ok()?
        .1;
    let title = information
        .as_dict()
        .and_then(|info| info.get_deref(b"Title", document))
        .ok()?;
    pdf_extract::decode_text_string(title).ok()
}
