//! The conversation: who answers, what was said, questions to begin with, and the composer under the thumb.

use domain::chat::{Citation, Outcome, QUESTION_MAX, Turn};
use leptos::prelude::*;

use super::{
    Visit,
    icons::{self, icon},
    shell::escape,
    suggest,
    view::View,
};

/// Greeting, turns so far and suggested questions.
pub(super) fn conversation(view: &View, turns: &[Turn], visit: &Visit, base: &str) -> impl IntoView + use<> {
    let last = turns.len().saturating_sub(1);
    let said: Vec<_> = turns
        .iter()
        .enumerate()
        .map(|(i, turn)| shown(turn, view, i == last, visit, base))
        .collect();
    let greeting = match view.greeting.trim() {
        "" => format!("Ask me anything about {}.", view.subject),
        text => text.to_owned(),
    };
    let known = (!visit.preview).then(|| {
        let me = format!("{base}/me{}", query(visit));
        view! { " "<a href=me>"What is known about you"</a> }
    });
    let disclaimer = Some(view.disclaimer.clone()).filter(|text| !text.trim().is_empty());
    view! {
        <section class="chat" aria-labelledby="chat-title" data-chat data-realtor=view.realtor.clone() data-base=base.to_owned()
            data-code=visit.code.clone()>
            <h2 id="chat-title" class="sr">"Ask about this home"</h2>
            <div class="answer greeting">
                {who(view, true, visit)}
                <p class="said" dir="auto" data-typed=typed(visit, "greeting")>{greeting}</p>
            </div>
            <p class="fine" dir="auto">
                <span data-typed=typed(visit, "disclaimer")>{disclaimer}</span>" "
                {format!("Questions and answers are kept and shown to {}.", view.realtor)}
                {known}
            </p>
            <div role="log" aria-label="Conversation"><ol class="turns" id="turns">{said}</ol></div>
            {view.answers.then(|| suggestions(view, turns, visit, base))}
        </section>
    }
}

/// Who speaks: never a person where it is a program. The greeting says whose it is, and the composer at all times.
fn who(view: &View, whose: bool, visit: &Visit) -> impl IntoView + use<> {
    let whose = whose.then(|| view! { <span class="whose">" of "<bdi>{view.realtor.clone()}</bdi></span> });
    let name = view.bot_name.clone();
    view! { <p class="who"><bdi data-typed=typed(visit, "name")>{name}</bdi>" · AI assistant"{whose}</p> }
}

/// In the preview, the field of the wizard that a text follows while it is typed.
pub(super) fn typed(visit: &Visit, field: &'static str) -> Option<&'static str> {
    visit.preview.then_some(field)
}

fn shown(turn: &Turn, view: &View, last: bool, visit: &Visit, base: &str) -> impl IntoView + use<> {
    let pending = turn.outcome.is_none();
    let answer = match (turn.outcome, turn.answer.trim()) {
        (None, _) => "Still being answered.".to_owned(),
        (Some(_), "") => format!(
            "No answer came. Leave your question and {} will get back to you.",
            view.realtor
        ),
        (Some(_), text) => text.to_owned(),
    };
    let citations: Vec<_> = turn.citations.iter().map(cited).collect();
    let citations = (!citations.is_empty()).then(|| view! { <div class="sources">{citations}</div> });
    let again = pending.then(|| {
        let here = format!("{base}{}#latest", query(visit));
        view! { <noscript><a href=here>"Look again"</a></noscript> }
    });
    let offer = matches!(turn.outcome, Some(Outcome::Unknown | Outcome::Unavailable)).then(|| ask_realtor(view));
    view! {
        <li id=last.then_some("latest") data-turn=turn.id.to_string() data-pending=pending.then_some("")>
            <p class="question" dir="auto"><span class="sr">"You asked: "</span>{turn.question.clone()}</p>
            <div class="answer">
                {who(view, false, visit)}
                <p class="said" dir="auto">{answer}</p>
                {again}{citations}{offer}
            </div>
        </li>
    }
}

/// A chip that opens the quoted words and says where they stand; works without a script.
fn cited(citation: &Citation) -> impl IntoView + use<> {
    view! {
        <details class="cite">
            <summary><span class="sr">"Source: "</span><bdi>{citation.label.clone()}</bdi></summary>
            <blockquote dir="auto">{citation.quote.clone()}</blockquote>
            <p class="origin" dir="auto">{citation.origin.clone()}</p>
        </details>
    }
}

fn ask_realtor(view: &View) -> impl IntoView + use<> {
    view! { <a class="offer" href="#lead-name" data-lead>"Ask "<bdi>{view.first_name().to_owned()}</bdi></a> }
}

/// The rest of the address that keeps the code: `?c=…`.
pub(super) fn query(visit: &Visit) -> String {
    visit
        .code
        .as_deref()
        .map(|code| format!("?c={code}"))
        .unwrap_or_default()
}

pub(super) fn code_field(visit: &Visit) -> Option<impl IntoView + use<>> {
    visit
        .code
        .clone()
        .map(|code| view! { <input type="hidden" name="c" value=code/> })
}

fn suggestions(view: &View, turns: &[Turn], visit: &Visit, base: &str) -> Option<impl IntoView + use<>> {
    let questions = suggest::questions(view, turns);
    let buttons = questions.iter().map(|question| {
        view! { <button name="question" value=*question>{*question}</button> }
    });
    let buttons: Vec<_> = buttons.collect();
    (!buttons.is_empty()).then(|| view! {
        <form class="suggested" method="post" action=format!("{base}/ask") aria-label="Suggested questions" data-ask>
            {code_field(visit)}{buttons}
        </form>
    })
}

/// Stays at the bottom of the screen, above the keyboard, and says at all times who answers.
pub(super) fn composer(view: &View, visit: &Visit, base: &str) -> impl IntoView + use<> {
    let (typed, fault) = visit.asked.clone().map_or((String::new(), None), |(typed, fault)| {
        let message = fault.fields.first().map(|field| field.message.clone());
        (typed, Some(message.unwrap_or(fault.message)))
    });
    let form = view.answers.then(|| view! {
        <form method="post" action=format!("{base}/ask") data-ask>
            {code_field(visit)}
            <label class="sr" for="question">"Your question"</label>
            <textarea id="question" name="question" rows="1" maxlength=QUESTION_MAX.to_string() required placeholder="Ask about this home"
                enterkeyhint="send" aria-describedby="ask-error" data-keep inner_html=escape(&typed)></textarea>
            <button class="send" aria-label="Send">{icon(icons::SEND)}</button>
        </form>
    });
    let paused = (!view.answers).then_some(" is paused");
    view! {
        <div class="composer" id="composer">
            <div class="bar">
                <p class="who">"AI assistant of "<bdi>{view.realtor.clone()}</bdi>{paused}</p>
                {ask_realtor(view)}
            </div>
            <p class="error" id="ask-error" role="alert">{fault}</p>
            {form}
        </div>
    }
}
