//! What a person cannot see on the page: by element, attribute, inline style, style sheet and colour.

use std::collections::{HashMap, HashSet};

use scraper::{CaseSensitivity, ElementRef, Html, Selector};

use super::css::{self, Colour, Decl};

/// The node's number in the document tree.
pub(super) type Id = ego_tree::NodeId;

/// The declarations of the page's own style sheets, by the element they apply to.
#[derive(Default)]
pub(super) struct Sheets {
    by_node: HashMap<Id, Vec<(u32, Decl)>>,
}

/// Matching is bounded: pages with more rules than this use frameworks whose rules hide by state.
const MAX_MATCHES: usize = 60_000;

impl Sheets {
    pub(super) fn read(doc: &Html) -> Self {
        let mut sheets = Self::default();
        let mut rules = Vec::new();
        let mut elements: HashMap<&str, Vec<ElementRef<'_>>> = HashMap::new();
        for node in doc.tree.nodes() {
            let Some(element) = ElementRef::wrap(node) else {
                continue;
            };
            if element.value().name() == "style" {
                rules.extend(css::rules(&element.text().collect::<String>()));
            }
        }
        if rules.is_empty() {
            return sheets;
        }
        for element in doc.tree.nodes().filter_map(ElementRef::wrap) {
            elements.entry(element.value().name()).or_default().push(element);
            let mut seen = HashSet::new();
            for class in element.value().classes() {
                if seen.insert(class) {
                    elements.entry(class).or_default().push(element);
                }
            }
            if let Some(id) = element.value().id().filter(|id| !seen.contains(id)) {
                elements.entry(id).or_default().push(element);
            }
        }
        let mut tried = 0usize;
        for (order, rule) in rules.iter().enumerate() {
            for selector in rule.selector.split(',') {
                let selector = selector.trim();
                // A cloak is lifted by the page's own script once it runs.
                if selector.contains("cloak")
                    || selector.contains(':') && !selector.contains(":not") && !selector.contains(":root")
                {
                    continue;
                }
                let Some(candidates) = rightmost(selector).and_then(|key| elements.get(key)) else {
                    continue;
                };
                let Ok(parsed) = Selector::parse(selector) else {
                    continue;
                };
                let weight = specificity(selector) * 10_000 + u32::try_from(order.min(9_999)).unwrap_or(0);
                for element in candidates {
                    tried += 1;
                    if tried > MAX_MATCHES {
                        return sheets;
                    }
                    if parsed.matches(element) {
                        let list = sheets.by_node.entry(element.id()).or_default();
                        list.extend(rule.decls.iter().cloned().map(|d| (weight, d)));
                    }
                }
            }
        }
        sheets
    }

    /// The element's declarations in the order they win, the inline ones last.
    pub(super) fn of(&self, element: ElementRef<'_>) -> Vec<Decl> {
        let mut all: Vec<(bool, u32, Decl)> = Vec::new();
        if let Some(list) = self.by_node.get(&element.id()) {
            all.extend(list.iter().map(|(weight, d)| (d.important, *weight, d.clone())));
        }
        if let Some(style) = element.attr("style") {
            all.extend(css::declarations(style).into_iter().map(|d| (d.important, u32::MAX, d)));
        }
        all.sort_by_key(|(important, weight, _)| (*important, *weight));
        all.into_iter().map(|(_, _, d)| d).collect()
    }
}

/// The class, id or element name that the last part of a selector asks for.
fn rightmost(selector: &str) -> Option<&str> {
    let last = selector.rsplit([' ', '>', '+', '~']).find(|p| !p.is_empty())?;
    let last = last.split(':').next().unwrap_or(last);
    let name = |from: usize| {
        let rest = &last[from..];
        let end = rest.find(['.', '#', '[', ':']).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    };
    if let Some(at) = last.find('#') {
        return name(at + 1);
    }
    if let Some(at) = last.find('.') {
        return name(at + 1);
    }
    name(0).filter(|n| *n != "*")
}

fn specificity(selector: &str) -> u32 {
    let count = |c: &[char]| u32::try_from(selector.matches(c).count()).unwrap_or(9).min(9);
    count(&['#']) * 100 + count(&['.', '[']) * 10 + u32::from(selector.starts_with(char::is_alphabetic))
}

/// The winning value of a property.
fn get<'a>(decls: &'a [Decl], name: &str) -> Option<&'a str> {
    decls.iter().rev().find(|d| d.name == name).map(|d| d.value.as_str())
}

