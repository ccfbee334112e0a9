//! A button that copies, where scripts run; the text itself is always in sight and can be selected.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::browser;

#[island]
pub fn CopyButton(#[prop(into)] text: String, #[prop(into)] label: String) -> impl IntoView {
    let done = RwSignal::new(false);
    let press = move |_| {
        browser::copy(&text);
        done.set(true);
    };
    view! {
        <button class="btn btn-quiet lively" type="button" on:click=press>
            <Icon glyph=Glyph::Copy/>
            <span aria-live="polite">{move || if done.get() { "Copied".to_owned() } else { label.clone() }}</span>
        </button>
    }
    .into_any()
}
