use super::super::{DocumentError, Kind, sniff};
use super::files;

fn kind(name: &str, bytes: impl AsRef<[u8]>) -> Option<Kind> {
    sniff(name, None, bytes.as_ref()).ok()
}

#[test]
fn content_and_name_decide_together() {
    let pdf = files::pages(&[files::show(&[(72, 700, "x")])], "");
    let docx = files::docx(&files::paragraph("x"));
    for (name, bytes, expected) in [
        ("house.pdf", pdf.as_slice(), Some(Kind::Pdf)),
        ("HOUSE.PDF", &pdf, Some(Kind::Pdf)),
        ("C:\\files\\house.v2.pdf", &pdf, Some(Kind::Pdf)),
        ("house", &pdf, Some(Kind::Pdf)),
        ("house.txt", &pdf, None),
        ("house.html", &pdf, None),
        ("house.docx", &pdf, None),
        ("house.pdf.exe", &pdf, None),
        ("house.docx", &docx, Some(Kind::Docx)),
        ("house.pdf", &docx, None),
        ("house.txt", &docx, None),
        ("house.zip", &docx, None),
        ("house.html", b"<!DOCTYPE html><p>x", Some(Kind::Html)),
        ("house.htm", b"\xef\xbb\xbf\n<!-- saved --><HTML>", Some(Kind::Html)),
        (
            "house.html",
            b"<?xml version=\"1.0\"?><html xmlns=\"x\">",
            Some(Kind::Html),
        ),
        ("house.html", b"Just a sentence.", Some(Kind::Text)),
        ("house.txt", b"Three bedrooms, a < b", Some(Kind::Text)),
        ("house.txt", b"<html><p>x", Some(Kind::Html)),
        ("house.txt", b"Manor, 3 beds", Some(Kind::Text)),
        ("house.txt", b"BM & sons", Some(Kind::Text)),
        ("house.txt", "Größe: 120 m²".as_bytes(), Some(Kind::Text)),
        ("house.txt", b"\xff\xfeh\0i\0", Some(Kind::Text)),
        ("house.pdf", b"<html>", None),
        ("house.pdf", b"hello", None),
        ("house.docx", b"<html>", None),
        ("house.docx", b"PK\x03\x04nothing of Word", None),
        ("house.png", b"<svg xmlns='x'><script/></svg>", None),
        ("house.html", b"<svg xmlns='x'><script/></svg>", None),
        ("house.html", b"<?xml version='1.0'?><!DOCTYPE svg><svg/>", None),
        ("house.txt", b"<?xml version='1.0'?><data/>", None),
        ("house.html", b"\x7fELF\x02\x01\x01\0", None),
        ("house.txt", b"MZ\x90\0\x03", None),
        ("house.txt", b"GIF89a<html>", None),
        ("house.html", b"GIF89a/*<html>*/", None),
        ("house.txt", b"\x89PNG\r\n\x1a\n", None),
        ("house.png", b"\x89PNG\r\n\x1a\n", Some(Kind::Photo)),
        ("house.JPG", b"\xff\xd8\xff\xe0", Some(Kind::Photo)),
        ("house.jpeg", b"RIFF\x24\0\0\0WEBPVP8 ", Some(Kind::Photo)),
        ("house.png", b"RIFF\x24\0\0\0WAVEfmt ", None),
        ("house.pdf", b"\xff\xd8\xff\xe0", None),
        ("house.txt", b"a\0b", None),
        ("house.txt", b"{\\rtf1 x}", None),
        ("house.doc", b"hello", None),
        ("house.txt", b"#!/bin/sh\n", None),
        ("house.txt", &[1, 2, 3, 4, 5, 6, 7], None),
        (".htaccess", b"deny", Some(Kind::Text)),
    ] {
        assert_eq!(
            kind(name, bytes),
            expected,
            "{name} {:?}",
            &bytes[..bytes.len().min(20)]
        );
    }
}

#[test]
fn two_in_one_is_what_its_beginning_says() {
    let pdf = files::pages(&[files::show(&[(72, 700, "x")])], "");
    let docx = files::docx(&files::paragraph("x"));
    let both = [pdf.clone(), docx.clone()].concat();
    assert_eq!(kind("house.pdf", &both), Some(Kind::Pdf));
    assert_eq!(kind("house.docx", &both), None);
    assert_eq!(kind("house.pdf", [b"GIF89a".as_slice(), &pdf].concat()), None);
    assert_eq!(kind("house.pdf", [b"<html>".as_slice(), &pdf].concat()), None);
}

#[test]
fn the_declared_type_counts_where_the_name_is_silent() {
    let page = b"<html>";
    assert_eq!(sniff("page", Some("text/html; charset=utf-8"), page), Ok(Kind::Html));
    assert_eq!(sniff("page", Some("application/octet-stream"), page), Ok(Kind::Html));
    assert!(sniff("page", Some("application/pdf"), page).is_err());
    assert_eq!(
        sniff("page.html", Some("application/pdf"), page),
        Ok(Kind::Html),
        "the name is closer to the person"
    );
}

#[test]
fn reasons_are_told() {
    let reason = |name: &str, bytes: &[u8]| sniff(name, None, bytes).expect_err("refused").to_string();
    assert_eq!(sniff("x.pdf", None, b""), Err(DocumentError::Empty));
    assert!(reason("x.heic", b"x").contains("type cannot be read"));
    assert!(reason("x.png", b"x").contains("named like a photo"));
    assert!(reason("x.doc", b"x").contains("DOCX"));
    assert!(reason("x.txt", b"\x89PNG\r\n\x1a\n").contains("that it is a photo"));
    assert!(reason("x.pdf", b"hello").contains("named like a PDF"));
    let mut container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    assert!(reason("x.docx", &container).contains("old Office file"));
    container.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(sniff("x.docx", None, &container), Err(DocumentError::Encrypted));
}
