//! The words of the fair housing rules. Lower case, without accents; `*` stands for up to three words.

use super::super::super::retrieval::index::words::{WordSet, set};
use super::Category::{
    self, Age, Disability, FamilialStatus, Income, NationalOrigin, People, Race, Religion, Safety, Schools, Sex,
};

/// Words for a group of people.
pub struct Group {
    pub category: Category,
    /// The words name people by themselves; otherwise only together with a word for people.
    pub people: bool,
    /// "Perfect for …" with them states a preference.
    pub suited: bool,
    pub words: &'static str,
}

const fn group(category: Category, people: bool, suited: bool, words: &'static str) -> Group {
    Group {
        category,
        people,
        suited,
        words,
    }
}

pub const GROUPS: &[Group] = &[
    group(
        Race,
        true,
        true,
        "african american|caucasian|people of color|people of colour|blacks|whites|minority|minorities|negro|colored people|black people|white people|brown people|asians|native americans",
    ),
    group(
        Race,
        false,
        false,
        "black|white|asian|colored|coloured|ethnic|multicultural|oriental|brown",
    ),
    group(
        NationalOrigin,
        true,
        true,
        "hispanics|latinos|latino|hispanic|latinx|chicano|immigrant|foreigner|mexicans|indians|arabs|auslander|deutsche|extranjero|migrant|undocumented|refugee|puerto ricans|irish|jamaicans|koreans|russians",
    ),
    group(
        NationalOrigin,
        false,
        false,
        "mexican|indian|chinese|italian|polish|german|japanese|korean|vietnamese|arab|african|puerto rican|filipino|russian|pakistani|middle eastern|european|american|turkish",
    ),
    group(
        Religion,
        true,
        true,
        "muslim|christian|catholic|jew|hindu|protestant|mormon|buddhist|evangelical|atheist|church going family|church going|church goer|jewish people",
    ),
    group(Religion, false, false, "jewish|islamic|religious|faith based|orthodox"),
    group(
        Sex,
        true,
        true,
        "gay|lesbian|lgbt|lgbtq|transgender|queer|homosexual|single women|single men|single mother|single mom|female|male|women|men|ladies|gentleman|bachelor",
    ),
    group(
        FamilialStatus,
        true,
        true,
        "kid|child|children|families|family with children|family with kids|growing family|couple|single|empty nester|young couple|newlywed|toddler|infant|baby|teenager|pregnant|nino|kinder|enfant|single parent|young family|young families",
    ),
    group(
        Age,
        true,
        true,
        "senior|elderly|retiree|old people|older people|young people|young professional|active adult|adult|millennial|mature person|mature resident|mature adult|mature individual|young single|student|retired couple|professional|young christian professional",
    ),
    group(
        Disability,
        true,
        true,
        "wheelchair|disabled people|disabled person|handicapped|mentally ill|disabled|wheelchair user|emotional support animal|blind people|deaf people|able bodied|physically fit",
    ),
    group(
        Income,
        true,
        false,
        "section 8|section eight|voucher|housing voucher|housing assistance|dss|welfare|government assistance|section 8 tenant|low income people|poor people|housing benefit|unemployed",
    ),
];

/// Nouns after a group's name that make it a thing: "white kitchen", "single story", "children's room".
pub static THINGS: WordSet = WordSet::new(|| {
    set(
        "kitchen cabinet cabinets wall walls paint trim oak granite marble countertop countertops tile tiles door \
    doors fence stone brick appliances floor floors room rooms story storey level car garage bed bath \
    bathroom restaurant restaurants food grocery market style architecture garden maple walnut quartz steel \
    roof shutters picket family sink sinks pane glazed vanity closet closets suite wing oven ovens light \
    lights interior exterior water chapel school university bedroom playground sofa occupancy space unit \
    owner apartment accessible ramp access parking entrance friendly lift gate hung photo photos photography \
    photographer inspection grade kitchens landscaping management cleaning managed cleaned pool pools \
    discount exemption center centre standard standards staff measured",
    )
});

/// Words that make a capitalised word before them the name of a place.
pub static PLACES: WordSet = WordSet::new(|| {
    set(
        "street st road rd avenue ave lane ln drive dr court ct way boulevard blvd place pl square plains creek \
    hill hills valley river lake mountain rock oak oaks park beach bay springs wells canyon point ridge \
    house county city falls island heights terrace close crescent row quarter gardens settlement trail haven \
    bear horse sands pine",
    )
});

