//! A stranger's id is answered exactly as one that names nothing, on every route that has an id in it.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::app::{Store, TestApp, on_both};

const NOTHING: &str = "00000000-0000-7000-8000-00000000abcd";

async fn strangers_are_answered_as_if_nothing_were_there(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let asked = app
        .visitor()
        .post(
            &format!("/v1/public/chat/{}", porch.code),
            json!({ "message_text": "How many beds?" }),
        )
        .await;
    let conversation = asked.id("conversation_id");
    let ben = app.owner("ben").await;
    let (get, put, post, delete) = (Method::GET, Method::PUT, Method::POST, Method::DELETE);
    let routes = [
        (&get, "/v1/chatbots/{}", &porch.bot),
        (&put, "/v1/chatbots/{}", &porch.bot),
        (&delete, "/v1/chatbots/{}", &porch.bot),
        (&get, "/v1/properties/{}", &porch.property),
        (&put, "/v1/properties/{}", &porch.property),
        (&delete, "/v1/properties/{}", &porch.property),
        (&post, "/v1/properties/{}/train/url", &porch.property),
        (&post, "/v1/properties/{}/train/knowledge_base", &porch.property),
        (&get, "/v1/training_jobs/{}/status", &porch.job),
        (&get, "/v1/qr_codes/{}", &porch.code),
        (&get, "/v1/qr_codes/{}/image.png", &porch.code),
        (&get, "/v1/qr_codes/{}/image.svg", &porch.code),
        (&delete, "/v1/qr_codes/{}", &porch.code),
        (&get, "/v1/conversations/{}", &conversation),
    ];
    let body = |path: &str, method: &Method| match (method, path) {
        (_, path) if path.ends_with("url") => Some(json!({ "url": "https://example.com/" })),
        (_, path) if path.ends_with("knowledge_base") => Some(json!({ "text_content": "The roof is green." })),
        (&Method::PUT, _) => Some(json!({ "description": "Mine now" })),
        _ => None,
    };
    for (method, path, id) in &routes {
        let call = async |id: &str| {
            let path = path.replace("{}", id);
            ben.call((*method).clone(), &path, body(&path, method)).await
        };
        let (foreign, missing, malformed) = (call(id).await, call(NOTHING).await, call("not-an-id").await);
        let wanted = missing.problem(StatusCode::NOT_FOUND);
        assert_eq!(foreign.problem(StatusCode::NOT_FOUND), wanted, "{method} {path}");
        assert_eq!(malformed.problem(StatusCode::NOT_FOUND), wanted, "{method} {path}");
        let names = |answer: &crate::app::Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&foreign), names(&missing), "{method} {path}");
    }
    let document = format!("/v1/properties/{}/train/document", porch.property);
    let file = ("x.txt", "text/plain", b"The roof is green.".as_slice());
    let foreign = ben.upload(&document, file, &[]).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(
        foreign,
        ben.upload(&document.replace(&porch.property, NOTHING), file, &[])
            .await
            .problem(StatusCode::NOT_FOUND)
    );

    // Every one of these is there for its owner, unchanged.
    for (method, path, id) in routes.iter().filter(|(method, ..)| **method == Method::GET) {
        let path = path.replace("{}", id);
        ana.call((*method).clone(), &path, None).await.expect(StatusCode::OK);
    }
    assert_eq!(
        ana.get(&format!("/v1/chatbots/{}", porch.bot)).await.json()["description"],
        ""
    );
    for list in ["chatbots", "properties", "qr_codes", "leads", "conversations"] {
        assert_eq!(ben.get(&format!("/v1/{list}")).await.json(), json!([]), "{list}");
    }
    assert_eq!(ben.balance().await, 1000);
}
on_both!(strangers_are_answered_as_if_nothing_were_there);

