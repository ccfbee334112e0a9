//! schema.org data in the markup itself: microdata (`itemprop`) and RDFa Lite (`property`).

use domain::fact::{FactKey, FactMethod, FactValue};
use scraper::{ElementRef, Html};
use std::sync::LazyLock;

use super::fold::squash;
use super::found::{Found, trust};
use super::jsonld::Listing;
use super::meta::Head;
use super::page::Page;
use super::{kinds, units, values};

/// Types whose properties describe the house or its offer.
static OURS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "realestatelisting|residence|house|singlefamilyresidence|apartment|apartmentcomplex|accommodation|\
        product|individualproduct|offer|place|postaladdress|geocoordinates|quantitativevalue|\
        pricespecification|unitpricespecification|property|landform|residentialbuilding|villa|condominium|\
        townhouse|webpage|itempage|imageobject|propertyvalue"
        .split('|')
        .collect()
});
const KINDS: [&str; 8] = [
    "house",
    "singlefamilyresidence",
    "apartment",
    "villa",
    "condominium",
    "townhouse",
    "apartmentcomplex",
    "residentialbuilding",
];

struct Scope {
    el: u32,
    kind: String,
    parent: Option<usize>,
    /// The property that this thing is the value of: `floorSize`.
    name: String,
}

pub(super) fn read(doc: &Html, page: &Page, head: &Head) -> Listing {
    let mut listing = Listing::default();
    let mut scopes: Vec<Scope> = Vec::new();
    let mut scope_of: Vec<Option<usize>> = vec![None; page.els.len()];
    let mut prices: Vec<(usize, String)> = Vec::new();
    let mut currencies: Vec<(usize, String)> = Vec::new();
    for el in 0..page.els.len() as u32 {
        let parent_scope = if el == 0 {
            None
        } else {
            scope_of[page.els[el as usize].parent as usize]
        };
        scope_of[el as usize] = parent_scope;
        let Some(element) = page.element(doc, el) else { continue };
        let node = element.value();
        let name = node
            .attr("itemprop")
            .or_else(|| node.attr("property").filter(|p| !p.contains(':')))
            .map(|n| n.rsplit([' ', '/']).next().unwrap_or(n));
        if node.attr("itemscope").is_some() || node.attr("typeof").is_some() {
            let written = node.attr("itemtype").or_else(|| node.attr("typeof")).unwrap_or("");
            let written = written.rsplit(['/', ':', '#']).next().unwrap_or("");
            let kind = squash(written);
            if KINDS.contains(&kind.as_str())
                && !page.left_out(el)
                && let Some(value) = kinds::property_type(written)
            {
                listing.found.push(Found::new(
                    FactKey::PropertyType,
                    FactValue::text(value),
                    FactMethod::Microdata,
                    trust::DATA - 16,
                    written,
                    "microdata itemtype",
                ));
            }
            scopes.push(Scope {
                el,
                kind,
                parent: parent_scope,
                name: name.unwrap_or("").to_owned(),
            });
            scope_of[el as usize] = Some(scopes.len() - 1);
            continue;
        }
        let (Some(name), Some(scope)) = (name, parent_scope) else {
            continue;
        };
        let Some(trust) = believed(&scopes, scope, page, el) else {
            continue;
        };
        let text = value_of(element, page, el);
        if text.is_empty() {
            continue;
        }
        let path = format!(
            "microdata {}{name}",
            if scopes[scope].name.is_empty() {
                String::new()
            } else {
                format!("{}.", scopes[scope].name)
            }
        );
        let mut put = |key: FactKey, value: Option<FactValue>, trust: u8| {
            if let Some(value) = value {
                listing.found.push(Found::new(
                    key,
                    value,
                    FactMethod::Microdata,
                    trust,
                    &text,
                    path.clone(),
                ));
            }
        };
        match name {
            "price" => prices.push((scope, text.clone())),
            "priceCurrency" => currencies.push((scope, text.clone())),
            "image" | "contentUrl" | "photo" if trust > trust::HINT => listing.images.push(text.clone()),
            "value" => {
                let (key, unit) = match scopes[scope].name.as_str() {
                    "floorSize" => (FactKey::LivingArea, unit_in(doc, page, &scopes[scope])),
                    "lotSize" => (FactKey::LotArea, unit_in(doc, page, &scopes[scope])),
                    "numberOfBedrooms" => (FactKey::Bedrooms, None),
                    _ => continue,
                };
                put(key, values::read(key, &text, unit, &head.hints), trust);
            }
            "latitude" => put(
                FactKey::Latitude,
                values::read(FactKey::Latitude, &text, None, &head.hints),
                trust,
            ),
            "longitude" => put(
                FactKey::Longitude,
                values::read(FactKey::Longitude, &text, None, &head.hints),
                trust,
            ),
            _ => {
                if let Some((_, key)) = FIELDS.iter().find(|(field, _)| *field == name) {
                    put(*key, values::read(*key, &text, None, &head.hints), trust);
                }
            }
        }
    }
    for (scope, text) in prices {
        let currency = currencies
            .iter()
            .find(|(s, _)| *s == scope)
            .or_else(|| currencies.first())
            .map(|(_, c)| c.as_str());
        if let Some(value) = values::price_number(&text, currency, &head.hints) {
            let quote = format!("{text} {}", currency.unwrap_or(""));
            listing.found.push(Found::new(
                FactKey::Price,
                value,
                FactMethod::Microdata,
                trust::DATA,
                &quote,
                "microdata price",
            ));
        }
    }
    listing
}

