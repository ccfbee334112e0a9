//! The names that data give to fields: `numberOfBedrooms`, `livingAreaSqFt`, `precio`, `postal_code`.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::fact::{FactKey, Unit};

use super::hints::Hints;

/// What a field's name says about its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) key: FactKey,
    /// 0 names exactly this; higher is less sure and yields.
    pub(super) rank: u8,
    pub(super) unit: Option<Unit>,
}

/// (field, rank, names squashed to lower-case letters and digits, parted by spaces).
const NAMES: [(FactKey, u8, &str); 36] = [
    (
        FactKey::Price,
        0,
        "price listprice listingprice listsaleprice listedprice askingprice currentprice saleprice salesprice sellingprice displayprice primaryprice pricedisplay pricetext formattedprice priceformatted pricevalue priceamount rawprice priceraw unformattedprice pricelabel propertyprice precio precioventa prix prixdevente preis kaufpreis kaltmiete prezzo preco prijs koopprijs vraagprijs huurprijs pricewithcurrency totalprice sellprice purchaseprice priceunformatted listpricelow amountformatted guideprice hardprice priceinfo",
    ),
    (
        FactKey::Price,
        1,
        "rent rentprice monthlyrent rentpermonth rentalprice pricepermonth rentamount renta loyer",
    ),
    (
        FactKey::Bedrooms,
        0,
        "bedrooms beds bedroom numberofbedrooms numbedrooms nobedrooms bedroomcount bedroomscount bedscount bedstotal bedroomstotal totalbedrooms nbbedrooms nbchambres chambres bedroomnumber bedroomsnumber numbeds noofbedrooms noofbeds bed dormitorios habitaciones numhabitaciones recamaras quartos slaapkamers schlafzimmer numberofbeds nbrbedrooms beds_max camere cameredaletto bedroomsvalue bedcount bhk",
    ),
    (
        FactKey::Bathrooms,
        0,
        "bathrooms baths numberofbathroomstotal numberofbathrooms numbathrooms bathroomcount bathroomscount bathscount bathstotal bathroomstotal totalbathrooms bathroomstotalinteger bathroomstotaldecimal nbbathrooms nbsallesdebain bathroomnumber bathroomsnumber numbaths noofbathrooms noofbaths bath bathroom banos numbanos wcs salledebain badkamers banheiros bagni bathroomsvalue bathcount totalbaths",
    ),
    (
        FactKey::Bathrooms,
        2,
        "numberoffullbathrooms fullbathrooms fullbaths bathsfull bathroomsfull fullbathroomcount",
    ),
    (
        FactKey::HalfBathrooms,
        0,
        "numberofpartialbathrooms halfbathrooms halfbaths bathshalf bathroomshalf partialbathrooms halfbathroomcount",
    ),
    (
        FactKey::LivingArea,
        0,
        "floorsize floorarea floorspace livingarea livingareavalue livingspace livingsurface habitablesurface nethabitablesurface indoorsurface interiorarea internalarea builtarea buildingarea buildingsize builtuparea constructedarea constructedsurface usablearea homesize housesize squarefeet squarefootage squaremeters squaremetres superficie superficieconstruida surfacehabitable surface wohnflaeche woonoppervlakte propertysize sqft livingareasqft structuresqft sqftvalue buildingsqft finishedsqft totalsqft floorsizevalue sqm areasqm surfacearea interiorsize areautil livingareatotal coveredarea builtsize areaconstruida m2 metros sizesqm sizesqft",
    ),
    (
        FactKey::LivingArea,
        2,
        "size area propertyarea totalarea totalsize sizeinfo builtupsize surfacevalue",
    ),
    (
        FactKey::LotArea,
        0,
        "lotsize lotarea lotsizearea landarea landsize landsurface plotsize plotarea plotsurface siteareavalue lotsizeacres lotsizesqft lotsizesquarefeet landsizevalue erfsize parcelsize groundsurface grundstuecksflaeche surfaceterrain acreage lotacres lotsizevalue plot",
    ),
    (
        FactKey::YearBuilt,
        0,
        "yearbuilt builtyear buildyear constructionyear yearofconstruction yearconstructed dateofconstruction anoconstruccion anneeconstruction baujahr bouwjaar annocostruzione builtin yearofbuild buildingyear constructionyr yearbuiltvalue",
    ),
    (
        FactKey::PropertyType,
        0,
        "propertytype propertysubtype hometype housetype dwellingtype typology tipologia propertytypename propertytypelabel subtype subclass realestatetype estatetype objecttype tipoinmueble tipovivienda typedebien accommodationtype accommodationcategory buildingtype detailedtype proptype propertykind propertytypeid objectcategory propertytypefulldescription",
    ),
    (FactKey::PropertyType, 2, "category categoryname typename immotype"),
    (
        FactKey::Address,
        0,
        "streetaddress displayaddress fulladdress formattedaddress addressline1 addressline addressline addressstreet street propertyaddress filteredaddress unparsedaddress deliveryline streetline addresstext addressfull direccion adresse anschrift address1 displayablestreetaddress streetname addressdisplay shortaddress fullstreetaddress publicaddress addresslong singlelineaddress unparsed",
    ),
    (FactKey::Address, 1, "address location locationname displaylocation"),
    (
        FactKey::City,
        0,
        "addresslocality locality city cityname town townname municipality municipio cityportalname citypostalname ciudad ville stadt suburb suburbname posttown plaats woonplaats comune cidade locationcity",
    ),
    (
        FactKey::Region,
        0,
        "addressregion state statecode stateorprovince stateorprovincename statename province provincename provincia county countyname bundesland departement stateabbreviation addressstate",
    ),
    (FactKey::Region, 2, "region regionname ukcountry"),
    (
        FactKey::PostalCode,
        0,
        "postalcode postcode zipcode zip plz cap zippostalcode codigopostal codepostal postcodefull pincode eircode addresszip zipcd",
    ),
    (FactKey::Country, 0, "addresscountry country countrycode countryname"),
    (
        FactKey::Latitude,
        0,
        "latitude lat geolat locationlat maplat addresslatitude latitud",
    ),
    (
        FactKey::Longitude,
        0,
        "longitude lng lon long geolng geolong geolon locationlng maplng addresslongitude longitud",
    ),
    (
        FactKey::HoaFee,
        0,
        "hoafee hoadues monthlyhoafee associationfee hoafees communityfees",
    ),
    (
        FactKey::Taxes,
        0,
        "annualtax annualtaxes taxannualamount propertytaxes taxamount counciltaxband annualpropertytax",
    ),
    (
        FactKey::Parking,
        0,
        "parkingspaces garagespaces parkingcount carspaces garagecount numparkingspaces parkingtotal garages carports numberofparkingspaces garagesize",
    ),
    (
        FactKey::Stories,
        0,
        "stories numstories storeys numberoffloors floorcount storiestotal",
    ),
    (
        FactKey::EnergyRating,
        0,
        "energyrating energyclass epcrating epcscore berrating energycertificategrade energyefficiencyclass epcvalue energylabel energyefficiency hasenergyefficiencycategory dpe energycertificate",
    ),
    (FactKey::Tenure, 0, "tenuretype tenure"),
    (
        FactKey::Reference,
        0,
        "mlsnumber mlsid listingid listingnumber reference referencenumber propertyref propertyreference listingreference propertycode adid propertyid externalreference zpid webref sku listingkey agentreference adreference",
    ),
    (
        FactKey::Status,
        0,
        "listingstatus homestatus propertystatus salestatus standardstatus availability statustext mlsstatus",
    ),
    (
        FactKey::Offer,
        0,
        "transactiontype listingtype saletype offertype operation operationtype transaction distributiontype channel adtype businesstype contracttype homestatus forsaletype pricetype typeoftransaction operationname category channelname offercategory",
    ),
    (FactKey::Heating, 0, "heatingtype heating heatingsystem"),
    (FactKey::Cooling, 0, "cooling airconditioning"),
    (
        FactKey::Description,
        0,
        "description publicremarks longdescription propertydescription fulldescription remarks descripcion beschreibung htmldescription",
    ),
    (FactKey::Title, 0, "headline listingtitle seotitle"),
    (
        FactKey::AgentCompany,
        0,
        "listingofficename brokeragename officename brokername agencyname listingoffice",
    ),
    (
        FactKey::AgentName,
        0,
        "listingagentfullname listingagentname agentfullname",
    ),
];

