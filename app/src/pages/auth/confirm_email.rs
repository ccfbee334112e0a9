use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    fns::auth::{ConfirmEmail, LinkKind, LinkView, get_link},
    layout::PlainLayout,
    ui::{Banner, Form, Mood, Submit, load, shown},
};

/// What stands behind the link that confirms an address. A button does it: programs that look into mail open links, too.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let token = use_params_map()
        .with_untracked(|map| map.get("token"))
        .unwrap_or_default();
    let link = load(move || token.clone(), |token| get_link(token, LinkKind::Confirm));
    view! {
        <PlainLayout title="Confirm your address" lead="So that nobody opens an account in your name.">{shown(link, form)}</PlainLayout>
    }
    .into_any()
}

fn form(link: Option<LinkView>) -> AnyView {
    let Some(LinkView { token, email }) = link else {
        return view! {
            <Banner mood=Mood::Warn>"This link was used or has run out. Sign in; if your address is not confirmed yet, another letter is sent."</Banner>
            <p><a href="/sign-in">"Sign in"</a></p>
        }
        .into_any();
    };
    view! {
        <p class="offer"><strong>{email}</strong>" is yours, and you have opened an account here?"</p>
        <Form to=ConfirmEmail::PATH hidden=vec![("token", token)]>
            <Submit>"Yes, confirm"</Submit>
        </Form>
    }
    .into_any()
}
