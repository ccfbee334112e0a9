//! The way to older items of a list: plain links, so that back and reload work.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// `base` is the list's address with its filters; `next` the cursor of the page after this one; `first` is false when
/// this is not the first page.
#[component]
pub fn Pagination(#[prop(into)] base: String, next: Option<String>, #[prop(optional)] first: bool) -> impl IntoView {
    if next.is_none() && first {
        return ().into_any();
    }
    let mark = if base.contains('?') { '&' } else { '?' };
    let older = next.map(|cursor| {
        let href = format!("{base}{mark}after={cursor}");
        view! { <a class="btn" href=href>"Older"<Icon glyph=Glyph::ArrowRight/></a> }
    });
    let newest = (!first).then(|| view! { <a class="btn btn-quiet" href=base>"Newest"</a> });
    view! { <nav class="pagination" aria-label="Pages">{newest}{older}</nav> }.into_any()
}
