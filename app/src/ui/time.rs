//! Times as text. They are worded once, on the server: a browser's clock and zone never take part in rendering.

use leptos::prelude::*;

use crate::fns::when::When;

/// How long ago, and exactly when on hover and for machines.
#[component]
pub fn TimeText(when: When) -> impl IntoView {
    let at = when.machine();
    view! { <time datetime=at title=when.exact>{when.ago}</time> }.into_any()
}