static TABLE: LazyLock<HashMap<&'static str, Key>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (key, rank, list) in NAMES {
        for name in list.split(' ') {
            table.entry(name).or_insert(Key {
                key,
                rank,
                unit: unit(name),
            });
        }
    }
    table
});

fn unit(name: &str) -> Option<Unit> {
    if name.contains("sqft") || name.contains("squarefeet") || name.contains("squarefootage") {
        Some(Unit::SquareFeet)
    } else if name.contains("sqm") || name.ends_with("m2") || name.contains("squaremet") || name == "metros" {
        Some(Unit::SquareMetres)
    } else if name.contains("acre") {
        Some(Unit::Acres)
    } else {
        None
    }
}

/// The field that a name stands for. `rooms` means bedrooms only where the language uses it so.
pub(super) fn of(name: &str, hints: &Hints) -> Option<Key> {
    if name.len() > 48 {
        return None;
    }
    let squashed: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if let Some(key) = TABLE.get(squashed.as_str()) {
        return Some(*key);
    }
    // `nb_bedrooms`, `numBeds`, `no_of_baths`, `listing_price`, `property_bedrooms`.
    for lead in [
        "nb", "num", "no", "noof", "numberof", "total", "listing", "property", "max", "fb", "val",
    ] {
        if lead != "max"
            && let Some(rest) = squashed.strip_prefix(lead)
            && let Some(key) = TABLE.get(rest)
            && matches!(
                key.key,
                FactKey::Bedrooms
                    | FactKey::Bathrooms
                    | FactKey::Price
                    | FactKey::LivingArea
                    | FactKey::City
                    | FactKey::PropertyType
                    | FactKey::YearBuilt
                    | FactKey::PostalCode
            )
        {
            return Some(*key);
        }
    }
    let rooms = matches!(
        squashed.as_str(),
        "rooms" | "roomnumber" | "numrooms" | "roomcount" | "roomsnumber"
    );
    (rooms && hints.speaks(&["es", "ca"])).then_some(Key {
        key: FactKey::Bedrooms,
        rank: 1,
        unit: None,
    })
}

