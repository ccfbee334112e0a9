//! Numbers on the wire. Credits are whole numbers with the exact milli-credits beside them; money is whole cents with
//! its currency, and the dollars that the documents show.

use domain::credits::Credits;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Schema, Type},
};

use super::schema::typed;

/// What a call was charged.
#[derive(Debug, Serialize, ToSchema)]
pub struct Used {
    /// Whole credits, rounded down.
    credits_used: i64,
    /// Exactly: a thousand of them are a credit.
    credits_used_milli: i64,
}

impl From<Credits> for Used {
    fn from(credits: Credits) -> Self {
        Self {
            credits_used: credits.floor(),
            credits_used_milli: credits.as_milli(),
        }
    }
}

/// A whole number, however it is written: `5` and `5.0` are the same to JSON Schema.
pub fn whole<'de, D: Deserializer<'de>>(number: D) -> Result<i64, D::Error> {
    whole_of(&Number::deserialize(number)?)
}

/// The same, or `null`.
pub fn whole_or_null<'de, D: Deserializer<'de>>(number: D) -> Result<Option<i64>, D::Error> {
    Option::<Number>::deserialize(number)?
        .as_ref()
        .map(whole_of)
        .transpose()
}

fn whole_of<E: serde::de::Error>(number: &Number) -> Result<i64, E> {
    let written = || {
        let exact = number.as_f64().filter(|exact| exact.fract() == 0.0)?;
        format!("{exact:.0}").parse().ok()
    };
    let whole = number.as_i64().or_else(written);
    whole.ok_or_else(|| E::custom("a whole number is wanted"))
}

/// Cents as dollars: `489000`, or `245.5` where there are cents.
pub fn dollars(minor: i64) -> Number {
    match minor % 100 {
        0 => Number::from(minor / 100),
        // Exact to the cent below 90 trillion, where a double has digits left.
        _ => Number::from_f64(minor as f64 / 100.0).unwrap_or_else(|| Number::from(minor / 100)),
    }
}

/// A count: `3`, or `2.5` for bathrooms.
pub fn count(number: f64) -> Number {
    let whole = number as i64;
    if whole as f64 == number {
        Number::from(whole)
    } else {
        Number::from_f64(number).unwrap_or_else(|| Number::from(whole))
    }
}

/// A number as it is sent, as the text of a form: `3`, `"3"`, `489000.50` and `"$489,000.50"` alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(pub String);

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(Number),
            Text(String),
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::Number(number) => text_of(&number),
            Either::Text(text) => text,
        }))
    }
}

/// The decimals that a number stands for: `0.1 + 0.2` is sent as a double that is not quite 0.3.
fn text_of(number: &Number) -> String {
    let exact = number.to_string();
    let Some(double) = number.as_f64().filter(|double| number.is_f64() && double.abs() < 1e13) else {
        return exact;
    };
    let cents = (double * 100.0).round();
    match (cents / 100.0 - double).abs() <= double.abs() * f64::EPSILON {
        // A zero has no sign in a form.
        true => (cents / 100.0 + 0.0).to_string(),
        false => exact,
    }
}

/// Dollars, to the cent.
pub fn amount() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Number).multiple_of(Some(0.01));
    let text = r"^(\$?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?)?$";
    typed(
        number,
        0,
        1_000_000_000_000,
        text,
        "Dollars, such as `489000`, `245.5` or `\"$489,000.50\"`.",
    )
}

pub fn rooms() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Number);
    typed(
        number,
        0,
        100,
        r"^([0-9]{1,2}(\.[0-9]{1,2})?)?$",
        "How many, such as `3`, `2.5` or `\"2.5\"`.",
    )
}

pub fn square_feet() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Number);
    let text = r"^([1-9][0-9]{0,6}|[1-9][0-9]{0,2}(,[0-9]{3})?)?$";
    typed(
        number,
        1,
        10_000_000,
        text,
        "Square feet, such as `1840` or `\"1,840\"`.",
    )
}

pub fn year() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    typed(
        number,
        1000,
        2200,
        "^(1[0-9]{3}|2[01][0-9]{2})?$",
        "Such as `1972` or `\"1972\"`.",
    )
}

/// Tells a field that is absent (`None`) from one that is null (`Some(None)`).
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_and_counts_read_as_people_write_them() {
        assert_eq!(dollars(48_900_000).to_string(), "489000");
        assert_eq!(dollars(24_550).to_string(), "245.5");
        assert_eq!(count(3.0).to_string(), "3");
        assert_eq!(count(2.5).to_string(), "2.5");
        let typed = |json: &str| serde_json::from_str::<Typed>(json).unwrap().0;
        assert_eq!(typed("489000"), "489000");
        assert_eq!(typed("489000.50"), "489000.5");
        assert_eq!(typed("3.0"), "3");
        assert_eq!(typed("-0.0"), "0");
        assert_eq!(typed("0.30000000000000004"), "0.3");
        assert_eq!(typed("1000000000000.01"), "1000000000000.01");
        assert_eq!(typed("2.125"), "2.125");
        assert_eq!(typed("\"$489,000.50\""), "$489,000.50");
    }
}
