//! Which object of a page's state is the page's own listing.

use std::collections::HashSet;
use std::sync::LazyLock;

use domain::fact::FactKey;
use serde_json::Value;

use super::datum::text_of;
use super::fold::{fold, squash};
use super::found::trust;
use super::jsonld::same_address;
use super::meta::Head;
use super::state::{Forest, bit};

/// The listing's object with the fields that belong to it and how far from it they stand.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) core: usize,
    pub(super) trust: u8,
    /// (index of the hit, distance in the tree).
    pub(super) hits: Vec<(usize, usize)>,
}

/// An object that says enough to be a listing: three core fields, one of them price, bedrooms or size.
fn full(mask: u16) -> bool {
    mask.count_ones() >= 3 && mask & (bit(FactKey::Price) | bit(FactKey::Bedrooms) | bit(FactKey::LivingArea)) != 0
}

pub(super) fn choose(forest: &Forest<'_>, head: &Head, anchors: &[String]) -> Vec<Choice> {
    let nodes = &forest.nodes;
    let mut below = vec![false; nodes.len()];
    let mut cores = Vec::new();
    for at in (0..nodes.len()).rev() {
        let full = full(nodes[at].mask) && !nodes[at].elsewhere;
        if full && !below[at] && nodes[at].value.is_object() {
            cores.push(at);
        }
        if (full || below[at]) && nodes[at].parent != usize::MAX {
            below[nodes[at].parent] = true;
        }
    }
    cores.sort_unstable();
    cores.truncate(400);
    if cores.is_empty() {
        return Vec::new();
    }
    let scores: Vec<i32> = cores
        .iter()
        .map(|core| identity(forest, *core, head, anchors))
        .collect();
    let best = scores.iter().copied().max().unwrap_or(0);
    let chosen: Vec<usize> = if best >= 4 {
        let least = if best >= 6 { 6 } else { 4 };
        let fit: Vec<usize> = cores
            .iter()
            .zip(&scores)
            .filter(|(_, s)| **s >= least)
            .map(|(c, _)| *c)
            .collect();
        // A thing by itself goes before items of lists, and several items of lists are no one listing.
        let alone: Vec<usize> = fit.iter().copied().filter(|c| !listed(forest, *c)).collect();
        let different: HashSet<String> = fit.iter().map(|c| signature(forest, *c)).collect();
        match (alone.is_empty(), different.len()) {
            (false, _) => alone,
            (true, 1) => fit,
            _ => Vec::new(),
        }
    } else {
        // Nothing names the page: only a single thing that is no item of a list can be the listing.
        let alone: Vec<usize> = cores.iter().copied().filter(|c| !listed(forest, *c)).collect();
        let different: HashSet<String> = alone.iter().map(|c| signature(forest, *c)).collect();
        let others = cores.len() - alone.len();
        if different.len() == 1 && (others == 0 || best >= 2) {
            alone
        } else {
            Vec::new()
        }
    };
    let trust = if best >= 4 { trust::STATE } else { trust::CHIP };
    let set: HashSet<usize> = cores.into_iter().collect();
    chosen
        .into_iter()
        .map(|core| Choice {
            core,
            trust,
            hits: gather(forest, core, &set),
        })
        .collect()
}

/// Whether the object or one around it is one of several in an array.
pub(super) fn listed(forest: &Forest<'_>, node: usize) -> bool {
    let mut at = node;
    loop {
        if forest.nodes[at].item {
            return true;
        }
        at = forest.nodes[at].parent;
        if at == usize::MAX {
            return false;
        }
    }
}

/// What tells two listings apart.
fn signature(forest: &Forest<'_>, core: usize) -> String {
    let mut parts: Vec<String> = forest
        .hits
        .iter()
        .filter(|h| {
            inside(forest, h.node, core) && matches!(h.key, FactKey::Price | FactKey::Bedrooms | FactKey::Latitude)
        })
        .map(|h| format!("{:?}{}", h.key, h.value.display()))
        .collect();
    parts.sort();
    parts.dedup();
    parts.join("|")
}

/// Whether `node` is `core` or belongs to it.
fn inside(forest: &Forest<'_>, node: usize, core: usize) -> bool {
    distance(forest, node, core).is_some()
}

/// Steps from `core` down to `node`, not through lists of several things.
fn distance(forest: &Forest<'_>, node: usize, core: usize) -> Option<usize> {
    let (mut at, mut steps) = (node, 0);
    while at != core {
        if forest.nodes[at].item || forest.nodes[at].depth <= forest.nodes[core].depth {
            return None;
        }
        at = forest.nodes[at].parent;
        steps += 1;
    }
    Some(steps)
}

