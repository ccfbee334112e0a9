//! The console's plain routes, as a browser without scripts uses them.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::lead::LeadForm;
use serde_json::json;

use crate::app::{Answer, Client, PASSWORD, Porch, TestApp};

/// Sends the console's own sign-in form.
pub async fn sign_in(browser: &Client<'_>, email: &str, password: &str) -> Answer {
    let (email, password) = (email.replace('@', "%40"), password.replace(' ', "+"));
    let form = format!("email={email}&password={password}&next=");
    browser.form("/sign-in", "/_fn/auth/sign_in", &form).await
}

/// A browser with the session that an answer gave it.
pub fn with_session<'a>(app: &'a TestApp, answer: &Answer) -> Client<'a> {
    let cookie = answer.cookie("porchlight_session");
    assert!(!cookie.is_empty(), "{} {}", answer.status, answer.text());
    let pair = cookie.split(';').next().unwrap();
    app.visitor().with("cookie", pair).with("origin", "http://porch.test")
}

/// Signs in with the console's own form and keeps the cookie.
pub async fn signed_in<'a>(app: &'a TestApp, email: &str) -> Client<'a> {
    let answer = sign_in(&app.visitor(), email, PASSWORD).await;
    assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.text());
    assert_eq!(answer.header("location"), "/console");
    with_session(app, &answer)
}

async fn with_porch(app: &TestApp) -> (Client<'_>, Porch) {
    let porch = app.owner("ana").await.porch().await;
    (signed_in(app, "ana@example.com").await, porch)
}

#[tokio::test]
async fn a_session_opens_the_console_and_the_api() {
    let app = TestApp::new().await;
    app.owner("ana").await;
    let stranger = app.visitor().get("/console").await;
    assert!(stranger.status.is_redirection());
    assert!(
        stranger.header("location").starts_with("/sign-in"),
        "{}",
        stranger.header("location")
    );
    let ana = signed_in(&app, "ana@example.com").await;
    assert_eq!(
        ana.get("/v1/users/me").await.expect(StatusCode::OK).json()["email"],
        "ana@example.com"
    );
    let page = ana.get("/console").await;
    assert_eq!(page.expect(StatusCode::OK).header("cache-control"), "no-store");
    app.clock.advance(chrono::TimeDelta::days(400));
    ana.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
}

/// As a browser without scripts sends the forms of a page.
fn from_page<'a>(client: &Client<'a>, page: &str) -> Client<'a> {
    let client = client.clone().with("accept", "text/html");
    client.with("referer", &format!("http://porch.test{page}"))
}

