//! The three ways to give a bot something to read.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    checks::Check,
    fns::source::{AddTextSource, AddUrlSource, UPLOAD},
    pages::console::sources::file_fields,
    ui::{Field, Form, Glyph, Icon, Kind, Submit},
};

use super::sources::SOURCES;

fn target(bot: String, property: String) -> Vec<(&'static str, String)> {
    vec![("bot_id", bot), ("property_id", property)]
}

/// A page's address; `known` is offered.
#[component]
pub(super) fn AddPage(bot: String, property: String, known: String) -> impl IntoView {
    view! {
        <section class="card">
            <h2><Icon glyph=Glyph::Link/>"A page"</h2>
            <Form to=AddUrlSource::PATH hidden=target(bot, property) check=Check::Url renews=SOURCES>
                <Field name="url" label="Address of the page" kind="url" value=known placeholder="https://" hint="Your listing, or any page about it."/>
                <Submit kind=Kind::Secondary>"Read page"</Submit>
            </Form>
        </section>
    }
    .into_any()
}

/// A file.
#[component]
pub(super) fn Upload(bot: String, property: String) -> impl IntoView {
    view! {
        <section class="card">
            <h2><Icon glyph=Glyph::File/>"A file or a photo"</h2>
            <Form to=UPLOAD hidden=target(bot, property) check=Check::File files=true renews=SOURCES>
                {file_fields()}
                <Submit kind=Kind::Secondary icon=Glyph::Upload>"Upload"</Submit>
            </Form>
        </section>
    }
    .into_any()
}

/// Text, pasted.
#[component]
pub(super) fn AddText(bot: String, property: String) -> impl IntoView {
    view! {
        <section class="card">
            <h2><Icon glyph=Glyph::Text/>"Text"</h2>
            <Form to=AddTextSource::PATH hidden=target(bot, property) check=Check::Text renews=SOURCES>
                <Field name="text_content" label="Text" rows=5 hint="Notes, answers you give often, anything a buyer may ask."/>
                <Submit kind=Kind::Secondary>"Add text"</Submit>
            </Form>
        </section>
    }
    .into_any()
}
