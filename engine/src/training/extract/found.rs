//! A fact as one source of the page states it, before the sources are weighed.

use domain::fact::{Fact, FactKey, FactMethod, FactValue, Span};

use super::fold::{clip, tidy};

/// How much a source is believed, 0–100. Two readings within a factor of 1.4 of each other contradict.
pub(super) mod trust {
    /// Structured data about the page's own listing.
    pub(in super::super) const DATA: u8 = 92;
    pub(in super::super) const STATE: u8 = 84;
    /// "Bedrooms: 3" in a table or list.
    pub(in super::super) const PAIR: u8 = 86;
    pub(in super::super) const LOOSE_PAIR: u8 = 66;
    /// The main heading and the title.
    pub(in super::super) const HEADLINE: u8 = 72;
    /// A tag made for the one value (`og:price:amount`).
    pub(in super::super) const META: u8 = 74;
    /// A short line beside the heading: "4 Bed · 3 Bath · 151 m²".
    pub(in super::super) const CHIP: u8 = 64;
    pub(in super::super) const HINT: u8 = 46;
    /// A sentence of the description.
    pub(in super::super) const SENTENCE: u8 = 40;
}

#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) key: FactKey,
    pub(super) value: FactValue,
    pub(super) label: Option<String>,
    pub(super) method: FactMethod,
    pub(super) trust: u8,
    pub(super) quote: String,
    pub(super) locator: String,
}

impl Found {
    pub(super) fn new(
        key: FactKey,
        value: FactValue,
        method: FactMethod,
        trust: u8,
        quote: &str,
        locator: impl Into<String>,
    ) -> Self {
        Self {
            key,
            value,
            label: None,
            method,
            trust,
            quote: clip(&tidy(quote), 300),
            locator: clip(&locator.into(), 160),
        }
    }

    pub(super) fn labelled(mut self, label: &str) -> Self {
        self.label = Some(clip(&tidy(label), 60));
        self
    }

    pub(super) fn number(&self) -> Option<f64> {
        match &self.value {
            FactValue::Number { number, .. } => Some(*number),
            FactValue::Money { minor, .. } => Some(*minor as f64 / 100.0),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> &str {
        match &self.value {
            FactValue::Text { text } => text,
            _ => "",
        }
    }

    pub(super) fn into_fact(self) -> Fact {
        Fact {
            key: self.key,
            label: self.label,
            value: self.value,
            method: self.method,
            span: Span {
                quote: self.quote,
                locator: self.locator,
            },
        }
    }
}
