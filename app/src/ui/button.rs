//! Buttons and links that look like them.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// How much a button asks to be pressed. One primary a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    Primary,
    #[default]
    Secondary,
    /// Without a border, for the least important.
    Quiet,
    /// Takes something away for good.
    Danger,
}

impl Kind {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn",
            Self::Quiet => "btn btn-quiet",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A link that looks like a button. `external` for addresses outside the console's own pages: downloads, the porch.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional)] external: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=href rel=external.then_some("external")>
            {icon.map(|glyph| view! { <Icon glyph/> })}
            {children()}
        </a>
    }
    .into_any()
}

/// The button that sends the form around it; busy while the form is on its way. Give `name` and `value` where a form
/// has several buttons.
#[component]
pub fn Submit(
    #[prop(default = Kind::Primary)] kind: Kind,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional)] name: Option<&'static str>,
    #[prop(optional)] value: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=kind.class() type="submit" name=name value=value>
            {icon.map(|glyph| view! { <Icon glyph/> })}
            {children()}
        </button>
    }
    .into_any()
}
