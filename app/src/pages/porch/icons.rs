//! Lucide icons (ISC licence) as inline SVG: no request, no script. Each stands beside a word, so readers skip it.

use leptos::prelude::*;

pub(super) const BED: &str = r#"<path d="M2 20v-8a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v8"/><path d="M4 10V6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v4"/><path d="M12 4v6"/><path d="M2 18h20"/>"#;
pub(super) const BATH: &str = r#"<path d="M10 4 8 6"/><path d="M17 19v2"/><path d="M2 12h20"/><path d="M7 19v2"/><path d="M9 5 7.621 3.621A2.121 2.121 0 0 0 4 5v12a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5"/>"#;
pub(super) const AREA: &str = r#"<path d="M8 3H5a2 2 0 0 0-2 2v3"/><path d="M21 8V5a2 2 0 0 0-2-2h-3"/><path d="M3 16v3a2 2 0 0 0 2 2h3"/><path d="M16 21h3a2 2 0 0 0 2-2v-3"/>"#;
pub(super) const YEAR: &str =
    r#"<path d="M8 2v4"/><path d="M16 2v4"/><rect width="18" height="18" x="3" y="4" rx="2"/><path d="M3 10h18"/>"#;
pub(super) const SEND: &str = r#"<path d="m5 12 7-7 7 7"/><path d="M12 19V5"/>"#;
pub(super) const MESSAGE: &str = r#"<path d="M7.9 20A9 9 0 1 0 4 16.1L2 22Z"/>"#;
pub(super) const CHECK: &str = r#"<path d="M20 6 9 17l-5-5"/>"#;

/// `paths` is one of the constants above, never anything that was typed.
pub(super) fn icon(paths: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" inner_html=paths></svg>
    }
}

/// A house at dusk with its porch lamp lit: stands where no picture may be shown.
pub(super) fn house() -> impl IntoView {
    const SCENE: &str = r#"<path d="M18 96V52L70 18l52 34v44"/><path d="M8 58 70 16l62 42"/><path d="M56 96V66h28v30"/><path d="M34 62h10v10H34zM96 62h10v10H96z"/><path d="M4 96h132"/><circle cx="90" cy="70" r="2.5" fill="currentColor"/>"#;
    view! {
        <svg class="house" viewBox="0 0 140 100" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true" inner_html=SCENE></svg>
    }
}
