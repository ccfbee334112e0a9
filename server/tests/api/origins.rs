//! Other sites that show a bot's porch in a frame, or ask it from their own scripts: those on its list, exactly.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    app::{Answer, Client, Setup, Store, TestApp, on_both},
    console::signed_in,
};

const SITE: &str = "https://www.example.com";
const SHOP: &str = "https://shop.example.com:8443";

/// Like a listed one, and none.
const OTHERS: [&str; 14] = [
    "https://www.example.com.evil.test",
    "https://evil.test",
    "https://evilwww.example.com",
    "https://a.www.example.com",
    "https://example.com",
    "https://www.example.com:8443",
    "https://shop.example.com",
    "http://www.example.com",
    "HTTPS://WWW.EXAMPLE.COM",
    "https://www.example.com/",
    "https://www.example.com https://evil.test",
    "null",
    "*",
    "",
];

/// What an answer says to scripts of other sites.
fn said(answer: &Answer) -> Vec<String> {
    let all = answer.headers.iter();
    let all = all.filter(|(name, _)| name.as_str().starts_with("access-control-"));
    all.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect()
}

fn varies(answer: &Answer) -> bool {
    let lines = answer.headers.get_all("vary").iter();
    lines
        .flat_map(|line| line.to_str().unwrap().split(','))
        .any(|name| name.trim() == "Origin")
}

async fn preflight(from: &Client<'_>, path: &str) -> Answer {
    let asks = from
        .clone()
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "content-type");
    asks.call(Method::OPTIONS, path, None).await
}

async fn scripts_of_listed_sites_may_ask(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let bot = format!("/v1/chatbots/{}", porch.bot);
    let path = format!("/v1/public/chat/{}", porch.code);
    let question = || json!({ "message_text": "How many beds are there?" });
    // Nobody at first.
    let before = app.visitor().with("origin", SITE).post(&path, question()).await;
    before.expect(StatusCode::OK);
    assert!(said(&before).is_empty() && varies(&before));

    let typed = json!({ "allowed_origins": ["HTTPS://WWW.Example.com:443/", SHOP] });
    let changed = ana.put(&bot, typed).await.expect(StatusCode::OK).json();
    assert_eq!(changed["chatbot"]["allowed_origins"], json!([SITE, SHOP]));
    for site in [SITE, SHOP] {
        let from = app.visitor().with("origin", site);
        let allowed = format!("access-control-allow-origin: {site}");
        let answer = from.post(&path, question()).await;
        answer.expect(StatusCode::OK);
        let shown = "access-control-expose-headers: retry-after, x-request-id, x-user-session-id".to_owned();
        assert_eq!(said(&answer), [allowed.clone(), shown]);
        assert!(varies(&answer));
        // So does what comes after, and what fails.
        let turn = answer.id("turn_id");
        let stream = from.get(&format!("{path}/turns/{turn}")).await;
        assert!(said(&stream).contains(&allowed) && varies(&stream), "{}", stream.status);
        let wrong = from.post(&path, json!({})).await;
        wrong.problem(StatusCode::BAD_REQUEST);
        assert!(said(&wrong).contains(&allowed));
        let asked = preflight(&from, &path.replace("/v1/", "/api/")).await;
        asked.expect(StatusCode::NO_CONTENT);
        assert!(said(&asked).contains(&allowed) && varies(&asked));
        assert_eq!(asked.header("access-control-allow-methods"), "GET, POST");
        assert!(asked.header("access-control-allow-headers").contains("content-type"));
        assert_eq!(asked.header("access-control-allow-credentials"), "");
    }
    for other in OTHERS {
        let from = app.visitor().with("origin", other);
        let answer = from.post(&path, question()).await;
        answer.expect(StatusCode::OK);
        let asked = preflight(&from, &path).await;
        for answer in [&answer, &asked] {
            assert!(said(answer).is_empty() && varies(answer), "{other}: {:?}", said(answer));
        }
    }
    // Another bot's list is another one, and what is not there lists nobody.
    let ben = app.owner("ben").await;
    let his = format!("/v1/public/chat/{}", ben.porch().await.code);
    for path in [his.as_str(), "/v1/public/chat/nothing"] {
        let answer = preflight(&app.visitor().with("origin", SITE), path).await;
        assert!(said(&answer).is_empty() && varies(&answer), "{path}");
    }
    // Nothing else answers scripts of other sites.
    let from = ana.clone().with("origin", SITE);
    for path in [
        "/v1/chatbots",
        "/v1/users/me",
        "/v1/openapi.json",
        "/console",
        "/sign-in",
        "/healthz",
    ] {
        assert!(said(&from.get(path).await).is_empty(), "{path}");
        let asked = preflight(&from, path).await;
        assert!(
            said(&asked).is_empty() && !asked.status.is_success(),
            "{path}: {}",
            asked.status
        );
    }
}

fn ancestors(answer: &Answer) -> &str {
    let policy = answer.header("content-security-policy");
    policy
        .split("frame-ancestors ")
        .nth(1)
        .unwrap()
        .split(';')
        .next()
        .unwrap()
}

