//! Properties: the list, a new one, and one that exists.

mod list;
mod new;
mod one;

use domain::listing::PropertyStatus;
use leptos::prelude::*;
pub use list::PropertiesPage;

use super::parts::{id, or_none};
use crate::{
    fns::bot::Choice,
    ui::{Mood, SelectField},
};

/// One property, or the form for a new one at `/console/properties/new`.
#[component]
pub fn PropertyPage() -> impl IntoView {
    let id = id();
    let is_new = Memo::new(move |_| id.with(|id| id.is_empty() || id == "new"));
    let page = move || if is_new.get() { new::page() } else { one::page(id) };
    view! { {page} }.into_any()
}

const fn badge(status: PropertyStatus) -> (Mood, &'static str) {
    match status {
        PropertyStatus::Active => (Mood::Good, "Active"),
        PropertyStatus::Pending => (Mood::Warn, "Pending"),
        PropertyStatus::Sold => (Mood::Plain, "Sold"),
    }
}

/// Which bot answers for a property.
fn bot_field(bots: Vec<Choice>, value: String) -> AnyView {
    let choices = or_none("None for now", bots.into_iter().map(|bot| (bot.id, bot.name)));
    view! {
        <SelectField name="bot_id" label="Answered by" choices value hint="Buyers can ask about it once a bot answers for it."/>
    }
    .into_any()
}
