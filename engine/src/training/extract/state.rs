//! Facts in the data that a page's scripts carry. Such data holds the listing beside similar
//! listings, the agent, search forms and settings; only the object that is this page's own is read.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::fact::{FactKey, FactMethod, FactValue};
use serde_json::{Map, Value};

use super::datum::{precise, text_of};
use super::fold::fold;
use super::found::Found;
use super::keys::{self, Key};
use super::meta::Head;
use super::scripts::Root;
use super::{kinds, pick, units, values};

/// Larger trees are cut: no listing needs so many entries.
const MAX_NODES: usize = 150_000;

/// An object or array of the data.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) parent: usize,
    pub(super) name: &'a str,
    pub(super) value: &'a Value,
    pub(super) depth: usize,
    /// One of several objects of an array: a thing of its own.
    pub(super) item: bool,
    /// In a branch about something else.
    pub(super) elsewhere: bool,
    pub(super) root: usize,
    /// Which core fields this object and what belongs to it state.
    pub(super) mask: u16,
}

/// One field that an object states.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) node: usize,
    pub(super) key: FactKey,
    pub(super) rank: u8,
    pub(super) value: FactValue,
    pub(super) quote: String,
    pub(super) name: String,
}

#[derive(Debug, Default)]
pub(super) struct Forest<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) hits: Vec<Hit>,
    /// Names seen before: whether they lead elsewhere, and what they may mean.
    names: HashMap<&'a str, (bool, Option<Key>)>,
}

/// What the page's state says about its own listing.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) found: Vec<Found>,
    pub(super) images: Vec<String>,
    /// Places on the map in data that are no listing by themselves: latitude, longitude, and their words.
    pub(super) places: Vec<(f64, f64, String)>,
}

/// The bit of a field that helps to recognise a listing.
pub(super) const fn bit(key: FactKey) -> u16 {
    match key {
        FactKey::Price => 1,
        FactKey::Bedrooms => 2,
        FactKey::Bathrooms => 4,
        FactKey::LivingArea => 8,
        FactKey::Latitude => 16,
        FactKey::Address | FactKey::City | FactKey::PostalCode => 32,
        FactKey::PropertyType => 64,
        FactKey::YearBuilt => 128,
        FactKey::LotArea => 256,
        _ => 0,
    }
}

/// `anchors`: what the page calls itself (title, main heading).
pub(super) fn read(roots: &[Root], head: &Head, anchors: &[String]) -> State {
    let mut forest = Forest::default();
    for (i, root) in roots.iter().enumerate() {
        forest.grow(&root.value, &root.name, i, head);
    }
    for node in 0..forest.nodes.len() {
        forest.harvest(node, head);
    }
    forest.sum();
    let mut state = State::default();
    for choice in pick::choose(&forest, head, anchors) {
        for (hit, distance) in &choice.hits {
            let hit = &forest.hits[*hit];
            let lost = hit.rank * 9 + u8::try_from((*distance).min(6)).unwrap_or(6) * 2;
            let root = &roots[forest.nodes[hit.node].root].name;
            let path = forest.path(hit.node, &hit.name);
            state.found.push(Found::new(
                hit.key,
                hit.value.clone(),
                FactMethod::State,
                choice.trust.saturating_sub(lost),
                &hit.quote,
                format!("state {root} {path}"),
            ));
        }
        pick::images(&forest, choice.core, &mut state.images);
    }
    state.places = forest.places();
    state
}

impl<'a> Forest<'a> {
    /// Latitude and longitude of objects that are no items of a list.
    fn places(&self) -> Vec<(f64, f64, String)> {
        let of = |key| self.hits.iter().filter(move |h| h.key == key);
        let number = |hit: &Hit| match hit.value {
            FactValue::Number { number, .. } => number,
            _ => 0.0,
        };
        of(FactKey::Latitude)
            .filter(|lat| !pick::listed(self, lat.node))
            .filter_map(|lat| {
                of(FactKey::Longitude)
                    .find(|lon| lon.node == lat.node)
                    .map(|lon| (number(lat), number(lon), format!("{}, {}", lat.quote, lon.quote)))
            })
            .take(50)
            .collect()
    }

