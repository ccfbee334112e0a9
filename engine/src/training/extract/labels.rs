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

/// (field, rank, labels folded, parted by `|`).
const LABELS: [(FactKey, u8, &str); 61] = [
    (
        FactKey::Price,
        0,
        "price|asking price|list price|listing price|sale price|purchase price|guide price|current price|offers over|offers in excess of|price guide|asking|precio|precio de venta|precio venta|prix|prix de vente|kaufpreis|preis|angebotspreis|verkaufspreis|prezzo|prezzo di vendita|prezzo richiesto|preco|preco de venda|preco venda|valor|valor de venda|vraagprijs|prijs|koopprijs|koopsom|pris|utgangspris|prisantydning|cena|selling price|total price|prix du bien|price of property",
    ),
    (
        FactKey::Bedrooms,
        0,
        "bedrooms|bedroom|beds|bed|bed rooms|bedroom s|bdrms|total bedrooms|beds total|bedrooms total|bedrooms possible|dormitorios|dormitorio|habitaciones|habitacion|habs|recamaras|alcobas|chambres|chambre|nb chambres|schlafzimmer|camere da letto|camere|camera da letto|quartos|quarto|slaapkamers|slaapkamer|sovrum|soverom|sypialnie|habitacions|dormitoris|bhk|n de dormitorios|bedrooms above grade",
    ),
    (
        FactKey::Bathrooms,
        0,
        "bathrooms|bathroom|baths|bath|total bathrooms|total baths|baths total|bathrooms total|banos|bano|cuartos de bano|salles de bain|salle de bain|salles de bains|salle de bains|nb salles de bain|sdb|badezimmer|bader|anzahl badezimmer|bagni|bagno|banheiros|banheiro|casas de banho|casa de banho|wcs|badkamers|badkamer|badrum|bad|lazienki|banys|bathroom s|bath rooms",
    ),
    (
        FactKey::Bathrooms,
        2,
        "full bathrooms|full baths|bathrooms full|baths full|full bath",
    ),
    (
        FactKey::HalfBathrooms,
        0,
        "half bathrooms|half baths|partial bathrooms|partial baths|half bath|bathrooms half|baths half|1 2 baths|1 2 bathrooms",
    ),
    (
        FactKey::LivingArea,
        0,
        "living area|living space|livable space|livable surface|habitable surface|net habitable surface|floor area|floor size|floor space|gross internal area|internal area|interior area|interior living area|building size|building area|built up area|builtup area|built area|build size|area built|constructed area|finished area|total finished area|living sqft|heated area|house size|home size|superficie construida|sup construida|superficie constr|m2 construidos|metros construidos|area construida|construidos|m2 constr|superficie habitable|surface habitable|surface|surf habitable|wohnflache|wohnflaeche|wohnflache ca|wohnflaeche ca|wohnfl|superficie commerciale|superficie abitabile|area bruta|area bruta privativa|area privativa|woonoppervlakte|gebruiksoppervlakte|gebruiksoppervlakte wonen|wonen|boarea|boyta|bruksareal|primaerrom|living area size|size of property|surface area|superficie|metri quadri|mq|sup habitable",
    ),
    (
        FactKey::LivingArea,
        1,
        "size|area|property size|total living area|sq footage|oppervlakte|grootte|metros|m2|internal size|approx size|unit size|covered area",
    ),
    (
        FactKey::LivingArea,
        3,
        "usable area|usable floor area|superficie util|sup util|m2 utiles|utiles|nutzflache|area util|carpet area|super built up area|total area|gesamtflache|superficie totale|surface totale|area total|surface carrez|loi carrez|above square feet|above grade sqft|gross area|superficie total|bruto oppervlakte",
    ),
    (
        FactKey::LotArea,
        0,
        "lot size|lot|lot area|land size|land area|plot size|plot area|plot|plot land area|erf size|erf|stand size|parcel size|acreage|lot acres|lot size acres|lot sqft|site area|site size|superficie parcela|parcela|superficie de la parcela|superficie del terreno|superficie terreno|sup terreno|terreno|m2 parcela|m2 terreno|surface terrain|surface du terrain|superficie du terrain|terrain|grundstuck|grundstucksflache|grundstuecksflaeche|grundstucksflache ca|grundstuck ca|perceel|perceeloppervlakte|perceelgrootte|area do terreno|area do lote|area de terreno|tomtarea|tomtareal|surface of the plot|total land area|block size|land",
    ),
    (
        FactKey::YearBuilt,
        0,
        "year built|built in|built|year of construction|construction year|yr built|built year|year constructed|date built|ano de construccion|ano construccion|construido en|ano de construccion del edificio|annee de construction|annee construction|construit en|baujahr|anno di costruzione|anno costruzione|ano de construcao|ano construcao|bouwjaar|byggar|byggear|rok budowy|any de construccio|year build",
    ),
    (
        FactKey::YearBuilt,
        1,
        "construction|construction date|date of construction|year|ano|annee|build year|age year built",
    ),
    (
        FactKey::PropertyType,
        0,
        "property type|type of property|home type|house type|building type|property sub type|property subtype|sub type|subtype|dwelling type|tipo de inmueble|tipo inmueble|tipo de vivienda|tipo de propiedad|tipologia|tipo immobile|tipo di immobile|type de bien|type de propriete|type de logement|immobilientyp|objekttyp|objektart|immobilienart|haustyp|haustyp kategorie|wohnungstyp|soort woonhuis|soort object|soort woning|soort appartement|type woning|tipo de imovel|tipo imovel|boligtype|bostadstyp|property category|type of home|property style type",
    ),
    (
        FactKey::PropertyType,
        1,
        "type|tipo|category|kategorie|categoria|categorie|art|soort|bien",
    ),
    (
        FactKey::PropertyType,
        3,
        "style|architectural style|building style|design",
    ),
    (
        FactKey::Address,
        0,
        "address|property address|street address|full address|site address|direccion|adresse|anschrift|indirizzo|endereco|morada|adres|adresse du bien",
    ),
    (
        FactKey::Address,
        1,
        "location|ubicacion|localizacion|localisation|localizacao|ligging|situation|street|calle|standort",
    ),
    (
        FactKey::City,
        0,
        "city|town|suburb|municipality|ciudad|municipio|poblacion|localidad|ville|commune|stadt|ort|citta|comune|cidade|concelho|woonplaats|gemeente|city town|post town",
    ),
    (
        FactKey::Region,
        0,
        "state|province|county|provincia|departement|bundesland|regione|provincie|state province|stato|uf",
    ),
    (
        FactKey::PostalCode,
        0,
        "zip|zip code|zipcode|postal code|postcode|post code|codigo postal|code postal|plz|postleitzahl|cap|cep|pin code|pincode|eircode|zip postal code",
    ),
    (FactKey::Country, 0, "country|pais|pays|land country|paese"),
    (
        FactKey::HoaFee,
        0,
        "hoa|hoa fee|hoa fees|hoa dues|association fee|association fees|monthly hoa|gastos de comunidad|gastos comunidad|comunidad|charges de copropriete|charges copropriete|hausgeld|spese condominiali|spese condominio|condominio|service charge|service charges|annual service charge|strata levies|strata levy|body corporate|body corporate fees|levies|levy|vve bijdrage|maintenance fee|maintenance charges|condo fees|condo fee|strata fees|charges",
    ),
    (
        FactKey::Taxes,
        0,
        "property tax|property taxes|annual tax|annual taxes|annual property tax|taxes|tax amount|tax annual amount|council tax|council tax band|ibi|taxe fonciere|council rates|rates and taxes|rates taxes|imu|iptu|imi|municipal taxes|rates",
    ),
    (
        FactKey::Parking,
        0,
        "parking|parking spaces|parking space|parking spots|total parking spaces|garage|garages|garage spaces|garage capacity|car spaces|carspaces|covered parking|covered parking spaces|garage parking|aparcamiento|plazas de garaje|plaza de garaje|garaje|stationnement|places de parking|parkings|stellplatz|stellplatze|garage stellplatz|anzahl garage stellplatz|posto auto|posti auto|box|vagas|vagas de garagem|vagas na garagem|estacionamento|lugares de garagem|garagem|parkeren|parkeergelegenheid|parkering|cars|car ports|carports",
    ),
    (
        FactKey::Stories,
        0,
        "stories|storeys|levels|number of floors|total floors|floors in building|floors|nombre d etages|nb etages|etagenzahl|etagenanzahl|anzahl etagen|geschosse|piani|totale piani|piani edificio|plantas del edificio|numero de plantas|aantal woonlagen|woonlagen|number of storeys|no of floors|floor count|pisos del edificio",
    ),
    (
        FactKey::Heating,
        0,
        "heating|heating type|heating system|heat|heating features|calefaccion|chauffage|type de chauffage|mode de chauffage|heizung|heizungsart|riscaldamento|aquecimento|verwarming",
    ),
    (
        FactKey::Cooling,
        0,
        "cooling|cooling system|air conditioning|a c|ac|cooling features|aire acondicionado|climatisation|klimaanlage|aria condizionata|climatizzazione|climatizzatore|ar condicionado|airconditioning",
    ),
    (
        FactKey::Roof,
        0,
        "roof|roofing|roof type|tejado|toiture|dach|dachform|tetto|telhado|dak|soort dak",
    ),
    (
        FactKey::Flooring,
        0,
        "flooring|floor covering|floors type|floor type|suelo|suelos|pavimento|pavimentos|revetement de sol|bodenbelag|pavimenti|vloer",
    ),
    (
        FactKey::Basement,
        0,
        "basement|cellar|sotano|cave|keller|cantina|cave a vin|kelder",
    ),
    (
        FactKey::Pool,
        0,
        "pool|swimming pool|private pool|pool features|piscina|piscine|schwimmbad|zwembad",
    ),
    (
        FactKey::Pets,
        0,
        "pets|pets allowed|pet policy|pet friendly|mascotas|se admiten mascotas|animaux|haustiere|haustiere erlaubt|animali ammessi|animais|huisdieren",
    ),
    (
        FactKey::School,
        0,
        "school district|schools|elementary school|middle school|high school|school",
    ),
    (
        FactKey::EnergyRating,
        0,
        "energy rating|energy class|energy efficiency rating|energy efficiency class|epc|epc rating|epc epc label|epc label|ber|ber rating|dpe|classe dpe|classe energie|classe energetique|diagnostic de performance energetique|energieeffizienzklasse|energieklasse|classe energetica|certificado energetico|certificacion energetica|calificacion energetica|clasificacion energetica|clase energetica|energielabel|energy label|energy certificate|certificado energetico classe|current epc rating",
    ),
    (
        FactKey::Tenure,
        0,
        "tenure|tenure type|ownership|title type|type of ownership|eigendomssituatie|regimen de propiedad|possession type",
    ),
    (
        FactKey::Reference,
        0,
        "reference|reference number|reference no|ref|ref no|ref number|ref nr|property ref|property reference|property ref no|listing id|listing number|listing no|listing reference|mls|mls #|mls no|mls number|mls id|mls r|web ref|web reference|property id|property number|property no|objekt nr|objektnummer|objekt id|objektid|online id|immobilien id|expose nr|kennung|referencia|referencia anuncio|referencia inmueble|ref inmueble|reference annonce|ref annonce|reference du bien|reference agence|riferimento|rif|rif annuncio|codice|codice annuncio|codice immobile|referentie|referentienummer|kenmerk|codigo|codigo do imovel|id|ad id|ad reference|id inmueble|external reference",
    ),
    (
        FactKey::Status,
        0,
        "status|listing status|property status|sale status|availability|estado del anuncio|disponibilite|verfugbarkeit|beschikbaarheid|sales status",
    ),
    (
        FactKey::AgentName,
        0,
        "agent|listing agent|agent name|listed by agent|list agent|realtor|sales agent",
    ),
    (
        FactKey::AgentCompany,
        0,
        "company|brokerage|listing office|agency|listing agency|office|listing courtesy of|courtesy of|listing broker|broker|marketed by|agence|inmobiliaria|agenzia|makelaar",
    ),
    (
        FactKey::Features,
        0,
        "features|key features|amenities|property features|interior features|exterior features|features amenities|caracteristicas|caracteristicas basicas|equipamiento|equipements|prestations|ausstattung|ausstattungsmerkmale|merkmale|caratteristiche|comodidades|kenmerken|voorzieningen|highlights|appliances",
    ),
    (
        FactKey::Description,
        0,
        "public remarks|remarks|description|property description|descripcion|descripcion del inmueble|beschreibung|objektbeschreibung|descrizione|descricao|omschrijving|about this property|about this home|about the property|property remarks|public description",
    ),
    // Rents: the label itself says that the amount is due every month.
    (
        FactKey::Price,
        0,
        "rent|monthly rent|rent per month|rental price|rent pcm|price pcm|precio alquiler|precio de alquiler|renta|loyer|loyer mensuel|loyer charges comprises|loyer cc|kaltmiete|nettokaltmiete|miete|miete kalt|mietpreis|canone|canone mensile|canone di locazione|aluguel|renda|renda mensal|valor do aluguel|preco do aluguel|huurprijs|huur|hyra|manadshyra|leie|czynsz|monthly rental price|weekly rent",
    ),
    (FactKey::Price, 3, "warmmiete|gesamtmiete|total rent"),
    // Labels that name a unit.
    (
        FactKey::LivingArea,
        0,
        "square feet|square footage|sq ft|sqft|sq feet|approx sq ft|approx square feet|total sq ft|total sqft|total square feet|finished sq ft|finished sqft|heated sqft|heated sq ft|living area sqft|living area sq ft|living area sqft total|building sqft|interior sqft|sq ft approx|size sqft|size sq ft|approximate sqft|interior sq ft|apx sqft|square foot|est sq ft|area sq ft|floor area sq ft|above grade finished area",
    ),
    (
        FactKey::LivingArea,
        0,
        "square metres|square meters|sqm|sq m|size sqm|size m2|floor area m2|floor area sqm|area m2|area sqm|superficie m2|wohnflache m2|wohnflache in m2|wohnflaeche m2|surface m2|surface habitable m2|m2 habitables|metros cuadrados|living area m2|floor size m2|building size m2|area m",
    ),
    (
        FactKey::LotArea,
        0,
        "acres|acres approx|lot size acre|total acres|approx acres|lot size in acres|acre",
    ),
    (
        FactKey::LotArea,
        0,
        "lot size sq ft|lot size sqft|lot square feet|lot sq ft|lot size square feet|land sq ft|lot size square footage",
    ),
    (
        FactKey::LotArea,
        0,
        "land size m2|land size sqm|erf size m2|plot m2|plot size m2|land area m2|land area sqm|grundstucksflache m2|grundstucksflache in m2|surface terrain m2|lot m2",
    ),
    (FactKey::LotArea, 0, "hectares|land size hectares"),
    (
        FactKey::Bedrooms,
        0,
        "no of beds|beds no|double bedrooms total|total beds|br|bd|bdr",
    ),
    (
        FactKey::Bathrooms,
        0,
        "ba|bth|no of baths|total bath|toilets and bathrooms",
    ),
    (FactKey::Latitude, 0, "latitude|lat|latitud|breitengrad"),
    (FactKey::Longitude, 0, "longitude|lng|lon|longitud|langengrad"),
    (
        FactKey::Offer,
        0,
        "offer type|listing type|transaction type|transaction|operacion|tipo de operacion|type de transaction|vermarktungsart|contratto|tipo di contratto|negocio|finalidade|for sale rent|tipo de oferta|deal type|sale type|angebotsart|type d offre|type de vente",
    ),
    (
        FactKey::PropertyType,
        0,
        "type of building|structure type|property class|class|home style|listing category|typ|type bien|bebouwing|soort bouw type|propertytype",
    ),
    (
        FactKey::LotArea,
        1,
        "outside space area|land plot|area of land|superficie solar|solar|finca",
    ),
    (
        FactKey::LivingArea,
        1,
        "property area|apartment size|flat size|flachen|wohnflache gesamt|floor area sq m|floor area approx|total floor area|internal floor area|gross floor area|total internal area|area interna|superficie interna|superf|sup",
    ),
    (
        FactKey::YearBuilt,
        0,
        "year property built|year of build|year built approx|approx year built|construction completed|built date|erbaut|annee de constr|costruito nel|ano de const|est year built|building year",
    ),
    (
        FactKey::Price,
        0,
        "prijs koop|venta|a vendre|price eur|price usd|price gbp|precio total|sale|importe|montant|kaufpreis eur|asking price eur|current asking price|price from owner|our price|property price|listed price|list price usd|listing price usd|price usd total",
    ),
    (
        FactKey::Bedrooms,
        0,
        "bedrooms no|bed room|bedroom count|beds count|aantal slaapkamers totaal|schlafraume|schlafraum|zimmer schlafzimmer|bedrooms total number",
    ),
    (
        FactKey::Parking,
        0,
        "parking total|parking features|garage features|garage type|carport|off street parking|parking type|soort garage|soort parkeergelegenheid|cochera|cocheras|estacionamientos",
    ),
    (
        FactKey::City,
        1,
        "locality|localite|localita|localidade|plaats|place|district city",
    ),
];

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

