//! A *fact* is one field of a property with the place it was read from.
//!
//! Facts are what Porchlight may state about a house. They are produced by training (from pages,
//! files and text) and by the realtor's own form, and they are the only values, beside quoted
//! passages, that the fact lock lets through to a buyer.

use serde::{Deserialize, Serialize};

/// Which field of a property a fact states. The text form (`as_str`) is stable: it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKey {
    Title,
    Price,
    /// Sale or rent; `Text("sale")` or `Text("rent")`.
    Offer,
    /// `Text("active" | "pending" | "sold")`.
    Status,
    Bedrooms,
    Bathrooms,
    HalfBathrooms,
    LivingArea,
    LotArea,
    YearBuilt,
    PropertyType,
    Address,
    City,
    Region,
    PostalCode,
    Country,
    Latitude,
    Longitude,
    HoaFee,
    Taxes,
    Parking,
    Stories,
    Heating,
    Cooling,
    Roof,
    Flooring,
    Basement,
    Pool,
    Pets,
    School,
    EnergyRating,
    Tenure,
    Reference,
    Features,
    Description,
    AgentName,
    AgentCompany,
    /// A labelled value that has no key of its own; the fact's `label` says what it is.
    Other,
}

macro_rules! fact_keys {
    ($($key:ident => $text:literal, $label:literal;)+) => {
        impl FactKey {
            pub const ALL: &'static [FactKey] = &[$(FactKey::$key),+];
            /// The stored name.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$key => $text),+ } }
            /// What a person reads.
            pub const fn label(self) -> &'static str { match self { $(Self::$key => $label),+ } }
            pub fn parse(text: &str) -> Option<Self> { match text { $($text => Some(Self::$key),)+ _ => None } }
        }
    };
}

fact_keys! {
    Title => "title", "Title";
    Price => "price", "Price";
    Offer => "offer", "Offered for";
    Status => "status", "Status";
    Bedrooms => "bedrooms", "Bedrooms";
    Bathrooms => "bathrooms", "Bathrooms";
    HalfBathrooms => "half_bathrooms", "Half bathrooms";
    LivingArea => "living_area", "Living area";
    LotArea => "lot_area", "Lot size";
    YearBuilt => "year_built", "Year built";
    PropertyType => "property_type", "Property type";
    Address => "address", "Address";
    City => "city", "City";
    Region => "region", "State or region";
    PostalCode => "postal_code", "ZIP or postal code";
    Country => "country", "Country";
    Latitude => "latitude", "Latitude";
    Longitude => "longitude", "Longitude";
    HoaFee => "hoa_fee", "HOA fee";
    Taxes => "taxes", "Property taxes";
    Parking => "parking", "Parking";
    Stories => "stories", "Stories";
    Heating => "heating", "Heating";
    Cooling => "cooling", "Cooling";
    Roof => "roof", "Roof";
    Flooring => "flooring", "Flooring";
    Basement => "basement", "Basement";
    Pool => "pool", "Pool";
    Pets => "pets", "Pets";
    School => "school", "Schools";
    EnergyRating => "energy_rating", "Energy rating";
    Tenure => "tenure", "Tenure";
    Reference => "reference", "Listing number";
    Features => "features", "Features";
    Description => "description", "Description";
    AgentName => "agent_name", "Agent";
    AgentCompany => "agent_company", "Agency";
    Other => "other", "Other";
}

/// A unit a number is stated in, as the source wrote it; never converted silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    SquareFeet,
    SquareMetres,
    SquareYards,
    Acres,
    Hectares,
    Spaces,
}

impl Unit {
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::SquareFeet => "sq ft",
            Self::SquareMetres => "m²",
            Self::SquareYards => "sq yd",
            Self::Acres => "acres",
            Self::Hectares => "ha",
            Self::Spaces => "spaces",
        }
    }
}

/// How often an amount of money is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    pub const fn per(self) -> &'static str {
        match self {
            Self::Week => "per week",
            Self::Month => "per month",
            Self::Quarter => "per quarter",
            Self::Year => "per year",
        }
    }
}

/// What a fact says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FactValue {
    Text {
        text: String,
    },
    /// A count or a measure: 3 bedrooms, 2.5 bathrooms, 1,176 sq ft, a latitude.
    Number {
        number: f64,
        unit: Option<Unit>,
    },
    /// Minor units (cents) of an ISO 4217 currency. `currency` is `None` where the source names none.
    Money {
        minor: i64,
        currency: Option<String>,
        period: Option<Period>,
    },
    Flag {
        flag: bool,
    },
    List {
        items: Vec<String>,
    },
}

