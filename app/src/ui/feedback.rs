//! How the product speaks: banners, badges, progress, empty places.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// What a message or a state means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Plain,
    Info,
    Good,
    Warn,
    Bad,
}

impl Mood {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
    const fn glyph(self) -> Glyph {
        match self {
            Self::Plain | Self::Info => Glyph::Info,
            Self::Good => Glyph::Check,
            Self::Warn | Self::Bad => Glyph::Alert,
        }
    }
}

/// A message that stays: what happened and what to do. Announced at once when it is bad.
#[component]
pub fn Banner(#[prop(optional)] mood: Mood, children: Children) -> impl IntoView {
    let role = if mood == Mood::Bad { "alert" } else { "status" };
    view! {
        <div class=format!("banner {}", mood.name()) role=role>
            <Icon glyph=mood.glyph()/>
            <div>{children()}</div>
        </div>
    }
    .into_any()
}

/// A state in one or two words.
#[component]
pub fn Badge(#[prop(optional)] mood: Mood, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=format!("badge {}", mood.name())>{text}</span> }.into_any()
}

/// How far something is, 0 to 100, with words for those who cannot see the bar.
#[component]
pub fn Progress(percent: i64, #[prop(into)] label: String) -> impl IntoView {
    let percent = percent.clamp(0, 100);
    view! { <progress class="progress" max="100" value=percent.to_string() aria-label=label></progress> }.into_any()
}

/// What a place is for while nothing is in it, and the one thing to do, as children.
#[component]
pub fn EmptyState(
    glyph: Glyph,
    title: &'static str,
    #[prop(optional)] text: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph/>
            <h2>{title}</h2>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
