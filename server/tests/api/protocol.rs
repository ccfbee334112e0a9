//! What holds for every address: failures, headers, limits.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn every_failure_is_a_problem() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    for path in ["/v1/nothing", "/api/nothing/else", "/v1", "/v1/chatbots/x/y"] {
        ana.get(path).await.problem(StatusCode::NOT_FOUND);
    }
    let send = async |kind: &str, body: String| {
        let request = Request::post("/v1/chatbots")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        ana.send(request).await
    };
    send("application/json", "{".into())
        .await
        .problem(StatusCode::BAD_REQUEST);
    send("application/json", "{\"name\":\"a\"}{}".into())
        .await
        .problem(StatusCode::BAD_REQUEST);
    send("text/plain", "{\"name\":\"a\"}".into())
        .await
        .problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    send("application/json; charset=latin1", "{\"name\":\"a\"}".into())
        .await
        .problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(1024 * 1024));
    send("application/json", long.clone())
        .await
        .problem(StatusCode::PAYLOAD_TOO_LARGE);
    // The same without a length told beforehand.
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>(long.into_bytes())]);
    let request = Request::post("/v1/chatbots").header(header::CONTENT_TYPE, "application/json");
    ana.send(request.body(Body::from_stream(chunks)).unwrap())
        .await
        .problem(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(ana.get("/v1/chatbots").await.json(), json!([]));
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_ones() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    for (path, allowed) in [
        ("/v1/chatbots", "GET,HEAD,POST"),
        ("/v1/chatbots/x", "GET,HEAD,PUT,DELETE"),
        ("/v1/auth/login", "POST"),
        ("/v1/credits/balance", "GET,HEAD"),
        ("/v1/public/chat/x", "POST"),
        ("/healthz", "GET,HEAD"),
    ] {
        for method in [Method::PATCH, Method::TRACE] {
            let answer = ana.call(method, path, None).await;
            answer.problem(StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(answer.header("allow"), allowed, "{path}");
        }
    }
    // A header does not change the method.
    let overridden = ana
        .clone()
        .with("x-http-method-override", "DELETE")
        .get("/v1/chatbots/x")
        .await;
    overridden.problem(StatusCode::NOT_FOUND);
    for path in ["/v1/users/me", "/v1/chatbots", "/v1/nothing", "/healthz"] {
        let (get, head) = (ana.get(path).await, ana.call(Method::HEAD, path, None).await);
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}

#[tokio::test]
async fn requests_have_an_id() {
    let app = TestApp::new().await;
    let given = app.visitor().with("x-request-id", "mine-1").get("/v1/nothing").await;
    assert_eq!(given.header("x-request-id"), "mine-1");
    assert_eq!(given.json()["instance"], "mine-1");
    let first = app.visitor().get("/healthz").await.header("x-request-id").to_owned();
    let second = app.visitor().with("x-request-id", "a bad one").get("/healthz").await;
    assert!(uuid::Uuid::parse_str(&first).is_ok());
    assert!(uuid::Uuid::parse_str(second.header("x-request-id")).is_ok());
    assert_ne!(first, second.header("x-request-id"));
}

#[tokio::test]
async fn alive_and_ready() {
    let app = TestApp::new().await;
    assert_eq!(
        app.visitor().get("/healthz").await.expect(StatusCode::OK).json(),
        json!({ "status": "ok" })
    );
    assert_eq!(
        app.visitor().get("/readyz").await.expect(StatusCode::OK).json(),
        json!({ "status": "ready" })
    );
    app.engine.stopping().cancel();
    app.visitor().get("/healthz").await.expect(StatusCode::OK);
    app.visitor()
        .get("/readyz")
        .await
        .problem(StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn pages_may_run_only_what_is_ours() {
    let app = TestApp::new().await;
    let api = app.visitor().get("/v1/nothing").await;
    assert_eq!(
        api.header("content-security-policy"),
        "default-src 'none'; frame-ancestors 'none'"
    );
    for name in [
        "x-content-type-options",
        "referrer-policy",
        "x-frame-options",
        "permissions-policy",
    ] {
        assert!(!api.header(name).is_empty(), "{name}");
    }
    let mut seen = Vec::new();
    for path in ["/sign-in", "/", "/no/such/page"] {
        let page = app.visitor().get(path).await;
        assert!(
            page.header("content-type").starts_with("text/html"),
            "{path}: {}",
            page.status
        );
        let policy = page.header("content-security-policy").to_owned();
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        let html = page.text();
        let inline: Vec<&str> = html
            .split("<script")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
            .collect();
        let own = inline
            .iter()
            .filter(|tag| !tag.contains("src="))
            .all(|tag| tag.contains(&nonce));
        assert!(own, "{path}: {inline:?}");
        assert!(!html.contains(" onclick=") && !html.contains(" style=\""), "{path}");
        seen.push(nonce);
    }
    seen.dedup();
    assert_eq!(seen.len(), 3, "a nonce was used twice");
    app.visitor().get("/no/such/page").await.expect(StatusCode::NOT_FOUND);
    app.visitor()
        .get("/pkg/missing.js")
        .await
        .problem(StatusCode::NOT_FOUND);
    app.visitor()
        .post("/no/such/page", json!({}))
        .await
        .problem(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_are_tagged() {
    let app = TestApp::new().await;
    let file = app.visitor().get("/pkg/porchlight.css").await;
    assert_eq!(file.expect(StatusCode::OK).text(), "body { margin: 0 }");
    assert_eq!(file.header("cache-control"), "no-cache");
    assert_eq!(file.header("content-type"), "text/css; charset=utf-8");
    let tag = file.header("etag");
    let again = app
        .visitor()
        .with("if-none-match", tag)
        .get("/pkg/porchlight.css")
        .await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    let stale = app
        .visitor()
        .with("if-none-match", "\"other\"")
        .get("/pkg/porchlight.css")
        .await;
    stale.expect(StatusCode::OK);
    app.visitor().get("/../Cargo.toml").await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn other_sites_cannot_post_in_a_visitors_name() {
    let app = TestApp::new().await;
    let login = json!({ "email": "x@example.com", "password": "y" });
    let with_cookie = app.visitor().with("cookie", "porchlight_session=x");
    for headers in [
        vec![],
        vec![("origin", "https://evil.test")],
        vec![("sec-fetch-site", "cross-site"), ("origin", "http://porch.test")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "null")],
    ] {
        let client = headers
            .iter()
            .fold(with_cookie.clone(), |client, (name, value)| client.with(name, value));
        client
            .post("/v1/auth/login", login.clone())
            .await
            .problem(StatusCode::FORBIDDEN);
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "http://porch.test")] {
        let answer = with_cookie
            .clone()
            .with(name, value)
            .post("/v1/auth/login", login.clone())
            .await;
        answer.problem(StatusCode::UNAUTHORIZED);
    }
    // Nobody is signed in by a form of another site, who brings no cookie.
    let from_afar = app.visitor().with("sec-fetch-site", "cross-site");
    let form = "email=ana%40example.com&password=x";
    let refused = from_afar.form("/sign-in", "/_fn/auth/sign_in", form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let own = app.visitor().with("sec-fetch-site", "same-origin");
    assert_ne!(
        own.form("/sign-in", "/_fn/auth/sign_in", form).await.status,
        StatusCode::FORBIDDEN
    );
    // Programs send no cookies; with a token a cookie does not matter.
    app.visitor()
        .post("/v1/auth/login", login)
        .await
        .problem(StatusCode::UNAUTHORIZED);
    let ana = app
        .owner("ana")
        .await
        .with("cookie", "porchlight_session=x")
        .with("origin", "https://evil.test");
    ana.post("/v1/chatbots", json!({ "name": "Elm" }))
        .await
        .expect(StatusCode::CREATED);
}
