//! The buyer's page through the router: with and without a script.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[allow(dead_code, unused_macros, unused_imports)]
#[path = "api/app.rs"]
mod app;

use app::{Answer, Client, PASSWORD, Setup, TestApp};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{account::Credentials, chat::Delta};
use engine::{account, config::ProviderConfig, organization};
use serde_json::json;
use tokio::net::TcpListener;

/// An open porch and where it is.
struct Open {
    slug: String,
    code: String,
    bot: String,
    /// The code's id.
    id: String,
}

impl Open {
    async fn by(owner: &Client<'_>) -> Self {
        let porch = owner.porch().await;
        let bot = owner.get(&format!("/v1/chatbots/{}", porch.bot)).await.json();
        let code = owner.get(&format!("/v1/qr_codes/{}", porch.code)).await.json();
        let end = |url: &serde_json::Value| url.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        Self {
            slug: end(&bot["porch_url"]),
            code: end(&code["qr_code_url"]),
            bot: porch.bot,
            id: porch.code,
        }
    }
    fn page(&self) -> String {
        format!("/p/{}?c={}", self.slug, self.code)
    }
    fn at(&self, rest: &str) -> String {
        format!("/p/{}/{rest}", self.slug)
    }
}

/// Posts a form as a browser does.
async fn post(who: &Client<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    who.send(request.body(Body::from(body)).unwrap()).await
}

/// The `name=value` of the cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// The events of a stream: id, name, delta.
fn events(answer: &Answer) -> Vec<(u64, String, Delta)> {
    let text = answer.text();
    let blocks = text.split("\n\n").filter(|block| block.contains("data:"));
    let event = |block: &str| {
        let field = |name: &str| {
            block
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .trim()
                .to_owned()
        };
        let delta = serde_json::from_str(&field("data:")).unwrap();
        (field("id:").parse().unwrap(), field("event:"), delta)
    };
    blocks.map(event).collect()
}

