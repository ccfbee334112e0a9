use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use server::state::Web;

use crate::app::{Answer, Client, Setup, Store, TestApp, on_both};

async fn ask(client: &Client<'_>, code: &str, question: &str, session: Option<&str>) -> Answer {
    let mut body = json!({ "message_text": question });
    if let Some(session) = session {
        body["user_session_id"] = json!(session);
    }
    client.post(&format!("/v1/public/chat/{code}"), body).await
}

async fn a_buyer_asks_and_goes_on(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let before = ana.balance().await;
    let buyer = app.visitor();
    let first = ask(&buyer, &porch.code, "How many bedrooms are there?", None).await;
    let first = first.expect(StatusCode::OK).json();
    assert_eq!(first["outcome"], "answered", "{first}");
    assert!(first["bot_response_text"].as_str().unwrap().contains('3'), "{first}");
    assert!(!first["citations"].as_array().unwrap().is_empty());
    let session = first["user_session_id"].as_str().unwrap();
    let second = ask(&buyer, &porch.code, "When was the roof replaced?", Some(session))
        .await
        .json();
    assert_eq!(second["conversation_id"], first["conversation_id"]);
    assert_eq!(second["user_session_id"], first["user_session_id"]);
    assert!(
        second["bot_response_text"].as_str().unwrap().contains("2019"),
        "{second}"
    );
    let stranger = ask(&buyer, &porch.code, "How many bedrooms are there?", Some("made up"))
        .await
        .json();
    assert_ne!(stranger["conversation_id"], first["conversation_id"]);
    assert_ne!(stranger["user_session_id"], "made up");
    assert_eq!(ana.balance().await, before - 3);

    let list = ana.get("/v1/conversations").await.expect(StatusCode::OK).json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let path = format!("/v1/conversations/{}", first["conversation_id"].as_str().unwrap());
    let conversation = ana.get(&path).await.expect(StatusCode::OK).json();
    assert_eq!(conversation["turn_count"], 2);
    let roles: Vec<_> = conversation["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"]);
    assert_eq!(conversation["messages"][1]["content"], first["bot_response_text"]);
    assert_eq!(conversation["messages"][1]["charged_milli"], 1000);
    assert_eq!(conversation["messages"][1]["receipt"]["engine"], "built-in");
    let bot = ana.get(&format!("/v1/chatbots/{}", porch.bot)).await.json();
    assert_eq!(
        (bot["conversation_count"].clone(), bot["last_active"].clone()),
        (json!(2), json!("2026-06-01T12:00:00Z"))
    );
}

/// The events of a stream: name, id, data.
fn events(answer: &Answer) -> Vec<(String, Option<u64>, Value)> {
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let field = |block: &str, name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}:")).map(|v| v.trim().to_owned()))
    };
    answer
        .text()
        .split("\n\n")
        .filter(|block| block.contains("data:"))
        .map(|block| {
            let data = serde_json::from_str(&field(block, "data").unwrap()).unwrap();
            (
                field(block, "event").unwrap(),
                field(block, "id").map(|id| id.parse().unwrap()),
                data,
            )
        })
        .collect()
}