/// Names of branches that hold other things than this property.
const ELSEWHERE: [&str; 89] = [
    "similar",
    "related",
    "nearby",
    "recommend",
    "recent",
    "agent",
    "agency",
    "agencies",
    "broker",
    "brokerage",
    "customer",
    "customers",
    "seller",
    "sellers",
    "branch",
    "office",
    "realtor",
    "contact",
    "owner",
    "user",
    "advertiser",
    "publisher",
    "company",
    "vendor",
    "school",
    "schools",
    "amenities",
    "poi",
    "pois",
    "pointsofinterest",
    "transport",
    "stations",
    "search",
    "filter",
    "filters",
    "facets",
    "criteria",
    "suggest",
    "history",
    "comparable",
    "comparables",
    "comps",
    "mortgage",
    "loan",
    "finance",
    "financing",
    "translations",
    "i18n",
    "locale",
    "messages",
    "labels",
    "dictionary",
    "config",
    "settings",
    "experiments",
    "tracking",
    "analytics",
    "ads",
    "advert",
    "adverts",
    "banner",
    "seo",
    "footer",
    "header",
    "navigation",
    "menu",
    "links",
    "breadcrumb",
    "calculator",
    "estimate",
    "estimates",
    "zestimate",
    "avm",
    "valuation",
    "stats",
    "statistics",
    "market",
    "neighborhood",
    "neighbourhood",
    "sold",
    "carousel",
    "sponsored",
    "cluster",
    "reviews",
    "targeting",
    "targets",
    "dfp",
    "gtm",
    "collections",
];

/// Whether a branch with this name is about something else: other properties, the agent, the search form.
pub(super) fn elsewhere(name: &str) -> bool {
    // `Query{"contact":…}`, `Listing:12`: the name of a cached answer stands before its arguments.
    let name = name.split(['{', '(', ':']).next().unwrap_or(name);
    let name = &name[..super::fold::floor(name, 60)];
    let mut words = Vec::new();
    super::region::split_name(name, &mut words);
    let own = ["listing", "property", "home", "classified"];
    words.iter().any(|w| {
        ELSEWHERE.iter().any(|e| w == e || (e.len() >= 6 && w.starts_with(e)))
            // A camel-case name such as "recommendedListings" is split; a joined one is not.
            || (w.len() > 10 && ["similar", "related", "nearby", "recommend", "recently"].iter().any(|e| w.starts_with(e)))
    }) && !(words.len() == 1 && own.contains(&words[0].as_str()))
        || matches!(squash(&words).as_str(), "pricehistory" | "taxhistory" | "oldprice" | "previousprice" | "minprice" | "maxprice" | "pricerange" | "pricepersqft" | "pricepersqm" | "pricedrop" | "lastsold" | "lastsale" | "otherlistings" | "otherproperties" | "morelistings" | "moreproperties" | "streetview" | "pricereduction" | "pricechange")
}

fn squash(words: &[String]) -> String {
    words.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_spellings() {
        let hints = Hints::default();
        let key = |name| of(name, &hints).map(|k| k.key);
        assert_eq!(key("numberOfBedrooms"), Some(FactKey::Bedrooms));
        assert_eq!(key("nb_bedrooms"), Some(FactKey::Bedrooms));
        assert_eq!(key("structureSqFt"), Some(FactKey::LivingArea));
        assert_eq!(key("postal_code"), Some(FactKey::PostalCode));
        assert_eq!(key("numberOfRooms"), None);
        assert_eq!(key("pricePerSqft"), None);
        assert_eq!(of("structureSqFt", &hints).unwrap().unit, Some(Unit::SquareFeet));
        let spanish = Hints {
            language: Some("es".into()),
            country: None,
        };
        assert_eq!(of("rooms", &spanish).map(|k| k.key), Some(FactKey::Bedrooms));
    }

    #[test]
    fn branches_about_other_things() {
        for name in [
            "similarListings",
            "visibleRelevantAds",
            "customers",
            "agent",
            "nearbySoldProperties",
            "searchFilters",
            "priceHistory",
            "recommendations",
            "contactInfo",
        ] {
            assert!(elsewhere(name), "{name}");
        }
        for name in [
            "listing",
            "propertyData",
            "location",
            "price",
            "address",
            "features",
            "property",
            "classified",
        ] {
            assert!(!elsewhere(name), "{name}");
        }
    }
}
