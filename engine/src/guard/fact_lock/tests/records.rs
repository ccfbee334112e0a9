//! Five made-up properties: their records, and passages as a listing page would give them.

use domain::fact::{Fact, FactKey, FactMethod, FactValue, Period, Span, Unit};

pub struct Record {
    pub facts: Vec<Fact>,
    pub passages: Vec<String>,
    pub realtor: &'static str,
    pub sign: &'static str,
    pub code: &'static str,
    pub price: u32,
    pub rent: bool,
    pub beds: u32,
    pub baths: f64,
    pub area: u32,
    pub unit: Unit,
    pub lot: Option<(f64, Unit)>,
    pub year: u32,
    pub fee: Option<(u32, Period)>,
    pub taxes: Option<u32>,
    pub spaces: Option<u32>,
    pub stories: Option<u32>,
    /// What it has and has not, in words an answer would use.
    pub has: &'static [&'static str],
    pub lacks: &'static [&'static str],
    /// What no source says anything about.
    pub silent: &'static [&'static str],
    pub pets: Option<bool>,
}

fn fact(key: FactKey, value: FactValue) -> Fact {
    Fact {
        key,
        label: None,
        value,
        method: FactMethod::JsonLd,
        span: Span::default(),
    }
}

fn text(key: FactKey, words: &str) -> Fact {
    fact(key, FactValue::text(words))
}

fn flag(key: FactKey, flag: bool) -> Fact {
    fact(key, FactValue::Flag { flag })
}

fn list(key: FactKey, items: &[&str]) -> Fact {
    fact(
        key,
        FactValue::List {
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        },
    )
}

fn amount(key: FactKey, whole: u32, code: &str, period: Option<Period>) -> Fact {
    fact(
        key,
        FactValue::Money {
            minor: i64::from(whole) * 100,
            currency: Some(code.into()),
            period,
        },
    )
}

impl Record {
    fn complete(mut self) -> Self {
        let number = FactValue::number;
        self.facts.push(fact(FactKey::Bedrooms, number(self.beds.into())));
        self.facts.push(fact(FactKey::Bathrooms, number(self.baths)));
        self.facts.push(fact(
            FactKey::LivingArea,
            FactValue::measure(self.area.into(), self.unit),
        ));
        self.facts.push(fact(FactKey::YearBuilt, number(self.year.into())));
        self.facts.push(amount(
            FactKey::Price,
            self.price,
            self.code,
            self.rent.then_some(Period::Month),
        ));
        self.facts
            .push(text(FactKey::Offer, if self.rent { "rent" } else { "sale" }));
        self.facts.extend(
            self.lot
                .map(|(size, unit)| fact(FactKey::LotArea, FactValue::measure(size, unit))),
        );
        self.facts.extend(
            self.fee
                .map(|(fee, period)| amount(FactKey::HoaFee, fee, self.code, Some(period))),
        );
        self.facts.extend(
            self.taxes
                .map(|taxes| amount(FactKey::Taxes, taxes, self.code, Some(Period::Year))),
        );
        self.facts.extend(
            self.spaces
                .map(|n| fact(FactKey::Parking, FactValue::measure(n.into(), Unit::Spaces))),
        );
        self.facts
            .extend(self.stories.map(|n| fact(FactKey::Stories, number(n.into()))));
        self.facts.extend(self.pets.map(|allowed| flag(FactKey::Pets, allowed)));
        self
    }
}

pub fn all() -> Vec<Record> {
    vec![condo(), house(), piso(), cottage(), flat()]
        .into_iter()
        .map(Record::complete)
        .collect()
}

