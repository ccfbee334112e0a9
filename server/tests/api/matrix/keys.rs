//! Every route by a program with an API key of each scope, and with none that holds: what a key may is said here once more, by
//! itself, so that neither the router nor the rule can grow unseen.

use axum::http::StatusCode;
use domain::api_key::KeyScope;
use serde_json::json;

use super::{
    Verdict,
    routes::{API, Kind, Row, WEB},
    verdict,
    world::{self, World},
};
use crate::app::{Answer, Client, Store, TestApp, on_both};

/// The scope that a row needs; `None` where no key helps.
fn scope(row: &Row) -> Option<KeyScope> {
    let daily = [
        "chatbots",
        "properties",
        "training",
        "training_jobs",
        "sources",
        "qr_codes",
        "analytics",
        "credits",
        "organizations",
    ];
    let noun = row.route.split('/').nth(1).unwrap();
    match (noun, row.method) {
        ("leads" | "conversations", "GET") => Some(KeyScope::Leads),
        _ if row.route == "/credits/purchase" => None,
        _ if row.route == "/properties/search" => Some(KeyScope::Read),
        ("users", "GET") if row.route == "/users/me" => Some(KeyScope::Read),
        (noun, "GET") if daily.contains(&noun) => Some(KeyScope::Read),
        (noun, _) if daily.contains(&noun) => Some(KeyScope::Write),
        _ => None,
    }
}

async fn made(world: &World<'_>, scopes: &[KeyScope]) -> (String, String) {
    let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    let body = json!({ "name": "CRM", "scopes": scopes });
    let made = world.ana.post("/v1/api_keys", body).await;
    made.expect(StatusCode::CREATED);
    (made.id("key_id"), made.id("key"))
}

fn with<'a>(app: &'a TestApp, key: &str) -> Client<'a> {
    Client {
        token: Some(key.to_owned()),
        ..app.visitor()
    }
}

/// What is wrong with the answer to a key that lacks what the row needs.
fn refused_wrongly(answer: &Answer, needs: Option<KeyScope>) -> Option<String> {
    let kind = match needs {
        Some(scope) => format!("/problems/{}-scope-needed", scope.as_str()),
        None => "/problems/not-for-api-keys".to_owned(),
    };
    let asked = needs.map(|scope| format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", scope.as_str()));
    let right = answer.status == StatusCode::FORBIDDEN
        && answer.header("content-type") == "application/problem+json"
        && answer.json()["type"] == kind
        && answer.header("www-authenticate") == asked.unwrap_or_default();
    (!right).then(|| format!("{} {} instead of {kind}", answer.status, answer.text()))
}

/// Rows of Ana's organization, but for what is noted of her keys' use.
async fn rows(world: &World<'_>) -> Vec<String> {
    let mut rows = world.rows_of_ana().await;
    rows.retain(|row| !row.starts_with("api_key: "));
    rows
}

async fn a_key_opens_what_its_scope_says(store: Store) {
    let app = TestApp::with(world::setup(store)).await;
    let mut world = World::new(&app).await;
    let mut keys = Vec::new();
    for scope in KeyScope::ALL {
        keys.push((scope, made(&world, &[scope]).await.1));
    }
    let stored = world.rows_of_ana().await;
    for (_, key) in &keys {
        let secret = key.rsplit('_').next().unwrap();
        assert!(
            stored
                .iter()
                .all(|row| !row.contains(secret) && !row.contains(&secret[..43]))
        );
    }
    let (gone, revoked) = made(&world, &KeyScope::ALL).await;
    let deleted = world.ana.delete(&format!("/v1/api_keys/{gone}")).await;
    deleted.expect(StatusCode::OK);

    let guarded = |row: &&Row| !matches!(row.kind, Kind::Open | Kind::Secret | Kind::Staff);
    let api = || {
        ["/v1", "/api"]
            .into_iter()
            .flat_map(|prefix| API.iter().map(move |row| (prefix, row)))
            .filter(|(_, row)| guarded(row))
    };
    let before = rows(&world).await;
    let (mut faults, mut refused) = (Vec::new(), 0);
    for (prefix, row) in api() {
        let name = format!("{} {prefix}{}", row.method, row.address);
        let answer = world
            .ask_as(&with(&app, &revoked), &world.hers, prefix, row, false)
            .await;
        if answer.status != StatusCode::UNAUTHORIZED {
            faults.push(format!("{name} with a revoked key: {}", answer.status));
        }
        for (has, key) in keys.iter().filter(|(has, _)| scope(row) != Some(*has)) {
            let answer = world.ask_as(&with(&app, key), &world.hers, prefix, row, false).await;
            refused += 1;
            let wrong = refused_wrongly(&answer, scope(row));
            faults.extend(wrong.map(|wrong| format!("{name} with {has:?}: {wrong}")));
        }
    }
    // The console's pages and forms know no keys.
    for row in WEB.iter().filter(guarded) {
        for (has, key) in &keys {
            let answer = world.ask_as(&with(&app, key), &world.hers, "", row, false).await;
            refused += 1;
            if verdict(&answer) == Verdict::Given || answer.text().contains(world::CANARY) {
                faults.push(format!(
                    "{} {} with {has:?}: {}",
                    row.method, row.address, answer.status
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert_eq!(before, rows(&world).await, "after nothing but refusals");
    assert!(refused > 400, "{refused}");

    // Then what each opens, and that nothing but `leads` shows what a buyer said.
    let (mut opened, said) = (0, format!("How many beds has {}", world::CANARY));
    let (gentle, consuming): (Vec<_>, Vec<_>) = api().partition(|(_, row)| !row.consumes);
    for (prefix, row) in gentle.into_iter().chain(consuming) {
        for (has, key) in keys.iter().filter(|(has, _)| scope(row) == Some(*has)) {
            if row.consumes {
                world.furnish().await;
            }
            let answer = world.ask_as(&with(&app, key), &world.hers, prefix, row, false).await;
            opened += 1;
            let tells = *has != KeyScope::Leads && answer.text().contains(&said);
            if !answer.status.is_success() || tells {
                let text = answer.text();
                faults.push(format!("{} {prefix}{} with {has:?}: {text}", row.method, row.address));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(opened > 80, "{opened}");
    println!("{refused} refusals, {opened} let in");
}

on_both!(a_key_opens_what_its_scope_says);
