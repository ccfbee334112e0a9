//! The document by itself, and beside the router.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;

use crate::{
    app::{
        TestApp,
        held::{DOCUMENT, Operation, faults, operations, resolved},
    },
    matrix::routes,
};

#[test]
fn the_committed_copy_is_the_generated_one() {
    let committed = include_str!("../../../../docs/openapi.json");
    let generated = std::str::from_utf8(server::api::document::json()).unwrap();
    let line = committed.lines().zip(generated.lines()).position(|(a, b)| a != b);
    assert!(
        committed == generated,
        "docs/openapi.json is not what the handlers say (line {}). Look at the difference and renew it: \
         porchlight openapi > docs/openapi.json",
        line.unwrap_or(0) + 1
    );
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let app = TestApp::new().await;
    let described: BTreeSet<(String, String)> = operations()
        .iter()
        .map(|known| (known.method.to_uppercase(), known.path.to_owned()))
        .collect();
    assert_eq!(described.len(), operations().len());
    for prefix in ["/v1/", "/api/"] {
        let routes = routes::routes(&app.router).into_iter();
        let routes = routes.filter_map(|(method, path)| Some((method, format!("/v1/{}", path.strip_prefix(prefix)?))));
        let routes: BTreeSet<_> = routes.collect();
        assert_eq!(
            routes.difference(&described).collect::<Vec<_>>(),
            Vec::<&_>::new(),
            "not described"
        );
        assert_eq!(
            described.difference(&routes).collect::<Vec<_>>(),
            Vec::<&_>::new(),
            "no such route"
        );
    }
    println!("{} operations", described.len());
}

/// Calls `see` with every part of the document and the words that lead to it.
fn walk(value: &'static Value, place: &str, see: &mut impl FnMut(&str, &'static Value)) {
    see(place, value);
    match value {
        Value::Object(parts) => parts
            .iter()
            .for_each(|(name, part)| walk(part, &format!("{place}/{name}"), see)),
        Value::Array(parts) => parts.iter().for_each(|part| walk(part, place, see)),
        _ => {}
    }
}

#[test]
fn it_is_sound() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    let (mut referred, mut examples) = (BTreeSet::new(), 0);
    walk(&DOCUMENT, "", &mut |place, part| {
        if let Some(to) = part["$ref"].as_str() {
            assert!(
                DOCUMENT.pointer(to.strip_prefix('#').unwrap()).is_some(),
                "{place}: {to}"
            );
            referred.insert(to.to_owned());
        }
        for example in part["examples"].as_array().into_iter().flatten() {
            assert_eq!(faults(part, example), Vec::<String>::new(), "{place}: {example}");
            examples += 1;
        }
        if place.ends_with("/schema")
            || place
                .rsplit_once('/')
                .is_some_and(|(list, _)| list == "/components/schemas")
        {
            let fault = jsonschema::draft202012::meta::validate(part)
                .err()
                .map(|error| error.to_string());
            assert_eq!(fault, None, "{place}");
        }
    });
    assert!(examples > 10, "{examples} examples");
    for name in DOCUMENT["components"]["schemas"].as_object().unwrap().keys() {
        assert!(
            referred.contains(&format!("#/components/schemas/{name}")),
            "{name} is used by nothing"
        );
    }
}

