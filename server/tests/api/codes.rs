use axum::http::StatusCode;
use serde_json::json;

use crate::app::{Store, TestApp, on_both};

async fn made_drawn_listed_and_deleted(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let bot = ana.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let design = json!({ "foreground": "#0b3d3a", "background": "#ffffff" });
    let created = ana
        .post(
            "/v1/qr_codes",
            json!({ "bot_id": bot, "custom_design": design, "label": "Front yard" }),
        )
        .await;
    let created = created.expect(StatusCode::CREATED).json();
    let code = &created["qr_code"];
    let id = created["qr_id"].as_str().unwrap();
    assert!(
        created["qr_code_url"]
            .as_str()
            .unwrap()
            .starts_with("http://porch.test/q/")
    );
    assert_eq!(created["image_path"], format!("/v1/qr_codes/{id}/image.png"));
    assert_eq!(
        code["custom_design"],
        json!({ "foreground": "#0b3d3a", "background": "#ffffff", "with_logo": false })
    );
    assert_eq!(
        (
            code["scan_count"].clone(),
            code["property_id"].clone(),
            code["bot_id"].clone()
        ),
        (json!(0), json!(null), json!(bot))
    );
    assert_eq!(ana.get(&format!("/v1/qr_codes/{id}")).await.json(), *code);
    assert_eq!(ana.get("/v1/qr_codes").await.json(), json!([code]));

    let png = ana.get(&format!("/v1/qr_codes/{id}/image.png?size=256")).await;
    assert_eq!(png.expect(StatusCode::OK).header("content-type"), "image/png");
    assert_eq!(&png.bytes[..8], b"\x89PNG\r\n\x1a\n");
    // Width and height stand in the header chunk.
    assert_eq!(png.bytes[16..24], [0, 0, 1, 0, 0, 0, 1, 0]);
    let svg = ana.get(&format!("/api/qr_codes/{id}/image.svg")).await;
    assert_eq!(svg.expect(StatusCode::OK).header("content-type"), "image/svg+xml");
    assert!(svg.text().contains("<svg"));
    assert_eq!(
        ana.get(&format!("/v1/qr_codes/{id}/image.png?size=big")).await.faulty(),
        ["size"]
    );

    ana.delete(&format!("/v1/qr_codes/{id}")).await.expect(StatusCode::OK);
    ana.get(&format!("/v1/qr_codes/{id}"))
        .await
        .problem(StatusCode::NOT_FOUND);
    ana.get(&format!("/v1/qr_codes/{id}/image.png"))
        .await
        .problem(StatusCode::NOT_FOUND);
}

async fn changed_without_another_address(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let made = ana
        .post("/v1/qr_codes", json!({ "bot_id": porch.bot, "label": "Gate" }))
        .await;
    let made = made.expect(StatusCode::CREATED).json();
    let path = format!("/v1/qr_codes/{}", made["qr_id"].as_str().unwrap());
    let change = json!({
        "label": "Front yard", "property_id": porch.property, "custom_design": { "foreground": "#0b3d3a" },
    });
    let changed = ana.put(&path, change).await.expect(StatusCode::OK).json();
    assert_eq!(changed, ana.get(&path).await.json());
    assert_eq!(changed["label"], "Front yard");
    assert_eq!(changed["property_id"], json!(porch.property));
    assert_eq!(
        changed["custom_design"],
        json!({ "foreground": "#0b3d3a", "background": "#ffffff", "with_logo": false })
    );
    assert_eq!(changed["qr_code_url"], made["qr_code_url"]);
    // Nothing that is left out changes, and nothing at all when something is refused.
    assert_eq!(ana.put(&path, json!({})).await.json(), changed);
    for (change, field) in [
        (
            json!({ "label": "x", "custom_design": { "foreground": "#fefefe" } }),
            "custom_design",
        ),
        (
            json!({ "label": "x", "property_id": "00000000-0000-7000-8000-000000000000" }),
            "property_id",
        ),
        (json!({ "label": "x".repeat(101) }), "label"),
        (json!({ "bot_id": porch.bot }), "bot_id"),
    ] {
        assert_eq!(ana.put(&path, change.clone()).await.faulty(), [field], "{change}");
    }
    assert_eq!(ana.get(&path).await.json(), changed);
    let noted = ana.get("/v1/audit?action=code.changed").await.json();
    assert_eq!(noted.as_array().unwrap().len(), 1, "{noted}");
    assert_eq!(noted[0]["before"]["label"], "Gate");
}
on_both!(made_drawn_listed_and_deleted, changed_without_another_address);

#[tokio::test]
async fn a_code_that_does_not_scan_is_refused() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let bot = ana.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let of_another = ana.porch().await.property;
    for (body, field) in [
        (
            json!({ "bot_id": bot, "custom_design": { "foreground": "#fefefe", "background": "#ffffff" } }),
            "custom_design",
        ),
        (
            json!({ "bot_id": bot, "custom_design": { "foreground": "blue" } }),
            "foreground",
        ),
        (
            json!({ "bot_id": bot, "custom_design": { "shape": "round" } }),
            "custom_design.shape",
        ),
        (json!({ "bot_id": "x" }), "bot_id"),
        (json!({}), "bot_id"),
        (json!({ "bot_id": "00000000-0000-7000-8000-000000000000" }), "bot_id"),
        (
            json!({ "bot_id": bot, "property_id": "00000000-0000-7000-8000-000000000000" }),
            "property_id",
        ),
        (json!({ "bot_id": bot, "property_id": of_another }), "property_id"),
    ] {
        assert_eq!(ana.post("/v1/qr_codes", body.clone()).await.faulty(), [field], "{body}");
    }
    assert_eq!(ana.get(&format!("/v1/qr_codes?bot_id={bot}")).await.json(), json!([]));
}

#[tokio::test]
async fn a_visit_to_a_bot_that_is_not_published_is_not_charged_for() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let draft = ana.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let open = ana.porch().await.bot;
    for (bot, charged) in [(draft, 0), (open, 1)] {
        let code = ana.post("/v1/qr_codes", json!({ "bot_id": bot })).await;
        let code = code.expect(StatusCode::CREATED).json();
        let before = ana.balance().await;
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1";
        let phone = app.visitor().with("user-agent", phone);
        let address = code["qr_code_url"].as_str().unwrap();
        let path = address.strip_prefix("http://porch.test").unwrap();
        phone.get(path).await.expect(StatusCode::FOUND);
        let id = code["qr_id"].as_str().unwrap();
        assert_eq!(ana.get(&format!("/v1/qr_codes/{id}")).await.json()["scan_count"], 1);
        assert_eq!(before - ana.balance().await, charged);
    }
}
