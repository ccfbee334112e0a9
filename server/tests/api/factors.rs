//! Second factors at the doors: the API's and the console's.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use crate::{
    app::{Answer, Client, PASSWORD, TestApp},
    console::{sign_in, signed_in, with_session},
};

/// Somebody's authenticator app.
pub struct Authenticator<'a> {
    app: &'a TestApp,
    totp: Totp,
}

impl Authenticator<'_> {
    /// The six digits it shows now.
    pub fn code(&self) -> String {
        let now = u64::try_from(self.app.clock.now().timestamp()).unwrap();
        self.totp.generate(now).to_string()
    }

    /// Those it shows next, half a minute later.
    pub fn next(&self) -> String {
        self.app.clock.advance(TimeDelta::seconds(30));
        self.code()
    }
}

/// Sets up an app in a browser by the forms of a page; gives the browser as it goes on, the app and the recovery codes.
pub async fn enrolled<'a>(browser: &Client<'a>, page: &str) -> (Client<'a>, Authenticator<'a>, Vec<String>) {
    let app = browser.app;
    let begun = browser.form(page, "/_fn/security/begin_factor", "").await;
    assert_eq!(begun.expect(StatusCode::SEE_OTHER).header("location"), page);
    let enrolment = browser.get("/_fn/security/enrolment").await;
    let enrolment = enrolment.expect(StatusCode::OK).json();
    let secret = enrolment["secret"].as_str().unwrap().replace(' ', "");
    let secret = Secret::try_from_base32(&secret).unwrap();
    let totp = Builder::new().with_secret(secret).build_noncompliant();
    let authenticator = Authenticator { app, totp };
    let form = format!("code={}", authenticator.code());
    let confirmed = browser.form(page, "/_fn/security/confirm_factor", &form).await;
    assert_eq!(confirmed.header("location"), "/console/security");
    let browser = with_session(app, &confirmed);
    let view = browser.get("/_fn/security/get").await.expect(StatusCode::OK).json();
    let codes = view["codes"].as_array().unwrap().iter();
    let codes: Vec<String> = codes.map(|code| code.as_str().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (browser, authenticator, codes)
}

async fn login(app: &TestApp, code: Option<&str>) -> Answer {
    let mut credentials = json!({ "email": "ana@example.com", "password": PASSWORD });
    if let Some(code) = code {
        credentials["code"] = json!(code);
    }
    app.visitor().post("/v1/auth/login", credentials).await
}

/// The numbers of what was noted of sessions.
async fn noted(browser: &Client<'_>) -> Vec<Value> {
    let list = browser.get("/v1/audit?action=session").await;
    let list = list.expect(StatusCode::OK).json();
    list.as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].clone())
        .collect()
}

#[tokio::test]
async fn a_program_needs_the_code() {
    let app = TestApp::new().await;
    let before = app.owner("ana").await;
    let ana = signed_in(&app, "ana@example.com").await;
    login(&app, None).await.expect(StatusCode::OK);
    let (ana, authenticator, codes) = enrolled(&ana, "/console/security/factor").await;
    // Tokens of before stand for nobody until they are renewed with the factor.
    before.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
    let entries = noted(&ana).await;

    login(&app, None).await.problem(StatusCode::UNAUTHORIZED);
    let used = authenticator.code();
    for wrong in ["000000", "AAAA-AAAA-AAAA-AAAA", &used] {
        assert_eq!(login(&app, Some(wrong)).await.faulty(), ["code"], "{wrong}");
    }
    assert_eq!(login(&app, Some("")).await.faulty(), ["code"]);
    assert_eq!(noted(&ana).await, entries, "nobody was in, and nobody has left");
    let sessions = ana.get("/_fn/security/get").await.json();
    let programs = sessions["sessions"].as_array().unwrap().len();

    let code = authenticator.next();
    let token = login(&app, Some(&code)).await.expect(StatusCode::OK).id("access_token");
    let program = app.visitor().with("authorization", &format!("Bearer {token}"));
    program.get("/v1/chatbots").await.expect(StatusCode::OK);
    assert_eq!(login(&app, Some(&code)).await.faulty(), ["code"], "a code holds once");
    let recovery = login(&app, Some(&codes[0].to_lowercase())).await;
    recovery.expect(StatusCode::OK);
    assert_eq!(login(&app, Some(&codes[0])).await.faulty(), ["code"]);
    let newer = noted(&ana).await.len() - entries.len();
    assert_eq!(newer, 2, "one entry for each that came in");
    let sessions = ana.get("/_fn/security/get").await.json();
    let left = sessions["sessions"].as_array().unwrap().len();
    assert_eq!(left, programs + 2, "of those that were refused none is left");
}

#[tokio::test]
async fn a_password_alone_opens_no_page() {
    let app = TestApp::new().await;
    app.owner("ana").await;
    let ana = signed_in(&app, "ana@example.com").await;
    let (_, authenticator, codes) = enrolled(&ana, "/console/security/factor").await;

    let answer = sign_in(&app.visitor(), "ana@example.com", PASSWORD).await;
    assert_eq!(answer.header("location"), "/sign-in/code?next=%2Fconsole");
    assert_eq!(answer.cookie("porchlight_device"), "", "not known before the code");
    let halfway = with_session(&app, &answer);
    for (page, next) in [
        ("/console", "%2Fconsole"),
        ("/console/leads?after=x", "%2Fconsole%2Fleads%3Fafter%3Dx"),
        ("/console/leads.csv", "%2Fconsole%2Fleads.csv"),
        ("/console/security/factor", "%2Fconsole%2Fsecurity%2Ffactor"),
    ] {
        let led = halfway.get(page).await;
        led.expect(StatusCode::SEE_OTHER);
        assert_eq!(led.header("location"), format!("/sign-in/code?next={next}"));
    }
    halfway.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
    let page = halfway.get("/sign-in/code").await;
    assert!(page.expect(StatusCode::OK).text().contains("name=\"code\""));

    const HERE: &str = "/sign-in/code?next=%2Fconsole%2Fleads";
    let show = async |code: &str| {
        let form = format!("next=%2Fconsole%2Fleads&code={code}");
        halfway.form(HERE, "/_fn/auth/answer", &form).await
    };
    let wrong = show("000000").await;
    assert_eq!((wrong.status, wrong.header("location")), (StatusCode::SEE_OTHER, HERE));
    let page = halfway.get(HERE).await.text();
    assert!(page.contains("This code is not right"), "{page}");
    assert!(!page.contains("value=\"000000\""), "{page}");
    let right = show(&authenticator.next()).await;
    assert_eq!(right.header("location"), "/console/leads");
    assert_ne!(right.cookie("porchlight_device"), "");
    let ana = with_session(&app, &right);
    assert_ne!(
        ana.headers["cookie"], halfway.headers["cookie"],
        "in under another name"
    );
    ana.get("/console").await.expect(StatusCode::OK);
    // The name it had on the way stands for nobody any more, and answers no second code.
    let old = halfway.get("/console").await;
    assert_eq!(old.header("location"), "/sign-in?next=%2Fconsole");
    let late = show(&codes[0]).await;
    assert_eq!(late.cookie("porchlight_device"), "");
    halfway.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
    assert_eq!(halfway.get("/sign-in/code").await.header("location"), "/sign-in");
    // Who is in has no business there.
    assert_eq!(ana.get("/sign-in/code").await.header("location"), "/console");
    assert_eq!(
        ana.get("/sign-in?next=%2Fconsole%2Fbots").await.header("location"),
        "/console/bots"
    );
}
