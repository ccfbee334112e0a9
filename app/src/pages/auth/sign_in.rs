use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    fns::auth::SignIn,
    layout::PlainLayout,
    ui::{Banner, Field, Form, Mood, Submit},
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
    view! {
        <PlainLayout title="Sign in" lead="Your bots, your leads, your codes.">
            {note.map(|note| view! { <Banner mood=Mood::Info>{note}</Banner> })}
            <Form to=SignIn::PATH hidden=vec![("next", next)]>
                <Field name="email" label="Email" kind="email" autocomplete="username"/>
                <Field name="password" label="Password" kind="password" autocomplete="current-password"/>
                <Submit>"Sign in"</Submit>
            </Form>
            <p class="muted"><a href="/forgotten">"Forgotten your password?"</a></p>
            <p class="muted">"New here? "<a href="/register">"Open an account"</a></p>
        </PlainLayout>
    }
    .into_any()
}
