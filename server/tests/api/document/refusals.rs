//! Every operation refuses what it says that it refuses, and answers no other method.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;

use crate::app::{
    Answer, Client, Store, TestApp,
    held::{Operation, operations},
    on_both,
};

const MISSING: &str = "00000000-0000-7000-8000-00000000abcd";

/// The address of an operation on something that is not there.
fn address(operation: &Operation, id: &str) -> String {
    operation
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

async fn send(client: &Client<'_>, operation: &Operation, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder()
        .method(operation.verb())
        .uri(address(operation, MISSING));
    client
        .send(request.header(header::CONTENT_TYPE, kind).body(body.into()).unwrap())
        .await
}

/// The same with a body that it can read, where it takes one.
async fn ask(client: &Client<'_>, operation: &Operation, id: &str) -> Answer {
    let path = address(operation, id);
    match operation.body() {
        Some(("multipart/form-data", _)) => client.upload(&path, ("a.txt", "text/plain", b"words"), &[]).await,
        Some(_) => client.call(operation.verb(), &path, Some(json!({}))).await,
        None => client.call(operation.verb(), &path, None).await,
    }
}

async fn every_refusal_of_every_operation_is_a_problem(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let stranger = app.visitor();
    let forger = Client {
        token: Some("not.a.token".into()),
        ..app.visitor()
    };
    let mut tried = 0;
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let said = operation.statuses();
        let mut refused = |answer: &Answer, status: StatusCode| {
            assert!(said.contains(&status.as_u16()), "{name} does not say {status}");
            tried += 1;
            answer.problem(status)
        };
        let secured = operation.said["security"].is_array();
        for nobody in [&stranger, &forger] {
            let answer = ask(nobody, &operation, MISSING).await;
            assert_eq!(
                answer.status == StatusCode::UNAUTHORIZED,
                secured || ["login", "refresh"].contains(&operation.id()),
                "{name}"
            );
            if answer.status == StatusCode::UNAUTHORIZED {
                refused(&answer, StatusCode::UNAUTHORIZED);
                assert_eq!(answer.header("www-authenticate"), "Bearer", "{name}");
            }
        }
        if operation.path.contains('{') {
            for id in [MISSING, "no-id", "%00", "%ff"] {
                let answer = ask(&ana, &operation, id).await;
                refused(&answer, StatusCode::NOT_FOUND);
            }
        }
        match operation.body() {
            None => continue,
            Some(("application/json", _)) => {
                for (bad, named) in [
                    ("{", None),
                    ("[]", None),
                    (r#"{"nobody_has_this":1}"#, Some("nobody_has_this")),
                ] {
                    let answer = send(&ana, &operation, "application/json", bad).await;
                    let problem = refused(&answer, StatusCode::BAD_REQUEST);
                    assert_eq!(problem["errors"][0]["field"].as_str(), named, "{name}");
                }
                refused(
                    &send(&ana, &operation, "text/plain", "{}").await,
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                );
                let long = " ".repeat(1024 * 1024 + 1);
                refused(
                    &send(&ana, &operation, "application/json", long).await,
                    StatusCode::PAYLOAD_TOO_LARGE,
                );
            }
            Some(_) => {
                refused(
                    &send(&ana, &operation, "application/json", "{}").await,
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                );
                let long = vec![0; 27 * 1024 * 1024];
                let kind = "multipart/form-data; boundary=x";
                refused(&send(&ana, &operation, kind, long).await, StatusCode::PAYLOAD_TOO_LARGE);
            }
        }
    }
    println!("{tried} refusals of {} operations", operations().len());
}

on_both!(every_refusal_of_every_operation_is_a_problem);

#[tokio::test]
async fn every_address_takes_its_methods_and_no_other() {
    let app = TestApp::new().await;
    let ana = app.owner("ana").await;
    let all = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT",
    ];
    let paths: BTreeSet<&str> = operations().iter().map(|operation| operation.path).collect();
    for path in &paths {
        let there: Vec<Operation> = operations().into_iter().filter(|known| known.path == *path).collect();
        let mut allowed: BTreeSet<String> = there.iter().map(|known| known.method.to_uppercase()).collect();
        if allowed.contains("GET") {
            allowed.insert("HEAD".into());
        }
        for method in all {
            let answer = ana
                .call(method.parse::<Method>().unwrap(), &address(&there[0], MISSING), None)
                .await;
            if allowed.contains(method) {
                assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                continue;
            }
            answer.expect(StatusCode::METHOD_NOT_ALLOWED);
            let told: BTreeSet<String> = answer.header("allow").split(',').map(str::to_owned).collect();
            assert_eq!(told, allowed, "{method} {path}");
        }
    }
    println!("{} addresses, {} methods each", paths.len(), all.len());
}
