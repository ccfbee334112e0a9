//! Markup that no browser page needs but that costs a parser quadratic time: elements nested
//! thousands deep, tags with thousands of attributes. Such tags are cut down before parsing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

const MAX_DEPTH: usize = 240;
const MAX_ATTRIBUTES: usize = 200;
/// Open formatting elements are reopened in every following block, so few may be open at a time.
const MAX_FORMATTING: usize = 100;

/// Elements that hold nothing, or that end by themselves when the next one starts.
static FLAT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|option|optgroup|tr|\
        td|th|thead|tbody|tfoot|colgroup|caption|rp|rt|html|head|body|frame|keygen|path"
        .split('|')
        .collect()
});
static FORMATTING: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
        .split('|')
        .collect()
});
/// Their content is no markup.
const RAW: [&str; 7] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed"];

/// The markup with excess nesting and attributes taken out; borrowed where nothing was wrong.
pub(super) fn tame(markup: &str) -> Cow<'_, str> {
    let bytes = markup.as_bytes();
    let mut out: Option<String> = None;
    let mut copied = 0;
    let (mut depth, mut formatting) = (0usize, 0usize);
    let mut dropped: HashMap<String, usize> = HashMap::new();
    let mut at = 0;
    while let Some(open) = memchr(bytes, at, b'<') {
        let next = bytes.get(open + 1).copied().unwrap_or(0);
        if bytes[open..].starts_with(b"<!--") {
            at = find(markup, open + 4, "-->").map_or(bytes.len(), |e| e + 3);
            continue;
        }
        let closing = next == b'/';
        let name_at = open + 1 + usize::from(closing);
        if !bytes.get(name_at).is_some_and(u8::is_ascii_alphabetic) {
            at = open + 1;
            continue;
        }
        let name_end = name_at
            + bytes[name_at..]
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
                .count();
        let name = markup[name_at..name_end].to_ascii_lowercase();
        let (end, attributes_end) = tag_end(bytes, name_end);
        at = end;
        let counted = !FLAT.contains(&name.as_str()) && bytes.get(end.wrapping_sub(2)) != Some(&b'/');
        let formats = FORMATTING.contains(&name.as_str());
        let mut drop = false;
        if closing {
            // The end of an element that was dropped goes with it.
            match dropped.get_mut(name.as_str()) {
                Some(open) if *open > 0 => {
                    *open -= 1;
                    drop = true;
                }
                _ => {
                    depth = depth.saturating_sub(usize::from(counted));
                    formatting = formatting.saturating_sub(usize::from(formats));
                }
            }
        } else if counted {
            drop = depth >= MAX_DEPTH || (formats && formatting >= MAX_FORMATTING);
            if drop {
                *dropped.entry(name.clone()).or_default() += 1;
            } else {
                depth += 1;
                formatting += usize::from(formats);
            }
        }
        if drop {
            let out = out.get_or_insert_with(|| String::with_capacity(markup.len()));
            out.push_str(&markup[copied..open]);
            copied = end;
        } else if let Some(cut) = attributes_end {
            let out = out.get_or_insert_with(|| String::with_capacity(markup.len()));
            out.push_str(&markup[copied..cut]);
            out.push('>');
            copied = end;
        }
        if !closing && RAW.contains(&name.as_str()) {
            at = close_of(markup, end, &name);
            depth = depth.saturating_sub(1);
            at = at.max(end);
            if let Some(tag) = memchr(bytes, at, b'>') {
                at = tag + 1;
            }
        }
    }
    match out {
        None => Cow::Borrowed(markup),
        Some(mut out) => {
            out.push_str(&markup[copied..]);
            Cow::Owned(out)
        }
    }
}

/// Where a tag ends (after `>`), and where its attributes must be cut when there are too many.
fn tag_end(bytes: &[u8], from: usize) -> (usize, Option<usize>) {
    let (mut at, mut attributes, mut cut) = (from, 0usize, None);
    let mut quote = 0u8;
    let mut gap = true;
    while at < bytes.len() {
        let b = bytes[at];
        if quote != 0 {
            if b == quote {
                quote = 0;
                gap = true;
            }
        } else {
            match b {
                b'>' => return (at + 1, cut),
                b'"' | b'\'' if bytes[..at].iter().rev().find(|b| !b.is_ascii_whitespace()) == Some(&b'=') => quote = b,
                b'/' => gap = true,
                b if b.is_ascii_whitespace() => gap = true,
                _ if gap => {
                    gap = false;
                    attributes += 1;
                    if attributes > MAX_ATTRIBUTES && cut.is_none() {
                        cut = Some(at);
                    }
                }
                _ => {}
            }
        }
        at += 1;
    }
    (bytes.len(), cut)
}

fn memchr(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    bytes.get(from..)?.iter().position(|b| *b == wanted).map(|i| i + from)
}

fn find(text: &str, from: usize, wanted: &str) -> Option<usize> {
    text.get(from..)?.find(wanted).map(|i| i + from)
}

/// Where `</name` starts after `from`, or the end of the text.
fn close_of(text: &str, from: usize, name: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(open) = memchr(bytes, at, b'<') {
        if bytes.get(open + 1) == Some(&b'/')
            && bytes
                .get(open + 2..open + 2 + name.len())
                .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
        {
            return open;
        }
        at = open + 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_markup_is_left_alone() {
        let page = "<!doctype html><html><body><div class='a b' data-x=\"<b>\"><p>a<p>b<ul><li>c<li>d</ul><script>if (a<b) {}</script></div>";
        assert!(matches!(tame(page), Cow::Borrowed(_)));
    }

    #[test]
    fn deep_nesting_is_flattened_and_keeps_its_text() {
        let page = format!("{}deep{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
        let tamed = tame(&page);
        assert!(tamed.matches("<div>").count() <= MAX_DEPTH);
        assert!(tamed.contains("deep"));
    }

    #[test]
    fn attributes_beyond_use_are_cut() {
        let page = format!("<p {}>words</p>", "a=1 ".repeat(100_000));
        assert!(tame(&page).len() < 2_000);
        assert!(tame(&page).ends_with("words</p>"));
    }
}
