//! The page for people who do not know the product yet: made on the server, and never brought to life in the browser.

use leptos::prelude::*;

/// `/`. The browser's bundle has only an empty stand-in: the document around this page loads no script, and every link
/// to it leaves the console.
#[component]
pub fn LandingPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    return page::landing();
    #[cfg(not(feature = "ssr"))]
    ().into_any()
}

#[cfg(feature = "ssr")]
mod page {
    use leptos::prelude::*;
    use leptos_meta::{Meta, Title};

    use crate::ui::{Glyph, Icon};

    const ABOUT: &str =
        "Buyers scan the code on your sign and ask. Your listing answers truthfully, with its source, in your name.";

    pub(super) fn landing() -> AnyView {
        view! {
            <Title text="The listing answers"/>
            <Meta name="description" content=ABOUT/>
            <div class="landing">
                <header>
                    <a class="brand" href="/"><Icon glyph=Glyph::Lamp/>"Porchlight"</a>
                    <nav aria-label="Account"><a class="btn btn-quiet" href="/sign-in">"Sign in"</a></nav>
                </header>
                <main id="main">
                    {opening()}
                    <section class="points" aria-label="What it does">{POINTS.map(point)}</section>
                </main>
            </div>
        }
        .into_any()
    }

    fn opening() -> AnyView {
        view! {
            <section class="opening">
                <h1>"Nine in the evening, in front of your sign. They have a question."</h1>
                <p class="lead">
                    "They scan the code and ask about the roof, the HOA fee, the school bus. Your listing answers, with the \
                     source shown, in your name and colours. What it cannot answer comes to you, with a phone number."
                </p>
                <p class="below">
                    <a class="btn btn-primary" href="/register">"Open an account"</a>
                    <a class="btn" href="/sign-in">"Sign in"</a>
                </p>
            </section>
        }
        .into_any()
    }

    const POINTS: [(Glyph, &str, &str); 4] = [
        (
            Glyph::Check,
            "Nothing untrue",
            "A number, a date or a yes is in your documents, or it is not said. Every answer shows where it stands.",
        ),
        (
            Glyph::Code,
            "One code a sign",
            "Print it, hang it, see how often it is scanned and what is asked there.",
        ),
        (
            Glyph::People,
            "No lead is lost",
            "A buyer can leave a question at any time, even when nothing else works.",
        ),
        (
            Glyph::Coins,
            "Pay for answers",
            "Credits go for what was delivered. What failed costs nothing.",
        ),
    ];

    fn point((glyph, title, text): (Glyph, &'static str, &'static str)) -> AnyView {
        view! { <div><Icon glyph/><h2>{title}</h2><p>{text}</p></div> }.into_any()
    }
}
