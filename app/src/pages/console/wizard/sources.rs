//! The sources of the bot with their progress, drawn again every second while something is going on.

use domain::{page::Page, training::SourceState};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    fns::{
        source::{SourceRow, list_sources},
        wizard::{RemoveSetupSource, step},
    },
    pages::console::{parts::found, sources::badge},
    ui::{Badge, Confirm, Progress, Watch, load, shown},
};

/// The id of the list, for those who draw it again.
pub(super) const SOURCES: &str = "sources";

#[component]
pub(super) fn SourceList(bot: String) -> impl IntoView {
    let address = step(&bot, "knowledge");
    let sources = load(move || bot.clone(), |bot| list_sources(Some(bot), None));
    let list = shown(sources, move |page| rows(page, &address));
    view! { <section class="card"><h2>"Read so far"</h2>{list}<Watch of=SOURCES.to_owned()/></section> }.into_any()
}

fn is_running(page: &Page<SourceRow>) -> bool {
    page.items.iter().any(|source| !source.state.is_final())
}

fn rows(page: Page<SourceRow>, address: &str) -> AnyView {
    if page.items.is_empty() {
        return view! { <p id=SOURCES class="muted">"Nothing yet. One source is enough to begin with."</p> }.into_any();
    }
    let running = is_running(&page);
    let refresh = running.then(|| view! { <noscript><a href=address.to_owned()>"Refresh"</a></noscript> });
    let rows = page.items.into_iter().map(row).collect_view();
    view! {
        <div id=SOURCES data-live=running.then_some("") aria-live="polite" aria-busy=running.to_string()>
            <ul class="rows">{rows}</ul>
            {refresh}
        </div>
    }
    .into_any()
}

fn row(source: SourceRow) -> AnyView {
    let (mood, word) = badge(source.state);
    let learned = (source.state == SourceState::Ready).then(|| found(source.facts, source.passages));
    let progress = (!source.state.is_final())
        .then(|| view! { <Progress percent=source.progress label=format!("Reading {}", source.title)/> });
    view! {
        <li>
            <div class="row-main">
                <strong>{source.title.clone()}</strong>
                <span class="muted">{learned}</span>
                {(!source.message.is_empty()).then(|| view! { <span class="muted">{source.message}</span> })}
                {progress}
            </div>
            <Badge mood text=word/>
            <Confirm
                to=RemoveSetupSource::PATH hidden=vec![("id", source.id)] label="Remove…" action="Remove source"
                question=format!("“{}” goes, and nothing of it is answered again.", source.title)
            />
        </li>
    }
    .into_any()
}
