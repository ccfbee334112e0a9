use domain::{bot::BotStatus, page::Page};
use leptos::prelude::*;

use super::badge;
use crate::{
    fns::{
        bot::{BotRow, list_bots},
        wizard::step,
    },
    pages::console::parts::query,
    ui::{Badge, Card, Cell, EmptyState, Glyph, Kind, LinkButton, PageHead, Pagination, Table, TimeText, load, shown},
};

/// All bots, newest first.
#[component]
pub fn BotsPage() -> impl IntoView {
    let after = query("after");
    let bots = load(move || after.get(), list_bots);
    view! {
        <PageHead title="Bots" lead="Each answers buyers from what you gave it to read.">
            <LinkButton href="/console/bots/new" kind=Kind::Primary icon=Glyph::Plus>"New bot"</LinkButton>
        </PageHead>
        {shown(bots, move |page| rows(page, after.get_untracked().is_none()))}
    }
    .into_any()
}

fn rows(page: Page<BotRow>, first: bool) -> AnyView {
    if page.items.is_empty() && first {
        return view! {
            <EmptyState
                glyph=Glyph::Bot title="No bots yet"
                text="A bot answers questions about your listings, day and night. Setting one up takes five short steps."
            >
                <LinkButton href="/console/bots/new">"Set up a bot"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <Card class="list">
            <Table caption="Bots" columns=&["Bot", "State", "Properties", "Sources", "Conversations", "Last question"]>
                {page.items.into_iter().map(row).collect_view()}
            </Table>
        </Card>
        <Pagination base="/console/bots" next=page.next first/>
    }
    .into_any()
}

fn row(bot: BotRow) -> AnyView {
    let (mood, text) = badge(bot.status);
    // A draft goes on where its setup was left.
    let href = match bot.status {
        BotStatus::Draft => step(&bot.id, "purpose"),
        BotStatus::Active | BotStatus::Inactive => format!("/console/bots/{}", bot.id),
    };
    let settings = (bot.status == BotStatus::Draft)
        .then(|| view! { <span class="muted"><a href=format!("/console/bots/{}", bot.id)>"Settings"</a></span> });
    let last = bot
        .last_active
        .map_or_else(|| "None yet".into_any(), |when| view! { <TimeText when/> }.into_any());
    view! {
        <tr>
            <Cell label="Bot">
                <div class="row-main"><a href=href>{bot.name}</a><span class="muted">{bot.description}</span>{settings}</div>
            </Cell>
            <Cell label="State"><Badge mood text/></Cell>
            <Cell label="Properties" number=true>{bot.properties}</Cell>
            <Cell label="Sources" number=true>{bot.sources}</Cell>
            <Cell label="Conversations" number=true>{bot.conversations}</Cell>
            <Cell label="Last question">{last}</Cell>
        </tr>
    }
    .into_any()
}