    /// Lists the objects and arrays of a tree, parents before children.
    fn grow(&mut self, value: &'a Value, name: &'a str, root: usize, head: &Head) {
        let first = self.nodes.len();
        self.nodes.push(Node {
            parent: usize::MAX,
            name,
            value,
            depth: 0,
            item: false,
            elsewhere: false,
            root,
            mask: 0,
        });
        let mut at = first;
        while at < self.nodes.len() && self.nodes.len() < MAX_NODES {
            let (value, depth, elsewhere) = (self.nodes[at].value, self.nodes[at].depth, self.nodes[at].elsewhere);
            match value {
                Value::Object(map) => {
                    for (name, child) in map.iter().filter(|(_, v)| v.is_object() || v.is_array()) {
                        let elsewhere = elsewhere || self.name(name, head).0;
                        self.nodes.push(Node {
                            parent: at,
                            name,
                            value: child,
                            depth: depth + 1,
                            item: false,
                            elsewhere,
                            root,
                            mask: 0,
                        });
                    }
                }
                Value::Array(list) => {
                    let several = list.iter().filter(|v| v.is_object()).count() > 1;
                    for child in list.iter().filter(|v| v.is_object() || v.is_array()) {
                        self.nodes.push(Node {
                            parent: at,
                            name: "",
                            value: child,
                            depth: depth + 1,
                            item: several,
                            elsewhere,
                            root,
                            mask: 0,
                        });
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn name(&mut self, name: &'a str, head: &Head) -> (bool, Option<Key>) {
        *self
            .names
            .entry(name)
            .or_insert_with(|| (keys::elsewhere(name), keys::of(name, &head.hints)))
    }

    /// The fields that one object states itself.
    fn harvest(&mut self, node: usize, head: &Head) {
        let Value::Object(map) = self.nodes[node].value else {
            return;
        };
        if self.nodes[node].elsewhere {
            return;
        }
        let own = self.nodes[node].name;
        let measure = self.name(own, head).1.filter(|k| MEASURED.contains(&k.key));
        for (name, value) in map {
            if let Some(wide) = measure.filter(|_| VALUE_NAMES.contains(&fold(name).replace(' ', "").as_str())) {
                // `"price": {"amount": 5}`, `"floorSize": {"value": 5, "unit": "m2"}`.
                self.add(node, wide, name, value, map, head);
                continue;
            }
            let (elsewhere, key) = self.name(name, head);
            if elsewhere {
                continue;
            }
            for key in meanings(name, value, key) {
                self.add(node, key, name, value, map, head);
            }
        }
        self.points(node, map);
    }

    fn add(&mut self, node: usize, key: Key, name: &str, value: &Value, map: &Map<String, Value>, head: &Head) {
        let text = match key.key {
            FactKey::Latitude | FactKey::Longitude => precise(value),
            // An object is read by its own entries.
            _ if value.is_object() => None,
            _ => text_of(value),
        };
        let Some(text) = text else { return };
        let read = match key.key {
            FactKey::Price => values::price_number(&text, currency(self, node, map), &head.hints),
            FactKey::LivingArea | FactKey::LotArea => {
                let named = [
                    "unit",
                    "unitCode",
                    "unitText",
                    "units",
                    "areaUnit",
                    "sizeUnit",
                    "area_unit",
                    "livingAreaUnits",
                    "lotAreaUnits",
                    "lotSizeUnit",
                ]
                .iter()
                .find_map(|n| map.get(*n).and_then(Value::as_str))
                .and_then(units::named);
                values::read(key.key, &text, key.unit.or(named), &head.hints)
            }
            FactKey::PropertyType if fold(name) == "type" => kinds::exact(&text).map(FactValue::text),
            FactKey::Offer => offer(name, value, &text),
            FactKey::Description | FactKey::Title => {
                Some(FactValue::text(super::strip::plain(&text))).filter(|_| text.len() > 8)
            }
            FactKey::Region if super::hints::home_nation(&text).is_some() => {
                super::hints::home_nation(&text).map(FactValue::text)
            }
            FactKey::Region if fold(name).contains("country") => None,
            // `"state": "PUBLISHED"` is no place.
            FactKey::Region
                if name == "state" && super::address::region_code(&text).is_none() && !beside_place(map) =>
            {
                None
            }
            FactKey::HalfBathrooms if text == "0" => None,
            // A garage for no car says nothing about other parking.
            FactKey::Parking | FactKey::Stories if text == "0" => None,
            FactKey::Address if fold(name) == "street" => street(&text, map),
            _ => values::read(key.key, &text, key.unit, &head.hints),
        };
        let Some(value) = read else { return };
        self.hits.push(Hit {
            node,
            key: key.key,
            rank: key.rank,
            value,
            quote: format!("{name}: {text}"),
            name: name.to_owned(),
        });
    }

    /// Fields that take two entries: `{"outcode":…,"incode":…}`, GeoJSON points.
    fn points(&mut self, node: usize, map: &Map<String, Value>) {
        let text = |name: &str| map.get(name).and_then(text_of);
        if let (Some(out), Some(inc)) = (text("outcode"), text("incode")) {
            let code = format!("{out} {inc}");
            if let Some(value) = values::postal(&code) {
                self.hits.push(Hit {
                    node,
                    key: FactKey::PostalCode,
                    rank: 0,
                    value: FactValue::text(value),
                    quote: format!("outcode: {out}, incode: {inc}"),
                    name: "outcode".into(),
                });
            }
        }
        let point = map.get("type").and_then(Value::as_str) == Some("Point");
        if let Some(Value::Array(pair)) = map.get("coordinates")
            && point
            && let [lon, lat] = pair.as_slice()
            && let (Some(lon), Some(lat)) = (precise(lon), precise(lat))
            && let (Some(x), Some(y)) = (values::coordinate(&lon, 180.0), values::coordinate(&lat, 90.0))
        {
            for (key, number) in [(FactKey::Latitude, y), (FactKey::Longitude, x)] {
                self.hits.push(Hit {
                    node,
                    key,
                    rank: 0,
                    value: FactValue::number(number),
                    quote: format!("coordinates: [{lon}, {lat}]"),
                    name: "coordinates".into(),
                });
            }
        }
    }

    /// What each object states with what belongs to it; several things of an array belong to themselves.
    fn sum(&mut self) {
        for hit in &self.hits {
            self.nodes[hit.node].mask |= bit(hit.key);
        }
        for at in (0..self.nodes.len()).rev() {
            let (parent, mask, item) = (self.nodes[at].parent, self.nodes[at].mask, self.nodes[at].item);
            if parent != usize::MAX && !item {
                self.nodes[parent].mask |= mask;
            }
        }
    }

    pub(super) fn path(&self, node: usize, name: &str) -> String {
        let mut names = vec![name];
        let mut at = node;
        while self.nodes[at].parent != usize::MAX {
            // The name of a cached answer carries its whole question.
            let name = self.nodes[at].name.split(['{', '(']).next().unwrap_or("");
            if !name.is_empty() {
                names.push(&name[..super::fold::floor(name, 40)]);
            }
            at = self.nodes[at].parent;
        }
        names.reverse();
        names.join(".")
    }
}

/// Fields whose object may hold the number beside its unit or currency.
const MEASURED: [FactKey; 6] = [
    FactKey::Price,
    FactKey::LivingArea,
    FactKey::LotArea,
    FactKey::Bedrooms,
    FactKey::Bathrooms,
    FactKey::YearBuilt,
];
static VALUE_NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "value|amount|raw|mainvalue|current|number|total|pricevalue|display|formatted|text|label|price|size"
        .split('|')
        .collect()
});

/// Whether an object holds parts of an address.
fn beside_place(map: &Map<String, Value>) -> bool {
    [
        "city",
        "zip",
        "zipCode",
        "postalCode",
        "postcode",
        "suburb",
        "street",
        "streetAddress",
        "town",
        "locality",
    ]
    .iter()
    .any(|n| map.get(*n).is_some_and(|v| !v.is_null()))
}

/// The street of an address with its house number, where the data keep them apart.
fn street(text: &str, map: &Map<String, Value>) -> Option<FactValue> {
    let number = ["number", "houseNumber", "streetNumber", "house_number", "street_number"]
        .iter()
        .find_map(|n| map.get(*n).and_then(text_of));
    let whole = match number {
        // Which of the two comes first depends on the country; most of Europe writes the number last.
        Some(number) if !text.contains(&number) => format!("{text} {number}"),
        _ => text.to_owned(),
    };
    values::address(&whole).map(FactValue::text)
}

/// Sale or rent, from a word (`FOR_SALE`, `BUY`) or from a name that is true (`isForRent`).
fn offer(name: &str, value: &Value, text: &str) -> Option<FactValue> {
    if let Value::Bool(true) = value {
        let folded = fold(name);
        return Some(FactValue::text(if folded.contains("sale") { "sale" } else { "rent" }));
    }
    if text.len() > 30 {
        return None;
    }
    let spaced = if text.chars().all(|c| c.is_lowercase()) {
        text.to_owned()
    } else {
        kinds::spaced(text)
    };
    kinds::offer(&fold(&spaced)).map(FactValue::text)
}

/// The fields that an entry may state; most names have one meaning.
fn meanings(name: &str, value: &Value, key: Option<Key>) -> Vec<Key> {
    let one = |key, rank| Key { key, rank, unit: None };
    if name.len() > 24 {
        return key.filter(|_| !value.is_boolean()).into_iter().collect();
    }
    let folded: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match folded.as_str() {
        "type" => return vec![one(FactKey::PropertyType, 2), one(FactKey::Offer, 2)],
        "category" | "categoryname" | "channel" => return vec![one(FactKey::PropertyType, 2), one(FactKey::Offer, 2)],
        "homestatus" | "listingstatus" | "status" => {
            return vec![
                one(FactKey::Status, u8::from(folded == "status")),
                one(FactKey::Offer, 2),
            ];
        }
        "propertysubtype" | "subtype" | "housetype" => return vec![one(FactKey::PropertyType, 0)],
        "propertytype" | "hometype" | "estatetype" | "realestatetype" => return vec![one(FactKey::PropertyType, 1)],
        _ => {}
    }
    if let Value::Bool(true) = value {
        return match folded.as_str() {
            "isrental" | "isrent" | "forrent" | "isforrent" | "forrentyn" | "tolet" => vec![one(FactKey::Offer, 1)],
            "issale" | "forsale" | "isforsale" | "forsaleyn" => vec![one(FactKey::Offer, 1)],
            _ => Vec::new(),
        };
    }
    key.filter(|_| !value.is_boolean()).into_iter().collect()
}

/// The currency named beside a price, or beside the object that holds it.
fn currency<'a>(forest: &Forest<'a>, node: usize, map: &'a Map<String, Value>) -> Option<&'a str> {
    let named = |map: &'a Map<String, Value>| {
        [
            "currency",
            "currencyCode",
            "priceCurrency",
            "currency_code",
            "price_currency",
            "currencyIso",
            "currencySymbol",
        ]
        .iter()
        .find_map(|n| match map.get(*n) {
            Some(Value::String(code)) => Some(code.as_str()),
            Some(Value::Object(inner)) => ["code", "isoCode", "symbol"]
                .iter()
                .find_map(|n| inner.get(*n).and_then(Value::as_str)),
            _ => None,
        })
    };
    named(map).or_else(|| {
        forest
            .nodes
            .get(forest.nodes[node].parent)
            .and_then(|p| p.value.as_object())
            .and_then(named)
    })
}
