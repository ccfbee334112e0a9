use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    fns::auth::Forgotten,
    layout::PlainLayout,
    ui::{Banner, Field, Form, Mood, Submit},
};

/// Asks where to send the link that sets a new password.
#[component]
pub fn ForgottenPage() -> impl IntoView {
    let sent = use_query_map().get_untracked().get("sent").is_some();
    let note = sent.then(|| {
        view! {
            <Banner mood=Mood::Good>
                "If there is an account with this address, a letter is on its way to it. Its link holds for thirty minutes."
            </Banner>
        }
    });
    view! {
        <PlainLayout title="Set a new password" lead="We send a link to the address you sign in with.">
            {note}
            <Form to=Forgotten::PATH>
                <Field name="email" label="Email" kind="email" autocomplete="username" max=254/>
                <Submit>"Send the link"</Submit>
            </Form>
            <p class="muted">"Remembered it? "<a href="/sign-in">"Sign in"</a></p>
        </PlainLayout>
    }
    .into_any()
}
