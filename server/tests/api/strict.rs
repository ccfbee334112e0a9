//! What bodies are taken: a table of good and bad ones, against a route that makes something.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::app::{Answer, Client, TestApp};

const JSON: &str = "application/json";
/// The fields that a property needs, to be gone on with.
const HOUSE: &str = r#""address":"1 A Street","city":"B","state":"IL","zip_code":"62704""#;

async fn send(client: &Client<'_>, kind: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = Request::post("/v1/properties");
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    client.send(request.body(Body::from(body)).unwrap()).await
}

/// A property with more fields.
fn with(more: &str) -> Vec<u8> {
    format!("{{{HOUSE},{more}}}").into_bytes()
}

/// A whole body.
fn raw(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn nested(levels: usize) -> Vec<u8> {
    with(&format!("\"features\":{}{}", "[".repeat(levels), "]".repeat(levels)))
}

/// Bodies that are not JSON, or not as JSON is sent here.
fn malformed() -> Vec<Vec<u8>> {
    let house = format!("{{{HOUSE}}}");
    let utf16: Vec<u8> = house.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = |inside: &[u8]| {
        [
            b"{\"address\":\"",
            inside,
            b"\",\"city\":\"B\",\"state\":\"IL\",\"zip_code\":\"62704\"}",
        ]
        .concat()
    };
    vec![
        raw(""),
        raw(" \n"),
        raw("{"),
        raw("}"),
        raw(&house[..house.len() - 1]),
        raw(&format!("{house}x")),
        raw(&format!("{house}{house}")),
        raw(&format!("{house},")),
        raw(&format!("\u{feff}{house}")),
        raw(&format!("// a house\n{house}")),
        raw(&format!("/* a house */{house}")),
        raw(&house.replace('"', "'")),
        raw(&house.replace("\"address\"", "address")),
        raw(&house.replace('}', ",}")),
        raw(&house.replace("\":\"1", "\"=\"1")),
        utf16,
        bytes(b"\xff"),
        bytes(b"\xc0\xaf"),
        bytes(b"\xed\xa0\x80"),
        bytes(b"a\0b"),
        bytes(b"a\nb"),
        bytes(br"\x41"),
        bytes(br"\ud800"),
        bytes(br"\udc00\ud800"),
        bytes(br"\u12"),
        with("\"price\":NaN"),
        with("\"price\":Infinity"),
        with("\"price\":-Infinity"),
        with("\"price\":1e999"),
        with("\"price\":0x10"),
        with("\"price\":01"),
        with("\"price\":+1"),
        with("\"price\":.5"),
        with("\"price\":1."),
        with("\"price\":1_000"),
        with("\"price\":undefined"),
        with("\"price\":True"),
        nested(31),
        nested(32),
        nested(200),
        nested(100_000),
        raw(&"{\"a\":".repeat(100_000)),
    ]
}

/// JSON, and not what a property is.
fn misshapen() -> Vec<Vec<u8>> {
    vec![
        raw("null"),
        raw("true"),
        raw("1"),
        raw("\"x\""),
        raw("[]"),
        raw("{}"),
        raw(&format!("[{{{HOUSE}}}]")),
        with("\"address\":\"2 B Street\""),
        with("\"\\u0061ddress\":\"2 B Street\""),
        with("\"price\":1,\"price\":1"),
        with("\"Address\":\"2 B Street\""),
        with("\"address \":\"2 B Street\""),
        with("\"organization_id\":\"0197f0c5-8d5e-7a31-9f0e-3f6c1d2b4a59\""),
        with("\"__proto__\":{}"),
        with("\"\":1"),
        with("\"price\":-1"),
        with("\"price\":1e20"),
        with("\"price\":9223372036854775808"),
        with("\"price\":18446744073709551616"),
        with("\"price\":true"),
        with("\"price\":[1]"),
        with("\"price\":{}"),
        with("\"bedrooms\":1e10"),
        with("\"year_built\":99999"),
        with("\"year_built\":1972.5"),
        with("\"features\":\"a porch\""),
        with("\"features\":[1]"),
        with("\"description\":\"a\\u0000b\""),
        with("\"bot_id\":\"x\""),
        with("\"status\":\"haunted\""),
    ]
}

/// What is taken all the same.
fn good() -> Vec<Vec<u8>> {
    vec![
        raw(&format!("{{{HOUSE}}}")),
        raw(&format!(" \r\n\t{{ {HOUSE} }}\n")),
        with("\"price\":null"),
        with("\"price\":489000"),
        with("\"price\":489000.50"),
        with("\"price\":4.89e5"),
        with("\"description\":\"\\ud83c\\udfe0 \\u00e9\""),
        with("\"description\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\""),
        raw(&format!("{{{HOUSE}}}{}", " ".repeat(1024 * 1024 - HOUSE.len() - 2))),
    ]
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let bad = [malformed(), misshapen()].concat();
    assert!(bad.len() >= 60, "{} bodies", bad.len());
    for body in bad {
        let told = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        let answer = send(&ana, Some(JSON), body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{told}\n{}", answer.text());
        answer.problem(StatusCode::BAD_REQUEST);
    }
    assert_eq!(ana.get("/v1/properties").await.json().as_array().unwrap().len(), 0);
    for body in good() {
        let told = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        let answer = send(&ana, Some(JSON), body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{told}\n{}", answer.text());
    }
}

#[tokio::test]
async fn only_json_in_utf8_of_a_megabyte_is_taken() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let house = || raw(&format!("{{{HOUSE}}}"));
    for kind in [
        None,
        Some(""),
        Some("*/*"),
        Some("text/plain"),
        Some("text/json"),
        Some("application/xml"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/jsonp"),
        Some("application/json; charset=utf-16"),
        Some("application/json; charset=iso-8859-1"),
        Some("application/json; charset=\"latin1\""),
    ] {
        let answer = send(&ana, kind, house()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind:?}");
        answer.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    // What is packed is not unpacked, so nothing is read for what it is not.
    for packed in ["gzip", "br", "identity, gzip"] {
        let client = ana.clone().with("content-encoding", packed);
        let answer = send(&client, Some(JSON), house()).await;
        answer.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let long = format!("{{{HOUSE}}}{}", " ".repeat(1024 * 1024));
    let answer = send(&ana, Some(JSON), raw(&long)).await;
    answer.problem(StatusCode::PAYLOAD_TOO_LARGE);
    for kind in [
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "Application/JSON",
        "application/merge-patch+json",
    ] {
        let answer = send(&ana, Some(kind), house()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{kind}");
    }
    let plain = ana.clone().with("content-encoding", "identity");
    send(&plain, Some(JSON), house()).await.expect(StatusCode::CREATED);
}
