//! schema.org data in `application/ld+json`.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::fact::{FactKey, FactMethod, FactValue, Unit};
use scraper::{ElementRef, Html};
use serde_json::{Map, Value};

use super::datum::{named_period, precise, text_of};
use super::fold::{squash, tidy};
use super::found::{Found, trust};
use super::meta::Head;
use super::{kinds, labels, literal, units, values};

/// Types that are the property, its listing or the offer of it.
static LISTINGS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "realestatelisting|residence|house|singlefamilyresidence|apartment|apartmentcomplex|accommodation|\
        suite|room|product|individualproduct|offer|place|property|realestateproperty|townhouse|condominium|\
        condo|villa|flat|studio|bungalow|land|landparcel|landform|mobilehome|vacationrental|\
        gatedresidencecommunity|multifamilyresidence|singlefamilyhome"
        .split('|')
        .collect()
});
/// Types that say nothing of the kind of building.
static GENERAL: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "realestatelisting|residence|accommodation|product|individualproduct|offer|place|property|\
        realestateproperty|suite|room|landform"
        .split('|')
        .collect()
});
const PAGES: [&str; 6] = ["webpage", "itempage", "aboutpage", "article", "creativework", "website"];

/// Facts and photos of one listing in the data.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) found: Vec<Found>,
    pub(super) images: Vec<String>,
    pub(super) addresses: Vec<String>,
    pub(super) names: Vec<String>,
}

/// What the page's JSON-LD states about its own listing.
pub(super) fn read(doc: &Html, head: &Head) -> Listing {
    let mut roots = Vec::new();
    for element in doc
        .tree
        .nodes()
        .filter_map(ElementRef::wrap)
        .filter(|e| e.value().name() == "script")
    {
        if element
            .attr("type")
            .is_some_and(|t| t.to_ascii_lowercase().contains("ld+json"))
            && let Some(value) = literal::json(&element.text().collect::<String>())
        {
            roots.push(value);
        }
    }
    let mut reader = Reader {
        head,
        ids: HashMap::new(),
        units: Vec::new(),
    };
    for root in &roots {
        reader.index(root, 0);
    }
    for root in &roots {
        reader.top(root, 0);
    }
    choose(reader.units, head)
}

/// The units about this page; when several could be, the ones that name its address or title.
fn choose(mut units: Vec<Listing>, head: &Head) -> Listing {
    units.retain(|u| !u.found.is_empty());
    let matches = |unit: &Listing| {
        let by_address = unit
            .addresses
            .iter()
            .any(|a| head.addresses.iter().any(|own| same_address(a, own)));
        let by_name = unit
            .names
            .iter()
            .map(|n| squash(n))
            .filter(|n| n.len() >= 8)
            .any(|n| head.titles().iter().any(|(_, t)| squash(t).contains(&n)));
        by_address || by_name
    };
    if units.len() > 1 {
        let own: Vec<bool> = units.iter().map(matches).collect();
        if own.iter().any(|o| *o) {
            let few = units.len() <= 3;
            let mut kept = Vec::new();
            for (mut unit, own) in units.into_iter().zip(own) {
                if !own {
                    if !few {
                        continue;
                    }
                    unit.found.iter_mut().for_each(|f| f.trust = f.trust.saturating_sub(30));
                }
                kept.push(unit);
            }
            units = kept;
        } else if units.len() > 3 {
            units.clear();
        }
    }
    let mut all = Listing::default();
    for unit in units {
        all.found.extend(unit.found);
        all.images.extend(unit.images);
    }
    all
}

/// The same page: equal paths, whatever scheme, `www.` or query.
pub(super) fn same_address(text: &str, own: &url::Url) -> bool {
    let Ok(other) = own.join(text) else { return false };
    let path = |u: &url::Url| u.path().trim_end_matches('/').to_ascii_lowercase();
    path(own).len() > 1 && path(&other) == path(own)
}

struct Reader<'a> {
    head: &'a Head,
    ids: HashMap<String, &'a Map<String, Value>>,
    units: Vec<Listing>,
}

fn types(map: &Map<String, Value>) -> Vec<String> {
    let name = |v: &Value| {
        v.as_str()
            .map(|t| squash(t.rsplit(['/', ':', '#']).next().unwrap_or(t)))
    };
    match map.get("@type") {
        Some(Value::Array(list)) => list.iter().filter_map(name).collect(),
        Some(value) => name(value).into_iter().collect(),
        None => Vec::new(),
    }
}

