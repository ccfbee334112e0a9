//! What happened by the day, and the visits through a code.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Client, Store, TestApp, on_both};

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1";

/// Another code of the porch's bot, of no property; its id and where it leads.
async fn code(owner: &Client<'_>, bot: &str) -> (String, String) {
    let made = owner.post("/v1/qr_codes", json!({ "bot_id": bot })).await;
    let made = made.expect(StatusCode::CREATED).json();
    let address = made["qr_code_url"].as_str().unwrap();
    let path = address.strip_prefix("http://porch.test").unwrap();
    (made["qr_id"].as_str().unwrap().to_owned(), path.to_owned())
}

async fn scan(app: &TestApp, path: &str, agent: &str) {
    let visitor = app.visitor().with("user-agent", agent);
    visitor.get(path).await.expect(StatusCode::FOUND);
}

async fn ask(app: &TestApp, code: &str, question: &str) -> Value {
    let asked = app
        .visitor()
        .post(&format!("/v1/public/chat/{code}"), json!({ "message_text": question }))
        .await;
    asked.expect(StatusCode::OK).json()
}

async fn days_are_counted(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    app.owner("ben").await;
    let porch = ana.porch().await;
    let (plain, path) = code(&ana, &porch.bot).await;
    scan(&app, &path, PHONE).await;
    // Once more within the hour: a visit, but not counted. A link preview is nobody.
    scan(&app, &path, PHONE).await;
    scan(&app, &path, "WhatsApp/2.24").await;
    ask(&app, &porch.code, "How many bedrooms are there?").await;
    ask(&app, &porch.code, "Which colour has the neighbour's boat?").await;
    app.clock.advance(TimeDelta::days(1));
    scan(&app, &path, PHONE).await;
    ask(&app, &porch.code, "How many bedrooms are there?").await;

    let now = app.clock.now().date_naive();
    let (today, before) = (now.to_string(), (now - TimeDelta::days(1)).to_string());
    let ana = app.again("ana").await;
    let scans = ana.get("/v1/analytics/qr_scans").await.json();
    assert_eq!((&scans["total_scans"], &scans["total_counted"]), (&json!(3), &json!(2)));
    assert_eq!(
        scans["days"],
        json!([
            { "date": before, "scans": 2, "counted": 1 },
            { "date": today, "scans": 1, "counted": 1 },
        ])
    );
    assert_eq!(scans["end_date"], today);
    let of = async |query: &str| ana.get(&format!("/v1/analytics/{query}")).await.json();
    let total = async |query: &str| of(query).await["total_scans"].as_i64().unwrap();
    assert_eq!(total(&format!("qr_scans?qr_id={plain}")).await, 3);
    assert_eq!(total(&format!("qr_scans?qr_id={}", porch.code)).await, 0);
    assert_eq!(total(&format!("qr_scans?property_id={}", porch.property)).await, 0);
    assert_eq!(total(&format!("qr_scans?start_date={today}")).await, 1);
    assert_eq!(total(&format!("qr_scans?end_date={before}")).await, 2);

    let talks = of("conversations").await;
    assert_eq!(
        talks["days"],
        json!([
            { "date": before, "conversations": 2, "questions": 2, "unanswered": 1 },
            { "date": today, "conversations": 1, "questions": 1, "unanswered": 0 },
        ])
    );
    assert_eq!(
        (&talks["total_questions"], &talks["total_unanswered"]),
        (&json!(3), &json!(1))
    );
    let narrow = of(&format!("conversations?bot_id={}&start_date={today}", porch.bot)).await;
    assert_eq!(narrow["total_questions"], 1);
    assert_eq!(of("leads").await["total_leads"], 0);

    let ben = app.again("ben").await;
    let his = ben.get(&format!("/v1/analytics/qr_scans?qr_id={plain}")).await.json();
    assert_eq!((&his["total_scans"], &his["days"]), (&json!(0), &json!([])));

    for (query, field) in [
        ("start_date=May", "start_date"),
        ("start_date=2024-01-01&end_date=2026-01-01", "start_date"),
        ("start_date=2026-05-02&end_date=2026-05-01", "end_date"),
        ("qr_id=x", "qr_id"),
    ] {
        let refused = ana.get(&format!("/v1/analytics/qr_scans?{query}")).await;
        assert_eq!(refused.faulty(), [field], "{query}");
    }

    // The visits themselves, newest first, a page at a time.
    let first = ana.get(&format!("/v1/qr_codes/{plain}/scans?limit=3")).await;
    let seen: Vec<Value> = first.json().as_array().unwrap().clone();
    let told = |scan: &Value| (scan["device"].clone(), scan["visitor"].clone(), scan["counted"].clone());
    assert_eq!(
        seen.iter().map(told).collect::<Vec<_>>(),
        [
            (json!("phone"), json!("person"), json!(true)),
            (json!("bot"), json!("bot"), json!(false)),
            (json!("phone"), json!("person"), json!(false)),
        ]
    );
    let link = first.header("link");
    let next = link.split(['<', '>']).nth(1).unwrap();
    let rest = ana.get(next).await.json();
    assert_eq!(rest.as_array().unwrap().len(), 1);
    assert_eq!(rest[0]["counted"], true);
}
on_both!(days_are_counted);
