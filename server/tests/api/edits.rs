//! Conditional requests: nobody overwrites what they have not seen, and nobody is sent what they have.

use std::{collections::BTreeSet, time::Duration};

use axum::http::{Method, StatusCode};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::app::{Client, Store, TestApp, held::operations, on_both};

/// What is removed, or ended, and never edited.
const NOT_EDITED: [&str; 5] = [
    "delete_invitation",
    "delete_source",
    "end_member_sessions",
    "erase_lead",
    "revoke_api_key",
];

#[test]
fn whatever_can_be_edited_has_versions() {
    let mut plain = BTreeSet::new();
    let (mut edited, mut read) = (0, 0);
    for operation in operations() {
        let parameters = operation.said["parameters"].as_array().into_iter().flatten();
        let reads = |name: &str| parameters.clone().any(|known| known["name"] == name);
        let tagged = !operation.said["responses"]["200"]["headers"]["ETag"].is_null();
        match operation.verb() {
            Method::GET => {
                let both = reads("If-None-Match") && operation.statuses().contains(&304);
                assert_eq!(both, tagged, "{}", operation.id());
                read += usize::from(tagged);
            }
            Method::POST => {}
            _ if reads("If-Match") => {
                assert!(operation.statuses().contains(&412), "{}", operation.id());
                edited += 1;
            }
            _ => drop(plain.insert(operation.id())),
        }
    }
    assert_eq!(plain, BTreeSet::from(NOT_EDITED));
    assert!(edited >= 11 && read >= 8, "{edited} edited, {read} read");
}

struct Thing {
    /// Where it is read, and where it is changed.
    at: String,
    edit: String,
    bodies: [Value; 2],
    is_removed: bool,
}

async fn things(ana: &Client<'_>) -> Vec<Thing> {
    let porch = ana.porch().await;
    let hook = json!({ "url": "https://house.invalid/hook", "events": ["lead.created"] });
    let hook = ana.post("/v1/webhooks", hook).await.id("webhook_id");
    let organization = ana.get("/v1/organizations/me").await.id("organization_id");
    let thing = |at: String, bodies, is_removed| Thing {
        edit: at.clone(),
        at,
        bodies,
        is_removed,
    };
    vec![
        thing(
            format!("/v1/qr_codes/{}", porch.code),
            [json!({ "label": "Front" }), json!({ "label": "Back" })],
            true,
        ),
        thing(
            format!("/v1/properties/{}", porch.property),
            [json!({ "price": 1 }), json!({ "price": 2 })],
            true,
        ),
        thing(
            format!("/v1/chatbots/{}", porch.bot),
            [json!({ "description": "One" }), json!({ "description": "Two" })],
            true,
        ),
        thing(
            format!("/v1/webhooks/{hook}"),
            [json!({ "active": false }), json!({ "active": true })],
            true,
        ),
        Thing {
            at: format!("/v1/organizations/{organization}"),
            edit: format!("/v1/organizations/{organization}/branding"),
            bodies: ["#112233", "#445566"].map(|colour| json!({ "branding_config": { "primary_color": colour } })),
            is_removed: false,
        },
    ]
}

async fn what_was_seen_is_what_is_changed(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    for Thing {
        at,
        edit,
        bodies: [one, two],
        is_removed,
    } in things(&ana).await
    {
        let seen = async || ana.get(&at).await.expect(StatusCode::OK).header("etag").to_owned();
        let only_if = |tag: &str| ana.clone().with("if-match", tag);
        let first = seen().await;
        assert_eq!(first, seen().await, "{at}");
        let known = ana
            .clone()
            .with("if-none-match", &format!("\"other\", {first}"))
            .get(&at)
            .await;
        assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{at}");
        assert_eq!(known.header("etag"), first);
        let head = ana
            .clone()
            .with("if-none-match", &first)
            .call(Method::HEAD, &at, None)
            .await;
        head.expect(StatusCode::NOT_MODIFIED);

        let changed = only_if(&first).put(&edit, one.clone()).await;
        let second = changed.expect(StatusCode::OK).header("etag").to_owned();
        assert_eq!((seen().await, first != second), (second.clone(), true), "{at}");
        let anew = ana.clone().with("if-none-match", &first).get(&at).await;
        anew.expect(StatusCode::OK);
        for stale in [first.as_str(), "\"other\"", &format!("W/{second}"), "\"\""] {
            let refused = only_if(stale).put(&edit, two.clone()).await;
            let problem = refused.problem(StatusCode::PRECONDITION_FAILED);
            assert_eq!(problem["type"], "/problems/changed-meanwhile", "{at} {stale}");
            if is_removed {
                only_if(stale)
                    .delete(&at)
                    .await
                    .problem(StatusCode::PRECONDITION_FAILED);
            }
        }
        assert_eq!(seen().await, second, "{at}");
        let malformed = only_if("unquoted").put(&edit, two.clone()).await;
        assert_eq!(malformed.faulty(), ["if_match"]);
        // One of several, whatever there is, and nothing said.
        let several = format!("\"other\", {second}");
        only_if(&several).put(&edit, two.clone()).await.expect(StatusCode::OK);
        only_if("*").put(&edit, one.clone()).await.expect(StatusCode::OK);
        let last = ana.put(&edit, two.clone()).await;
        let last = last.expect(StatusCode::OK).header("etag").to_owned();
        if is_removed {
            only_if(&last).delete(&at).await.expect(StatusCode::OK);
            only_if("*").delete(&at).await.problem(StatusCode::NOT_FOUND);
        }
    }
}

