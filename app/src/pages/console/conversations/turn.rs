//! A question, its answer, what the answer rests on, and its receipt.

use domain::chat::Withheld;
use leptos::prelude::*;

use super::badge;
use crate::{
    fns::conversation::{CitationView, ReceiptView, TurnView},
    pages::console::parts::count,
    ui::{Badge, TimeText},
};

pub(super) fn turn(turn: TurnView) -> AnyView {
    let (mood, text) = badge(turn.outcome);
    let citations = (!turn.citations.is_empty()).then(|| {
        view! { <ul class="citations" aria-label="Sources">{turn.citations.into_iter().map(citation).collect_view()}</ul> }
    });
    let answer = (!turn.answer.is_empty()).then(|| view! { <p class="bubble answer">{turn.answer}</p> });
    view! {
        <li id=format!("turn-{}", turn.id)>
            <p class="bubble question">{turn.question}</p>
            {answer}
            {citations}
            <p class="turn-state"><Badge mood text/>" "<span class="muted"><TimeText when=turn.asked/></span></p>
            {turn.outcome.map(|_| receipt(turn.receipt))}
        </li>
    }
    .into_any()
}

/// A chip that opens the quoted words.
fn citation(citation: CitationView) -> AnyView {
    let origin = match citation.source_id {
        Some(id) => view! { <a href=format!("/console/knowledge/{id}")>{citation.origin}</a> }.into_any(),
        None => citation.origin.into_any(),
    };
    view! {
        <li>
            <details class="citation">
                <summary>{citation.label}</summary>
                <blockquote>{citation.quote}</blockquote>
                <p class="muted">{origin}</p>
            </details>
        </li>
    }
    .into_any()
}

fn receipt(receipt: ReceiptView) -> AnyView {
    let engine = if receipt.engine.is_empty() {
        "None was asked".to_owned()
    } else {
        receipt.engine
    };
    let total = i64::try_from(receipt.withheld.len()).unwrap_or(i64::MAX);
    let kept_back = (total > 0).then(|| format!(", {} kept back", count(total, "sentence", "sentences")));
    view! {
        <details class="receipt">
            <summary>"How this was made"{kept_back}</summary>
            <dl class="summary">
                <div><dt>"Answered by"</dt><dd>{engine}</dd></div>
                <div><dt>"Looked at"</dt><dd>{receipt.considered}</dd></div>
                <div><dt>"Time"</dt><dd>{receipt.times}</dd></div>
                <div><dt>"Charged"</dt><dd>{receipt.charged}</dd></div>
                {(!receipt.failures.is_empty()).then(|| failures(receipt.failures))}
                {(!receipt.withheld.is_empty()).then(|| withheld(receipt.withheld))}
            </dl>
        </details>
    }
    .into_any()
}

fn failures(failures: Vec<String>) -> AnyView {
    let failures = failures
        .into_iter()
        .map(|failure| view! { <li>{failure}</li> })
        .collect_view();
    view! { <div><dt>"What failed first"</dt><dd><ul>{failures}</ul></dd></div> }.into_any()
}

/// What the buyer was not told, with the reason.
fn withheld(withheld: Vec<Withheld>) -> AnyView {
    let sentence = |withheld: Withheld| view! { <li><q>{withheld.sentence}</q><br/><span class="muted">{withheld.reason}</span></li> };
    let sentences = withheld.into_iter().map(sentence).collect_view();
    view! { <div><dt>"Kept from the buyer"</dt><dd><ul>{sentences}</ul></dd></div> }.into_any()
}
