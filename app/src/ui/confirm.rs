//! Asking once before something goes for good, without a dialog and without scripts.

use leptos::prelude::*;

use super::{Form, Kind, Submit};

/// `Remove…` that unfolds to what goes and a button that does it: a form to the server function `to`.
#[component]
pub fn Confirm(
    to: &'static str,
    hidden: Vec<(&'static str, String)>,
    /// What is offered: `Remove…`
    label: &'static str,
    /// What happens, by name: `“Elm Street” and its 3 sources go. This cannot be undone.`
    #[prop(into)]
    question: String,
    /// The button's word: `Remove source`
    action: &'static str,
) -> impl IntoView {
    view! {
        <details class="confirm">
            <summary class="btn btn-quiet"><span class="ask">{label}</span><span class="cancel">"Cancel"</span></summary>
            <div class="confirm-body">
                <p>{question}</p>
                <Form to hidden>
                    <Submit kind=Kind::Danger>{action}</Submit>
                </Form>
            </div>
        </details>
    }
    .into_any()
}
