use axum::http::StatusCode;
use serde_json::json;

use crate::app::{Client, Store, TestApp, on_both};

/// A property with a bot.
async fn property(owner: &Client<'_>) -> String {
    let bot = owner.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let body =
        json!({ "bot_id": bot, "address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704" });
    owner.post("/v1/properties", body).await.id("property_id")
}

async fn text_and_files_are_read(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let property = property(&ana).await;
    let train = format!("/v1/properties/{property}/train");
    let begun = ana
        .post(
            &format!("{train}/knowledge_base"),
            json!({ "text_content": "The roof is from 2019." }),
        )
        .await;
    let begun = begun.expect(StatusCode::ACCEPTED).json();
    assert_eq!(begun["credits_used"], 5);
    let done = ana.finished(begun["job_id"].as_str().unwrap()).await;
    assert_eq!(
        (done["status"].clone(), done["progress"].clone()),
        (json!("ready"), json!(100))
    );
    assert!(done["details"].is_string());
    assert_eq!(ana.balance().await, 985);

    let page = b"<html><head><title>12 Elm</title></head><body><h1>12 Elm Street</h1><p>The garage holds two cars.</p></body></html>";
    let begun = ana
        .upload(&format!("{train}/document"), ("elm.html", "text/html", page), &[])
        .await;
    let done = ana.finished(&begun.expect(StatusCode::ACCEPTED).id("job_id")).await;
    assert_eq!(done["status"], "ready", "{done}");
    assert_eq!(ana.balance().await, 980);

    let sources = ana.get(&format!("/v1/properties/{property}")).await.json()["data_sources"].clone();
    let kinds: Vec<_> = sources
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["type"].as_str().unwrap(), s["path"].as_str().unwrap()))
        .collect();
    assert_eq!(kinds, [("html", "elm.html"), ("text", "pasted text")]);
}
on_both!(text_and_files_are_read);

#[tokio::test]
async fn a_property_without_a_bot_says_what_to_do() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let body = json!({ "address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704" });
    let property = ana.post("/v1/properties", body).await.id("property_id");
    let refused = ana
        .post(
            &format!("/v1/properties/{property}/train/url"),
            json!({ "url": "https://example.com/" }),
        )
        .await;
    assert!(
        refused.problem(StatusCode::CONFLICT)["detail"]
            .as_str()
            .unwrap()
            .contains("bot_id")
    );
}

#[tokio::test]
async fn what_cannot_be_read_costs_nothing() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let property = property(&ana).await;
    let train = format!("/v1/properties/{property}/train");
    assert_eq!(
        ana.post(&format!("{train}/knowledge_base"), json!({ "text_content": "  " }))
            .await
            .faulty(),
        ["text_content"]
    );
    assert_eq!(
        ana.post(&format!("{train}/url"), json!({ "url": "elm" }))
            .await
            .faulty(),
        ["url"]
    );
    assert_eq!(
        ana.post(
            &format!("{train}/url"),
            json!({ "url": "https://example.com/", "bot_id": "x" })
        )
        .await
        .faulty(),
        ["bot_id"]
    );
    assert_eq!(
        ana.upload(&format!("{train}/document"), ("", "text/plain", b""), &[])
            .await
            .faulty(),
        ["file"]
    );
    let program = ana
        .upload(
            &format!("{train}/document"),
            ("x.exe", "application/octet-stream", b"MZ\x90\0\x03\0\0\0\x04"),
            &[],
        )
        .await;
    assert_eq!(program.faulty(), ["file"]);
    ana.post(&format!("{train}/document"), json!({}))
        .await
        .problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let huge = vec![b'a'; 27 * 1024 * 1024];
    let huge = ana
        .upload(&format!("{train}/document"), ("x.txt", "text/plain", &huge), &[])
        .await;
    huge.problem(StatusCode::PAYLOAD_TOO_LARGE);

    // An address inside our own network is refused at once or when it is fetched; either way nothing is charged.
    let inside = ana
        .post(&format!("{train}/url"), json!({ "url": "http://127.0.0.1:1/" }))
        .await;
    if inside.status == StatusCode::ACCEPTED {
        assert_eq!(ana.finished(&inside.id("job_id")).await["status"], "failed");
    } else {
        assert_eq!(inside.faulty(), ["url"]);
    }
    assert_eq!(ana.balance().await, 990);
}

#[tokio::test]
async fn a_repeated_key_trains_once() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let property = property(&ana).await;
    let path = format!("/v1/properties/{property}/train/knowledge_base");
    let keyed = ana.clone().with("idempotency-key", "k1");
    let body = json!({ "text_content": "The roof is from 2019." });
    let first = keyed.post(&path, body.clone()).await;
    let job = first.expect(StatusCode::ACCEPTED).id("job_id");
    let again = keyed.post(&path, body.clone()).await;
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    ana.finished(&job).await;
    let late = keyed.post(&path, body).await;
    assert_eq!((late.status, &late.bytes), (first.status, &first.bytes));
    let other = keyed
        .post(&path, json!({ "text_content": "The roof is from 2020." }))
        .await;
    other.problem(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ana.balance().await, 985);
    let sources = ana.get(&format!("/v1/properties/{property}")).await.json()["data_sources"].clone();
    assert_eq!(sources.as_array().unwrap().len(), 1);
}
