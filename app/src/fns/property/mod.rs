//! Properties as the console shows and changes them.

mod choices;
mod create;
mod delete;
mod get;
mod list;
mod update;

use domain::{
    fact::{group_number, money},
    listing::{Property, PropertyForm, PropertyStatus},
};
use serde::{Deserialize, Serialize};

pub use choices::*;
pub use create::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use update::*;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyRow {
    pub id: String,
    pub address: String,
    /// `Springfield, IL 62704`.
    pub place: String,
    pub status: PropertyStatus,
    /// `$489,000`, or empty.
    pub price: String,
    /// `3 beds, 2 baths, 1,176 sq ft`, as far as it is known.
    pub size: String,
    /// The bot that answers for it.
    pub bot_id: Option<String>,
}

impl From<Property> for PropertyRow {
    fn from(property: Property) -> Self {
        let d = &property.details;
        let counted = |n: Option<f64>, one: &str, many: &str| {
            n.map(|n| format!("{} {}", group_number(n, 2), if n == 1.0 { one } else { many }))
        };
        let size = [
            counted(d.bedrooms, "bed", "beds"),
            counted(d.bathrooms, "bath", "baths"),
            counted(d.square_feet, "sq ft", "sq ft"),
        ];
        Self {
            id: property.id.to_string(),
            place: format!("{}, {} {}", property.city, property.state, property.zip_code),
            status: property.status,
            price: d.price_minor.map(|minor| money(minor, Some("USD"))).unwrap_or_default(),
            size: size.into_iter().flatten().collect::<Vec<_>>().join(", "),
            bot_id: property.bot_id.map(|id| id.to_string()),
            address: property.address,
        }
    }
}

/// A property's own page: the form as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PropertyView {
    pub id: String,
    pub bot_id: String,
    pub form: PropertyForm,
}

impl From<Property> for PropertyView {
    fn from(property: Property) -> Self {
        Self {
            id: property.id.to_string(),
            bot_id: property.bot_id.map(|id| id.to_string()).unwrap_or_default(),
            form: PropertyForm::from(&property),
        }
    }
}

/// One line of a select of properties; `bot_id` lets a form offer a bot's own first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyChoice {
    pub id: String,
    pub address: String,
    pub bot_id: Option<String>,
}

/// The bot that a select names: none where nothing was chosen.
pub fn chosen(id: &str) -> Option<&str> {
    Some(id.trim()).filter(|id| !id.is_empty())
}

impl From<Property> for PropertyChoice {
    fn from(property: Property) -> Self {
        let bot_id = property.bot_id.map(|id| id.to_string());
        Self {
            id: property.id.to_string(),
            address: property.full_address(),
            bot_id,
        }
    }
}
