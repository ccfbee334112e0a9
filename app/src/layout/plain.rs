//! The frame of the pages before the console: one card in the middle.

use leptos::prelude::*;

use crate::ui::{Glyph, Icon};

/// `lead` stands under the `title`, the page's `h1`.
#[component]
pub fn PlainLayout(title: &'static str, lead: &'static str, children: Children) -> impl IntoView {
    view! {
        <leptos_meta::Title text=title/>
        <div class="plain">
            <header>
                <a class="brand" href="/" rel="external"><Icon glyph=Glyph::Lamp/>"Porchlight"</a>
            </header>
            <main class="card" id="main">
                <h1>{title}</h1>
                <p class="lead">{lead}</p>
                {children()}
            </main>
        </div>
    }
    .into_any()
}
