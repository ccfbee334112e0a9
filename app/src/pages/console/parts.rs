//! What the console's pages share: reading the address, words for counts.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::ui::{Banner, Mood, SelectField};

/// A part of the address's query; empty counts as absent.
pub(super) fn query(name: &'static str) -> Memo<Option<String>> {
    let map = use_query_map();
    Memo::new(move |_| map.with(|map| map.get(name)).filter(|value| !value.is_empty()))
}

/// The id in the address.
pub(super) fn id() -> Memo<String> {
    let map = use_params_map();
    Memo::new(move |_| map.with(|map| map.get("id")).unwrap_or_default())
}

/// Says that a form was kept, when the address says so.
pub(super) fn saved_note() -> AnyView {
    let saved = query("saved");
    let note = move || {
        saved
            .with(Option::is_some)
            .then(|| view! { <Banner mood=Mood::Good>"Saved."</Banner> })
    };
    view! { {note} }.into_any()
}

/// `1 fact`, `12 facts`.
pub(super) fn count(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `1 credit`, `0.5 credits`, of an amount that is written out already.
pub(super) fn credits(amount: &str) -> String {
    format!("{amount} credit{}", if amount == "1" { "" } else { "s" })
}

/// A select's choices with a first one for none.
pub(super) fn or_none(none: &str, choices: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), none.to_owned())];
    all.extend(choices);
    all
}

/// Which property something is about. A lone one is what is meant; of several none is guessed.
pub(super) fn about(properties: Vec<(String, String)>, chosen: Option<String>) -> AnyView {
    let lone = match properties.as_slice() {
        [(id, _)] => Some(id.clone()),
        _ => None,
    };
    let value = chosen.or(lone).unwrap_or_default();
    view! { <SelectField name="property_id" label="About" choices=or_none("All its properties", properties) value/> }
        .into_any()
}
