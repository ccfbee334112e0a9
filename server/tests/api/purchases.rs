//! Buying credits by the API, with a payment provider on a socket.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Client, Setup, Store, TestApp, on_both},
    matrix::joined,
    till,
};

on_both!(
    credits_are_bought_and_come_when_they_are_paid,
    without_a_provider_nothing_is_for_sale,
);

async fn app(store: Store) -> TestApp {
    let stripe = till::start();
    TestApp::with(Setup {
        store,
        config: Box::new(|config| config.stripe = Some(stripe)),
        ..Setup::default()
    })
    .await
}

async fn told(app: &TestApp, event: &Value, signature: Option<&str>) -> Answer {
    let body = event.to_string();
    let now = app.engine.clock().now().timestamp();
    let signed = till::signature(now, &body);
    let request = Request::post("/hooks/stripe").header("stripe-signature", signature.unwrap_or(&signed));
    app.visitor().send(request.body(Body::from(body)).unwrap()).await
}

async fn balance(client: &Client<'_>) -> i64 {
    client.get("/v1/credits/balance").await.json()["current_credits"]
        .as_i64()
        .unwrap()
}

async fn credits_are_bought_and_come_when_they_are_paid(store: Store) {
    let app = app(store).await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    let before = balance(&ana).await;
    let body = json!({ "amount": 500, "payment_method_id": "pm_card_visa" });
    let keyless = ana.post("/v1/credits/purchase", body.clone()).await;
    assert_eq!(keyless.faulty(), ["idempotency_key"]);
    let keyed = ana.clone().with("idempotency-key", "first");
    for bad in [
        json!({ "amount": 0, "payment_method_id": "pm_1" }),
        json!({ "amount": 1_000_001, "payment_method_id": "pm_1" }),
    ] {
        assert_eq!(keyed.post("/v1/credits/purchase", bad).await.faulty(), ["amount"]);
    }
    let bought = keyed.post("/v1/credits/purchase", body.clone()).await;
    let bought = bought.expect(StatusCode::ACCEPTED).json();
    assert_eq!(
        (&bought["status"], &bought["price_minor"]),
        (&json!("pending"), &json!(1000))
    );
    assert!(bought["credits_added"].is_null() && bought["new_balance"].is_null());
    let again = keyed.post("/api/credits/purchase", body).await;
    assert_eq!(again.json(), bought);
    let other = json!({ "amount": 501, "payment_method_id": "pm_card_visa" });
    keyed
        .post("/v1/credits/purchase", other)
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY);

    let id = bought["transaction_id"].as_str().unwrap();
    let event = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "data": { "object": {
        "id": format!("pi_{id}"), "amount_received": 1000, "currency": "usd", "metadata": { "purchase_id": id } } } });
    told(&app, &event, Some("t=1,v1=00"))
        .await
        .problem(StatusCode::BAD_REQUEST);
    assert_eq!(balance(&ana).await, before);
    for _ in 0..2 {
        told(&app, &event, None).await.expect(StatusCode::NO_CONTENT);
    }
    assert_eq!(balance(&ana).await, before + 500);
    let path = format!("/v1/credits/purchases/{id}");
    let paid = ana.get(&path).await.json();
    assert_eq!((&paid["status"], &paid["credits_added"]), (&json!("paid"), &json!(500)));
    assert_eq!(paid["new_balance"], before + 500);
    assert_eq!(ana.get("/v1/credits/purchases").await.json(), json!([paid]));
    ben.get(&path).await.problem(StatusCode::NOT_FOUND);
    let history = ana.get("/v1/credits/transactions").await.json();
    assert_eq!(
        (&history[0]["type"], &history[0]["related_entity_id"]),
        (&json!("purchase"), &json!(id))
    );
    let log = ana.get("/v1/audit?action=credits").await.json();
    let actions: Vec<&str> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["credits.paid", "credits.bought"]);

    joined(&ana, "cy@example.com", domain::tenancy::Role::Realtor).await;
    let refused = app.again("cy").await.with("idempotency-key", "hers");
    let body = json!({ "amount": 5, "payment_method_id": "pm_card_visa" });
    refused
        .post("/v1/credits/purchase", body)
        .await
        .problem(StatusCode::FORBIDDEN);
}

async fn without_a_provider_nothing_is_for_sale(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await.with("idempotency-key", "first");
    let body = json!({ "amount": 5, "payment_method_id": "pm_card_visa" });
    let refused = ana.post("/v1/credits/purchase", body).await;
    assert!(
        refused.problem(StatusCode::CONFLICT)["detail"]
            .as_str()
            .unwrap()
            .contains("cannot be bought")
    );
    told(&app, &json!({}), None).await.problem(StatusCode::BAD_REQUEST);
}
