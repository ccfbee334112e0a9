//! The data that a page's scripts carry: state written as JSON, assigned to a name, or passed to a call.

use scraper::{ElementRef, Html};
use serde_json::Value;
use std::sync::LazyLock;

use super::literal;

/// One tree of data and where it stands.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) name: String,
    pub(super) value: Value,
}

/// Scripts without any of these words hold nothing about a house.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "price|bedroom|\"beds|beds:|latitude|prix|precio|preis|prezzo|preco|livingarea|floorsize"
        .split('|')
        .collect()
});

/// The texts of scripts, apart from JSON-LD.
pub(super) fn texts(doc: &Html) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for element in doc
        .tree
        .nodes()
        .filter_map(ElementRef::wrap)
        .filter(|e| e.value().name() == "script")
    {
        let kind = element.attr("type").unwrap_or("").to_ascii_lowercase();
        if kind.contains("ld+json") {
            continue;
        }
        let text: String = element.text().collect();
        if !text.trim().is_empty() {
            found.push((kind, text));
        }
    }
    found
}

/// Every tree of data in the scripts and in data attributes.
pub(super) fn roots(doc: &Html, scripts: &[(String, String)]) -> Vec<Root> {
    let mut found = Vec::new();
    let mut flight = String::new();
    for (kind, text) in scripts {
        if kind.contains("json") {
            if let Some(value) = literal::json(text) {
                add(&mut found, "json", value);
            }
        } else if text.contains("__next_f") {
            flight_text(text, &mut flight);
        } else if interesting(text) {
            scan(text, &mut found);
        }
    }
    for (i, line) in flight.lines().enumerate() {
        // Rows of streamed state: `1a:{…}`.
        if let Some((id, data)) = line.split_once(':')
            && id.len() <= 6
            && id.bytes().all(|b| b.is_ascii_hexdigit())
            && data.starts_with(['{', '['])
            && interesting(data)
        {
            let mut work = data.len() + 16;
            if let Some((value, _)) = literal::read(data, 0, &mut work) {
                add(&mut found, &format!("stream {i}"), value);
            }
        }
    }
    attributes(doc, &mut found);
    found
}

fn interesting(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|w| lower.contains(w))
}

fn add(found: &mut Vec<Root>, name: &str, value: Value) {
    if found.len() < 400 && (value.is_object() || value.is_array()) {
        let mut value = unpack(value);
        expand(&mut value, 0);
        found.push(Root {
            name: name.to_owned(),
            value,
        });
    }
}

/// Data written as a string inside data is read too.
fn expand(value: &mut Value, depth: usize) {
    if depth > 60 {
        return;
    }
    match value {
        Value::Array(list) => list.iter_mut().for_each(|v| expand(v, depth + 1)),
        Value::Object(map) => map.values_mut().for_each(|v| expand(v, depth + 1)),
        Value::String(text) if text.len() > 40 && text.starts_with(['{', '[']) => {
            if let Ok(inner) = serde_json::from_str::<Value>(text)
                && (inner.is_object() || inner.is_array())
            {
                *value = inner;
                expand(value, depth + 20);
            }
        }
        _ => {}
    }
}

/// Flattened data, whose entries point at each other by number, is joined again.
fn unpack(value: Value) -> Value {
    if let Value::Object(map) = &value
        && let Some(Value::String(data)) = map.get("data")
        && map.len() <= 3
        && data.starts_with('[')
        && let Ok(inner) = serde_json::from_str::<Value>(data)
    {
        return unpack(inner);
    }
    let Value::Array(items) = &value else { return value };
    let pointers = |v: &Value| match v {
        Value::Object(map) => !map.is_empty() && map.values().all(|v| pointer(v, items.len()).is_some()),
        _ => false,
    };
    let packed =
        items.len() > 8 && items.iter().take(3).any(pointers) && items.iter().filter(|i| i.is_object()).all(pointers);
    if !packed {
        return value;
    }
    let mut budget = 200_000;
    let start = items.iter().position(pointers).unwrap_or(0);
    join(items, start, 0, &mut budget)
}

