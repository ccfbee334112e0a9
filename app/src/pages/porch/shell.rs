//! The document around the page: head, brand colours, script.

use leptos::{prelude::*, tachys::html::attribute::custom::custom_attribute};

use super::{
    Visit,
    view::{View, on_dark, on_light},
};

/// What text in the brand's colour stands on at worst: `--raised` in `porch.css`, and `--wash` where the device asks
/// for dark.
pub(super) const RAISED: [u8; 3] = [0xf6, 0xf6, 0xf4];
pub(super) const DARK: [u8; 3] = [0x24, 0x28, 0x2b];
/// The deployment's own icon, for a realtor without a logo.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 8l6-5 6 5v6H2z' fill='%231f5f5b'/%3E%3C/svg%3E";

pub(super) struct Head {
    title: String,
    description: String,
    nonce: String,
    icon: String,
    colours: String,
    theme: String,
    script: bool,
    hidden: bool,
}

impl Head {
    pub(super) fn of(view: &View, visit: &Visit) -> Self {
        let p = &view.palette;
        let (light, dark) = (on_light(p, RAISED), on_dark(p, DARK));
        // Every part comes out of `domain::brand`, as `#rrggbb`: nothing a realtor typed gets in here as it was typed.
        let colours = format!(
            ":root{{--fill:{};--on-fill:{};--ink:{light};--tint:{};--ink-dark:{dark}}}",
            p.fill, p.on_fill, p.tint
        );
        Self {
            title: format!("{} · {}", view.subject, view.realtor),
            description: format!(
                "Ask anything about {}. Answers with their source, from {}.",
                view.subject, view.realtor
            ),
            nonce: visit.nonce.clone(),
            icon: view.logo.clone().unwrap_or_else(|| ICON.into()),
            colours,
            theme: p.fill.clone(),
            script: true,
            hidden: visit.preview,
        }
    }

    /// A page of one visitor's own, which needs no script and which no search engine keeps.
    pub(super) fn of_one_visitor(self, title: String) -> Self {
        Self {
            title,
            script: false,
            hidden: true,
            ..self
        }
    }
}

/// A whole HTML document.
pub(super) fn document(head: &Head, body: impl IntoView) -> String {
    let nonce = Some(head.nonce.clone()).filter(|n| !n.is_empty());
    let html = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <title>{head.title.clone()}</title>
                <meta name="description" content=head.description.clone()/>
                <meta {..custom_attribute("property", "og:title")} content=head.title.clone()/>
                <meta {..custom_attribute("property", "og:description")} content=head.description.clone()/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content=head.theme.clone()/>
                <meta name="format-detection" content="telephone=no"/>
                {head.hidden.then(|| view! { <meta name="robots" content="noindex"/> })}
                <link rel="icon" href=head.icon.clone()/>
                <link rel="stylesheet" href="/porch.css"/>
                <style nonce=nonce.clone() inner_html=head.colours.clone()></style>
                {head.script.then(|| view! { <script src="/porch.js" defer nonce=nonce></script> })}
            </head>
            <body>{body}</body>
        </html>
    };
    format!("<!DOCTYPE html>{}", html.to_html())
}

/// Text as the inside of a `textarea`, which Leptos sets as it is.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

pub(super) fn ribbon(preview: bool) -> Option<impl IntoView> {
    preview.then(
        || view! { <p class="ribbon" role="note">"Preview: only you can see this page. Questions here are free."</p> },
    )
}

/// A page that says one thing.
pub(super) fn notice(nonce: &str, title: &str, text: &str) -> String {
    let head = Head {
        title: title.into(),
        description: text.into(),
        nonce: nonce.into(),
        icon: ICON.into(),
        colours: ":root{--fill:#1f5f5b;--on-fill:#fff;--ink:#1f5f5b;--tint:#e9efee;--ink-dark:#7fb5b0}".into(),
        theme: "#1f5f5b".into(),
        script: false,
        hidden: true,
    };
    let body = view! {
        <main class="page notice">
            <div class="hero">{super::icons::house()}</div>
            <h1>{title.to_owned()}</h1>
            <p>{text.to_owned()}</p>
        </main>
    };
    document(&head, body)
}
