//! Lists, a page at a time: nothing twice, nothing left out, and no cursor but ours.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::app::{Answer, Client, Store, TestApp, cases, on_both};

fn house(street: &str) -> Value {
    json!({ "address": street, "city": "Springfield", "state": "IL", "zip_code": "62704" })
}

async fn add(client: &Client<'_>, street: &str) -> String {
    let made = client.post("/v1/properties", house(street)).await;
    made.expect(StatusCode::CREATED).id("property_id")
}

/// Where the next page is.
fn next(page: &Answer) -> Option<String> {
    let (address, _) = page.header("link").split_once(">; rel=\"next\"")?;
    Some(address.trim_start_matches('<').to_owned())
}

fn cursor(address: &str) -> String {
    let (_, query) = address.split_once("after=").unwrap();
    query.split('&').next().unwrap().to_owned()
}

async fn pages_hold_while_the_list_changes(store: Store) {
    let app = TestApp::on(store).await;
    let ana = app.owner("ana").await;
    let many = cases(120, 10_000);
    for round in 0..cases(2, 100) {
        let streets: Vec<String> = (0..many).map(|n| format!("{n} Round {round} Street")).collect();
        let there = join_all(streets.iter().map(|street| add(&ana, street))).await;
        let mut alive: BTreeSet<String> = there.iter().cloned().collect();
        let (mut seen, mut path) = (Vec::new(), "/v1/properties?limit=7".to_owned());
        loop {
            let page = ana.get(&path).await;
            let rows = page.expect(StatusCode::OK).json();
            let rows = rows.as_array().unwrap().iter();
            seen.extend(rows.map(|row| row["property_id"].as_str().unwrap().to_owned()));
            let Some(address) = next(&page) else { break };
            path = address;
            // Something new, and one gone that was seen, the cursor's own, and one that was not.
            add(&ana, "1 New Street").await;
            let unseen = alive.iter().find(|id| !seen.contains(id)).cloned();
            for gone in [seen.last().cloned(), unseen].into_iter().flatten() {
                ana.delete(&format!("/v1/properties/{gone}"))
                    .await
                    .expect(StatusCode::OK);
                alive.remove(&gone);
            }
        }
        let once: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(once.len(), seen.len(), "some came twice");
        assert!(
            alive.is_subset(&once),
            "{} were left out",
            alive.difference(&once).count()
        );
        assert!(seen.len() > many / 2);
        for id in alive {
            ana.delete(&format!("/v1/properties/{id}")).await.expect(StatusCode::OK);
        }
    }
}

async fn only_our_own_cursors_count(store: Store) {
    let app = TestApp::on(store).await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    for street in ["1 A Street", "2 B Street", "3 C Street"] {
        add(&ana, street).await;
        add(&ben, street).await;
    }
    let page = ana.get("/v1/properties?limit=1").await;
    let good = cursor(&next(&page).unwrap());
    let refused = async |client: &Client<'_>, path: &str, after: &str| {
        let answer = client.get(&format!("{path}?after={after}")).await;
        assert_eq!(answer.faulty(), ["after"], "{path} {after}");
    };
    ana.get(&format!("/v1/properties?after={good}"))
        .await
        .expect(StatusCode::OK);
    // The API's other prefix leads to the same list.
    ana.get(&format!("/api/properties?after={good}"))
        .await
        .expect(StatusCode::OK);
    refused(&ben, "/v1/properties", &good).await;
    for other in ["/v1/chatbots", "/v1/leads", "/v1/audit", "/v1/credits/transactions"] {
        refused(&ana, other, &good).await;
    }
    for at in 0..good.len() {
        let mut forged = good.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        refused(&ana, "/v1/properties", &String::from_utf8(forged).unwrap()).await;
    }
    let first = page.json()[0]["property_id"].as_str().unwrap().to_owned();
    for made_up in [
        "",
        "x",
        "%00x",
        &first,
        &good[1..],
        &good[..good.len() - 1],
        &format!("{good}A"),
        &"A".repeat(5000),
    ] {
        let answer = ana.get(&format!("/v1/properties?after={made_up}")).await;
        answer.problem(StatusCode::BAD_REQUEST);
    }
    for (limit, status) in [
        ("0", 400),
        ("101", 400),
        ("-1", 400),
        ("1.5", 400),
        ("", 400),
        ("1", 200),
        ("100", 200),
    ] {
        let answer = ana.get(&format!("/v1/properties?limit={limit}")).await;
        assert_eq!(answer.status.as_u16(), status, "{limit}");
    }
    app.clock.advance(TimeDelta::hours(24));
    let later = app.again("ana").await;
    refused(&later, "/v1/properties", &good).await;
    // What another key of the server signed holds while that key is kept.
    let fresh = cursor(&next(&later.get("/v1/properties?limit=1").await).unwrap());
    let both = app
        .restarted(|config| {
            config
                .encryption_keys
                .insert(0, "a newer secret for tests of thirty-two bytes or more".into())
        })
        .await;
    let ana = both.again("ana").await;
    ana.get(&format!("/v1/properties?after={fresh}"))
        .await
        .expect(StatusCode::OK);
}

