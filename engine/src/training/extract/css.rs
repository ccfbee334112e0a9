//! Just enough CSS to know what a style makes invisible: declarations, rules with the media
//! conditions that hold on a desktop screen, colours.

use std::sync::LazyLock;

/// Width that media conditions are tried against, in CSS pixels.
const SCREEN: f64 = 1280.0;

/// Properties that can hide something; others are not kept.
static KEPT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "display|visibility|opacity|font-size|font|color|background|background-color|position|left|right|top|\
        bottom|text-indent|clip|clip-path|width|height|max-width|max-height|overflow|transform|z-index|\
        margin-left|margin-top|content-visibility|filter|-webkit-text-fill-color|mso-hide"
        .split('|')
        .collect()
});

/// One `property: value` that can hide something, lower case.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decl {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) important: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) selector: String,
    pub(super) decls: Vec<Decl>,
}

/// The declarations of a `style` attribute or a rule's body.
pub(super) fn declarations(text: &str) -> Vec<Decl> {
    let text = uncomment(text);
    let mut found = Vec::new();
    for part in text.split(';') {
        let Some((name, value)) = part.split_once(':') else {
            continue;
        };
        let name = unescape(name.trim()).to_ascii_lowercase();
        let name = if name == "overflow-x" || name == "overflow-y" {
            "overflow"
        } else {
            name.as_str()
        };
        let Some(kept) = KEPT.iter().find(|k| **k == name) else {
            continue;
        };
        let value = unescape(value.trim()).to_ascii_lowercase();
        let (value, important) = match value.split_once('!') {
            Some((v, rest)) => (v.trim().to_owned(), rest.trim_start().starts_with("important")),
            None => (value, false),
        };
        found.push(Decl {
            name: kept,
            value,
            important,
        });
    }
    found
}

/// Without `/* … */`.
fn uncomment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at + 2..].find("*/").map_or("", |end| &rest[at + 4 + end..]);
    }
    out.push_str(rest);
    out
}

/// `d\69splay` → `display`.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let mut hex = String::new();
        while hex.len() < 6 && chars.peek().is_some_and(char::is_ascii_hexdigit) {
            hex.extend(chars.next());
        }
        if hex.is_empty() {
            out.extend(chars.next());
        } else {
            out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
            if chars.peek() == Some(&' ') {
                chars.next();
            }
        }
    }
    out
}

/// The rules of a style sheet that hold on a desktop screen and can hide something.
pub(super) fn rules(sheet: &str) -> Vec<Rule> {
    let sheet = uncomment(&sheet.replace("<!--", "").replace("-->", ""));
    let mut found = Vec::new();
    blocks(&sheet, 0, &mut found);
    found
}

fn blocks(text: &str, depth: usize, found: &mut Vec<Rule>) {
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        if found.len() > 4_000 {
            return;
        }
        // Statements such as `@import …;` may stand before the selector.
        let head = rest[..open].rsplit(';').next().unwrap_or("").trim();
        let end = close(rest, open);
        let body = &rest[open + 1..end];
        rest = rest.get(end + 1..).unwrap_or("");
        if let Some(at) = head.strip_prefix('@') {
            let name = at
                .split(|c: char| !c.is_alphanumeric() && c != '-')
                .next()
                .unwrap_or("");
            let inside = match name {
                "media" => holds(&at["media".len()..]),
                "supports" | "layer" | "container" | "scope" => true,
                _ => false,
            };
            if inside && depth < 8 {
                blocks(body, depth + 1, found);
            }
            continue;
        }
        let decls = declarations(body);
        if !decls.is_empty() && !head.is_empty() && head.len() < 2_000 {
            found.push(Rule {
                selector: head.to_owned(),
                decls,
            });
        }
    }
}