fn condo() -> Record {
    Record {
        facts: vec![
            text(FactKey::Address, "1547 Larkspur Ct"),
            text(FactKey::City, "San Mateo"),
            text(FactKey::Region, "CA"),
            text(FactKey::PostalCode, "94403"),
            text(FactKey::PropertyType, "Condominium"),
            text(FactKey::Status, "active"),
            text(FactKey::Heating, "Central forced air, gas"),
            text(FactKey::Cooling, "Central air"),
            text(FactKey::Roof, "Composition shingle"),
            text(FactKey::Reference, "ML81643266"),
            text(FactKey::School, "Beresford Elementary, Hillsdale High"),
            list(FactKey::Features, &["Granite counters", "In-unit laundry", "Fireplace", "Balcony"]),
            flag(FactKey::Basement, false),
            text(FactKey::Pool, "Community pool"),
            text(FactKey::AgentName, "Dana Whitfield"),
        ],
        passages: vec![
            "The kitchen was remodeled in 2018 with granite counters and stainless steel appliances. A new water heater was installed in March 2021. The attached two-car garage has storage and an EV charger. The association covers water, garbage and the community pool.".into(),
            "Open house Saturday May 17, 1:00 PM to 4:00 PM. The Caltrain station is 0.8 miles away and downtown is a 10 minute drive. Call Dana Whitfield at (650) 555-0142.".into(),
        ],
        realtor: "Dana Whitfield",
        sign: "$",
        code: "USD",
        price: 489_000,
        rent: false,
        beds: 3,
        baths: 2.5,
        area: 1176,
        unit: Unit::SquareFeet,
        lot: None,
        year: 1972,
        fee: Some((396, Period::Month)),
        taxes: Some(5_870),
        spaces: Some(2),
        stories: Some(2),
        has: &["a fireplace", "a balcony", "in-unit laundry", "an attached garage", "central air conditioning", "granite counters"],
        lacks: &["a basement"],
        silent: &["a hot tub", "solar panels", "an elevator", "a sunroom", "hardwood floors", "a security system"],
        pets: Some(true),
    }
}

fn house() -> Record {
    Record {
        facts: vec![
            text(FactKey::Address, "86 Quarry Road"),
            text(FactKey::City, "Casper"),
            text(FactKey::Region, "WY"),
            text(FactKey::PropertyType, "SingleFamilyResidence"),
            text(FactKey::Status, "pending"),
            text(FactKey::Heating, "Natural gas furnace"),
            text(FactKey::Cooling, "None"),
            text(FactKey::Basement, "Full, finished"),
            text(FactKey::Pool, "No"),
            text(FactKey::Reference, "20176813"),
            list(FactKey::Flooring, &["Hardwood", "Carpet", "Tile"]),
            text(FactKey::AgentName, "Peter Okafor"),
        ],
        passages: vec![
            "Sits on a fenced quarter-acre lot with mature trees. The roof was replaced in 2019 and the furnace in 2020. There is a 400 sq ft workshop behind the house, and a $2,000 shed stays.".into(),
            "Year Built\n2002\nGarage\nDetached, 1 car\nSewer\nSeptic\nFireplace\nNo\nSchool district\nNatrona County".into(),
        ],
        realtor: "Peter Okafor",
        sign: "$",
        code: "USD",
        price: 335_000,
        rent: false,
        beds: 4,
        baths: 2.0,
        area: 1840,
        unit: Unit::SquareFeet,
        lot: Some((0.25, Unit::Acres)),
        year: 2002,
        fee: None,
        taxes: Some(2_145),
        spaces: None,
        stories: Some(1),
        has: &["a finished basement", "a fenced lot", "a septic tank", "hardwood floors", "a workshop", "a shed"],
        lacks: &["a pool", "a fireplace", "air conditioning"],
        silent: &["an HOA", "a balcony", "a sauna", "a dishwasher", "an elevator", "a deck"],
        pets: None,
    }
}

