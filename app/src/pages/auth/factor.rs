use leptos::prelude::*;

use crate::{
    fns::auth::get_ways,
    layout::PlainLayout,
    pages::console::security::{Enrol, new_passkey},
    ui::{load, shown},
};

/// Setting up a second factor before anything else, where the server asks everybody for one.
#[component]
pub fn FactorPage() -> impl IntoView {
    let ways = load(|| (), |()| get_ways());
    view! {
        <PlainLayout title="Set up your second factor" lead="Accounts here are kept by a password and a code from your phone, or by a passkey. It takes a minute, once.">
            {shown(ways, |ways| ways.passkeys.then(passkey).into_any())}
            <h2>"An authenticator app"</h2>
            <Enrol/>
        </PlainLayout>
    }
    .into_any()
}

fn passkey() -> AnyView {
    view! {
        <h2>"A passkey"</h2>
        <p class="muted">"Your device keeps it and opens it with your finger, your face or a PIN."</p>
        {new_passkey()}
    }
    .into_any()
}
