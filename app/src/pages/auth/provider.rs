use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

use crate::{
    AppError,
    fns::auth::{Arrival, Away, finish_provider, get_away},
    layout::PlainLayout,
    ui::{Banner, Mood, load},
};

/// On the way to the sign-in provider. An answer to a form must not lead off this site; this page does.
#[component]
pub fn AwayPage() -> impl IntoView {
    let away = load(|| (), |()| get_away());
    view! {
        <PlainLayout title="One moment" lead="You sign in there, and come back here.">
            <Transition>{move || Suspend::new(async move { sent(away.await) })}</Transition>
        </PlainLayout>
    }
    .into_any()
}

fn sent(away: Result<Option<Away>, AppError>) -> AnyView {
    let Ok(Some(Away { name, url })) = away else {
        return begin_anew("This sign-in has run out.".into());
    };
    view! {
        <Meta http_equiv="refresh" content=format!("0; url={url}")/>
        <p><a class="btn btn-primary" href=url rel="external">"Go on to "{name}</a></p>
    }
    .into_any()
}

/// Back from the sign-in provider.
#[component]
pub fn CallbackPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let of = move |name: &str| query.get(name).unwrap_or_default();
    let (code, state, error, iss) = (of("code"), of("state"), of("error"), of("iss"));
    let given = move || (code.clone(), state.clone(), error.clone(), iss.clone());
    let arrival = load(given, |(code, state, error, iss)| {
        finish_provider(code, state, error, iss)
    });
    view! {
        <PlainLayout title="Signing in" lead="Back from where you signed in.">
            <Transition>{move || Suspend::new(async move { arrived(arrival.await) })}</Transition>
        </PlainLayout>
    }
    .into_any()
}

fn arrived(arrival: Result<Arrival, AppError>) -> AnyView {
    match arrival {
        Ok(Arrival::In) => view! { <p><a href="/console">"Go on"</a></p> }.into_any(),
        Ok(Arrival::Unknown) => view! {
            <Banner mood=Mood::Warn>"No account here is linked to this identity. Sign in with your password once, then link it under “Your account”: from then on it signs you in."</Banner>
            <p><a class="btn btn-primary" href="/sign-in?next=%2Fconsole%2Fsecurity">"Sign in and link it"</a></p>
            <p class="muted">"New here? "<a href="/register">"Open an account"</a></p>
        }
        .into_any(),
        Err(error) => begin_anew(error.into_fault().message),
    }
}

fn begin_anew(why: String) -> AnyView {
    view! {
        <Banner mood=Mood::Bad>{why}</Banner>
        <p><a class="btn" href="/sign-in">"To the sign-in page"</a></p>
    }
    .into_any()
}
