use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    fns::auth::Answer,
    layout::PlainLayout,
    ui::{Field, Form, Submit},
};

/// The second step of a sign-in.
#[component]
pub fn CodePage() -> impl IntoView {
    let next = use_query_map().get_untracked().get("next").unwrap_or_default();
    view! {
        <PlainLayout title="Your code" lead="Open your authenticator app and type the six digits it shows for Porchlight.">
            <Form to=Answer::PATH hidden=vec![("next", next)]>
                <Field name="code" label="Code" autocomplete="one-time-code" max=40 hint="Without your phone, type one of your recovery codes."/>
                <Submit>"Go on"</Submit>
            </Form>
            <p class="muted"><a href="/sign-in">"Sign in as somebody else"</a></p>
        </PlainLayout>
    }
    .into_any()
}
