//! Words that no source uses. Most of what a model makes up about a house is no number: "the pond is stocked with bass",
//! "priced below its neighbours". It takes words that stand neither in the record nor in a passage, and that are not the
//! glue of any answer. A sentence that asserts such a word is held back.
//!
//! Only English is judged: an answer in another language than its sources shares no words with them.

use std::collections::HashSet;

use super::super::super::retrieval::index::words::{is_stop, stemmer};
use super::reading::Reading;
use super::stance::Stance;
use super::token::{Kind, Text};
use super::topic::{Topic, Topics};
use super::{WordSet, set};

/// The words of sources, by their stems, and what they speak of.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    stems: HashSet<String>,
    topics: Topics,
}

impl Vocabulary {
    pub fn add(&mut self, text: &Text<'_>) {
        let stemmer = stemmer();
        for i in (0..text.tokens.len()).filter(|i| is_lexical(text, *i)) {
            for word in parts(text.word(i)) {
                self.stems.insert(stemmer.stem(word).into_owned());
            }
        }
    }

    pub fn add_reading(&mut self, reading: &Reading<'_>) {
        self.add(&reading.text);
        reading.mentions.iter().for_each(|m| self.topics.insert(m.topic));
    }

    /// The first word that a sentence asserts and that neither of these sources uses.
    pub fn stranger<'t>(sources: &[&Self], said: &'t Reading<'_>) -> Option<&'t str> {
        let text = &said.text;
        if !is_english(text) {
            return None;
        }
        let stemmer = stemmer();
        let known = |word: &str| {
            let stem = stemmer.stem(word);
            GLUE_STEMS.contains(stem.as_ref())
                || GLUE.contains(word)
                || sources.iter().any(|s| s.stems.contains(stem.as_ref()))
        };
        let speaks_of = |topic: Topic| topic.is_stated() || sources.iter().any(|s| s.topics.contains(topic));
        (0..text.tokens.len())
            .filter(|i| is_lexical(text, *i) && said.stances.get(*i) != Some(&Stance::Open))
            // What the topics understand is judged by them.
            .filter(|i| {
                !said
                    .mentions
                    .iter()
                    .any(|m| (m.from..m.to).contains(i) && speaks_of(m.topic))
            })
            .find(|i| !parts(text.word(*i)).all(known))
            .map(|i| text.slice(i, i + 1))
    }
}

/// A word that can carry a meaning of its own.
fn is_lexical(text: &Text<'_>, i: usize) -> bool {
    text.tokens[i].kind == Kind::Word && text.word(i).len() > 1
}

/// The words of a token: "owner's" is "owner".
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let word = ["'ll", "'re", "'ve", "'d", "'m", "n't"]
        .iter()
        .find_map(|end| word.strip_suffix(end))
        .unwrap_or(word);
    word.split(['-', '/', '\''])
        .filter(|part| part.len() > 1 && !is_stop(part))
}

/// True for a text with more small words of other languages in it than of English.
pub fn is_foreign(text: &Text<'_>) -> bool {
    let count = |list: &WordSet| (0..text.tokens.len()).filter(|i| list.contains(text.word(*i))).count();
    count(&FOREIGN) > count(&SMALL)
}

/// True for a text with the small words of English in it.
fn is_english(text: &Text<'_>) -> bool {
    (0..text.tokens.len()).any(|i| SMALL.contains(text.word(i))) && !is_foreign(text)
}

static SMALL: WordSet = WordSet::new(|| {
    set(
        "the and of there it it's with was has have are for to that this you your is at from by which be on not no isn't doesn't",
    )
});

/// The glue of an answer: what is said about any house, with any source, and states nothing of it.
static FOREIGN: WordSet = WordSet::new(|| {
    set(
        "de la el los las un una y con para en que se del por es der die das und mit ein eine ist im zu nicht von le les des     et avec une du est dans het een van voor il di per che e do da em com uma os na",
    )
});

static GLUE: WordSet = WordSet::new(|| {
    set(
        "yes no not sure certainly absolutely definitely indeed course great good question thanks thank please happy glad hello \
    hi welcome sorry unfortunately afraid fortunately okay ok well let lets \
    according listing list listed mention state note say said indicate show shown describe detail information info data \
    record source base document provide available per however also additionally plus both overall summary short \
    answer ask asking tell know known reach contact help assist assistant agent realtor look seem appear like just right now \
    current currently still already only simply about roughly around approximately nearly almost exactly total altogether \
    combine combined together respectively specifically namely actually basically \
    have has had having do does did done be been being is are was were will would can could should may might must shall \
    come came include includes included including best better rest find found get got see seen saw enjoy offer feature give given take taken make made use used need want go goes \
    going went run sit sits sat stand stood lie lies located location situated set place placed keep kept put bring brought \
    serve consist contain measure span amount count cost pay price priced charge expect require mean means meaning become \
    became begin begins began start end plan call called name named refer date dated dates build built constructed \
    construction completed think believe understand understood check confirm read told tells say speak talk share work \
    home house property residence dwelling place one ones thing item part way kind type style sort number figure size \
    sized feature space area room rooms unit building address \
    one two three four five six seven eight nine ten eleven twelve zero half double pair couple single full several many few \
    some any most more less least much each every all another other others else same such own first both either neither nor \
    on onto into inside in out up down off over under along across through throughout between within without beyond toward \
    towards upon away here there where when while during since until till after before once again then today ahead apart \
    back among besides \
    year years yearly annual annually month months monthly week day hour minute time times quarter quarterly \
    square feet foot ft sq sqft meter meters metre metres sqm mile miles km kilometer acre acres inch inches percent dollar \
    dollars euro euros usd eur am pm by long wide \
    you your yours yourself we our ours us they them their theirs he she his her him it its itself i i'm my me mine \
    who whom whose what which that this these those how why because as than so too very quite rather pretty though although \
    if whether unless even ever never always usually generally typically also yet instead maybe perhaps likely \
    spread last past previous recent recently ago stay stays remain outside old older age aged care moment extend extends     cover covers lead leads handle handled mix guide rough permit permitted assign assigned system material draw draws     equip equipped fit fits fitted connect connects dedicated respond hold holds held join joins turn turns arrive top     close closest near nearest next right left hand job matter point case course idea note regard regarding concerning     specify specified confirmed unclear exact specific particular general overall main mainly main primary primarily     large small big little long short wide high low good nice lovely beautiful spacious cozy comfortable bright     morning afternoon evening night noon midnight today tomorrow weekend weekday spend spent cost run runs average     minimum maximum limit commit choose pick prefer able possible sell sold sale buy rent lease     live living stay enough form forms complete completely fully mostly partly entire entirely overall throughout     walk drive car foot distance away far reach reached reachable serve serves served thanks wonder wondering curious     detail yep yeah nope correct true indeed actual summary quick quickly easy easily simple     allow allowed prohibit prohibited rule policy pass message question name email phone leave mind ai artificial intelligence human     photo photos picture pictures page website online market offer chat showing showings tour viewing viewings schedule arrange     official census bureau police local education authority mo hundred thousand million gbp cad aud chf air conditioning condition     owner seller buyer landlord tenant resident person people anyone everyone somebody anybody nobody nothing anything \
    something everything none",
    )
});

static GLUE_STEMS: std::sync::LazyLock<HashSet<String>> = std::sync::LazyLock::new(|| {
    let stemmer = stemmer();
    GLUE.iter().map(|word| stemmer.stem(word).into_owned()).collect()
});
