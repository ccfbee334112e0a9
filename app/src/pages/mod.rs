//! Pages, by who sees them.

pub mod auth;
pub mod console;
pub mod mail;
pub mod marketing;
pub mod operator;
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
            <p class="btn-line"><a class="btn btn-primary" href="/console" rel="external">"Go to the dashboard"</a></p>
            {request_note()}
        </PlainLayout>
    }
    .into_any()
}

/// What to name when asking for help.
pub(crate) fn request_note() -> AnyView {
    #[cfg(feature = "ssr")]
    let id = crate::ssr::request_id();
    #[cfg(not(feature = "ssr"))]
    let id = None::<String>;
    id.map(|id| view! { <p class="muted">"If you ask for help, name request "<code>{id}</code>"."</p> })
        .into_any()
}