/// Whether these declarations make an element and all in it invisible.
pub(super) fn hides(decls: &[Decl]) -> bool {
    if decls.is_empty() {
        return false;
    }
    let value = |name| get(decls, name).unwrap_or("");
    let px = |name| get(decls, name).and_then(css::length);
    let at_most = |name, limit: f64| px(name).is_some_and(|v| v <= limit);
    if value("display") == "none"
        || matches!(value("visibility"), "hidden" | "collapse")
        || value("content-visibility") == "hidden"
        || value("mso-hide") == "all"
    {
        return true;
    }
    let share = |text: &str| {
        text.strip_suffix('%').map_or_else(
            || text.parse::<f64>().ok(),
            |p| p.parse::<f64>().ok().map(|v| v / 100.0),
        )
    };
    if share(value("opacity")).is_some_and(|v| v <= 0.05) {
        return true;
    }
    if value("filter")
        .strip_prefix("opacity(")
        .and_then(|v| share(v.trim_end_matches(')')))
        .is_some_and(|v| v <= 0.05)
    {
        return true;
    }
    let font = get(decls, "font-size").or_else(|| {
        get(decls, "font").and_then(|f| {
            f.split([' ', '/'])
                .find(|p| p.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
        })
    });
    let tiny = |v: &str| {
        v.strip_suffix('%')
            .map_or_else(|| css::length(v), |p| p.parse::<f64>().ok().map(|v| v * 0.16))
    };
    if font.is_some_and(|f| tiny(f).is_some_and(|v| v <= 2.0) && !f.starts_with('-'))
        && !value("font").starts_with("inherit")
    {
        return true;
    }
    if at_most("text-indent", -500.0) {
        return true;
    }
    let placed = matches!(value("position"), "absolute" | "fixed" | "relative" | "sticky");
    let away = ["left", "right", "top", "bottom"]
        .iter()
        .any(|side| at_most(side, -500.0));
    let far = ["left", "top"]
        .iter()
        .any(|side| px(side).is_some_and(|v| v >= 5_000.0));
    if placed && (away || far) || at_most("margin-left", -500.0) || at_most("margin-top", -500.0) {
        return true;
    }
    if matches!(value("position"), "absolute" | "fixed") && at_most("z-index", -1.0) {
        return true;
    }
    if value("-webkit-text-fill-color") == "transparent" {
        return true;
    }
    hidden_shape(decls, placed)
}

/// Clipped, scaled or squeezed to nothing.
fn hidden_shape(decls: &[Decl], placed: bool) -> bool {
    let value = |name| get(decls, name).unwrap_or("");
    let numbers = |text: &str| -> Vec<f64> { text.split(['(', ')', ',', ' ']).filter_map(css::length).collect() };
    let clip = value("clip");
    if placed && clip.starts_with("rect") && numbers(clip).iter().all(|v| v.abs() <= 1.0) {
        return true;
    }
    let path = value("clip-path");
    let inset = path.starts_with("inset(")
        && path
            .split(['(', ')', ' '])
            .find_map(|v| v.strip_suffix('%'))
            .and_then(|v| v.parse::<f64>().ok())
            .is_some_and(|v| v >= 50.0);
    if inset
        || path.starts_with("circle(0")
        || path.starts_with("polygon(0 0, 0 0")
        || path.starts_with("polygon(0 0,0 0")
    {
        return true;
    }
    let transform = value("transform");
    if ["scale(0)", "scale(0,", "scale3d(0", "scalex(0)", "scaley(0)"]
        .iter()
        .any(|s| transform.contains(s))
    {
        return true;
    }
    if transform.contains("translate") && numbers(transform).iter().any(|v| *v <= -900.0 || *v >= 5_000.0) {
        return true;
    }
    let nothing = |name| {
        get(decls, name)
            .and_then(css::length)
            .is_some_and(|v| (0.0..=1.0).contains(&v))
    };
    let clipped = matches!(value("overflow"), "hidden" | "clip") || value("overflow").starts_with("hidden");
    let flat = nothing("height") || nothing("max-height");
    let thin = nothing("width") || nothing("max-width");
    clipped && (flat || thin)
}

/// Text and ground colour at one place of the tree; `None` where no style of the page says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paint {
    text: Option<Colour>,
    ground: Option<Colour>,
    /// Something around here may be coloured by a style sheet that is not at hand.
    unknown: bool,
}

impl Paint {
    /// The colours inside `element`.
    pub(super) fn inside(self, element: ElementRef<'_>, decls: &[Decl], outside_sheets: bool) -> Self {
        let mut paint = self;
        let node = element.value();
        let attr = |name| node.attr(name).map(str::to_ascii_lowercase);
        let ground = get(decls, "background-color")
            .and_then(css::colour)
            .or_else(|| get(decls, "background").and_then(css::background))
            .or_else(|| attr("bgcolor").and_then(|c| css::colour(&c)));
        if get(decls, "background").is_some_and(|b| b.contains("url(") || b.contains("gradient")) {
            paint.unknown = true;
            paint.ground = None;
        } else if let Some(ground) = ground.filter(|g| g.alpha > 0.5) {
            paint.ground = Some(ground);
            paint.unknown = false;
        } else if outside_sheets
            && ground.is_none()
            && (node.attr("class").is_some() || node.id().is_some())
            && !matches!(
                node.name(),
                "html" | "body" | "span" | "b" | "i" | "em" | "strong" | "font" | "a"
            )
        {
            paint.unknown = true;
        }
        let font = (node.name() == "font").then(|| attr("color")).flatten();
        if let Some(text) = get(decls, "color")
            .and_then(css::colour)
            .or_else(|| font.and_then(|c| css::colour(&c)))
        {
            paint.text = Some(text);
        }
        paint
    }

