//! The page for people who do not know the product yet. Plain HTML: nothing is hydrated.
#![cfg(feature = "ssr")]

use leptos::{nonce::Nonce, prelude::*};

use crate::{
    layout::{FONT, ICON},
    ui::{Glyph, Icon},
};

/// The whole document of `/`. `nonce` is that of the answer's content security policy; the page runs no script.
pub fn landing(_nonce: Option<&Nonce>) -> String {
    let html = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>"Porchlight: the listing answers"</title>
                <meta name="description" content="Buyers scan the code on your sign and ask. Your listing answers truthfully, with its source, in your name."/>
                <link rel="icon" href=ICON/>
                <link rel="preload" href=FONT r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="stylesheet" href="/pkg/porchlight.css"/>
            </head>
            <body>{body()}</body>
        </html>
    };
    format!("<!DOCTYPE html>{}", html.to_html())
}

fn body() -> impl IntoView {
    view! {
        <div class="landing">
            <header>
                <a class="brand" href="/"><Icon glyph=Glyph::Lamp/>"Porchlight"</a>
                <nav aria-label="Account"><a class="btn btn-quiet" href="/sign-in">"Sign in"</a></nav>
            </header>
            <main>
                <section class="opening">
                    <h1>"Nine in the evening, in front of your sign. They have a question."</h1>
                    <p class="lead">
                        "They scan the code and ask about the roof, the HOA fee, the school bus. Your listing answers, with the
                        source shown, in your name and colours. What it cannot answer comes to you, with a phone number."
                    </p>
                    <p><a class="btn btn-primary" href="/register">"Open an account"</a>" "<a class="btn" href="/sign-in">"Sign in"</a></p>
                </section>
                <section class="points">{POINTS.map(point)}</section>
            </main>
        </div>
    }
}

const POINTS: [(Glyph, &str, &str); 4] = [
    (Glyph::Check, "Nothing untrue", "A number, a date or a yes is in your documents, or it is not said. Every answer shows where it stands."),
    (Glyph::Code, "One code a sign", "Print it, hang it, see who scans. Change what it leads to without printing again."),
    (Glyph::People, "No lead is lost", "A buyer can leave a question at any time, even when nothing else works."),
    (Glyph::Coins, "Pay for answers", "Credits for what was delivered. What failed costs nothing."),
];

fn point((glyph, title, text): (Glyph, &'static str, &'static str)) -> AnyView {
    view! { <div><Icon glyph/><h2>{title}</h2><p>{text}</p></div> }.into_any()
}
