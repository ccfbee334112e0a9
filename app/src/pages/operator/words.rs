//! What buyers said, for as long as an organization lets support read it. Nothing here can be changed.

use domain::{
    chat::{Conversation, ConversationSummary},
    id::OrganizationId,
    lead::Lead,
    page::Page,
};
use leptos::prelude::*;

use super::{Frame, document, more};

fn way_back(id: OrganizationId) -> AnyView {
    view! { <p><a href=format!("/operator/organizations/{id}")>"Back to the organization"</a></p> }.into_any()
}

pub fn conversations(frame: &Frame, id: OrganizationId, page: &Page<ConversationSummary>) -> String {
    let base = format!("/operator/organizations/{id}/conversations");
    let row = |it: &ConversationSummary| {
        let about = it.property_address.clone().unwrap_or_else(|| it.bot_name.clone());
        view! {
            <li>
                <a href=format!("{base}/{}", it.id)>{it.first_question.clone()}</a>
                <span class="muted">" "{about}", "{it.turn_count}" questions, "{frame.when(it.last_at)}</span>
            </li>
        }
    };
    let rows = page.items.iter().map(row).collect_view();
    let body = view! {
        {way_back(id)}
        <ul>{rows}</ul>
        {more(&base, page.next.as_deref())}
    };
    document(frame, "Conversations", body.into_any())
}

pub fn conversation(frame: &Frame, id: OrganizationId, shown: &Conversation) -> String {
    let turns = shown.turns.iter().map(|turn| {
        view! {
            <li>
                <p><strong dir="auto">{turn.question.clone()}</strong></p>
                <p dir="auto">{turn.answer.clone()}</p>
                <p class="muted">{frame.when(turn.created_at)}</p>
            </li>
        }
    });
    let body = view! {
        <p><a href=format!("/operator/organizations/{id}/conversations")>"All conversations"</a></p>
        <ol>{turns.collect_view()}</ol>
    };
    document(frame, &shown.summary.bot_name, body.into_any())
}

pub fn leads(frame: &Frame, id: OrganizationId, page: &Page<Lead>) -> String {
    let row = |it: &Lead| {
        let ways: Vec<&str> = [&it.email, &it.phone]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        view! {
            <li>
                <p><strong dir="auto">{it.name.clone()}</strong>" "{ways.join(", ")}</p>
                <p dir="auto">{it.message.clone()}</p>
                <p class="muted">{frame.when(it.created_at)}</p>
            </li>
        }
    };
    let rows = page.items.iter().map(row).collect_view();
    let body = view! {
        {way_back(id)}
        <ul>{rows}</ul>
        {more(&format!("/operator/organizations/{id}/leads"), page.next.as_deref())}
    };
    document(frame, "Leads", body.into_any())
}
