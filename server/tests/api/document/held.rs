//! Every answer of the API that any test gets is held to the API's document.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use axum::http::{Method, StatusCode};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::Answer;

pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(server::api::document::json()).unwrap());

/// An operation with where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub method: &'static str,
    /// With the prefix, as in `/v1/chatbots/{id}`.
    pub path: &'static str,
    pub said: &'static Value,
}

impl Operation {
    pub fn id(&self) -> &'static str {
        self.said["operationId"].as_str().unwrap()
    }
    pub fn verb(&self) -> Method {
        self.method.to_uppercase().parse().unwrap()
    }
    /// The kind and schema of what it takes.
    pub fn body(&self) -> Option<(&'static str, &'static Value)> {
        let content = self.said["requestBody"]["content"].as_object()?;
        content
            .iter()
            .map(|(kind, content)| (kind.as_str(), &content["schema"]))
            .next()
    }
    pub fn statuses(&self) -> BTreeSet<u16> {
        let all = self.said["responses"].as_object().unwrap().keys();
        all.map(|status| status.parse().unwrap()).collect()
    }
}

pub fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, said)| Operation { method, path, said })
    });
    all.collect()
}

/// What a `$ref` leads to.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(place) => DOCUMENT
            .pointer(place.strip_prefix('#').unwrap())
            .unwrap_or_else(|| panic!("{place}")),
        None => value,
    }
}

/// Fails a test whose answer is not as the document says.
#[track_caller]
pub fn hold(method: &Method, path: &str, answer: &Answer) {
    let Some(path) = path.strip_prefix("/api/").or_else(|| path.strip_prefix("/v1/")) else {
        return;
    };
    let there: Vec<Operation> = operations()
        .into_iter()
        .filter(|known| leads(known.path, path))
        .collect();
    // What a browser asks beforehand is no operation.
    if method == Method::OPTIONS && answer.status == StatusCode::NO_CONTENT {
        return;
    }
    // A literal address goes before one with a name in it.
    let Some(best) = there.iter().map(|known| known.path.matches('{').count()).min() else {
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{method} {path} is not in the document"
        );
        return;
    };
    let asked = if method == Method::HEAD { &Method::GET } else { method };
    let mut known = there.iter().filter(|known| known.path.matches('{').count() == best);
    let Some(operation) = known.find(|known| known.verb() == *asked) else {
        assert_eq!(
            answer.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path} is not in the document"
        );
        return;
    };
    let said = &operation.said["responses"][answer.status.as_str()];
    assert!(
        !said.is_null(),
        "{method} {path} answered {}, which is not in the document",
        answer.status
    );
    let Some(contents) = resolved(said)["content"].as_object().filter(|_| method != Method::HEAD) else {
        return;
    };
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let content = contents.get(kind);
    let content = content.unwrap_or_else(|| panic!("{method} {path} {}: {kind} is not in the document", answer.status));
    if kind.ends_with("json") {
        let faults = faults(&content["schema"], &answer.json());
        assert!(
            faults.is_empty(),
            "{method} {path} {}: {faults:#?}\n{}",
            answer.status,
            answer.text()
        );
    }
}

/// Whether an address is one of a route.
fn leads(route: &str, path: &str) -> bool {
    let (route, path) = (route.trim_start_matches("/v1/").split('/'), path.split('/'));
    route.clone().count() == path.clone().count()
        && route
            .zip(path)
            .all(|(known, given)| known.starts_with('{') || known == given)
}

/// What is wrong with a value by a schema of the document.
pub fn faults(schema: &'static Value, value: &Value) -> Vec<String> {
    let errors = validator(schema);
    errors
        .iter_errors(value)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect()
}

fn validator(schema: &'static Value) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<usize, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let place = std::ptr::from_ref(schema).addr();
    let mut known = KNOWN.lock().unwrap();
    let made = known.entry(place).or_insert_with(|| {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": DOCUMENT["components"],
        });
        let options = jsonschema::options().should_validate_formats(true);
        Arc::new(options.build(&whole).unwrap())
    });
    Arc::clone(made)
}
