//! The letters of a demo, which sends none.

use leptos::prelude::*;

use crate::{
    fns::mail::{LetterView, Line, get_letters},
    layout::PlainLayout,
    ui::{TimeText, load, shown},
};

#[component]
pub fn MailPage() -> impl IntoView {
    let letters = load(|| (), |()| get_letters());
    view! {
        <PlainLayout title="Letters" lead="This demo sends no mail: what it would send stands here, for everybody who can open this page. With a mail server there is no such page.">
            {shown(letters, list)}
        </PlainLayout>
    }
    .into_any()
}

fn list(letters: Vec<LetterView>) -> AnyView {
    if letters.is_empty() {
        return view! { <p class="muted">"No letters yet. Open an account, invite somebody, or ask for a new password."</p> }
            .into_any();
    }
    letters.into_iter().map(letter).collect_view().into_any()
}

fn letter(letter: LetterView) -> AnyView {
    let line = |line: Line| match line {
        Line::Text(text) => view! { <p>{text}</p> }.into_any(),
        Line::Link(link) => {
            let href = link.clone();
            view! { <p class="letter-link"><a href=href rel="external">{link}</a></p> }.into_any()
        }
    };
    view! {
        <article class="letter">
            <h2>{letter.subject}</h2>
            <p class="muted">"To "{letter.to}", "<TimeText when=letter.at/></p>
            {letter.lines.into_iter().map(line).collect_view()}
        </article>
    }
    .into_any()
}
