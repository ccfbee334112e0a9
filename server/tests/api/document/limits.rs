//! Each limit in the document is the one that the handler holds to: what is just within is taken, what is just beyond is
//! refused by name.

use domain::credits::Credits;
use serde_json::{Value, json};

use crate::{
    app::{
        Client, Porch, Setup, TestApp,
        held::{Operation, faults, operations, resolved},
        registration,
    },
    till,
};

/// A value for a field deep in a body, and whether it is within its limits.
struct Case {
    at: Vec<&'static str>,
    value: Value,
    good: bool,
}

/// The values at the edges of every limit of a shape.
fn edges(shape: &'static Value, at: &[&'static str], cases: &mut Vec<Case>) {
    let shape = resolved(shape);
    for list in ["allOf", "oneOf"] {
        shape[list]
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|part| edges(part, at, cases));
    }
    for (name, property) in shape["properties"].as_object().into_iter().flatten() {
        let at: Vec<_> = at.iter().copied().chain([name.as_str()]).collect();
        edges(property, &at, cases);
        let mut add = |value: Value, good| {
            cases.push(Case {
                at: at.clone(),
                value,
                good,
            })
        };
        let number = |limit: &str, of: &'static Value| of[limit].as_u64().map(|limit| limit as usize);
        if let Some(most) = number("maxLength", property) {
            add(text(property, most), true);
            add(text(property, most + 1), false);
        }
        if let Some(least) = number("minLength", property) {
            add(text(property, least), true);
            add(text(property, least - 1), false);
        }
        if let Some(most) = number("maxItems", property) {
            let longest = number("maxLength", &property["items"]).unwrap();
            add(json!(vec!["x"; most]), true);
            add(json!(vec!["x"; most + 1]), false);
            add(json!(["x".repeat(longest)]), true);
            add(json!(["x".repeat(longest + 1)]), false);
        }
        for way in property["anyOf"].as_array().into_iter().flatten() {
            if let (Some(least), Some(most)) = (way["minimum"].as_i64(), way["maximum"].as_i64()) {
                add(json!(least), true);
                add(json!(least - 1), false);
                add(json!(most), true);
                add(json!(most + 1), false);
            }
        }
        if let Some(words) = property["enum"].as_array() {
            add(json!(format!("not-{}", words[0].as_str().unwrap())), false);
        }
    }
}

/// A text of this many characters of more than one byte each, like what the field is for.
fn text(property: &Value, length: usize) -> Value {
    let kind = property["pattern"].as_str().unwrap_or_default();
    let (head, letters) = match property["format"].as_str() {
        Some("email") => {
            return json!(format!(
                "{}@{}.com",
                "a".repeat(60),
                "b.".repeat(length).get(..length - 65).unwrap()
            ));
        }
        _ if kind == "^[A-Za-z0-9_]+$" => ("", "pm_1a"),
        _ if kind == "^[!-~]*$" => ("", "sk-0Aa"),
        _ if kind.trim_start_matches('^').trim_start_matches('(').starts_with("http") => {
            ("https://house.invalid/", "abcdefg")
        }
        _ => ("", "äöüßéèêçñ"),
    };
    let rest = length.saturating_sub(head.len());
    let text: String = head
        .chars()
        .chain(letters.chars().cycle().take(rest))
        .take(length)
        .collect();
    json!(text)
}

/// A body that is good but for one value.
fn body(operation: &Operation, porch: &Porch, case: &Case) -> Value {
    let mut body = match operation.id() {
        "register" => registration(&format!("{}@example.com", uuid::Uuid::new_v4().simple())),
        "create_chatbot" if case.at != ["name"] => json!({ "bot_name": "Elm" }),
        "create_property" => json!({ "address": "1 A Street", "city": "B", "state": "Oz", "zip_code": "62704" }),
        "create_qr_code" => json!({ "bot_id": porch.bot }),
        "create_api_key" => json!({ "name": "CRM", "scopes": ["read"] }),
        "create_api_configuration" => json!({
            "provider_name": "openai", "api_key": "sk-0123456789abcdef", "model_settings": { "model": "m" },
        }),
        // Another address wants the key again.
        "update_api_configuration" => json!({ "api_key": "sk-0123456789abcdef" }),
        "create_webhook" => json!({ "url": "https://house.invalid/hook", "events": ["lead.created"] }),
        "buy_credits" => json!({ "amount": 5, "payment_method_id": "pm_card_visa" }),
        "create_invitation" => json!({ "email": "cy@example.com", "role": "realtor" }),
        _ => json!({}),
    };
    let mut place = &mut body;
    for name in &case.at {
        place = &mut place[*name];
    }
    *place = case.value.clone();
    body
}