/// How surely the object is the one that this page is about.
fn identity(forest: &Forest<'_>, core: usize, head: &Head, anchors: &[String]) -> i32 {
    let node = &forest.nodes[core];
    let Some(map) = node.value.as_object() else { return 0 };
    let squashed: Vec<String> = anchors.iter().map(|a| squash(a)).collect();
    let mut score = 0;
    let (mut by_id, mut by_name) = (false, false);
    // A town's code stands in many addresses.
    let codes: Vec<String> = forest
        .hits
        .iter()
        .filter(|h| h.key == FactKey::PostalCode)
        .map(|h| h.value.display())
        .collect();
    let mut look = |name: &str, value: &Value| {
        let Some(text) = text_of(value).filter(|t| t.len() <= 400) else {
            return;
        };
        let name = fold(name).replace(' ', "");
        if names_listing(&name)
            && text.len() >= 5
            && text.bytes().filter(u8::is_ascii_digit).count() >= 4
            && !codes.contains(&text)
        {
            by_id |= head
                .addresses
                .iter()
                .any(|a| holds_token(&a.as_str().to_ascii_lowercase(), &text.to_ascii_lowercase()));
            by_id |= anchors
                .iter()
                .any(|a| holds_token(&a.to_ascii_lowercase(), &text.to_ascii_lowercase()) && text.len() >= 6);
        }
        let address_like = text.starts_with('/') || text.starts_with("http");
        if address_like
            && (name.contains("url")
                || name.contains("path")
                || name.contains("link")
                || name.contains("canonical")
                || name.contains("href"))
        {
            by_id |= head.addresses.iter().any(|a| same_address(&text, a));
        }
        let name_like = [
            "title",
            "name",
            "address",
            "headline",
            "heading",
            "displayaddress",
            "street",
            "streetaddress",
            "line1",
        ]
        .iter()
        .any(|n| name.ends_with(n));
        let text = squash(&text);
        if name_like && text.len() >= 9 {
            by_name |= squashed
                .iter()
                .any(|a| a.contains(&text) || (a.len() >= 12 && text.contains(a.as_str())));
        }
    };
    for (name, value) in map {
        if !super::keys::elsewhere(name) {
            look(name, value);
            if let Value::Object(inner) = value {
                inner.iter().for_each(|(n, v)| look(n, v));
            }
        }
    }
    // The identity may stand one level up: `{"id":…, "property":{…}}`.
    if let Some(Value::Object(parent)) = forest.nodes.get(node.parent).map(|p| p.value)
        && !node.item
    {
        parent
            .iter()
            .filter(|(n, v)| !v.is_object() && !super::keys::elsewhere(n))
            .for_each(|(n, v)| look(n, v));
    }
    score += i32::from(by_id) * 6 + i32::from(by_name) * 4;
    let named = |name: &str| {
        let name = fold(name).replace(' ', "");
        [
            "listing",
            "property",
            "propertydata",
            "propertydetails",
            "listingdetails",
            "classified",
            "realestate",
            "home",
            "expose",
            "inmueble",
            "annonce",
            "immobile",
            "estate",
            "ad",
            "detail",
            "details",
            "propertyinfo",
            "listingdata",
            "object",
            "product",
        ]
        .contains(&name.as_str())
    };
    let parent_name = forest.nodes.get(node.parent).map_or("", |p| p.name);
    score += i32::from(
        !node.item && (named(node.name) || named(parent_name) || named(node.name.rsplit('.').next().unwrap_or(""))),
    );
    score += i32::from(prices_in(forest, core, anchors));
    score
}

/// Whether an entry of this name tells one listing from all others.
fn names_listing(name: &str) -> bool {
    static WHOLE: LazyLock<Vec<&str>> =
        LazyLock::new(|| "id|zpid|ref|reference|code|slug|sku|number|uid".split('|').collect());
    static PARTS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "listing|property|ad|advert|home|mls|expose|classified|object|inmueble|annonce|offer|prop|\
            external|item|product|estate|immo"
            .split('|')
            .collect()
    });
    let named = ["id", "number", "code", "reference", "ref", "key"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .is_some_and(|lead| PARTS.iter().any(|p| lead == *p || (p.len() > 3 && lead.ends_with(p))));
    WHOLE.contains(&name) || named
}

/// The listing's price stands in the title or heading.
fn prices_in(forest: &Forest<'_>, core: usize, anchors: &[String]) -> bool {
    forest
        .hits
        .iter()
        .filter(|h| h.key == FactKey::Price && inside(forest, h.node, core))
        .any(|h| {
            let digits: String = h
                .value
                .display()
                .split('.')
                .next()
                .unwrap_or("")
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            digits.len() >= 5
                && anchors.iter().any(|a| {
                    a.chars()
                        .filter(char::is_ascii_digit)
                        .collect::<String>()
                        .contains(&digits)
                })
        })
}

