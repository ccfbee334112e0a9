//! Properties: what the realtor typed, and the facts that follow from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    fact::{Fact, FactKey, FactMethod, FactValue, Period, Span, Unit},
    fault::{Checks, is_storable},
    id::{BotId, OrganizationId, PropertyId},
    place,
    text::WebAddress,
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PropertyStatus {
    #[default]
    Active,
    Pending,
    Sold,
}

impl PropertyStatus {
    pub const ALL: [PropertyStatus; 3] = [Self::Active, Self::Pending, Self::Sold];
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Sold => "sold",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Pending => "Pending",
            Self::Sold => "Sold",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// What the realtor typed about a property beyond its address. Stored as one structured column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PropertyDetails {
    pub property_type: Option<String>,
    /// Cents.
    pub price_minor: Option<i64>,
    pub bedrooms: Option<f64>,
    pub bathrooms: Option<f64>,
    pub square_feet: Option<f64>,
    pub year_built: Option<i32>,
    /// Cents a month.
    pub hoa_fee_minor: Option<i64>,
    /// Cents a year.
    pub taxes_minor: Option<i64>,
    pub features: Vec<String>,
    pub description: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Property {
    pub id: PropertyId,
    pub organization_id: OrganizationId,
    pub bot_id: Option<BotId>,
    pub address: String,
    pub city: String,
    pub state: String,
    pub zip_code: String,
    pub listing_url: Option<String>,
    pub status: PropertyStatus,
    pub details: PropertyDetails,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Property {
    /// `12 Elm Street, Springfield, IL 62704`.
    pub fn full_address(&self) -> String {
        let place = [self.state.as_str(), self.zip_code.as_str()]
            .into_iter()
            .filter(|p| !p.is_empty());
        let place = place.collect::<Vec<_>>().join(" ");
        let parts = [self.address.as_str(), self.city.as_str(), place.as_str()];
        parts
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What the realtor's own form states; it outranks every trained source.
    pub fn facts(&self) -> Vec<Fact> {
        let d = &self.details;
        let text = |value: &str| (!value.is_empty()).then(|| FactValue::text(value));
        let dollars = |minor: Option<i64>, period| {
            minor.map(|minor| FactValue::Money {
                minor,
                currency: Some("USD".into()),
                period,
            })
        };
        let features = (!d.features.is_empty()).then(|| FactValue::List {
            items: d.features.clone(),
        });
        let stated = [
            (FactKey::Price, dollars(d.price_minor, None)),
            (FactKey::Bedrooms, d.bedrooms.map(FactValue::number)),
            (FactKey::Bathrooms, d.bathrooms.map(FactValue::number)),
            (
                FactKey::LivingArea,
                d.square_feet.map(|n| FactValue::measure(n, Unit::SquareFeet)),
            ),
            (
                FactKey::YearBuilt,
                d.year_built.map(|y| FactValue::number(f64::from(y))),
            ),
            (FactKey::PropertyType, d.property_type.as_deref().and_then(text)),
            (FactKey::HoaFee, dollars(d.hoa_fee_minor, Some(Period::Month))),
            (FactKey::Taxes, dollars(d.taxes_minor, Some(Period::Year))),
            (FactKey::Features, features),
            (FactKey::Address, text(&self.address)),
            (FactKey::City, text(&self.city)),
            (FactKey::Region, text(&self.state)),
            (FactKey::PostalCode, text(&self.zip_code)),
            (FactKey::Status, Some(FactValue::text(self.status.as_str()))),
            (FactKey::Description, d.description.as_deref().and_then(text)),
        ];
        let fact = |(key, value): (FactKey, Option<FactValue>)| {
            value.map(|value| Fact {
                key,
                label: None,
                span: Span {
                    quote: value.display_for(key),
                    locator: "the realtor's own entry".into(),
                },
                value,
                method: FactMethod::Realtor,
            })
        };
        stated.into_iter().filter_map(fact).collect()
    }
}

/// Where properties are that somebody looks for, as typed; what is empty does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceForm {
    pub address: String,
    pub city: String,
    pub state: String,
    pub zip_code: String,
}

impl PlaceForm {
    pub fn check(&self) -> Result<Self, Fault> {
        let mut checks = Checks::default();
        let checked = Self {
            address: checks.text("address", &self.address, false, 200),
            city: checks.text("city", &self.city, false, 100),
            state: checks.text("state", &self.state, false, 50),
            zip_code: checks.text("zip_code", &self.zip_code, false, 20),
        };
        checks.finish().map(|()| checked)
    }
}

/// The property step of the wizard and the property page: texts as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PropertyForm {
    pub address: String,
    pub city: String,
    pub state: String,
    pub zip_code: String,
    pub listing_url: String,
    pub status: String,
    pub property_type: String,
    pub price: String,
    pub bedrooms: String,
    pub bathrooms: String,
    pub square_feet: String,
    pub year_built: String,
    pub hoa_fee: String,
    pub taxes: String,
    /// One feature a line.
    pub features: String,
    pub description: String,
}

/// A property form whose every field was checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckedProperty {
    pub address: String,
    pub city: String,
    pub state: String,
    pub zip_code: String,
    pub listing_url: Option<String>,
    pub status: PropertyStatus,
    pub details: PropertyDetails,
}

