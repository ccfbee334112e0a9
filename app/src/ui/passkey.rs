//! Forms that a passkey answers.

use leptos::prelude::*;

use super::{Form, Kind, Submit};

/// What is done with the passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// A new one is made.
    Create,
    /// One that is known is shown.
    Get,
}

/// A form to the server function `to`, which gets the answer of the person's device as `credential`; `begin` is the server
/// function that asks for it. `passkey.js` brings the two together. Without scripts the server says that it needs them.
#[component]
pub fn PasskeyForm(
    to: &'static str,
    begin: &'static str,
    ceremony: Ceremony,
    #[prop(optional)] mut hidden: Vec<(&'static str, String)>,
    /// The button's words.
    label: &'static str,
    #[prop(default = Kind::Secondary)] kind: Kind,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let ceremony = match ceremony {
        Ceremony::Create => "create",
        Ceremony::Get => "get",
    };
    hidden.push(("credential", String::new()));
    view! {
        <div class="passkey" data-passkey=ceremony data-begin=begin>
            <Form to hidden>
                {children.map(|children| children())}
                <Submit kind>{label}</Submit>
            </Form>
            <p class="error" role="alert"></p>
            <noscript><p class="muted">"Passkeys need JavaScript. Without it, choose another way."</p></noscript>
            <script type="module" src="/passkey.js"></script>
        </div>
    }
    .into_any()
}
