//! Texts of the document as HTML.

use leptos::prelude::*;
use serde_json::Value;

/// A text, or nothing where there is none.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Paragraphs of Markdown, of which the document uses `code` and **weight**.
pub fn prose(markdown: &str) -> Vec<AnyView> {
    let paragraphs = markdown.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    paragraphs
        .map(|text| view! { <p>{inline(text)}</p> }.into_any())
        .collect()
}

/// Every second piece between marks is marked.
pub fn inline(markdown: &str) -> Vec<AnyView> {
    let pieces = markdown.split('`').enumerate();
    pieces
        .map(|(n, piece)| match n % 2 {
            1 => view! { <code>{piece.to_owned()}</code> }.into_any(),
            _ => heavy(piece).into_any(),
        })
        .collect()
}

fn heavy(text: &str) -> Vec<AnyView> {
    let pieces = text.split("**").enumerate();
    pieces
        .map(|(n, piece)| match n % 2 {
            1 => view! { <strong>{piece.to_owned()}</strong> }.into_any(),
            _ => piece.to_owned().into_any(),
        })
        .collect()
}
