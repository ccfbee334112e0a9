//! The first page: how things go, and what to do next.

use domain::{chat::Outcome, dashboard::FirstRun};
use leptos::prelude::*;

use crate::{
    fns::{
        dashboard::{DashboardView, QuestionRow, StatView, get_dashboard},
        lead::LeadRow,
    },
    ui::{
        Badge, BarChart, Card, EmptyState, Glyph, Icon, Kind, LinkButton, Mood, PageHead, StatCard, TimeText, load,
        shown,
    },
};

#[component]
pub fn DashboardPage() -> impl IntoView {
    let dashboard = load(|| (), |()| get_dashboard());
    view! {
        <PageHead title="Dashboard" lead="The last 30 days.">
            <LinkButton href="/console/bots/new" kind=Kind::Primary icon=Glyph::Plus>"New bot"</LinkButton>
        </PageHead>
        {shown(dashboard, body)}
    }
    .into_any()
}

fn body(view: DashboardView) -> AnyView {
    let run = (!view.first_run.is_complete()).then(|| first_run(view.first_run));
    let credits = format!("{} held, {} used this month", view.held, view.used_this_month);
    view! {
        {view.is_empty.then(super::credits::used_up)}
        {run}
        <dl class="stats">
            {stat("Scans", view.scans, "/console/codes")}
            {stat("Conversations", view.conversations, "/console/conversations")}
            {stat("Leads", view.leads, "/console/leads")}
            <StatCard label="Credits" value=view.available note=credits href="/console/credits"/>
        </dl>
        <Card title="Conversations a day">{daily(view.daily)}</Card>
        <div class="halves">
            <Card title="Recent questions">{questions(view.questions)}</Card>
            <Card title="Recent leads">{leads(view.recent_leads)}</Card>
        </div>
    }
    .into_any()
}

fn daily(points: Vec<(String, i64)>) -> AnyView {
    if points.iter().all(|(_, n)| *n == 0) {
        return view! { <p class="muted">"None in these 30 days."</p> }.into_any();
    }
    view! { <BarChart title="Conversations a day" points/> }.into_any()
}

fn stat(label: &'static str, stat: StatView, href: &'static str) -> AnyView {
    view! { <StatCard label value=stat.value note=stat.change href/> }.into_any()
}

/// What a new organization does first, with how far it is. Gone when all is done.
fn first_run(run: FirstRun) -> AnyView {
    let steps = [
        (run.bot, "Create a bot", "/console/bots/new"),
        (run.listing, "Add a listing", "/console/properties"),
        (run.knowledge, "Give it something to read", "/console/knowledge"),
        (run.code, "Make a code for the sign", "/console/codes"),
        (run.question, "Scan it and ask a question", "/console/bots"),
    ];
    let done = steps.iter().filter(|(done, ..)| *done).count();
    let steps = steps.map(|(done, name, href)| {
        let name = if done { view! { <s>{name}</s><span class="sr-only">" done"</span> }.into_any() } else { view! { <a href=href>{name}</a> }.into_any() };
        view! { <li class=if done { "done" } else { "" }><Icon glyph=if done { Glyph::Check } else { Glyph::ArrowRight }/>{name}</li> }
    });
    view! {
        <Card title="First steps">
            <p class="muted">{format!("{done} of 5 done")}</p>
            <ol class="checklist">{steps.collect_view()}</ol>
        </Card>
    }
    .into_any()
}

fn questions(rows: Vec<QuestionRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <EmptyState glyph=Glyph::Chat title="No questions yet" text="They appear here as buyers ask them."/> }.into_any();
    }
    let row = |row: QuestionRow| {
        let badge = match row.outcome {
            Some(Outcome::Unknown) => Some((Mood::Warn, "Needs you")),
            Some(Outcome::Unavailable) => Some((Mood::Bad, "Not answered")),
            Some(Outcome::Refused) => Some((Mood::Plain, "Declined")),
            _ => None,
        };
        view! {
            <li>
                <div class="row-main">
                    <a class="brief" href=format!("/console/conversations/{}", row.conversation_id)>{row.question}</a>
                    <span class="muted">{row.bot}" · "<TimeText when=row.asked/></span>
                </div>
                {badge.map(|(mood, text)| view! { <Badge mood text/> })}
            </li>
        }
    };
    view! { <ul class="rows">{rows.into_iter().map(row).collect_view()}</ul> }.into_any()
}

fn leads(rows: Vec<LeadRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <EmptyState glyph=Glyph::People title="No leads yet" text="A buyer who leaves a way to be reached appears here."/> }.into_any();
    }
    let row = |row: LeadRow| {
        let about = row.property.unwrap_or(row.bot);
        let name = match row.conversation_id {
            Some(id) => view! { <a href=format!("/console/conversations/{id}")>{row.name}</a> }.into_any(),
            None => view! { <strong>{row.name}</strong> }.into_any(),
        };
        let reach = super::leads::reach(row.email, row.phone);
        view! {
            <li>
                <div class="row-main">
                    {name}
                    {reach}
                    <span class="muted">{about}" · "<TimeText when=row.left/></span>
                </div>
            </li>
        }
    };
    view! { <ul class="rows">{rows.into_iter().map(row).collect_view()}</ul> }.into_any()
}
