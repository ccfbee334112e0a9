use axum::http::StatusCode;
use serde_json::json;

use crate::app::{Store, TestApp, on_both};

async fn made_changed_listed_and_deleted(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let body = json!({
        "bot_name": " Elm assistant ", "description": "Answers for Elm Street",
        "ai_model_config": { "provider": "openai", "model_name": "gpt" },
        "conversation_config": { "greeting": "Hello there", "tone": "professional" },
    });
    let created = ana.post("/v1/chatbots", body).await.expect(StatusCode::CREATED).json();
    let bot = &created["chatbot"];
    assert_eq!(created["bot_id"], bot["bot_id"]);
    assert_eq!(created["credits_used"], 10);
    assert_eq!(bot["bot_name"], "Elm assistant");
    assert_eq!(bot["name"], "Elm assistant");
    assert_eq!(bot["status"], "draft");
    assert_eq!(
        bot["ai_model_config"],
        json!({ "provider": "openai", "model_name": "gpt" })
    );
    assert_eq!(bot["conversation_config"]["greeting"], "Hello there");
    assert_eq!(bot["conversation_config"]["tone"], "professional");
    assert_eq!(
        (bot["conversation_count"].clone(), bot["last_active"].clone()),
        (json!(0), json!(null))
    );
    assert_eq!(ana.balance().await, 990);

    let path = format!("/v1/chatbots/{}", created["bot_id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.json(), *bot);
    app.clock.advance(chrono::TimeDelta::seconds(5));
    let changed = ana
        .put(
            &path,
            json!({ "description": "Other", "conversation_config": { "tone": "brief" } }),
        )
        .await;
    let changed = changed.expect(StatusCode::OK).json()["chatbot"].clone();
    assert_eq!(changed["bot_name"], "Elm assistant");
    assert_eq!(changed["description"], "Other");
    assert_eq!(changed["conversation_config"]["greeting"], "Hello there");
    assert_eq!(changed["conversation_config"]["tone"], "brief");
    assert_eq!(changed["updated_at"], "2026-06-01T12:00:05Z");
    assert_eq!(ana.get("/v1/chatbots").await.json(), json!([changed]));

    ana.delete(&path).await.expect(StatusCode::OK);
    ana.get(&path).await.problem(StatusCode::NOT_FOUND);
    ana.delete(&path).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/v1/chatbots").await.json(), json!([]));
}

#[tokio::test]
async fn the_second_documents_shape_is_taken_too() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let body = json!({
        "name": "Property Assistant", "description": "AI assistant for luxury properties",
        "personality": "professional", "knowledge_base": "Real estate expertise", "response_style": "helpful",
    });
    let bot = ana.post("/api/chatbots", body).await.expect(StatusCode::CREATED).json()["chatbot"].clone();
    assert_eq!(bot["name"], "Property Assistant");
    assert_eq!(bot["conversation_config"]["personality"], "professional");
    assert_eq!(bot["conversation_config"]["knowledge_base"], "Real estate expertise");
    assert_eq!(bot["conversation_config"]["response_style"], "helpful");
    assert!(!bot["conversation_config"]["greeting"].as_str().unwrap().is_empty());
    let both = ana.post("/v1/chatbots", json!({ "name": "A", "bot_name": "B" })).await;
    assert_eq!(both.faulty(), ["bot_name"]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_costs_nothing() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": "x".repeat(101) }), "name"),
        (json!({ "name": "Elm", "description": "x".repeat(501) }), "description"),
        (json!({ "name": "Elm", "status": "active" }), "status"),
        (json!({ "name": "Elm", "status": "asleep" }), "status"),
        (
            json!({ "name": "Elm", "conversation_config": { "tone": "loud" } }),
            "tone",
        ),
        (
            json!({ "name": "Elm", "conversation_config": { "mood": "x" } }),
            "conversation_config.mood",
        ),
        (json!({ "name": "Elm", "personality": "x".repeat(51) }), "personality"),
        (json!({ "name": "Elm", "organization_id": "x" }), "organization_id"),
        (json!({ "name": 7 }), "name"),
    ] {
        let answer = ana.post("/v1/chatbots", body.clone()).await;
        let told = answer.faulty();
        assert!(told == [field] || told == [format!("bot_{field}")], "{body}: {told:?}");
    }
    assert_eq!(ana.balance().await, 1000);
    assert_eq!(ana.get("/v1/chatbots").await.json(), json!([]));
    app.visitor()
        .post("/v1/chatbots", json!({ "name": "Elm" }))
        .await
        .problem(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_bot_is_published_once_it_knows_something_and_can_be_paused() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let bot = ana.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let path = format!("/v1/chatbots/{bot}");
    ana.put(&path, json!({ "status": "active" }))
        .await
        .problem(StatusCode::CONFLICT);
    let property = json!({ "bot_id": bot, "address": "1 A St", "city": "B", "state": "IL", "zip_code": "62704" });
    ana.post("/v1/properties", property).await.expect(StatusCode::CREATED);
    for status in ["active", "inactive", "active"] {
        let changed = ana.put(&path, json!({ "status": status })).await;
        assert_eq!(changed.expect(StatusCode::OK).json()["chatbot"]["status"], status);
    }
}

#[tokio::test]
async fn without_credits_no_bot_is_made() {
    let app = TestApp::granting(15).await;
    let ana = app.owner("ana").await;
    ana.post("/v1/chatbots", json!({ "name": "One" }))
        .await
        .expect(StatusCode::CREATED);
    let refused = ana.post("/v1/chatbots", json!({ "name": "Two" })).await;
    assert_eq!(
        refused.problem(StatusCode::PAYMENT_REQUIRED)["type"],
        "/problems/insufficient-credits"
    );
    assert_eq!(ana.balance().await, 5);
    assert_eq!(ana.get("/v1/chatbots").await.json().as_array().unwrap().len(), 1);
}

async fn a_repeated_key_makes_one_bot(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await.with("idempotency-key", "first-bot-of-the-day");
    let body = json!({ "name": "Elm", "conversation_config": { "tone": "brief" } });
    let first = ana.post("/v1/chatbots", body.clone()).await;
    let bot = first.expect(StatusCode::CREATED).id("bot_id");
    // The first answer again, also after what it made was changed.
    let change = json!({ "name": "Oak" });
    ana.put(&format!("/v1/chatbots/{bot}"), change)
        .await
        .expect(StatusCode::OK);
    let again = ana.post("/v1/chatbots", body).await;
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    let other = ana.post("/v1/chatbots", json!({ "name": "Ash" })).await;
    other.problem(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ana.balance().await, 990);
    assert_eq!(ana.get("/v1/chatbots").await.json().as_array().unwrap().len(), 1);
    let bad = ana
        .clone()
        .with("idempotency-key", "with a space")
        .post("/v1/chatbots", json!({ "name": "Elm" }))
        .await;
    assert_eq!(bad.faulty(), ["idempotency_key"]);
}

on_both!(made_changed_listed_and_deleted, a_repeated_key_makes_one_bot);
