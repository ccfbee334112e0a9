//! Photos of the property.

use scraper::{ElementRef, Html};
use std::sync::LazyLock;

use super::fold::floor;
use super::meta::Head;
use super::page::Page;
use super::region;

const MOST: usize = 30;

/// Absolute addresses, the main photo first. `stated` are the ones that structured data list.
pub(super) fn collect(doc: &Html, page: &Page, head: &Head, stated: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for name in [
        "og:image",
        "og:image:secure_url",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
    ] {
        for (_, content) in head.tags.iter().filter(|(n, _)| n == name) {
            add(content, head, &mut out);
        }
    }
    for url in stated {
        add(url, head, &mut out);
    }
    if out.len() < 4 {
        for i in 0..page.els.len() {
            let Some(element) = page.element(doc, i as u32) else {
                continue;
            };
            let name = element.value().name();
            if !matches!(name, "img" | "a" | "source") || page.left_out(i as u32) || small(element) {
                continue;
            }
            if let Some(url) = source(element) {
                add(&url, head, &mut out);
            }
        }
    }
    out.truncate(MOST);
    out
}

fn add(url: &str, head: &Head, out: &mut Vec<String>) {
    let url = url.trim();
    if url.is_empty() || url.starts_with("data:") || url.len() > 2_000 || out.len() >= MOST {
        return;
    }
    let absolute = match &head.base {
        Some(base) => base
            .join(url)
            .ok()
            .filter(|u| matches!(u.scheme(), "http" | "https"))
            .map(String::from),
        None => Some(url.to_owned()),
    };
    let Some(url) = absolute else { return };
    let lower = url.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or(&lower);
    static NOT: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "logo|icon|sprite|avatar|placeholder|blank.|pixel|spacer|loading|badge|/flags/|nophoto|no-photo|\
            no_photo|noimage|no-image|staticmap|/maps/|map/_generate|favicon|captcha|profile"
            .split('|')
            .collect()
    });
    if path.ends_with(".svg")
        || path.ends_with(".gif")
        || path.ends_with(".ico")
        || NOT.iter().any(|w| path.contains(w))
    {
        return;
    }
    if !out.contains(&url) {
        out.push(url);
    }
}

/// Too small for a photo, or named as something else.
fn small(element: ElementRef<'_>) -> bool {
    let size = |name| {
        element
            .attr(name)
            .and_then(|v| v.trim_end_matches("px").parse::<u32>().ok())
    };
    let tiny = size("width").is_some_and(|w| w < 100) || size("height").is_some_and(|h| h < 70);
    let words = region::tokens(element);
    tiny || words.iter().any(|w| {
        matches!(
            w.as_str(),
            "logo" | "icon" | "avatar" | "agent" | "brand" | "flag" | "badge" | "sprite" | "map" | "social"
        )
    })
}

/// The largest picture that the element names.
fn source(element: ElementRef<'_>) -> Option<String> {
    let node = element.value();
    if node.name() == "a" {
        let href = node.attr("href")?;
        let lower = href[..floor(href, 1_500)].to_ascii_lowercase();
        let path = lower.split(['?', '#']).next().unwrap_or("");
        return [".jpg", ".jpeg", ".png", ".webp"]
            .iter()
            .any(|e| path.ends_with(e))
            .then(|| href.to_owned());
    }
    let set = ["srcset", "data-srcset"]
        .iter()
        .find_map(|n| node.attr(n))
        .and_then(|set| {
            set.split(", ")
                .filter_map(|part| {
                    let mut words = part.trim().split(' ');
                    let url = words.next()?;
                    let width: f64 = words
                        .next()
                        .and_then(|w| w.trim_end_matches(['w', 'x', ',']).parse().ok())
                        .unwrap_or(1.0);
                    Some((width, url.trim_end_matches(',')))
                })
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .map(|(_, u)| u.to_owned())
        });
    set.or_else(|| {
        [
            "data-src",
            "data-original",
            "data-lazy",
            "data-lazy-src",
            "data-large",
            "src",
        ]
        .iter()
        .find_map(|n| node.attr(n))
        .map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_come_absolute_and_without_logos() {
        let doc = Html::parse_document(
            "<meta property='og:image' content='/a/main.jpg'><link rel=canonical href='https://example.com/l/1'><header><img src='/logo.png'></header><h1>H</h1><img src='b.jpg'><img src='x.svg'><img src=c.jpg width=20><img srcset='/s.jpg 300w, /l.jpg 1200w'>",
        );
        let head = Head::read(&doc, None);
        let page = Page::read(&doc);
        assert_eq!(
            collect(&doc, &page, &head, &[]),
            [
                "https://example.com/a/main.jpg",
                "https://example.com/l/b.jpg",
                "https://example.com/l.jpg"
            ]
        );
    }
}
