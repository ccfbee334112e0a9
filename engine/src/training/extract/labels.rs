//! The words that people put beside a value: "Bedrooms", "Wohnfläche", "Año de construcción".

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::fact::{FactKey, Unit};

use super::fold::fold;

/// What a label announces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) key: FactKey,
    /// 0 says exactly this; higher says it less surely ("Size", "Usable area") and yields to a lower one.
    pub(super) rank: u8,
    /// The unit that the label itself names ("Square Feet").
    pub(super) unit: Option<Unit>,
    /// The label is nothing but a unit ("Sq Ft"), so it does not say what was measured.
    pub(super) bare: bool,
    /// The label says that the price is a rent.
    pub(super) rent: bool,
}

/// Labels that give a bare number its unit, by how the folded label ends or starts.
fn unit_of(label: &str) -> Option<Unit> {
    let ends = |list: &[&str]| {
        list.iter()
            .any(|e| label == *e || label.ends_with(&format!(" {e}")) || label.starts_with(&format!("{e} ")))
    };
    if ends(&["acres", "acre", "acreage"]) {
        Some(Unit::Acres)
    } else if ends(&["hectares", "ha"]) {
        Some(Unit::Hectares)
    } else if ends(&[
        "square feet",
        "square footage",
        "sq ft",
        "sqft",
        "sq feet",
        "square foot",
    ]) || label.contains(" sqft")
        || label.contains("sq ft")
    {
        Some(Unit::SquareFeet)
    } else if ends(&[
        "square metres",
        "square meters",
        "sqm",
        "sq m",
        "m2",
        "metros cuadrados",
        "metri quadri",
        "mq",
    ]) {
        Some(Unit::SquareMetres)
    } else {
        None
    }
}

static UNITS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "square feet|sq ft|sqft|sq feet|square metres|square meters|sqm|sq m|metros cuadrados|mq|m2|\
        metri quadri|metros|square foot|acres|acre"
        .split('|')
        .collect()
});

static RENTS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "rent|monthly rent|rent per month|rental price|rent pcm|price pcm|precio alquiler|precio de alquiler|\
        renta|loyer|loyer mensuel|loyer charges comprises|loyer cc|kaltmiete|nettokaltmiete|miete|\
        miete kalt|mietpreis|canone|canone mensile|canone di locazione|aluguel|renda|renda mensal|\
        valor do aluguel|preco do aluguel|huurprijs|huur|hyra|manadshyra|leie|warmmiete|gesamtmiete|\
        total rent"
        .split('|')
        .collect()
});

static TABLE: LazyLock<HashMap<String, Label>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (head, labels) in super::lists::sections(include_str!("words/labels.txt")) {
        let Some((key, rank)) = super::lists::ranked(head) else {
            continue;
        };
        for label in labels {
            let meaning = Label {
                key,
                rank,
                unit: unit_of(&label),
                bare: UNITS.contains(&label.as_str()),
                rent: key == FactKey::Price && RENTS.contains(&label.as_str()),
            };
            table.entry(label).or_insert(meaning);
        }
    }
    table
});

/// Words before a label that add nothing.
static LEADS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "number of|no of|nr of|num|total number of|numero de|n de|no de|num de|nombre de|nb de|nb|numero di|\
        n di|numero|anzahl der|anzahl|anz|aantal|no|nr|n|approx|approximate|ca|the|property|est|estimated|\
        # of|#|qtd de|quantidade de|antal"
        .split('|')
        .collect()
});

/// The one meaning of a label, or the meanings of one that names two fields ("Type & Year").
pub(super) fn of(text: &str) -> Vec<Label> {
    if text.len() > 80 {
        return Vec::new();
    }
    if let Some(label) = single(text) {
        return vec![label];
    }
    let parts: Vec<&str> = text.split(['&', '/', ',']).flat_map(|p| p.split(" and ")).collect();
    if parts.len() == 2 {
        let read: Vec<Label> = parts.iter().filter_map(|p| single(p)).collect();
        if read.len() == 2 && read[0].key != read[1].key {
            return read;
        }
        if read.len() == 2 {
            return vec![read[0]];
        }
    }
    Vec::new()
}

/// One label alone, with brackets, counts' lead-ins and trailing marks taken off.
pub(super) fn single(text: &str) -> Option<Label> {
    let bare = text.split('(').next().filter(|b| b.trim().len() > 1).unwrap_or(text);
    let full = fold(text);
    if let Some(label) = lookup(&full) {
        return Some(label);
    }
    let folded = fold(bare);
    let mut label = lookup(&folded)?;
    // "Area (sq ft)": the bracket names the unit.
    label.unit = label.unit.or_else(|| unit_of(&full));
    Some(label)
}

fn lookup(folded: &str) -> Option<Label> {
    if let Some(label) = TABLE.get(folded) {
        return Some(*label);
    }
    for lead in LEADS.iter() {
        if let Some(rest) = folded.strip_prefix(lead).and_then(|r| r.strip_prefix(' '))
            && let Some(label) = TABLE.get(rest)
        {
            return Some(*label);
        }
    }
    for tail in [
        " ca",
        " approx",
        " ii",
        " #",
        " no",
        " number",
        " info",
        " i",
        " approximately",
        " total",
    ] {
        if let Some(rest) = folded.strip_suffix(tail)
            && let Some(label) = TABLE.get(rest)
            // "BER no" is the certificate's number, not the rating.
            && (label.key == FactKey::Reference || !matches!(tail, " no" | " number" | " #"))
        {
            return Some(*label);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<FactKey> {
        single(text).map(|l| l.key)
    }

    #[test]
    fn labels_of_many_languages() {
        for (text, expected) in [
            ("Bedrooms:", FactKey::Bedrooms),
            ("No. of Bedrooms", FactKey::Bedrooms),
            ("Anzahl Schlafzimmer", FactKey::Bedrooms),
            ("Wohnfläche ca.", FactKey::LivingArea),
            ("Superficie construida", FactKey::LivingArea),
            ("Año de construcción", FactKey::YearBuilt),
            ("Erf Size", FactKey::LotArea),
            ("Grundstücksfläche", FactKey::LotArea),
            ("Kaufpreis", FactKey::Price),
            ("Bouwjaar", FactKey::YearBuilt),
            ("MLS #", FactKey::Reference),
            ("MLS #:", FactKey::Reference),
        ] {
            assert_eq!(key(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn rooms_are_not_bedrooms() {
        for text in [
            "Zimmer",
            "Pièces",
            "Rooms",
            "Locali",
            "Kamers",
            "Anzahl Zimmer",
            "Vani",
            "Bedroom 1",
            "Bedroom 1 surface",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    #[test]
    fn units_and_double_labels() {
        assert_eq!(single("Square Feet:").unwrap().unit, Some(Unit::SquareFeet));
        assert_eq!(single("Area (sq ft)").unwrap().unit, Some(Unit::SquareFeet));
        assert_eq!(single("Lot Size (Acres)").unwrap().unit, Some(Unit::Acres));
        assert_eq!(
            of("Type & Year:").iter().map(|l| l.key).collect::<Vec<_>>(),
            [FactKey::PropertyType, FactKey::YearBuilt]
        );
        assert!(single("Kaltmiete").unwrap().rent);
    }
}
