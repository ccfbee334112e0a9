//! Sessions as browsers and programs hold them: cookies, tokens, guesses at passwords.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use domain::tenancy::Role;
use engine::Config;
use serde_json::json;
use sha2::{Digest, Sha256};
use tower_sessions::session::Id;

use crate::{
    app::{Answer, Client, PASSWORD, Setup, Store, TestApp, on_both},
    console::{sign_in, signed_in, with_session},
    matrix::joined,
};

/// Refused as an API and as a page.
async fn opens_nothing(client: &Client<'_>) {
    client.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
    let page = client.get("/console").await;
    page.expect(StatusCode::SEE_OTHER);
    assert_eq!(page.header("location"), "/sign-in?next=%2Fconsole");
}

async fn lets_in(client: &Client<'_>) {
    client.get("/v1/users/me").await.expect(StatusCode::OK);
    client.get("/console").await.expect(StatusCode::OK);
}

/// A cookie's value and its attributes.
fn parts(cookie: &str) -> (&str, BTreeSet<&str>) {
    let (pair, attributes) = cookie.split_once("; ").expect("attributes");
    let (_, value) = pair.split_once('=').expect("a value");
    (value, attributes.split("; ").collect())
}

/// What a browser has of its session.
fn value(client: &Client<'_>) -> String {
    let cookie = client.headers["cookie"].to_str().unwrap();
    cookie.split_once('=').unwrap().1.to_owned()
}

#[tokio::test]
async fn cookies_are_for_this_site_alone() {
    for (address, prefix) in [("http://porch.test", ""), ("https://porch.test", "__Host-")] {
        let config = Box::new(move |config: &mut Config| config.public_url = address.into());
        let app = TestApp::with(Setup {
            config,
            ..Setup::default()
        })
        .await;
        app.owner("ana").await;
        let answer = sign_in(&app.visitor(), "ana@example.com", PASSWORD).await;
        for (name, seconds) in [("session", 14 * 24 * 60 * 60), ("device", 365 * 24 * 60 * 60)] {
            let cookie = answer.cookie(&format!("{prefix}porchlight_{name}")).to_owned();
            let (value, attributes) = parts(&cookie);
            let age = format!("Max-Age={seconds}");
            let mut expected = BTreeSet::from(["HttpOnly", "SameSite=Lax", "Path=/", age.as_str()]);
            if !prefix.is_empty() {
                expected.insert("Secure");
            }
            assert_eq!(attributes, expected, "{cookie}");
            // 128 random bits, or as many and what proves that they are ours.
            assert!(value.len() >= 22, "{cookie}");
        }
        let set = answer.headers.get_all("set-cookie").iter().count();
        assert_eq!(set, 2, "and no other cookie");
        let chosen = app.visitor().form("/sign-in", "/_fn/theme", "theme=dark").await;
        let colours = chosen.cookie(&format!("{prefix}theme")).to_owned();
        assert_eq!(parts(&colours).1.contains("Secure"), !prefix.is_empty(), "{colours}");
    }
}

#[tokio::test]
async fn each_sign_in_is_another_session() {
    let app = TestApp::new().await;
    app.owner("ana").await;
    // What was typed with a wrong password is kept under a cookie; somebody else may know that one.
    let known = sign_in(&app.visitor(), "ana@example.com", "not the right one").await;
    let known = with_session(&app, &known);
    opens_nothing(&known).await;
    let answer = sign_in(&known, "ana@example.com", PASSWORD).await;
    assert_eq!(answer.header("location"), "/console");
    let ana = with_session(&app, &answer);
    assert_ne!(value(&ana), value(&known));
    lets_in(&ana).await;
    opens_nothing(&known).await;

    let other = signed_in(&app, "ana@example.com").await;
    let left = ana.form("/console", "/_fn/auth/sign_out", "").await;
    assert_eq!(left.header("location"), "/sign-in?signed_out=1");
    assert_eq!(left.header("clear-site-data"), "\"cache\"");
    let gone = left.cookie("porchlight_session");
    assert!(
        gone.starts_with("porchlight_session=;") && gone.contains("Max-Age=0"),
        "{gone}"
    );
    opens_nothing(&ana).await;
    lets_in(&other).await;
}