#[test]
fn operations_say_all_there_is_to_say() {
    let tags: Vec<&Value> = DOCUMENT["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let Operation { method, path, said } = operation;
        let name = format!("{method} {path}");
        assert!(ids.insert(operation.id()), "{name}: its id is another's, too");
        assert_eq!(
            said["tags"].as_array().map(Vec::len),
            Some(1),
            "{name}: {}",
            said["tags"]
        );
        assert!(tags.contains(&&said["tags"][0]), "{name}: no such tag");
        assert!(
            said["summary"]
                .as_str()
                .is_some_and(|text| (5..70).contains(&text.len())),
            "{name}: its summary"
        );
        let declared = said["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let in_path = declared.iter().filter(|known| known["in"] == "path");
        let in_path: BTreeSet<_> = in_path.map(|known| known["name"].as_str().unwrap()).collect();
        let wanted: BTreeSet<_> = path
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .collect();
        assert_eq!(in_path, wanted, "{name}: what stands in its path");
        assert!(
            declared.iter().all(|known| !known["schema"].is_null()),
            "{name}: a parameter without a schema"
        );
        let statuses = operation.statuses();
        assert!(statuses.range(200..300).next().is_some(), "{name}: it never succeeds");
        for (status, answer) in said["responses"].as_object().unwrap() {
            let answer = resolved(answer);
            assert!(
                !answer["description"].as_str().unwrap_or_default().is_empty(),
                "{name} {status}"
            );
            let problem = answer["content"]["application/problem+json"].is_object();
            assert_eq!(problem, status.parse::<u16>().unwrap() >= 400, "{name} {status}");
        }
        for (link, to) in links(said) {
            let target = operations().into_iter().find(|known| known.id() == to["operationId"]);
            let target = target.unwrap_or_else(|| panic!("{name}: the link {link} leads nowhere"));
            for parameter in to["parameters"].as_object().unwrap().keys() {
                let known = target.said["parameters"].as_array().unwrap().iter();
                assert!(
                    known.clone().any(|known| known["name"] == **parameter),
                    "{name}: {link} gives {parameter}"
                );
            }
        }
    }
}

fn links(said: &'static Value) -> Vec<(&'static String, &'static Value)> {
    let answers = said["responses"].as_object().unwrap().values();
    answers
        .filter_map(|answer| answer["links"].as_object())
        .flatten()
        .collect()
}

/// Numbers that are no whole ones are what people count or pay in dollars; cents and credits are whole.
const COUNTED: [&str; 7] = [
    "price",
    "hoa_fee",
    "taxes",
    "bedrooms",
    "bathrooms",
    "square_feet",
    "temperature",
];

#[test]
fn times_ids_and_money_are_written_in_one_way() {
    let (mut times, mut ids, mut money) = (0, 0, 0);
    walk(&DOCUMENT, "", &mut |place, part| {
        let Some(properties) = part.as_object().filter(|_| place.ends_with("/properties")) else {
            return;
        };
        for (name, property) in properties {
            let kind = |schema: &'static Value| resolved(schema);
            let ways = property["oneOf"].as_array().or(property["anyOf"].as_array());
            let ways: Vec<_> = ways.map_or(vec![kind(property)], |ways| ways.iter().map(kind).collect());
            let is = |word: &str| {
                ways.iter().any(|way| {
                    way["type"] == word
                        || way["type"]
                            .as_array()
                            .is_some_and(|all| all.iter().any(|known| known == word))
                })
            };
            let named = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
            if is("number") {
                assert!(
                    COUNTED.contains(&name.as_str()),
                    "{place}/{name}: a number that is not whole"
                );
            }
            let is_day = ["start_date", "end_date", "date"].contains(&name.as_str());
            if is_day {
                assert!(ways.iter().any(|way| way["format"] == "date"), "{place}/{name}: a day");
                times += 1;
            }
            if named(&["_at", "timestamp", "_date", "last_scan", "last_active"]) && !is_day {
                assert!(
                    ways.iter().any(|way| way["format"] == "date-time"),
                    "{place}/{name}: a time"
                );
                times += 1;
            }
            if named(&["_id"]) && !["api_key_id", "user_session_id", "payment_method_id"].contains(&name.as_str()) {
                assert!(ways.iter().any(|way| way["format"] == "uuid"), "{place}/{name}: an id");
                ids += 1;
            }
            if named(&["_minor", "_milli"]) {
                assert!(is("integer"), "{place}/{name}: whole");
                money += 1;
            }
        }
    });
    assert!(
        times > 15 && ids > 30 && money > 8,
        "{times} times, {ids} ids, {money} amounts"
    );
    let property = &DOCUMENT["components"]["schemas"]["Property"]["properties"];
    for amount in ["price", "hoa_fee", "taxes"] {
        assert!(property[format!("{amount}_minor")].is_object() && property["currency"].is_object());
    }
}

#[tokio::test]
async fn it_is_served_to_programs_and_to_people() {
    let app = TestApp::new().await;
    let visitor = app.visitor();
    for path in ["/v1/openapi.json", "/api/openapi.json", "/docs/api"] {
        let whole = visitor.get(path).await;
        whole.expect(StatusCode::OK);
        assert!(whole.header("cache-control").starts_with("public, max-age="), "{path}");
        let known = visitor
            .clone()
            .with("if-none-match", whole.header("etag"))
            .get(path)
            .await;
        assert_eq!(
            (known.status, known.bytes.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{path}"
        );
        assert_eq!(known.header("etag"), whole.header("etag"), "{path}");
        match path {
            "/docs/api" => assert_eq!(whole.header("content-type"), "text/html; charset=utf-8"),
            _ => assert_eq!(&whole.bytes[..], server::api::document::json(), "{path}"),
        }
    }
    let page = visitor.get("/docs/api").await;
    assert!(!page.text().contains("<script") && page.text().contains("<code>/v1/chatbots/{id}</code>"));
    assert!(page.header("content-security-policy").contains("style-src 'self'"));
}