const FIELDS: [(&str, FactKey); 16] = [
    ("numberOfBedrooms", FactKey::Bedrooms),
    ("numberOfBathroomsTotal", FactKey::Bathrooms),
    ("numberOfBathrooms", FactKey::Bathrooms),
    ("numberOfPartialBathrooms", FactKey::HalfBathrooms),
    ("floorSize", FactKey::LivingArea),
    ("lotSize", FactKey::LotArea),
    ("yearBuilt", FactKey::YearBuilt),
    ("streetAddress", FactKey::Address),
    ("addressLocality", FactKey::City),
    ("addressRegion", FactKey::Region),
    ("postalCode", FactKey::PostalCode),
    ("addressCountry", FactKey::Country),
    ("address", FactKey::Address),
    ("productID", FactKey::Reference),
    ("sku", FactKey::Reference),
    ("bedrooms", FactKey::Bedrooms),
];

/// How far a property is believed: fully inside a house or its offer, less for a lone address, not at all
/// inside an agency, a person, a breadcrumb, or a part of the page about something else.
fn believed(scopes: &[Scope], scope: usize, page: &Page, el: u32) -> Option<u8> {
    if page.left_out(el) {
        return None;
    }
    let mut at = Some(scope);
    let mut ours = false;
    while let Some(i) = at {
        let kind = scopes[i].kind.as_str();
        if !OURS.contains(&kind) && !kind.is_empty() {
            return None;
        }
        ours |= OURS.contains(&kind)
            && !matches!(
                kind,
                "postaladdress"
                    | "geocoordinates"
                    | "webpage"
                    | "itempage"
                    | "imageobject"
                    | "propertyvalue"
                    | "quantitativevalue"
            );
        at = scopes[i].parent;
    }
    Some(if ours { trust::DATA } else { trust::CHIP })
}

/// The unit stated in the same thing as a value.
fn unit_in(doc: &Html, page: &Page, scope: &Scope) -> Option<domain::fact::Unit> {
    let element = page.element(doc, scope.el)?;
    element.descendants().filter_map(ElementRef::wrap).find_map(|e| {
        let code = matches!(
            e.attr("itemprop").or_else(|| e.attr("property")),
            Some("unitCode" | "unitText")
        );
        code.then(|| {
            units::named(
                e.attr("content")
                    .map_or_else(|| e.text().collect::<String>(), str::to_owned)
                    .as_str(),
            )
        })
        .flatten()
    })
}

fn value_of(element: ElementRef<'_>, page: &Page, el: u32) -> String {
    let node = element.value();
    let written = node
        .attr("content")
        .or_else(|| {
            node.attr("value")
                .filter(|_| matches!(node.name(), "data" | "meter" | "input"))
        })
        .or_else(|| match node.name() {
            "img" | "source" => node.attr("src"),
            "a" | "link" => node.attr("href").filter(|_| page.els[el as usize].cells.is_empty()),
            "time" => node.attr("datetime"),
            _ => None,
        });
    written.map_or_else(|| page.words(el), super::fold::tidy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(html: &str) -> Vec<(FactKey, FactValue)> {
        let doc = Html::parse_document(html);
        let head = Head::read(&doc, None);
        read(&doc, &Page::read(&doc), &head)
            .found
            .into_iter()
            .map(|f| (f.key, f.value))
            .collect()
    }

    #[test]
    fn microdata_and_rdfa() {
        let found = facts(
            "<html lang=en><div itemscope itemtype='https://schema.org/House'><h1 itemprop=name>Home</h1><span itemprop=numberOfBedrooms>3</span>
            <div itemprop=floorSize itemscope itemtype='https://schema.org/QuantitativeValue'><meta itemprop=unitCode content=MTK><span itemprop=value>120</span></div>
            <div itemprop=offers itemscope itemtype='https://schema.org/Offer'><meta itemprop=price content=250000><meta itemprop=priceCurrency content=EUR></div></div>
            <div vocab='https://schema.org/' typeof=Apartment><span property=addressLocality>Lisboa</span></div>",
        );
        for wanted in [
            (FactKey::Bedrooms, FactValue::number(3.0)),
            (
                FactKey::LivingArea,
                FactValue::measure(120.0, domain::fact::Unit::SquareMetres),
            ),
            (
                FactKey::Price,
                FactValue::Money {
                    minor: 25_000_000,
                    currency: Some("EUR".into()),
                    period: None,
                },
            ),
            (FactKey::City, FactValue::text("Lisboa")),
        ] {
            assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
        }
    }

    #[test]
    fn agencies_and_hidden_things_are_left_out() {
        assert!(facts("<div itemscope itemtype='https://schema.org/RealEstateAgent'><div itemprop=address itemscope itemtype='https://schema.org/PostalAddress'><span itemprop=streetAddress>1 High Street</span></div></div>").is_empty());
        assert!(facts("<div itemscope itemtype='https://schema.org/Offer' style='display:none'><span itemprop=price>5000</span></div>").is_empty());
    }
}
