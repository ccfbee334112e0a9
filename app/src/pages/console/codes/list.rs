use domain::page::Page;
use leptos::prelude::*;

use super::new::new_code;
use crate::{
    fns::code::{CodeRow, get_code_options, list_codes},
    pages::console::parts::query,
    ui::{Card, Cell, EmptyState, Glyph, PageHead, Pagination, Table, TimeText, load, shown},
};

/// The codes of all bots, or of the one in `?bot=`, with the form for a new one.
#[component]
pub fn CodesPage() -> impl IntoView {
    let (bot, property, after) = (query("bot"), query("property"), query("after"));
    let options = load(|| (), |()| get_code_options());
    let codes = load(move || (bot.get(), after.get()), |(bot, after)| list_codes(bot, after));
    view! {
        <PageHead title="Codes" lead="For the sign, the flyer and the window. A buyer scans one and asks."/>
        {shown(codes, move |page| rows(page, bot.get_untracked(), after.get_untracked().is_none()))}
        {shown(options, move |options| new_code(options, bot.get_untracked(), property.get_untracked()))}
    }
    .into_any()
}

fn rows(page: Page<CodeRow>, bot: Option<String>, first: bool) -> AnyView {
    if page.items.is_empty() && first {
        return view! {
            <EmptyState
                glyph=Glyph::Code title="No codes yet"
                text="Each is scanned once before it is kept, so what you print works."
            />
        }
        .into_any();
    }
    let all = bot
        .is_some()
        .then(|| view! { <p><a href="/console/codes">"Show the codes of all bots"</a></p> });
    let base = bot.map_or_else(
        || "/console/codes".to_owned(),
        |bot| format!("/console/codes?bot={bot}"),
    );
    view! {
        {all}
        <Card class="list">
            <Table caption="Codes" columns=&["Code", "Leads to", "Scans", "Last scan", "Download"]>
                {page.items.into_iter().map(row).collect_view()}
            </Table>
        </Card>
        <Pagination base next=page.next first/>
    }
    .into_any()
}

fn row(code: CodeRow) -> AnyView {
    let page = format!("/console/codes/{}", code.id);
    let (png, svg) = (
        format!("{page}.png?px=1024&download=1"),
        format!("{page}.svg?download=1"),
    );
    let last = code
        .last_scan
        .map_or_else(|| "Not yet".into_any(), |when| view! { <TimeText when/> }.into_any());
    view! {
        <tr>
            <Cell label="Code"><a href=page>{code.title}</a></Cell>
            <Cell label="Leads to">
                <div class="row-main">
                    <a href=format!("/console/bots/{}", code.bot_id)>{code.bot}</a>
                    <span class="muted">{code.property}</span>
                </div>
            </Cell>
            <Cell label="Scans" number=true>{code.scans}</Cell>
            <Cell label="Last scan">{last}</Cell>
            <Cell label="Download">
                <a href=png rel="external" download="">"PNG"</a>" "<a href=svg rel="external" download="">"SVG"</a>
            </Cell>
        </tr>
    }
    .into_any()
}
