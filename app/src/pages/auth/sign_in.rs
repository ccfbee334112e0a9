use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    fns::auth::{BeginPasskey, BeginProvider, SignIn, SignInByPasskey, Ways, get_ways},
    layout::PlainLayout,
    ui::{Banner, Ceremony, Field, Form, Kind, Mood, PasskeyForm, Submit, load, shown},
};

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let note = if query.get("signed_out").is_some() {
        Some("You are signed out.")
    } else if query.get("registered").is_some() {
        Some("Thank you. We have sent you a letter with a link: open it to confirm your address, then sign in.")
    } else if query.get("reset").is_some() {
        Some("Your new password is set. Sign in with it.")
    } else if query.get("confirmed").is_some() {
        Some("Your address is confirmed. Sign in.")
    } else if query.get("next").is_some() {
        Some("Sign in to go on. What you typed is kept.")
    } else {
        None
    };
    let next = query.get("next").unwrap_or_default();
    let ways = load(|| (), |()| get_ways());
    let goes_on = next.clone();
    view! {
        <PlainLayout title="Sign in" lead="Your bots, your leads, your codes.">
            {note.map(|note| view! { <Banner mood=Mood::Info>{note}</Banner> })}
            <Form to=SignIn::PATH hidden=vec![("next", next)]>
                <Field name="email" label="Email" kind="email" autocomplete="username"/>
                <Field name="password" label="Password" kind="password" autocomplete="current-password"/>
                <Submit>"Sign in"</Submit>
            </Form>
            {shown(ways, move |ways| other_ways(&ways, &goes_on))}
            <p class="muted"><a href="/forgotten">"Forgotten your password?"</a></p>
            <p class="muted">"New here? "<a href="/register">"Open an account"</a></p>
        </PlainLayout>
    }
    .into_any()
}

/// The ways besides the password.
fn other_ways(ways: &Ways, next: &str) -> AnyView {
    let passkey = ways.passkeys.then(|| {
        let hidden = vec![("next", next.to_owned())];
        view! { <PasskeyForm to=SignInByPasskey::PATH begin=BeginPasskey::PATH ceremony=Ceremony::Get hidden label="Sign in with a passkey"/> }
    });
    let provider = ways.provider.clone().map(|name| {
        let hidden = vec![("next", next.to_owned())];
        view! { <Form to=BeginProvider::PATH hidden><Submit kind=Kind::Secondary>"Sign in with "{name}</Submit></Form> }
    });
    view! { <div class="other-ways">{passkey}{provider}</div> }.into_any()
}
