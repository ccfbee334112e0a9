use domain::training::SourceState;
use leptos::{prelude::*, server_fn::ServerFn};

use super::badge;
use crate::{
    fns::source::{FactRow, PassageRow, RemoveSource, SourceView, get_source},
    pages::console::parts::{count, id},
    ui::{Badge, Banner, Card, Cell, Confirm, Mood, PageHead, Progress, Table, TimeText, Watch, load, shown},
};

/// The id of what is drawn again while the source is being read.
const SOURCE: &str = "source";

/// One source: every fact with the words it was read from, and every passage.
#[component]
pub fn SourcePage() -> impl IntoView {
    let id = id();
    let source = load(move || id.get(), get_source);
    view! { {shown(source, page)}<Watch of=SOURCE.to_owned()/> }.into_any()
}

fn page(view: SourceView) -> AnyView {
    let (mood, text) = badge(view.source.state);
    let question = format!("“{}” goes, and nothing of it is answered again.", view.source.title);
    let hidden = vec![("id", view.source.id.clone())];
    let file = format!("/console/knowledge/{}/file", view.source.id);
    let file = (view.source.state == SourceState::Ready)
        .then(|| view! { <p><a href=file rel="external" download="">"Download what was read"</a></p> });
    let lead = Some(&view.source.locator).filter(|at| **at != view.source.title);
    let lead = lead.cloned().unwrap_or_default();
    let state = state(&view);
    let photos = photos(&view.photos);
    let read = (view.source.state == SourceState::Ready).then(|| findings(view.hidden, view.facts, view.passages));
    view! {
        <div id=SOURCE class="stack" data-live=(!view.source.state.is_final()).then_some("")>
            <PageHead title=view.source.title.clone() lead=lead up=("/console/knowledge", "Knowledge")>
                <Badge mood text/>
            </PageHead>
            {state}
            {photos}
            {file}
            {read}
        </div>
        <Confirm to=RemoveSource::PATH hidden label="Remove this source…" action="Remove source" question/>
    }
    .into_any()
}

/// What is going on with it, or how it ended.
fn state(view: &SourceView) -> AnyView {
    let source = &view.source;
    let about = view.property.as_ref().map(|property| format!(", about {property}"));
    let name = view.bot.clone();
    let bot = format!("/console/bots/{}", source.bot_id);
    let again = format!("/console/knowledge/{}", source.id);
    let percent = source.progress;
    let added = view! { <p class="muted">"Added "<TimeText when=source.added.clone()/>" for "<a href=bot>{name}</a>{about}"."</p> };
    let message = source.message.clone();
    let now = match source.state {
        SourceState::Failed => view! { <Banner mood=Mood::Bad>{message}" Nothing was charged."</Banner> }.into_any(),
        SourceState::Queued | SourceState::Running => {
            let words = if message.is_empty() {
                "Waiting for its turn.".to_owned()
            } else {
                message
            };
            view! {
                <Card>
                    <p aria-live="polite">{words}</p>
                    <Progress percent label="How far it is read"/>
                    <noscript><a class="btn" href=again>"Refresh"</a></noscript>
                </Card>
            }
            .into_any()
        }
        SourceState::Ready if message.is_empty() => ().into_any(),
        SourceState::Ready => view! { <Banner mood=Mood::Warn>{message}</Banner> }.into_any(),
    };
    view! { {added}{now} }.into_any()
}

/// The copies that buyers see.
fn photos(addresses: &[String]) -> AnyView {
    if addresses.is_empty() {
        return ().into_any();
    }
    let one =
        |address: &String| view! { <li><img src=address.clone() alt="A photo of this source" loading="lazy"/></li> };
    view! { <ul class="photos">{addresses.iter().map(one).collect_view()}</ul> }.into_any()
}

fn findings(hidden: i64, facts: Vec<FactRow>, passages: Vec<PassageRow>) -> AnyView {
    let left_out = (hidden > 0).then(|| {
        let pieces = count(
            hidden,
            "piece that people cannot see was",
            "pieces that people cannot see were",
        );
        view! { <Banner mood=Mood::Info>{pieces}" left out."</Banner> }
    });
    let nothing = (facts.is_empty() && passages.is_empty())
        .then(|| view! { <Banner mood=Mood::Warn>"Nothing was found in it that a buyer could be told."</Banner> });
    view! {
        {left_out}
        {nothing}
        {(!facts.is_empty()).then(|| fact_table(facts))}
        {(!passages.is_empty()).then(|| passage_list(passages))}
    }
    .into_any()
}

fn fact_table(facts: Vec<FactRow>) -> AnyView {
    let row = |fact: FactRow| {
        view! {
            <tr>
                <Cell label="Fact">{fact.label}</Cell>
                <Cell label="Value"><strong>{fact.value}</strong></Cell>
                <Cell label="Words it was read from"><q>{fact.quote}</q></Cell>
                <Cell label="Where"><span title=fact.locator>{fact.place}</span></Cell>
            </tr>
        }
    };
    view! {
        <Card title="Facts">
            <Table caption="Facts" columns=&["Fact", "Value", "Words it was read from", "Where"]>
                {facts.into_iter().map(row).collect_view()}
            </Table>
        </Card>
    }
    .into_any()
}

fn passage_list(passages: Vec<PassageRow>) -> AnyView {
    let total = i64::try_from(passages.len()).unwrap_or(i64::MAX);
    let passage = |passage: PassageRow| {
        view! { <li>{passage.heading.map(|heading| view! { <h3>{heading}</h3> })}<p>{passage.text}</p></li> }
    };
    view! {
        <Card title="Passages">
            <details class="fold">
                <summary>{format!("Read the {}", count(total, "passage", "passages"))}</summary>
                <ol class="passages">{passages.into_iter().map(passage).collect_view()}</ol>
            </details>
        </Card>
    }
    .into_any()
}
