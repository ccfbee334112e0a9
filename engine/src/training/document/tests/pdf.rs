use super::super::{DocumentError, Kind};
use super::{
    files::{deflated, pages, pdf, show, stream},
    text,
};

fn read(bytes: &[u8]) -> Result<String, DocumentError> {
    text(Kind::Pdf, bytes)
}

fn page(texts: &[(u32, u32, &str)]) -> Vec<u8> {
    pages(&[show(texts)], "")
}

#[test]
fn lines_paragraphs_and_tables() {
    let file = page(&[
        (72, 780, "12 Maple Street"),
        (72, 740, "This quiet house stands under old trees and looks over the"),
        (72, 726, "valley. Its roof was renewed in 2021."),
        (72, 690, "Bedrooms"),
        (300, 690, "3"),
        (72, 676, "Year"),
        (200, 676, "2024"),
        (300, 676, "$5,200"),
    ]);
    let expected = "12 Maple Street\n\nThis quiet house stands under old trees and looks over the valley. \
                    Its roof was renewed in 2021.\n\nBedrooms: 3\nYear | 2024 | $5,200";
    assert_eq!(read(&file).as_deref(), Ok(expected));
}

#[test]
fn pages_and_title() {
    let info = b"<< /Title (12 Maple Street) >>".to_vec();
    let contents: Vec<Vec<u8>> = ["one", "two"].map(|word| show(&[(72, 700, word)])).into();
    let mut file = pages(&contents, "");
    let document = super::parse(Kind::Pdf, &file).expect("text");
    assert_eq!(
        (document.text.as_str(), document.pages, document.title),
        ("one\n\ntwo", 2, None)
    );
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>".to_vec(),
        stream("/Filter /FlateDecode", &deflated(b"BT /F1 12 Tf 72 700 Td [(Pa) -20 (cked) -400 (text)] TJ ET")),
        info,
    ];
    file = pdf(&objects, "/Info 6 0 R");
    let document = super::parse(Kind::Pdf, &file).expect("text");
    assert_eq!(
        (document.text.as_str(), document.title.as_deref()),
        ("Packed text", Some("12 Maple Street"))
    );
}

/// Widths of digits that the library does not find: it piles them up at one place, and what follows stands far off.
#[test]
fn fonts_without_widths() {
    let content = b"BT /F1 12 Tf 72 700 Td (Offered at $489,000) Tj ET BT /F1 12 Tf 180 700 Td (. Baths:) Tj ET \
                    BT /F1 12 Tf 72 680 Td (489) Tj ET BT /F1 12 Tf 300 680 Td (sq ft) Tj ET";
    let zeros = "0 ".repeat(10);
    let widths: String = (32..127)
        .map(|code| if (48..58).contains(&code) { "0 " } else { "560 " })
        .collect();
    assert!(widths.contains(&zeros));
    let font = format!(
        "<< /Type /Font /Subtype /TrueType /BaseFont /Porch /FirstChar 32 /LastChar 126 /Widths [{widths}] \
         /Encoding /WinAnsiEncoding >>"
    );
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_vec(),
        font.into_bytes(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>".to_vec(),
        stream("", content),
    ];
    assert_eq!(
        read(&pdf(&objects, "")).as_deref(),
        Ok("Offered at $489,000. Baths:\n489: sq ft")
    );
}

#[test]
fn five_hundred_pages_and_no_more() {
    let contents = |count: usize| vec![show(&[(72, 700, "x")]); count];
    assert!(read(&pages(&contents(500), "")).is_ok());
    assert_eq!(read(&pages(&contents(501), "")), Err(DocumentError::TooManyPages));
}

#[test]
fn nothing_to_read() {
    assert_eq!(read(&page(&[])), Err(DocumentError::Empty));
    assert_eq!(read(&pages(&[], "")), Err(DocumentError::Damaged));
    assert_eq!(read(b"%PDF-1.7\n"), Err(DocumentError::Damaged));
    let good = page(&[(72, 700, "hello")]);
    for cut in [20, good.len() / 2, good.len() - 40] {
        assert_eq!(read(&good[..cut]), Err(DocumentError::Damaged), "cut at {cut}");
    }
}

#[test]
fn a_page_that_cannot_be_read_does_not_take_the_others_with_it() {
    // No such font, which the library answers with a panic.
    let broken = stream("", b"BT /F9 12 Tf 72 700 Td (lost) Tj ET");
    assert_eq!(
        read(&pages(&[show(&[(72, 700, "kept")]), broken.clone()], "")).as_deref(),
        Ok("kept")
    );
    assert_eq!(read(&pages(&[broken], "")), Err(DocumentError::Damaged));
}

pub(super) fn locked(owner: &str, user: &str) -> Vec<u8> {
    use pdf_extract::{Document, EncryptionState, EncryptionVersion, Permissions};
    let id = "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]";
    let mut document = Document::load_mem(&pages(&[show(&[(72, 700, "secret")])], id)).expect("a file");
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: owner,
        user_password: user,
        key_length: 128,
        permissions: Permissions::empty(),
    };
    let state = EncryptionState::try_from(version).expect("a key");
    document.encrypt(&state).expect("encrypted");
    let mut out = Vec::new();
    document.save_to(&mut out).expect("a file");
    out
}

#[test]
fn protected_files() {
    assert_eq!(read(&locked("owner", "user")), Err(DocumentError::Encrypted));
    assert_eq!(
        read(&locked("owner", "")).as_deref(),
        Ok("secret"),
        "may be opened by everybody"
    );
    let unknown = "/Encrypt << /Filter /Other /V 9 >>";
    assert_eq!(
        read(&pages(&[show(&[(72, 700, "secret")])], unknown)),
        Err(DocumentError::Encrypted)
    );
}

#[test]
fn active_content_is_only_passed_over() {
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) >> /Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >> >>".to_vec(),
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /AA << /O << /S /URI /URI (http://10.0.0.7/) >> >> /Resources << /Font << /F1 3 0 R >> >> >>".to_vec(),
        show(&[(72, 700, "hello")]),
    ];
    assert_eq!(read(&pdf(&objects, "")).as_deref(), Ok("hello"));
}
