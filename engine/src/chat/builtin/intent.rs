//! What buyers ask, and the words they use for it.

use std::sync::LazyLock;

use domain::fact::FactKey;

use super::list::{Phrases, WordSet, same, set};
use super::question::Wants;

macro_rules! intents {
    ($($name:ident $keys:expr, $label:literal, $wants:expr, $phrases:literal;)+) => {
        /// A thing that can be asked for by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Intent { $($name),+ }
        const TABLE: &[Row] = &[$(Row { intent: Intent::$name, keys: $keys, name: $label, wants: $wants, phrases: $phrases }),+];
    };
}

struct Row {
    intent: Intent,
    /// Fields that answer it.
    keys: &'static [FactKey],
    name: &'static str,
    /// Kinds of answers the fields can give.
    wants: &'static [Wants],
    phrases: &'static str,
}

use Wants::{Age, Anything, Count, Date, Money, Person, Phone, Place, Size, YesNo};

intents! {
    Price &[FactKey::Price], "price", &[Money, Anything, YesNo], "price|asking price|guide price|list price|listing price|purchase price|sale price|cost|costs|asking|listed for|priced|going for|worth|precio|cuesta|vale|preis|kaufpreis|kostet|prix|coute|rent|monthly rent|miete|alquiler|loyer|rent is|how much is it|how much is the|how much";
    Bedrooms &[FactKey::Bedrooms], "number of bedrooms", &[Count, Anything, YesNo], "bedroom|bed|br|bdrm|bhk|dormitorio|habitacion|habitaciones|schlafzimmer|chambre|sleeping room|sleep";
    HalfBathrooms &[FactKey::HalfBathrooms], "number of half bathrooms", &[Count, Anything, YesNo], "half bath|half bathroom|powder room|guest toilet";
    Bathrooms &[FactKey::Bathrooms], "number of bathrooms", &[Count, Anything, YesNo], "bathroom|bath|full bath|full bathroom|bano|badezimmer|bad|baeder|salle de bain|salles de bain|shower room|washroom|restroom";
    LotArea &[FactKey::LotArea], "lot size", &[Size, Anything, Count, Money], "lot|lot size|plot|plot size|land|land size|acreage|acre|parcel|grundstuck|grundstucksgrosse|parcela|terreno|terrain|grounds|erf|size of the lot|how much land";
    LivingArea &[FactKey::LivingArea], "living area", &[Size, Anything, Count, YesNo], "living area|living space|square feet|square foot|square footage|sq ft|sqft|square meter|square metre|square meters|sqm|m2|floor area|floor space|footage|interior size|size|area|how big|how large|wohnflache|superficie|metros cuadrados|surface|gross|wie gross|metre carre|quadratmeter";
    YearBuilt &[FactKey::YearBuilt], "year of construction", &[Date, Age, Anything, YesNo], "built|year built|build|construction|constructed|construction year|year of construction|how old|age|baujahr|gebaut|construido|construida|ano de construccion|construit|construite|annee de construction|erected|what year|and what year|and the year|wie alt|new construction|date of construction|completed";
    HoaFee &[FactKey::HoaFee], "HOA fee", &[Money, Anything, YesNo], "hoa|hoa fee|hoa due|hoa dues|homeowners association|homeowner association|association|association fee|association dues|monthly fee|monthly dues|condo fee|strata fee|maintenance fee|community fee|comunidad|hausgeld|dues|fees";
    Taxes &[FactKey::Taxes], "property taxes", &[Money, Anything, YesNo], "tax|property tax|real estate tax|annual tax|council tax|yearly tax|rates and taxes|ibi|grundsteuer|taxe fonciere|impuesto";
    Garage &[FactKey::Parking], "garage", &[YesNo, Count, Anything], "garage|garaje|carport|garages";
    Parking &[FactKey::Parking], "parking", &[YesNo, Count, Anything, Place], "parking|parking space|parking spot|park|park my car|car|cars|stellplatz|stellplatze|parkplatz|parkplatze|aparcamiento|plaza de garaje|stationnement|driveway|vehicle|off street";
    Heating &[FactKey::Heating], "heating", &[YesNo, Anything], "heating|heat|how is it heated|how is the house heated|how is the home heated|heated by|heated with|heating system|heating type|heater|calefaccion|heizung|beheizt|chauffage|furnace|boiler";
    Cooling &[FactKey::Cooling], "cooling", &[YesNo, Anything], "cooling|air conditioning|air conditioner|air conditioned|ac|a c|aircon|central air|cooled|aire acondicionado|klimaanlage|climatisation|cooling system";
    Roof &[FactKey::Roof], "roof", &[Anything], "roof|roof type|roofing|roof material|made of|dach|tejado|toit|material";
    Stories &[FactKey::Stories], "number of stories", &[Count, Anything, YesNo], "story|stories|storey|storeys|levels|level|how many floor|how many floors|single story|single storey|one story|two story|etagen|stockwerke|plantas|etages|multi level";
    Flooring &[FactKey::Flooring], "flooring", &[Anything, YesNo], "flooring|floor|floors|floor type|carpet|hardwood|hardwood floor|wood floor|laminate|kind of floor|suelo|fussboden|bodenbelag|parquet";
    Basement &[FactKey::Basement], "basement", &[YesNo, Anything], "basement|cellar|keller|sotano|cave|finished basement|sous sol";
    Pool &[FactKey::Pool], "pool", &[YesNo, Anything], "pool|swimming pool|piscina|schwimmbad|piscine";
    Pets &[FactKey::Pets], "pets", &[YesNo, Anything, Count], "pet|pets|pet policy|dog|dogs|cat|cats|animal|mascota|mascotas|haustier|haustiere|hund|hunde|animaux|pet friendly|perro|perros|bring my dog|bring my cat|allowed|pets allowed|policy";
    School &[FactKey::School], "schools", &[Anything, Place, YesNo, Person], "school|schools|school district|elementary school|high school|middle school|assigned school|schule|schulen|escuela|escuelas|colegio|ecole|catchment|schools zoned|zoned|district|elementary|primary school";
    PostalCode &[FactKey::PostalCode], "postal code", &[Anything, Place], "zip|zip code|postal code|postcode|codigo postal|postleitzahl|plz|code postal";
    Coordinates &[FactKey::Latitude, FactKey::Longitude], "coordinates", &[Anything, Place], "coordinates|latitude|longitude|gps|gps coordinates";
    Country &[FactKey::Country], "country", &[Anything, Place], "country|pais|land ist|pays";
    City &[FactKey::City, FactKey::Region], "city", &[Anything, Place, YesNo], "city|town|village|state|county|region|ciudad|stadt|ville|municipality|suburb|province";
    Address &[FactKey::Address, FactKey::City, FactKey::Region, FactKey::PostalCode], "address", &[Anything, Place, YesNo], "address|full address|street address|located|location|where|street|direccion|adresse|donde|wo|wo liegt|where is it|ubicacion|liegt|ou se trouve|situee|situe|house number";
    Status &[FactKey::Status, FactKey::Offer], "status", &[YesNo, Anything], "available|still available|status|sold|pending|under contract|under offer|on the market|still on the market|for sale|disponible|verfugbar|verkauft|vendido|vendu|off the market|still for sale|taken|active|noch zu haben|for rent|sale or rent|rent or sale|rental|for lease|to let|verkaufen|en venta|a vendre|buy|still";
    PropertyType &[FactKey::PropertyType], "property type", &[Anything, YesNo], "property type|type of property|type of house|type of home|kind of property|kind of house|kind of home|kind of building|type of building|what type|what kind|single family|single family home|condo|condominium|apartment|townhouse|townhome|duplex|detached|detached house|semi detached|bungalow|mobile home|manufactured|tipo de inmueble|art von immobilie|type de bien|immobilientyp|terraced|house or an apartment|house or a flat|villa|flat|standalone|freestanding";
    EnergyRating &[FactKey::EnergyRating], "energy rating", &[Anything, YesNo], "energy rating|energy certificate|energy class|energy label|energy efficiency|energy|epc|ber|dpe|energieausweis|energieklasse|certificado energetico|classe energetique|energy performance|epc rating|ber rating|energy efficient|rating|eficiencia energetica|certificate";
    Tenure &[FactKey::Tenure], "tenure", &[Anything, YesNo], "tenure|freehold|leasehold|leasehold or freehold|freehold or leasehold|fee simple|ownership type|ownership";
    Reference &[FactKey::Reference], "listing number", &[Anything, Count, Phone], "mls|mls number|mls id|reference|reference number|listing number|listing id|listing reference|ref|property id|property reference|referencia|referenznummer|objektnummer|property number|id number|id";
    AgentCompany &[FactKey::AgentCompany], "agency", &[Anything, Person, YesNo], "agency|brokerage|company|estate agency|which agency|listing office|office is listing|firm|maklerburo|inmobiliaria|agence|real estate company";
    Agent &[FactKey::AgentName, FactKey::AgentCompany], "agent", &[Anything, Person, YesNo], "agent|listing agent|realtor|broker|who is selling|selling|who listed|listed by|who represents|estate agent|makler|agente|selling this|contact person|marketing|handling";
    Features &[FactKey::Features], "features", &[Anything], "features|feature|amenities|amenity|caracteristicas|ausstattung|equipements|highlights|extras|special|come with|included|comes with|perks";
    Description &[FactKey::Description], "description", &[Anything, YesNo], "tell me about|tell me more|describe|description|overview|summary|more about|what can you tell|details about|know about|give me details|about this|about the house|about the home|about the property|about it|summarize|beschreibung|descripcion|more information|more info|more details";
}

