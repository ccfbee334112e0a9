use domain::{page::Page, training::SourceState};
use leptos::prelude::*;

use super::{add::add_forms, badge};
use crate::{
    fns::source::{SourceForm, SourceRow, get_source_form, list_sources},
    pages::console::parts::{found, query},
    ui::{
        Badge, Card, Cell, EmptyState, Glyph, LinkButton, PageHead, Pagination, Progress, Table, TimeText, Watch, load,
        shown,
    },
};

/// The id of the list, for those who draw it again.
const SOURCES: &str = "sources";

/// The sources of all bots, or of the one in `?bot=`. Drawn again every second while one of them is being read.
#[component]
pub fn KnowledgePage() -> impl IntoView {
    let (bot, after) = (query("bot"), query("after"));
    let options = load(|| (), |()| get_source_form());
    let sources = load(
        move || (bot.get(), after.get()),
        |(bot, after)| list_sources(bot, after),
    );
    let list = shown(sources, move |page| {
        rows(page, bot.get_untracked(), after.get_untracked().is_none())
    });
    view! {
        <PageHead title="Knowledge" lead="The pages, files and texts your bots answer from. Remove one, and nothing of it is said again."/>
        {shown(options, move |options| head(options, bot.get_untracked()))}
        {list}
        <Watch of=SOURCES.to_owned()/>
    }
    .into_any()
}

/// Which bot is looked at, and the forms; without a bot there is nobody to learn.
fn head(options: SourceForm, bot: Option<String>) -> AnyView {
    if options.bots.is_empty() {
        return ().into_any();
    }
    let filter = (options.bots.len() > 1).then(|| {
        let all = (String::new(), "All bots".to_owned());
        let bots = options.bots.iter().map(|bot| (bot.id.clone(), bot.name.clone()));
        let option = |(id, name): (String, String)| {
            let selected = bot.as_deref().unwrap_or_default() == id;
            view! { <option value=id selected=selected>{name}</option> }
        };
        let choices = std::iter::once(all).chain(bots).map(option).collect_view();
        view! {
            <form class="filter" method="get" action="/console/knowledge">
                <label for="filter-bot">"Show"</label>
                <select id="filter-bot" name="bot">{choices}</select>
                <button class="btn" type="submit">"Show"</button>
            </form>
        }
    });
    view! { {add_forms(options.clone(), bot.clone())}{filter} }.into_any()
}

fn rows(page: Page<SourceRow>, bot: Option<String>, first: bool) -> AnyView {
    if page.items.is_empty() && first {
        return empty();
    }
    let base = bot.map_or_else(
        || "/console/knowledge".to_owned(),
        |bot| format!("/console/knowledge?bot={bot}"),
    );
    let running = page.items.iter().any(|source| !source.state.is_final());
    let refresh = running.then(|| view! { <noscript><a class="btn" href=base.clone()>"Refresh"</a></noscript> });
    view! {
        <div id=SOURCES data-live=running.then_some("") aria-live="polite" aria-busy=running.to_string()>
            <Card class="list">
                <Table caption="Sources" columns=&["Source", "State", "Found in it", "Added"]>
                    {page.items.into_iter().map(row).collect_view()}
                </Table>
            </Card>
        </div>
        {refresh}
        <Pagination base next=page.next first/>
    }
    .into_any()
}

fn empty() -> AnyView {
    view! {
        <EmptyState
            glyph=Glyph::Knowledge title="Nothing read yet"
            text="A bot answers only from what it has read. Begin with the address of the listing page; disclosures and HOA rules make it better."
        >
            <LinkButton href="/console/bots">"Go to your bots"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn row(source: SourceRow) -> AnyView {
    let (mood, text) = badge(source.state);
    let found = match source.state {
        SourceState::Ready => {
            let found = found(source.facts, source.passages);
            match source.message.as_str() {
                "" => found,
                warning => format!("{found}. {warning}"),
            }
        }
        SourceState::Queued | SourceState::Running | SourceState::Failed => source.message.clone(),
    };
    let progress = (!source.state.is_final())
        .then(|| view! { <Progress percent=source.progress label=format!("Reading {}", source.title)/> });
    let locator = (source.locator != source.title).then_some(source.locator);
    view! {
        <tr>
            <Cell label="Source">
                <div class="row-main">
                    <a href=format!("/console/knowledge/{}", source.id)>{source.title}</a>
                    <span class="muted">{locator}</span>
                </div>
            </Cell>
            <Cell label="State"><Badge mood text/>{progress}</Cell>
            <Cell label="Found in it">{found}</Cell>
            <Cell label="Added"><TimeText when=source.added/></Cell>
        </tr>
    }
    .into_any()
}
