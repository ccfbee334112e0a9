//! Progress that is seen without a reload.

use leptos::prelude::*;

use crate::browser;

/// Draws the part of the page with the id `of` again every second, for as long as that part has the attribute
/// `data-live`. Put it beside that part, not into it. Without scripts the part offers a link to itself instead.
#[island]
pub fn Watch(of: String) -> impl IntoView {
    Effect::new(move |_| {
        let of = of.clone();
        browser::every_second(move || browser::renew_if_live(&of));
    });
}
