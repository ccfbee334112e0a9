use std::path::Path;

use bytes::Bytes;

use super::super::{Document, DocumentError, read};
use super::super::{LARGEST_FILE, plain};

fn text(bytes: &[u8]) -> String {
    plain::read(bytes).expect("text").text
}

#[test]
fn encodings() {
    assert_eq!(text("Größe".as_bytes()), "Größe");
    assert_eq!(text("\u{feff}Größe".as_bytes()), "Größe");
    assert_eq!(text(b"Gr\xf6\xdfe \x80 5"), "Größe € 5");
    assert_eq!(text(b"\xff\xfeG\0r\0\xf6\0"), "Grö");
    assert_eq!(text(b"\xfe\xff\0G\0r\0\xf6"), "Grö");
    assert_eq!(text(b"\xff\xfeG\0\0\xd8x\0"), "G\u{fffd}x");
    assert_eq!(plain::decode("Größe".as_bytes().split_at(3).0), "Gr\u{fffd}");
}

#[test]
fn what_cannot_be_seen_is_gone() {
    let odd = "Price\u{200b}: \u{202e}$\u{1}450\r\n\r\n\r\n\r\nof\u{ad}fi\u{fb01}ce\t \u{a0}x\u{e0041}  \n";
    assert_eq!(text(odd.as_bytes()), "Price: $450\n\noffifice x");
}

#[tokio::test]
async fn files_that_need_no_child() {
    let nobody = Path::new("/nonexistent");
    let read = |name: &'static str, bytes: &'static [u8]| read(nobody, name, None, Bytes::from_static(bytes));
    assert!(matches!(read("a.html", b"<html>x").await, Ok(Document::Html(page)) if page == "<html>x".as_bytes()));
    assert!(
        matches!(read("a.txt", b"hello").await, Ok(Document::Text(text)) if text.text == "hello" && text.pages == 1)
    );
    assert_eq!(read("a.txt", b" \n ").await, Err(DocumentError::Empty));
    assert_eq!(read("a.txt", b"").await, Err(DocumentError::Empty));
    assert!(matches!(
        read("a.pdf", b"%PDF-1.7").await,
        Err(DocumentError::Stopped { .. })
    ));
    let large = Bytes::from(vec![b'a'; LARGEST_FILE + 1]);
    assert_eq!(
        super::super::read(nobody, "a.txt", None, large).await,
        Err(DocumentError::TooLarge)
    );
    let long = Bytes::from(vec![b'a'; 10 * 1024 * 1024 + 1]);
    assert_eq!(
        super::super::read(nobody, "a.txt", None, long).await,
        Err(DocumentError::TooLarge)
    );
}