impl FactValue {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
    pub const fn number(number: f64) -> Self {
        Self::Number { number, unit: None }
    }
    pub const fn measure(number: f64, unit: Unit) -> Self {
        Self::Number {
            number,
            unit: Some(unit),
        }
    }

    /// The value as a person reads it: `$489,000`, `1,176 sq ft`, `2.5`, `Yes`.
    pub fn display(&self) -> String {
        match self {
            Self::Text { text } => text.clone(),
            Self::Number { number, unit: None } => group_number(*number, 6),
            Self::Number {
                number,
                unit: Some(unit),
            } => {
                format!("{} {}", group_number(*number, 2), unit.symbol())
            }
            Self::Money {
                minor,
                currency,
                period,
            } => {
                let amount = money(*minor, currency.as_deref());
                match period {
                    Some(period) => format!("{amount} {}", period.per()),
                    None => amount,
                }
            }
            Self::Flag { flag: true } => "Yes".into(),
            Self::Flag { flag: false } => "No".into(),
            Self::List { items } => items.join(", "),
        }
    }

    /// A year, a coordinate or a reference reads without thousands separators.
    pub fn display_for(&self, key: FactKey) -> String {
        match (key, self) {
            (FactKey::YearBuilt | FactKey::Latitude | FactKey::Longitude, Self::Number { number, .. }) => {
                format!("{number}")
            }
            _ => self.display(),
        }
    }
}

/// How a fact was read. Order is trust: what the realtor typed outranks what a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactMethod {
    Realtor,
    JsonLd,
    Microdata,
    State,
    Table,
    Meta,
    Text,
}

/// Where in its source a fact stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The words of the source that state the fact, as found (at most 300 characters).
    pub quote: String,
    /// A path within the source: `json-ld offers.price`, `table "Year Built"`, `text`.
    pub locator: String,
}

/// One field of a property, read from one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub key: FactKey,
    /// The source's own label, for [`FactKey::Other`] and for showing.
    pub label: Option<String>,
    pub value: FactValue,
    pub method: FactMethod,
    pub span: Span,
}

impl Fact {
    /// The name a person reads for this fact.
    pub fn name(&self) -> &str {
        match (&self.label, self.key) {
            (Some(label), FactKey::Other) => label,
            (_, key) => key.label(),
        }
    }
    pub fn display(&self) -> String {
        self.value.display_for(self.key)
    }
}

/// An amount as a person reads it: `$489,000`, `€1,250.50`, `ZAR 1,395,000`, `489,000`.
pub fn money(minor: i64, currency: Option<&str>) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let (whole, cents) = (minor.unsigned_abs() / 100, minor.unsigned_abs() % 100);
    let mut amount = group_digits(&whole.to_string());
    if cents != 0 {
        amount.push_str(&format!(".{cents:02}"));
    }
    match currency {
        Some("USD") => format!("{sign}${amount}"),
        Some("EUR") => format!("{sign}€{amount}"),
        Some("GBP") => format!("{sign}£{amount}"),
        Some("INR") => format!("{sign}₹{amount}"),
        Some(code) => format!("{sign}{code} {amount}"),
        None => format!("{sign}{amount}"),
    }
}

/// `1234567.5` → `1,234,567.5`, at most `places` decimals.
pub fn group_number(number: f64, places: usize) -> String {
    let text = format!("{number:.places$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let grouped = group_digits(whole);
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

fn group_digits(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_parses_back_from_its_stored_name() {
        for key in FactKey::ALL {
            assert_eq!(FactKey::parse(key.as_str()), Some(*key));
            assert_eq!(serde_json::to_value(key).unwrap(), key.as_str());
        }
    }

    #[test]
    fn money_and_measures_read_like_a_listing() {
        assert_eq!(money(48_900_000, Some("USD")), "$489,000");
        assert_eq!(money(125_050, Some("EUR")), "€1,250.50");
        assert_eq!(money(-500, None), "-5");
        assert_eq!(FactValue::measure(1176.0, Unit::SquareFeet).display(), "1,176 sq ft");
        assert_eq!(FactValue::number(2.5).display(), "2.5");
        assert_eq!(FactValue::number(1972.0).display_for(FactKey::YearBuilt), "1972");
        assert_eq!(group_number(0.25, 2), "0.25");
    }
}
