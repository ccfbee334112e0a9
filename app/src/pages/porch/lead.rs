//! The second way at every point: a message to the realtor. Works when nothing can be answered.

use domain::{
    chat::{Outcome, Turn},
    lead::consent_text,
};
use leptos::prelude::*;

use super::{
    Visit,
    chat::code_field,
    icons::{self, icon},
    shell::escape,
    view::View,
};

/// The last question that nobody could answer: what a buyer most likely wants to leave.
fn open_question(turns: &[Turn]) -> Option<&str> {
    let open = |turn: &&Turn| matches!(turn.outcome, Some(Outcome::Unknown | Outcome::Unavailable));
    turns.iter().rev().find(open).map(|turn| turn.question.as_str())
}

pub(super) fn section(view: &View, turns: &[Turn], visit: &Visit, base: &str) -> impl IntoView + use<> {
    let unanswered = turns
        .last()
        .is_some_and(|turn| matches!(turn.outcome, Some(Outcome::Unknown | Outcome::Unavailable)));
    let open = visit.lead_fault.is_some() || (!visit.lead_sent && (unanswered || !view.answers));
    let thanks = visit.lead_sent.then(|| view! {
        <p class="thanks" id="thanks" role="status">
            {icon(icons::CHECK)}<span>"Thank you. "<bdi>{view.realtor.clone()}</bdi>" has your message and will get back to you."</span>
        </p>
    });
    let paused = (!view.answers).then(|| view! {
        <p class="paused">"The assistant is not answering at the moment. Leave your question and "<bdi>{view.realtor.clone()}</bdi>" will get back to you."</p>
    });
    view! {
        <section class="lead" id="ask-realtor">
            {thanks}{paused}
            <details open=open>
                <summary>{icon(icons::MESSAGE)}<span>"Ask "<bdi>{view.realtor.clone()}</bdi></span></summary>
                {form(view, turns, visit, base)}
            </details>
        </section>
    }
}

fn form(view: &View, turns: &[Turn], visit: &Visit, base: &str) -> impl IntoView + use<> {
    let typed = &visit.lead;
    let wrong = |name: &str| {
        visit
            .lead_fault
            .as_ref()
            .and_then(|fault| fault.for_field(name))
            .map(str::to_owned)
    };
    let summary = visit.lead_fault.as_ref().map(|fault| match fault.fields.as_slice() {
        [] => fault.message.clone(),
        [_] => "One field needs a change. Nothing you typed was lost.".into(),
        _ => "Some fields need a change. Nothing you typed was lost.".into(),
    });
    let message = match typed.message.is_empty() && visit.lead_fault.is_none() {
        true => open_question(turns).unwrap_or_default().to_owned(),
        false => typed.message.clone(),
    };
    let wrong_message = wrong("message");
    let told = wrong_message.is_some().then_some("lead-message-error");
    let send = match visit.preview {
        true => view! { <p class="hint">"In the preview no message is sent."</p> }.into_any(),
        false => {
            view! { <button class="primary">"Send to "<bdi>{view.first_name().to_owned()}</bdi></button> }.into_any()
        }
    };
    view! {
        <form method="post" action=format!("{base}/lead#ask-realtor") data-lead-form>
            <p class="error" id="lead-error" role="alert" tabindex="-1">{summary}</p>
            {code_field(visit)}
            {field("name", "Your name", "text", "name", &typed.name, wrong("name"), true)}
            {field("email", "Email", "email", "email", &typed.email, wrong("email"), false)}
            {field("phone", "Telephone", "tel", "tel", &typed.phone, wrong("phone"), false)}
            <p class="hint">"An email address or a telephone number is enough."</p>
            <label for="lead-message">"Your message"</label>
            <textarea id="lead-message" name="message" rows="3" maxlength="2000" data-keep aria-describedby=told
                aria-invalid=told.map(|_| "true") inner_html=escape(&message)></textarea>
            <p class="error" id="lead-message-error">{wrong_message}</p>
            <p class="fine" dir="auto">{consent_text(&view.realtor)}</p>
            {send}
        </form>
    }
}

fn field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    complete: &'static str,
    value: &str,
    wrong: Option<String>,
    required: bool,
) -> impl IntoView + use<> {
    let (id, note) = (format!("lead-{name}"), format!("lead-{name}-error"));
    let invalid = wrong.is_some().then_some("true");
    view! {
        <label for=id.clone()>{label}</label>
        <input id=id name=name type=kind autocomplete=complete value=value.to_owned() required=required aria-describedby=note.clone()
            aria-invalid=invalid data-keep/>
        <p class="error" id=note>{wrong}</p>
    }
}