#[tokio::test]
async fn a_scan_leads_to_the_page() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = Open::by(&ana).await;
    let phone = app.visitor().with(
        "user-agent",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
    );
    let scanned = phone.get(&format!("/q/{}", porch.code)).await;
    assert_eq!(scanned.expect(StatusCode::FOUND).header("location"), porch.page());
    assert_eq!(
        ana.get(&format!("/v1/qr_codes/{}", porch.id)).await.json()["scan_count"],
        1
    );

    let page = phone.get(&porch.page()).await;
    let html = page.expect(StatusCode::OK).text();
    for shown in [
        "$489,000",
        "12 Elm Street",
        "3 beds",
        "2.5 baths",
        "Built 1972",
        "AI assistant of",
        "Ana Reyes",
        "Harbour Homes",
        "123456",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(html.contains(&format!("name=\"c\" value=\"{}\"", porch.code)));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("set-cookie"), "", "looking leaves no cookie");

    // The page's one style and one script carry the nonce that the policy names.
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert_eq!(html.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
    assert!(!policy.contains("unsafe-inline"));
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_so_to_a_person() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = Open::by(&ana).await;
    for path in ["/q/nosuchcode", "/p/no-such-page", "/p/no-such-page?c=x"] {
        let lost = app.visitor().get(path).await;
        assert_eq!(
            lost.expect(StatusCode::NOT_FOUND).header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert!(lost.text().contains("<h1>"));
    }
    ana.put(&format!("/v1/chatbots/{}", porch.bot), json!({ "status": "draft" }))
        .await
        .expect(StatusCode::OK);
    app.visitor().get(&porch.page()).await.expect(StatusCode::NOT_FOUND);
    // A code of somebody else is dropped.
    let bea = app.owner("bea").await;
    let other = Open::by(&bea).await;
    let html = app
        .visitor()
        .get(&format!("/p/{}?c={}", other.slug, porch.code))
        .await
        .expect(StatusCode::OK)
        .text();
    assert!(!html.contains(&porch.code));
}

#[tokio::test]
async fn without_a_script_the_answer_is_on_the_page() {
    let app = TestApp::new().await;
    let porch = Open::by(&app.owner("ana").await).await;
    let sent = post(
        &app.visitor(),
        &porch.at("ask"),
        &[("question", " When was it built? "), ("c", &porch.code)],
    )
    .await;
    let to = sent.expect(StatusCode::SEE_OTHER).header("location").to_owned();
    assert_eq!(to, format!("{}#latest", porch.page()));
    let set = sent.header("set-cookie");
    for part in [
        &format!("; Path=/p/{};", porch.slug),
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=2592000",
    ] {
        assert!(set.contains(part), "{set}");
    }
    assert!(
        set.starts_with("porch_") && !set.contains("Secure"),
        "plain http: {set}"
    );

    let visitor = app.visitor().with("cookie", &cookie(&sent));
    let html = visitor.get(&porch.page()).await.text();
    assert!(html.contains("When was it built?") && html.contains("id=\"latest\""));
    let answer = html.split("id=\"latest\"").nth(1).unwrap();
    assert!(
        answer.contains("1972") && answer.contains("<details class=\"cite\">"),
        "{answer}"
    );
    // The next question goes on with the same conversation.
    let again = post(
        &visitor,
        &porch.at("ask"),
        &[("question", "How is it heated?"), ("c", "")],
    )
    .await;
    assert_eq!(cookie(&again), cookie(&sent));
    assert_eq!(visitor.get(&porch.page()).await.text().matches("data-turn=").count(), 2);
    // Nobody else sees any of it.
    assert!(!app.visitor().get(&porch.page()).await.text().contains("data-turn="));

    let empty = post(&visitor, &porch.at("ask"), &[("question", "  ")]).await;
    assert!(
        empty
            .expect(StatusCode::BAD_REQUEST)
            .text()
            .contains("Please fill this in.")
    );
    let long = "why ".repeat(600);
    let long = post(&visitor, &porch.at("ask"), &[("question", &long)])
        .await
        .expect(StatusCode::BAD_REQUEST)
        .text();
    assert!(
        long.contains("At most 2000 characters.") && long.contains("why why why"),
        "what was typed comes back"
    );
}

#[tokio::test]
async fn a_script_gets_events_and_takes_them_up_again() {
    let app = TestApp::new().await;
    let porch = Open::by(&app.owner("ana").await).await;
    let script = app.visitor().with("accept", "text/event-stream");
    let sent = post(
        &script,
        &porch.at("ask"),
        &[("question", "When was it built?"), ("c", &porch.code)],
    )
    .await;
    assert_eq!(sent.expect(StatusCode::OK).header("content-type"), "text/event-stream");
    let all = events(&sent);
    assert_eq!(
        all.iter().map(|(id, ..)| *id).collect::<Vec<_>>(),
        (1..=all.len() as u64).collect::<Vec<_>>()
    );
    assert!(all.iter().all(|(_, name, delta)| name == delta.name()));
    let Delta::Started { turn_id, .. } = all[0].2 else {
        panic!("{all:?}")
    };
    assert!(
        matches!(&all.last().unwrap().2, Delta::Done { text, .. } if text.contains("1972")),
        "{all:?}"
    );
    // The secret of the conversation is in the cookie only, which scripts cannot read.
    let secret = cookie(&sent).split_once('=').unwrap().1.to_owned();
    assert!(!sent.text().contains(&secret));

    let visitor = script.clone().with("cookie", &cookie(&sent));
    let path = porch.at(&format!("turns/{turn_id}?c={}", porch.code));
    let rest = visitor.clone().with("last-event-id", "1").get(&path).await;
    assert_eq!(events(rest.expect(StatusCode::OK)), all[1..]);
    assert_eq!(events(&visitor.get(&path).await), all);
    for stranger in [
        script.clone(),
        script.clone().with("cookie", &format!("{}x", cookie(&sent))),
    ] {
        stranger.get(&path).await.problem(StatusCode::NOT_FOUND);
    }
    assert_eq!(
        post(&script, &porch.at("ask"), &[("question", "")]).await.faulty(),
        ["message_text"]
    );
    script.get(&porch.at("turns/none")).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_answer_under_way_survives_a_stop_and_a_reload() {
    // A model that takes a question and never says anything.
    let model = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", model.local_addr().unwrap());
    let config = Box::new(move |config: &mut engine::Config| {
        config.provider = Some(ProviderConfig {
            base_url,
            api_key: "none".into(),
            model: "mute".into(),
        });
    });
    let app = TestApp::with(Setup {
        config,
        ..Setup::default()
    })
    .await;
    let porch = Open::by(&app.owner("ana").await).await;
    let script = app.visitor().with("accept", "text/event-stream");
    let path = porch.at("ask");
    let asked = post(&script, &path, &[("question", "When was it built?")]);
    // Once the question is with the model the server is told to stop.
    let stop = async {
        let held = model.accept().await.unwrap();
        app.engine.stopping().cancel();
        held
    };
    let (cut, _held) = tokio::join!(asked, stop);
    let told = events(&cut);
    let [(1, _, Delta::Started { turn_id, .. })] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(cut.text().contains("retry:"), "{}", cut.text());
    let html = app
        .visitor()
        .with("cookie", &cookie(&cut))
        .get(&porch.page())
        .await
        .text();
    assert!(
        html.contains(&format!("data-turn=\"{turn_id}\" data-pending")),
        "{html}"
    );
}

#[tokio::test]
async fn a_message_always_reaches_the_realtor() {
    // Enough for the bot and its source, nothing for an answer.
    let app = TestApp::granting(15).await;
    let ana = app.owner("ana").await;
    let porch = Open::by(&ana).await;
    assert_eq!(ana.balance().await, 0);
    let asked = post(
        &app.visitor(),
        &porch.at("ask"),
        &[("question", "Is the basement dry?")],
    )
    .await;
    let visitor = app.visitor().with("cookie", &cookie(&asked));
    let html = visitor.get(&porch.page()).await.text();
    assert!(
        html.contains("<details open") && html.contains(">Is the basement dry?</textarea>"),
        "{html}"
    );

    let typed = [
        ("name", "Sam <b>"),
        ("email", "sam@"),
        ("phone", ""),
        ("message", "Is the basement dry?"),
        ("c", &porch.code),
    ];
    let refused = post(&visitor, &porch.at("lead"), &typed)
        .await
        .expect(StatusCode::BAD_REQUEST)
        .text();
    assert!(refused.contains("value=\"Sam <b>\"") || refused.contains("value=\"Sam &lt;b&gt;\""));
    assert!(refused.contains("name@example.com") && refused.contains("value=\"sam@\""));

    let typed = [
        ("name", "Sam"),
        ("email", "sam@example.com"),
        ("phone", ""),
        ("message", "Is the basement dry?"),
        ("c", &porch.code),
    ];
    let sent = post(&visitor, &porch.at("lead"), &typed).await;
    let to = sent.expect(StatusCode::SEE_OTHER).header("location");
    assert_eq!(to, format!("{}&sent=1#thanks", porch.page()));
    let path = to.split('#').next().unwrap();
    assert!(visitor.get(path).await.text().contains("id=\"thanks\""));

    ana.put(&format!("/v1/chatbots/{}", porch.bot), json!({ "status": "inactive" }))
        .await
        .expect(StatusCode::OK);
    assert!(
        !app.visitor()
            .get(&porch.page())
            .await
            .text()
            .contains("name=\"question\"")
    );
    let script = app.visitor().with("accept", "application/json");
    assert_eq!(
        post(&script, &porch.at("lead"), &[("name", "Kim")]).await.faulty(),
        ["email"]
    );
    let sent = post(
        &script,
        &porch.at("lead"),
        &[("name", "Kim"), ("phone", "555 010 2000")],
    )
    .await;
    sent.expect(StatusCode::OK).id("lead_id");
    let leads = ana.get("/v1/leads").await.text();
    assert!(
        leads.contains("sam@example.com") && leads.contains("555 010 2000"),
        "{leads}"
    );
}

#[tokio::test]
async fn a_hostile_name_stays_a_name() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = Open::by(&ana).await;
    let name = "</textarea></title><script>steal()</script>";
    ana.put(&format!("/v1/chatbots/{}", porch.bot), json!({ "bot_name": name }))
        .await
        .expect(StatusCode::OK);
    let question = format!("{name} When was it built?");
    let asked = post(&app.visitor(), &porch.at("ask"), &[("question", &question)]).await;
    let html = app
        .visitor()
        .with("cookie", &cookie(&asked))
        .get(&porch.page())
        .await
        .text();
    assert!(html.contains("steal()"));
    assert_eq!(html.matches("<script").count(), 1, "{html}");
}

#[tokio::test]
async fn a_logo_is_served_to_anybody() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = Open::by(&ana).await;
    app.visitor()
        .get("/logo/no-such-organization")
        .await
        .problem(StatusCode::NOT_FOUND);
    let credentials = Credentials {
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
    };
    let call = account::sign_in(
        &app.engine,
        &credentials,
        account::Kind::Console,
        &account::Client::default(),
    )
    .await
    .unwrap()
    .call(&app.engine, None)
    .await
    .unwrap();
    let picture = ana
        .get(&format!("/v1/qr_codes/{}/image.png?size=256", porch.id))
        .await
        .bytes;
    organization::set_brand(&call, "#7a0019", Some(&picture)).await.unwrap();
    let html = app.visitor().get(&porch.page()).await.text();
    assert!(html.contains("--fill:#7a0019"));
    let src = html.split("src=\"/logo/").nth(1).unwrap().split('"').next().unwrap();
    let logo = app.visitor().get(&format!("/logo/{src}")).await;
    assert_eq!(logo.expect(StatusCode::OK).header("content-type"), "image/png");
    assert!(logo.header("cache-control").contains("max-age"));
    assert_eq!(&logo.bytes[..8], b"\x89PNG\r\n\x1a\n");
}

