//! API keys as a member makes them, and how much may be asked with one.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::state::Web;

use crate::{
    app::{Client, Setup, Store, TestApp, on_both},
    console::signed_in,
};

fn with<'a>(app: &'a TestApp, key: &str) -> Client<'a> {
    Client {
        token: Some(key.to_owned()),
        ..app.visitor()
    }
}

async fn made(ana: &Client<'_>, scopes: Value) -> Value {
    let made = ana
        .post("/v1/api_keys", json!({ "name": "CRM", "scopes": scopes }))
        .await;
    made.expect(StatusCode::CREATED).json()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

async fn a_key_is_shown_once_and_dead_when_revoked(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let key = made(&ana, json!(["read"])).await;
    let (id, secret) = (text(&key, "key_id"), text(&key, "key"));
    assert_eq!(
        key["expires_at"], "2026-08-30T12:00:00Z",
        "90 days, where nothing is said"
    );
    let path = format!("/v1/api_keys/{id}");
    let program = with(&app, secret);
    assert_eq!(
        program.get("/v1/users/me").await.expect(StatusCode::OK).json()["email"],
        "ana@example.com"
    );
    for address in ["/v1/api_keys", path.as_str()] {
        let answer = ana.get(address).await;
        let told = answer.expect(StatusCode::OK).text();
        assert!(told.contains("\"last_used_at\":\"2026-06-01T12:00:00Z\""), "{told}");
        assert!(!told.contains(secret) && !told.contains("plk_"), "{told}");
    }
    // One letter mistyped, or two the wrong way round.
    for bent in [
        secret.replacen("plk_0", "plk_1", 1),
        secret[..75].to_owned(),
        format!("{secret}0"),
    ] {
        let answer = with(&app, &bent).get("/v1/users/me").await;
        answer.problem(StatusCode::UNAUTHORIZED);
    }
    // A proof is too old after five minutes; a key has none at all.
    app.clock.advance(TimeDelta::minutes(5));
    let old = ana.delete(&path).await.problem(StatusCode::FORBIDDEN);
    assert_eq!(old["type"], "/problems/proof-needed");
    let ana = app.again("ana").await;
    ana.delete(&path).await.expect(StatusCode::OK);
    program.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
    ana.delete(&path).await.problem(StatusCode::NOT_FOUND);
}

async fn the_console_makes_shows_once_and_revokes(store: Store) {
    let app = TestApp::on(store).await;
    app.owner("ana").await;
    let ana = signed_in(&app, "ana@example.com").await;
    let page = "/console/api-keys";
    ana.form(page, "/_fn/api_key/create", "name=&expires_in_days=90").await;
    let told = ana.get(page).await.text();
    assert!(
        told.contains("Choose at least one.") || told.contains("fields need a change"),
        "{told}"
    );
    let answer = ana
        .form(
            page,
            "/_fn/api_key/create",
            "name=My+CRM&read=on&leads=on&expires_in_days=30",
        )
        .await;
    assert_eq!(answer.header("location"), page);
    let shown = ana.get(page).await.expect(StatusCode::OK).text();
    let key = format!("plk_{}", &shown.split("plk_").nth(1).unwrap()[..72]);
    assert!(shown.contains("My CRM") && shown.contains("read, leads"));
    with(&app, &key).get("/v1/leads").await.expect(StatusCode::OK);
    let again = ana.get(page).await.expect(StatusCode::OK).text();
    assert!(!again.contains("plk_") && again.contains("My CRM"));
    let id = text(&ana.get("/v1/api_keys").await.json()[0], "key_id").to_owned();
    assert!(again.contains(&id));
    let answer = ana.form(page, "/_fn/api_key/revoke", &format!("id={id}")).await;
    assert_eq!(answer.header("location"), "/console/api-keys?saved=1");
    with(&app, &key)
        .get("/v1/leads")
        .await
        .problem(StatusCode::UNAUTHORIZED);
    // What makes one asks for a proof where the last is old.
    app.clock.advance(TimeDelta::minutes(6));
    let answer = ana
        .form(page, "/_fn/api_key/create", "name=CRM&read=on&expires_in_days=30")
        .await;
    assert!(
        answer.header("location").starts_with("/console/confirm?next="),
        "{}",
        answer.header("location")
    );
}

on_both!(
    a_key_is_shown_once_and_dead_when_revoked,
    the_console_makes_shows_once_and_revokes
);

#[tokio::test]
async fn who_uses_up_their_quota_waits_as_long_as_they_are_told() {
    let app = TestApp::with(Setup {
        web: Web {
            api_per_minute: 20,
            api_per_minute_organization: 45,
            ..Setup::default().web
        },
        ..Setup::default()
    })
    .await;
    let ana = app.owner("ana").await;
    // The member's own two requests count for the organization, too.
    let one = made(&ana, json!(["read"])).await;
    let two = made(&ana, json!(["leads"])).await;
    let (one, two) = (with(&app, text(&one, "key")), with(&app, text(&two, "key")));
    let path = "/v1/credits/balance";
    for asked in 1..=20 {
        let answer = one.get(path).await;
        answer.expect(StatusCode::OK);
        assert_eq!(
            answer.header("ratelimit-policy"),
            "\"caller\";q=20;w=60, \"organization\";q=45;w=60"
        );
        let left = format!(
            "\"caller\";r={};t={}, \"organization\";r={};",
            20 - asked,
            3 * asked,
            43 - asked
        );
        assert!(
            answer.header("ratelimit").starts_with(&left),
            "{}",
            answer.header("ratelimit")
        );
    }
    let refused = one.get(path).await;
    assert_eq!(
        refused.problem(StatusCode::TOO_MANY_REQUESTS)["type"],
        "/problems/too-many-requests"
    );
    assert!(
        refused
            .header("ratelimit")
            .starts_with("\"caller\";r=0;t=60, \"organization\";r=23;")
    );
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    app.clock.advance(TimeDelta::seconds(wait - 1));
    one.get(path).await.problem(StatusCode::TOO_MANY_REQUESTS);
    app.clock.advance(TimeDelta::seconds(1));
    one.get(path).await.expect(StatusCode::OK);
    one.get(path).await.problem(StatusCode::TOO_MANY_REQUESTS);

    // What is refused for its scope counts, too, and is told; the organization's quota is what ends this one.
    for _ in 0..20 {
        let answer = two.get(path).await;
        answer.problem(StatusCode::FORBIDDEN);
        assert!(!answer.header("ratelimit").is_empty());
    }
    two.get(path).await.problem(StatusCode::TOO_MANY_REQUESTS);
    let mut tried = 0;
    let refused = loop {
        let answer = ana.get(path).await;
        tried += 1;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        answer.expect(StatusCode::OK);
    };
    // 45 at once, 2 that came back within three seconds, less the 2, 21 and 20 that were taken.
    assert_eq!(tried, 5);
    assert!(
        refused.header("ratelimit").contains("\"organization\";r=0;"),
        "{}",
        refused.header("ratelimit")
    );
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    app.clock.advance(TimeDelta::seconds(wait));
    ana.get(path).await.expect(StatusCode::OK);

    // Another organization has its own, and nobody in particular has none.
    let ben = app.owner("ben").await;
    assert!(ben.get(path).await.header("ratelimit").starts_with("\"caller\";r=19;"));
    let stranger = app.visitor().get(path).await;
    assert_eq!(stranger.header("ratelimit"), "");
}
