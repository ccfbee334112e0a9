//! Colours derived from the one a realtor gives, so that text on them can always be read.
//!
//! Contrast is the WCAG 2.2 ratio of relative luminances.

use crate::{Fault, text::HexColour};

pub const DEFAULT_COLOUR: &str = "#1f5f5b";

/// What a themed page needs from one brand colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The colour as given: fills.
    pub fill: String,
    /// Black or white, whichever reads better on the fill.
    pub on_fill: &'static str,
    /// The colour darkened until it reads on white at 4.5:1: text and links.
    pub text: String,
    /// A pale wash of the colour.
    pub tint: String,
}

/// A brand's colour as typed.
pub fn check_colour(colour: &str) -> Result<HexColour, Fault> {
    colour
        .parse::<HexColour>()
        .map_err(|fault| Fault::field("colour", fault.message))
}

/// The channels of a colour.
pub fn rgb(colour: &HexColour) -> [u8; 3] {
    let digits = colour.as_str().trim_start_matches('#');
    let channel = |i: usize| {
        digits
            .get(i..i + 2)
            .and_then(|d| u8::from_str_radix(d, 16).ok())
            .unwrap_or(0)
    };
    [channel(0), channel(2), channel(4)]
}

/// WCAG 2.2 contrast ratio, 1 to 21.
pub fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

pub fn palette(colour: &HexColour) -> Palette {
    const WHITE: [u8; 3] = [255; 3];
    let fill = rgb(colour);
    let on_fill = if contrast(fill, WHITE) >= contrast(fill, [17; 3]) {
        "#ffffff"
    } else {
        "#111111"
    };
    let mut text = fill;
    while contrast(text, WHITE) < 4.5 {
        text = text.map(|c| (f64::from(c) * 0.94) as u8);
    }
    let tint = fill.map(|c| (f64::from(c) * 0.1 + 255.0 * 0.9) as u8);
    let hex = |[r, g, b]: [u8; 3]| format!("#{r:02x}{g:02x}{b:02x}");
    Palette {
        fill: hex(fill),
        on_fill,
        text: hex(text),
        tint: hex(tint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contrast_of_black_on_white_is_21() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn text_in_a_brand_colour_can_be_read(r: u8, g: u8, b: u8) {
            let colour: HexColour = format!("#{r:02x}{g:02x}{b:02x}").parse().unwrap();
            let palette = palette(&colour);
            let text: HexColour = palette.text.parse().unwrap();
            prop_assert!(contrast(rgb(&text), [255; 3]) >= 4.5);
            let on: HexColour = palette.on_fill.parse().unwrap();
            prop_assert!(contrast(rgb(&on), [r, g, b]) >= 4.3);
        }
    }
}
