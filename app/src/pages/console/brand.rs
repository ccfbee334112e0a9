//! The brand: one colour and a logo, on the porch and in the codes.

use domain::{
    brand::{Palette, palette},
    text::HexColour,
};
use leptos::prelude::*;

use super::{codes::ratio, parts::saved_note};
use crate::{
    browser,
    checks::Check,
    fns::brand::{BrandView, SET_BRAND, get_brand},
    ui::{Card, Field, FileField, Form, PageHead, Submit, load, shown},
};

/// The colour with its verdict, and the logo.
#[component]
pub fn BrandPage() -> impl IntoView {
    let brand = load(|| (), |()| get_brand());
    view! {
        <PageHead title="Brand" lead="Your colour and your logo, on every page a buyer sees."/>
        {saved_note()}
        {shown(brand, form)}
    }
    .into_any()
}

fn form(brand: BrandView) -> AnyView {
    let colour = brand.colour.clone();
    let (alt, now) = (
        format!("The logo of {}", brand.organization),
        if brand.logo.is_some() { "Another logo" } else { "Logo" },
    );
    let logo = brand
        .logo
        .map(|src| view! { <p><img class="logo-picture" src=src alt=alt width="96" height="96"/></p> });
    if !brand.may_change {
        return view! {
            <Card title="How it looks">
                <p class="muted">"The owner or an admin of your organization chooses the colour and the logo."</p>
                {logo}
                <Sample colour/>
            </Card>
        }
        .into_any();
    }
    view! {
        <div class="halves">
            <Card title="Colour and logo">
                <Form to=SET_BRAND check=Check::Brand files=true>
                    <Field name="colour" label="Colour" kind="color" value=brand.colour/>
                    {logo}
                    <FileField name="logo" label=now accept=".png,.jpg,.jpeg,.webp" hint="PNG, JPEG or WebP. Square works best." optional=true/>
                    <Submit>"Save"</Submit>
                </Form>
            </Card>
            <Card title="How it looks"><Sample colour/></Card>
        </div>
    }
    .into_any()
}

/// Follows the page's field `colour`.
#[island]
fn Sample(colour: String) -> impl IntoView {
    let colour = RwSignal::new(colour);
    Effect::new(move |_| browser::on_input("colour", move |value| colour.set(value)));
    view! { <div>{move || colour.with(|colour| sample(colour))}</div> }
}

/// The colour at work, drawn as a picture: attributes of an SVG need no style that a strict policy would refuse.
fn sample(colour: &str) -> AnyView {
    let Ok(parsed) = colour.parse::<HexColour>() else {
        return view! { <p class="muted">"Give the colour as six digits, such as #1f6f5c."</p> }.into_any();
    };
    let Palette {
        fill,
        on_fill,
        text,
        tint,
    } = palette(&parsed);
    let words = verdict(&fill, &text);
    view! {
        <svg class="sample" viewBox="0 0 320 140" role="img" aria-label="A button, a link and a chip in your colour">
            <rect width="320" height="140" rx="10" fill="#ffffff"></rect>
            <rect x="16" y="16" width="160" height="44" rx="8" fill=fill></rect>
            <text x="96" y="43" text-anchor="middle" font-size="15" font-weight="600" fill=on_fill>"Ask your realtor"</text>
            <text x="200" y="43" font-size="15" text-decoration="underline" fill=text.clone()>"12 Elm Street"</text>
            <rect x="16" y="84" width="120" height="36" rx="18" fill=tint></rect>
            <text x="76" y="107" text-anchor="middle" font-size="14" fill=text>"Year built"</text>
        </svg>
        <p class="verdict" aria-live="polite">{words}</p>
    }
    .into_any()
}

/// Whether the colour can carry words, and what is done where it cannot.
fn verdict(fill: &str, text: &str) -> String {
    let contrast = ratio(fill, "#ffffff").unwrap_or_default();
    if fill == text {
        format!("Contrast on white {contrast:.1} to 1: words in your colour can be read.")
    } else {
        format!(
            "Contrast on white {contrast:.1} to 1, words need 4.5. Your colour stays for buttons and surfaces; words are set in {text}."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn a_pale_colour_is_kept_for_surfaces() {
        assert!(verdict("#1f5f5b", "#1f5f5b").contains("can be read"));
        assert!(verdict("#ffd400", "#7a6600").ends_with("words are set in #7a6600."));
    }
}
