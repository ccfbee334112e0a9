//! Ways in besides the password, by the forms and pages of the console: passkeys, and a sign-in provider.

#[path = "../../../engine/src/account/passkey/tests/device.rs"]
#[allow(dead_code)]
mod device;
#[path = "../../../engine/src/account/identity/tests/stand.rs"]
#[allow(dead_code)]
mod stand;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use device::Device;
use engine::{Clock, config::OidcConfig};
use serde_json::Value;
use stand::{CLIENT, SECRET, Stand};
use url::form_urlencoded;

use crate::{
    app::{Answer, Client, PASSWORD, Setup, TestApp},
    console::{sign_in, signed_in, with_session},
};

const HOME: &str = "http://porch.test";

/// What a page's script asks; the browser as it goes on, and the options for its authenticator.
async fn ask<'a>(browser: &Client<'a>, path: &str) -> (Client<'a>, String) {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .header(header::ORIGIN, HOME);
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    let options: String = serde_json::from_value(answer.expect(StatusCode::OK).json()).unwrap();
    let goes_on = match answer.cookie("porchlight_session").is_empty() {
        true => browser.clone(),
        false => with_session(browser.app, &answer),
    };
    (goes_on, options)
}

fn fields(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Ana with a passkey, and its device.
async fn enrolled(app: &TestApp) -> Device {
    app.owner("ana").await;
    let (ana, options) = ask(&signed_in(app, "ana@example.com").await, "/_fn/security/begin_passkey").await;
    let mut device = Device::new(HOME);
    let form = fields(&[("name", "Phone"), ("credential", &device.create(&options))]);
    let added = ana.form("/console/security", "/_fn/security/add_passkey", &form).await;
    assert_eq!(added.header("location"), "/console/security?saved=1");
    let ana = with_session(app, &added);
    let view = ana.get("/_fn/security/get").await.expect(StatusCode::OK).json();
    assert_eq!(view["passkeys"][0]["name"], "Phone");
    assert_eq!(view["codes"].as_array().unwrap().len(), 10);
    let again = ana.get("/_fn/security/get").await.json();
    assert!(again["codes"].as_array().unwrap().is_empty(), "shown once");
    device
}

async fn show(browser: &Client<'_>, device: &mut Device, options: &str) -> Answer {
    let form = fields(&[("next", "/console/leads"), ("credential", &device.get(options))]);
    browser.form("/sign-in", "/_fn/auth/passkey", &form).await
}

#[tokio::test]
async fn a_passkey_signs_in_in_the_browser_that_was_asked() {
    let app = TestApp::new().await;
    let mut device = enrolled(&app).await;
    let (browser, options) = ask(&app.visitor(), "/_fn/auth/begin_passkey").await;
    let entered = show(&browser, &mut device, &options).await;
    assert_eq!(entered.header("location"), "/console/leads");
    assert!(!entered.cookie("porchlight_device").is_empty(), "the browser is known");
    let inside = with_session(&app, &entered);
    inside.get("/console/leads").await.expect(StatusCode::OK);
    // The session of before stands for nobody, and the question is answered.
    assert!(browser.get("/console").await.status.is_redirection());
    assert_eq!(
        show(&browser, &mut device, &options).await.header("location"),
        "/sign-in"
    );

    // An answer in another browser, and in one that was asked something else.
    let (_, options) = ask(&app.visitor(), "/_fn/auth/begin_passkey").await;
    let (other, _) = ask(&app.visitor(), "/_fn/auth/begin_passkey").await;
    for elsewhere in [app.visitor(), other] {
        let refused = show(&elsewhere, &mut device, &options).await;
        assert_eq!(refused.header("location"), "/sign-in");
    }

    // In place of the code.
    let halfway = sign_in(&app.visitor(), "ana@example.com", PASSWORD).await;
    assert_eq!(halfway.header("location"), "/sign-in/code?next=%2Fconsole");
    let (halfway, options) = ask(&with_session(&app, &halfway), "/_fn/auth/begin_passkey_answer").await;
    let form = fields(&[("next", ""), ("credential", &device.get(&options))]);
    let entered = halfway.form("/sign-in/code", "/_fn/auth/answer_passkey", &form).await;
    assert_eq!(entered.header("location"), "/console");
    // And to confirm who one is.
    app.clock.advance(chrono::TimeDelta::minutes(6));
    let (ana, options) = ask(&with_session(&app, &entered), "/_fn/security/begin_passkey_proof").await;
    let form = fields(&[("next", "/console/people"), ("credential", &device.get(&options))]);
    let proved = ana.form("/console/confirm", "/_fn/security/prove_passkey", &form).await;
    assert_eq!(proved.header("location"), "/console/people");
}

#[tokio::test]
async fn without_scripts_the_page_says_that_passkeys_need_them() {
    let app = TestApp::new().await;
    enrolled(&app).await;
    let page = app.visitor().get("/sign-in").await.expect(StatusCode::OK).text();
    assert!(page.contains("<noscript>") && page.contains("Passkeys need JavaScript"));
    assert!(page.contains("Sign in with a passkey") && page.contains(r#"data-begin="/_fn/auth/begin_passkey""#));
    let refused = app
        .visitor()
        .form("/sign-in", "/_fn/auth/passkey", "next=&credential=")
        .await;
    assert_eq!(refused.header("location"), "/sign-in");
    // At a bare network address there are none.
    let app = app
        .restarted(|config| config.public_url = "http://127.0.0.1:3000".into())
        .await;
    let page = app.visitor().get("/sign-in").await.expect(StatusCode::OK).text();
    assert!(!page.contains("passkey"));
}

/// A server with a provider.
async fn with_provider() -> (TestApp, Stand) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let stand = Stand::start(HOME, Clock::fixed("2026-06-01T12:00:00Z".parse().unwrap())).await;
    let issuer = stand.change(|inside| inside.issuer.clone());
    let config = Box::new(move |config: &mut engine::Config| {
        config.oidc = Some(OidcConfig {
            issuer,
            client_id: CLIENT.into(),
            client_secret: Some(SECRET.into()),
            name: "Example ID".into(),
            trusts_factor: false,
        });
    });
    let app = TestApp::with(Setup {
        config,
        ..Setup::default()
    })
    .await;
    stand.change(|inside| inside.clock = app.clock.clone());
    (app, stand)
}

/// Goes to the provider by a form and signs in there; the browser, and where the provider sends it back to.
async fn visit<'a>(browser: &Client<'a>, stand: &Stand, form: &str, subject: &str) -> (Client<'a>, String) {
    let away = browser.form("/sign-in", form, "next=%2Fconsole%2Fleads").await;
    assert_eq!(away.header("location"), "/sign-in/away");
    let browser = match away.cookie("porchlight_session").is_empty() {
        true => browser.clone(),
        false => with_session(browser.app, &away),
    };
    let page = browser.get("/sign-in/away").await.expect(StatusCode::OK).text();
    assert!(page.contains(r#"http-equiv="refresh""#), "{page}");
    let away: Value = browser.get("/_fn/auth/away").await.expect(StatusCode::OK).json();
    let back = stand
        .visit(away["url"].as_str().unwrap(), subject, "ana@example.com")
        .await;
    let back = format!("{}?{}", back.path(), back.query().unwrap());
    (browser, back)
}

async fn come(browser: &Client<'_>, back: &str) -> Answer {
    let request = Request::get(back).header(header::ACCEPT, "text/html");
    browser.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_linked_provider_signs_in_in_the_browser_that_went() {
    let (app, stand) = with_provider().await;
    app.owner("ana").await;
    assert!(app.visitor().get("/sign-in").await.text().contains("Example ID"));
    let (browser, back) = visit(&app.visitor(), &stand, "/_fn/auth/begin_provider", "7").await;
    let unknown = come(&browser, &back).await.expect(StatusCode::OK).text();
    assert!(
        unknown.contains("No account here is linked to this identity"),
        "{unknown}"
    );

    let ana = signed_in(&app, "ana@example.com").await;
    let (ana, back) = visit(&ana, &stand, "/_fn/security/link_provider", "7").await;
    assert_eq!(come(&ana, &back).await.header("location"), "/console/security?saved=1");
    let view = ana.get("/_fn/security/get").await.json();
    assert_eq!(view["identities"][0]["email"], "ana@example.com");

    let (browser, back) = visit(&app.visitor(), &stand, "/_fn/auth/begin_provider", "7").await;
    // The address that leads back is of no use to whoever else opens it.
    for other in [app.visitor(), ana] {
        let refused = come(&other, &back).await;
        let said = refused.expect(StatusCode::BAD_REQUEST).text();
        assert!(said.contains("began in another browser"), "{said}");
        assert!(refused.cookie("porchlight_device").is_empty());
    }
    let entered = come(&browser, &back).await;
    assert!(entered.status.is_redirection(), "{}", entered.status);
    assert_eq!(entered.header("location"), "/console/leads");
    with_session(&app, &entered)
        .get("/console/leads")
        .await
        .expect(StatusCode::OK);
    let again = come(&browser, &back).await.expect(StatusCode::BAD_REQUEST).text();
    assert!(again.contains("used already"), "{again}");
}
