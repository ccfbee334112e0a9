//! The page's head: title, `<meta>` tags, canonical address, language.

use domain::fact::{FactKey, FactMethod, FactValue};
use scraper::{ElementRef, Html};
use url::Url;

use super::fold::{squash, tidy};
use super::found::{Found, trust};
use super::hints::{self, Hints};
use super::{clean, keys, values};

#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) title: String,
    /// (name or property, lower case; content), in order.
    pub(super) tags: Vec<(String, String)>,
    /// The page's own addresses: canonical, `og:url`, where it was fetched from.
    pub(super) addresses: Vec<Url>,
    /// What relative addresses are resolved against.
    pub(super) base: Option<Url>,
    pub(super) hints: Hints,
    /// The page itself names its language, so it needs no guess.
    pub(super) tagged: bool,
}

/// The document's title; an image's own title is none.
pub(super) fn title(doc: &Html) -> Option<String> {
    doc.tree
        .nodes()
        .filter_map(ElementRef::wrap)
        .filter(|e| e.value().name() == "title")
        .find(|e| {
            !e.ancestors()
                .any(|a| a.value().as_element().is_some_and(|e| e.name() == "svg"))
        })
        .map(|e| tidy(&clean::clean(&e.text().collect::<String>(), &mut 0)))
        .filter(|t| !t.is_empty())
}

impl Head {
    pub(super) fn read(doc: &Html, fetched: Option<&str>) -> Self {
        let mut head = Self {
            title: title(doc).unwrap_or_default(),
            ..Self::default()
        };
        let mut language = None;
        let mut canonical = None;
        let mut base = None;
        for element in doc.tree.nodes().filter_map(ElementRef::wrap) {
            let attr = |name| element.attr(name).map(str::trim).filter(|v| !v.is_empty());
            match element.value().name() {
                "html" => language = attr("lang").or_else(|| attr("xml:lang")).map(str::to_owned),
                "base" => base = base.or_else(|| attr("href").map(str::to_owned)),
                "link" if attr("rel").is_some_and(|r| r.eq_ignore_ascii_case("canonical")) => {
                    canonical = canonical.or_else(|| attr("href").map(str::to_owned))
                }
                "meta" => {
                    if let (Some(name), Some(content)) = (
                        attr("property").or_else(|| attr("name")).or_else(|| attr("http-equiv")),
                        attr("content"),
                    ) && head.tags.len() < 400
                    {
                        head.tags
                            .push((name.to_ascii_lowercase(), tidy(&clean::clean(content, &mut 0))));
                    }
                }
                _ => {}
            }
        }
        let fetched = fetched.and_then(|u| Url::parse(u).ok());
        let own = canonical.or_else(|| head.tag("og:url").map(str::to_owned));
        let resolve = |text: &str| fetched.as_ref().map_or_else(|| Url::parse(text), |f| f.join(text)).ok();
        let own = own.and_then(|u| resolve(&u)).filter(|u| u.has_host());
        head.base = base
            .and_then(|b| {
                own.as_ref()
                    .or(fetched.as_ref())
                    .map_or_else(|| Url::parse(&b), |u| u.join(&b))
                    .ok()
            })
            .or_else(|| fetched.clone())
            .or_else(|| own.clone());
        head.addresses = [fetched, own, head.tag("og:url").and_then(|u| Url::parse(u).ok())]
            .into_iter()
            .flatten()
            .collect();
        head.addresses.dedup();
        let tags = [
            language.as_deref(),
            head.tag("og:locale"),
            head.tag("content-language"),
            head.tag("language"),
        ];
        let read: Vec<_> = tags.into_iter().flatten().map(hints::language_tag).collect();
        let language = read.iter().find_map(|(l, _)| l.clone());
        head.tagged = language.is_some();
        let by_host = head
            .addresses
            .iter()
            .find_map(|u| u.host_str().and_then(hints::country_of_host));
        let by_tag = head.tag("og:country-name").and_then(hints::country).or_else(|| {
            head.tag("geo.region")
                .and_then(|r| hints::country(r.split('-').next().unwrap_or(r)))
        });
        // "en-US" is what templates say by default, so it tells less than the host.
        let by_language = read.iter().find_map(|(_, c)| c.filter(|c| *c != "US"));
        head.hints = Hints {
            language,
            country: by_tag.or(by_host).or(by_language),
        };
        head
    }

    pub(super) fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(n, _)| n == name).map(|(_, c)| c.as_str())
    }

    /// The titles that the page gives itself, without repeats.
    pub(super) fn titles(&self) -> Vec<(&str, &str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        let all = [
            ("title", Some(self.title.as_str())),
            ("og:title", self.tag("og:title")),
            ("twitter:title", self.tag("twitter:title")),
        ];
        for (name, text) in all {
            if let Some(text) = text.filter(|t| !t.is_empty())
                && !found.iter().any(|(_, seen)| squash(seen) == squash(text))
            {
                found.push((name, text));
            }
        }
        found
    }
}

