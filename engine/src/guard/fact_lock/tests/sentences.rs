//! Ways to say things about a property. Each takes values, so that the same words carry the record
//! or an invention.

use domain::fact::{Period, Unit, group_number};

use super::records::Record;

/// Values to be said; the true ones come from the record.
#[derive(Clone)]
pub struct Said {
    pub price: u32,
    pub beds: u32,
    pub baths: f64,
    pub area: u32,
    pub lot: Option<(f64, Unit)>,
    pub year: u32,
    pub fee: Option<(u32, Period)>,
    pub taxes: Option<u32>,
    pub spaces: Option<u32>,
    pub stories: Option<u32>,
}

impl Said {
    pub fn of(record: &Record) -> Self {
        Self {
            price: record.price,
            beds: record.beds,
            baths: record.baths,
            area: record.area,
            lot: record.lot,
            year: record.year,
            fee: record.fee,
            taxes: record.taxes,
            spaces: record.spaces,
            stories: record.stories,
        }
    }
}

fn word(n: u32) -> &'static str {
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ][n as usize]
}

fn plural(n: u32, one: &str) -> String {
    match (n, one) {
        (1, _) => one.to_owned(),
        (_, "story") => "stories".to_owned(),
        _ => format!("{one}s"),
    }
}

fn grouped(n: u32) -> String {
    group_number(n.into(), 0)
}

/// Price sentences; `sign` is the currency's.
pub fn price(record: &Record, said: &Said) -> Vec<String> {
    let (sign, n) = (record.sign, said.price);
    let full = format!("{sign}{}", grouped(n));
    if record.rent {
        return vec![
            format!("The rent is {full} per month."),
            format!("It rents for {full} a month."),
            format!("The monthly rent is {full}."),
            format!("The apartment is offered for rent at {full}/month."),
        ];
    }
    let mut out = vec![
        format!("The asking price is {full}."),
        format!("It is listed at {full}."),
        format!("This home is priced at {full}."),
        format!(
            "The list price is {full}, and I can pass an offer to {}.",
            record.realtor
        ),
        format!("You can buy it for {full}."),
        format!("Asking price: {full}"),
        format!("The sellers are asking {full} for the property."),
        format!("The price is {} {}.", grouped(n), record.code),
        format!("The current asking price is {sign}{}k.", f64::from(n) / 1000.0),
    ];
    if n >= 1_000_000 {
        out.push(format!("It is on the market for {sign}{} million.", f64::from(n) / 1e6));
    }
    if sign == "€" {
        out.push(format!("El precio es de {} €.", grouped(n).replace(',', ".")));
    }
    out
}

pub fn beds(said: &Said) -> Vec<String> {
    let n = said.beds;
    vec![
        format!("It has {}.", format_args!("{n} {}", plural(n, "bedroom"))),
        format!(
            "There {} {} {}.",
            if n == 1 { "is" } else { "are" },
            word(n),
            plural(n, "bedroom")
        ),
        format!("This is a {n}-bedroom home."),
        format!("The number of bedrooms is {n}."),
        format!("Bedrooms: {n}"),
        format!("The home offers {} spacious {}.", word(n), plural(n, "bedroom")),
        format!("It's a {n} bed."),
    ]
}

pub fn baths(said: &Said) -> Vec<String> {
    let n = said.baths;
    let many = if n == 1.0 { "bathroom" } else { "bathrooms" };
    let mut out = vec![
        format!("It has {n} {many}."),
        format!("There are {n} baths in total."),
        format!("Bathrooms: {n}"),
        format!("The home comes with {n} {many}, according to the record."),
    ];
    if n.fract() == 0.5 {
        out.push(format!("It has {} full bathrooms and one half bath.", word(n as u32)));
        out.push(format!("There are {} and a half baths.", word(n as u32)));
    }
    out
}

pub fn both(said: &Said) -> Vec<String> {
    let (a, b) = (said.beds, said.baths);
    vec![
        format!(
            "It has {a} {} and {b} {}.",
            plural(a, "bedroom"),
            if b == 1.0 { "bathroom" } else { "bathrooms" }
        ),
        format!("The home is a {a} bed, {b} bath."),
        format!("Yes, with {a} bedrooms and {b} bathrooms."),
    ]
}

