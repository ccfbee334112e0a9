//! What all steps share: title, stepper, the step itself, the porch beside it.

use domain::bot::BotStatus;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    browser,
    fns::wizard::{Setup, get_setup, step},
    ui::{Glyph, Icon, Loading, PageHead, Step, Stepper, load, shown},
};

const STEPS: [(&str, &str); 5] = [
    ("purpose", "Name"),
    ("voice", "Voice"),
    ("property", "Property"),
    ("knowledge", "Knowledge"),
    ("review", "Review"),
];

/// The steps' names; `bot` makes them links, `is_done` is asked with a step's number and path.
pub(super) fn stepper(bot: &str, current: usize, is_done: impl Fn(usize, &str) -> bool) -> AnyView {
    let steps = STEPS.iter().enumerate().map(|(number, (path, name))| Step {
        name,
        href: (!bot.is_empty()).then(|| step(bot, path)),
        done: is_done(number, path),
    });
    view! { <Stepper steps=steps.collect() current/> }.into_any()
}

/// A step without which nothing can be said, the property or what to read, is done when it was filled; the others when
/// they lie behind.
fn is_done(setup: &Setup, current: usize, number: usize, path: &str) -> bool {
    match path {
        "property" => !setup.property_id.is_empty(),
        "knowledge" => setup.has_knowledge,
        _ => number < current || setup.status != BotStatus::Draft,
    }
}

/// The bot that the address names, read once for the step.
pub(super) fn setup() -> Loading<Setup> {
    let params = use_params_map();
    load(
        move || params.with(|params| params.get("id").unwrap_or_default()),
        get_setup,
    )
}

/// The frame of the steps that have a bot; `body` is the step.
pub(super) fn framed(
    current: usize,
    title: &'static str,
    lead: &'static str,
    body: impl Fn(Setup) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    shown(setup(), move |setup| {
        let id = setup.id.clone();
        let steps = stepper(&id, current, |number, path| is_done(&setup, current, number, path));
        let left = body(setup);
        let preview = format!("/console/preview/{id}");
        view! {
            <PageHead title lead/>
            {steps}
            <p class="to-preview"><a href=preview rel="external" target="_blank"><Icon glyph=Glyph::External/>"See what a buyer sees"</a></p>
            <div class="beside">
                <div>{left}</div>
                <Preview id/>
            </div>
        }
        .into_any()
    })
}

/// The buttons under a step: back, and what the step adds.
#[component]
pub(super) fn Below(id: String, back: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="below">
            {children()}
            <a class="btn btn-quiet" href=step(&id, back)>"Back"</a>
            <a class="btn btn-quiet" href="/console/bots">"Finish later"</a>
        </div>
    }
    .into_any()
}

/// The porch as buyers will see it.
#[component]
fn Preview(id: String) -> impl IntoView {
    let source = format!("/console/preview/{id}");
    view! {
        <aside class="preview" aria-label="Preview">
            <p class="muted">"What a buyer sees"</p>
            <iframe title="Preview of the page buyers see" src=source></iframe>
            <Mirror/>
        </aside>
    }
    .into_any()
}

/// Shows in the preview what is being typed, before it is saved.
#[island]
fn Mirror() -> impl IntoView {
    Effect::new(move |_| browser::mirror(".preview iframe"));
}
