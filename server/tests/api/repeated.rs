//! Requests under a key of the caller's own (`Idempotency-Key`): one effect, and for a day one answer.

use std::collections::BTreeSet;

use axum::http::{Method, Request, StatusCode};
use chrono::TimeDelta;
use domain::tenancy::Role;
use engine::Config;
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Notify,
};

use crate::{
    app::{Answer, Client, PASSWORD, Setup, Store, TestApp, held::operations, on_both},
    matrix::joined,
};

const REPLAYED: &str = "idempotency-replayed";

fn house(street: &str) -> Value {
    json!({ "address": street, "city": "Springfield", "state": "IL", "zip_code": "62704" })
}

fn keyed<'a>(client: &Client<'a>, key: &str) -> Client<'a> {
    client.clone().with("idempotency-key", key)
}

async fn count(client: &Client<'_>, path: &str) -> usize {
    client.get(path).await.json().as_array().unwrap().len()
}

/// What is made and paid for can be sent again: every such operation says so, but for the one that nobody has signed in for.
#[test]
fn every_operation_that_makes_something_takes_a_key() {
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    for operation in operations().into_iter().filter(|known| known.verb() == Method::POST) {
        let parameters = operation.said["parameters"].as_array().into_iter().flatten();
        let takes = parameters.clone().any(|known| known["name"] == "Idempotency-Key");
        if operation.statuses().iter().any(|status| matches!(status, 201 | 202)) {
            let known = if takes { &mut with } else { &mut without };
            known.insert(operation.id());
        }
        if takes {
            assert!(
                operation.statuses().is_superset(&BTreeSet::from([400, 409, 422])),
                "{}",
                operation.id()
            );
        }
    }
    assert_eq!(without, BTreeSet::from(["register"]));
    assert!(with.len() >= 12, "{with:?}");
}

async fn fifty_at_once_have_one_effect(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let hook = json!({ "url": "https://house.invalid/hook", "events": ["lead.created"] });
    for (path, body) in [("/v1/properties", house("1 A Street")), ("/v1/webhooks", hook)] {
        let client = keyed(&ana, "order-1");
        let answers = join_all((0..50).map(|_| client.post(path, body.clone()))).await;
        let last = client.post(path, body.clone()).await;
        assert_eq!(
            (
                last.expect(StatusCode::CREATED).header(REPLAYED),
                last.header("content-type")
            ),
            ("true", "application/json")
        );
        let (made, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == StatusCode::CREATED);
        assert!(made.iter().all(|answer| answer.bytes == last.bytes));
        assert_eq!(
            made.iter().filter(|answer| answer.header(REPLAYED).is_empty()).count(),
            1
        );
        for answer in busy {
            answer.problem(StatusCode::CONFLICT);
            assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        }
        assert_eq!(count(&ana, path).await, 1, "{path}");
    }
}

async fn a_key_stands_for_one_request(store: Store) {
    let app = TestApp::on(store).await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    let first = keyed(&ana, "order-1");
    let made = first.post("/v1/properties", house("1 A Street")).await;
    let made = made.expect(StatusCode::CREATED);
    let other = first.post("/v1/properties", house("2 B Street")).await;
    assert_eq!(
        other.problem(StatusCode::UNPROCESSABLE_ENTITY)["type"],
        "/problems/idempotency-key-reused"
    );
    // The same fields in another order, with spaces, at the other address of the API.
    let spaced = r#"{ "zip_code": "62704", "state": "IL", "city": "Springfield", "address": "1 A Street" }"#;
    let spaced = Request::post("/api/properties")
        .header("content-type", "application/json")
        .body(spaced.into());
    let again = first.send(spaced.unwrap()).await;
    assert_eq!((again.bytes == made.bytes, again.header(REPLAYED)), (true, "true"));
    // Another route's, another organization's and another member's keys are other keys.
    let hook = json!({ "url": "https://house.invalid/hook", "events": ["lead.created"] });
    first.post("/v1/webhooks", hook).await.expect(StatusCode::CREATED);
    joined(&ana, "cy@example.com", Role::Realtor).await;
    let credentials = json!({ "email": "cy@example.com", "password": PASSWORD });
    let token = app
        .visitor()
        .post("/v1/auth/login", credentials)
        .await
        .id("access_token");
    let cy = Client {
        token: Some(token),
        ..app.visitor()
    };
    for client in [&ben, &cy] {
        let theirs = keyed(client, "order-1");
        let theirs = theirs.post("/v1/properties", house("1 A Street")).await;
        assert_eq!(theirs.expect(StatusCode::CREATED).header(REPLAYED), "");
        let bot = keyed(client, "bot-1")
            .post("/v1/chatbots", json!({ "name": "Elm" }))
            .await;
        assert_eq!(bot.expect(StatusCode::CREATED).header(REPLAYED), "");
    }
    assert_eq!(
        (count(&ana, "/v1/properties").await, count(&ben, "/v1/properties").await),
        (2, 1)
    );
    // Nobody is told anything by a key.
    let stranger = keyed(&app.visitor(), "order-1");
    stranger
        .post("/v1/properties", house("1 A Street"))
        .await
        .problem(StatusCode::UNAUTHORIZED);
    // A day later it is a new one, also for another request.
    app.clock.advance(TimeDelta::hours(25));
    let ana = app.again("ana").await;
    let anew = keyed(&ana, "order-1").post("/v1/properties", house("3 C Street")).await;
    assert_eq!(anew.expect(StatusCode::CREATED).header(REPLAYED), "");
}

