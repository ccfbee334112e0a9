//! Numbers on the wire. Credits are whole numbers with the exact milli-credits beside them; money is whole cents with
//! its currency, and the dollars that the documents show.

use domain::credits::Credits;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;

/// What a call was charged.
#[derive(Debug, Serialize)]
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
            Either::Number(number) => {
                let text = number.to_string();
                text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
            }
            Either::Text(text) => text,
        }))
    }
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
        assert_eq!(typed("\"$489,000.50\""), "$489,000.50");
    }
}
