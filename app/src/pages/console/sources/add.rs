//! Adding a source: a page, a file or text, each a fold of its own that works without scripts.

use domain::training::DESCRIPTION_MAX;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    checks::Check,
    fns::source::{AddTextSource, AddUrlSource, SourceForm, UPLOAD},
    pages::console::parts::{about, whose},
    ui::{Card, Field, FileField, Form, Glyph, Icon, Submit, form::has_failed},
};

/// The three forms; `bot` is chosen beforehand.
pub(super) fn add_forms(options: SourceForm, bot: Option<String>) -> AnyView {
    let cost = format!(
        "A source that could be read costs {}; one that fails costs nothing.",
        options.price
    );
    let failed = [UPLOAD, AddTextSource::PATH].into_iter().find(|to| has_failed(to));
    let open = {
        let open = failed.unwrap_or(AddUrlSource::PATH);
        move |to: &str| open == to
    };
    view! {
        <Card title="Add a source">
            <p class="muted">{cost}</p>
            <details class="fold" name="add" open=open(AddUrlSource::PATH)>
                <summary><Icon glyph=Glyph::Link/>"A page"</summary>
                {page(options.clone(), bot.clone())}
            </details>
            <details class="fold" name="add" open=open(UPLOAD)>
                <summary><Icon glyph=Glyph::File/>"A file or a photo"</summary>
                {file(options.clone(), bot.clone())}
            </details>
            <details class="fold" name="add" open=open(AddTextSource::PATH)>
                <summary><Icon glyph=Glyph::Text/>"Text"</summary>
                {text(options, bot)}
            </details>
        </Card>
    }
    .into_any()
}

/// The fields of a form that sends a file. To be called inside of one.
pub fn file_fields() -> AnyView {
    view! {
        <FileField name="file" label="File" accept=".pdf,.docx,.html,.htm,.txt,.jpg,.jpeg,.png,.webp"
            hint="PDF, Word, HTML or text, or a photo; up to 25 MB."/>
        <Field name="description" label="What a photo shows" rows=2 optional=true max=DESCRIPTION_MAX as u32
            hint="For photos only, in a few words: buyers are answered from it, and see the photo. Leave it empty to have an AI look, where one is set up."/>
    }
    .into_any()
}

/// Whose knowledge it is: the bot, and the property it is about. Made inside of the form: outside it knows nothing of its
/// draft.
fn target(options: SourceForm, bot: Option<String>) -> AnyView {
    let properties = options
        .properties
        .into_iter()
        .map(|property| (property.id, property.address))
        .collect();
    view! {
        <div class="pair">
            {whose("For the bot", options.bots, bot)}
            {about(properties, None)}
        </div>
    }
    .into_any()
}

fn show_it() -> Vec<(&'static str, String)> {
    vec![("show", "1".into())]
}

fn page(options: SourceForm, bot: Option<String>) -> AnyView {
    view! {
        <Form to=AddUrlSource::PATH hidden=show_it() check=Check::Url>
            <Field name="url" label="Address of the page" kind="url" placeholder="https://" hint="Your listing, or any page about it."/>
            {target(options, bot)}
            <Submit>"Read page"</Submit>
        </Form>
    }
    .into_any()
}

fn file(options: SourceForm, bot: Option<String>) -> AnyView {
    view! {
        <Form to=UPLOAD hidden=show_it() check=Check::File files=true>
            {file_fields()}
            {target(options, bot)}
            <Submit icon=Glyph::Upload>"Upload"</Submit>
        </Form>
    }
    .into_any()
}

fn text(options: SourceForm, bot: Option<String>) -> AnyView {
    view! {
        <Form to=AddTextSource::PATH hidden=show_it() check=Check::Text>
            <Field name="text_content" label="Text" rows=6 hint="Notes, answers you give often, anything a buyer may ask."/>
            {target(options, bot)}
            <Submit>"Add text"</Submit>
        </Form>
    }
    .into_any()
}
