//! What a number or a statement can be about, and the words that say so.
//!
//! The table is data: a topic, the kinds of numbers it can carry, whether its mere mention states
//! that it exists (a pool, a garage), and its phrases in the singular, lower case, without accents.

/// Kinds of numbers, as bits.
pub mod kind {
    pub const COUNT: u8 = 1;
    pub const MONEY: u8 = 2;
    pub const AREA: u8 = 4;
    pub const TIME: u8 = 8;
    pub const OTHER: u8 = 16;
    pub const ANY: u8 = 31;
    /// Everything but a count: `garage 2` says nothing about how many garages there are.
    pub const BUT_COUNT: u8 = 30;
}
use kind::{ANY, AREA, BUT_COUNT, COUNT, MONEY, OTHER, TIME};

macro_rules! topics {
    ($($name:ident $kinds:expr, $stated:literal, $phrases:literal;)+) => {
        /// A subject of a claim.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Topic { $($name),+ }
        /// Topic, kinds of numbers, mention states existence, phrases.
        pub(super) const TABLE: &[(Topic, u8, bool, &str)] = &[$((Topic::$name, $kinds, $stated, $phrases)),+];
    };
}

topics! {
    // Words that look like a topic and are none.
    Nothing 0, false, "pool table|carpool|car pool|sold as|bed linen|well maintained|floor plan|floorplan|parking lot|price range|asking about|open floor|open concept|living in|ground up|park like|in the market|security deposit box|master plan|storage space|counter space|flat screen|wood look|stone throw|sea level|market value|car wash|guest parking|school bus|dog park|cat door|playroom|ballroom|mud room|mudroom|showing|view the|view photo|view it|view this|view listing|to view|viewing|state of the art|state|on record|the record|home page|fire station|gas station|police station|bus station|golf cart|family owned|house number|private showing|square|like new|no problem";
    Home MONEY | AREA | TIME, false, "home|house|property|residence|place|dwelling|it|this one|inmueble|vivienda|casa|haus|immobilie|maison|bien";
    // Rooms and counts.
    Bedrooms COUNT | AREA, false, "bedroom|bed|br|bd|bdr|bdrm|bhk|dormitorio|habitacion|schlafzimmer|chambre|camera da letto|quarto|slaapkamer|sleeping room";
    Bathrooms COUNT | AREA, false, "bathroom|bath|ba|full bath|full bathroom|full and|full|bano|badezimmer|bad|salle de bain|badkamer|restroom|washroom|shower room";
    HalfBaths COUNT, true, "half bath|half bathroom|powder room|partial bath|guest toilet|guest wc|cloakroom|toilet|wc";
    Rooms COUNT, false, "room|zimmer|piece|total room";
    ParkingSpaces COUNT, false, "car|space|parking space|parking spot|parking bay|parking place|vehicle|stall|stellplatz|plaza de garaje|car port space|spot";
    Stories COUNT, false, "story|storey|level|floor|etage|planta|stockwerk|flight";
    Units COUNT, false, "unit|apartment unit|dwelling unit|residence unit";
    // Money.
    Price MONEY, false, "price|asking price|list price|listing price|purchase price|sale price|sales price|asking|priced|offered|offered at|cost|sell for|selling price|guide price|precio|preis|kaufpreis|prix|on the market|value|yours for|going for|offers over|offers in excess of";
    Listed MONEY | TIME, false, "listed|list|listing|listing date|list date|came on the market|came to market";
    PricePerArea MONEY, false, "price per square foot|price per sq ft|price per sqft|price per square meter|price per square metre|price per m2";
    Hoa MONEY, true, "hoa|hoa fee|hoa due|homeowner association|homeowners association|homeowners' association|homeowner's association|association fee|association due|condo fee|maintenance fee|strata fee|community fee|dues|association|monthly fee|management fee|body corporate|levy";
    ServiceCharge MONEY, true, "service charge|ground rent|hausgeld";
    Taxes MONEY | TIME, false, "tax|property tax|real estate tax|council tax|taxed|rate and tax|municipal rate|ibi|grundsteuer|taxe fonciere|tax bill";
    Rent MONEY, false, "rent|monthly rent|miete|alquiler|loyer";
    Deposit MONEY | OTHER, false, "deposit|security deposit|down payment|downpayment|earnest money";
    Insurance MONEY, false, "insurance|homeowner insurance|premium";
    Utilities MONEY, false, "utility|utility bill|utility cost|electric bill|electricity bill|electricity|electricity cost|electric cost|power bill|gas cost|water cost|monthly electricity cost|water bill|gas bill|heating bill|heating cost|energy cost|energy bill|bill";
    Assessment MONEY | TIME, false, "assessment|special assessment|assessed|assessed value|assessor";
    Estimate MONEY, false, "estimate|estimated value|estimated|appraisal|appraised|valuation|worth";
    Mortgage MONEY | OTHER, false, "mortgage|monthly payment|payment|interest|interest rate|loan|apr|finance";
    ClosingCosts MONEY | TIME, false, "closing cost|closing";
    Commission MONEY | OTHER, false, "commission|buyer agent commission|provision|honorarium";
    Offers MONEY | COUNT, false, "bid|highest offer|best offer|offer of|competing offer";
    Reduction MONEY | TIME | OTHER, true, "reduction|price reduction|price cut|price drop|reduced|discount|dropped|price was cut|price cut";
    Credit MONEY, true, "seller credit|buyer credit|concession|rebate|cash back";
    // Sizes.
    LivingArea AREA | OTHER, false, "living area|living space|interior|floor area|floor space|square footage|sq footage|size|habitable|internal area|gross area|usable area|total area|built area|finished area|finished|heated|area|wohnflache|superficie|superficie construida|surface|surface habitable|livable|liveable|indoor space|interior space|interior living space|footage";
    Lot AREA | OTHER, false, "lot|lot size|lot area|plot|plot size|plot area|land|land area|land size|parcel|acreage|site|grounds|grundstuck|grundstucksflache|terrain|parcela|erf|erf size|homesite|sits on|set on";
    LivingRoom BUT_COUNT, false, "living room|lounge|sitting room|wohnzimmer|salon";
    DiningRoom ANY, true, "dining room|dining area|dining";
    FamilyRoom ANY, true, "family room|great room|rec room|recreation room|game room|bonus room";
    MediaRoom ANY, true, "media room|theater|theatre room|home theater|cinema room";
    Kitchen BUT_COUNT, false, "kitchen|kitchenette|cocina|kuche|cuisine";
    MasterBedroom BUT_COUNT, true, "master bedroom|primary bedroom|master suite|primary suite|main bedroom|principal bedroom|owner suite";
    EnSuite ANY, true, "ensuite|en suite";
    Office ANY, true, "office|home office|study|den";
    Laundry ANY, true, "laundry|laundry room|utility room|washer and dryer hookup";
    Closet ANY, true, "walk in closet|walk in wardrobe|fitted wardrobe";
    Attic ANY, true, "attic|loft conversion";
    Basement BUT_COUNT, true, "basement|cellar|keller|sotano|sous sol|crawl space|crawlspace";
    Sunroom ANY, true, "sunroom|sun room|conservatory|solarium|florida room|orangery";
    Pantry ANY, true, "pantry|larder";
    Storage ANY, true, "storage|storage unit|storage room|trastero";
    GuestHouse ANY, true, "guest house|guesthouse|adu|in law suite|in law unit|granny flat|annex|annexe|casita|mother in law suite|accessory dwelling";
    Workshop ANY, true, "workshop";
    Shed ANY, true, "shed|outbuilding";
    Barn ANY, true, "barn|stable";
    Greenhouse ANY, true, "greenhouse";
    Library ANY, true, "library";
    WineCellar ANY, true, "wine cellar|wine fridge|wet bar";
    // Outside.
    Yard BUT_COUNT, true, "yard|backyard|back yard|front yard|lawn";
    Garden BUT_COUNT, true, "garden|jardin|garten|landscaped|landscaping";
    Patio ANY, true, "patio|veranda";
    Deck ANY, true, "deck|decking";
    Balcony ANY, true, "balcony|balcon|balkon|juliet balcony";
    Terrace ANY, true, "terrace|terraza|terrasse|rooftop|roof terrace|roof deck";
    Porch ANY, true, "porch|front porch";
    Fence ANY, true, "fence|fenced|fencing";
    Pool BUT_COUNT, true, "pool|swimming pool|piscina|piscine|schwimmbad|inground pool";
    SharedPool BUT_COUNT, true, "community pool|shared pool|neighborhood pool|communal pool|association pool|public pool|hoa pool";
    Gazebo ANY, true, "gazebo|pergola";
    HotTub ANY, true, "hot tub|spa|jacuzzi|whirlpool";
    Sauna ANY, true, "sauna|steam room";
    Sprinkler ANY, true, "sprinkler|irrigation|sprinkler system";
    Gated ANY, true, "gated|gated community|gate";
    Driveway ANY, true, "driveway|off street parking|off road parking";
    Garage BUT_COUNT, true, "garage|garaje|box garage";
    Carport BUT_COUNT, true, "carport|car port";
    Parking ANY, true, "parking|aparcamiento|parkplatz|stationnement|parked";
    RvParking ANY, true, "rv|boat parking|rv parking";
    StreetParking ANY, true, "street parking|on street";
    Dock ANY, true, "dock|boat slip|mooring|boat dock|marina";
    // Building.
    Roof BUT_COUNT, false, "roof|roofing|dach|tejado|toiture";
    Windows BUT_COUNT, false, "window|ventana|fenster";
    DoubleGlazing ANY, true, "double glazing|double glazed|double pane|dual pane";
    TripleGlazing ANY, true, "triple glazing|triple glazed|triple pane";
    Siding ANY, true, "siding";
    Plumbing ANY, false, "plumbing|pipe";
    Wiring ANY, false, "wiring|rewired|electrical panel|electrical system";
    Foundation ANY, false, "foundation|slab";
    Hvac ANY, true, "hvac|hvac system";
    Heating ANY, true, "heating|heat|calefaccion|heizung|chauffage|heater";
    Cooling ANY, true, "cooling|air conditioning|air conditioner|air conditioned|ac|a/c|aircon|central air|climatisation|aire acondicionado|klimaanlage";
    Gas ANY, true, "gas|natural gas|gasheizung|gaz";
    Electric ANY, true, "electric|electrical";
    OilHeat ANY, true, "oil|oil tank|fuel oil";
    Propane ANY, true, "propane|lpg";
    ForcedAir ANY, true, "forced air";
    HeatPump ANY, true, "heat pump";
    Geothermal ANY, true, "geothermal";
    Radiant ANY, true, "radiant|underfloor heating|floor heating|heated floor|heated towel rail";
    Radiator ANY, true, "radiator";
    Baseboard ANY, true, "baseboard";
    MiniSplit ANY, true, "mini split|ductless";
    WindowUnit ANY, true, "window unit|wall unit";
    Evaporative ANY, true, "evaporative|swamp cooler";
    Furnace ANY, true, "furnace";
    Boiler ANY, true, "boiler";
    WaterHeater ANY, true, "water heater|hot water tank|hot water heater";
    Tankless ANY, true, "tankless|tankless water heater";
    Solar ANY, true, "solar|solar panel|photovoltaic|pv";
    EvCharger ANY, true, "ev charger|ev charging|charging station|car charger|ev";
    Insulation ANY, true, "insulation|insulated";
    Fireplace ANY, true, "fireplace|fire place|chimney|kamin|chimenea|cheminee";
    WoodStove ANY, true, "woodstove|wood stove|wood burner|log burner|wood burning stove|pellet stove";
    CeilingFan ANY, true, "ceiling fan";
    Generator ANY, true, "generator";
    Septic ANY, true, "septic|septic tank";
    Sewer ANY, true, "public sewer|city sewer|municipal sewer|mains drainage|sewer connection|mains sewer";
    Well ANY, true, "well water|private well|water well";
    CityWater ANY, true, "city water|public water|municipal water|mains water";
    Internet ANY, true, "internet|broadband|wifi|wi fi";
    Fiber ANY, true, "fiber|fibre|fiber internet|fibre broadband";
    Security ANY, true, "alarm|security system|burglar alarm";
    Camera ANY, true, "security camera|cctv|doorbell camera";
    Intercom ANY, true, "intercom|doorbell|video phone";
    SmartHome ANY, true, "smart home|smart thermostat|smart lock|home automation";
    Elevator ANY, true, "elevator|lift|ascensor|aufzug|ascenseur";
    Dishwasher ANY, true, "dishwasher";
    Washer ANY, true, "washer|washing machine";
    Dryer ANY, true, "dryer|tumble dryer";
    Fridge ANY, true, "refrigerator|fridge|freezer";
    Oven ANY, true, "oven|stove|cooktop|hob|gas range";
    Microwave ANY, true, "microwave";
    Appliances ANY, true, "appliance";
    Island ANY, true, "kitchen island|center island|centre island|breakfast bar|breakfast nook";
    Granite ANY, true, "granite";
    Quartz ANY, true, "quartz|quartzite|corian";
    Marble ANY, true, "marble";
    Stainless ANY, true, "stainless|stainless steel";
    Hardwood ANY, true, "hardwood|wood floor|wooden floor|parquet|oak floor|wood flooring|parkett|parquet floor";
    Laminate ANY, true, "laminate";
    Vinyl ANY, true, "vinyl|lvp|linoleum";
    Tile ANY, true, "tile|tiled|ceramic|porcelain|travertine|terracotta";
    Carpet ANY, true, "carpet|carpeted|carpeting";
    Bamboo ANY, true, "bamboo";
    Cork ANY, true, "cork";
    Brick ANY, true, "brick";
    Stucco ANY, true, "stucco";
    Stone ANY, true, "stone|flagstone|limestone|granite stone";
    Concrete ANY, true, "concrete";
    Slate ANY, true, "slate";
    Metal ANY, true, "metal|tin|steel roof|standing seam";
    Shingle ANY, true, "shingle";
    Composition ANY, true, "composition|composite";
    Asphalt ANY, true, "asphalt|bitumen";
    Cedar ANY, true, "cedar|wood shake|shake|thatched|thatch";
    VaultedCeiling ANY, true, "vaulted|vaulted ceiling|cathedral ceiling|high ceiling|beamed ceiling|exposed beam|coffered";
    Skylight ANY, true, "skylight";
    Furnished ANY, true, "furnished|furniture";
    Unfurnished ANY, true, "unfurnished";
    Attached ANY, true, "attached";
    Accessible ANY, true, "wheelchair|accessible|ramp|step free|handicap accessible|stair lift";
    Works TIME | MONEY, true, "renovated|remodeled|remodelled|updated|upgraded|refurbished|replaced|restored|redone|renewed|renovation|remodel|upgrade|replacement|repainted|refreshed|modernized|modernised|rebuilt|retrofitted|retrofit|renovation year";
    Installed TIME | MONEY, false, "installed|added|fitted|serviced";
    New TIME, true, "brand new|newer|newly";
    MoveIn TIME, true, "move in ready|turnkey|turn key|move in condition";
    // Place.
    Waterfront ANY, true, "waterfront|water access";
    Lakefront ANY, true, "lakefront|lake access";
    Oceanfront ANY, true, "oceanfront|beachfront|beach access";
    Riverfront ANY, true, "riverfront";
    View ANY, true, "view";
    OceanView ANY, true, "ocean view|sea view|bay view|water view";
    MountainView ANY, true, "mountain view|hill view";
    CityView ANY, true, "city view|skyline view";
    LakeView ANY, true, "lake view|river view";
    CornerLot ANY, true, "corner lot";
    CulDeSac ANY, true, "cul de sac|dead end";
    Flood ANY, true, "flood|flood zone|floodplain|flood plain|flooded";
    FireZone ANY, true, "wildfire|fire zone|earthquake zone|fault line";
    Hazard ANY, true, "water damage|foundation issue|structural issue|leak|leaking";
    Asbestos ANY, true, "asbestos";
    LeadPaint ANY, true, "lead paint|lead based paint";
    Mold ANY, true, "mold|mould";
    Termites ANY, true, "termite";
    Radon ANY, true, "radon";
    Inspection ANY, true, "inspection|inspected|survey";
    Easement ANY, true, "easement|right of way";
    Lien ANY, true, "lien|covenant";
    Warranty ANY, true, "warranty|guarantee";
    Tenants ANY, true, "tenant|tenanted|leased|tenant occupied|sitting tenant";
    OwnerOccupied ANY, true, "owner occupied";
    Vacant ANY, true, "vacant|chain free|no chain|vacant possession";
    Station OTHER, true, "train|train station|station|railway station|commuter rail|transit|public transport|public transportation";
    Metro OTHER, true, "metro|subway|tram|light rail|metro station|subway station";
    Bus OTHER, true, "bus|bus stop|bus line|bus route";
    Shops OTHER, true, "shop|shopping|shopping center|shopping centre|store|supermarket|grocery|grocery store|mall|market|boutique";
    Restaurants OTHER, true, "restaurant|cafe|bar|dining out|eatery|pub";
    Park OTHER, true, "park|green space|nature reserve|preserve";
    Beach OTHER, true, "beach|ocean|sea|coast|seafront";
    Lake OTHER, true, "lake|pond";
    River OTHER, true, "river|creek|stream";
    Hospital OTHER, true, "hospital|clinic|medical center";
    Airport OTHER, true, "airport";
    Highway OTHER, true, "highway|freeway|motorway|interstate|expressway";
    Downtown OTHER, true, "downtown|city center|city centre|town center|town centre|village center";
    School OTHER, true, "school|school district|elementary|elementary school|middle school|high school|kindergarten|daycare|preschool|catchment|charter school";
    University OTHER, true, "university|college|campus";
    Golf OTHER, true, "golf|golf course";
    Trail OTHER, true, "trail|hiking|bike path|hiking trail";
    Mountain OTHER, true, "mountain|ski|foothill|forest|woods";
    Church OTHER, true, "church|synagogue|mosque|temple|chapel";
    Gym ANY, true, "gym|fitness center|fitness centre|fitness room|exercise room";
    Clubhouse ANY, true, "clubhouse|club house";
    Tennis ANY, true, "tennis|tennis court|pickleball";
    Basketball ANY, true, "basketball court|basketball";
    Playground ANY, true, "playground";
    Concierge ANY, true, "concierge|doorman|porter|on site manager";
    // Kind of building and ownership.
    Condo BUT_COUNT, true, "condo|condominium|condo unit";
    Apartment BUT_COUNT, true, "apartment|flat|piso|wohnung|appartement|apartamento|eigentumswohnung";
    Townhouse BUT_COUNT, true, "townhouse|townhome|town house|town home|row house|rowhouse|reihenhaus";
    SingleFamily BUT_COUNT, true, "single family|single family home|single family house|single family residence|sfr|einfamilienhaus";
    MultiFamily BUT_COUNT, true, "multi family|multifamily|triplex|fourplex|quadplex|two family|mehrfamilienhaus";
    Duplex BUT_COUNT, true, "duplex";
    Mobile BUT_COUNT, true, "mobile home|manufactured home|manufactured|trailer|mobile";
    Villa BUT_COUNT, true, "villa|mansion|estate home";
    Chalet BUT_COUNT, true, "chalet";
    Bungalow BUT_COUNT, true, "bungalow|rambler|ranch style|rancher|ranch home|ranch house";
    Cottage BUT_COUNT, true, "cottage";
    Cabin BUT_COUNT, true, "cabin";
    Farmhouse BUT_COUNT, true, "farmhouse";
    Loft BUT_COUNT, true, "loft";
    Penthouse BUT_COUNT, true, "penthouse";
    Studio BUT_COUNT, true, "studio|studio apartment|efficiency unit";
    Detached BUT_COUNT, true, "detached";
    SemiDetached BUT_COUNT, true, "semi detached|semidetached|semi-detached|doppelhaushalfte";
    Terraced BUT_COUNT, true, "terraced|mid terrace|end terrace|end of terrace";
    VacantLand BUT_COUNT, true, "vacant land|vacant lot|empty lot|building plot|raw land";
    Victorian BUT_COUNT, true, "victorian|edwardian";
    Colonial BUT_COUNT, true, "colonial|georgian";
    Craftsman BUT_COUNT, true, "craftsman";
    Tudor BUT_COUNT, true, "tudor";
    MidCentury BUT_COUNT, true, "mid century";
    Coop BUT_COUNT, true, "co op|coop|cooperative";
    Freehold OTHER, true, "freehold|fee simple";
    Leasehold OTHER, true, "leasehold|land lease|share of freehold";
    // State of the sale.
    Sold MONEY | TIME, true, "sold|last sold|verkauft|vendido|vendu";
    Pending TIME, true, "pending|under contract|under offer|sale agreed|in escrow|contingent|reserved|sale pending|accepted offer|accepted an offer|offer accepted";
    Available TIME, true, "still available|currently available|available for sale|available for purchase|still on the market|currently on the market|still for sale|active listing|actively listed";
    OffMarket TIME, true, "off the market|off market|withdrawn|taken off|delisted";
    ForSale MONEY | TIME, true, "for sale|en venta|zu verkaufen|a vendre";
    ForRent MONEY | TIME, true, "for rent|to let|to rent|rental|for lease|en alquiler|zu vermieten|a louer";
    OpenHouse TIME, true, "open house|open home|open day";
    Auction MONEY | TIME, true, "auction";
    Foreclosure MONEY | TIME, true, "foreclosure|short sale|bank owned|reo";
    Negotiable OTHER, true, "negotiable|open to offers|negotiation|best and final";
    SellerFinancing OTHER, true, "seller financing|owner financing|fha|va loan|assumable|cash only";
    // Rules.
    Pets OTHER | COUNT, true, "pet|mascota|haustier|animaux|animal|pet friendly";
    Dogs OTHER | COUNT, true, "dog|perro|hund|chien|puppy";
    Cats OTHER | COUNT, true, "cat|gato|katze|chat domestique|kitten";
    Smoking OTHER, true, "smoking|smoke free|non smoking|smoker";
    ShortLets OTHER, true, "airbnb|short term rental|vacation rental|short let|subletting|sublet";
    // Labels of plain values.
    Energy OTHER, false, "energy rating|energy class|energy certificate|energy label|energy efficiency|epc|epc rating|ber|ber rating|dpe|energieklasse|rating|rated|energy performance";
    Reference OTHER, false, "reference|reference number|mls|mls number|mls id|mls listing|listing number|listing id|property id|ref|property number|listing reference|id";
    Address OTHER, false, "address|located at|located|street address|direccion|adresse";
    PostalCode OTHER, false, "zip|zip code|postal code|postcode|codigo postal|postleitzahl|plz|code postal";
    Latitude OTHER, false, "latitude|lat";
    Longitude OTHER, false, "longitude|lng|lon";
    Phone OTHER, false, "phone|telephone|call|cell|text|mobile number|tel";
    Built TIME, false, "built|build|construction|constructed|year built|built in|dates|dates back|dates from|dating|erected|completed|construction year|year of construction|baujahr|construido|construit|age|vintage|circa|went up|ano de construccion|annee de construction|gebaut|build year";
    Agent OTHER, false, "agent|realtor|broker|agency|brokerage|listing agent|represented";
}