#[tokio::test]
async fn files_are_uploaded_by_a_form() {
    let app = TestApp::new().await;
    let (ana, porch) = with_porch(&app).await;
    let fields = [
        ("bot_id", porch.bot.as_str()),
        ("property_id", porch.property.as_str()),
        ("show", "1"),
    ];
    let file = (
        "notes.txt",
        "text/plain",
        b"The garage holds two cars and a boat.".as_slice(),
    );
    let plain = from_page(&ana, "/console/knowledge");
    let sent = plain.upload("/_fn/source/upload", file, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let source = sent.header("location").to_owned();
    assert!(source.starts_with("/console/knowledge/"), "{source}");
    assert!(ana.get(&source).await.text().contains("notes.txt"));
    // It can be had back, by a link that holds without the session, and only as a file to keep.
    let led = ana.get(&format!("{source}/file")).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    let kept = app.visitor().get(led.header("location")).await;
    assert_eq!(&kept.expect(StatusCode::OK).bytes[..], file.2);
    assert_eq!(kept.header("content-disposition"), "attachment; filename=\"notes.txt\"");
    assert_eq!(kept.header("content-security-policy"), "default-src 'none'; sandbox");
    let bent = led.header("location").replace("/files/", "/files/A");
    app.visitor().get(&bent).await.expect(StatusCode::NOT_FOUND);
    // With scripts the form stays where it is, and the answer says where to go.
    let sent = ana.upload("/_fn/source/upload", file, &fields[..2]).await;
    assert_eq!(sent.expect(StatusCode::OK).header("location"), "");
    let property = ana.get(&format!("/v1/properties/{}", porch.property)).await.json();
    let sources = property["data_sources"].as_array().unwrap();
    assert_eq!(sources.iter().filter(|source| source["path"] == "notes.txt").count(), 2);
    // What goes wrong is told on the page the form is on, at its field, beside what was chosen.
    let oak = ana
        .post("/v1/chatbots", json!({ "bot_name": "Oak" }))
        .await
        .id("bot_id");
    let oak = oak.as_str();
    let chosen = [("bot_id", oak), ("property_id", ""), ("show", "1")];
    let empty = plain
        .upload("/_fn/source/upload", ("", "text/plain", b""), &chosen)
        .await;
    assert_eq!(empty.header("location"), "/console/knowledge");
    let page = ana.get("/console/knowledge").await.text().to_owned();
    assert!(page.contains("-file-error\" class=\"error\">Choose a file"), "{page}");
    let bot_of = |form: &str| {
        let select = page
            .split(&format!("id=\"-fn-source-{form}-1-bot_id\""))
            .nth(1)
            .unwrap();
        let select = select.split("</select>").next().unwrap();
        select
            .split(" selected")
            .next()
            .unwrap()
            .rsplit('"')
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(bot_of("upload"), oak, "what was chosen stays chosen");
    assert_eq!(bot_of("add-text"), bot_of("add-url"), "and in this form alone");
    // What is too large to be read is said too, and takes no room.
    let long = "x".repeat(70_000);
    let too_long = [("bot_id", oak), ("property_id", long.as_str()), ("show", "1")];
    plain.upload("/_fn/source/upload", file, &too_long).await;
    assert!(ana.get("/console/knowledge").await.text().contains("larger than 64 kB"));
    // A property of another bot is no choice.
    let crossed = [("bot_id", oak), ("property_id", porch.property.as_str())];
    let crossed = ana.upload("/_fn/source/upload", file, &crossed).await;
    assert_eq!(
        crossed.expect(StatusCode::BAD_REQUEST).json()["fields"][0]["field"],
        "property_id"
    );
    // A file that cannot be taken is named.
    let picture = ("roof.pdf", "application/pdf", b"\x00\x01\x02".as_slice());
    let refused = ana.upload("/_fn/source/upload", picture, &fields).await;
    let fault = refused.expect(StatusCode::BAD_REQUEST).json();
    assert!(
        fault["fields"][0]["message"].as_str().unwrap().contains("“roof.pdf”"),
        "{fault}"
    );
    // Once the form has gone through, its page is clean again.
    plain.upload("/_fn/source/upload", file, &fields).await;
    assert!(!ana.get("/console/knowledge").await.text().contains("Choose a file"));
    // Somebody else's bot is no bot, and a token is no session.
    app.owner("ben").await;
    let ben = signed_in(&app, "ben@example.com").await;
    let foreign = ben.upload("/_fn/source/upload", file, &fields).await;
    foreign.expect(StatusCode::NOT_FOUND);
    let by_token = app.owner("cy").await.upload("/_fn/source/upload", file, &fields).await;
    by_token.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn codes_are_shown_and_kept_as_files() {
    let app = TestApp::new().await;
    let (ana, porch) = with_porch(&app).await;
    let png = ana
        .get(&format!("/console/codes/{}.png?px=300&download=1", porch.code))
        .await;
    assert_eq!(png.expect(StatusCode::OK).header("content-type"), "image/png");
    assert!(
        png.header("content-disposition")
            .starts_with("attachment; filename=\"code.png\"")
    );
    let svg = ana.get(&format!("/console/codes/{}.svg", porch.code)).await;
    assert_eq!(svg.expect(StatusCode::OK).header("content-type"), "image/svg+xml");
    ana.get(&format!("/console/codes/{}.gif", porch.code))
        .await
        .problem(StatusCode::NOT_FOUND);
    app.owner("ben").await;
    let ben = signed_in(&app, "ben@example.com").await;
    ben.get(&format!("/console/codes/{}.png", porch.code))
        .await
        .problem(StatusCode::NOT_FOUND);
    assert!(
        app.visitor()
            .get(&format!("/console/codes/{}.png", porch.code))
            .await
            .status
            .is_redirection()
    );
}

#[tokio::test]
async fn leads_are_exported_as_texts() {
    let app = TestApp::new().await;
    let (ana, porch) = with_porch(&app).await;
    let open = engine::porch::open_code(&app.engine, &porch.code).await.unwrap();
    let form = LeadForm {
        name: "=HYPERLINK(\"x\")".into(),
        phone: "+1 555 010 2000".into(),
        message: "Two\nlines, \"quoted\"".into(),
        ..LeadForm::default()
    };
    engine::lead::leave(&open, None, &form).await.unwrap();
    let csv = ana.get("/console/leads.csv").await;
    assert_eq!(
        csv.expect(StatusCode::OK).header("content-type"),
        "text/csv; charset=utf-8"
    );
    let text = csv.text();
    assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{text}");
    assert!(text.contains("'+1 555 010 2000"), "{text}");
    assert!(text.contains("\"Two\nlines, \"\"quoted\"\"\""), "{text}");
}

#[tokio::test]
async fn the_brand_is_set_by_a_form() {
    let app = TestApp::new().await;
    let (ana, porch) = with_porch(&app).await;
    // The picture of a code will do for a logo.
    let picture = ana
        .get(&format!("/v1/qr_codes/{}/image.png?size=128", porch.code))
        .await
        .bytes;
    let fields = [("colour", "#0b3d3a")];
    let plain = from_page(&ana, "/console/brand");
    let sent = plain
        .upload("/_fn/brand/set", ("logo.png", "image/png", &picture), &fields)
        .await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (StatusCode::SEE_OTHER, "/console/brand?saved=1")
    );
    let logo = ana.get("/console/brand-logo").await;
    assert_eq!(logo.expect(StatusCode::OK).header("content-type"), "image/png");
    // A colour outlives a logo that is none.
    let bad = plain
        .upload(
            "/_fn/brand/set",
            ("logo.png", "image/png", b"no picture"),
            &[("colour", "#112233")],
        )
        .await;
    assert_eq!(bad.header("location"), "/console/brand");
    assert!(ana.get("/console/brand").await.text().contains("value=\"#112233\""));
    let bad = ana
        .upload("/_fn/brand/set", ("", "image/png", b""), &[("colour", "blue")])
        .await;
    bad.expect(StatusCode::BAD_REQUEST);
    let code = json!({ "bot_id": porch.bot, "custom_design": { "with_logo": true } });
    ana.post("/v1/qr_codes", code).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn chosen_colours_stay_and_are_given_back_to_the_device() {
    let app = TestApp::new().await;
    app.owner("ana").await;
    let ana = signed_in(&app, "ana@example.com").await;
    let choose = async |theme: &str| {
        let request = Request::post("/_fn/theme")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, "http://porch.test/console/leads?after=x");
        let answer = ana
            .send(request.body(Body::from(format!("theme={theme}"))).unwrap())
            .await;
        assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.text());
        assert_eq!(answer.header("location"), "/console/leads?after=x");
        answer.header("set-cookie").to_owned()
    };
    let kept = choose("dark").await;
    assert!(
        kept.starts_with("theme=dark; ") && kept.contains("Max-Age=31536000"),
        "{kept}"
    );
    for given_back in [choose("").await, choose("%22%3E%3Cscript%3E").await] {
        assert!(
            given_back.starts_with("theme=; ") && given_back.contains("Max-Age=0"),
            "{given_back}"
        );
    }
    let page = async |cookie: &str| {
        app.visitor()
            .with("cookie", cookie)
            .get("/sign-in")
            .await
            .text()
            .to_owned()
    };
    assert!(
        page("theme=dark")
            .await
            .contains(r#"<html lang="en" data-theme="dark">"#)
    );
    assert!(page("theme=mauve").await.contains(r#"<html lang="en">"#));
}

/// What anybody can send is not kept for them on our disk, whichever form they say it is.
#[tokio::test]
async fn strangers_fill_no_disk() {
    let app = TestApp::new().await;
    let kept = async || {
        let count = "select count(*) || ' ' || coalesce(max(length(data)), 0) from web_session";
        app.texts(count, count).await.remove(0)
    };
    let long = "x".repeat(1_000_000);
    let stranger = app.visitor();
    for form in ["source/add_text", "bot/create", "auth/sign_out"] {
        let text = format!("text={long}");
        stranger
            .form("/console/knowledge", &format!("/_fn/{form}"), &text)
            .await;
    }
    let long_name = format!("email={long}&password=x&next=");
    stranger.form("/sign-in", "/_fn/auth/sign_in", &long_name).await;
    let file = ("notes.txt", "text/plain", long.as_bytes());
    let plain = from_page(&stranger, "/console/knowledge");
    let sent = plain.upload("/_fn/source/upload", file, &[("bot_id", "7")]).await;
    assert!(
        sent.header("location").starts_with("/sign-in?next="),
        "{}",
        sent.header("location")
    );
    assert_eq!(kept().await, "0 0");
    // What was typed to come in is, and is there again.
    let typed = stranger
        .form(
            "/sign-in",
            "/_fn/auth/sign_in",
            "email=who%40example.com&password=x&next=",
        )
        .await;
    let again = with_session(&app, &typed).get("/sign-in").await;
    assert!(again.text().contains("who@example.com"));
    assert!(kept().await.starts_with("1 "));
}
