//! What the console's pages share: reading the address, words for counts.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    fns::bot::Choice,
    ui::{Banner, Mood, SelectField},
};

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

/// What was found in a source: `3 facts, 12 passages`; a kind of which there is none is not spoken of.
pub(super) fn found(facts: i64, passages: i64) -> String {
    let facts = (facts > 0).then(|| count(facts, "fact", "facts"));
    let passages = (passages > 0).then(|| count(passages, "passage", "passages"));
    let found: Vec<String> = facts.into_iter().chain(passages).collect();
    match found.is_empty() {
        true => "Nothing".into(),
        false => found.join(", "),
    }
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

/// Which bot something is for. A lone one is what is meant; of several none is guessed.
pub(super) fn whose(label: &'static str, bots: Vec<Choice>, chosen: Option<String>) -> AnyView {
    let mut choices: Vec<_> = bots.into_iter().map(|bot| (bot.id, bot.name)).collect();
    let value = match choices.as_slice() {
        [(id, _)] => id.clone(),
        several => chosen
            .filter(|id| several.iter().any(|(known, _)| known == id))
            .unwrap_or_default(),
    };
    if value.is_empty() {
        choices = or_none("Choose a bot", choices);
    }
    view! { <SelectField name="bot_id" label choices value/> }.into_any()
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
