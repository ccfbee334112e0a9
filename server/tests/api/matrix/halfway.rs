//! Who has shown a password and not yet a second factor: nothing answers them but what leads on.

use axum::http::StatusCode;
use engine::config::Mode;
use serde_json::json;

use super::{
    Actor,
    routes::{API, Kind, Row, WEB},
    world::{self, World},
};
use crate::{
    app::{Answer, Client, PASSWORD, Store, TestApp, on_both},
    console::{sign_in, with_session},
    factors::enrolled,
};

/// What answers somebody who is to set up a factor, and with what: `confirm_factor` is sent without a code, `add_passkey` without
/// an answer.
const ENROLLING: [(&str, StatusCode); 5] = [
    ("/_fn/security/enrolment", StatusCode::OK),
    ("/_fn/security/begin_factor", StatusCode::OK),
    ("/_fn/security/confirm_factor", StatusCode::BAD_REQUEST),
    ("/_fn/security/begin_passkey", StatusCode::OK),
    ("/_fn/security/add_passkey", StatusCode::BAD_REQUEST),
];
/// The same for somebody who is to show theirs.
const ANSWERING: [(&str, StatusCode); 3] = [
    ("/_fn/auth/answer", StatusCode::BAD_REQUEST),
    // There is none.
    ("/_fn/auth/begin_passkey_answer", StatusCode::CONFLICT),
    ("/_fn/auth/answer_passkey", StatusCode::BAD_REQUEST),
];

/// Refused as nobody, or led on to `page`.
fn is_kept_out(answer: &Answer, page: &str) -> bool {
    let led_on = answer.header("location").starts_with(&format!("{page}?next="));
    answer.status == StatusCode::UNAUTHORIZED || (answer.status == StatusCode::SEE_OTHER && led_on)
}

/// Sends every row that is not for everybody with Ana's own ids; each is kept out but for `open`.
async fn walk(world: &World<'_>, halfway: &Client<'_>, page: &str, open: &[(&str, StatusCode)]) {
    let api = ["/v1", "/api"]
        .into_iter()
        .flat_map(|prefix| API.iter().map(move |row| (prefix, row)));
    let all = api.chain(WEB.iter().map(|row| ("", row)));
    let known = |row: &Row| matches!(row.kind, Kind::Own | Kind::Object | Kind::Narrow | Kind::Mine);
    let (mut tried, mut faults) = (0, Vec::new());
    for (prefix, row) in all.filter(|(_, row)| known(row)) {
        let answer = world.ask_as(halfway, &world.hers, prefix, row, false).await;
        tried += 1;
        let good = match open.iter().find(|(route, _)| *route == row.route) {
            Some((_, status)) => answer.status == *status,
            None => is_kept_out(&answer, page),
        };
        if !good || answer.text().contains(world::CANARY) {
            let (status, to) = (answer.status, answer.header("location"));
            faults.push(format!("{} {prefix}{}: {status} {to}", row.method, row.address));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(tried > 150, "{tried} rows");
}

async fn nothing_answers_before_the_second_factor(store: Store) {
    let demo = TestApp::with(world::setup(store)).await;
    let world = World::new(&demo).await;
    let app = demo
        .restarted(|config| {
            config.mode = Mode::Production;
            config.require_factor = true;
        })
        .await;
    // Who was in before is halfway now, as somebody who signs in; a program is nobody.
    let old = world.client(Actor::OwnSession).headers["cookie"].clone();
    let old = app.visitor().with("cookie", old.to_str().unwrap());
    assert_eq!(
        old.get("/console").await.header("location"),
        "/sign-in/factor?next=%2Fconsole"
    );
    let token = world.ana.token.clone().unwrap();
    let program = app.visitor().with("authorization", &format!("Bearer {token}"));
    program.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);

    let secret = app.letter("ana@example.com", "/confirm-email/").await;
    let confirmed = app
        .visitor()
        .form(
            &format!("/confirm-email/{secret}"),
            "/_fn/auth/confirm_email",
            &format!("token={secret}"),
        )
        .await;
    assert_eq!(confirmed.header("location"), "/sign-in?confirmed=1");
    let answer = sign_in(&app.visitor(), "ana@example.com", PASSWORD).await;
    assert_eq!(answer.header("location"), "/sign-in/factor?next=%2Fconsole");
    let halfway = with_session(&app, &answer);
    let before = rows(&world).await;
    walk(&world, &halfway, "/sign-in/factor", &ENROLLING).await;
    assert_eq!(before, rows(&world).await);
    let credentials = json!({ "email": "ana@example.com", "password": PASSWORD });
    let login = app.visitor().post("/v1/auth/login", credentials).await;
    login.problem(StatusCode::UNAUTHORIZED);

    // With the factor the same browser is in, and the password alone is not enough any more.
    let page = halfway.get("/sign-in/factor").await;
    assert!(page.expect(StatusCode::OK).text().contains("authenticator app"));
    let (ana, authenticator, _) = enrolled(&halfway, "/sign-in/factor").await;
    ana.get("/console").await.expect(StatusCode::OK);
    ana.get(&format!("/v1/chatbots/{}", world.hers["bot"]))
        .await
        .expect(StatusCode::OK);
    let answer = sign_in(&app.visitor(), "ana@example.com", PASSWORD).await;
    assert_eq!(answer.header("location"), "/sign-in/code?next=%2Fconsole");
    let halfway = with_session(&app, &answer);
    let before = rows(&world).await;
    walk(&world, &halfway, "/sign-in/code", &ANSWERING).await;
    assert_eq!(before, rows(&world).await);
    let form = format!("next=&code={}", authenticator.next());
    let answer = halfway.form("/sign-in/code", "/_fn/auth/answer", &form).await;
    assert_eq!(answer.header("location"), "/console");
    with_session(&app, &answer).get("/console").await.expect(StatusCode::OK);
}

/// Ana's rows, but for what she has begun to set up: it stands in her account, sealed with her organization's first key.
async fn rows(world: &World<'_>) -> Vec<String> {
    let mut rows = world.rows_of_ana().await;
    rows.retain(|row| !row.starts_with("account: ") && !row.starts_with("data_key: "));
    rows
}

on_both!(nothing_answers_before_the_second_factor);
