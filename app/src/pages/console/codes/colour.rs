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
    view! { <p class="verdict" aria-live="polite">{move || front.with(|front| back.with(|back| verdict(front, back)))}</p> }
}

/// The contrast of two colours as a person reads it, `4.5`, with the number; `None` while one is not a colour.
pub(in crate::pages::console) fn ratio(a: &str, b: &str) -> Option<f64> {
    let channels = |colour: &str| colour.parse::<HexColour>().ok().map(|colour| rgb(&colour));
    channels(a).zip(channels(b)).map(|(a, b)| contrast(a, b))
}

fn verdict(front: &str, back: &str) -> String {
    let (Some(between), Some(on_white), Some(back_on_white)) =
        (ratio(front, back), ratio(front, "#ffffff"), ratio(back, "#ffffff"))
    else {
        return "Give both colours as six digits, such as #111111.".into();
    };
    let words = match between {
        _ if on_white < back_on_white => {
            "the colour is lighter than its background. Swap the two, scanners expect dark on light"
        }
        ..LEAST => "too alike to scan. Choose a darker colour or a lighter background",
        LEAST..GOOD => "scans in good light. A darker colour is safer on a sign",
        _ => "scans well",
    };
    format!("Contrast {between:.1} to 1: {words}.")
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn the_verdict_follows_the_contrast() {
        assert_eq!(verdict("#000000", "#ffffff"), "Contrast 21.0 to 1: scans well.");
        assert!(verdict("#ffffff", "#000000").contains("Swap"));
        assert!(verdict("#bbbbbb", "#ffffff").contains("too alike"));
        assert!(verdict("#777777", "#ffffff").contains("good light"));
        assert!(verdict("red", "#ffffff").contains("six digits"));
    }
}
