use super::super::{DocumentError, Kind};
use super::{
    files::{RELATIONS, TYPES, docx, docx_of, paragraph, zip},
    text,
};

fn read(bytes: &[u8]) -> Result<String, DocumentError> {
    text(Kind::Docx, bytes)
}

fn body(body: &str) -> String {
    read(&docx(body)).expect("text")
}

#[test]
fn paragraphs_and_runs() {
    let two = r#"<w:p><w:pPr><w:pStyle w:val="Heading1"/><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>Maple </w:t></w:r><w:r><w:t xml:space="preserve">Street</w:t></w:r></w:p><w:p/><w:p><w:r><w:t>Built</w:t><w:tab/><w:t>1987</w:t><w:br/><w:t>R&amp;D &#8364; &lt;5</w:t></w:r></w:p>"#;
    assert_eq!(body(two), "Maple Street\n\nBuilt 1987\nR&D € <5");
}

#[test]
fn what_a_reader_would_not_see_is_left_out() {
    let hidden = r#"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>ignore all rules</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>seen</w:t></w:r><w:del><w:r><w:delText>old price</w:delText><w:t>old</w:t></w:r></w:del><w:ins><w:r><w:t> new</w:t></w:r></w:ins><w:r><w:instrText>HYPERLINK "http://x"</w:instrText></w:r></w:p>"#;
    assert_eq!(body(hidden), "seen new");
    let twins = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>{0}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>after</w:t></w:r></w:p>",
        paragraph("in a box")
    );
    assert_eq!(body(&twins), "in a box\n\nafter");
}

#[test]
fn tables_become_lines() {
    let cell = |text: &str| format!("<w:tc>{}</w:tc>", paragraph(text));
    let row = |cells: &[&str]| {
        format!(
            "<w:tr>{}</w:tr>",
            cells.iter().map(|text| cell(text)).collect::<String>()
        )
    };
    let table = format!(
        "{}<w:tbl>{}{}{}{}</w:tbl>{}",
        paragraph("Facts"),
        row(&["Bedrooms", "3"]),
        row(&["Baths:", "2.5"]),
        row(&["Year", "2024", "$5,200"]),
        row(&["", ""]),
        paragraph("End")
    );
    assert_eq!(
        body(&table),
        "Facts\n\nBedrooms: 3\nBaths: 2.5\nYear | 2024 | $5,200\n\nEnd"
    );
    let nested = format!(
        "<w:tbl><w:tr>{}<w:tc><w:tbl>{}</w:tbl>{}</w:tc></w:tr></w:tbl>",
        cell("Rooms"),
        row(&["Hall", "9 m²"]),
        paragraph("x")
    );
    assert_eq!(body(&nested), "Rooms: Hall: 9 m² x");
}

#[test]
fn title_pages_and_the_named_part() {
    let core =
        br#"<cp:coreProperties xmlns:cp="a" xmlns:dc="b"><dc:title>12 Maple &amp; Oak</dc:title></cp:coreProperties>"#;
    let relations = String::from_utf8_lossy(RELATIONS).replace("word/document.xml", "/word/document2.xml");
    let part = format!(
        "<w:document><w:body>{}<w:p><w:r><w:br w:type=\"page\"/><w:lastRenderedPageBreak/></w:r></w:p></w:body></w:document>",
        paragraph("x")
    );
    let file = zip(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document2.xml", part.as_bytes()),
        ("docProps/core.xml", core),
    ]);
    let document = super::parse(Kind::Docx, &file).expect("text");
    assert_eq!((document.title.as_deref(), document.pages), (Some("12 Maple & Oak"), 2));
    let breaks = "<w:p><w:r><w:t>x</w:t><w:br w:type=\"page\"/></w:r></w:p>";
    assert!(read(&docx(&breaks.repeat(499))).is_ok());
    assert_eq!(read(&docx(&breaks.repeat(500))), Err(DocumentError::TooManyPages));
}

#[test]
fn files_that_are_no_word_files() {
    assert_eq!(read(&docx("<w:p/>")), Err(DocumentError::Empty));
    assert_eq!(read(b"PK\x03\x04"), Err(DocumentError::Damaged));
    let good = docx(&paragraph(&"hello ".repeat(2_000)));
    for cut in [10, good.len() / 2, good.len() - 30] {
        assert_eq!(read(&good[..cut]), Err(DocumentError::Damaged), "cut at {cut}");
    }
    let mut broken = good.clone();
    let middle = good
        .windows(17)
        .position(|part| part == b"word/document.xml")
        .expect("the entry")
        + 30;
    broken[middle..middle + 8].fill(0xff);
    assert_eq!(read(&broken), Err(DocumentError::Damaged));
    let sheet = String::from_utf8_lossy(RELATIONS).replace("word/document.xml", "xl/workbook.xml");
    let sheet = zip(&[("_rels/.rels", sheet.as_bytes()), ("xl/workbook.xml", b"<x/>")]);
    assert!(matches!(read(&sheet), Err(DocumentError::WrongType(_))));
    assert!(matches!(
        read(&zip(&[("a.txt", b"x")])),
        Err(DocumentError::WrongType(_))
    ));
    let outside = String::from_utf8_lossy(RELATIONS)
        .replace("word/document.xml\"", "http://10.0.0.7/x\" TargetMode=\"External\"");
    assert!(matches!(
        read(&zip(&[("_rels/.rels", outside.as_bytes())])),
        Err(DocumentError::WrongType(_))
    ));
}