/// The index that an entry of flattened data points at.
fn pointer(value: &Value, len: usize) -> Option<usize> {
    let index = match value {
        Value::Number(n) => n.as_i64()?,
        Value::String(s) if s.len() <= 6 => s.parse().ok()?,
        _ => return None,
    };
    // Negative numbers stand for undefined and the like.
    if index < 0 {
        Some(usize::MAX)
    } else {
        usize::try_from(index).ok().filter(|i| *i < len)
    }
}

fn join(items: &[Value], at: usize, depth: usize, budget: &mut usize) -> Value {
    if depth > 40 || *budget == 0 {
        return Value::Null;
    }
    *budget -= 1;
    let follow = |v: &Value, budget: &mut usize| match pointer(v, items.len()) {
        Some(next) if next < items.len() => join(items, next, depth + 1, budget),
        _ => Value::Null,
    };
    match items.get(at) {
        Some(Value::Object(map)) => Value::Object(map.iter().map(|(k, v)| (k.clone(), follow(v, budget))).collect()),
        Some(Value::Array(list)) => match list.as_slice() {
            // `["Reactive", 3]`: a wrapper around one entry.
            [Value::String(_), only] => follow(only, budget),
            _ => Value::Array(list.iter().map(|v| follow(v, budget)).collect()),
        },
        Some(other) => other.clone(),
        None => Value::Null,
    }
}

/// Literals after `=` and inside calls.
fn scan(text: &str, found: &mut Vec<Root>) {
    let bytes = text.as_bytes();
    let mut work = text.len() * 4 + 4_096;
    let mut at = 0;
    while at < bytes.len() && work > 0 {
        let b = bytes[at];
        if b != b'=' && b != b'(' {
            at += 1;
            continue;
        }
        let next = at + 1 + bytes[at + 1..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let before = at.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
        let rest = &text.as_bytes()[next.min(bytes.len())..];
        let plain = b == b'=' && !matches!(before, b'=' | b'!' | b'<' | b'>');
        let call = b == b'(' && (before.is_ascii_alphanumeric() || before == b'_');
        let literal = matches!(rest.first(), Some(b'{' | b'[')) || rest.starts_with(b"JSON.parse(");
        if plain && (rest.starts_with(b"(function(") || rest.starts_with(b"function(")) {
            if let Some((value, end)) = wrapped(text, next, &mut work) {
                add(found, &name_before(text, at), value);
                at = end;
                continue;
            }
        } else if (plain || call)
            && literal
            && let Some((value, end)) = literal::read(text, next, &mut work)
        {
            let full = match &value {
                Value::Object(map) => {
                    map.len() > 1
                        || map
                            .values()
                            .any(|v| v.is_object() || v.is_array() || v.as_str().is_some_and(|s| s.len() > 40))
                }
                Value::Array(list) => list.iter().any(|v| v.is_object() || v.is_array() || v.is_string()),
                _ => false,
            };
            if full {
                add(found, &name_before(text, at), value);
            }
            at = end.max(at + 1);
            continue;
        }
        at += 1;
    }
}

/// `(function(a,b){return {…a…}}(1,"x"))`: state whose repeated values were made parameters.
fn wrapped(text: &str, at: usize, work: &mut usize) -> Option<(Value, usize)> {
    let open = text[at..].find('(').map(|i| at + i)?;
    let params_from = text[open + 1..].find('(').map_or(open, |i| {
        if text[at..].starts_with('(') {
            open + 1 + i
        } else {
            open
        }
    });
    let params_to = text[params_from..].find(')').map(|i| params_from + i)?;
    let names: Vec<&str> = text[params_from + 1..params_to].split(',').map(str::trim).collect();
    let body = text[params_to..]
        .find("return")
        .map(|i| params_to + i + "return".len())?;
    let object = text[body..]
        .find(|c: char| !c.is_whitespace())
        .map(|i| body + i)
        .filter(|i| text.as_bytes()[*i] == b'{')?;
    let (_, end) = literal::read(text, object, work)?;
    let call = text[end..].find('(').map(|i| end + i).filter(|i| i - end < 8)?;
    let as_array = format!(
        "[{}]",
        &text[call + 1..text[call..].rfind(')').map(|i| call + i)?].trim_end_matches([')', ';', ' ', '\n'])
    );
    let mut more = as_array.len() + 16;
    let (arguments, _) = literal::read(&as_array, 0, &mut more)?;
    let Value::Array(arguments) = arguments else {
        return None;
    };
    let bound: Vec<(String, Value)> = names.iter().map(|n| (*n).to_owned()).zip(arguments).collect();
    literal::read_with(text, object, work, &bound)
}

/// The name that a literal is assigned or passed to.
fn name_before(text: &str, at: usize) -> String {
    let before = text[super::fold::ceil(text, at.saturating_sub(60))..at].trim_end();
    let name: String = before
        .chars()
        .rev()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '"' | '\'' | '[' | ']'))
        .collect();
    name.chars()
        .rev()
        .filter(|c| !matches!(c, '"' | '\'' | '[' | ']'))
        .collect()
}

