//! Looking for something by a part of its name.

use domain::search::{Found, FoundKind};
use leptos::prelude::*;

use super::parts::{count, query};
use crate::{
    fns::search::find,
    ui::{Card, EmptyState, Glyph, Icon, PageHead, SearchForm, load, shown},
};

/// What was found for `?q=`.
#[component]
pub fn SearchPage() -> impl IntoView {
    let wanted = query("q");
    let found = load(move || wanted.get(), find);
    view! {
        <PageHead title="Search" lead="Bots, properties, leads, codes, knowledge and buyers’ questions."/>
        <SearchForm id="find" label="Look for" wanted=wanted.get_untracked().unwrap_or_default()/>
        {shown(found, move |found| list(found, wanted.get_untracked()))}
    }
    .into_any()
}

fn list(found: Vec<Found>, wanted: Option<String>) -> AnyView {
    let Some(wanted) = wanted else {
        return ().into_any();
    };
    if found.is_empty() {
        let nothing = format!("Nothing found for “{wanted}”");
        return view! {
            <p role="status">{nothing}</p>
            <EmptyState
                glyph=Glyph::Search title="Not here"
                text="Try a shorter part of a name, a street, an address of mail or a question."
            />
        }
        .into_any();
    }
    let said = count(found.len() as i64, "result", "results");
    view! {
        <p class="muted" role="status">{said}</p>
        <Card class="list">
            <ul class="results">{found.into_iter().map(row).collect_view()}</ul>
        </Card>
    }
    .into_any()
}

fn row(found: Found) -> AnyView {
    let id = found.id;
    let (glyph, what, href) = match found.kind {
        FoundKind::Bot => (Glyph::Bot, "Bot", format!("/console/bots/{id}")),
        FoundKind::Property => (Glyph::Home, "Property", format!("/console/properties/{id}")),
        FoundKind::Source => (Glyph::Knowledge, "Knowledge", format!("/console/knowledge/{id}")),
        FoundKind::Code => (Glyph::Code, "Code", format!("/console/codes/{id}")),
        // The list from this lead on: ids are in the order of time.
        FoundKind::Lead => {
            let from = found.just_above();
            (Glyph::People, "Lead", format!("/console/leads?after={from}"))
        }
        FoundKind::Conversation => (Glyph::Chat, "Question", format!("/console/conversations/{id}")),
    };
    view! {
        <li>
            <a href=href>
                <Icon glyph/>
                <span class="row-main"><span>{found.title}</span><span class="muted">{found.note}</span></span>
                <span class="muted">{what}</span>
            </a>
        </li>
    }
    .into_any()
}