/// Facts that tags state one by one. Tags that describe in sentences are read as sentences elsewhere.
pub(super) fn facts(head: &Head) -> Vec<Found> {
    let mut found = Vec::new();
    let currency = [
        "og:price:currency",
        "product:price:currency",
        "product:sale_price:currency",
        "price:currency",
    ]
    .iter()
    .find_map(|n| head.tag(n));
    for (name, content) in &head.tags {
        let last = name.rsplit([':', '.', '/']).next().unwrap_or(name);
        let locator = format!("meta {name}");
        let mut add = |key: FactKey, value: FactValue, trust: u8| {
            found.push(Found::new(
                key,
                value,
                FactMethod::Meta,
                trust,
                content,
                locator.clone(),
            ))
        };
        match name.as_str() {
            "og:price:amount" | "product:price:amount" | "product:sale_price:amount" | "price:amount" => {
                if let Some(value) = values::price_number(content, currency, &head.hints) {
                    add(FactKey::Price, value, trust::META);
                }
            }
            "geo.position" | "icbm" => {
                let parts: Vec<&str> = content.split([';', ',']).map(str::trim).collect();
                if let [lat, lon] = parts.as_slice()
                    && let (Some(lat), Some(lon)) = (values::coordinate(lat, 90.0), values::coordinate(lon, 180.0))
                {
                    add(FactKey::Latitude, FactValue::number(lat), trust::HINT);
                    add(FactKey::Longitude, FactValue::number(lon), trust::HINT);
                }
            }
            _ if !name.contains([':', '.']) => {}
            _ if name.contains("image") || name.contains("video") || name.contains("app") || name.contains("agent") => {
            }
            _ => {
                // `place:location:latitude`, `og:street-address`, `x:beds`: the last word names the field.
                let Some(key) = keys::of(last, &head.hints)
                    .map(|k| k.key)
                    .filter(|k| META_KEYS.contains(k))
                else {
                    continue;
                };
                let value = match key {
                    FactKey::Price => values::price_number(content, currency, &head.hints),
                    _ => values::read(key, content, None, &head.hints),
                };
                if let Some(value) = value {
                    add(
                        key,
                        value,
                        if name.starts_with("geo.") {
                            trust::HINT
                        } else {
                            trust::META
                        },
                    );
                }
            }
        }
    }
    labelled(head, &mut found);
    found
}

const META_KEYS: [FactKey; 11] = [
    FactKey::Price,
    FactKey::Bedrooms,
    FactKey::Bathrooms,
    FactKey::LivingArea,
    FactKey::YearBuilt,
    FactKey::Latitude,
    FactKey::Longitude,
    FactKey::Address,
    FactKey::City,
    FactKey::Region,
    FactKey::PostalCode,
];

/// `twitter:label1` / `twitter:data1` pairs.
fn labelled(head: &Head, found: &mut Vec<Found>) {
    for (name, label) in &head.tags {
        let Some(number) = name.strip_prefix("twitter:label") else {
            continue;
        };
        let Some(data) = head.tag(&format!("twitter:data{number}")) else {
            continue;
        };
        for key in super::labels::of(label)
            .into_iter()
            .filter(|l| META_KEYS.contains(&l.key))
        {
            if let Some(value) = values::read(key.key, data, key.unit, &head.hints) {
                found.push(Found::new(
                    key.key,
                    value,
                    FactMethod::Meta,
                    trust::CHIP,
                    &format!("{label}: {data}"),
                    format!("meta {name}"),
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_tells_language_country_and_address() {
        let doc = Html::parse_document(
            "<html lang=en-ZA><head><svg><title>icon</title></svg><title> A  home </title><link rel=canonical href='/for-sale/1'><meta property='og:price:amount' content='1395000'><meta property='og:price:currency' content='ZAR'>",
        );
        let head = Head::read(&doc, Some("https://www.example.com/x?y=1"));
        assert_eq!(head.title, "A home");
        assert_eq!(head.hints.country, Some("ZA"));
        assert_eq!(head.addresses[1].as_str(), "https://www.example.com/for-sale/1");
        let facts = facts(&head);
        assert_eq!(
            facts[0].value,
            FactValue::Money {
                minor: 139_500_000,
                currency: Some("ZAR".into()),
                period: None
            }
        );
    }

    #[test]
    fn the_last_word_of_a_tag_names_the_field() {
        let doc = Html::parse_document(
            "<meta property='place:location:latitude' content='37.31'><meta property='any:beds' content='3'><meta property='og:image:width' content='600'>",
        );
        let facts = facts(&Head::read(&doc, None));
        assert_eq!(
            facts.iter().map(|f| f.key).collect::<Vec<_>>(),
            [FactKey::Latitude, FactKey::Bedrooms]
        );
    }
}
