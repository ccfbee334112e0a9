//! What is known of a visitor. Works without a script, like the porch.

use chrono::{DateTime, Utc};
use domain::{chat::Turn, lead::Lead};
use engine::{porch::Porch, privacy::Known};
use leptos::prelude::*;

use super::{Visit, chat::query, home, shell, view::View};

/// The page; `known` is absent where nothing is.
pub fn me(porch: &Porch, known: Option<&Known>, visit: &Visit) -> String {
    let view = View::of(porch);
    let base = format!("/p/{}", view.slug);
    let back = format!("{base}{}", query(visit));
    let shown = match known {
        None => view! {
            <p>"Nothing. You have not asked anything here yet, you erased it, or your browser no longer has the cookie that says which \
                conversation is yours."</p>
        }
        .into_any(),
        Some(known) => all(known, &view, &base).into_any(),
    };
    let body = view! {
        <main class="page">
            <h1>"What is known about you"</h1>
            <p class="fine"><a href=back>"Back to "<bdi>{view.subject.clone()}</bdi></a></p>
            {shown}
            {home::identity(&view)}
        </main>
    };
    let title = format!("What is known about you · {}", view.realtor);
    shell::document(&shell::Head::of(&view, visit).of_one_visitor(title), body)
}

fn all(known: &Known, view: &View, base: &str) -> impl IntoView + use<> {
    let turns: Vec<_> = known.turns.iter().map(said).collect();
    let turns = match turns.is_empty() {
        true => view! { <p>"You have asked nothing."</p> }.into_any(),
        false => view! { <ol class="turns">{turns}</ol> }.into_any(),
    };
    let leads: Vec<_> = known.leads.iter().map(left).collect();
    let none = leads.is_empty().then(|| view! { <p>"You have left no message."</p> });
    let agreed = known
        .leads
        .iter()
        .flat_map(|lead| &lead.consents)
        .any(|consent| consent.withdrawn_at.is_none());
    let withdraw = agreed.then(|| {
        view! {
            <form method="post" action=format!("{base}/me/withdraw")>
                <p>"When you withdraw, "<bdi>{view.realtor.clone()}</bdi>" may not contact you any more. Your messages stay."</p>
                <button>"Withdraw my consent"</button>
            </form>
        }
    });
    view! {
        <h2>"What you asked, and what you were told"</h2>
        {turns}
        <h2>"What you left"</h2>
        {none}{leads}{withdraw}
        <h2>"Yours to take or to erase"</h2>
        <p><a href=format!("{base}/me.json") download="about-me.json">"Download it as JSON"</a></p>
        <details class="more">
            <summary>"Erase everything…"</summary>
            <form method="post" action=format!("{base}/me/erase")>
                <p>"Your questions, their answers and your messages are removed for good. What stays is that there was a conversation, \
                    and to what you agreed when, without your name."</p>
                <button>"Erase everything"</button>
            </form>
        </details>
    }
}

fn when(at: DateTime<Utc>) -> impl IntoView + use<> {
    let exact = at.to_rfc3339();
    view! { <time datetime=exact>{at.format("%-d %B %Y, %H:%M UTC").to_string()}</time> }
}

fn said(turn: &Turn) -> impl IntoView + use<> {
    view! {
        <li>
            <p class="question" dir="auto">{turn.question.clone()}</p>
            <div class="answer"><p class="said" dir="auto">{turn.answer.clone()}</p></div>
            <p class="fine">{when(turn.created_at)}</p>
        </li>
    }
}

fn left(lead: &Lead) -> impl IntoView + use<> {
    let consents: Vec<_> = lead
        .consents
        .iter()
        .map(|consent| {
            let end = consent.withdrawn_at.map(|at| view! { ", withdrawn "{when(at)} });
            view! {
                <li>
                    {consent.channel.words()}": agreed "{when(consent.given_at)}{end}
                    <blockquote dir="auto">{consent.text.clone()}</blockquote>
                </li>
            }
        })
        .collect();
    let reach = [lead.email.clone(), lead.phone.clone()];
    let reach: Vec<_> = reach
        .into_iter()
        .flatten()
        .map(|way| view! { <span dir="auto">{way}" "</span> })
        .collect();
    view! {
        <section>
            <p><strong dir="auto">{lead.name.clone()}</strong>" "{reach}</p>
            <p dir="auto">{lead.message.clone()}</p>
            <p class="fine">"Left "{when(lead.created_at)}</p>
            <ul class="fine">{consents}</ul>
        </section>
    }
}
