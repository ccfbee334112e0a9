use leptos::prelude::*;

use crate::{layout::PlainLayout, pages::console::security::Enrol};

/// Setting up a second factor before anything else, where the server asks everybody for one.
#[component]
pub fn FactorPage() -> impl IntoView {
    view! {
        <PlainLayout title="Set up your second factor" lead="Accounts here are kept by a password and a code from your phone. It takes a minute, once.">
            <Enrol/>
        </PlainLayout>
    }
    .into_any()
}
