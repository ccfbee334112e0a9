//! Pages, by who sees them.

pub mod auth;
pub mod console;
pub mod marketing;
pub mod porch;

use leptos::prelude::*;

use crate::layout::PlainLayout;

/// An address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::answer_with(domain::FaultCode::NotFound);
    view! {
        <PlainLayout title="This page is not here" lead="The address may be mistyped, or what it led to was removed. Nothing else was lost.">
            <p><a class="btn btn-primary" href="/console" rel="external">"Go to the dashboard"</a></p>
        </PlainLayout>
    }
    .into_any()
}
