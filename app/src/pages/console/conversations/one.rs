use leptos::prelude::*;

use super::turn::turn;
use crate::{
    fns::conversation::{ConversationView, get_conversation},
    pages::console::parts::{count, id},
    ui::{Banner, Mood, PageHead, TimeText, load, shown},
};

/// One conversation from its first question on.
#[component]
pub fn ConversationPage() -> impl IntoView {
    let id = id();
    shown(load(move || id.get(), get_conversation), page)
}

fn page(conversation: ConversationView) -> AnyView {
    let row = conversation.row;
    let title = row.property.unwrap_or_else(|| row.bot.clone());
    let open = (row.unanswered > 0 && !row.question.is_empty()).then(|| {
        let questions = count(row.unanswered, "question has", "questions have");
        view! {
            <Banner mood=Mood::Warn>
                {questions}" no answer yet. Add what is missing to "<a href="/console/knowledge">"Knowledge"</a>", and the next buyer gets it."
            </Banner>
        }
    });
    let lead = (row.leads > 0)
        .then(|| view! { <Banner mood=Mood::Good>"This buyer left a way to be reached. "<a href="/console/leads">"See your leads"</a></Banner> });
    let erased = row.question.is_empty().then(|| {
        view! { <Banner mood=Mood::Warn>"What was said here was erased. That it was asked, and what it cost, is kept."</Banner> }
    });
    view! {
        <PageHead title up=("/console/conversations", "Conversations")/>
        <p class="muted">{count(row.turns, "question", "questions")}" to "{row.bot}", the last "<TimeText when=row.last/></p>
        {erased}
        {open}
        {lead}
        <ol class="turns">{conversation.turns.into_iter().map(turn).collect_view()}</ol>
    }
    .into_any()
}