impl Intent {
    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    pub fn keys(self) -> &'static [FactKey] {
        self.row().keys
    }

    /// What it is called in "I don't have the … on record".
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Intents that take a size or an age only for themselves: "how big is the lot" does not ask
    /// for the living area too.
    fn gives_way(self) -> bool {
        matches!(
            self,
            Self::LivingArea
                | Self::YearBuilt
                | Self::Price
                | Self::Address
                | Self::Status
                | Self::Features
                | Self::Description
                | Self::PropertyType
                | Self::Roof
        )
    }
}

/// Phrases that only say what kind of answer is wanted, or too little by themselves. An intent
/// found by nothing else gives way to another.
static WEAK: WordSet = WordSet::new(|| {
    set(
        "how big|how large|size|area|how old|age|how much|cost|costs|where|wo|donde|kostet|what kind|what type|\
    available|included|come with|comes with|built|build|price|worth|located|location|street|still|asking|buy|\
    special|wie alt|wie gross|liegt|made of|material|rating|certificate|allowed|policy|fees|how much is the|\
    how much is it|square feet|square meter|m2|sq ft|sqft|square foot|rent|completed|construction|car|cars|\
    park|district|state|active|vale|cuesta|id|what year|condo|apartment|flat|villa|town|more info|\
    more information|more details|tell me about|tell me more|about the house|about the home|\
    about the property|about this|about it|details about|know about|more about|what can you tell|marketing|\
    office is listing|selling|footage|square footage|for sale|for rent|on the market|gross|surface|\
    elementary|extras|bad|land|status|duplex|bungalow|company",
    )
});

