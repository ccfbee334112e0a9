//! The names that data give to fields: `numberOfBedrooms`, `livingAreaSqFt`, `precio`, `postal_code`.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::fact::{FactKey, Unit};

use super::hints::Hints;

/// What a field's name says about its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) key: FactKey,
    /// 0 names exactly this; higher is less sure and yields.
    pub(super) rank: u8,
    pub(super) unit: Option<Unit>,
}

static TABLE: LazyLock<HashMap<String, Key>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (head, names) in super::lists::sections(include_str!("words/keys.txt")) {
        let Some((key, rank)) = super::lists::ranked(head) else {
            continue;
        };
        for name in names {
            let unit = unit(&name);
            table.entry(name).or_insert(Key { key, rank, unit });
        }
    }
    table
});

fn unit(name: &str) -> Option<Unit> {
    if name.contains("sqft") || name.contains("squarefeet") || name.contains("squarefootage") {
        Some(Unit::SquareFeet)
    } else if name.contains("sqm") || name.ends_with("m2") || name.contains("squaremet") || name == "metros" {
        Some(Unit::SquareMetres)
    } else if name.contains("acre") {
        Some(Unit::Acres)
    } else {
        None
    }
}

/// The field that a name stands for. `rooms` means bedrooms only where the language uses it so.
pub(super) fn of(name: &str, hints: &Hints) -> Option<Key> {
    if name.len() > 48 {
        return None;
    }
    let squashed: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if let Some(key) = TABLE.get(squashed.as_str()) {
        return Some(*key);
    }
    // `nb_bedrooms`, `numBeds`, `no_of_baths`, `listing_price`, `property_bedrooms`.
    for lead in [
        "nb", "num", "no", "noof", "numberof", "total", "listing", "property", "max", "fb", "val",
    ] {
        if lead != "max"
            && let Some(rest) = squashed.strip_prefix(lead)
            && let Some(key) = TABLE.get(rest)
            && matches!(
                key.key,
                FactKey::Bedrooms
                    | FactKey::Bathrooms
                    | FactKey::Price
                    | FactKey::LivingArea
                    | FactKey::City
                    | FactKey::PropertyType
                    | FactKey::YearBuilt
                    | FactKey::PostalCode
            )
        {
            return Some(*key);
        }
    }
    let rooms = matches!(
        squashed.as_str(),
        "rooms" | "roomnumber" | "numrooms" | "roomcount" | "roomsnumber"
    );
    (rooms && hints.speaks(&["es", "ca"])).then_some(Key {
        key: FactKey::Bedrooms,
        rank: 1,
        unit: None,
    })
}

/// Names of branches that hold other things than this property.
static ELSEWHERE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "similar|related|nearby|recommend|recent|agent|agency|agencies|broker|brokerage|customer|customers|\
        seller|sellers|branch|office|realtor|contact|owner|user|advertiser|publisher|company|vendor|school|\
        schools|amenities|poi|pois|pointsofinterest|transport|stations|search|filter|filters|facets|\
        criteria|suggest|history|comparable|comparables|comps|mortgage|loan|finance|financing|translations|\
        i18n|locale|messages|labels|dictionary|config|settings|experiments|tracking|analytics|ads|advert|\
        adverts|banner|seo|footer|header|navigation|menu|links|breadcrumb|calculator|estimate|estimates|\
        zestimate|avm|valuation|stats|statistics|market|neighborhood|neighbourhood|sold|carousel|sponsored|\
        cluster|reviews|targeting|targets|dfp|gtm|collections"
        .split('|')
        .collect()
});

/// Whether a branch with this name is about something else: other properties, the agent, the search form.
pub(super) fn elsewhere(name: &str) -> bool {
    // `Query{"contact":…}`, `Listing:12`: the name of a cached answer stands before its arguments.
    let name = name.split(['{', '(', ':']).next().unwrap_or(name);
    let name = &name[..super::fold::floor(name, 60)];
    let mut words = Vec::new();
    super::region::split_name(name, &mut words);
    let own = ["listing", "property", "home", "classified"];
    words.iter().any(|w| {
        ELSEWHERE.iter().any(|e| w == e || (e.len() >= 6 && w.starts_with(e)))
            // A camel-case name such as "recommendedListings" is split; a joined one is not.
            || (w.len() > 10 && ["similar", "related", "nearby", "recommend", "recently"].iter().any(|e| w.starts_with(e)))
    }) && !(words.len() == 1 && own.contains(&words[0].as_str()))
        || matches!(squash(&words).as_str(), "pricehistory" | "taxhistory" | "oldprice" | "previousprice" | "minprice" | "maxprice" | "pricerange" | "pricepersqft" | "pricepersqm" | "pricedrop" | "lastsold" | "lastsale" | "otherlistings" | "otherproperties" | "morelistings" | "moreproperties" | "streetview" | "pricereduction" | "pricechange")
}

fn squash(words: &[String]) -> String {
    words.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_spellings() {
        let hints = Hints::default();
        let key = |name| of(name, &hints).map(|k| k.key);
        assert_eq!(key("numberOfBedrooms"), Some(FactKey::Bedrooms));
        assert_eq!(key("nb_bedrooms"), Some(FactKey::Bedrooms));
        assert_eq!(key("structureSqFt"), Some(FactKey::LivingArea));
        assert_eq!(key("postal_code"), Some(FactKey::PostalCode));
        assert_eq!(key("numberOfRooms"), None);
        assert_eq!(key("pricePerSqft"), None);
        assert_eq!(of("structureSqFt", &hints).unwrap().unit, Some(Unit::SquareFeet));
        let spanish = Hints {
            language: Some("es".into()),
            country: None,
        };
        assert_eq!(of("rooms", &spanish).map(|k| k.key), Some(FactKey::Bedrooms));
    }

    #[test]
    fn branches_about_other_things() {
        for name in [
            "similarListings",
            "visibleRelevantAds",
            "customers",
            "agent",
            "nearbySoldProperties",
            "searchFilters",
            "priceHistory",
            "recommendations",
            "contactInfo",
        ] {
            assert!(elsewhere(name), "{name}");
        }
        for name in [
            "listing",
            "propertyData",
            "location",
            "price",
            "address",
            "features",
            "property",
            "classified",
        ] {
            assert!(!elsewhere(name), "{name}");
        }
    }
}