    /// Whether words painted so cannot be read.
    pub(super) fn unreadable(self) -> bool {
        let Some(text) = self.text else { return false };
        if text.alpha <= 0.05 {
            return true;
        }
        match self.ground {
            Some(ground) if !self.unknown => text.like(ground),
            // Nothing says otherwise: the page is white.
            None if !self.unknown => text.like(Colour::WHITE),
            _ => false,
        }
    }
}

/// Elements whose content is never words on the page.
pub(super) fn never_text(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "noscript"
            | "svg"
            | "math"
            | "iframe"
            | "object"
            | "embed"
            | "audio"
            | "video"
            | "canvas"
            | "datalist"
            | "noembed"
            | "noframes"
            | "map"
            | "param"
            | "applet"
            | "title"
    )
}

/// Whether the element's own attributes hide it. Class names count only where they say so in
/// every width of screen (`hidden`, but not `hidden md:block`).
pub(super) fn attributes_hide(element: ElementRef<'_>) -> bool {
    let node = element.value();
    if node.attr("hidden").is_some()
        || node
            .attr("aria-hidden")
            .is_some_and(|v| v.trim().eq_ignore_ascii_case("true"))
    {
        return true;
    }
    if node.name() == "dialog" && node.attr("open").is_none() {
        return true;
    }
    let class = |name| node.has_class(name, CaseSensitivity::CaseSensitive);
    let responsive = || {
        node.classes().any(|c| {
            c.rsplit_once(':').is_some_and(|(_, c)| {
                matches!(
                    c,
                    "block"
                        | "flex"
                        | "grid"
                        | "inline"
                        | "inline-block"
                        | "inline-flex"
                        | "table"
                        | "table-cell"
                        | "contents"
                        | "visible"
                )
            }) || (c.starts_with("d-")
                && [
                    "block",
                    "flex",
                    "inline",
                    "grid",
                    "table",
                    "table-cell",
                    "inline-block",
                    "inline-flex",
                ]
                .iter()
                .any(|d| c.ends_with(d)))
                || c.starts_with("visible-")
                || c.starts_with("show")
        })
    };
    (class("hidden")
        || class("d-none")
        || class("hide")
        || class("is-hidden")
        || class("display-none")
        || class("invisible"))
        && !responsive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide() {
        for style in [
            "display:none",
            "display: none !important",
            "visibility:hidden",
            "opacity:0",
            "opacity:0.01",
            "font-size:0",
            "font-size:1px",
            "font:0/0 a",
            "position:absolute;left:-9999px",
            "position:fixed;top:-100vh",
            "text-indent:-9999px",
            "clip-path:inset(100%)",
            "position:absolute;clip:rect(0,0,0,0)",
            "transform:scale(0)",
            "transform:translateX(-9999px)",
            "height:0;overflow:hidden",
            "width:1px;height:1px;overflow:hidden",
            "max-height:0;overflow:hidden",
            "z-index:-1;position:absolute",
            "content-visibility:hidden",
            "filter:opacity(0)",
            "margin-left:-9999px",
            "mso-hide:all",
        ] {
            assert!(hides(&css::declarations(style)), "{style}");
        }
    }

    #[test]
    fn styles_that_do_not() {
        for style in [
            "display:block",
            "opacity:1",
            "opacity:.9",
            "font-size:14px",
            "font-size:90%",
            "left:-10px;position:relative",
            "height:auto;overflow:hidden",
            "height:300px;overflow:hidden",
            "margin-left:-15px",
            "transform:translateX(-50%)",
            "font:12px/1.5 Arial",
            "width:100%;overflow:hidden",
            "clip-path:inset(2%)",
        ] {
            assert!(!hides(&css::declarations(style)), "{style}");
        }
    }

    #[test]
    fn a_later_rule_shows_again() {
        let doc = Html::parse_document(
            "<style>.a{display:none} @media (min-width:800px){.a{display:block}} p.b{display:none} #c .d{opacity:0}</style><div class=a>x</div><p class=b>y</p><div id=c><i class=d>z</i></div>",
        );
        let sheets = Sheets::read(&doc);
        let hidden = |css: &str| hides(&sheets.of(doc.select(&Selector::parse(css).unwrap()).next().unwrap()));
        assert!(!hidden("div.a"));
        assert!(hidden("p.b"));
        assert!(hidden("i.d"));
    }
}
