use domain::page::Page;
use leptos::prelude::*;

use super::badge;
use crate::{
    AppError,
    fns::{
        bot::{Choice, bot_choices},
        property::{PropertyRow, list_properties},
    },
    pages::console::parts::query,
    ui::{Badge, Card, Cell, EmptyState, Glyph, Kind, LinkButton, PageHead, Pagination, Table, load, shown},
};

/// All properties, newest first.
#[component]
pub fn PropertiesPage() -> impl IntoView {
    let after = query("after");
    let properties = load(move || after.get(), read);
    view! {
        <PageHead title="Properties" lead="What you type here is stated before anything that was read elsewhere.">
            <LinkButton href="/console/properties/new" kind=Kind::Primary icon=Glyph::Plus>"New property"</LinkButton>
        </PageHead>
        {shown(properties, move |(page, bots)| rows(page, &bots, after.get_untracked().is_none()))}
    }
    .into_any()
}

async fn read(after: Option<String>) -> Result<(Page<PropertyRow>, Vec<Choice>), AppError> {
    Ok((list_properties(after).await?, bot_choices().await?))
}

fn rows(page: Page<PropertyRow>, bots: &[Choice], first: bool) -> AnyView {
    if page.items.is_empty() && first {
        return view! {
            <EmptyState
                glyph=Glyph::Home title="No properties yet"
                text="Add the address and whatever you know: price, rooms, fees. A bot states it to buyers exactly as you typed it."
            >
                <LinkButton href="/console/properties/new">"Add a property"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let rows = page
        .items
        .into_iter()
        .map(|property| row(property, bots))
        .collect_view();
    view! {
        <Card class="list">
            <Table caption="Properties" columns=&["Address", "Status", "Price", "Size", "Answered by"]>
                {rows}
            </Table>
        </Card>
        <Pagination base="/console/properties" next=page.next first/>
    }
    .into_any()
}

fn row(property: PropertyRow, bots: &[Choice]) -> AnyView {
    let (mood, text) = badge(property.status);
    let bot = property.bot_id.and_then(|id| bots.iter().find(|bot| bot.id == id));
    let bot = match bot {
        Some(bot) => view! { <a href=format!("/console/bots/{}", bot.id)>{bot.name.clone()}</a> }.into_any(),
        None => view! { <span class="muted">"Nobody yet"</span> }.into_any(),
    };
    view! {
        <tr>
            <Cell label="Address">
                <div class="row-main">
                    <a href=format!("/console/properties/{}", property.id)>{property.address}</a>
                    <span class="muted">{property.place}</span>
                </div>
            </Cell>
            <Cell label="Status"><Badge mood text/></Cell>
            <Cell label="Price" number=true>{property.price}</Cell>
            <Cell label="Size">{property.size}</Cell>
            <Cell label="Answered by">{bot}</Cell>
        </tr>
    }
    .into_any()
}
