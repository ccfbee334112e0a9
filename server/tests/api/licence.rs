//! Licences over the API, in the console without scripts, and on the porch.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::{Client, Setup, Store, TestApp, on_both},
    console::signed_in,
};

on_both!(
    a_licence_is_given_and_looked_at,
    a_document_leaves_as_a_file_and_nothing_else,
    the_console_takes_it_without_scripts,
    publishing_needs_a_verified_licence_where_that_is_demanded,
);

const PDF: (&str, &str, &[u8]) = ("My licence.pdf", "application/pdf", b"%PDF-1.7 the licence");

/// One's licence once it was looked at.
async fn looked_at(client: &Client<'_>) -> Value {
    for _ in 0..1500 {
        let licence = client.get("/v1/users/me/license").await.json();
        if licence["status"] != "claimed" {
            return licence;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody looked at the licence");
}

async fn a_licence_is_given_and_looked_at(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    // What was given at registration, without a state.
    let given = ana.get("/v1/users/me/license").await.json();
    assert_eq!(
        (&given["number"], &given["status"]),
        (&json!("123456"), &json!("claimed"))
    );
    let bad = json!({ "state": "IL", "number": "123456" });
    assert_eq!(ana.put("/v1/users/me/license", bad).await.faulty(), ["number"]);
    let bad = json!({ "state": "Oz", "number": "123456" });
    assert_eq!(ana.put("/v1/users/me/license", bad).await.faulty(), ["state"]);
    let good = json!({ "state": "Illinois", "number": "475.123456", "kind": "broker" });
    let taken = ana
        .put("/v1/users/me/license", good)
        .await
        .expect(StatusCode::OK)
        .json();
    assert_eq!(
        (&taken["state"], &taken["kind"], &taken["line"]),
        (
            &json!("IL"),
            &json!("broker"),
            &json!("licensed real-estate broker, Illinois licence 475.123456")
        )
    );
    assert_eq!(looked_at(&ana).await["status"], "pending");
    let me = ana.get("/v1/users/me").await.json();
    assert_eq!(
        (&me["license_number"], &me["license_state"], &me["is_verified"]),
        (&json!("475.123456"), &json!("IL"), &json!(false))
    );
    // The porch shows it, for nobody demands here that it be verified.
    let porch = ana.porch().await;
    let code = ana.get(&format!("/v1/qr_codes/{}", porch.code)).await.json();
    let slug = code["qr_code_url"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let to = app
        .visitor()
        .get(&format!("/q/{slug}"))
        .await
        .header("location")
        .to_owned();
    let page = app.visitor().get(&to).await.text();
    let footer = page
        .split("class=\"identity\"")
        .nth(1)
        .unwrap()
        .split("</footer>")
        .next()
        .unwrap();
    let words: String = footer
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| text)
        .collect();
    assert!(
        words.contains("Ana Reyes, licensed real-estate broker, Illinois licence 475.123456, Harbour Homes"),
        "{words}"
    );
}

async fn a_document_leaves_as_a_file_and_nothing_else(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    app.owner("ben").await;
    let path = "/v1/users/me/license/document";
    ana.upload(path, PDF, &[]).await.problem(StatusCode::CONFLICT);
    ana.put("/v1/users/me/license", json!({ "state": "OR", "number": "201234567" }))
        .await;
    let page = ("a.pdf", "application/pdf", b"<html><script>".as_slice());
    assert_eq!(ana.upload(path, page, &[]).await.faulty(), ["file"]);
    let large = vec![b'%'; 11 * 1024 * 1024];
    let large = [b"%PDF-".as_slice(), &large].concat();
    let refused = ana.upload(path, ("a.pdf", "application/pdf", &large), &[]).await;
    refused.problem(StatusCode::PAYLOAD_TOO_LARGE);
    let sent = ana.upload(path, PDF, &[]).await;
    assert_eq!(sent.expect(StatusCode::OK).json()["document"], "My-licence.pdf");
    let session = signed_in(&app, "ana@example.com").await;
    let led = session.get("/console/licence/document").await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    let file = app.visitor().get(led.header("location")).await;
    assert_eq!(&file.expect(StatusCode::OK).bytes[..], PDF.2);
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("content-disposition", "attachment; filename=\"My-licence.pdf\""),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "private, no-store"),
        ("referrer-policy", "no-referrer"),
        ("set-cookie", ""),
    ] {
        assert_eq!(file.header(name), value, "{name}");
    }
    let his = signed_in(&app, "ben@example.com").await;
    his.get("/console/licence/document").await.expect(StatusCode::NOT_FOUND);
    let stranger = app.visitor().get("/console/licence/document").await;
    assert_ne!(stranger.status, StatusCode::OK);
}

async fn the_console_takes_it_without_scripts(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let session = signed_in(&app, "ana@example.com").await;
    let page = "/console/licence";
    let shown = session.get(page).await.expect(StatusCode::OK).text();
    for part in [
        "Not complete",
        "District of Columbia",
        "Puerto Rico",
        "value=\"123456\"",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let refused = session
        .form(page, "/_fn/licence/set", "state=CA&number=12&kind=agent")
        .await;
    assert_eq!(
        (refused.status, refused.header("location")),
        (StatusCode::SEE_OTHER, page)
    );
    assert!(session.get(page).await.text().contains("look like 01234567"));
    let taken = session
        .form(page, "/_fn/licence/set", "state=CA&number=01234567&kind=agent")
        .await;
    assert_eq!(taken.header("location"), "/console/licence?saved=1");
    looked_at(&ana).await;
    session
        .upload("/_fn/licence/upload", PDF, &[])
        .await
        .expect(StatusCode::OK);
    let shown = session.get(page).await.text();
    for part in ["Being looked at", "My-licence.pdf", "Another document"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(
        session
            .get("/console/security")
            .await
            .text()
            .contains("href=\"/console/licence\"")
    );
}

async fn publishing_needs_a_verified_licence_where_that_is_demanded(store: Store) {
    let app = TestApp::with(Setup {
        store,
        config: Box::new(|config| config.require_licence = true),
        ..Setup::default()
    })
    .await;
    let ana = app.owner("ana").await;
    let bot = ana
        .post("/v1/chatbots", json!({ "bot_name": "Elm" }))
        .await
        .id("bot_id");
    let house = json!({ "bot_id": bot, "address": "1 A Street", "city": "B", "state": "IL", "zip_code": "62704" });
    ana.post("/v1/properties", house).await.expect(StatusCode::CREATED);
    let path = format!("/v1/chatbots/{bot}");
    let refused = ana.put(&path, json!({ "status": "active" })).await;
    let detail = refused.problem(StatusCode::CONFLICT)["detail"].to_string();
    assert!(detail.contains("Your account, Licence"), "{detail}");
    // Everything but opening it goes on.
    ana.put(&path, json!({ "description": "Answers" }))
        .await
        .expect(StatusCode::OK);
    let session = signed_in(&app, "ana@example.com").await;
    let page = format!("/console/bots/{bot}");
    session.form(&page, "/_fn/bot/publish", &format!("id={bot}")).await;
    assert!(
        session
            .get(&page)
            .await
            .text()
            .contains("Porches open only for verified licences")
    );
}
