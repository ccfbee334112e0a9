//! Two colours and whether a code in them scans: the same rule as the one that refuses a code.

use domain::{
    brand::{contrast, rgb},
    text::HexColour,
};
use leptos::prelude::*;

use crate::{browser, ui::Field};

/// The least contrast that scanners need, and the one that leaves room for dusk and dirt.
const LEAST: f64 = 3.0;
const GOOD: f64 = 7.0;

/// Foreground and background with their verdict, said again as the colours change.
pub(super) fn colours(foreground: &str, background: &str) -> AnyView {
    view! {
        <div class="pair">
            <Field name="foreground" label="Colour" kind="color" value=foreground/>
            <Field name="background" label="Background" kind="color" value=background/>
        </div>
        <Verdict foreground=foreground.to_owned() background=background.to_owned()/>
    }
    .into_any()
}

/// Follows the page's fields `foreground` and `background`.
#[island]
fn Verdict(foreground: String, background: String) -> impl IntoView {
    let (front, back) = (RwSignal::new(foreground), RwSignal::new(background));
    Effect::new(move |_| {
        browser::on_input("foreground", move |value| front.set(value));
        browser::on_input("background", move |value| back.set(value));
    });
    let said = Memo::new(move |_| front.with(|front| back.with(|back| verdict(front, back))));
    view! {
        <p class="verdict" class:refused=move || !said.with(|(scans, _)| *scans) aria-live="polite">
            {move || said.with(|(_, words)| words.clone())}
        </p>
    }
}

/// The contrast of two colours as a person reads it, `4.5`, with the number; `None` while one is not a colour.
pub(in crate::pages::console) fn ratio(a: &str, b: &str) -> Option<f64> {
    let channels = |colour: &str| colour.parse::<HexColour>().ok().map(|colour| rgb(&colour));
    channels(a).zip(channels(b)).map(|(a, b)| contrast(a, b))
}

/// Whether a code in these colours is made, and why or why not.
fn verdict(front: &str, back: &str) -> (bool, String) {
    let (Some(between), Some(on_white), Some(back_on_white)) =
        (ratio(front, back), ratio(front, "#ffffff"), ratio(back, "#ffffff"))
    else {
        return (false, "Give both colours as six digits, such as #111111.".into());
    };
    let scans = on_white >= back_on_white && between >= LEAST;
    let words = match between {
        _ if on_white < back_on_white => {
            "the colour is lighter than its background. Swap the two, scanners expect dark on light"
        }
        ..LEAST => "too alike to scan. Choose a darker colour or a lighter background",
        LEAST..GOOD => "scans in good light. A darker colour is safer on a sign",
        _ => "scans well",
    };
    (scans, format!("Contrast {between:.1} to 1: {words}."))
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn the_verdict_follows_the_contrast() {
        let judged = |front, back, scans, words: &str| {
            let (does, said) = verdict(front, back);
            assert!(does == scans && said.contains(words), "{said}");
        };
        judged("#000000", "#ffffff", true, "Contrast 21.0 to 1: scans well.");
        judged("#777777", "#ffffff", true, "good light");
        judged("#ffffff", "#000000", false, "Swap");
        judged("#bbbbbb", "#ffffff", false, "too alike");
        judged("red", "#ffffff", false, "six digits");
    }
}