impl PropertyForm {
    pub fn check(&self) -> Result<CheckedProperty, Fault> {
        let mut checks = Checks::default();
        let checked = CheckedProperty {
            address: checks.text("address", &self.address, true, 200),
            city: checks.text("city", &self.city, true, 100),
            state: checks.text("state", &self.state, true, 50),
            zip_code: self.zip(&mut checks),
            listing_url: optional(&self.listing_url)
                .and_then(|url| checks.take("listing_url", url.parse::<WebAddress>()))
                .map(String::from),
            status: match optional(&self.status) {
                None => PropertyStatus::default(),
                Some(status) => PropertyStatus::parse(status).unwrap_or_else(|| {
                    checks.push("status", "Choose active, pending or sold.");
                    PropertyStatus::default()
                }),
            },
            details: PropertyDetails {
                property_type: optional(&self.property_type).map(|t| checks.text("property_type", t, false, 60)),
                price_minor: self.amount(&mut checks, "price", &self.price),
                bedrooms: number(&mut checks, "bedrooms", &self.bedrooms, 0.0, 100.0),
                bathrooms: number(&mut checks, "bathrooms", &self.bathrooms, 0.0, 100.0),
                square_feet: number(&mut checks, "square_feet", &self.square_feet, 1.0, 10_000_000.0),
                year_built: self.year(&mut checks),
                hoa_fee_minor: self.amount(&mut checks, "hoa_fee", &self.hoa_fee),
                taxes_minor: self.amount(&mut checks, "taxes", &self.taxes),
                features: self.feature_lines(&mut checks),
                description: optional(&self.description).map(|t| checks.text("description", t, false, 5000)),
            },
        };
        checks.finish().map(|()| checked)
    }

    fn zip(&self, checks: &mut Checks) -> String {
        let zip = checks.text("zip_code", &self.zip_code, true, 20);
        checks.ensure(
            zip.is_empty() || !place::is_us_state(&self.state) || place::is_zip_code(&zip),
            "zip_code",
            "A ZIP code has five digits, such as 62704.",
        );
        zip
    }

    fn year(&self, checks: &mut Checks) -> Option<i32> {
        let year = number(checks, "year_built", &self.year_built, 1000.0, 2200.0)?;
        checks.ensure(year.fract() == 0.0, "year_built", "Give a whole year, such as 1972.");
        Some(year as i32)
    }

    fn amount(&self, checks: &mut Checks, field: &str, value: &str) -> Option<i64> {
        let text: String = value.chars().filter(|c| !matches!(c, '$' | ',' | ' ')).collect();
        if text.is_empty() {
            return None;
        }
        let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |t: &str| t.chars().all(|c| c.is_ascii_digit());
        let cents = match cents.len() {
            0 => Some(0),
            1 if digits(cents) => cents.parse::<i64>().ok().map(|c| c * 10),
            2 if digits(cents) => cents.parse::<i64>().ok(),
            _ => None,
        };
        let whole = digits(whole).then(|| whole.parse::<i64>().ok()).flatten();
        let minor = whole.zip(cents).and_then(|(w, c)| w.checked_mul(100)?.checked_add(c));
        let minor = minor.filter(|m| *m <= 100_000_000_000_000);
        if minor.is_none() {
            checks.push(field, "Give an amount in dollars, such as 489,000 or 245.50.");
        }
        minor
    }

    fn feature_lines(&self, checks: &mut Checks) -> Vec<String> {
        let lines: Vec<String> = self
            .features
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect();
        checks.ensure(lines.len() <= 100, "features", "At most 100 features, one a line.");
        checks.ensure(
            lines.iter().all(|l| l.chars().count() <= 200),
            "features",
            "At most 200 characters a line.",
        );
        checks.ensure(
            lines.iter().all(|l| is_storable(l)),
            "features",
            "One of them has a character that cannot be stored.",
        );
        lines
    }
}

impl From<&Property> for PropertyForm {
    /// The form as it would have to be filled in to give this property.
    fn from(p: &Property) -> Self {
        let d = &p.details;
        let plain = |n: Option<f64>| n.map(|n| n.to_string()).unwrap_or_default();
        let amount = |m: Option<i64>| m.map(|m| crate::fact::money(m, None)).unwrap_or_default();
        Self {
            address: p.address.clone(),
            city: p.city.clone(),
            state: p.state.clone(),
            zip_code: p.zip_code.clone(),
            listing_url: p.listing_url.clone().unwrap_or_default(),
            status: p.status.as_str().into(),
            property_type: d.property_type.clone().unwrap_or_default(),
            price: amount(d.price_minor),
            bedrooms: plain(d.bedrooms),
            bathrooms: plain(d.bathrooms),
            square_feet: plain(d.square_feet),
            year_built: d.year_built.map(|y| y.to_string()).unwrap_or_default(),
            hoa_fee: amount(d.hoa_fee_minor),
            taxes: amount(d.taxes_minor),
            features: d.features.join("\n"),
            description: d.description.clone().unwrap_or_default(),
        }
    }
}

