//! Areas in running text: `1,176 sq.ft.`, `172 m²`, `0.16 ha`, `10000 Sq. Yards`.

use domain::fact::Unit;
use std::sync::LazyLock;

use super::fold::{ceil, floor, fold};
use super::number::{Decimal, Num, numbers, settle};

/// One measured area and what the words around it say it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) value: f64,
    pub(super) unit: Unit,
    pub(super) about: About,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Said to be living, floor or built area.
    Living,
    /// Said to be the usable part of it, inside the walls.
    Usable,
    /// Said to be the plot.
    Lot,
    /// A part only: a terrace, a garden, a room, a garage.
    Part,
    Unsaid,
}

/// Spellings with every character but letters, digits and `²` removed, longest first.
const UNITS: [(&str, Unit); 58] = [
    ("quadratmeter", Unit::SquareMetres),
    ("metroscuadrados", Unit::SquareMetres),
    ("metrosquadrados", Unit::SquareMetres),
    ("metriquadrati", Unit::SquareMetres),
    ("metriquadri", Unit::SquareMetres),
    ("mètrescarrés", Unit::SquareMetres),
    ("metrescarres", Unit::SquareMetres),
    ("squaremetres", Unit::SquareMetres),
    ("squaremeters", Unit::SquareMetres),
    ("squaremetre", Unit::SquareMetres),
    ("squaremeter", Unit::SquareMetres),
    ("vierkantemeter", Unit::SquareMetres),
    ("sqmetres", Unit::SquareMetres),
    ("sqmeters", Unit::SquareMetres),
    ("sqmtrs", Unit::SquareMetres),
    ("sqmts", Unit::SquareMetres),
    ("sqmt", Unit::SquareMetres),
    ("sqm", Unit::SquareMetres),
    ("mts²", Unit::SquareMetres),
    ("mts2", Unit::SquareMetres),
    ("mt²", Unit::SquareMetres),
    ("mt2", Unit::SquareMetres),
    ("mq", Unit::SquareMetres),
    ("qm", Unit::SquareMetres),
    ("kvm", Unit::SquareMetres),
    ("m²", Unit::SquareMetres),
    ("m2", Unit::SquareMetres),
    ("㎡", Unit::SquareMetres),
    ("squarefootage", Unit::SquareFeet),
    ("squarefeet", Unit::SquareFeet),
    ("squarefoot", Unit::SquareFeet),
    ("squareft", Unit::SquareFeet),
    ("sqfeet", Unit::SquareFeet),
    ("sqfoot", Unit::SquareFeet),
    ("sqft", Unit::SquareFeet),
    ("ft²", Unit::SquareFeet),
    ("ft2", Unit::SquareFeet),
    ("sf", Unit::SquareFeet),
    ("piescuadrados", Unit::SquareFeet),
    ("squareyards", Unit::SquareYards),
    ("squareyard", Unit::SquareYards),
    ("sqyards", Unit::SquareYards),
    ("sqyard", Unit::SquareYards),
    ("sqyds", Unit::SquareYards),
    ("sqyd", Unit::SquareYards),
    ("acres", Unit::Acres),
    ("acre", Unit::Acres),
    ("ac", Unit::Acres),
    ("hectáreas", Unit::Hectares),
    ("hectareas", Unit::Hectares),
    ("hectares", Unit::Hectares),
    ("hectare", Unit::Hectares),
    ("hektar", Unit::Hectares),
    ("ettari", Unit::Hectares),
    ("has", Unit::Hectares),
    ("ha", Unit::Hectares),
    ("sqmetre", Unit::SquareMetres),
    ("sqmeter", Unit::SquareMetres),
];

