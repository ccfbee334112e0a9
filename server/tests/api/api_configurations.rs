//! An organization's own keys with AI providers: by the API and in the console, without JavaScript.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{Setup, Store, TestApp, on_both},
    console::signed_in,
};

on_both!(
    a_key_is_given_tested_used_and_removed,
    the_console_does_the_same_without_scripts
);

const KEY: &str = "sk-canary-0123456789-WXYZ";

/// A provider that knows one key, and says of every house that it has three bedrooms. Its address, without a scheme.
fn provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut length, mut knows, mut line) = (0, false, String::new());
            while stream.read_line(&mut line).unwrap_or_default() > 2 {
                let (name, value) = line.split_once(": ").unwrap_or_default();
                match name.to_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().unwrap(),
                    "authorization" => knows = value.trim() == format!("Bearer {KEY}"),
                    _ => {}
                }
                line.clear();
            }
            stream.read_exact(&mut vec![0; length]).unwrap();
            let message = json!({ "role": "assistant", "content": "It has 3 bedrooms [F1]." });
            let (status, body) = match knows {
                true => (
                    200,
                    json!({ "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] }),
                ),
                false => (401, json!({ "error": { "message": "Incorrect API key provided" } })),
            };
            let body = body.to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.get_mut().write_all((head + &body).as_bytes()).unwrap();
        }
    });
    address
}

async fn app(store: Store) -> (TestApp, String) {
    let address = provider();
    let opened = address.clone();
    let app = TestApp::with(Setup {
        store,
        config: Box::new(move |config| config.fetch_allow = opened),
        ..Setup::default()
    })
    .await;
    (app, format!("http://{address}/v1"))
}

fn new(base_url: &str, key: &str) -> Value {
    json!({ "provider_name": "other", "base_url": base_url, "api_key": key, "model_settings": { "model": "stand-in", "temperature": 0.2 } })
}

async fn a_key_is_given_tested_used_and_removed(store: Store) {
    let (app, url) = app(store).await;
    let ana = app.owner("ana").await;
    let browser = signed_in(&app, "ana@example.com").await;
    let porch = ana.porch().await;
    let list = "/v1/api_configurations";
    for (bad, field) in [
        (json!({}), "provider_name"),
        (new("http://example.com/v1", KEY), "base_url"),
        (new("https://10.0.0.1/v1", KEY), "base_url"),
        (new(&url, "short"), "api_key"),
    ] {
        let faulty = ana.post(list, bad).await.faulty();
        assert!(faulty.iter().any(|name| name == field), "{faulty:?}");
    }
    let wrong = ana.post(list, new(&url, "sk-canary-that-nobody-knows")).await;
    let wrong = wrong.expect(StatusCode::CREATED);
    let shown = wrong.json();
    assert_eq!(
        (&shown["api_key_last4"], &shown["base_url"]),
        (&json!("nows"), &json!(url))
    );
    assert!(shown.get("api_key").is_none());
    let id = wrong.id("api_configuration_id");
    let path = format!("{list}/{id}");
    let test = format!("{path}/test");
    let refused = ana.post(&test, json!({})).await.json();
    assert_eq!(refused["outcome"], "key_refused");
    assert!(refused["message"].as_str().unwrap().contains("refuses this key"));
    ana.put(&path, json!({ "api_key": KEY })).await.expect(StatusCode::OK);
    assert_eq!(ana.post(&test, json!({})).await.json()["outcome"], "ok");

    let chatbot = format!("/v1/chatbots/{}", porch.bot);
    let unknown = json!({ "ai_model_config": { "api_key_id": porch.bot } });
    assert_eq!(ana.put(&chatbot, unknown).await.faulty(), ["api_key_id"]);
    let choice = json!({ "ai_model_config": { "api_key_id": id } });
    let chosen = ana.put(&chatbot, choice).await.expect(StatusCode::OK).json();
    assert_eq!(chosen["chatbot"]["ai_model_config"]["api_key_id"], id);
    let before = ana.balance().await;
    let ask = json!({ "message_text": "How many bedrooms?" });
    let chat = format!("/v1/public/chat/{}", porch.code);
    let answer = app.visitor().post(&chat, ask.clone()).await.json();
    assert_eq!(answer["bot_response_text"], "It has 3 bedrooms.");
    assert_eq!(
        ana.balance().await,
        before,
        "with a key of one's own a reply costs nothing"
    );

    let mut seen = String::new();
    for path in [
        list.to_owned(),
        path.clone(),
        chatbot.clone(),
        "/v1/audit".into(),
        "/v1/conversations".into(),
        "/console/ai".into(),
        format!("/console/ai/{id}"),
        "/console/audit".into(),
        format!("/console/bots/{}", porch.bot),
    ] {
        let client = if path.starts_with("/console") { &browser } else { &ana };
        seen += &client.get(&path).await.text();
    }
    assert!(seen.contains("WXYZ") && !seen.contains("canary"));

    ana.delete(&path).await.expect(StatusCode::OK);
    ana.get(&path).await.problem(StatusCode::NOT_FOUND);
    app.visitor().post(&chat, ask).await.expect(StatusCode::OK);
    assert_eq!(ana.balance().await, before - 1);
    let log = ana.get("/v1/audit?action=ai").await.json();
    let actions: Vec<&str> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        ["ai.deleted", "ai.tested", "ai.changed", "ai.tested", "ai.created"]
    );
}

async fn the_console_does_the_same_without_scripts(store: Store) {
    let (app, url) = app(store).await;
    let ana = app.owner("ana").await;
    let browser = signed_in(&app, "ana@example.com").await;
    let porch = ana.porch().await;
    let form = format!(
        "provider_name=other&base_url={}&api_key={KEY}&model=stand-in&temperature=0.2&max_tokens=",
        url.replace(':', "%3A").replace('/', "%2F")
    );
    let sent = browser.form("/console/ai", "/_fn/ai/create", &form).await;
    assert!(sent.status.is_redirection(), "{}", sent.text());
    let id = ana.get("/v1/api_configurations").await.json()[0]["api_configuration_id"].clone();
    let id = id.as_str().unwrap();
    let page = browser.get(&format!("/console/ai/{id}")).await.text();
    assert!(page.contains("stand-in") && page.contains("WXYZ") && !page.contains("canary"));
    let one = format!("/console/ai/{id}");
    let tested = browser.form(&one, "/_fn/ai/test", &format!("id={id}")).await;
    let led = tested.header("location").to_owned();
    assert!(led.contains("tested=ok"), "{led}");
    let page = browser.get(&led).await.text();
    assert!(page.contains("the model has answered"), "{page}");
    let bot = format!("/console/bots/{}", porch.bot);
    assert!(browser.get(&bot).await.text().contains("Who answers"));
    let choice = format!("id={}&api_key_id={id}", porch.bot);
    browser.form(&bot, "/_fn/bot/set_ai", &choice).await;
    let chatbot = ana.get(&format!("/v1/chatbots/{}", porch.bot)).await.json();
    assert_eq!(chatbot["ai_model_config"]["api_key_id"], id);
    // What is typed wrongly is said, and the key is not sent back.
    let wrong = form.replace("temperature=0.2", "temperature=warm");
    browser.form("/console/ai", "/_fn/ai/create", &wrong).await;
    let page = browser.get("/console/ai").await.text();
    assert!(page.contains("Write a number") && !page.contains("canary"), "{page}");
    browser.form(&one, "/_fn/ai/delete", &format!("id={id}")).await;
    assert_eq!(ana.get("/v1/api_configurations").await.json(), json!([]));
}