/// Where the block that opens at `open` closes.
fn close(text: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (i, b) in text.as_bytes().iter().enumerate().skip(open) {
        match b {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return i;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Whether a media condition holds for a reader at a desktop screen.
fn holds(condition: &str) -> bool {
    condition.to_ascii_lowercase().split(',').any(|one| {
        let one = one.trim();
        if one.starts_with("not")
            || one.contains("print")
            || one.contains("speech")
            || one.contains("prefers-")
            || one.contains("orientation")
            || one.contains("hover")
        {
            return false;
        }
        one.split('(').skip(1).all(|feature| {
            let feature = feature.split(')').next().unwrap_or("");
            let Some((name, value)) = feature.split_once(':') else {
                return !feature.contains('<') && !feature.contains('>');
            };
            let Some(px) = length(value) else { return false };
            match name.trim() {
                "min-width" | "min-device-width" => px <= SCREEN,
                "max-width" | "max-device-width" => px >= SCREEN,
                _ => false,
            }
        })
    })
}

/// A length in pixels; percentages and viewport units count as a share of the screen.
pub(super) fn length(value: &str) -> Option<f64> {
    let value = value.trim();
    let split = value
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(value.len());
    let number: f64 = value[..split].parse().ok()?;
    Some(match value[split..].trim() {
        "" | "px" => number,
        "em" | "rem" | "ex" | "ch" => number * 16.0,
        "pt" => number * 4.0 / 3.0,
        "cm" => number * 37.8,
        "mm" => number * 3.78,
        "in" => number * 96.0,
        "vw" | "vh" | "%" | "vmin" | "vmax" => number * SCREEN / 100.0,
        _ => return None,
    })
}

/// A colour with its opacity (0–255 each, opacity 0–1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour {
    pub(super) rgb: [f64; 3],
    pub(super) alpha: f64,
}

impl Colour {
    pub(super) const WHITE: Self = Self {
        rgb: [255.0; 3],
        alpha: 1.0,
    };

    /// So alike that no reader tells them apart.
    pub(super) fn like(self, other: Self) -> bool {
        self.rgb.iter().zip(other.rgb).all(|(a, b)| (a - b).abs() <= 14.0)
    }
}

pub(super) fn colour(value: &str) -> Option<Colour> {
    let value = value.trim();
    let solid = |r: u32, g: u32, b: u32| {
        Some(Colour {
            rgb: [f64::from(r), f64::from(g), f64::from(b)],
            alpha: 1.0,
        })
    };
    if let Some(hex) = value.strip_prefix('#') {
        if !hex.is_ascii() {
            return None;
        }
        let digit = |i: usize, n: usize| u32::from_str_radix(hex.get(i..i + n)?, 16).ok();
        return match hex.len() {
            3 | 4 => {
                let mut colour = solid(digit(0, 1)? * 17, digit(1, 1)? * 17, digit(2, 1)? * 17)?;
                colour.alpha = if hex.len() == 4 {
                    f64::from(digit(3, 1)?) / 15.0
                } else {
                    1.0
                };
                Some(colour)
            }
            6 | 8 => {
                let mut colour = solid(digit(0, 2)?, digit(2, 2)?, digit(4, 2)?)?;
                colour.alpha = if hex.len() == 8 {
                    f64::from(digit(6, 2)?) / 255.0
                } else {
                    1.0
                };
                Some(colour)
            }
            _ => None,
        };
    }
    if let Some(args) = value.strip_prefix("rgba(").or_else(|| value.strip_prefix("rgb(")) {
        let parts: Vec<f64> = args
            .trim_end_matches(')')
            .split([',', ' ', '/'])
            .filter(|p| !p.is_empty())
            .filter_map(|p| {
                if let Some(share) = p.strip_suffix('%') {
                    share.parse::<f64>().ok().map(|v| v * 2.55)
                } else {
                    p.parse().ok()
                }
            })
            .collect();
        return match parts.as_slice() {
            [r, g, b] => Some(Colour {
                rgb: [*r, *g, *b],
                alpha: 1.0,
            }),
            [r, g, b, a, ..] => Some(Colour {
                rgb: [*r, *g, *b],
                alpha: *a,
            }),
            _ => None,
        };
    }
    match value {
        "transparent" => Some(Colour {
            rgb: [0.0; 3],
            alpha: 0.0,
        }),
        "white" => solid(255, 255, 255),
        "snow" | "ivory" | "floralwhite" | "ghostwhite" | "mintcream" | "azure" => solid(250, 250, 250),
        "whitesmoke" => solid(245, 245, 245),
        "black" => solid(0, 0, 0),
        "red" => solid(255, 0, 0),
        "lime" => solid(0, 255, 0),
        "green" => solid(0, 128, 0),
        "blue" => solid(0, 0, 255),
        "yellow" => solid(255, 255, 0),
        "gray" | "grey" => solid(128, 128, 128),
        "silver" => solid(192, 192, 192),
        "lightgray" | "lightgrey" => solid(211, 211, 211),
        "navy" => solid(0, 0, 128),
        "orange" => solid(255, 165, 0),
        "beige" => solid(245, 245, 220),
        _ => None,
    }
}

/// The colour inside a `background` shorthand.
pub(super) fn background(value: &str) -> Option<Colour> {
    if value.contains("url(") || value.contains("gradient") {
        return None;
    }
    colour(value).or_else(|| value.split_whitespace().find_map(colour))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_through_comments_and_escapes() {
        let found = declarations("d\\69splay:/**/none !important; foo: bar; COLOR : #FFF");
        assert_eq!(
            found[0],
            Decl {
                name: "display",
                value: "none".into(),
                important: true
            }
        );
        assert_eq!(found[1].value, "#fff");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn only_what_holds_on_a_desktop_counts() {
        let sheet = "@import url(x.css); .a{display:none} @media print{.b{display:none}} @media (max-width:600px){.c{display:none}}
            @media screen and (min-width:768px){.d{display:block}} @keyframes k{from{opacity:0}} .e{margin:0}";
        let selectors: Vec<_> = rules(sheet).into_iter().map(|r| r.selector).collect();
        assert_eq!(selectors, [".a", ".d"]);
    }

    #[test]
    fn colours() {
        assert!(colour("#fff").unwrap().like(Colour::WHITE));
        assert!(colour("rgb(255, 254, 255)").unwrap().like(Colour::WHITE));
        assert!(!colour("#eee").unwrap().like(Colour::WHITE));
        assert_eq!(colour("rgba(0,0,0,0)").unwrap().alpha, 0.0);
        assert!(background("#fff none repeat").unwrap().like(Colour::WHITE));
    }
}