async fn listed_sites_may_show_the_porch_in_a_frame(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let bot = format!("/v1/chatbots/{}", porch.bot);
    let url = ana.get(&bot).await.id("porch_url");
    let path = url.strip_prefix("http://porch.test").unwrap();
    let framed = async |path: &str, who: &Client<'_>| {
        let page = who.get(path).await;
        (ancestors(&page).to_owned(), page.header("x-frame-options").to_owned())
    };
    let nobody = ("'none'".to_owned(), "DENY".to_owned());
    let visitor = app.visitor();
    assert_eq!(framed(path, &visitor).await, nobody);
    let browser = signed_in(&app, "ana@example.com").await;
    let page = format!("/console/bots/{}", porch.bot);
    let form = format!(
        "id={}&allowed_origins=https%3A%2F%2Fwww.example.com%0D%0A+https%3A%2F%2Fshop.example.com%3A8443",
        porch.bot
    );
    let saved = browser.form(&page, "/_fn/bot/set_origins", &form).await;
    assert!(
        saved.header("location").contains("?saved="),
        "{}",
        saved.header("location")
    );
    assert!(browser.get(&page).await.text().contains(&format!("{SITE}\n{SHOP}")));
    assert_eq!(framed(path, &visitor).await, (format!("{SITE} {SHOP}"), String::new()));
    // The console never is, but for the preview within it; nor is anything else.
    for console in ["/console", page.as_str(), "/console/api-keys", "/sign-in"] {
        assert_eq!(framed(console, &browser).await, nobody, "{console}");
    }
    let preview = format!("/console/preview/{}", porch.bot);
    assert_eq!(framed(&preview, &browser).await, ("'self'".into(), "SAMEORIGIN".into()));
    // What is known in the frame is known there alone.
    let me = format!("{path}/me");
    assert_eq!(framed(&me, &visitor).await, (format!("{SITE} {SHOP}"), String::new()));
    assert_eq!(framed("/p/no-such-page", &visitor).await, nobody);
    assert_eq!(framed("/v1/users/me", &visitor).await, nobody);
    ana.put(&bot, json!({ "allowed_origins": [] }))
        .await
        .expect(StatusCode::OK);
    for page in [path, me.as_str()] {
        assert_eq!(framed(page, &visitor).await, nobody);
    }
    let log = ana.get("/v1/audit?action=bot.origins_changed").await.json();
    assert_eq!(log.as_array().map(Vec::len), Some(2));
}

on_both!(
    scripts_of_listed_sites_may_ask,
    listed_sites_may_show_the_porch_in_a_frame
);

#[tokio::test]
async fn what_is_no_site_is_refused_by_its_field() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let bot = ana
        .post("/v1/chatbots", json!({ "name": "Elm", "allowed_origins": [SITE] }))
        .await;
    assert_eq!(bot.json()["chatbot"]["allowed_origins"], json!([SITE]));
    let path = format!("/v1/chatbots/{}", bot.id("bot_id"));
    let many: Vec<String> = (0..21).map(|n| format!("https://{n}.example.com")).collect();
    for bad in [
        json!(["http://www.example.com"]),
        json!(["null"]),
        json!(["https://*.example.com"]),
        json!(["https://example.com; script-src *"]),
        json!(["https://example.com/page"]),
        json!(many),
    ] {
        let refused = ana.put(&path, json!({ "allowed_origins": bad })).await;
        assert_eq!(refused.faulty(), ["allowed_origins"]);
    }
    let here = json!({ "allowed_origins": ["http://localhost:4000", "http://127.0.0.1:4000"] });
    ana.put(&path, here).await.expect(StatusCode::OK);
}

/// In a frame of another site browsers keep a cookie only where it says that it is for there.
#[tokio::test]
async fn a_conversation_in_a_frame_is_kept_there() {
    let app = TestApp::with(Setup {
        config: Box::new(|config| config.public_url = "https://porch.test".into()),
        ..Setup::default()
    })
    .await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let bot = format!("/v1/chatbots/{}", porch.bot);
    let url = ana.get(&bot).await.id("porch_url");
    let path = url.strip_prefix("https://porch.test").unwrap();
    let mut seen = Vec::new();
    for origins in [json!([]), json!([SITE])] {
        ana.put(&bot, json!({ "allowed_origins": origins }))
            .await
            .expect(StatusCode::OK);
        let asked = app
            .visitor()
            .form(path, &format!("{path}/ask"), "question=How+many+beds%3F")
            .await;
        let cookie = asked.header("set-cookie").to_owned();
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert!(pair.starts_with("__Secure-porch_"), "{cookie}");
        seen.push(attributes.split_once("HttpOnly; ").unwrap().1.to_owned());
        // The next question is of the same conversation.
        let again = app.visitor().with("cookie", pair);
        again
            .form(path, &format!("{path}/ask"), "question=How+many+baths%3F")
            .await;
    }
    assert_eq!(seen, ["SameSite=Lax; Secure", "SameSite=None; Secure; Partitioned"]);
    let conversations = ana.get("/v1/conversations").await.json();
    let turns: Vec<_> = conversations
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["turn_count"])
        .collect();
    assert_eq!(turns, [2, 2], "{conversations}");
}
