//! `/docs/api`: the API's description as a page for people. Made of the document alone, without a script.

mod operation;
mod schema;
mod words;

use std::sync::LazyLock;

use axum::{
    Router,
    http::{HeaderMap, header},
    routing::get,
};
use leptos::prelude::*;
use serde_json::Value;

use self::words::{prose, text};
use crate::{State, api::document, kept::Kept};

pub fn routes() -> Router<State> {
    let answer =
        |headers: HeaderMap| async move { ([(header::CONTENT_SECURITY_POLICY, POLICY)], PAGE.answer(&headers)) };
    Router::new().route("/docs/api", get(answer))
}

/// It runs nothing, so that it needs no nonce and can be kept.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

static PAGE: LazyLock<Kept> = LazyLock::new(|| {
    let document = serde_json::from_slice(document::json()).unwrap_or_default();
    Kept::new("text/html; charset=utf-8", page(&document))
});

/// One operation of the document, with where it stands.
struct Found<'a> {
    method: &'a str,
    path: &'a str,
    said: &'a Value,
}

impl Found<'_> {
    fn id(&self) -> String {
        text(&self.said["operationId"]).to_owned()
    }
    fn summary(&self) -> String {
        text(&self.said["summary"]).to_owned()
    }
}

/// The operations under a tag, by address; of one address, in the order of a thing's life.
fn under<'a>(document: &'a Value, tag: &str) -> Vec<Found<'a>> {
    let items = document["paths"].as_object().into_iter().flatten();
    let all = items.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, said)| Found { method, path, said })
    });
    let mut all: Vec<_> = all.filter(|found| found.said["tags"][0] == tag).collect();
    let rank = |method| {
        ["post", "get", "put", "delete"]
            .iter()
            .position(|known| *known == method)
    };
    all.sort_by_key(|found| (found.path, rank(found.method)));
    all
}

fn page(document: &Value) -> String {
    let info = &document["info"];
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let contents: Vec<_> = tags.iter().map(|tag| contents(document, tag)).collect();
    let sections: Vec<_> = tags.iter().map(|tag| section(document, tag)).collect();
    let html = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>{text(&info["title"]).to_owned()}</title>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="data:,"/>
                <link rel="stylesheet" href="/pkg/reference.css"/>
            </head>
            <body>
                <header>
                    <h1>{text(&info["title"]).to_owned()}</h1>
                    <p class="about">
                        "Version "{text(&info["version"]).to_owned()}". The same for programs: "
                        <a href="/v1/openapi.json">"OpenAPI 3.1"</a>"."
                    </p>
                    {prose(text(&info["description"]))}
                </header>
                <nav aria-label="Contents">{contents}</nav>
                <main>
                    {sections}
                    <section id="shapes">
                        <h2>"Shapes"</h2>
                        {schema::shapes(document)}
                    </section>
                </main>
            </body>
        </html>
    };
    // Where one text ends and the next begins matters to a page that comes to life; this one does not.
    format!("<!DOCTYPE html>{}", html.to_html().replace("<!>", ""))
}

fn contents(document: &Value, tag: &Value) -> AnyView {
    let name = text(&tag["name"]);
    let lines = under(document, name).into_iter().map(|found| {
        let (to, method) = (format!("#{}", found.id()), found.method.to_uppercase());
        view! { <li><a href=to>{found.summary()}</a>" "<span class="method">{method}</span></li> }
    });
    let lines: Vec<_> = lines.collect();
    view! { <section><h2>{name.to_owned()}</h2><ul>{lines}</ul></section> }.into_any()
}

fn section(document: &Value, tag: &Value) -> AnyView {
    let name = text(&tag["name"]);
    let operations: Vec<_> = under(document, name)
        .iter()
        .map(|found| operation::article(document, found))
        .collect();
    view! {
        <section>
            <h2>{name.to_owned()}</h2>
            {prose(text(&tag["description"]))}
            {operations}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation and shape is on the page, every link of it leads somewhere on it, and it holds nothing that runs.
    #[test]
    fn everything_is_on_the_page() {
        let document: Value = serde_json::from_slice(document::json()).unwrap();
        let html = page(&document);
        let ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let tags = document["tags"].as_array().unwrap();
        let operations: Vec<String> = tags
            .iter()
            .flat_map(|tag| under(&document, tag["name"].as_str().unwrap()))
            .map(|found| found.id())
            .collect();
        let paths = document["paths"].as_object().unwrap().values();
        assert_eq!(
            operations.len(),
            paths.map(|item| item.as_object().unwrap().len()).sum::<usize>()
        );
        let shapes = document["components"]["schemas"].as_object().unwrap();
        let objects = shapes.iter().filter(|(_, shape)| !schema::is_plain(shape));
        let wanted = operations
            .iter()
            .cloned()
            .chain(objects.map(|(name, _)| format!("shape-{name}")));
        for id in wanted {
            assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{id}");
        }
        for link in html.split("href=\"#").skip(1) {
            let to = link.split('"').next().unwrap();
            assert!(ids.contains(&to), "{to}");
        }
        for no in ["<script", " style=", " onclick", "href=\"http", "src=\"http"] {
            assert!(!html.contains(no), "{no}");
        }
    }
}
