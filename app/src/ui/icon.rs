//! A small set of line icons on a 24-unit grid, two units thick, round ends.

use leptos::prelude::*;

macro_rules! glyphs {
    ($($name:ident => $shape:literal;)+) => {
        /// Which icon.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Glyph { $($name),+ }

        impl Glyph {
            /// What is inside the `svg` element.
            const fn shape(self) -> &'static str { match self { $(Self::$name => $shape),+ } }
        }
    };
}

glyphs! {
    Alert => r#"<path d="M12 3 2 20h20L12 3Z"/><path d="M12 10v4M12 17v.01"/>"#;
    ArrowLeft => r#"<path d="M19 12H5M12 19l-7-7 7-7"/>"#;
    ArrowRight => r#"<path d="M5 12h14M12 5l7 7-7 7"/>"#;
    Bot => r#"<rect x="4" y="8" width="16" height="12" rx="3"/><path d="M12 8V4M9 13v2M15 13v2M2 14h2M20 14h2"/><circle cx="12" cy="3" r="1"/>"#;
    Chat => r#"<path d="M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5Z"/>"#;
    Check => r#"<path d="M5 13l4 4L19 7"/>"#;
    Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>"#;
    Code => r#"<rect x="4" y="4" width="6" height="6" rx="1"/><rect x="14" y="4" width="6" height="6" rx="1"/><rect x="4" y="14" width="6" height="6" rx="1"/><path d="M14 14h3v3M20 14v.01M14 20h.01M17 20h3v-3"/>"#;
    Coins => r#"<circle cx="9" cy="9" r="6"/><path d="M18 10a6 6 0 1 1-8 8M9 6.5v5M7.5 8H9"/>"#;
    Copy => r#"<rect x="9" y="9" width="12" height="12" rx="2"/><path d="M5 15H4a1 1 0 0 1-1-1V5a2 2 0 0 1 2-2h9a1 1 0 0 1 1 1v1"/>"#;
    Cross => r#"<path d="M6 6l12 12M18 6 6 18"/>"#;
    Download => r#"<path d="M12 4v11M7 11l5 5 5-5M4 20h16"/>"#;
    External => r#"<path d="M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5"/>"#;
    Eye => r#"<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12Z"/><circle cx="12" cy="12" r="3"/>"#;
    File => r#"<path d="M14 3H6a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V8l-5-5Z"/><path d="M14 3v5h5M9 13h6M9 17h6"/>"#;
    Grid => r#"<rect x="4" y="4" width="7" height="7" rx="1.5"/><rect x="13" y="4" width="7" height="7" rx="1.5"/><rect x="4" y="13" width="7" height="7" rx="1.5"/><rect x="13" y="13" width="7" height="7" rx="1.5"/>"#;
    Home => r#"<path d="M3 11 12 4l9 7M5 9.5V20h14V9.5"/><path d="M10 20v-6h4v6"/>"#;
    Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 8v.01"/>"#;
    Knowledge => r#"<path d="M12 6c-2-2-5-2-9-2v14c4 0 7 0 9 2 2-2 5-2 9-2V4c-4 0-7 0-9 2ZM12 6v14"/>"#;
    Lamp => r#"<path d="M12 2v3M7 5h10l1.500 3h-13L7 5ZM7 8l1 10h8l1-10M9 18v3h6v-3M12 11v4"/>"#;
    Link => r#"<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/>"#;
    More => r#"<path d="M5 12v.01M12 12v.01M19 12v.01"/>"#;
    Palette => r#"<path d="M12 3a9 9 0 1 0 0 18c1.5 0 2-1 1.5-2-.5-1.5.5-3 2-3H18a3 3 0 0 0 3-3 9 9 0 0 0-9-9Z"/><path d="M7.5 12v.01M10 7.5v.01M15 7.5v.01"/>"#;
    Key => r#"<circle cx="8" cy="15" r="4"/><path d="m11 12 8-8M16 7l2 2M14 9l2 2"/>"#;
    Team => r#"<rect x="3" y="4" width="18" height="16" rx="2"/><circle cx="9" cy="11" r="2.5"/><path d="M5 17a4 4 0 0 1 8 0M15 9h3M15 13h3"/>"#;
    People => r#"<circle cx="9" cy="8" r="4"/><path d="M2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M16 4a4 4 0 0 1 0 8M22 21v-1a6 6 0 0 0-4-5.5"/>"#;
    Plus => r#"<path d="M12 5v14M5 12h14"/>"#;
    Refresh => r#"<path d="M20 12a8 8 0 1 1-2.5-5.800L20 9M20 4v5h-5"/>"#;
    Search => r#"<circle cx="11" cy="11" r="7"/><path d="M20 20l-4-4"/>"#;
    SignOut => r#"<path d="M9 4H5a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h4M15 8l4 4-4 4M19 12H9"/>"#;
    Text => r#"<path d="M4 6h16M4 12h16M4 18h10"/>"#;
    Trash => r#"<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"/>"#;
    Upload => r#"<path d="M12 16V5M7 9l5-5 5 5M4 20h16"/>"#;
}

/// An icon beside a word. It says nothing to a screen reader: where it stands alone, the element around it needs a
/// label.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" inner_html=glyph.shape()></svg> }.into_any()
}
