use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::{Store, TestApp, on_both};

fn elm() -> Value {
    json!({ "address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704" })
}

async fn made_changed_listed_and_deleted(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let mut body = elm();
    for (name, value) in [
        ("listing_url", json!("https://example.com/12-elm")),
        ("property_type", json!("House")),
        ("price", json!(489_000)),
        ("bedrooms", json!(3)),
        ("bathrooms", json!("2.5")),
        ("square_feet", json!(1840)),
        ("year_built", json!(1972)),
        ("hoa_fee", json!(245.5)),
        ("taxes", json!("4,312.10")),
        ("features", json!(["New roof", "Corner lot"])),
        ("description", json!("A house.")),
    ] {
        body[name] = value;
    }
    let created = ana
        .post("/v1/properties", body)
        .await
        .expect(StatusCode::CREATED)
        .json();
    let property = &created["property"];
    assert_eq!(created["property_id"], property["property_id"]);
    for (name, value) in [
        ("bot_id", json!(null)),
        ("price", json!(489_000)),
        ("price_minor", json!(48_900_000)),
        ("currency", json!("USD")),
        ("bedrooms", json!(3)),
        ("bathrooms", json!(2.5)),
        ("hoa_fee", json!(245.5)),
        ("hoa_fee_minor", json!(24_550)),
        ("taxes_minor", json!(431_210)),
        ("features", json!(["New roof", "Corner lot"])),
        ("status", json!("active")),
        ("data_sources", json!([])),
        ("created_at", json!("2026-06-01T12:00:00Z")),
    ] {
        assert_eq!(property[name], value, "{name}");
    }
    let path = format!("/v1/properties/{}", created["property_id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.json(), *property);

    let bot = ana.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let changed = ana
        .put(&path, json!({ "bot_id": bot, "price": null, "status": "pending" }))
        .await;
    let changed = changed.expect(StatusCode::OK).json()["property"].clone();
    assert_eq!(changed["bot_id"], json!(bot));
    assert_eq!(changed["price"], json!(null));
    assert_eq!(changed["status"], "pending");
    assert_eq!(changed["bathrooms"], json!(2.5));
    assert_eq!(changed["hoa_fee_minor"], json!(24_550));
    assert_eq!(
        ana.get(&format!("/v1/properties?bot_id={bot}")).await.json(),
        json!([changed])
    );
    let kept = ana.put(&path, json!({ "city": "Salem" })).await.json()["property"].clone();
    assert_eq!(
        (kept["bot_id"].clone(), kept["city"].clone()),
        (json!(bot), json!("Salem"))
    );
    let left = ana.put(&path, json!({ "bot_id": null })).await.json()["property"].clone();
    assert_eq!(left["bot_id"], json!(null));

    ana.delete(&path).await.expect(StatusCode::OK);
    ana.get(&path).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/v1/properties").await.json(), json!([]));
}
on_both!(made_changed_listed_and_deleted);

#[tokio::test]
async fn every_faulty_field_is_named() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let nothing = ana.post("/v1/properties", json!({})).await;
    assert_eq!(nothing.faulty(), ["address", "city", "state", "zip_code"]);
    for (name, value) in [
        ("price", json!("a lot")),
        ("price", json!(-5)),
        ("bedrooms", json!(1000)),
        ("year_built", json!(12)),
        ("listing_url", json!("javascript:alert(1)")),
        ("status", json!("gone")),
        ("bot_id", json!("not an id")),
        ("bot_id", json!("00000000-0000-7000-8000-000000000000")),
        ("organization_id", json!("x")),
        ("features", json!("one")),
    ] {
        let mut body = elm();
        body[name] = value.clone();
        assert_eq!(ana.post("/v1/properties", body).await.faulty(), [name], "{value}");
    }
    assert_eq!(ana.get("/v1/properties").await.json(), json!([]));
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(ana.post("/v1/properties", elm()).await.id("property_id"));
    }
    made.reverse();
    let (mut seen, mut next) = (Vec::new(), "/v1/properties?limit=2".to_owned());
    loop {
        let page = ana.get(&next).await;
        let items = page.expect(StatusCode::OK).json();
        assert!(items.as_array().unwrap().len() <= 2);
        seen.extend(
            items
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["property_id"].as_str().unwrap().to_owned()),
        );
        let link = page.header("link");
        if link.is_empty() {
            break;
        }
        next = link
            .strip_prefix('<')
            .unwrap()
            .strip_suffix(">; rel=\"next\"")
            .unwrap()
            .to_owned();
        assert!(next.starts_with("/v1/properties?"), "{next}");
    }
    assert_eq!(seen, made);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("after=x", "after"),
        ("bot_id=x", "bot_id"),
    ] {
        assert_eq!(
            ana.get(&format!("/v1/properties?{query}")).await.faulty(),
            [field],
            "{query}"
        );
    }
}