/// Words for where people live.
pub static AREAS: WordSet = WordSet::new(|| {
    set(
        "neighborhood neighbourhood neighborhoods area areas community district block town street suburb suburbs \
    neighbors neighbours neighbor neighbour part vicinity barrio zona vecinos gegend viertel nachbarschaft \
    quartier",
    )
});

/// Words for people.
pub static PEOPLE: WordSet = WordSet::new(|| {
    set(
        "people person family families folks residents neighbors neighbours couple couples household households \
    population tenants buyers owners guys kids women men community",
    )
});

/// Judgements of a place.
pub static PRAISE: WordSet = WordSet::new(|| {
    set(
        "good nice bad rough decent sketchy desirable friendly better best worst exclusive upscale poor rich \
    wealthy diverse integrated mixed traditional classy shady ghetto respectable buen buena gute ethnic \
    conservative liberal",
    )
});

/// Things that can be safe or dangerous by themselves.
pub static SAFE_THINGS: WordSet = WordSet::new(|| {
    set(
        "deck balcony railing stairs staircase wiring electrical structure pool water drink fireplace chimney \
    asbestos lead foundation roof deposit room paint radon mold tap",
    )
});

pub const QUESTION: &[(Category, &str)] = &[
    (
        Safety,
        "crime|criminal|burglary|burglaries|break in|robbery|robberies|gang|shooting|drug dealer|drugs in the|sex offender|registered offender|theft|violent|violence|homicide|\
         police called|delincuencia|crimen|robos|kriminalitat|criminalite|walk * at night|walk alone|homeless|halfway house",
    ),
    (
        People,
        "who lives|who live|hows the neighborhood|how is the neighborhood|how is the neighbourhood|how is the area|hows the area|hows the neighbourhood|who else lives|kind of people|type of people|sort of people|kinds of people|types of people|what people live|demographic|demographics|racial|ethnicity|ethnic makeup|ethnic mix|\
         race of|majority of * residents|neighbors like|neighbours like|who are the neighbors|who are the neighbours|how are the neighbors|how are the neighbours|tell me about the neighbors|\
         tell me about the neighbours|about the people|people * like me|our kind|my kind|same background|que tipo de gente|que clase de gente|quien vive|quienes viven|wer wohnt|welche leute|was fur leute|\
         qui habite|gentrified|gentrifying|gentrification|ghetto|hood|wrong side of|political|republican|democrat|liberal area|conservative area|trump|english speaking|speak english|speak spanish|up and coming",
    ),
    (
        Schools,
        "good schools|good school|great schools|great school|best schools|best school|better schools|bad schools|school rating|schools rated|school rated|school ranking|rank * schools|schools good|school good|\
         quality of * schools|school quality|how are the schools|how good * school|top schools|top rated school|schools any good|schools nice|buenas escuelas|buenos colegios|gute schulen|bonnes ecoles",
    ),
    (
        FamilialStatus,
        "many kids|many children|lots of kids|lots of children|kids live|children live|kids in the|children in the|kids around|children around|other kids|other children|kids on the|children on the|families live|\
         many families|families or single|family or single|other families|families in the|families with children|families with kids|young families|family friendly|kid friendly|child friendly|family neighborhood|family neighbourhood|family area|\
         family oriented|good for families|good for a family|good for kids|good for children|suitable for families|suitable for children|suitable for kids|raise a family|raise kids|raise children|raising a family|raising kids|raising children|\
         kids allowed|children allowed|allow kids|allow children|accept children|accept kids|rent to families|free of kids|without kids|without children|no kids|no children|quiet neighbors|noisy kids|muchos ninos|familias con ninos|viele kinder|kinderfreundlich|beaucoup d enfants",
    ),
    (
        Age,
        "young people|old people|older people|mostly retired|retirees live|many retirees|many seniors|many elderly|seniors live|elderly people|mostly young|mostly older|mostly seniors|mostly old|college kids|\
         students live|lot of students|lots of students|students renting|many students renting|many students|student area|young professionals|how old are the|age of the neighbors|people my age|average age",
    ),
    (
        Religion,
        "church * near|churches * near|church nearby|churches nearby|near a church|near a * church|near a * temple|near a * mosque|near a * synagogue|near a mosque|near a synagogue|near a temple|synagogue * near|mosque * near|temple * near|synagogue nearby|mosque nearby|any churches|any church|\
         any synagogues|any synagogue|any mosques|any mosque|any temples|any temple|any hindu temple|closest church|closest mosque|closest synagogue|closest temple|nearest church|nearest mosque|nearest synagogue|nearest temple|\
         predominant religion|religious community|eruv|what religion",
    ),
    (
        Race,
        "people of color|people of colour|african american|caucasian|white neighborhood|white neighbourhood|black neighborhood|black neighbourhood|white area|black area|white people|black people|minorities|minority|\
         interracial|mixed race|racist|diversity|how diverse|is it diverse|diverse",
    ),
    (
        NationalOrigin,
        "immigrant|immigrants|foreigners|foreigner|hispanics|latinos|mexicans|nationality|nationalities|auslander|extranjeros|inmigrantes|etrangers",
    ),
    (
        Sex,
        "gay friendly|lgbt|lgbtq|lgbt friendly|gay couple|gay couples|same sex|lesbian couple|single women live|single woman",
    ),
    (
        Disability,
        "mentally ill|group home|disabled people|handicapped people|special needs people|rehab|sober living",
    ),
    (
        Income,
        "section 8 people|section 8 tenants|section 8 residents|welfare|poor people|low income|projects nearby|public housing|on benefits|subsidized housing",
    ),
];

