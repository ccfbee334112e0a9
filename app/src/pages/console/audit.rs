//! The audit log: who did what, when, from where.

use domain::audit::GROUPS;
use leptos::prelude::*;

use super::parts::{or_none, query};
use crate::{
    fns::{
        audit::{AuditRow, AuditView, list_audit},
        people::{PeopleView, get_people},
    },
    ui::{Card, Cell, Choice, EmptyState, Glyph, LinkButton, PageHead, Pagination, Table, load, shown},
};

const HERE: &str = "/console/audit";

/// The log, or what `?action=`, `?actor=`, `?from=` and `?to=` leave of it, newest first.
#[component]
pub fn AuditPage() -> impl IntoView {
    let [action, actor, from, to, after] = ["action", "actor", "from", "to", "after"].map(query);
    let people = load(|| (), |()| get_people());
    let log = load(
        move || (action.get(), actor.get(), from.get(), to.get(), after.get()),
        |(action, actor, from, to, after)| list_audit(action, actor, from, to, after),
    );
    let asked = move || [action, actor, from, to].map(|part| part.get_untracked().unwrap_or_default());
    view! {
        <PageHead title="Audit log" lead="Who did what, when and from where. Nobody can change or remove an entry."/>
        {shown(people, move |people| filters(people, asked()))}
        {shown(log, move |view| rows(view, after.get_untracked().is_none()))}
    }
    .into_any()
}

fn filters(people: PeopleView, [action, actor, from, to]: [String; 4]) -> AnyView {
    let groups = GROUPS
        .iter()
        .map(|(name, words)| ((*name).to_owned(), (*words).to_owned()));
    let people = people.members.into_iter().map(|member| (member.id, member.name));
    view! {
        <form class="filters" method="get" action=HERE aria-label="Filter">
            {select("action", "What", or_none("Everything", groups), &action)}
            {select("actor", "Who", or_none("Everybody", people), &actor)}
            {day("from", "From", from)}
            {day("to", "To", to)}
            <button class="btn" type="submit">"Show"</button>
        </form>
    }
    .into_any()
}

fn select(name: &'static str, label: &'static str, choices: Vec<Choice>, chosen: &str) -> AnyView {
    let option = |(value, label): Choice| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{label}</option> }
    };
    let id = format!("filter-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>{choices.into_iter().map(option).collect_view()}</select>
        </div>
    }
    .into_any()
}

fn day(name: &'static str, label: &'static str, value: String) -> AnyView {
    let id = format!("filter-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id type="date" name=name value=value/>
        </div>
    }
    .into_any()
}

fn rows(view: AuditView, first: bool) -> AnyView {
    let (page, query) = (view.page, view.query);
    if page.items.is_empty() && first {
        return empty(query.is_empty());
    }
    let with = |path: &str| match query.as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    };
    view! {
        <Card class="list">
            <Table caption="Audit log" columns=&["What", "Change", "Who", "When"]>
                {page.items.into_iter().map(row).collect_view()}
            </Table>
        </Card>
        <Pagination base=with(HERE) next=page.next first/>
        <p><LinkButton href=with("/console/audit.csv") icon=Glyph::Download external=true>"Export as CSV"</LinkButton></p>
    }
    .into_any()
}

fn empty(all: bool) -> AnyView {
    if all {
        return view! {
            <EmptyState
                glyph=Glyph::Clock title="Nothing yet"
                text="What changes who may do what, how you look to buyers, or what leaves the house is noted here from now on."
            />
        }
        .into_any();
    }
    view! {
        <EmptyState glyph=Glyph::Search title="Nothing like that" text="No entry matches all of these filters.">
            <LinkButton href=HERE>"Show all"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn row(entry: AuditRow) -> AnyView {
    let target = entry.target.map(|target| view! { <span class="muted">{target}</span> });
    let address = entry
        .address
        .map(|address| view! { <span class="muted">{address}</span> });
    let change = match entry.change.is_empty() {
        true => view! { <td></td> }.into_any(),
        false => view! { <Cell label="Change"><span>{entry.change}</span></Cell> }.into_any(),
    };
    let at = entry.at.machine();
    view! {
        <tr>
            <Cell label="What"><div class="row-main"><span>{entry.what}</span>{target}</div></Cell>
            {change}
            <Cell label="Who"><div class="row-main"><span>{entry.who}</span>{address}</div></Cell>
            <Cell label="When"><time datetime=at title=entry.at.ago>{entry.at.exact}</time></Cell>
        </tr>
    }
    .into_any()
}
