use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    checks::Check,
    fns::people::{Join, OfferView, get_offer},
    layout::PlainLayout,
    ui::{Banner, Field, Form, Mood, Submit, load, shown},
};

/// What an invited person sees behind the link.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = use_params_map()
        .with_untracked(|map| map.get("token"))
        .unwrap_or_default();
    let offer = load(move || token.clone(), get_offer);
    view! {
        <PlainLayout title="Join" lead="You were invited to work here together.">{shown(offer, form)}</PlainLayout>
    }
    .into_any()
}

fn form(view: Option<OfferView>) -> AnyView {
    let Some(OfferView { token, offer }) = view else {
        return view! {
            <Banner mood=Mood::Warn>"This invitation was used, withdrawn or has run out. Ask for another one."</Banner>
            <p class="muted">"Joined already? "<a href="/sign-in">"Sign in"</a></p>
        }
        .into_any();
    };
    view! {
        <p class="offer">
            <strong>{offer.invited_by}</strong>" invites you to "<strong>{offer.organization}</strong>" as "
            {offer.role.as_str()}". You will sign in with "<strong>{offer.email}</strong>"."
        </p>
        <Form to=Join::PATH check=Check::Join hidden=vec![("token", token)]>
            <div class="pair">
                <Field name="first_name" label="First name" autocomplete="given-name" max=50/>
                <Field name="last_name" label="Last name" autocomplete="family-name" max=50/>
            </div>
            <Field name="password" label="Password" kind="password" autocomplete="new-password" hint="Long beats complicated: a short sentence works well."/>
            <Submit>"Join"</Submit>
        </Form>
        <p class="muted">"Have an account? "<a href="/sign-in">"Sign in"</a></p>
    }
    .into_any()
}
