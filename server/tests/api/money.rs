//! The last credits and keys of one's own, over HTTP, many at once.

use axum::http::StatusCode;
use domain::credits::Credits;
use engine::Config;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::app::{Answer, Client, Setup, Store, TestApp, cases, on_both};

async fn granting(store: Store, credits: i64) -> TestApp {
    let config = Box::new(move |config: &mut Config| {
        config.prices.registration_grant = Credits::whole(credits).unwrap();
    });
    TestApp::with(Setup {
        store,
        config,
        ..Setup::default()
    })
    .await
}

async fn at_once(client: &Client<'_>, times: usize, path: &str, body: &Value) -> Vec<Answer> {
    join_all((0..times).map(|_| client.post(path, body.clone()))).await
}

async fn the_last_credits_buy_one_bot(store: Store) {
    let app = granting(store, 10).await;
    for round in 0..cases(3, 50) {
        let ana = app.owner(&format!("ana{round}")).await;
        let answers = at_once(&ana, 64, "/v1/chatbots", &json!({ "name": "Elm" })).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.status == StatusCode::CREATED);
        assert_eq!((made.len(), refused.len()), (1, 63));
        for answer in refused {
            let problem = answer.problem(StatusCode::PAYMENT_REQUIRED);
            assert_eq!(problem["type"], "/problems/insufficient-credits");
        }
        assert_eq!(ana.balance().await, 0);
        assert_eq!(ana.get("/v1/chatbots").await.json().as_array().unwrap().len(), 1);
    }
}

async fn a_key_has_one_effect_and_one_answer(store: Store) {
    let app = granting(store, 10_000).await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    let keys = cases(2, 100) as i64;
    for order in 0..keys {
        let keyed = ana.clone().with("idempotency-key", &format!("order-{order}"));
        let body = json!({ "name": format!("Elm {order}"), "description": "By the lake" });
        let answers = at_once(&keyed, 100, "/v1/chatbots", &body).await;
        let last = keyed.post("/v1/chatbots", body.clone()).await;
        last.expect(StatusCode::CREATED);
        // Whoever asks while it is being made is told to ask again.
        for answer in answers.iter().filter(|answer| answer.status != StatusCode::CONFLICT) {
            assert_eq!((answer.status, &answer.bytes), (last.status, &last.bytes));
        }
        assert_eq!(ana.balance().await, 10_000 - 10 * (order + 1));
    }
    let other = ana.clone().with("idempotency-key", "order-0");
    let other = other.post("/v1/chatbots", json!({ "name": "Oak" })).await;
    assert_eq!(
        other.problem(StatusCode::UNPROCESSABLE_ENTITY)["type"],
        "/problems/idempotency-key-reused"
    );
    // Another organization's key is another key.
    let theirs = ben.clone().with("idempotency-key", "order-0");
    theirs
        .post("/v1/chatbots", json!({ "name": "Elm 0" }))
        .await
        .expect(StatusCode::CREATED);
    assert_eq!((ana.balance().await, ben.balance().await), (10_000 - 10 * keys, 9_990));
    for (key, status) in [
        (String::new(), StatusCode::BAD_REQUEST),
        ("x".repeat(256), StatusCode::BAD_REQUEST),
        ("a b".into(), StatusCode::BAD_REQUEST),
        ("x".repeat(255), StatusCode::CREATED),
    ] {
        let answer = ben
            .clone()
            .with("idempotency-key", &key)
            .post("/v1/chatbots", json!({ "name": "Elm" }))
            .await;
        assert_eq!(answer.status, status, "{} characters", key.len());
    }
    let mut strange = ben.clone();
    strange.headers.insert(
        "idempotency-key",
        axum::http::HeaderValue::from_bytes("schlüssel".as_bytes()).unwrap(),
    );
    let answer = strange.post("/v1/chatbots", json!({ "name": "Elm" })).await;
    assert_eq!(answer.faulty(), ["idempotency_key"]);
}

/// First too little, then the same key again, then a new one.
async fn a_refusal_is_the_answer_for_good(store: Store) {
    let app = granting(store, 15).await;
    let ana = app.owner("ana").await;
    let property = json!({ "address": "1 A St", "city": "B", "state": "IL", "zip_code": "62704" });
    ana.post("/v1/chatbots", json!({ "name": "Elm" }))
        .await
        .expect(StatusCode::CREATED);
    ana.post("/v1/properties", property).await.expect(StatusCode::CREATED);
    let keyed = ana.clone().with("idempotency-key", "second-bot");
    let first = keyed.post("/v1/chatbots", json!({ "name": "Oak" })).await;
    let again = keyed.post("/v1/chatbots", json!({ "name": "Oak" })).await;
    assert_eq!(
        first.problem(StatusCode::PAYMENT_REQUIRED),
        again.problem(StatusCode::PAYMENT_REQUIRED)
    );
    let other = keyed.post("/v1/chatbots", json!({ "name": "Ash" })).await;
    other.problem(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ana.balance().await, 5);
}

on_both!(
    the_last_credits_buy_one_bot,
    a_key_has_one_effect_and_one_answer,
    a_refusal_is_the_answer_for_good
);