/// An endpoint of Ana's; she may have ten at most.
async fn hook(ana: &Client<'_>) -> String {
    let known = ana.get("/v1/webhooks").await.json();
    if let Some(known) = known[0]["webhook_id"].as_str() {
        return known.to_owned();
    }
    let new = json!({ "url": "https://house.invalid/hook", "events": ["lead.created"] });
    ana.post("/v1/webhooks", new).await.id("webhook_id")
}

/// A key of an AI provider's. Those that were made by what is tried here are gone: there are few.
async fn own_ai(ana: &Client<'_>) -> String {
    let known = ana.get("/v1/api_configurations").await.json();
    for known in known.as_array().unwrap() {
        let id = known["api_configuration_id"].as_str().unwrap();
        ana.delete(&format!("/v1/api_configurations/{id}")).await;
    }
    let new =
        json!({ "provider_name": "openai", "api_key": "sk-0123456789abcdef", "model_settings": { "model": "m" } });
    ana.post("/v1/api_configurations", new).await.id("api_configuration_id")
}

async fn is_taken(ana: &Client<'_>, porch: &Porch, operation: &Operation, case: &Case) -> bool {
    let id = match operation.path.split('/').nth(2).unwrap() {
        "chatbots" => porch.bot.clone(),
        "properties" => porch.property.clone(),
        "webhooks" => hook(ana).await,
        "api_configurations" => own_ai(ana).await,
        "organizations" => ana.get("/v1/organizations/me").await.id("organization_id"),
        _ => porch.code.clone(),
    };
    let path: Vec<_> = operation
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { &id } else { part })
        .collect();
    let body = body(operation, porch, case);
    let (kind, schema) = operation.body().unwrap();
    assert_eq!(kind, "application/json");
    // What the schema says of the whole is what is tried here.
    let faults = faults(schema, &body);
    assert_eq!(
        faults.is_empty(),
        case.good,
        "{} {:?}: {faults:?}",
        operation.id(),
        case.at
    );
    let learner = match operation.path.starts_with("/v1/training/") {
        true => format!("?chatbot_id={}", porch.bot),
        false => String::new(),
    };
    let address = path.join("/") + &learner;
    let key = uuid::Uuid::new_v4().to_string();
    let caller = ana.clone().with("idempotency-key", &key);
    let answer = caller.call(operation.verb(), &address, Some(body)).await;
    if answer.status != 400 {
        return true;
    }
    let name = *case.at.last().unwrap();
    let named = answer
        .faulty()
        .iter()
        .any(|field| field.rsplit('.').next() == Some(name));
    assert!(
        named || !case.good,
        "{} {:?}: {}",
        operation.id(),
        case.at,
        answer.text()
    );
    !named
}

/// What is fetched at once: a good address may be refused for what is not there.
const FETCHED: [&str; 1] = ["logo_url"];

#[tokio::test]
async fn every_limit_is_the_handlers_own() {
    let stripe = till::start();
    let app = TestApp::with(Setup {
        config: Box::new(|config| {
            config.prices.registration_grant = Credits::milli(1_000_000_000);
            config.stripe = Some(stripe);
        }),
        ..Setup::default()
    })
    .await;
    let ana = app.owner("ana").await;
    let porch = ana.porch().await;
    // Where a second factor is asked for; without one a password is longer.
    let strict = TestApp::with(Setup {
        config: Box::new(|config| config.require_factor = true),
        ..Setup::default()
    })
    .await;
    let mut tried = 0;
    for operation in operations() {
        let Some(("application/json", shape)) = operation.body() else {
            continue;
        };
        let mut cases = Vec::new();
        edges(shape, &[], &mut cases);
        let is_fetched = |case: &&Case| case.good && case.at.last().is_some_and(|name| FETCHED.contains(name));
        for case in cases.iter().filter(|case| !is_fetched(case)) {
            let who = match operation.path {
                "/v1/auth/register" => strict.visitor(),
                _ => ana.clone(),
            };
            let taken = is_taken(&who, &porch, &operation, case).await;
            let told = case.value.to_string();
            let told: String = told.chars().take(60).collect();
            assert_eq!(taken, case.good, "{} {:?} = {told}", operation.id(), case.at);
            tried += 1;
        }
    }
    assert!(tried > 100, "only {tried} limits were found");
    println!("{tried} values at the edges of limits");
}
