//! One operation: what is sent, and what comes back.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    Found,
    schema::{self, Field},
    words::{inline, prose, text},
};

/// The kind of every failure's body.
const PROBLEM: &str = "application/problem+json";

pub fn article(document: &Value, found: &Found<'_>) -> AnyView {
    let said = found.said;
    let open = said["security"]
        .is_null()
        .then(|| view! { <p class="about">"Without signing in."</p> });
    view! {
        <article id=found.id()>
            <h3>{found.summary()}</h3>
            <p class="address"><span class="method">{found.method.to_uppercase()}</span>" "<code>{found.path.to_owned()}</code></p>
            {prose(text(&said["description"]))}
            {open}
            {parameters(said)}
            {bodies(document, &said["requestBody"])}
            {answers(document, &said["responses"])}
        </article>
    }
    .into_any()
}

fn parameters(said: &Value) -> Option<AnyView> {
    let known = said["parameters"].as_array()?;
    let fields = known.iter().map(|parameter| Field {
        name: text(&parameter["name"]),
        place: Some(text(&parameter["in"])),
        required: parameter["required"] == true,
        about: text(&parameter["description"]),
        schema: &parameter["schema"],
    });
    let fields: Vec<_> = fields.map(schema::field).collect();
    Some(view! { <h4>"Parameters"</h4><dl>{fields}</dl> }.into_any())
}

/// The fields of what is sent, by its kind, with an example.
fn bodies(document: &Value, body: &Value) -> Vec<AnyView> {
    let contents = body["content"].as_object().into_iter().flatten();
    contents
        .map(|(kind, content)| {
            let fields = schema::fields(document, &content["schema"]);
            let example = &schema::resolved(document, &content["schema"])["examples"][0];
            let example = (!example.is_null()).then(|| view! { <pre><code>{format!("{example:#}")}</code></pre> });
            view! { <h4>"Body, "<code>{kind.clone()}</code></h4>{fields}{example} }.into_any()
        })
        .collect()
}

/// What comes back; failures are all of one shape.
fn answers(document: &Value, responses: &Value) -> AnyView {
    let all = responses.as_object().into_iter().flatten();
    let all = all.map(|(status, answer)| (status, schema::resolved(document, answer)));
    let (failures, good): (Vec<_>, Vec<_>) = all.partition(|(_, answer)| !answer["content"][PROBLEM].is_null());
    let good: Vec<_> = good.into_iter().map(|(status, answer)| one(status, answer)).collect();
    let failures: Vec<_> = failures
        .into_iter()
        .map(|(status, answer)| failure(status, answer))
        .collect();
    let fails = (!failures.is_empty()).then(|| {
        view! {
            <h4>"Failures, each a "<a href="#shape-Problem">"Problem"</a></h4>
            <dl>{failures}</dl>
        }
    });
    view! { <h4>"Answers"</h4><dl>{good}</dl>{fails} }.into_any()
}

fn one(status: &str, answer: &Value) -> AnyView {
    let contents = answer["content"].as_object().into_iter().flatten();
    let kinds = contents.map(|(kind, content)| {
        view! { <dd class="kind">{schema::kind(&content["schema"])}", "<code>{kind.clone()}</code></dd> }
    });
    view! { <div>{title(status, answer)}{kinds.collect::<Vec<_>>()}{headers(answer)}</div> }.into_any()
}

fn failure(status: &str, answer: &Value) -> AnyView {
    view! { <div>{title(status, answer)}{headers(answer)}</div> }.into_any()
}

fn title(status: &str, answer: &Value) -> AnyView {
    let about = text(&answer["description"]).to_owned();
    view! { <dt><span class="status">{status.to_owned()}</span>" "{about}</dt> }.into_any()
}

fn headers(answer: &Value) -> Vec<AnyView> {
    let headers = answer["headers"].as_object().into_iter().flatten();
    headers
        .map(|(name, header)| {
            view! { <dd><code>{name.clone()}</code>": "{inline(text(&header["description"]))}</dd> }.into_any()
        })
        .collect()
}
