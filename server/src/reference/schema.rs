//! Shapes of what is sent: their fields, and what a field may hold.

use leptos::prelude::*;
use serde_json::Value;

use super::words::{inline, prose, text};

/// A field of a shape, or a parameter.
pub struct Field<'a> {
    pub name: &'a str,
    /// Where a parameter stands: `path`, `query`, `header`.
    pub place: Option<&'a str>,
    pub required: bool,
    pub about: &'a str,
    pub schema: &'a Value,
}

pub fn field(field: Field<'_>) -> AnyView {
    let place = field.place.map(|place| format!(" in the {place}"));
    let needed = field
        .required
        .then(|| view! { <span class="needed">" required"</span> });
    let about = (!field.about.is_empty()).then(|| view! { <dd>{inline(field.about)}</dd> });
    view! {
        <div>
            <dt><code>{field.name.to_owned()}</code>{place}{needed}</dt>
            <dd class="kind">{kind(field.schema)}{limits(field.schema)}</dd>
            {about}
        </div>
    }
    .into_any()
}

/// The thing itself, where only its place is given.
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(value)
}

/// Ids and words from a list say all about themselves where they are used.
pub fn is_plain(shape: &Value) -> bool {
    shape["type"] == "string" && shape["enum"].is_null()
}

/// All shapes that have a name.
pub fn shapes(document: &Value) -> Vec<AnyView> {
    let all = document["components"]["schemas"].as_object().into_iter().flatten();
    all.filter(|(_, shape)| !is_plain(shape))
        .map(|(name, shape)| {
            view! {
                <article id=format!("shape-{name}")>
                    <h3>{name.clone()}</h3>
                    {prose(text(&shape["description"]))}
                    {fields(document, shape)}
                </article>
            }
            .into_any()
        })
        .collect()
}

/// The fields of a shape, those it needs first, with those of the shapes that it is made of; what it may hold, where it has none.
pub fn fields(document: &Value, shape: &Value) -> AnyView {
    let mut parts = Vec::new();
    gather(document, shape, &mut parts);
    let properties = |part: &'_ Value| part["properties"].as_object().cloned().unwrap_or_default();
    let required = |name: &str| {
        let named = |part: &&Value| {
            part["required"]
                .as_array()
                .is_some_and(|all| all.iter().any(|known| known == name))
        };
        parts.iter().any(named)
    };
    let mut shown: Vec<(String, Value)> = Vec::new();
    for (name, schema) in parts.iter().flat_map(|part| properties(part)) {
        if !shown.iter().any(|(known, _)| *known == name) {
            shown.push((name, schema));
        }
    }
    if shown.is_empty() {
        return view! { <p class="kind">{kind(shape)}</p> }.into_any();
    }
    shown.sort_by_key(|(name, _)| !required(name));
    let lines = shown.iter().map(|(name, schema)| {
        field(Field {
            name,
            place: None,
            required: required(name),
            about: text(&schema["description"]),
            schema,
        })
    });
    let lines: Vec<_> = lines.collect();
    let one = either(&parts).map(|names| view! { <p>"One of "{inline(&names)}" is required."</p> });
    view! { <dl>{lines}</dl>{one} }.into_any()
}

/// The objects that a shape is made of, all of them together.
fn gather<'a>(document: &'a Value, shape: &'a Value, parts: &mut Vec<&'a Value>) {
    let shape = resolved(document, shape);
    match shape["allOf"].as_array() {
        Some(all) => all.iter().for_each(|part| gather(document, part, parts)),
        None => parts.push(shape),
    }
}

/// The fields of which one has to be there.
fn either(parts: &[&Value]) -> Option<String> {
    let ways = parts.iter().find_map(|part| part["oneOf"].as_array())?;
    let names: Vec<String> = ways
        .iter()
        .map(|way| format!("`{}`", text(&way["required"][0])))
        .collect();
    Some(names.join(" and "))
}

/// What a value is, in words, with links to shapes.
pub fn kind(schema: &Value) -> AnyView {
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        return named(name);
    }
    for list in ["oneOf", "anyOf"] {
        if let Some(ways) = schema[list].as_array() {
            let ways = ways.iter().enumerate().map(|(n, way)| {
                let or = (n > 0).then_some(" or ");
                view! { {or}{kind(way)} }
            });
            return ways.collect::<Vec<_>>().into_any();
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words
            .iter()
            .map(|word| format!("`{}`", word.as_str().unwrap_or("null")))
            .collect();
        return inline(&words.join(" or ")).into_any();
    }
    if schema["type"] == "array" || !schema["items"].is_null() {
        return view! { "list of "{kind(&schema["items"])} }.into_any();
    }
    plain(schema).into_any()
}

fn named(name: &str) -> AnyView {
    match name.strip_suffix("Id") {
        Some(noun) if !noun.is_empty() => format!("id of {}", spaced(noun)).into_any(),
        _ => view! { <a href=format!("#shape-{name}")>{name.to_owned()}</a> }.into_any(),
    }
}

/// `TrainingJob` in words.
fn spaced(noun: &str) -> String {
    let mut words = String::new();
    for letter in noun.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {words}")
}

fn plain(schema: &Value) -> String {
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        Value::String(kind) => vec![kind.as_str()],
        _ => vec!["any value"],
    };
    let format = text(&schema["format"]);
    let words = kinds.into_iter().map(|kind| match (kind, format) {
        ("string", "") => "text".to_owned(),
        ("string", "uuid") => "id".to_owned(),
        ("string", "date-time") => "time".to_owned(),
        ("string", "binary") => "file".to_owned(),
        ("string", format) => format!("text, {format}"),
        ("integer", _) => "whole number".to_owned(),
        (kind, _) => kind.to_owned(),
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// The bounds of a value, in words.
fn limits(schema: &Value) -> Option<String> {
    let bound = |least: &str, most: &str, unit: &str| match (&schema[least], &schema[most]) {
        (Value::Null, Value::Null) => None,
        (Value::Null, most) => Some(format!(", at most {most}{unit}")),
        (least, Value::Null) => Some(format!(", at least {least}{unit}")),
        (least, most) => Some(format!(", {least} to {most}{unit}")),
    };
    let all = [
        bound("minimum", "maximum", ""),
        bound("minLength", "maxLength", " characters"),
        bound("minItems", "maxItems", " of them"),
    ];
    let default = Some(&schema["default"]).filter(|default| !default.is_null());
    let default = default.map(|default| format!(", {default} where it is absent"));
    let told: String = all.into_iter().chain([default]).flatten().collect();
    Some(told).filter(|told| !told.is_empty())
}
