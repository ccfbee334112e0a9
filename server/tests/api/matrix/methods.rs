//! Every route under every method: it takes its own, and says which they are.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};

use super::{
    Actor,
    routes::{API, Kind, Row, WEB, rows},
    world::{self, World},
};
use crate::{
    app::{Answer, Setup, TestApp},
    console::signed_in,
};

const METHODS: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
    Method::CONNECT,
];

/// An address of a route that names nothing.
fn address(route: &str) -> String {
    let parts = route.split('/').map(|part| match part.starts_with('{') {
        true => "x",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = TestApp::new().await;
    app.owner("ana").await;
    // Who is not signed in is led to the sign-in page first, wherever in the console.
    let ana = signed_in(&app, "ana@example.com").await;
    let mut allowed = BTreeMap::<String, BTreeSet<String>>::new();
    for (method, route) in rows() {
        let of_route = allowed.entry(route).or_default();
        if method == "GET" {
            of_route.insert("HEAD".into());
        }
        of_route.insert(method);
    }
    let (mut tried, mut faults) = (0, Vec::new());
    for (route, allowed) in &allowed {
        for method in METHODS.iter().filter(|method| !allowed.contains(method.as_str())) {
            let answer = ana.call(method.clone(), &address(route), None).await;
            let told = answer.header("allow").split(',').map(|one| one.trim().to_owned());
            let told: BTreeSet<String> = told.filter(|one| !one.is_empty()).collect();
            if answer.status != StatusCode::METHOD_NOT_ALLOWED || told != *allowed {
                faults.push(format!("{method} {route}: {} {told:?}", answer.status));
            }
            tried += 1;
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(tried > 1000, "{tried} tried");
}

/// The status and the headers, but for what is another each time.
fn head_of(answer: &Answer) -> (StatusCode, BTreeMap<String, String>) {
    let differs = ["x-request-id", "content-security-policy", "set-cookie", "link"];
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !differs.contains(&name.as_str()));
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    (answer.status, headers.collect())
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let app = TestApp::with(world::setup(crate::app::Store::Sqlite)).await;
    let world = World::new(&app).await;
    let api = API.iter().map(|row| ("/v1", row));
    let all = api.chain(WEB.iter().map(|row| ("", row)));
    let (mut tried, mut faults) = (0, Vec::new());
    for (prefix, row) in all.filter(|(_, row)| row.method == "GET" && row.kind != Kind::Staff && !row.consumes) {
        let head = Row { method: "HEAD", ..*row };
        let get = world.ask(Actor::OwnSession, prefix, row, false).await;
        let head = world.ask(Actor::OwnSession, prefix, &head, false).await;
        if head_of(&get) != head_of(&head) || !head.bytes.is_empty() {
            faults.push(format!(
                "{prefix}{}\n  {:?}\n  {:?}",
                row.address,
                head_of(&get),
                head_of(&head)
            ));
        }
        tried += 1;
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(tried > 80, "{tried} tried");
}

/// Checks S-23, S-24 and P-11: whatever is asked, of whatever route, the answer says what a browser may do with it. A page's
/// nonce is its own, and nobody keeps it.
#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let app = TestApp::with(Setup {
        config: Box::new(|config| config.public_url = "https://porch.test".into()),
        ..Setup::default()
    })
    .await;
    let ana = app.owner("ana").await;
    let routes: BTreeSet<String> = rows().into_iter().map(|(_, route)| route).collect();
    let (mut answers, mut nonces) = (0, BTreeSet::new());
    for route in &routes {
        let elsewhere = format!("{}/nothing-here", address(route));
        for path in [address(route), elsewhere] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                for who in [app.visitor(), app.visitor().with("accept", "text/html"), ana.clone()] {
                    let answer = who.call(method.clone(), &path, None).await;
                    let name = format!("{method} {path} {}", answer.status);
                    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{name}");
                    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
                    assert!(!answer.header("referrer-policy").is_empty(), "{name}");
                    let policy = answer.header("content-security-policy");
                    let known = policy.contains("default-src 'none'") || policy.contains("default-src 'self'");
                    assert!(known && policy.contains("frame-ancestors"), "{name}: {policy}");
                    for open in ["'unsafe-inline'", "'unsafe-eval'", "data:", "*", "http:", "https:"] {
                        let held = policy
                            .split(';')
                            .filter(|part| part.split(' ').any(|word| word == open));
                        let held: Vec<_> = held.filter(|part| !part.trim().starts_with("img-src")).collect();
                        assert!(held.is_empty(), "{name}: {held:?}");
                    }
                    if let Some((_, nonce)) = policy.split_once("'nonce-") {
                        let nonce = nonce.split('\'').next().unwrap().to_owned();
                        assert!(nonce.len() >= 22, "{name}: {nonce}");
                        assert!(nonces.insert(nonce), "{name}: a nonce for the second time");
                        assert!(answer.header("cache-control").contains("no-store"), "{name}");
                    }
                    answers += 1;
                }
            }
        }
    }
    assert!(
        answers > 2_000 && nonces.len() > 200,
        "{answers}, {} of them pages",
        nonces.len()
    );
    println!("{answers} answers, {} of them pages", nonces.len());
}