async fn what_had_no_effect_is_not_kept(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let first = keyed(&ana, "order-1");
    first
        .post("/v1/properties", house(""))
        .await
        .problem(StatusCode::BAD_REQUEST);
    first
        .post("/v1/properties", house("1 A Street"))
        .await
        .expect(StatusCode::CREATED);
    for (key, status) in [
        (String::new(), StatusCode::BAD_REQUEST),
        ("x".repeat(256), StatusCode::BAD_REQUEST),
        ("a b".into(), StatusCode::BAD_REQUEST),
        ("x".repeat(255), StatusCode::CREATED),
    ] {
        let answer = keyed(&ana, &key).post("/v1/properties", house("2 B Street")).await;
        assert_eq!(answer.status, status, "{} characters", key.len());
    }
    let two = Request::post("/v1/properties")
        .header("idempotency-key", "one")
        .header("idempotency-key", "two");
    let twice = ana.send(two.body("{}".into()).unwrap()).await;
    assert_eq!(twice.faulty(), ["idempotency_key"]);
    let long = json!({ "address": "x".repeat(1024 * 1024) });
    first
        .post("/v1/properties", long)
        .await
        .problem(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(count(&ana, "/v1/properties").await, 2);
}

async fn a_file_is_the_same_whatever_divides_its_form(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    let path = format!("/v1/properties/{}/train/document", porch.property);
    let before = ana.balance().await;
    let send = async |edge: &str, text: &str| {
        let body = format!(
            "--{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--{edge}--\r\n"
        );
        let request = Request::post(&path)
            .header("content-type", format!("multipart/form-data; boundary={edge}"))
            .body(body.into());
        keyed(&ana, "file-1").send(request.unwrap()).await
    };
    let first = send("one-edge", "The light is green.").await;
    let again = send("another", "The light is green.").await;
    assert_eq!(
        (again.expect(StatusCode::ACCEPTED).header(REPLAYED), &again.bytes),
        ("true", &first.bytes)
    );
    send("one-edge", "The light is red.")
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&ana, "/v1/sources").await, 2);
    ana.finished(&first.id("job_id")).await;
    assert_eq!(ana.balance().await, before - 5);
}

/// A picture that does not come until it is told to keeps a request in the air.
async fn what_is_in_flight_is_waited_for(store: Store) {
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = slow.local_addr().unwrap();
    let config = Box::new(move |config: &mut Config| config.fetch_allow = at.to_string());
    let app = TestApp::with(Setup {
        store,
        config,
        ..Setup::default()
    })
    .await;
    let ana = app.owner("ana").await;
    let (called, go) = (Notify::new(), Notify::new());
    let pictures = async {
        loop {
            let (mut stream, _) = slow.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            called.notify_one();
            go.notified().await;
            go.notify_one();
            let _ = stream
                .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await;
        }
    };
    let client = keyed(&ana, "logo");
    let path = "/v1/organizations/me/branding";
    let body = json!({ "logo_url": format!("http://{at}/logo.png") });
    let others = async {
        called.notified().await;
        let busy = client.post(path, body.clone()).await;
        busy.problem(StatusCode::CONFLICT);
        assert!(busy.header("retry-after").parse::<u32>().unwrap() > 0);
        let other = client.post(path, json!({ "company_name": "Elm" })).await;
        other.problem(StatusCode::UNPROCESSABLE_ENTITY);
        go.notify_one();
    };
    let all = async { tokio::join!(client.post(path, body.clone()), others) };
    let first: Answer = tokio::select! {
        (first, ()) = all => first,
        () = pictures => unreachable!("pictures are served for ever"),
    };
    first.problem(StatusCode::BAD_REQUEST);
    // It came to nothing, so that the key is free.
    client
        .post(path, json!({ "company_name": "Elm" }))
        .await
        .expect(StatusCode::OK);
    let again = client.post(path, json!({ "company_name": "Elm" })).await;
    assert_eq!(again.expect(StatusCode::OK).header(REPLAYED), "true");
}

on_both!(
    fifty_at_once_have_one_effect,
    a_key_stands_for_one_request,
    what_had_no_effect_is_not_kept,
    a_file_is_the_same_whatever_divides_its_form,
    what_is_in_flight_is_waited_for,
);
