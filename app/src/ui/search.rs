//! The field to look for something, and the keys that lead to it.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::browser;

/// A field that looks for something in the console.
#[component]
pub fn SearchForm(
    #[prop(into)] id: String,
    label: &'static str,
    #[prop(into, optional)] wanted: String,
) -> impl IntoView {
    view! {
        <form class="search" role="search" aria-label=label method="get" action="/console/search">
            <label class="sr-only" for=id.clone()>{label}</label>
            <Icon glyph=Glyph::Search/>
            <input id=id type="search" name="q" value=wanted maxlength=domain::search::QUERY_MAX placeholder="Search" autocomplete="off"/>
        </form>
    }
    .into_any()
}

/// Lets `/` and Ctrl-K put the focus into the field with this id, and Escape or a tap elsewhere close the bar's menu.
#[island]
pub fn ConsoleKeys(#[prop(into)] search: String) -> impl IntoView {
    Effect::new(move |_| {
        browser::on_search_keys(&search);
        browser::on_leaving(".bar details[open]");
    });
}