/// Whether `text` holds `token` not as a part of a longer run of letters or digits.
fn holds_token(text: &str, token: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text[from..].find(token).map(|i| i + from) {
        let end = at + token.len();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if !digit(text[..at].chars().next_back()) && !digit(text[end..].chars().next()) {
            return true;
        }
        from = end;
    }
    false
}

/// The fields of the core and, where it leaves one out, of what stands around it.
fn gather(forest: &Forest<'_>, core: usize, cores: &HashSet<usize>) -> Vec<(usize, usize)> {
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let mut have: HashSet<FactKey> = HashSet::new();
    let mut taken: HashSet<usize> = HashSet::new();
    let (mut top, mut up) = (core, 0);
    loop {
        let mut fresh: Vec<(usize, usize)> = Vec::new();
        for (i, hit) in forest.hits.iter().enumerate() {
            if taken.contains(&i) {
                continue;
            }
            let Some(steps) = distance(forest, hit.node, top) else {
                continue;
            };
            taken.insert(i);
            if up > 0 && other_core(forest, hit.node, top, core, cores) {
                continue;
            }
            if !have.contains(&hit.key) {
                fresh.push((i, steps + up));
            }
        }
        // Of one field, the surest name, then the nearest place.
        for (i, steps) in &fresh {
            let hit = &forest.hits[*i];
            let order = |(i, steps): &(usize, usize)| (forest.hits[*i].rank, *steps);
            let best = fresh
                .iter()
                .filter(|(j, _)| forest.hits[*j].key == hit.key)
                .map(order)
                .min();
            if best == Some((hit.rank, *steps)) {
                kept.push((*i, *steps));
            }
        }
        have.extend(fresh.iter().map(|(i, _)| forest.hits[*i].key));
        up += 1;
        let parent = forest.nodes[top].parent;
        if parent == usize::MAX || forest.nodes[top].item || up > 4 || forest.nodes[parent].elsewhere {
            return pairs(forest, kept);
        }
        top = parent;
    }
}

/// Whether a field on the way down from `top` belongs to another listing.
fn other_core(forest: &Forest<'_>, node: usize, top: usize, core: usize, cores: &HashSet<usize>) -> bool {
    let mut at = node;
    while at != top && at != usize::MAX {
        if at != core && cores.contains(&at) {
            return true;
        }
        at = forest.nodes[at].parent;
    }
    false
}

/// Latitude and longitude only together.
fn pairs(forest: &Forest<'_>, mut kept: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let of = |key| -> HashSet<usize> {
        kept.iter()
            .filter(|(i, _)| forest.hits[*i].key == key)
            .map(|(i, _)| forest.hits[*i].node)
            .collect()
    };
    let both: HashSet<usize> = of(FactKey::Latitude)
        .intersection(&of(FactKey::Longitude))
        .copied()
        .collect();
    kept.retain(|(i, _)| {
        !matches!(forest.hits[*i].key, FactKey::Latitude | FactKey::Longitude) || both.contains(&forest.hits[*i].node)
    });
    kept
}

/// Photo addresses in the listing's own arrays of pictures.
pub(super) fn images(forest: &Forest<'_>, core: usize, out: &mut Vec<String>) {
    // The pictures often stand beside the object that holds the figures.
    let mut core = core;
    for _ in 0..2 {
        let parent = forest.nodes[core].parent;
        if parent == usize::MAX || forest.nodes[core].item || !forest.nodes[parent].value.is_object() {
            break;
        }
        core = parent;
    }
    for (at, node) in forest.nodes.iter().enumerate() {
        let Value::Array(list) = node.value else { continue };
        let name = fold(node.name).replace(' ', "");
        let pictures = ["image", "photo", "picture", "gallery", "media"]
            .iter()
            .any(|w| name.contains(w))
            && !name.contains("floor")
            && !name.contains("video");
        if !pictures || node.elsewhere || !inside(forest, at, core) {
            continue;
        }
        for item in list.iter().take(60) {
            match item {
                Value::String(url) => out.push(url.clone()),
                Value::Object(map) => out.extend(best_image(map)),
                _ => {}
            }
        }
    }
}

/// Of the sizes of one picture, the one named so, or the longest named "large".
fn best_image(map: &serde_json::Map<String, Value>) -> Option<String> {
    let urls: Vec<(String, &str)> = map
        .iter()
        .filter_map(|(n, v)| v.as_str().map(|v| (fold(n), v)))
        .filter(|(_, v)| v.starts_with("http") || v.starts_with("//") || v.starts_with('/'))
        .collect();
    [
        "large", "original", "full", "xl", "1440", "1024", "hd", "url", "src", "href", "medium",
    ]
    .iter()
    .find_map(|wanted| urls.iter().find(|(n, _)| n.contains(wanted)))
    .or_else(|| urls.first())
    .map(|(_, v)| (*v).to_owned())
}