/// The text of `push([1,"…"])` calls, joined.
fn flight_text(script: &str, out: &mut String) {
    let mut from = 0;
    while let Some(at) = script[from..].find(".push(").map(|i| from + i + ".push(".len()) {
        let mut work = script.len() - at + 16;
        match literal::read(script, at, &mut work) {
            Some((Value::Array(items), end)) => {
                if let Some(Value::String(text)) = items.get(1) {
                    out.push_str(text);
                }
                from = end;
            }
            _ => from = at,
        }
    }
}

/// JSON in attributes, as component frameworks write it.
fn attributes(doc: &Html, found: &mut Vec<Root>) {
    let mut total = 0;
    for element in doc.tree.nodes().filter_map(ElementRef::wrap) {
        for (name, value) in element.value().attrs() {
            if value.len() < 60 || !value.starts_with(['{', '[']) || total > 4_000_000 || !interesting(value) {
                continue;
            }
            total += value.len();
            if let Some(value) = literal::json(value) {
                add(found, name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Vec<(String, Value)> {
        let doc = Html::parse_document(html);
        roots(&doc, &texts(&doc))
            .into_iter()
            .map(|r| (r.name, r.value))
            .collect()
    }

    #[test]
    fn assignments_and_calls() {
        let found = of(
            "<script>var a=1; window.listing = {price: 5, beds: 2}; dataLayer.push({'price':'6','x':1}); if (price) { f(function(){}) }</script>",
        );
        assert_eq!(found[0].0, "window.listing");
        assert_eq!(found[0].1["price"], 5);
        assert_eq!(found[1].1["price"], "6");
    }

    #[test]
    fn parameters_are_put_back() {
        let found = of(
            "<script>window.__STATE__=(function(a,b){return {data:{price:a,city:b,beds:3}}}(450000,\"Leiden\"));</script>",
        );
        assert_eq!(found[0].1["data"]["price"], 450_000);
        assert_eq!(found[0].1["data"]["city"], "Leiden");
    }

    #[test]
    fn flattened_state_is_joined() {
        let data = r#"[["Reactive",1],{"data":2},{"listing":3},{"price":4,"bedrooms":5,"address":6},450000,3,{"city":7},"Utrecht","unused"]"#;
        let found = of(&format!("<script type='application/json'>{data}</script>"));
        assert_eq!(found[0].1["data"]["listing"]["address"]["city"], "Utrecht");
    }

    #[test]
    fn streamed_rows() {
        let found = of(
            r#"<script>self.__next_f.push([1,"5:{\"listing\":{\"price\":450000,"])</script><script>self.__next_f.push([1,"\"bedrooms\":3}}\n"])</script>"#,
        );
        assert_eq!(found[0].1["listing"]["bedrooms"], 3);
    }

    #[test]
    fn attributes_of_components() {
        let found =
            of(r#"<div data-page='{"props":{"listing":{"price":450000,"bedrooms":3,"title":"a house"}}}'></div>"#);
        assert_eq!(found[0].1["props"]["listing"]["price"], 450_000);
    }
}
