//! Last step: everything at a glance, and the button that opens the porch.

use domain::bot::BotStatus;
use leptos::{prelude::*, server_fn::ServerFn};

use super::frame::{Below, framed};
use crate::{
    fns::wizard::{PublishSetup, Setup, step},
    pages::console::parts::credits,
    ui::{Form, Glyph, Icon, Submit},
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
        setup.address
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
    let published = setup.status != BotStatus::Draft;
    let preview = format!("/console/preview/{}", setup.id);
    view! {
        <section class="card">
            <dl class="summary">{rows.collect_view()}</dl>
            <p><a href=preview rel="external" target="_blank"><Icon glyph=Glyph::External/>"Open the preview"</a></p>
            <p class="muted">{cost}</p>
        </section>
        <Form to=PublishSetup::PATH hidden=vec![("bot_id", setup.id.clone())]>
            <Below id=setup.id back="knowledge"><Submit icon=Glyph::Check>{if published { "Done" } else { "Publish" }}</Submit></Below>
        </Form>
    }
    .into_any()
}