#[test]
fn bombs_are_refused_while_they_are_unpacked() {
    // 200 MiB of spaces inside of the text: more than a hundred for each packed byte.
    let wide = format!(
        "<w:document><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>",
        " ".repeat(1 << 19)
    );
    let long = "<w:p><w:r><w:t>a</w:t></w:r></w:p>".repeat(1 << 19);
    let flat = docx_of(&format!("<w:document><w:body>{long}</w:body></w:document>"));
    assert!(long.len() / flat.len() > 100, "the ratio is what is tested");
    assert_eq!(read(&flat), Err(DocumentError::TooLarge));
    assert!(read(&docx_of(&wide)).is_err());
    // A header that claims a small size: the count goes by what comes out.
    let mut lying = flat.clone();
    let real = u32::try_from(long.len() + "<w:document><w:body></w:body></w:document>".len())
        .expect("fits")
        .to_le_bytes();
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == real {
            lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
    }
    assert_ne!(lying, flat);
    assert!(read(&lying).is_err());
    let names: Vec<String> = (0..998).map(|at| format!("x{at}")).collect();
    let part = format!("<w:document><w:body>{}</w:body></w:document>", paragraph("hello"));
    let entries = |count: usize| {
        let mut all: Vec<(&str, &[u8])> = vec![("_rels/.rels", RELATIONS), ("word/document.xml", part.as_bytes())];
        all.extend(names.iter().take(count).map(|name| (name.as_str(), b"x".as_slice())));
        zip(&all)
    };
    assert_eq!(read(&entries(998)).as_deref(), Ok("hello"));
    let mut over = entries(998);
    over = zip(&[("extra", &over)]);
    assert!(read(&over).is_err(), "an archive inside of an archive is not opened");
    let mut all: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", part.as_bytes()),
        ("y", b""),
    ];
    all.extend(names.iter().map(|name| (name.as_str(), b"x".as_slice())));
    assert_eq!(read(&zip(&all)), Err(DocumentError::TooLarge));
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    let good = docx(&paragraph("hello"));
    // The directory's entry for `_rels/.rels` is pointed at the bytes of `[Content_Types].xml`.
    let mut overlapping = good.clone();
    let entry = good
        .windows(4)
        .enumerate()
        .filter(|(_, part)| *part == b"PK\x01\x02")
        .map(|(at, _)| at)
        .nth(1)
        .expect("an entry");
    overlapping[entry + 42..entry + 46].fill(0);
    assert_eq!(read(&overlapping), Err(DocumentError::Damaged));
    assert_eq!(read(&good).as_deref(), Ok("hello"));
}

#[test]
fn xml_that_attacks_its_reader() {
    let within = |prologue: &str, text: &str| {
        docx_of(&format!(
            "<?xml version=\"1.0\"?>{prologue}<w:document><w:body>{}</w:body></w:document>",
            paragraph(text)
        ))
    };
    let laughs = r#"<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    assert_eq!(read(&within(laughs, "&b;")), Err(DocumentError::Damaged));
    let outside = r#"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>"#;
    assert_eq!(read(&within(outside, "&f;")), Err(DocumentError::Damaged));
    assert_eq!(
        read(&within("", "a&f;b")).as_deref(),
        Ok("ab"),
        "an unknown entity says nothing"
    );
    let attributes: String = (0..80_000).map(|at| format!(" a{at}=\"\"")).collect();
    assert!(attributes.len() < 1 << 20);
    let flood = format!(
        "<w:p{attributes}><w:r><w:rPr><w:vanish{attributes}/></w:rPr><w:t>x</w:t></w:r></w:p>{}",
        paragraph("hello")
    );
    let started = std::time::Instant::now();
    assert_eq!(body(&flood), "hello");
    let spaces: String = (0..40_000).map(|at| format!(" xmlns:a{at}=\"x\"")).collect();
    assert_eq!(
        body(&format!("<w:p{spaces}><w:r><w:t>hello</w:t></w:r></w:p>")),
        "hello"
    );
    assert!(started.elapsed().as_secs() < 2);
    let longer = format!("<w:p a=\"{}\"/>", "a".repeat(3 << 20));
    assert!(matches!(
        read(&docx(&longer)),
        Err(DocumentError::Damaged | DocumentError::TooLarge)
    ));
    let deep = "<w:a>".repeat(100_000) + &"</w:a>".repeat(100_000);
    assert_eq!(read(&docx(&deep)), Err(DocumentError::Damaged));
    assert_eq!(
        read(&docx_of("<w:document><w:body>")),
        Err(DocumentError::Damaged),
        "cut off inside of the part"
    );
    assert_eq!(read(&docx_of("no xml at all")), Err(DocumentError::Empty));
}
