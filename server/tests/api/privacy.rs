//! Erasing a lead, how long things are kept, and all data of an organization in one file.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::lead::LeadForm;
use serde_json::{Value, json};

use super::{app::TestApp, console::signed_in};

#[tokio::test]
async fn a_lead_is_erased_and_everything_exported() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    let porch = ana.porch().await;
    let url = ana.get(&format!("/v1/chatbots/{}", porch.bot)).await.json()["porch_url"].clone();
    let slug = url.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let lead = Request::post(format!("/p/{slug}/lead")).header("content-type", "application/x-www-form-urlencoded");
    let lead = lead
        .body(Body::from("name=Ida&email=ida%40example.com&message=Hello"))
        .unwrap();
    app.visitor().send(lead).await;
    let leads = ana.get("/v1/leads").await.json();
    let path = format!("/v1/leads/{}", leads[0]["lead_id"].as_str().unwrap());

    let file = ana.get("/v1/exports/organization").await;
    assert_eq!(file.expect(StatusCode::OK).header("content-type"), "application/zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file.bytes.clone())).unwrap();
    let leads: Value = serde_json::from_reader(archive.by_name("leads.json").unwrap()).unwrap();
    assert_eq!(leads[0]["email"], "ida@example.com");

    assert_eq!(ben.delete(&path).await.status, StatusCode::NOT_FOUND);
    ana.delete(&path).await.expect(StatusCode::OK);
    assert_eq!(ana.delete(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/v1/leads").await.json(), json!([]));
    let log = ana.get("/v1/audit?action=privacy").await.json();
    let actions: Vec<&str> = log
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["action"].as_str())
        .collect();
    assert_eq!(actions, ["privacy.lead_erased", "privacy.organization_exported"]);
}

#[tokio::test]
async fn the_console_sets_how_long_things_are_kept_and_erases_a_buyer() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let open = engine::porch::open_code(&app.engine, &porch.code).await.unwrap();
    let left = LeadForm {
        name: "Ida".into(),
        email: "ida@example.com".into(),
        ..LeadForm::default()
    };
    let lead = engine::lead::leave(&open, None, &left).await.unwrap().id;
    let session = signed_in(&app, "ana@example.com").await;

    let page = session.get("/console/privacy").await;
    assert!(page.expect(StatusCode::OK).text().contains("value=\"365\""));
    let (page, path) = ("/console/privacy", "/_fn/privacy/set_retention");
    let saved = session.form(page, path, "conversation_days=90&lead_days=").await;
    assert!(saved.status.is_redirection(), "{}", saved.status);
    assert!(session.get(page).await.text().contains("value=\"90\""));
    session.form(page, path, "conversation_days=soon&lead_days=").await;
    assert!(session.get(page).await.text().contains("Give a whole number of days"));
    let file = session.get("/console/organization.zip").await;
    assert_eq!(file.expect(StatusCode::OK).header("content-type"), "application/zip");

    let leads = session.get("/console/leads").await.text();
    assert!(leads.contains("Erase this buyer") && leads.contains("you agree that Ana Reyes may contact you"));
    session
        .form("/console/leads", "/_fn/lead/erase", &format!("id={lead}"))
        .await;
    assert!(!session.get("/console/leads").await.text().contains("ida@example.com"));
}

/// Whoever only left a message sees it, withdraws and erases it, also once the realtor has taken the page away.
#[tokio::test]
async fn a_buyers_page_is_there_whatever_becomes_of_the_porch() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let url = ana.get(&format!("/v1/chatbots/{}", porch.bot)).await.json()["porch_url"].clone();
    let slug = url.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let sent = app
        .visitor()
        .form(
            &format!("/p/{slug}"),
            &format!("/p/{slug}/lead"),
            "name=Ida&email=ida%40example.com&message=Hello",
        )
        .await;
    let cookie = sent.header("set-cookie").split(';').next().unwrap().to_owned();
    let ida = app
        .visitor()
        .with("cookie", &cookie)
        .with("origin", "http://porch.test");
    let own = format!("/p/{slug}/me");
    assert!(
        ida.get(&own)
            .await
            .expect(StatusCode::OK)
            .text()
            .contains("You have asked nothing.")
    );
    let draft = ana
        .put(&format!("/v1/chatbots/{}", porch.bot), json!({ "status": "draft" }))
        .await;
    draft.expect(StatusCode::OK);
    ida.get(&format!("/p/{slug}")).await.expect(StatusCode::NOT_FOUND);
    app.visitor().get(&own).await.expect(StatusCode::NOT_FOUND);
    let stranger = app.visitor().with("cookie", "porch_x=1");
    stranger.get(&own).await.expect(StatusCode::NOT_FOUND);
    assert!(
        ida.get(&own)
            .await
            .expect(StatusCode::OK)
            .text()
            .contains("ida@example.com")
    );
    ida.get(&format!("{own}.json")).await.expect(StatusCode::OK);
    assert!(
        ida.form(&own, &format!("{own}/withdraw"), "")
            .await
            .status
            .is_redirection()
    );
    assert!(ana.get("/v1/leads").await.json()[0]["consents"][0]["withdrawn_at"].is_string());
    assert!(
        ida.form(&own, &format!("{own}/erase"), "")
            .await
            .status
            .is_redirection()
    );
    assert_eq!(ana.get("/v1/leads").await.json(), json!([]));
    ida.get(&own).await.expect(StatusCode::NOT_FOUND);
}