/// A set of topics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Topics([u64; 5]);

impl Topics {
    pub fn insert(&mut self, topic: Topic) {
        self.0[topic as usize / 64] |= 1 << (topic as usize % 64);
    }
    pub fn remove(&mut self, topic: Topic) {
        self.0[topic as usize / 64] &= !(1 << (topic as usize % 64));
    }
    pub fn contains(self, topic: Topic) -> bool {
        self.0[topic as usize / 64] & (1 << (topic as usize % 64)) != 0
    }
    pub fn is_empty(self) -> bool {
        self.0 == [0; 5]
    }
    pub fn join(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }
    pub fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }
}

impl Topic {
    /// Kinds of numbers this topic can carry.
    pub fn kinds(self) -> u8 {
        TABLE[self as usize].1
    }

    /// Its mention says that the property has it, is it or allows it.
    pub fn is_stated(self) -> bool {
        TABLE[self as usize].2
    }

    /// A word for the whole property: a price or a size beside it is the property's.
    pub fn is_whole(self) -> bool {
        self == Self::Home || (Self::Condo..=Self::Coop).contains(&self)
    }

    /// The same subject under one name, given the kind of number it carries.
    pub fn canonical(self, kind: u8) -> Self {
        match (self, kind) {
            (Self::Listed | Self::ForSale | Self::Available, kind::MONEY) => Self::Price,
            (Self::ForRent, kind::MONEY) => Self::Rent,
            (Self::Installed | Self::New, _) => Self::Works,
            (Self::Parking, kind::COUNT) => Self::ParkingSpaces,
            (whole, kind::MONEY) if whole.is_whole() => Self::Price,
            (whole, kind::AREA) if whole.is_whole() => Self::LivingArea,
            (whole, kind::TIME) if whole.is_whole() => Self::Built,
            (topic, _) => topic,
        }
    }

    /// What is true as well when this is.
    pub fn implied(self) -> &'static [Topic] {
        match self {
            Self::Garage | Self::Carport | Self::Driveway | Self::RvParking | Self::StreetParking => &[Self::Parking],
            Self::ParkingSpaces => &[Self::Parking],
            Self::MiniSplit | Self::WindowUnit | Self::Evaporative => &[Self::Cooling],
            Self::Lakefront | Self::Oceanfront | Self::Riverfront => &[Self::Waterfront],
            Self::OceanView | Self::MountainView | Self::CityView | Self::LakeView => &[Self::View],
            Self::Tankless => &[Self::WaterHeater],
            Self::Metro => &[Self::Station],
            Self::Fiber => &[Self::Internet],

            Self::ForcedAir
            | Self::HeatPump
            | Self::Radiant
            | Self::Radiator
            | Self::Baseboard
            | Self::Furnace
            | Self::Boiler
            | Self::Geothermal => &[Self::Heating],
            Self::Loft => &[Self::Attic],
            Self::SemiDetached => &[Self::Attached],
            Self::New => &[Self::Works],
            _ => &[],
        }
    }
}