pub const COPY: &[(Category, &str)] = &[
    (
        FamilialStatus,
        "no kids|no children|no infants|adults only|adult only|adult community|adult building|adult living|child free|childless|no loud kids|couples without|without kids|sin ninos|keine kinder|solo adultos|mature couple|traditional american families",
    ),
    (
        Age,
        "mature community|mature resident|mature residents|sophisticated * mature|no seniors|no students|professionals only|not suitable for retirees|55+",
    ),
    (
        Income,
        "no section|no vouchers|no voucher|no dss|no housing assistance|no benefits|no government assistance|vouchers not|section 8 not|no programs|no subsidies",
    ),
    (
        NationalOrigin,
        "no foreigners|no immigrants|keine auslander|nur fur deutsche|no irish|english speaking only|must speak english|citizens only|us citizens",
    ),
    (
        Religion,
        "no jews|no muslims|christian values|near * synagogue for|walking distance to services|sunday services",
    ),
    (
        Disability,
        "no wheelchairs|not suitable for disabled|must be able to climb|no disabled|able bodied|physically fit|independent living only",
    ),
    (
        Race,
        "no blacks|no whites|whites only|white only|white family|white families|no minorities|integrated neighborhood|restricted community|racially",
    ),
    (
        Sex,
        "females only|female only|males only|male only|women only|men only|female preferred|male preferred|no gays",
    ),
];

/// Said by an answer they rank people, places or schools in our own words.
pub const ANSWER: &[(Category, &str)] = &[
    (
        Safety,
        "safe neighborhood|safe neighbourhood|safe area|safe community|safe place|safe street|safe town|very safe|low crime|crime free|little crime|high crime|no crime|crime rate|safest|is safe|quite safe|generally safe|unsafe|dangerous area|bad area|\
         bad neighborhood|rough area|rough neighborhood|good neighborhood|good neighbourhood|good area|nice neighborhood|nice area|barrio seguro|zona segura|sichere gegend",
    ),
    (
        FamilialStatus,
        "family friendly|family oriented|family neighborhood|family neighbourhood|kid friendly|child friendly|perfect for families|great for families|ideal for families|good for families|great for kids|raise a family|raising a family|raise children|many families|\
         lots of families|lots of kids|many children|families live|young families|growing families|growing family",
    ),
    (
        Schools,
        "good schools|great schools|excellent schools|best schools|top schools|top rated school|top rated schools|highly rated school|highly rated schools|award winning school|award winning schools|great school|excellent school|good school|outstanding school|outstanding schools|\
         desirable school|bad schools|poor schools|school is excellent|schools are excellent|schools are great|schools are good|schools here are",
    ),
    (
        People,
        "kind of people|type of people|demographics|mostly white|mostly black|predominantly|friendly neighbors|quiet neighbors|neighbors are|neighbours are|residents are mostly|people here|the right people|your kind|diverse neighborhood|diverse community|diverse area|up and coming",
    ),
    (
        Age,
        "young professionals|retirees|empty nesters|many seniors|older residents|young crowd",
    ),
];
