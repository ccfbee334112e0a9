use axum::http::StatusCode;
use serde_json::json;

use crate::app::{Store, TestApp, on_both};

async fn the_balance_and_what_became_of_it(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let bot = ana.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let balance = ana.get("/v1/credits/balance").await.expect(StatusCode::OK).json();
    let wanted = json!({
        "current_credits": 990, "credits_remaining": 990, "held": 0, "usage_this_month": 10,
        "current_credits_milli": 990_000, "held_milli": 0, "usage_this_month_milli": 10_000,
        "subscription_plan": "starter",
    });
    assert_eq!(balance, wanted);
    let history = ana.get("/v1/credits/transactions").await.expect(StatusCode::OK).json();
    let rows: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["type"].as_str().unwrap(),
                row["amount"].as_i64().unwrap(),
                row["kind"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(rows, [("bot_creation", -10, "spend"), ("registration", 1000, "grant")]);
    assert_eq!(history[0]["related_entity_id"], json!(bot));
    assert_eq!(history[0]["transaction_date"], "2026-06-01T12:00:00Z");
    let first = ana.get("/v1/credits/transactions?limit=1").await;
    assert!(first.header("link").contains("rel=\"next\""));
    app.visitor()
        .get("/v1/credits/balance")
        .await
        .problem(StatusCode::UNAUTHORIZED);
}
on_both!(the_balance_and_what_became_of_it);