fn piso() -> Record {
    Record {
        facts: vec![
            text(FactKey::Address, "Calle Serrano 54"),
            text(FactKey::City, "Madrid"),
            text(FactKey::Country, "Spain"),
            text(FactKey::PropertyType, "Apartment"),
            text(FactKey::EnergyRating, "D"),
            text(FactKey::Reference, "PX-38604"),
            list(FactKey::Features, &["Elevator", "Terrace", "Doorman", "Air conditioning"]),
        ],
        passages: vec![
            "Piso exterior en cuarta planta con ascensor. Tiene 3 dormitorios y 2 baños. The building was restored in 2010. The metro stops 200 metres from the door.".into(),
            "Ibi: 1.240 € al año. The terrace measures 18 m² and faces south.".into(),
        ],
        realtor: "Lucía Romero",
        sign: "€",
        code: "EUR",
        price: 1_250_000,
        rent: false,
        beds: 3,
        baths: 2.0,
        area: 142,
        unit: Unit::SquareMetres,
        lot: None,
        year: 1954,
        fee: Some((180, Period::Month)),
        taxes: None,
        spaces: None,
        stories: None,
        has: &["a terrace", "an elevator", "a doorman", "air conditioning"],
        lacks: &[],
        silent: &["a garage", "a swimming pool", "a garden", "a fireplace", "a storage room", "a basement"],
        pets: None,
    }
}

fn cottage() -> Record {
    Record {
        facts: vec![
            text(FactKey::Address, "9 Tanner's Row"),
            text(FactKey::City, "Ludlow"),
            text(FactKey::PostalCode, "SY8 1DF"),
            text(FactKey::PropertyType, "Semi-Detached"),
            text(FactKey::Tenure, "FREEHOLD"),
            text(FactKey::Status, "active"),
            text(FactKey::EnergyRating, "C"),
            text(FactKey::Heating, "Gas central heating"),
            text(FactKey::Parking, "Driveway"),
        ],
        passages: vec![
            "A charming semi-detached cottage with a walled garden and a log burner in the sitting room. Double glazed throughout. No onward chain.".into(),
            "Council tax band D, £2,310 a year. Broadband speed up to 80 Mbps. The railway station is a 12 minute walk. St Laurence Primary School is 0.4 miles away.".into(),
        ],
        realtor: "Hannah Price",
        sign: "£",
        code: "GBP",
        price: 425_000,
        rent: false,
        beds: 2,
        baths: 1.0,
        area: 98,
        unit: Unit::SquareMetres,
        lot: Some((310.0, Unit::SquareMetres)),
        year: 1890,
        fee: None,
        taxes: None,
        spaces: None,
        stories: Some(2),
        has: &["a walled garden", "a log burner", "double glazing", "a driveway", "gas central heating"],
        lacks: &[],
        silent: &["a garage", "a cellar", "a swimming pool", "solar panels", "a conservatory", "air conditioning"],
        pets: None,
    }
}

fn flat() -> Record {
    Record {
        facts: vec![
            text(FactKey::Address, "220 Harbor Street #7"),
            text(FactKey::City, "Portland"),
            text(FactKey::Region, "ME"),
            text(FactKey::PropertyType, "Apartment"),
            text(FactKey::Status, "active"),
            list(FactKey::Features, &["Dishwasher", "Elevator", "Bike storage", "No smoking"]),
            text(FactKey::Heating, "Heat pump"),
        ],
        passages: vec!["Available from June 1. A security deposit of $2,150 is due at signing. Laundry is shared on the ground floor. Heat and hot water are included in the rent.".into()],
        realtor: "Sam Ortiz",
        sign: "$",
        code: "USD",
        price: 2_150,
        rent: true,
        beds: 1,
        baths: 1.0,
        area: 640,
        unit: Unit::SquareFeet,
        lot: None,
        year: 2016,
        fee: None,
        taxes: None,
        spaces: None,
        stories: None,
        has: &["a dishwasher", "an elevator", "bike storage", "a heat pump", "shared laundry"],
        lacks: &[],
        silent: &["a balcony", "a garage", "a pool", "a fireplace", "a gym", "air conditioning"],
        pets: Some(false),
    }
}
