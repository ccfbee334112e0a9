//! Credits and the price list. Amounts are whole milli-credits (1 credit = 1,000), checked, never floats.

#![deny(clippy::float_arithmetic)]

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount of credits, counted in milli-credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credits(i64);

impl Credits {
    pub const ZERO: Credits = Credits(0);

    pub const fn milli(milli: i64) -> Self {
        Self(milli)
    }
    /// `None` when it does not fit.
    pub const fn whole(credits: i64) -> Option<Self> {
        match credits.checked_mul(1000) {
            Some(milli) => Some(Self(milli)),
            None => None,
        }
    }
    pub const fn as_milli(self) -> i64 {
        self.0
    }
    /// Whole credits, rounded down: what the API's integer fields carry.
    pub const fn floor(self) -> i64 {
        self.0.div_euclid(1000)
    }
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }
}

impl fmt::Display for Credits {
    /// `1,000`, `0.5`, `-12.25`: no more decimals than needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, milli) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        let mut text = String::new();
        let digits = whole.to_string();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(',');
            }
            text.push(c);
        }
        if milli != 0 {
            text.push_str(format!(".{milli:03}").trim_end_matches('0'));
        }
        write!(f, "{}{text}", if self.0 < 0 { "-" } else { "" })
    }
}

/// What a credit buys. The only place that knows the names of chargeable things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priced {
    BotCreation,
    DataTraining,
    AiConversation,
    QrScan,
}

impl Priced {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BotCreation => "bot_creation",
            Self::DataTraining => "data_training",
            Self::AiConversation => "ai_conversation",
            Self::QrScan => "qr_scan",
        }
    }
}

/// Prices and the starting grant, from configuration. The defaults are the published price list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// Stored with each move, so that an old charge can be explained after a change.
    pub version: i64,
    pub bot: Credits,
    pub source: Credits,
    pub reply: Credits,
    pub scan: Credits,
    pub registration_grant: Credits,
    /// What a credit is bought for, in US cents.
    pub credit_cents: u32,
}

impl PriceList {
    pub const fn of(&self, priced: Priced) -> Credits {
        match priced {
            Priced::BotCreation => self.bot,
            Priced::DataTraining => self.source,
            Priced::AiConversation => self.reply,
            Priced::QrScan => self.scan,
        }
    }

    /// What so many whole credits are bought for, in US cents; `None` where it does not fit.
    pub const fn cents_of(&self, credits: i64) -> Option<i64> {
        credits.checked_mul(self.credit_cents as i64)
    }
}

impl Default for PriceList {
    fn default() -> Self {
        Self {
            version: 1,
            bot: Credits::milli(10_000),
            source: Credits::milli(5_000),
            reply: Credits::milli(1_000),
            scan: Credits::milli(1_000),
            registration_grant: Credits::milli(1_000_000),
            credit_cents: 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn credits_read_well() {
        assert_eq!(Credits::milli(1_000_000).to_string(), "1,000");
        assert_eq!(Credits::milli(500).to_string(), "0.5");
        assert_eq!(Credits::milli(-12_250).to_string(), "-12.25");
        assert_eq!(Credits::milli(-1).floor(), -1);
    }

    proptest! {
        #[test]
        fn arithmetic_is_exact_or_absent(a: i64, b: i64) {
            prop_assert_eq!(Credits::milli(a).checked_add(Credits::milli(b)).map(Credits::as_milli), a.checked_add(b));
            prop_assert_eq!(Credits::milli(a).checked_sub(Credits::milli(b)).map(Credits::as_milli), a.checked_sub(b));
            prop_assert_eq!(Credits::whole(a).map(Credits::as_milli), a.checked_mul(1000));
        }
    }
}