#[tokio::test]
async fn what_was_signed_out_is_refused() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let login = json!({ "email": "ana@example.com", "password": PASSWORD });
    let other = app.visitor().post("/v1/auth/login", login).await.json();
    let text = |name: &str| other[name].as_str().unwrap().to_owned();
    let program = app
        .visitor()
        .with("authorization", &format!("Bearer {}", text("access_token")));
    program.get("/v1/users/me").await.expect(StatusCode::OK);
    program
        .post("/v1/auth/logout", json!({}))
        .await
        .expect(StatusCode::NO_CONTENT);
    for _ in 0..2 {
        program.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
        program
            .post("/v1/auth/logout", json!({}))
            .await
            .problem(StatusCode::UNAUTHORIZED);
    }
    let renew = json!({ "refresh_token": text("refresh_token") });
    let renewed = app.visitor().post("/v1/auth/refresh", renew).await;
    renewed.problem(StatusCode::UNAUTHORIZED);
    ana.get("/v1/users/me").await.expect(StatusCode::OK);
    // The same from a browser.
    let browser = signed_in(&app, "ana@example.com").await;
    lets_in(&browser).await;
    browser
        .post("/api/auth/logout", json!({}))
        .await
        .expect(StatusCode::NO_CONTENT);
    opens_nothing(&browser).await;
    ana.get("/v1/users/me").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn guesses_at_a_password_wait() {
    let app = TestApp::new().await;
    app.owner("ana").await;
    let known = sign_in(&app.visitor(), "ana@example.com", PASSWORD).await;
    let device = known.cookie("porchlight_device").split(';').next().unwrap().to_owned();
    let login = async |password: &str| {
        let credentials = json!({ "email": "ana@example.com", "password": password });
        app.visitor().post("/v1/auth/login", credentials).await
    };
    for _ in 0..5 {
        login("not the right one").await.problem(StatusCode::UNAUTHORIZED);
    }
    let waits = |answer: &Answer| {
        assert_eq!(
            answer.expect(StatusCode::TOO_MANY_REQUESTS).header("retry-after"),
            "901"
        );
    };
    let sixth = login("not the right one").await;
    sixth.problem(StatusCode::TOO_MANY_REQUESTS);
    waits(&sixth);
    waits(&login(PASSWORD).await);
    // In the console they are the same guesses; a browser that the account knows is not held up by them.
    let form = format!("email=ana%40example.com&password={}&next=", PASSWORD.replace(' ', "+"));
    let request = Request::post("/_fn/auth/sign_in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    waits(&app.visitor().send(request.body(Body::from(form)).unwrap()).await);
    let hers = app.visitor().with("cookie", &device);
    assert_eq!(
        sign_in(&hers, "ana@example.com", PASSWORD).await.header("location"),
        "/console"
    );
    app.clock.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    let late = login(PASSWORD).await;
    assert_eq!(late.expect(StatusCode::TOO_MANY_REQUESTS).header("retry-after"), "2");
    app.clock.advance(TimeDelta::seconds(1));
    login(PASSWORD).await.expect(StatusCode::OK);
}

async fn another_role_is_another_session_id(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    joined(&ana, "cy@example.com", Role::Realtor).await;
    let mut cy = signed_in(&app, "cy@example.com").await;
    let id = cy.get("/v1/users/me").await.id("user_id");
    for (role, invites) in [("admin", StatusCode::OK), ("realtor", StatusCode::FORBIDDEN)] {
        let same = cy.get("/v1/users/me").await;
        assert_eq!(same.cookie("porchlight_session"), "", "the same role, the same session");
        let change = ana.put(&format!("/v1/members/{id}"), json!({ "role": role })).await;
        change.expect(StatusCode::OK);
        let answer = cy.get("/console").await;
        let (_, attributes) = parts(answer.expect(StatusCode::OK).cookie("porchlight_session"));
        assert!(attributes.contains("HttpOnly"), "{attributes:?}");
        let renamed = with_session(&app, &answer);
        assert_ne!(value(&renamed), value(&cy));
        assert_eq!(
            renamed.get("/v1/users/me").await.expect(StatusCode::OK).json()["role"],
            role
        );
        renamed.get("/v1/invitations").await.expect(invites);
        opens_nothing(&cy).await;
        lets_in(&renamed).await;
        cy = renamed;
    }
}

async fn what_is_stored_opens_nothing(store: Store) {
    let app = TestApp::on(store).await;
    app.owner("ana").await;
    let ana = signed_in(&app, "ana@example.com").await;
    let browsers = "select id from web_session";
    let browsers = app.texts(browsers, browsers).await;
    let hash: String = Sha256::digest(value(&ana).as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(browsers, [hash.as_str()]);
    let rows = app
        .texts(
            "select lower(hex(id)) from account_session",
            "select replace(id::text, '-', '') from account_session",
        )
        .await;
    assert_eq!(rows.len(), 2, "a program's and a browser's");
    let data = app
        .texts(
            "select cast(data as text) from web_session",
            "select convert_from(data, 'UTF8') from web_session",
        )
        .await;
    assert!(data[0].contains("who") && !data[0].contains(&value(&ana)), "{data:?}");
    for stolen in browsers.iter().chain(&rows) {
        // As it stands there, and as 128 bits written as those of a cookie are.
        let bits = u128::from_str_radix(&stolen[..32], 16).unwrap().to_be_bytes();
        let written = [i128::from_be_bytes(bits), i128::from_le_bytes(bits)].map(|bits| Id(bits).to_string());
        for guess in written.iter().chain([stolen]) {
            let thief = app.visitor().with("cookie", &format!("porchlight_session={guess}"));
            opens_nothing(&thief).await;
            let thief = app.visitor().with("authorization", &format!("Bearer {guess}"));
            thief.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
        }
    }
    lets_in(&ana).await;
}

on_both!(another_role_is_another_session_id, what_is_stored_opens_nothing);