/// An intent and the words that named it.
pub struct Hit {
    pub intent: Intent,
    pub spans: Vec<(usize, usize)>,
    strong: bool,
}

/// Every intent of a question, in the order asked: those that fields can answer, and those that are
/// named for something else.
pub fn find(words: &[String], wants: &[Wants]) -> (Vec<Hit>, Vec<Hit>) {
    let mut found: Vec<(Intent, usize, usize, bool)> = Vec::new();
    for i in 0..words.len() {
        PHRASES.starting(&words[i], |rest, (intent, strong)| {
            let Some(to) = ends(words, i + 1, rest) else { return };
            // "Thanks a lot" is about no land.
            let of = words.get(to).is_none_or(|next| next == "of" || next == "for");
            let idle = to == i + 1 && (words[i] == "lots" || words[i] == "lot" && i > 0 && words[i - 1] == "a" && of);
            if !idle {
                found.push((intent, i, to, strong));
            }
        });
    }
    // A phrase inside a longer one of another intent does not count: "pool" in "swimming pool" is
    // the same, "floor" in "floor area" is not.
    let all = found.clone();
    found.retain(|(_, from, to, _)| !all.iter().any(|(_, a, b, _)| a <= from && to <= b && b - a > to - from));
    let mut hits: Vec<Hit> = Vec::new();
    found.sort_by_key(|(intent, from, ..)| (*from, *intent));
    for (intent, from, to, strong) in found {
        match hits.iter_mut().find(|hit| hit.intent == intent) {
            Some(hit) => {
                hit.spans.push((from, to));
                hit.strong |= strong;
            }
            None => hits.push(Hit {
                intent,
                spans: vec![(from, to)],
                strong,
            }),
        }
    }
    settle(hits, wants)
}

