//! Webhooks: the list of endpoints, and one of them with its log.

mod list;
mod one;

use domain::webhook::{EventKind, OffReason};
use leptos::prelude::*;

use crate::ui::{Badge, CheckField, Field, Mood};

pub use list::WebhooksPage;
pub use one::WebhookPage;

/// Whether an endpoint is on.
fn badge(off: Option<OffReason>) -> AnyView {
    match off {
        None => view! { <Badge mood=Mood::Good text="On"/> },
        Some(OffReason::Hand) => view! { <Badge text="Off"/> },
        Some(_) => view! { <Badge mood=Mood::Warn text="Switched off"/> },
    }
    .into_any()
}

/// Where to, and of what: the fields of both forms. To be called inside of one.
fn fields(url: String, events: Vec<EventKind>) -> AnyView {
    let event = |kind: EventKind| {
        let checked = events.contains(&kind);
        view! { <CheckField name=kind.field() label=kind.words() checked/> }
    };
    view! {
        <Field name="url" label="Address" value=url kind="url" max=2048 hint="Of a program of yours; it begins with https://."/>
        <fieldset>
            <legend>"Tell it when"</legend>
            {EventKind::CHOICES.map(event).collect_view()}
        </fieldset>
    }
    .into_any()
}
