//! Reading what a page shows. Pages are made on the server, so this is a call of a function there, and a place for what
//! it could not read.

use std::{future::Future, sync::Arc};

use domain::FaultCode;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Banner, LinkButton, Mood, PageHead};
use crate::AppError;

/// What is being read.
pub type Loading<T> = AsyncDerived<Result<T, AppError>>;

/// What a page reads; begins at once. `key` says what it depends on: an id of the address, a filter. It stays on the
/// server: unlike a resource it is not sent along with the page that shows it.
pub fn load<K, T, F>(
    key: impl Fn() -> K + Send + Sync + 'static,
    fetch: impl Fn(K) -> F + Send + Sync + 'static,
) -> Loading<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    AsyncDerived::new(move || fetch(key()))
}

/// Shows what was read. What could not be read is said in its place.
pub fn shown<T>(loading: Loading<T>, view: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    frame(Arc::new(move || {
        let view = view.clone();
        Suspend::new(async move {
            match loading.await {
                Ok(value) => view(value),
                Err(error) => view! { <Failed error/> }.into_any(),
            }
        })
    }))
}

fn frame(body: Arc<dyn Fn() -> Suspend<AnyView> + Send + Sync>) -> AnyView {
    view! { <Transition fallback=waiting>{move || body()}</Transition> }.into_any()
}

fn waiting() -> AnyView {
    view! { <div class="skeleton" aria-busy="true"><span class="sr-only">"Loading"</span></div> }.into_any()
}

/// Why something cannot be shown, and the way on.
#[component]
pub fn Failed(error: AppError) -> impl IntoView {
    let signed_out = error.is_signed_out();
    let way_on = signed_out.then(|| {
        let path = use_location().pathname.get_untracked();
        view! { " " <a href=format!("/sign-in?next={path}") rel="external">"Sign in"</a> }
    });
    let fault = error.into_fault();
    if fault.code == FaultCode::NotFound {
        return view! {
            <PageHead title="Not here" lead="It may have been removed, or the address is mistyped.">
                <LinkButton href="/console">"Go to the dashboard"</LinkButton>
            </PageHead>
            <p class="muted">{fault.message}</p>
        }
        .into_any();
    }
    let note = (fault.code == FaultCode::Internal).then(crate::pages::request_note);
    view! { <Banner mood=Mood::Bad>{fault.message}{way_on}{note}</Banner> }.into_any()
}