/// The unit that starts `text` and how many bytes it takes.
pub(super) fn unit_at(text: &str) -> Option<(Unit, usize)> {
    let mut squeezed = String::new();
    let mut ends: Vec<usize> = Vec::new(); // end offset in `text` after each squeezed char
    let mut gap = 0;
    for (i, c) in text.char_indices().take(22) {
        let c = if c == 'M' && squeezed.is_empty() {
            'm'
        } else {
            c.to_lowercase().next().unwrap_or(c)
        };
        if c.is_alphanumeric() || matches!(c, '²' | '㎡') {
            squeezed.push(c);
            ends.push(i + text[i..].chars().next().map_or(1, char::len_utf8));
            gap = 0;
        } else if matches!(c, ' ' | '.' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '-') && gap < 2 {
            gap += 1;
        } else {
            break;
        }
    }
    for (spelling, unit) in UNITS {
        if !squeezed.starts_with(spelling) {
            continue;
        }
        let end = ends[spelling.chars().count() - 1];
        // The spelling must end where a word ends.
        let next = text[end..].chars().next();
        let digit_unit = spelling.ends_with(['2', '²']);
        if next.is_some_and(|c| c.is_alphabetic() || (c.is_ascii_digit() && !digit_unit))
            || (digit_unit && next.is_some_and(|c| c.is_ascii_digit()))
        {
            continue;
        }
        return Some((unit, end));
    }
    None
}

/// A unit named alone, such as the `unit` beside a JSON value: `SQFT`, `m2`, `MTK`, `METRES_SQUARED`.
pub(super) fn named(text: &str) -> Option<Unit> {
    match super::fold::squash(text).as_str() {
        "ftk" | "sqft" | "squarefeet" | "squarefoot" | "feet" | "ft2" | "sqfeet" | "feetsquared" | "squarefootage"
        | "sf" => Some(Unit::SquareFeet),
        "mtk" | "sqm" | "m2" | "squaremetres" | "squaremeters" | "squaremeter" | "squaremetre" | "metressquared"
        | "meterssquared" | "sqmt" | "sqmeters" | "sqmetres" | "qm" | "mq" => Some(Unit::SquareMetres),
        "ydk" | "sqyd" | "squareyards" | "sqyards" | "yards" => Some(Unit::SquareYards),
        "acr" | "acre" | "acres" => Some(Unit::Acres),
        "har" | "hectare" | "hectares" | "ha" => Some(Unit::Hectares),
        _ => None,
    }
}

/// Square metres of an area, to compare two of different units.
pub(super) fn metres(value: f64, unit: Unit) -> f64 {
    value
        * match unit {
            Unit::SquareMetres | Unit::Spaces => 1.0,
            Unit::SquareFeet => 0.092_903_04,
            Unit::SquareYards => 0.836_127_36,
            Unit::Acres => 4_046.856_422_4,
            Unit::Hectares => 10_000.0,
        }
}

/// The number of an area: thousands by default, decimals in acres and hectares or where the language says so.
pub(super) fn measure(num: &Num, unit: Unit, decimal: Decimal) -> f64 {
    match unit {
        Unit::Acres | Unit::Hectares => match (decimal, num.sign, num.other) {
            (_, '.', Some(other)) => other,
            (Decimal::Comma, ',', Some(other)) => other,
            _ => num.value,
        },
        // `1.250 m²` is more often twelve hundred and fifty, whatever the page's language.
        Unit::SquareMetres if num.sign == '.' => num.value,
        _ => settle(num, decimal),
    }
}

/// Every area of the text.
pub(super) fn areas(text: &str, decimal: Decimal) -> Vec<Area> {
    let mut found = Vec::new();
    for num in numbers(text) {
        let after = &text[num.end..];
        let skipped = after.len()
            - after
                .trim_start_matches([' ', '\u{a0}', '\u{202f}', '\u{2009}', '\n', '\t', '-'])
                .len();
        if skipped > 4 {
            continue;
        }
        let Some((unit, used)) = unit_at(&after[skipped..]) else {
            continue;
        };
        let end = num.end + skipped + used;
        let before = &text[ceil(text, num.start.saturating_sub(28))..num.start];
        // One end of a range (`80 - 120 m²`) or a room's `3.5 x 4 m2` is no size of the whole.
        let joined = before.trim_end();
        let bound = joined.trim_end_matches(['-', '–', '×']);
        if bound.len() < joined.len() && bound.trim_end().ends_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let value = measure(&num, unit, decimal);
        if value <= 0.0 {
            continue;
        }
        let tail = &text[end..floor(text, end + 28)];
        found.push(Area {
            value,
            unit,
            about: about(before, tail, unit),
            start: num.start,
            end,
        });
    }
    found
}

