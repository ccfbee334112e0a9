//! Leads: buyers who left a way to be reached.

use domain::page::Page;
use leptos::{prelude::*, server_fn::ServerFn};

use super::parts::{query, saved_note};
use crate::{
    fns::lead::{ConsentRow, EraseLead, LeadRow, list_leads},
    ui::{Card, Cell, Confirm, EmptyState, Glyph, LinkButton, PageHead, Pagination, Table, TimeText, load, shown},
};

/// All leads, newest first, with their export.
#[component]
pub fn LeadsPage() -> impl IntoView {
    let after = query("after");
    let leads = load(move || after.get(), list_leads);
    view! {
        <PageHead title="Leads" lead="Buyers who left a way to be reached, and what they want to know."/>
        {saved_note()}
        {shown(leads, move |page| rows(page, after.get_untracked().is_none()))}
    }
    .into_any()
}

fn rows(page: Page<LeadRow>, first: bool) -> AnyView {
    if page.items.is_empty() && first {
        return view! {
            <EmptyState
                glyph=Glyph::People title="No leads yet"
                text="When a buyer asks for you and leaves an email address or a number, it is here at once. A code on the sign brings the first."
            >
                <LinkButton href="/console/codes">"Make a code"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <Card class="list">
            <Table caption="Leads" columns=&["Name", "Reach", "Message", "About", "Left", "Consent"]>
                {page.items.into_iter().map(row).collect_view()}
            </Table>
        </Card>
        <Pagination base="/console/leads" next=page.next first/>
        <p><LinkButton href="/console/leads.csv" icon=Glyph::Download external=true>"Export all as CSV"</LinkButton></p>
    }
    .into_any()
}

/// Address and number as links that write and dial.
pub(super) fn reach(email: Option<String>, phone: Option<String>) -> AnyView {
    let email = email.map(|email| {
        let mail = format!("mailto:{email}");
        view! { <a href=mail rel="external">{email}</a> }
    });
    let phone = phone.map(|phone| {
        let dial: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        view! { <a href=format!("tel:{dial}") rel="external">{phone}</a> }
    });
    view! { {email}{phone} }.into_any()
}

/// What a buyer agreed to, in their words, and whether it still holds.
fn consent(consent: ConsentRow) -> AnyView {
    let end = consent.withdrawn.map(|when| view! { ", withdrawn "<TimeText when/> });
    view! {
        <details>
            <summary>{consent.channel}": agreed "<TimeText when=consent.given/>{end}</summary>
            <p class="muted">{consent.text}" (version "{consent.version}")"</p>
        </details>
    }
    .into_any()
}

fn row(lead: LeadRow) -> AnyView {
    let conversation = lead
        .conversation_id
        .map(|id| view! { <a href=format!("/console/conversations/{id}")>"Read the conversation"</a> });
    let erase = lead.may_erase.then(|| {
        let question = "What they left and what was said in their conversation are removed for good. What was counted stays.";
        view! { <Confirm to=EraseLead::PATH hidden=vec![("id", lead.id)] label="Erase…" action="Erase this buyer" question/> }
    });
    view! {
        <tr>
            <Cell label="Name"><strong>{lead.name}</strong></Cell>
            <Cell label="Reach"><div class="row-main">{reach(lead.email, lead.phone)}</div></Cell>
            <Cell label="Message"><div class="row-main"><span>{lead.message}</span>{conversation}</div></Cell>
            <Cell label="About">
                <div class="row-main">{lead.property}<span class="muted">{lead.bot}</span></div>
            </Cell>
            <Cell label="Left"><TimeText when=lead.left/></Cell>
            <Cell label="Consent">
                <div class="row-main">{lead.consents.into_iter().map(consent).collect_view()}{erase}</div>
            </Cell>
        </tr>
    }
    .into_any()
}