/// A visit changes what is shown of a code and not what can be changed of it.
async fn a_visit_takes_nobody_their_change(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let path = format!("/v1/qr_codes/{}", ana.porch().await.code);
    let before = ana.get(&path).await;
    let sign = before.json()["qr_code_url"]
        .as_str()
        .unwrap()
        .replace("http://porch.test", "");
    app.visitor().with("user-agent", "Mozilla/5.0").get(&sign).await;
    let shown = ana
        .clone()
        .with("if-none-match", before.header("etag"))
        .get(&path)
        .await;
    assert_eq!(shown.expect(StatusCode::OK).json()["scan_count"], 1);
    let change = ana.clone().with("if-match", before.header("etag"));
    change
        .put(&path, json!({ "label": "Front" }))
        .await
        .expect(StatusCode::OK);
}

/// A licence changes by itself, too, while it is verified.
async fn a_licence_is_replaced_only_as_it_was_seen(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let path = "/v1/users/me/license";
    let licence = |number: &str| json!({ "state": "OR", "number": number });
    let only_if = |tag: &str| ana.clone().with("if-match", tag);
    let first = ana.get(path).await.header("etag").to_owned();
    only_if(&first)
        .put(path, licence("201234567"))
        .await
        .expect(StatusCode::OK);
    only_if(&first)
        .put(path, licence("201234568"))
        .await
        .problem(StatusCode::PRECONDITION_FAILED);
    let settled = loop {
        let answer = ana.get(path).await;
        if answer.json()["status"] != "claimed" {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(settled.json()["number"], "201234567");
    let tag = settled.header("etag");
    only_if(tag)
        .put(path, licence("201234568"))
        .await
        .expect(StatusCode::OK);
    only_if(tag)
        .put(path, licence("201234569"))
        .await
        .problem(StatusCode::PRECONDITION_FAILED);
}

/// Ten at once, who count up the same price a hundred times each, and are told when somebody else was quicker.
async fn no_change_is_lost(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let house = json!({ "address": "1 A Street", "city": "B", "state": "IL", "zip_code": "62704", "price": 0 });
    let id = ana.post("/v1/properties", house).await.id("property_id");
    let path = format!("/v1/properties/{id}");
    let price = |body: &Value| body["price_minor"].as_i64().unwrap() / 100;
    let counting = async || {
        let mut done = 0;
        for _ in 0..100 {
            let seen = ana.get(&path).await;
            let change = ana.clone().with("if-match", seen.header("etag"));
            let answer = change.put(&path, json!({ "price": price(&seen.json()) + 1 })).await;
            match answer.status {
                StatusCode::OK => done += 1,
                _ => drop(answer.problem(StatusCode::PRECONDITION_FAILED)),
            }
        }
        done
    };
    let done: i64 = join_all((0..10).map(|_| counting())).await.into_iter().sum();
    assert_eq!(price(&ana.get(&path).await.json()), done);
    assert!((100..=1000).contains(&done), "{done} of 1000");
}

on_both!(
    what_was_seen_is_what_is_changed,
    a_visit_takes_nobody_their_change,
    a_licence_is_replaced_only_as_it_was_seen,
    no_change_is_lost,
);