async fn an_answer_streams_and_resumes(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let buyer = app.visitor().with("accept", "text/event-stream");
    let streamed = ask(&buyer, &porch.code, "How many bedrooms are there?", None).await;
    assert_eq!(streamed.expect(StatusCode::OK).header("cache-control"), "no-store");
    let all = events(&streamed);
    let (session, deltas) = all.split_first().unwrap();
    assert_eq!(session.0, "session");
    let secret = session.2["user_session_id"].as_str().unwrap();
    assert_eq!(streamed.header("x-user-session-id"), secret);
    let names: Vec<&str> = deltas.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!((names[0], *names.last().unwrap()), ("started", "done"));
    assert!(names.contains(&"text") && names.contains(&"citation"), "{names:?}");
    for (position, (name, id, data)) in deltas.iter().enumerate() {
        assert_eq!(*id, Some(position as u64 + 1));
        assert_eq!(data["type"], *name);
    }
    let turn = deltas[0].2["turn_id"].as_str().unwrap();
    let path = format!("/v1/public/chat/{}/turns/{turn}", porch.code);

    let rest = app
        .visitor()
        .with("x-user-session-id", secret)
        .with("last-event-id", "2")
        .get(&path)
        .await;
    let rest = events(rest.expect(StatusCode::OK));
    assert_eq!(rest[1..], deltas[2..]);
    let by_query = app.visitor().get(&format!("{path}?user_session_id={secret}")).await;
    assert_eq!(events(&by_query), all);
    // Nobody else's: without the secret, with another's, through another organization's code.
    app.visitor().get(&path).await.problem(StatusCode::NOT_FOUND);
    let other = ask(&app.visitor(), &porch.code, "How many baths?", None)
        .await
        .id("user_session_id");
    app.visitor()
        .with("x-user-session-id", &other)
        .get(&path)
        .await
        .problem(StatusCode::NOT_FOUND);
    let foreign = app.owner("ben").await.porch().await;
    let through = path.replace(&porch.code, &foreign.code);
    app.visitor()
        .with("x-user-session-id", secret)
        .get(&through)
        .await
        .problem(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_of_another_bot_opens_nothing() {
    let app = TestApp::new().await;
    let (ana, ben) = (
        app.owner("ana").await.porch().await,
        app.owner("ben").await.porch().await,
    );
    let first = ask(&app.visitor(), &ana.code, "How many bedrooms are there?", None)
        .await
        .json();
    let session = first["user_session_id"].as_str().unwrap();
    let other = ask(&app.visitor(), &ben.code, "How many bedrooms are there?", Some(session))
        .await
        .json();
    assert_ne!(other["conversation_id"], first["conversation_id"]);
    assert_ne!(other["user_session_id"], first["user_session_id"]);
}

#[tokio::test]
async fn a_porch_that_is_not_there_is_not_found() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let bot = ana.post("/v1/chatbots", json!({ "name": "Draft" })).await.id("bot_id");
    let draft = ana.post("/v1/qr_codes", json!({ "bot_id": bot })).await.id("qr_id");
    for code in ["nothing", "00000000-0000-7000-8000-000000000000", &draft, "%FF"] {
        ask(&app.visitor(), code, "Hello?", None)
            .await
            .problem(StatusCode::NOT_FOUND);
    }
    let porch = ana.porch().await;
    for (body, field) in [
        (json!({}), "message_text"),
        (json!({ "message_text": " " }), "message_text"),
        (json!({ "message_text": "x".repeat(2001) }), "message_text"),
        (json!({ "message_text": "Hi", "bot_id": porch.bot }), "bot_id"),
        (json!({ "message_text": 1 }), "message_text"),
    ] {
        let answer = app
            .visitor()
            .post(&format!("/v1/public/chat/{}", porch.code), body)
            .await;
        assert_eq!(answer.faulty(), [field]);
    }
}

#[tokio::test]
async fn at_zero_a_buyer_is_still_answered_to_and_nothing_is_charged() {
    // A bot and a source cost 15.
    let app = TestApp::granting(15).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    assert_eq!(ana.balance().await, 0);
    let answer = ask(&app.visitor(), &porch.code, "How many bedrooms are there?", None).await;
    let answer = answer.expect(StatusCode::OK).json();
    assert_eq!(answer["outcome"], "unavailable");
    assert!(!answer["bot_response_text"].as_str().unwrap().is_empty());
    assert_eq!(ana.balance().await, 0);
    let streamed = ask(
        &app.visitor().with("accept", "text/event-stream"),
        &porch.code,
        "And baths?",
        None,
    )
    .await;
    assert_eq!(events(&streamed).last().unwrap().2["outcome"], "unavailable");
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let web = Web {
        chat_per_minute: 3,
        login_per_minute: 2,
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..Web::default()
    };
    let app = TestApp::with(Setup {
        web,
        ..Setup::default()
    })
    .await;
    let path = "/v1/public/chat/nothing";
    let from = |address: &str| app.visitor().with("x-forwarded-for", address);
    for _ in 0..3 {
        from("203.0.113.5")
            .post(path, json!({ "message_text": "Hi" }))
            .await
            .problem(StatusCode::NOT_FOUND);
    }
    let refused = from("203.0.113.5").post(path, json!({ "message_text": "Hi" })).await;
    refused.problem(StatusCode::TOO_MANY_REQUESTS);
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    from("203.0.113.6")
        .post(path, json!({ "message_text": "Hi" }))
        .await
        .problem(StatusCode::NOT_FOUND);
    app.clock.advance(chrono::TimeDelta::seconds(wait));
    from("203.0.113.5")
        .post(path, json!({ "message_text": "Hi" }))
        .await
        .problem(StatusCode::NOT_FOUND);
    let login = async |count: usize| {
        for _ in 0..count {
            let body = json!({ "email": "x@example.com", "password": "y" });
            let answer = from("203.0.113.5").post("/v1/auth/login", body).await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                return true;
            }
        }
        false
    };
    assert!(!login(2).await);
    assert!(login(1).await);

    // A person without scripts reads a page, not what a program is told.
    let ask = || {
        Request::post("/p/nothing/ask")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .body(Body::from("question=Hi"))
            .unwrap()
    };
    let person = from("203.0.113.7");
    for _ in 0..3 {
        person.send(ask()).await.expect(StatusCode::NOT_FOUND);
    }
    let refused = person.send(ask()).await;
    refused.expect(StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("content-type").starts_with("text/html"));
    assert!(refused.text().contains("Try again in") && !refused.header("retry-after").is_empty());
    assert!(refused.header("content-security-policy").contains("nonce-"));
}

#[tokio::test]
async fn leads_are_listed() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let asked = ask(&app.visitor(), &porch.code, "Is there a pool?", None).await.json();
    let open = engine::porch::open_code(&app.engine, &porch.code).await.unwrap();
    let form = domain::lead::LeadForm {
        name: "Sam".into(),
        email: "sam@example.com".into(),
        message: "Is there a pool?".into(),
        ..Default::default()
    };
    engine::lead::leave(&open, asked["user_session_id"].as_str(), &form)
        .await
        .unwrap();
    let leads = ana.get("/v1/leads").await.expect(StatusCode::OK).json();
    assert_eq!(leads.as_array().unwrap().len(), 1);
    for (name, value) in [
        ("bot_id", json!(porch.bot)),
        ("property_id", json!(porch.property)),
        ("conversation_id", asked["conversation_id"].clone()),
        ("email", json!("sam@example.com")),
        ("phone", json!(null)),
        ("name", json!("Sam")),
    ] {
        assert_eq!(leads[0][name], value, "{name}");
    }
    let path = format!("/v1/conversations/{}", asked["conversation_id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.json()["lead_captured"], true);
    assert_eq!(app.owner("ben").await.get("/v1/leads").await.json(), json!([]));
}

#[tokio::test]
async fn a_question_must_be_json() {
    let app = TestApp::new().await;
    let request = Request::post("/v1/public/chat/x")
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from("Hi"));
    app.visitor()
        .send(request.unwrap())
        .await
        .problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

on_both!(a_buyer_asks_and_goes_on, an_answer_streams_and_resumes);
