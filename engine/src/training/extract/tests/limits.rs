//! Arbitrary bytes and markup made to be costly.

use proptest::prelude::*;

use super::super::{ExtractError, html, plain};

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3_000)) {
        let _ = html(&bytes, None, None);
    }

    #[test]
    fn arbitrary_markup_never_panics(parts in proptest::collection::vec(prop_oneof![
        Just("<div>".to_owned()), Just("</div>".to_owned()), Just("<table><tr><td>".to_owned()), Just("<th>Price</th>".to_owned()), Just("<dl><dt>Bedrooms<dd>".to_owned()),
        Just("<script type='application/ld+json'>{\"@type\":\"House\",\"numberOfBedrooms\":".to_owned()), Just("</script>".to_owned()), Just("<script>x={price:".to_owned()), Just("<h1>".to_owned()),
        Just("<p style='".to_owned()), Just("display:none".to_owned()), Just("'>".to_owned()), Just("<!--".to_owned()), Just("-->".to_owned()), Just("€ 1.234,56 - 3½ m²".to_owned()), Just("Address:".to_owned()),
        Just("\u{e0041}\u{200b}\u{202e}".to_owned()), Just("4 bed 2 bath 1,200 sq ft".to_owned()), Just("<style>.a{display:none}".to_owned()), Just("</style>".to_owned()), Just("<select><option>".to_owned()), "\\PC{0,12}",
    ], 0..80)) {
        let text: String = parts.concat();
        let _ = html(text.as_bytes(), Some("text/html"), Some("https://example.com/a"));
        let _ = plain(&text);
    }
}

/// Seconds this thread has computed: what other tests do beside it does not count.
fn thread_time() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

fn quick(name: &str, page: &str) {
    let started = thread_time();
    let _ = html(page.as_bytes(), None, None);
    let seconds = thread_time() - started;
    // Tests run without optimisation; the bound is for orders of magnitude.
    println!("{name}: {seconds:.2} s");
    assert!(seconds < 15.0, "{name}: {seconds} s");
}

#[test]
fn costly_markup_is_bounded() {
    quick("nesting", &format!("<h1>x</h1>{}", "<div>".repeat(150_000)));
    quick(
        "nested formatting",
        &format!("<h1>x</h1>{}", "<b><i><p>".repeat(60_000)),
    );
    quick(
        "nested tables",
        &format!("<h1>x</h1>{}", "<table><tr><td>".repeat(50_000)),
    );
    quick(
        "attributes",
        &format!(
            "<h1 {}>x</h1>",
            (0..200_000).map(|i| format!("a{i}=1 ")).collect::<String>()
        ),
    );
    quick("one line", &"price 1 ".repeat(120_000));
    quick("digits", &format!("<h1>x</h1><p>{}</p>", "1,".repeat(300_000)));
    quick(
        "braces",
        &format!("<h1>x</h1><script>price={}</script>", "{a:".repeat(200_000)),
    );
    quick(
        "assignments",
        &format!("<h1>x</h1><script>price;{}</script>", "a={b:".repeat(100_000)),
    );
    quick(
        "json",
        &format!(
            "<h1>x</h1><script type=application/json>{}</script>",
            "[".repeat(500_000)
        ),
    );
    quick(
        "rules",
        &format!(
            "<h1>x</h1><style>{}</style>{}",
            (0..3_000)
                .map(|i| format!(".c{i} .d{{display:none}}"))
                .collect::<String>(),
            "<p class=d>word</p>".repeat(3_000)
        ),
    );
    quick(
        "cells",
        &format!(
            "<h1>x</h1><table>{}</table>",
            "<tr><td>Bedrooms</td><td>3</td></tr>".repeat(12_000)
        ),
    );
    quick("colons", &format!("<h1>x</h1>{}", "<p>a: b: c: d:</p>".repeat(20_000)));
    quick("labels", &format!("<h1>x</h1><p>{}</p>", "<b>Price</b>".repeat(30_000)));
    quick("money", &format!("<h1>x</h1><p>{}</p>", "$1,000 ".repeat(60_000)));
    quick(
        "options",
        &format!("<h1>x</h1><select>{}</select>", "<option>1</option>".repeat(40_000)),
    );
}

#[test]
fn what_is_no_page_is_refused() {
    assert_eq!(html(b"", None, None).unwrap_err(), ExtractError::Empty);
    assert_eq!(
        html(b"%PDF-1.7", Some("text/html"), None).unwrap_err(),
        ExtractError::NotHtml
    );
    assert_eq!(
        html(b"just words", Some("text/html"), None).unwrap_err(),
        ExtractError::NotHtml
    );
    assert_eq!(
        html(&vec![b'a'; 7 * 1024 * 1024], None, None).unwrap_err(),
        ExtractError::TooLarge
    );
    assert_eq!(
        html(b"<html><body></body></html>", None, None).unwrap_err(),
        ExtractError::Empty
    );
    // UTF-7 stays what it is: plain letters, no markup.
    let seven = html(
        b"<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>",
        Some("text/html; charset=utf-7"),
        None,
    )
    .unwrap();
    assert!(seven.text.contains("+ADw-script"));
    // Zero bytes inside words are dropped.
    assert_eq!(
        html(b"<p>thr\0ee bedrooms and a garden</p>", None, None).unwrap().text,
        "three bedrooms and a garden\n"
    );
}
