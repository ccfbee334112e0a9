//! Last step: everything at a glance, and the button that opens the porch.

use domain::{bot::BotStatus, page::Page, training::SourceState};
use leptos::{prelude::*, server_fn::ServerFn};

use super::frame::{Below, framed};
use crate::{
    fns::{
        source::{SourceRow, list_sources},
        wizard::{PublishSetup, Setup, step},
    },
    pages::console::parts::{count, credits, found},
    ui::{Banner, Form, Glyph, Icon, Mood, Submit, load, shown},
};

#[component]
pub fn ReviewPage() -> impl IntoView {
    framed(
        4,
        "Review and publish",
        "Ask it something in the preview before a buyer does.",
        body,
    )
}

fn body(setup: Setup) -> AnyView {
    let property = if setup.address.is_empty() {
        "None: it answers general enquiries".into()
    } else {
        setup.address.clone()
    };
    let listed = [
        ("Name", setup.name, "purpose"),
        ("What it is for", setup.description, "purpose"),
        ("Greeting", setup.greeting, "voice"),
        ("Tone", setup.tone_label, "voice"),
        ("Property", property, "property"),
    ];
    let rows = listed
        .into_iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(label, value, at)| {
            let change =
                view! { <a href=step(&setup.id, at)>"Change"<span class="sr-only">{format!(" {label}")}</span></a> };
            view! { <div><dt>{label}</dt><dd>{value}</dd><dd>{change}</dd></div> }
        });
    let cost = format!(
        "Publishing costs nothing. Each answer to a buyer costs {}.",
        credits(&setup.reply_price)
    );
    let sources = {
        let (bot, typed) = (setup.id.clone(), !setup.address.is_empty());
        let sources = load(move || bot.clone(), |bot| list_sources(Some(bot), None));
        let change = step(&setup.id, "knowledge");
        shown(sources, move |page| known(page, typed, &change))
    };
    let published = setup.status != BotStatus::Draft;
    let preview = format!("/console/preview/{}", setup.id);
    view! {
        <section class="card">
            <dl class="summary">{rows.collect_view()}</dl>
            {sources}
            <p><a href=preview rel="external" target="_blank"><Icon glyph=Glyph::External/>"Open the preview"</a></p>
            <p class="muted">{cost}</p>
        </section>
        <Form to=PublishSetup::PATH hidden=vec![("bot_id", setup.id.clone())]>
            <Below id=setup.id back="knowledge"><Submit icon=Glyph::Check>{if published { "Done" } else { "Publish" }}</Submit></Below>
        </Form>
    }
    .into_any()
}

/// What the bot has read, or what it means that it has read nothing; `typed` where a property is on record.
fn known(page: Page<SourceRow>, typed: bool, change: &str) -> AnyView {
    let ready: Vec<SourceRow> = page
        .items
        .into_iter()
        .filter(|source| source.state == SourceState::Ready)
        .collect();
    if ready.is_empty() {
        let answers = match typed {
            true => "It has read nothing, so it answers only what you typed about the property. ",
            false => "It knows nothing yet: every question would be passed on to you. ",
        };
        let change = change.to_owned();
        return view! { <Banner mood=Mood::Warn>{answers}<a href=change>"Give it something to read"</a></Banner> }
            .into_any();
    }
    let row = |source: SourceRow| {
        let learned = found(source.facts, source.passages);
        view! {
            <li>
                <div class="row-main">
                    <a href=format!("/console/knowledge/{}", source.id)>{source.title}</a>
                    <span class="muted">{learned}</span>
                </div>
            </li>
        }
    };
    let read = ready.len() as i64;
    view! {
        <h2>{format!("It has read {}", count(read, "source", "sources"))}</h2>
        <ul class="rows">{ready.into_iter().map(row).collect_view()}</ul>
    }
    .into_any()
}