static LIVING: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "living area|living space|livable|floor area|floor space|built area|build size|built up|constructed|\
        construidos|construida|edificados|habitable|habitables|wohnflache|wohnflaeche|wohnfl|\
        superficie commerciale|woonoppervlakte|wonen|internal|interior|building|house size|area bruta|\
        under roof|heated"
        .split('|')
        .collect()
});
const USABLE: [&str; 8] = [
    "utiles",
    "util",
    "area util",
    "usable",
    "nutzflache",
    "carpet",
    "carpet area",
    "useful",
];
static LOT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "lot|plot|land|land area|land size|erf|stand|site|grounds|parcela|terreno|solar|finca|terrain|\
        parcelle|jardin de|grundstuck|grundstucksflache|grund|perceel|perceeloppervlakte|lote|tomt|acreage|\
        of land|de terreno|de terrain|de parcela|di terreno|grond|parcel|lot size|garden plot|plot of"
        .split('|')
        .collect()
});
static PART: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "terrace|balcony|garden|garage|patio|basement|cellar|room|bedroom|kitchen|lounge|office|storage|deck|\
        pool|terraza|balcon|jardin|salon|cocina|garaje|trastero|terrasse|jardin|cave|cuisine|sejour|balkon|\
        garten|keller|terrazza|giardino|cantina|terraco|varanda|jardim|tuin|berging|chambre|dressing"
        .split('|')
        .collect()
});

/// What an area is of, by the nearest telling word before or after it.
fn about(before: &str, after: &str, unit: Unit) -> About {
    // Only the same clause counts.
    let before = before
        .rsplit([',', ';', '|', '•', '·', '\n', '('])
        .next()
        .unwrap_or(before);
    let after = after
        .split([',', ';', '|', '•', '·', '\n', ')', ':'])
        .next()
        .unwrap_or(after);
    let (left, right) = (fold(before), fold(after));
    let near = |words: &[&str]| {
        words.iter().any(|w| {
            left.ends_with(w)
                || left.ends_with(&format!("{w} of"))
                || left.ends_with(&format!("{w} de"))
                || right.starts_with(w)
                || right.starts_with(&format!("of {w}"))
                || right.starts_with(&format!("de {w}"))
        })
    };
    if near(&PART) && !near(&LIVING) {
        About::Part
    } else if near(&LOT) || matches!(unit, Unit::Acres | Unit::Hectares) {
        About::Lot
    } else if near(&USABLE) {
        About::Usable
    } else if near(&LIVING) {
        About::Living
    } else {
        About::Unsaid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(f64, Unit, About)> {
        areas(text, Decimal::Point)
            .into_iter()
            .map(|a| (a.value, a.unit, a.about))
            .collect()
    }

    #[test]
    fn units_in_many_spellings() {
        for text in [
            "1,176 sq.ft.",
            "1,176 sq ft",
            "1176 sqft",
            "1,176 SqFt.",
            "1176 square feet",
            "1176ft²",
            "1,176 SF",
        ] {
            assert_eq!(read(text), [(1176.0, Unit::SquareFeet, About::Unsaid)], "{text}");
        }
        for text in [
            "172 m²",
            "172m2",
            "172 sqm",
            "172 sq. m.",
            "172 mq",
            "172 qm",
            "172 metros cuadrados",
            "172 M²",
            "172 sq m",
        ] {
            assert_eq!(read(text), [(172.0, Unit::SquareMetres, About::Unsaid)], "{text}");
        }
        assert_eq!(read("1.250 m²")[0].0, 1250.0);
        assert_eq!(read("10000 Sq. Yards")[0].1, Unit::SquareYards);
    }

    #[test]
    fn the_plot_and_parts_are_told_from_the_house() {
        assert_eq!(read("Plot / Land Area : 10000 Sq. Yards")[0].2, About::Lot);
        assert_eq!(
            read("Built Up Area : 1000 Sq.ft., Plot / Land Area : 10000 Sq. Yards")[0].2,
            About::Unsaid
        );
        assert_eq!(read("0.394 acres"), [(0.394, Unit::Acres, About::Lot)]);
        assert_eq!(read("terrace of 20 m²")[0].2, About::Part);
        assert_eq!(
            read("150 m² construidos, 600 m² de parcela"),
            [
                (150.0, Unit::SquareMetres, About::Living),
                (600.0, Unit::SquareMetres, About::Lot)
            ]
        );
    }

    #[test]
    fn no_area() {
        assert_eq!(read("12 m wide, 200 kWh/m², 80 - 120 m², 3 acacias"), []);
    }
}
