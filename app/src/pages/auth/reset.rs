use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    checks::Check,
    fns::auth::{LinkKind, LinkView, Reset, get_link},
    layout::PlainLayout,
    ui::{Banner, Field, Form, Mood, Submit, load, shown},
};

/// What stands behind the link that sets a new password.
#[component]
pub fn ResetPage() -> impl IntoView {
    let token = use_params_map()
        .with_untracked(|map| map.get("token"))
        .unwrap_or_default();
    let link = load(move || token.clone(), |token| get_link(token, LinkKind::Reset));
    view! {
        <PlainLayout title="Set a new password" lead="You are signed out everywhere, and sign in with the new one.">{shown(link, form)}</PlainLayout>
    }
    .into_any()
}

fn form(link: Option<LinkView>) -> AnyView {
    let Some(LinkView { token, email }) = link else {
        return view! {
            <Banner mood=Mood::Warn>"This link was used or has run out."</Banner>
            <p><a href="/forgotten">"Ask for another one"</a></p>
        }
        .into_any();
    };
    view! {
        <p class="offer">"For "<strong>{email}</strong></p>
        <Form to=Reset::PATH check=Check::Reset hidden=vec![("token", token)]>
            <Field name="password" label="New password" kind="password" autocomplete="new-password" hint="Long beats complicated: a short sentence works well."/>
            <Submit>"Set the password"</Submit>
        </Form>
    }
    .into_any()
}