fn optional(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|t| !t.is_empty())
}

fn number(checks: &mut Checks, field: &str, value: &str, least: f64, most: f64) -> Option<f64> {
    let text = optional(value)?.replace(',', "");
    let parsed = text
        .parse::<f64>()
        .ok()
        .filter(|n| n.is_finite() && (least..=most).contains(n));
    if parsed.is_none() {
        checks.push(field, format!("Give a number from {least} to {most}."));
    }
    parsed
}

/// Whether two street addresses name different houses: both have numbers and none in common, or both name a street and
/// share no word of it. What cannot be told apart counts as the same house.
pub fn is_another_house(a: &str, b: &str) -> bool {
    let (a, b) = (AddressWords::new(a), AddressWords::new(b));
    let apart = |a: &[String], b: &[String]| !a.is_empty() && !b.is_empty() && !a.iter().any(|word| b.contains(word));
    apart(&a.numbers, &b.numbers) || apart(&a.street, &b.street)
}

struct AddressWords {
    numbers: Vec<String>,
    street: Vec<String>,
}

impl AddressWords {
    fn new(address: &str) -> Self {
        const ORDINALS: [&str; 10] = [
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
        ];
        /// Words that many addresses share.
        const COMMON: &str = " street st road rd avenue ave lane ln drive dr court ct boulevard blvd place pl way terrace ter circle cir \
            highway hwy parkway pkwy square sq trail trl loop unit apt apartment suite ste floor fl north south east west northeast northwest southeast southwest n s e w ne nw \
            se sw the of de la calle rua via rue strasse ";
        let words = address
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty());
        let words = words.map(str::to_lowercase).map(|word| {
            let nth = ORDINALS.iter().position(|ordinal| *ordinal == word);
            nth.map_or(word, |n| {
                ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th"][n].to_owned()
            })
        });
        let is_number = |word: &String| word.starts_with(|c: char| c.is_ascii_digit()) && !is_ordinal(word);
        let (numbers, street): (Vec<_>, Vec<_>) = words.partition(is_number);
        let telling = |word: &String| !COMMON.split(' ').any(|common| common == word);
        Self {
            numbers,
            street: street.into_iter().filter(telling).collect(),
        }
    }
}

/// `3rd`, `42nd`: a street's name, no house.
fn is_ordinal(word: &str) -> bool {
    ["st", "nd", "rd", "th"].iter().any(|end| {
        word.strip_suffix(end)
            .is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form() -> PropertyForm {
        PropertyForm {
            address: "12 Elm Street".into(),
            city: "Springfield".into(),
            state: "IL".into(),
            zip_code: "62704".into(),
            price: "$489,000".into(),
            bathrooms: "2.5".into(),
            hoa_fee: "245.50".into(),
            features: "New roof\n\n Corner lot ".into(),
            ..PropertyForm::default()
        }
    }

    #[test]
    fn amounts_and_lines_are_read() {
        let checked = form().check().unwrap();
        assert_eq!(checked.details.price_minor, Some(48_900_000));
        assert_eq!(checked.details.hoa_fee_minor, Some(24_550));
        assert_eq!(checked.details.features, ["New roof", "Corner lot"]);
    }

    #[test]
    fn what_is_wrong_is_told_by_field() {
        let bad = PropertyForm {
            price: "a lot".into(),
            zip_code: "6270".into(),
            year_built: "19".into(),
            listing_url: "elm".into(),
            ..form()
        };
        let fault = bad.check().unwrap_err();
        for field in ["price", "zip_code", "year_built", "listing_url"] {
            assert!(fault.for_field(field).is_some(), "{field}");
        }
    }

    proptest! {
        #[test]
        fn any_amount_typed_is_exact_or_refused(whole in 0i64..1_000_000_000, cents in 0i64..100) {
            let typed = PropertyForm { price: format!("{whole}.{cents:02}"), ..form() };
            prop_assert_eq!(typed.check().unwrap().details.price_minor, Some(whole * 100 + cents));
        }
        #[test]
        fn checking_never_panics(price in ".{0,40}", beds in ".{0,20}", year in ".{0,20}") {
            let _ = PropertyForm { price, bedrooms: beds, year_built: year, ..form() }.check();
        }
    }

    #[test]
    fn houses_are_told_apart_by_their_numbers() {
        for (a, b) in [
            ("418 Larkspur Lane", "418 larkspur ln, Unit 2"),
            ("Calle Mayor 12", "C/ Mayor, 12"),
            ("Elm Street 12", "12 Elm St"),
            ("12b Elm St", "12B Elm Street"),
            ("1547 NW 3rd Ave", "1547 Northwest Third Avenue"),
        ] {
            assert!(!is_another_house(a, b), "{a} and {b}");
        }
        for (a, b) in [
            ("418 Larkspur Lane", "418 Juniper Lane"),
            ("418 Larkspur Lane", "77 Larkspur Lane"),
            ("12 3rd St", "14 3rd St"),
            ("12 Elm St", "12b Elm St"),
        ] {
            assert!(is_another_house(a, b), "{a} and {b}");
        }
    }
}