const UNITS: [&str; 16] = [
    "square feet",
    "sq ft",
    "sqft",
    "sq feet",
    "square metres",
    "square meters",
    "sqm",
    "sq m",
    "metros cuadrados",
    "mq",
    "m2",
    "metri quadri",
    "metros",
    "square foot",
    "acres",
    "acre",
];

const RENTS: [&str; 34] = [
    "rent",
    "monthly rent",
    "rent per month",
    "rental price",
    "rent pcm",
    "price pcm",
    "precio alquiler",
    "precio de alquiler",
    "renta",
    "loyer",
    "loyer mensuel",
    "loyer charges comprises",
    "loyer cc",
    "kaltmiete",
    "nettokaltmiete",
    "miete",
    "miete kalt",
    "mietpreis",
    "canone",
    "canone mensile",
    "canone di locazione",
    "aluguel",
    "renda",
    "renda mensal",
    "valor do aluguel",
    "preco do aluguel",
    "huurprijs",
    "huur",
    "hyra",
    "manadshyra",
    "leie",
    "warmmiete",
    "gesamtmiete",
    "total rent",
];

static TABLE: LazyLock<HashMap<&'static str, Label>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (key, rank, list) in LABELS {
        for label in list.split('|') {
            table.entry(label).or_insert(Label {
                key,
                rank,
                unit: unit_of(label),
                bare: UNITS.contains(&label),
                rent: key == FactKey::Price && RENTS.contains(&label),
            });
        }
    }
    table
});

/// Words before a label that add nothing.
const LEADS: [&str; 34] = [
    "number of",
    "no of",
    "nr of",
    "num",
    "total number of",
    "numero de",
    "n de",
    "no de",
    "num de",
    "nombre de",
    "nb de",
    "nb",
    "numero di",
    "n di",
    "numero",
    "anzahl der",
    "anzahl",
    "anz",
    "aantal",
    "no",
    "nr",
    "n",
    "approx",
    "approximate",
    "ca",
    "the",
    "property",
    "est",
    "estimated",
    "# of",
    "#",
    "qtd de",
    "quantidade de",
    "antal",
];

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
    for lead in LEADS {
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