async fn properties_are_found_by_where_they_are(store: Store) {
    let app = TestApp::on(store).await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    let mut ids = Vec::new();
    for (address, city, state, zip) in [
        ("12 Elm Street", "Springfield", "IL", "62704"),
        ("12 Elm Court", "Shelbyville", "IL", "62565"),
        ("9 Oak Street", "Springfield", "MO", "65801"),
        ("100%_Lane", "North Haven", "CT", "06473"),
    ] {
        let body = json!({ "address": address, "city": city, "state": state, "zip_code": zip });
        ids.push(
            ana.post("/v1/properties", body)
                .await
                .expect(StatusCode::CREATED)
                .id("property_id"),
        );
    }
    ben.post("/v1/properties", house("12 Elm Street"))
        .await
        .expect(StatusCode::CREATED);
    let found = async |body: Value| {
        let rows = ana.post("/v1/properties/search", body).await;
        let rows = rows.expect(StatusCode::OK).json();
        let place = |row: &Value| ids.iter().position(|id| row["property_id"] == **id).unwrap();
        rows.as_array().unwrap().iter().map(place).collect::<Vec<_>>()
    };
    for (body, wanted) in [
        (json!({}), vec![3, 2, 1, 0]),
        (json!({ "address": "ELM" }), vec![1, 0]),
        (json!({ "address": " street " }), vec![2, 0]),
        (json!({ "city": "spring" }), vec![2, 0]),
        (json!({ "city": "spring", "state": "IL" }), vec![0]),
        (json!({ "state": "I" }), vec![]),
        (json!({ "zip_code": "62565" }), vec![1]),
        (json!({ "zip_code": "6256" }), vec![]),
        (json!({ "address": "%" }), vec![3]),
        (json!({ "address": "_l" }), vec![3]),
        (json!({ "address": "!" }), vec![]),
        (json!({ "address": null, "city": "haven" }), vec![3]),
        (json!({ "address": "'; drop table property" }), vec![]),
    ] {
        assert_eq!(found(body.clone()).await, wanted, "{body}");
    }
    let words = json!({ "address": "elm" });
    let first = ana.post("/v1/properties/search?limit=1", words.clone()).await;
    let path = next(&first).unwrap();
    let second = ana.post(&path, words).await;
    assert_eq!(second.expect(StatusCode::OK).json()[0]["property_id"], ids[0]);
    assert_eq!(next(&second), None);
    let long = ana
        .post("/v1/properties/search", json!({ "address": "x".repeat(201) }))
        .await;
    assert_eq!(long.faulty(), ["address"]);
}

on_both!(
    pages_hold_while_the_list_changes,
    only_our_own_cursors_count,
    properties_are_found_by_where_they_are,
);
