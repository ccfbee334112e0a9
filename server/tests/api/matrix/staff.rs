//! Every route as an operator: nothing of a tenant's is theirs, their own pages are, and what buyers said only while the
//! organization lets support look.

use axum::http::StatusCode;
use chrono::TimeDelta;
use engine::operator;
use totp_rs::{Builder, Secret};

use super::{
    Verdict,
    routes::{API, Kind, Row, WEB},
    verdict,
    world::{self, World},
};
use crate::app::{Client, PASSWORD, Store, TestApp, on_both};

const EMAIL: &str = "op@example.com";

/// Somebody whom the command's link has set up, in their browser.
async fn signed_in(app: &TestApp) -> Client<'_> {
    let link = operator::add(&app.engine, EMAIL).await.unwrap();
    let path = link.strip_prefix("http://porch.test").unwrap();
    let page = app.visitor().get(path).await;
    let page = page.expect(StatusCode::OK).text();
    assert!(page.contains(EMAIL) && !page.contains("<script"));
    let secret = page.split("totp-secret\">").nth(1).unwrap().split('<').next().unwrap();
    let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let totp = Builder::new().with_secret(secret).build_noncompliant();
    let now = u64::try_from(app.clock.now().timestamp()).unwrap();
    let form = format!(
        "name=Op+Moss&password={}&code={}",
        PASSWORD.replace(' ', "+"),
        totp.generate(now)
    );
    let wrong = app.visitor().form(path, path, "name=&password=short&code=1").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let entered = app.visitor().form(path, path, &form).await;
    assert_eq!(entered.header("location"), "/operator", "{}", entered.text());
    let cookie = entered.cookie("porchlight_operator");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/;", "Max-Age=1800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    app.visitor().get(path).await.expect(StatusCode::NOT_FOUND);
    let pair = cookie.split(';').next().unwrap();
    app.visitor().with("cookie", pair).with("origin", "http://porch.test")
}

/// Whether a page shows what buyers said.
fn shows_words(row: &Row) -> bool {
    row.route.contains("/conversations") || row.route.ends_with("/leads")
}

/// What an operator is given of their own pages, where words may be read or may not.
async fn staff_pages(world: &World<'_>, op: &Client<'_>, words: bool) {
    for row in WEB.iter().filter(|row| row.kind == Kind::Staff) {
        let answer = world.ask_as(op, &world.his, "", row, false).await;
        let name = format!("{} {} with {words}", row.method, row.address);
        match shows_words(row) && !words {
            true => {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
                assert!(!answer.text().contains(world::CANARY), "{name}");
            }
            false => assert_eq!(verdict(&answer), Verdict::Given, "{name}: {}", answer.status),
        }
        if !shows_words(row) {
            let said = format!("How many beds has {}", world::CANARY);
            assert!(!answer.text().contains(&said), "{name}: shows what a buyer said");
        }
        if row.address.contains('{') {
            let missing = world.ask_as(op, &world.his, "", row, true).await;
            assert_eq!(verdict(&missing), Verdict::Refused, "{name}: a missing one");
        }
    }
}

async fn an_operator_sees_what_they_are_let(store: Store) {
    let app = TestApp::with(world::setup(store)).await;
    let world = World::new(&app).await;
    let before = world.rows_of_ana().await;
    let op = signed_in(&app).await;

    // Nothing of a tenant's.
    let api = ["/v1", "/api"]
        .into_iter()
        .flat_map(|prefix| API.iter().map(move |row| (prefix, row)));
    let all = api.chain(WEB.iter().map(|row| ("", row)));
    let closed = |row: &Row| !matches!(row.kind, Kind::Open | Kind::Secret | Kind::Staff);
    let mut refused = 0;
    for (prefix, row) in all.filter(|(_, row)| closed(row)) {
        let answer = world.ask_as(&op, &world.his, prefix, row, false).await;
        let name = format!("{} {prefix}{}", row.method, row.address);
        assert_eq!(verdict(&answer), Verdict::Refused, "{name}: {}", answer.status);
        refused += 1;
    }
    assert!(refused > 150, "{refused}");
    assert_eq!(before, world.rows_of_ana().await);

    // Their own pages, without, with, with a withdrawn and with an expired leave to look.
    staff_pages(&world, &op, false).await;
    let ana = world.client(super::Actor::OwnSession);
    let page = "/console/security";
    let grant = async || {
        let form = "reason=A+lead+is+missing&minutes=10";
        let given = ana.form(page, "/_fn/support/grant", form).await;
        assert_eq!(given.header("location"), "/console/security?saved=1");
    };
    grant().await;
    assert!(ana.get(page).await.text().contains("A lead is missing"));
    staff_pages(&world, &op, true).await;
    let conversation = format!(
        "/operator/organizations/{}/conversations/{}",
        world.hers["organization"], world.hers["conversation"]
    );
    assert!(op.get(&conversation).await.text().contains(world::CANARY));
    // Ben's words are not reached through Ana's leave.
    let crossed = format!(
        "/operator/organizations/{}/conversations/{}",
        world.hers["organization"], world.his["conversation"]
    );
    op.get(&crossed).await.expect(StatusCode::NOT_FOUND);
    let his = format!("/operator/organizations/{}/leads", world.his["organization"]);
    op.get(&his).await.expect(StatusCode::FORBIDDEN);
    // Each look is where Ana's people read it.
    let log = ana.get("/console/audit").await.text();
    assert!(log.contains("Looked, as support") && log.contains("Op Moss (Porchlight operator)"));
    let withdrawn = ana.form(page, "/_fn/support/withdraw", "").await;
    assert_eq!(withdrawn.header("location"), "/console/security?saved=1");
    staff_pages(&world, &op, false).await;
    grant().await;
    app.clock.advance(TimeDelta::minutes(10));
    staff_pages(&world, &op, false).await;

    // Half an hour after they came in they are nobody.
    app.clock.advance(TimeDelta::minutes(20));
    for row in WEB.iter().filter(|row| row.kind == Kind::Staff) {
        let answer = world.ask_as(&op, &world.his, "", row, false).await;
        assert_eq!(answer.header("location"), "/operator/sign-in", "{}", row.address);
    }
}

on_both!(an_operator_sees_what_they_are_let);