pub fn area(record: &Record, said: &Said) -> Vec<String> {
    let n = grouped(said.area);
    match record.unit {
        Unit::SquareFeet => vec![
            format!("The living area is {n} sq ft."),
            format!("It offers {n} square feet of living space."),
            format!("The home measures {n} sq. ft."),
            format!("At {n} sqft, it is easy to keep."),
            format!("The interior is {n} square feet."),
        ],
        _ => vec![
            format!("The living area is {n} m²."),
            format!("It offers {n} square metres of living space."),
            format!("The home measures {n} sqm."),
            format!("The floor area is {n} sq m."),
        ],
    }
}

pub fn lot(said: &Said) -> Vec<String> {
    let Some((size, unit)) = said.lot else {
        return Vec::new();
    };
    let unit = if unit == Unit::Acres { "acres" } else { "m²" };
    let mut out = vec![
        format!("The lot size is {size} {unit}."),
        format!("It sits on a lot of {size} {unit}."),
        format!("The plot measures {size} {unit}."),
    ];
    if size == 0.25 {
        out.extend([
            "The lot is a quarter acre.".to_owned(),
            "It sits on a 1/4 acre lot.".to_owned(),
            "The lot is ¼ acre.".to_owned(),
        ]);
    }
    out
}

pub fn year(said: &Said) -> Vec<String> {
    let y = said.year;
    vec![
        format!("It was built in {y}."),
        format!("The year of construction is {y}."),
        format!("The home dates from {y}."),
        format!("Built in {y}, it has been well kept."),
        format!("Construction was completed in {y}."),
        format!("This is a {y} home."),
        format!("Year built: {y}"),
    ]
}

pub fn fee(record: &Record, said: &Said) -> Vec<String> {
    let Some((fee, period)) = said.fee else {
        return Vec::new();
    };
    let (sign, per) = (record.sign, if period == Period::Month { "month" } else { "year" });
    let adverb = if period == Period::Month { "monthly" } else { "annual" };
    vec![
        format!("The HOA fee is {sign}{fee} per {per}."),
        format!("HOA dues are {sign}{fee} a {per}."),
        format!("There is a {sign}{fee} {adverb} HOA fee."),
        format!("The {adverb} association fee comes to {sign}{fee}."),
        format!(
            "Yes, there is an HOA, and the fee is {sign}{fee}/{}.",
            if per == "month" { "mo" } else { "yr" }
        ),
        format!("HOA fee: {sign}{fee} per {per}"),
    ]
}

pub fn taxes(record: &Record, said: &Said) -> Vec<String> {
    let Some(taxes) = said.taxes else { return Vec::new() };
    let full = format!("{}{}", record.sign, grouped(taxes));
    vec![
        format!("Annual property taxes are {full}."),
        format!("The property taxes come to {full} per year."),
        format!("You would pay {full} a year in property taxes."),
        format!("Taxes: {full} per year"),
        format!("The yearly tax bill is {full}."),
    ]
}

pub fn spaces(said: &Said) -> Vec<String> {
    let Some(n) = said.spaces else { return Vec::new() };
    vec![
        format!("There are {n} parking spaces."),
        format!("Parking: {n} spaces"),
        format!("It has parking for {} cars.", word(n)),
    ]
}

pub fn stories(said: &Said) -> Vec<String> {
    let Some(n) = said.stories else { return Vec::new() };
    vec![
        format!("The home has {} {}.", word(n), plural(n, "story")),
        format!("It is a {}-story home.", word(n)),
        format!("Number of stories: {n}"),
    ]
}

pub fn mixed(record: &Record, said: &Said) -> Vec<String> {
    if record.rent {
        return Vec::new();
    }
    let price = format!("{}{}", record.sign, grouped(said.price));
    let unit = record.unit.symbol();
    let (a, b, c, y) = (said.beds, said.baths, grouped(said.area), said.year);
    vec![
        format!("This {a}-bedroom, {b}-bath home built in {y} has {c} {unit} and is listed at {price}."),
        format!("It has {a} bedrooms, {b} bathrooms and {c} {unit} of living space for {price}."),
        format!("The home was built in {y} and the asking price is {price}."),
    ]
}

pub fn having(things: &[&str]) -> Vec<String> {
    things
        .iter()
        .flat_map(|thing| [format!("Yes, it has {thing}."), format!("The home comes with {thing}.")])
        .collect()
}

pub fn lacking(things: &[&str]) -> Vec<String> {
    let bare = |thing: &str| thing.trim_start_matches("a ").trim_start_matches("an ").to_owned();
    things
        .iter()
        .flat_map(|thing| {
            [
                format!("No, there is no {}.", bare(thing)),
                format!("It does not have {thing}."),
                format!("The property doesn't have {thing}."),
                format!("The record says there is no {}.", bare(thing)),
            ]
        })
        .collect()
}
