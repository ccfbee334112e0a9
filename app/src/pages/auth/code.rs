use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    fns::auth::{Answer, AnswerByPasskey, BeginPasskeyAnswer, Ways, get_ways},
    layout::PlainLayout,
    ui::{Ceremony, Field, Form, PasskeyForm, Submit, load, shown},
};

/// The second step of a sign-in.
#[component]
pub fn CodePage() -> impl IntoView {
    let next = use_query_map().get_untracked().get("next").unwrap_or_default();
    let ways = load(|| (), |()| get_ways());
    let goes_on = next.clone();
    view! {
        <PlainLayout title="Your code" lead="Open your authenticator app and type the six digits it shows for Porchlight, or use a passkey.">
            <Form to=Answer::PATH hidden=vec![("next", next)]>
                <Field name="code" label="Code" autocomplete="one-time-code" max=40 hint="Without your phone, type one of your recovery codes."/>
                <Submit>"Go on"</Submit>
            </Form>
            {shown(ways, move |ways| passkey(&ways, goes_on.clone()))}
            <p class="muted"><a href="/sign-in">"Sign in as somebody else"</a></p>
        </PlainLayout>
    }
    .into_any()
}

fn passkey(ways: &Ways, next: String) -> AnyView {
    let form = ways.passkeys.then(|| {
        let hidden = vec![("next", next)];
        view! { <PasskeyForm to=AnswerByPasskey::PATH begin=BeginPasskeyAnswer::PATH ceremony=Ceremony::Get hidden label="Use a passkey"/> }
    });
    view! { <div class="other-ways">{form}</div> }.into_any()
}