impl<'a> Reader<'a> {
    /// Remembers nodes by `@id`, so that references can be followed.
    fn index(&mut self, value: &'a Value, depth: usize) {
        if depth > 12 {
            return;
        }
        match value {
            Value::Array(list) => list.iter().for_each(|v| self.index(v, depth + 1)),
            Value::Object(map) => {
                if let Some(Value::String(id)) = map.get("@id")
                    && map.len() > 1
                {
                    self.ids.entry(id.clone()).or_insert(map);
                }
                map.values().for_each(|v| self.index(v, depth + 1));
            }
            _ => {}
        }
    }

    /// Finds the listings of a root.
    fn top(&mut self, value: &'a Value, depth: usize) {
        if depth > 6 {
            return;
        }
        match value {
            Value::Array(list) => list.iter().for_each(|v| self.top(v, depth + 1)),
            Value::Object(map) => {
                if let Some(graph) = map.get("@graph") {
                    self.top(graph, depth + 1);
                }
                let kinds = types(map);
                if kinds.iter().any(|t| LISTINGS.contains(&t.as_str())) {
                    let mut unit = Listing::default();
                    self.listing(map, "", 0, &mut unit);
                    self.units.push(unit);
                } else if kinds.is_empty() || kinds.iter().any(|t| PAGES.contains(&t.as_str())) {
                    for name in [
                        "mainEntity",
                        "about",
                        "mainEntityOfPage",
                        "itemOffered",
                        "offers",
                        "object",
                        "item",
                    ] {
                        if let Some(inner) = map.get(name) {
                            self.top(inner, depth + 1);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// The node that a reference `{"@id": …}` stands for, or the node itself.
    fn resolve(&self, map: &'a Map<String, Value>) -> &'a Map<String, Value> {
        match map.get("@id") {
            Some(Value::String(id)) if map.len() == 1 => self.ids.get(id).copied().unwrap_or(map),
            _ => map,
        }
    }

    fn objects(&self, value: &'a Value) -> Vec<&'a Map<String, Value>> {
        match value {
            Value::Object(map) => vec![self.resolve(map)],
            Value::Array(list) => list
                .iter()
                .filter_map(Value::as_object)
                .map(|m| self.resolve(m))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn put(&self, unit: &mut Listing, key: FactKey, value: Option<FactValue>, trust: u8, quote: &str, path: &str) {
        if let Some(value) = value {
            unit.found.push(Found::new(
                key,
                value,
                FactMethod::JsonLd,
                trust,
                quote,
                format!("json-ld {path}"),
            ));
        }
    }

    fn listing(&self, map: &'a Map<String, Value>, path: &str, depth: usize, unit: &mut Listing) {
        if depth > 6 {
            return;
        }
        let hints = &self.head.hints;
        let at = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        for kind in types(map).iter().filter(|t| !GENERAL.contains(&t.as_str())) {
            let written = map
                .get("@type")
                .and_then(|t| {
                    t.as_str().or_else(|| {
                        t.as_array()?
                            .iter()
                            .filter_map(Value::as_str)
                            .find(|t| squash(t).ends_with(kind.as_str()))
                    })
                })
                .unwrap_or(kind);
            let written = written.rsplit(['/', ':', '#']).next().unwrap_or(written);
            self.put(
                unit,
                FactKey::PropertyType,
                kinds::property_type(written).map(FactValue::text),
                trust::DATA - 12,
                written,
                &at("@type"),
            );
        }
        for (name, value) in map {
            match name.as_str() {
                "about"
                | "mainEntity"
                | "itemOffered"
                | "object"
                | "accommodation"
                | "accommodationFloorPlan"
                | "item" => {
                    let inside = self.objects(value);
                    // Several homes in one listing are a development: no figure of one is that of all.
                    for inner in inside.iter().copied().filter(|_| inside.len() == 1) {
                        if types(inner)
                            .iter()
                            .all(|t| LISTINGS.contains(&t.as_str()) || t == "floorplan")
                        {
                            self.listing(inner, &at(name), depth + 1, unit);
                        }
                    }
                }
                "offers" | "priceSpecification" => self.offers(value, &at(name), unit),
                "price" => {}
                "address" | "location" | "spatialCoverage" | "contentLocation" => {
                    self.address(value, &at(name), unit, 0)
                }
                "geo" => self
                    .objects(value)
                    .into_iter()
                    .for_each(|geo| self.geo(geo, &at(name), unit)),
                "floorSize" | "lotSize" | "size" | "area" | "landSize" => self.size(name, value, &at(name), unit),
                "additionalProperty" | "additionalProperties" => {
                    for pair in self.objects(value) {
                        self.named_value(pair, &at(name), unit);
                    }
                }
                "amenityFeature" => self.features(value, &at(name), unit),
                "image" | "photo" | "photos" | "primaryImageOfPage" => self.images(value, unit),
                "url" | "mainEntityOfPage" | "@id" => unit.addresses.extend(value.as_str().map(str::to_owned)),
                "name" => {
                    if let Some(text) = value.as_str() {
                        unit.names.push(tidy(text));
                        if depth == 0 {
                            self.put(
                                unit,
                                FactKey::Title,
                                Some(FactValue::text(tidy(text))).filter(|_| text.len() <= 200),
                                trust::HINT,
                                text,
                                &at(name),
                            );
                        }
                    }
                }
                "description" => {
                    if let Some(text) = value.as_str().filter(|t| t.len() > 40) {
                        self.put(
                            unit,
                            FactKey::Description,
                            Some(FactValue::text(super::strip::plain(text))),
                            trust::DATA,
                            text,
                            &at(name),
                        );
                    }
                }
                "seller" | "offeredBy" | "broker" | "agent" | "provider" | "author" | "realEstateAgent" => {
                    self.agent(value, &at(name), unit)
                }
                "petsAllowed" => {
                    let flag = match value {
                        Value::Bool(b) => Some(*b),
                        Value::String(s) => match squash(s).as_str() {
                            "true" | "yes" => Some(true),
                            "false" | "no" => Some(false),
                            _ => None,
                        },
                        _ => None,
                    };
                    self.put(
                        unit,
                        FactKey::Pets,
                        flag.map(|flag| FactValue::Flag { flag }),
                        trust::DATA,
                        &text_of(value).unwrap_or_default(),
                        &at(name),
                    );
                }
                _ => {
                    let Some(key) = FIELDS.iter().find(|(field, _, _)| field == name) else {
                        continue;
                    };
                    let Some(text) = text_of(value) else { continue };
                    self.put(
                        unit,
                        key.1,
                        values::read(key.1, &text, None, hints),
                        key.2,
                        &text,
                        &at(name),
                    );
                }
            }
        }
        if map.contains_key("price") && !map.contains_key("offers") {
            self.offer(map, path, unit);
        }
        self.geo(map, path, unit);
    }

    fn size(&self, name: &str, value: &Value, path: &str, unit: &mut Listing) {
        let key = if matches!(name, "lotSize" | "landSize") {
            FactKey::LotArea
        } else {
            FactKey::LivingArea
        };
        let trust = if name == "floorSize" || key == FactKey::LotArea {
            trust::DATA
        } else {
            trust::DATA - 14
        };
        let (text, named) = match value {
            Value::Object(map) => {
                let code = ["unitCode", "unitText"]
                    .iter()
                    .find_map(|n| map.get(*n).and_then(Value::as_str))
                    .and_then(units::named);
                (map.get("value").and_then(text_of).unwrap_or_default(), code)
            }
            other => (text_of(other).unwrap_or_default(), None),
        };
        // `size` of a thing is an area only when it says so.
        if key == FactKey::LivingArea
            && name != "floorSize"
            && named.is_none()
            && !text.contains(|c: char| c.is_alphabetic())
        {
            return;
        }
        self.put(
            unit,
            key,
            values::read(key, &text, named, &self.head.hints),
            trust,
            &format!("{text} {}", named.map_or("", Unit::symbol)),
            path,
        );
    }

    fn offers(&self, value: &'a Value, path: &str, unit: &mut Listing) {
        for offer in self.objects(value) {
            if types(offer).iter().any(|t| t == "aggregateoffer") && offer.get("price").is_none() {
                let (low, high) = (
                    offer.get("lowPrice").and_then(text_of),
                    offer.get("highPrice").and_then(text_of),
                );
                if let (Some(low), Some(high)) = (low, high)
                    && low == high
                {
                    let currency = offer.get("priceCurrency").and_then(Value::as_str);
                    self.put(
                        unit,
                        FactKey::Price,
                        values::price_number(&low, currency, &self.head.hints),
                        trust::DATA,
                        &low,
                        path,
                    );
                }
                continue;
            }
            self.offer(offer, path, unit);
        }
    }

    fn offer(&self, offer: &'a Map<String, Value>, path: &str, unit: &mut Listing) {
        let hints = &self.head.hints;
        let mut period = None;
        let mut currency = offer
            .get("priceCurrency")
            .or_else(|| offer.get("currency"))
            .and_then(Value::as_str);
        let mut price = offer.get("price").and_then(text_of);
        for spec in offer
            .get("priceSpecification")
            .map(|v| self.objects(v))
            .unwrap_or_default()
        {
            price = price.or_else(|| spec.get("price").and_then(text_of));
            currency = currency.or_else(|| spec.get("priceCurrency").and_then(Value::as_str));
            let words = ["unitText", "unitCode", "billingIncrement", "name"]
                .iter()
                .filter_map(|n| spec.get(*n).and_then(Value::as_str))
                .collect::<Vec<_>>()
                .join(" ");
            period = period.or_else(|| named_period(&words));
        }
        let business = offer
            .get("businessFunction")
            .and_then(text_of)
            .map(|b| squash(&b))
            .unwrap_or_default();
        let leased = business.contains("lease") || business.contains("rent");
        if let Some(text) = &price {
            let mut value = values::price_number(text, currency, hints);
            if let (Some(FactValue::Money { period: own, .. }), Some(period)) = (&mut value, period) {
                own.get_or_insert(period);
            }
            let quote = format!("{text} {}", currency.unwrap_or(""));
            self.put(
                unit,
                FactKey::Price,
                value,
                trust::DATA,
                &quote,
                &format!("{path}.price"),
            );
        }
        if leased || business.contains("sell") {
            self.put(
                unit,
                FactKey::Offer,
                Some(FactValue::text(if leased { "rent" } else { "sale" })),
                trust::DATA,
                &business,
                &format!("{path}.businessFunction"),
            );
        }
        if let Some(text) = offer.get("availability").and_then(Value::as_str) {
            let word = text.rsplit('/').next().unwrap_or(text);
            let status = kinds::status(word).filter(|s| *s != "active");
            self.put(
                unit,
                FactKey::Status,
                status.map(FactValue::text),
                trust::HINT,
                word,
                &format!("{path}.availability"),
            );
        }
        for name in ["itemOffered"] {
            for inner in offer.get(name).map(|v| self.objects(v)).unwrap_or_default() {
                self.listing(inner, &format!("{path}.{name}"), 3, unit);
            }
        }
        for name in ["offeredBy", "seller"] {
            if let Some(value) = offer.get(name) {
                self.agent(value, &format!("{path}.{name}"), unit);
            }
        }
        unit.addresses
            .extend(offer.get("url").and_then(Value::as_str).map(str::to_owned));
    }

    fn address(&self, value: &'a Value, path: &str, unit: &mut Listing, depth: usize) {
        if let Value::String(text) = value {
            self.put(
                unit,
                FactKey::Address,
                values::address(text).map(FactValue::text),
                trust::DATA,
                text,
                path,
            );
            return;
        }
        for map in self.objects(value) {
            for name in ["address", "location"] {
                if let Some(inner) = map.get(name).filter(|_| depth < 3) {
                    self.address(inner, &format!("{path}.{name}"), unit, depth + 1);
                }
            }
            if let Some(geo) = map.get("geo") {
                self.objects(geo)
                    .into_iter()
                    .for_each(|geo| self.geo(geo, &format!("{path}.geo"), unit));
            }
            self.geo(map, path, unit);
            for (name, key) in [
                ("streetAddress", FactKey::Address),
                ("addressLocality", FactKey::City),
                ("addressRegion", FactKey::Region),
                ("postalCode", FactKey::PostalCode),
                ("addressCountry", FactKey::Country),
            ] {
                let Some(text) = map.get(name).and_then(text_of) else {
                    continue;
                };
                self.put(
                    unit,
                    key,
                    values::read(key, &text, None, &self.head.hints),
                    trust::DATA,
                    &text,
                    &format!("{path}.{name}"),
                );
            }
        }
    }

    fn geo(&self, map: &Map<String, Value>, path: &str, unit: &mut Listing) {
        let text = |name| map.get(name).and_then(precise);
        if let (Some(lat), Some(lon)) = (text("latitude"), text("longitude"))
            && let (Some(a), Some(b)) = (values::coordinate(&lat, 90.0), values::coordinate(&lon, 180.0))
        {
            let quote = format!("{lat}, {lon}");
            self.put(
                unit,
                FactKey::Latitude,
                Some(FactValue::number(a)),
                trust::DATA,
                &quote,
                &format!("{path}.latitude"),
            );
            self.put(
                unit,
                FactKey::Longitude,
                Some(FactValue::number(b)),
                trust::DATA,
                &quote,
                &format!("{path}.longitude"),
            );
        }
    }

    /// `{"name": "Year built", "value": 1972}`.
    fn named_value(&self, pair: &Map<String, Value>, path: &str, unit: &mut Listing) {
        let (Some(name), Some(text)) = (
            pair.get("name").and_then(Value::as_str),
            pair.get("value").and_then(text_of),
        ) else {
            return;
        };
        let named = ["unitCode", "unitText"]
            .iter()
            .find_map(|n| pair.get(*n).and_then(Value::as_str))
            .and_then(units::named);
        for label in labels::of(&kinds::spaced(name)) {
            let trust = trust::DATA.saturating_sub(label.rank * 12);
            self.put(
                unit,
                label.key,
                values::read(label.key, &text, label.unit.or(named), &self.head.hints),
                trust,
                &format!("{name}: {text}"),
                &format!("{path} \"{name}\""),
            );
        }
    }

    fn features(&self, value: &'a Value, path: &str, unit: &mut Listing) {
        let mut items = Vec::new();
        for feature in self.objects(value) {
            let on = !matches!(feature.get("value"), Some(Value::Bool(false)));
            if let Some(name) = feature
                .get("name")
                .and_then(Value::as_str)
                .filter(|n| on && n.len() <= 60)
            {
                items.push(tidy(name));
            }
            self.named_value(feature, path, unit);
        }
        if !items.is_empty() && items.len() <= 60 {
            let quote = items.join(", ");
            self.put(
                unit,
                FactKey::Features,
                Some(FactValue::List { items }),
                trust::HINT,
                &quote,
                path,
            );
        }
    }

    fn agent(&self, value: &'a Value, path: &str, unit: &mut Listing) {
        for agent in self.objects(value) {
            let kinds = types(agent);
            let person = kinds.iter().any(|t| t == "person") || agent.contains_key("worksFor");
            let key = if person {
                FactKey::AgentName
            } else {
                FactKey::AgentCompany
            };
            if let Some(name) = agent.get("name").and_then(Value::as_str) {
                self.put(
                    unit,
                    key,
                    values::read(key, name, None, &self.head.hints),
                    trust::DATA,
                    name,
                    &format!("{path}.name"),
                );
            }
            for office in agent.get("worksFor").map(|v| self.objects(v)).unwrap_or_default() {
                if let Some(name) = office.get("name").and_then(Value::as_str) {
                    self.put(
                        unit,
                        FactKey::AgentCompany,
                        values::read(FactKey::AgentCompany, name, None, &self.head.hints),
                        trust::DATA,
                        name,
                        &format!("{path}.worksFor.name"),
                    );
                }
            }
        }
    }

    fn images(&self, value: &'a Value, unit: &mut Listing) {
        match value {
            Value::String(url) => unit.images.push(url.clone()),
            Value::Array(list) => list.iter().take(60).for_each(|v| self.images(v, unit)),
            Value::Object(map) => {
                let map = self.resolve(map);
                if let Some(url) = ["contentUrl", "url", "@id"]
                    .iter()
                    .find_map(|n| map.get(*n).and_then(Value::as_str))
                {
                    unit.images.push(url.to_owned());
                }
            }
            _ => {}
        }
    }
}

/// Plain fields. `numberOfBathroomsTotal` counts a half bathroom as one, so a page that says "2.5" is more exact.
const FIELDS: [(&str, FactKey, u8); 17] = [
    ("numberOfBedrooms", FactKey::Bedrooms, trust::DATA),
    ("bedrooms", FactKey::Bedrooms, trust::DATA),
    ("numberOfBathroomsTotal", FactKey::Bathrooms, trust::DATA - 4),
    ("numberOfBathrooms", FactKey::Bathrooms, trust::DATA),
    ("bathrooms", FactKey::Bathrooms, trust::DATA),
    ("numberOfFullBathrooms", FactKey::Bathrooms, trust::HINT),
    ("numberOfPartialBathrooms", FactKey::HalfBathrooms, trust::DATA),
    ("yearBuilt", FactKey::YearBuilt, trust::DATA),
    ("accommodationCategory", FactKey::PropertyType, trust::DATA - 4),
    ("category", FactKey::PropertyType, trust::DATA - 20),
    ("propertyType", FactKey::PropertyType, trust::DATA - 4),
    ("sku", FactKey::Reference, trust::DATA - 10),
    ("productID", FactKey::Reference, trust::DATA),
    ("mlsNumber", FactKey::Reference, trust::DATA),
    ("identifier", FactKey::Reference, trust::DATA - 10),
    ("additionalType", FactKey::PropertyType, trust::DATA - 20),
    ("streetAddress", FactKey::Address, trust::DATA),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(json: &str) -> Vec<(FactKey, FactValue)> {
        let html = format!(
            "<html lang=en><title>12 Elm Road, Springfield</title><link rel=canonical href='https://example.com/l/12'><script type='application/ld+json'>{json}</script>"
        );
        let doc = Html::parse_document(&html);
        read(&doc, &Head::read(&doc, None))
            .found
            .into_iter()
            .map(|f| (f.key, f.value))
            .collect()
    }

    #[test]
    fn a_listing_with_nested_house_and_offer() {
        let found = facts(
            r#"{"@context":"https://schema.org","@graph":[{"@type":"RealEstateListing","about":{"@type":"House","numberOfBedrooms":{"@type":"QuantitativeValue","value":4},"numberOfBathroomsTotal":2,
            "floorSize":{"@type":"QuantitativeValue","value":"1,500","unitCode":"FTK"},"address":{"@type":"PostalAddress","streetAddress":"12 Elm Road","addressLocality":"Springfield"},"geo":{"latitude":"51.5","longitude":-0.25}},
            "offers":{"@type":"Offer","priceSpecification":{"price":"1395000","priceCurrency":"ZAR"},"businessFunction":"https://schema.org/LeaseOut"}}]}"#,
        );
        for wanted in [
            (FactKey::Bedrooms, FactValue::number(4.0)),
            (FactKey::Bathrooms, FactValue::number(2.0)),
            (FactKey::LivingArea, FactValue::measure(1500.0, Unit::SquareFeet)),
            (FactKey::City, FactValue::text("Springfield")),
            (FactKey::Latitude, FactValue::number(51.5)),
            (
                FactKey::Price,
                FactValue::Money {
                    minor: 139_500_000,
                    currency: Some("ZAR".into()),
                    period: None,
                },
            ),
            (FactKey::Offer, FactValue::text("rent")),
            (FactKey::PropertyType, FactValue::text("House")),
        ] {
            assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
        }
    }

    #[test]
    fn agencies_lists_and_breadcrumbs_are_no_listing() {
        assert!(
            facts(r#"{"@type":"RealEstateAgent","address":{"streetAddress":"1 High St"},"priceRange":"£"}"#).is_empty()
        );
        assert!(
            facts(r#"{"@type":"ItemList","itemListElement":[{"@type":"Product","offers":{"price":5000}}]}"#).is_empty()
        );
        assert!(facts(r#"{"@type":"AggregateOffer","lowPrice":100000,"highPrice":200000}"#).is_empty());
    }

    #[test]
    fn of_several_the_one_with_the_pages_address_counts() {
        let one = |n: u32| format!(r#"{{"@type":"House","url":"https://example.com/l/{n}","numberOfBedrooms":{n}}}"#);
        let found = facts(&format!("[{},{},{},{}]", one(3), one(12), one(5), one(6)));
        assert!(found.contains(&(FactKey::Bedrooms, FactValue::number(12.0))));
        assert_eq!(found.iter().filter(|f| f.0 == FactKey::Bedrooms).count(), 1);
    }
}