/// Weak hits give way to strong ones; their words stay taken.
fn settle(hits: Vec<Hit>, wants: &[Wants]) -> (Vec<Hit>, Vec<Hit>) {
    let any_strong = hits.iter().any(|hit| hit.strong);
    let (mut kept, mut given, mut beyond): (Vec<Hit>, Vec<Hit>, Vec<Hit>) = (Vec::new(), Vec::new(), Vec::new());
    for hit in hits {
        let fits = wants
            .iter()
            .any(|wants| hit.intent.row().wants.contains(wants) || hit.strong && *wants == Wants::Anything);
        if any_strong && !hit.strong {
            given.push(hit);
        } else if fits {
            kept.push(hit);
        } else if hit.strong {
            // "How old is the roof": the roof's age is not a field.
            beyond.push(hit);
        }
    }
    if kept.len() > 1 && kept.iter().any(|hit| !hit.intent.gives_way() && hit.strong) && wants[0] != Wants::Anything {
        kept.retain(|hit| hit.strong || !hit.intent.gives_way());
    }
    if !any_strong && kept.len() > 1 {
        // Only weak words: the kind of answer decides.
        let best = kept
            .iter()
            .position(|hit| hit.intent.row().wants.first() == wants.first())
            .unwrap_or(0);
        kept.swap(0, best);
        for hit in kept.drain(1..).collect::<Vec<_>>() {
            given.push(hit);
        }
    }
    if let Some(first) = kept.first_mut() {
        first.spans.extend(given.into_iter().flat_map(|hit| hit.spans));
    }
    (kept, beyond)
}

/// Every phrase with its intent, and whether it is telling by itself.
static PHRASES: LazyLock<Phrases<(Intent, bool)>> = LazyLock::new(|| {
    let rows = TABLE
        .iter()
        .flat_map(|row| row.phrases.split('|').map(|phrase| (row.intent, phrase)));
    Phrases::new(rows.map(|(intent, phrase)| ((intent, !WEAK.contains(phrase)), phrase)))
});

/// End of a phrase that goes on with `rest` from word `i`; `*` is any one word.
pub fn ends(words: &[String], i: usize, rest: &[&str]) -> Option<usize> {
    let goes_on = rest.iter().enumerate().all(|(k, wanted)| {
        words
            .get(i + k)
            .is_some_and(|word| *wanted == "*" || same(word, wanted))
    });
    goes_on.then_some(i + rest.len())
}

/// Words that ask without saying what for, in the languages that are understood.
pub fn is_filler(word: &str) -> bool {
    word.len() < 2 && !word.starts_with(|c: char| c.is_ascii_digit()) || FILLERS.contains(word)
}

static FILLERS: WordSet = WordSet::new(|| {
    set(
        "also anything approx approximately ask asking buyer call come comes current currently detail details \
    else ever exact exactly find get give got home hello hey hi house info information interested just kind \
    know like list listing fit fits take takes long looking lot's make many much need new number numbers now \
    offer ok old one overall people place property provide really right roughly say see show sort tell \
    thanks thank thing think today total totally type u want wondering way direction year yet big large \
    small exist exists present each every other both actually building unit condo apartment flat residence \
    use used using feature features include includes included available there's theres isnt doesnt arent im \
    id ive monthly annual annually yearly per month mind wanna gonna let lets again hows wheres whos whens \
    still full fully stated official registered amount count value level system space spaces made inside \
    situated own live sit sits first answer question quick main bit only going go charge charges charged pay \
    paid due el la los las de del en un una que cual cuantos cuantas cuanto cuando donde como se y o su es \
    esta este tiene hay casa piso vivienda inmueble fue con por para al tienen son permiten admiten aceptan \
    wie viele viel wieviel wieviele hat ist das die der den dem ein eine einen gibt wo wann was welche \
    welches welcher und mit wurde wird haus wohnung immobilie sind erlaubt fur zu gross hoch kosten quel \
    quelle quels combien est le les ce cette il elle du des une quand comment et maison appartement bien \
    sont sur pour avec dans ou autorises acceptes",
    )
});
