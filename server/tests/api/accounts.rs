use axum::http::StatusCode;
use chrono::TimeDelta;
use engine::config::Mode;
use serde_json::{Value, json};

use crate::app::{PASSWORD, Setup, Store, TestApp, on_both, registration};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

async fn register_sign_in_and_be_somebody(store: Store) {
    let app = TestApp::on(store).await;
    let registered = app
        .visitor()
        .post("/v1/auth/register", registration("ana@example.com"))
        .await;
    let registered = registered.expect(StatusCode::CREATED).json();
    assert_eq!(keys(&registered), ["message", "organization_id", "user_id"]);
    let login = app
        .visitor()
        .post(
            "/api/auth/login",
            json!({ "email": "ANA@example.com ", "password": PASSWORD }),
        )
        .await;
    let login = login.expect(StatusCode::OK).json();
    assert_eq!(login["token_type"], "Bearer");
    assert_eq!(login["expires_in"], 600);
    assert_eq!(login["role"], "owner");
    let token = login["access_token"].as_str().unwrap();
    let ana = app.visitor().with("authorization", &format!("Bearer {token}"));
    let me = ana.get("/v1/users/me").await.expect(StatusCode::OK).json();
    for (name, value) in [
        ("user_id", registered["user_id"].clone()),
        ("organization_id", registered["organization_id"].clone()),
        ("email", json!("ana@example.com")),
        ("first_name", json!("Ana")),
        ("last_name", json!("Reyes")),
        ("role", json!("owner")),
        ("license_number", json!("123456")),
        ("is_verified", json!(false)),
        ("created_at", json!("2026-06-01T12:00:00Z")),
    ] {
        assert_eq!(me[name], value, "{name}");
    }
    assert_eq!(ana.get("/api/users/me").await.json(), me);
    app.clock.advance(TimeDelta::minutes(11));
    let late = ana.get("/v1/users/me").await;
    late.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(late.header("www-authenticate"), "Bearer");
}
on_both!(register_sign_in_and_be_somebody);

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_look_the_same() {
    let app = TestApp::new().await;
    app.owner("ana").await;
    let refused = async |email: &str| {
        let credentials = json!({ "email": email, "password": "not the password at all" });
        app.visitor()
            .post("/v1/auth/login", credentials)
            .await
            .problem(StatusCode::UNAUTHORIZED)
    };
    assert_eq!(refused("ana@example.com").await, refused("nobody@example.com").await);
    assert_eq!(refused("ana@example.com").await, refused("no address").await);
}

#[tokio::test]
async fn every_faulty_field_is_named() {
    let app = TestApp::new().await;
    let nothing = app.visitor().post("/v1/auth/register", json!({})).await;
    assert_eq!(
        nothing.faulty(),
        ["org_name", "first_name", "last_name", "email", "password"]
    );
    let mut weak = registration("ana@example.com");
    weak["password"] = json!("short");
    assert_eq!(
        app.visitor().post("/v1/auth/register", weak).await.faulty(),
        ["password"]
    );
    app.owner("ana").await;
    let again = app
        .visitor()
        .post("/v1/auth/register", registration("ana@example.com"))
        .await;
    assert_eq!(again.faulty(), ["email"]);
}

#[tokio::test]
async fn nobody_gives_themselves_anything() {
    let app = TestApp::new().await;
    for name in [
        "role",
        "organization_id",
        "org_id",
        "credits",
        "is_verified",
        "plan",
        "user_id",
    ] {
        let mut body = registration("ana@example.com");
        body[name] = json!("owner");
        assert_eq!(app.visitor().post("/v1/auth/register", body).await.faulty(), [name]);
    }
    // None of these made an account.
    app.owner("ana").await;
}

#[tokio::test]
async fn production_tells_strangers_nothing() {
    let config = Box::new(|config: &mut engine::Config| config.mode = Mode::Production);
    let app = TestApp::with(Setup {
        config,
        ..Setup::default()
    })
    .await;
    let first = app
        .visitor()
        .post("/v1/auth/register", registration("ana@example.com"))
        .await;
    let again = app
        .visitor()
        .post("/v1/auth/register", registration("ana@example.com"))
        .await;
    first.expect(StatusCode::ACCEPTED);
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    assert_eq!(keys(&first.json()), ["message"]);
    let login = app
        .visitor()
        .post(
            "/v1/auth/login",
            json!({ "email": "ana@example.com", "password": PASSWORD }),
        )
        .await;
    login.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_no_token_of_ours_opens_nothing() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let good = ana.token.clone().unwrap();
    let (head, rest) = good.split_once('.').unwrap();
    let bent = format!("{head}x.{rest}");
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        &format!("Basic {good}"),
        &format!("Bearer {bent}"),
    ] {
        app.visitor()
            .with("authorization", header)
            .get("/v1/users/me")
            .await
            .problem(StatusCode::UNAUTHORIZED);
    }
    app.visitor()
        .get("/v1/users/me")
        .await
        .problem(StatusCode::UNAUTHORIZED);
    app.visitor()
        .with("authorization", &format!("bearer {good}"))
        .get("/v1/users/me")
        .await
        .expect(StatusCode::OK);
}