#[tokio::test]
async fn a_buyer_sees_and_erases_what_is_known_of_them() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = Open::by(&ana).await;
    let stranger = app.visitor();
    let page = stranger.get(&porch.page()).await;
    let link = format!("href=\"/p/{}/me?c={}\"", porch.slug, porch.code);
    assert!(page.text().contains(&link));
    let nothing = stranger.get(&porch.at("me")).await;
    assert!(
        nothing
            .expect(StatusCode::OK)
            .text()
            .contains("Nothing. You have not asked")
    );
    assert_eq!(stranger.get(&porch.at("me.json")).await.status, StatusCode::NOT_FOUND);

    let asked = post(
        &stranger,
        &porch.at("ask"),
        &[("question", "How many bedrooms are there?")],
    )
    .await;
    let buyer = app.visitor().with("cookie", &cookie(&asked));
    let form = [
        ("name", "Ida <b>Moss"),
        ("email", "ida@example.com"),
        ("message", "Call me"),
    ];
    post(&buyer, &porch.at("lead"), &form).await;
    let page = buyer.get(&porch.at("me")).await;
    let html = page.expect(StatusCode::OK).text();
    for shown in [
        "How many bedrooms",
        "Ida &lt;b",
        "ida@example.com",
        "Call me",
        ": agreed <time",
        "you agree that",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(!html.contains("<script") && html.contains("noindex"));
    assert_eq!(page.header("cache-control"), "no-store");
    let file = buyer.get(&porch.at("me.json")).await;
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert_eq!(file.json()["messages"][0]["consents"][0]["channel"], "email");
    assert_eq!(
        file.json()["conversation"][0]["question"],
        "How many bedrooms are there?"
    );
    assert_eq!(
        ana.get("/v1/leads").await.json()[0]["consents"][0]["withdrawn_at"],
        json!(null)
    );

    // Another site cannot do it for them.
    let forged = Request::post(porch.at("me/erase")).header("sec-fetch-site", "cross-site");
    let forged = buyer.send(forged.body(Body::empty()).unwrap()).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let withdrawn = post(&buyer, &porch.at("me/withdraw"), &[]).await;
    assert_eq!(
        withdrawn.expect(StatusCode::SEE_OTHER).header("location"),
        porch.at("me")
    );
    assert!(buyer.get(&porch.at("me")).await.text().contains(", withdrawn "));
    assert!(ana.get("/v1/leads").await.json()[0]["consents"][0]["withdrawn_at"].is_string());

    let erased = post(&buyer, &porch.at("me/erase"), &[]).await;
    assert!(
        erased
            .expect(StatusCode::SEE_OTHER)
            .header("set-cookie")
            .contains("Max-Age=0")
    );
    assert!(
        buyer
            .get(&porch.at("me"))
            .await
            .text()
            .contains("Nothing. You have not asked")
    );
    assert_eq!(
        post(&buyer, &porch.at("me/erase"), &[]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(ana.get("/v1/leads").await.json(), json!([]));
    let conversations = ana.get("/v1/conversations").await.json();
    let id = conversations[0]["conversation_id"].as_str().unwrap();
    let whole = ana.get(&format!("/v1/conversations/{id}")).await.text();
    assert!(!whole.contains("bedrooms"), "{whole}");
}
