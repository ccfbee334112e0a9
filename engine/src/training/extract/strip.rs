//! Plain words of a text that holds markup, such as a description inside data.

use scraper::{Html, Node};

use super::clean;
use super::fold::tidy;

/// Without tags, entities and invisible characters; blocks and breaks become line breaks.
pub(super) fn plain(text: &str) -> String {
    let text = clean::clean(text, &mut 0);
    if !text.contains('<') && !text.contains('&') {
        return lines(&text);
    }
    let tamed = super::guard::tame(&text);
    let doc = Html::parse_fragment(&tamed);
    let mut out = String::with_capacity(text.len());
    let mut hidden = None;
    for edge in doc.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                Node::Text(words) if hidden.is_none() => out.push_str(words),
                Node::Element(e) if hidden.is_none() => {
                    if super::visible::never_text(e.name())
                        || e.attr("hidden").is_some()
                        || e.attr("style")
                            .is_some_and(|s| super::visible::hides(&super::css::declarations(s)))
                    {
                        hidden = Some(node.id());
                    } else if matches!(
                        e.name(),
                        "br" | "p" | "div" | "li" | "ul" | "h1" | "h2" | "h3" | "h4" | "tr"
                    ) {
                        out.push('\n');
                    }
                }
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => {
                if hidden == Some(node.id()) {
                    hidden = None;
                } else if node
                    .value()
                    .as_element()
                    .is_some_and(|e| matches!(e.name(), "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" | "tr"))
                {
                    out.push('\n');
                }
            }
        }
    }
    lines(&out)
}

/// Each line tidied, empty ones dropped.
fn lines(text: &str) -> String {
    text.lines()
        .map(tidy)
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_lines() {
        assert_eq!(
            plain("<p>One<br>two &amp; three</p><script>x()</script><i style='display:none'>no</i> four"),
            "One\ntwo & three\nfour"
        );
        assert_eq!(plain("a\n\n b"), "a\nb");
    }
}