#[tokio::test]
async fn ids_of_others_in_a_body_are_ids_of_nothing() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await.porch().await;
    let ben = app.owner("ben").await;
    let house = |bot: &str| json!({ "bot_id": bot, "address": "1 A St", "city": "B", "state": "IL", "zip_code": "1" });
    let foreign = ben
        .post("/v1/properties", house(&ana.bot))
        .await
        .problem(StatusCode::BAD_REQUEST);
    assert_eq!(
        foreign,
        ben.post("/v1/properties", house(NOTHING))
            .await
            .problem(StatusCode::BAD_REQUEST)
    );
    let bot = ben.post("/v1/chatbots", json!({ "name": "Mine" })).await.id("bot_id");
    let code = |bot: &str, property: &str| json!({ "bot_id": bot, "property_id": property });
    let foreign = ben
        .post("/v1/qr_codes", code(&bot, &ana.property))
        .await
        .problem(StatusCode::BAD_REQUEST);
    assert_eq!(
        foreign,
        ben.post("/v1/qr_codes", code(&bot, NOTHING))
            .await
            .problem(StatusCode::BAD_REQUEST)
    );
    let foreign = ben
        .post("/v1/qr_codes", json!({ "bot_id": ana.bot }))
        .await
        .problem(StatusCode::BAD_REQUEST);
    assert_eq!(
        foreign,
        ben.post("/v1/qr_codes", json!({ "bot_id": NOTHING }))
            .await
            .problem(StatusCode::BAD_REQUEST)
    );
    for list in ["properties", "qr_codes"] {
        assert_eq!(
            ben.get(&format!("/v1/{list}?bot_id={}", ana.bot)).await.json(),
            json!([]),
            "{list}"
        );
    }
    // A cursor is a place in one's own list.
    let foreign = ben.get(&format!("/v1/chatbots?after={}", ana.bot)).await;
    foreign.problem(StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_names_another_organization_stays_in_their_own() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let theirs = ana.get("/v1/users/me").await.id("organization_id");
    let ben = app.owner("ben").await;
    let own = ben.get("/v1/users/me").await.id("organization_id");
    for name in ["org_id", "organization_id", "tenant", "x-tenant-id"] {
        let claimed = ben.get(&format!("/v1/chatbots?{name}={theirs}&{name}={theirs}")).await;
        assert_eq!(claimed.expect(StatusCode::OK).json(), json!([]), "{name}");
        let body = json!({ "name": "Elm", name: theirs });
        ben.post("/v1/chatbots", body).await.problem(StatusCode::BAD_REQUEST);
        let nested = json!({ "name": "Elm", "conversation_config": { name: theirs } });
        ben.post("/v1/chatbots", nested).await.problem(StatusCode::BAD_REQUEST);
    }
    for header in ["x-tenant-id", "x-organization-id", "x-org-id"] {
        let claiming = ben.clone().with(header, &theirs);
        assert_eq!(claiming.get("/v1/users/me").await.id("organization_id"), own);
        assert_eq!(claiming.get("/v1/chatbots").await.json(), json!([]));
        claiming
            .get(&format!("/v1/chatbots/{}", porch.bot))
            .await
            .problem(StatusCode::NOT_FOUND);
    }
    assert_eq!(ana.get("/v1/chatbots").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_but_the_public_is_open_to_strangers() {
    let app = TestApp::new().await;
    for path in [
        "users/me",
        "chatbots",
        "properties",
        "qr_codes",
        "credits/balance",
        "credits/transactions",
        "leads",
        "conversations",
    ] {
        let refused = app.visitor().get(&format!("/v1/{path}")).await;
        refused.problem(StatusCode::UNAUTHORIZED);
        assert_eq!(refused.header("cache-control"), "no-store");
    }
    for path in ["chatbots", "properties", "qr_codes"] {
        for prefix in ["/v1", "/api"] {
            app.visitor()
                .post(&format!("{prefix}/{path}"), json!({}))
                .await
                .problem(StatusCode::UNAUTHORIZED);
            app.visitor()
                .get(&format!("{prefix}/{path}/{NOTHING}"))
                .await
                .problem(StatusCode::UNAUTHORIZED);
        }
    }
}
