//! Words that no source uses. Most of what a model makes up about a house is no number: "the pond is stocked with bass",
//! "priced below its neighbours". It takes words that stand neither in the record nor in a passage, and that are not the
//! glue of any answer. A sentence that asserts such a word is held back.
//!
//! Only English sentences about English sources are judged: two languages share no words.

use std::{collections::HashSet, sync::LazyLock};

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

    /// The stems that are no glue.
    pub fn particular(&self) -> impl Iterator<Item = &str> {
        self.stems
            .iter()
            .map(String::as_str)
            .filter(|stem| !GLUE.contains(*stem))
    }

    pub fn has(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }

    /// The first word that a sentence asserts and that none of these sources uses.
    pub fn stranger<'t>(sources: &[&Self], said: &'t Reading<'_>) -> Option<&'t str> {
        let text = &said.text;
        let stemmer = stemmer();
        let speaks_of = |topic: Topic| topic.is_stated() || sources.iter().any(|s| s.topics.contains(topic));
        // What the topics understand is judged by them.
        let judged = |i: usize| {
            said.mentions
                .iter()
                .any(|m| (m.from..m.to).contains(&i) && speaks_of(m.topic))
        };
        let known = |word: &str| {
            let stem = stemmer.stem(word);
            GLUE.contains(stem.as_ref()) || sources.iter().any(|s| s.stems.contains(stem.as_ref()))
        };
        let lexical = || (0..text.tokens.len()).filter(|i| is_lexical(text, *i));
        let strange: Vec<usize> = lexical()
            .filter(|i| !judged(*i) && !parts(text.word(*i)).all(known))
            .collect();
        let asserted = |i: &&usize| said.stances.get(**i) != Some(&Stance::Open);
        let first = strange
            .iter()
            .find(asserted)
            .filter(|_| is_english(text, |i| strange.contains(&i)))?;
        Some(text.slice(*first, *first + 1))
    }
}

/// Whether a sentence is English. Without small words it is when most of its words are known.
pub fn is_english(text: &Text<'_>, is_strange: impl Fn(usize) -> bool) -> bool {
    let (english, other) = (small_words(text, &ENGLISH), small_words(text, &FOREIGN));
    if english + other > 0 {
        return english > other;
    }
    let lexical = || (0..text.tokens.len()).filter(|i| is_lexical(text, *i));
    lexical().filter(|i| is_strange(*i)).count() * 2 < lexical().count()
}

/// A word that can carry a meaning of its own.
pub fn is_lexical(text: &Text<'_>, i: usize) -> bool {
    text.tokens[i].kind == Kind::Word && text.word(i).len() > 1
}

/// The words of a token: "owner's" is "owner".
pub fn parts(word: &str) -> impl Iterator<Item = &str> {
    let word = match word {
        "can't" | "cannot" => "can",
        "won't" => "will",
        "shan't" => "shall",
        word => ["'s", "'ll", "'re", "'ve", "'d", "'m", "n't"]
            .iter()
            .find_map(|end| word.strip_suffix(end))
            .unwrap_or(word),
    };
    word.split(['-', '/', '\''])
        .filter(|part| part.len() > 1 && !is_stop(part))
}

/// True for a text of a source that is in another language than English. Short ones, such as an address, are in none.
pub fn is_foreign(text: &Text<'_>) -> bool {
    let words = (0..text.tokens.len()).filter(|i| text.is_word(*i)).count();
    if words < 8 {
        return false;
    }
    let (english, other) = (small_words(text, &ENGLISH), small_words(text, &FOREIGN));
    // Tables have no small words; in English ones many words are those of any listing.
    let common = (0..text.tokens.len())
        .filter(|i| is_lexical(text, *i) && is_common(text.word(*i)))
        .count();
    other > 2 * english || (english == 0 && common * 5 < words)
}

/// A word of any English answer about a house.
pub fn is_common(word: &str) -> bool {
    is_stop(word) || GLUE.contains(stemmer().stem(word).as_ref())
}

fn small_words(text: &Text<'_>, list: &WordSet) -> usize {
    (0..text.tokens.len()).filter(|i| list.contains(text.word(*i))).count()
}

/// Small words of English that other languages do not have.
static ENGLISH: WordSet = WordSet::new(|| {
    set("the and of there it it's with are this that you your from by which its isn't doesn't don't aren't they their")
});

/// Small words of other languages that English does not have: not `per`, `do`, `hay` or `van`.
static FOREIGN: WordSet = WordSet::new(|| {
    set(
        "de la el los las un una y con para en que se del por es tiene der die das und mit ein eine ist im zu nicht von le les \
    des et avec une du est dans het een voor il di che e da em com uma os na",
    )
});

/// The glue of an answer: what is said about any house, with any source, and states nothing of it. Stems are compared, so
/// that one form of a word is enough.
const GLUE_WORDS: &str = "able about absolutely according acre acres across actual actually additionally address afraid after afternoon \
    again age aged agent ago ahead ai air all allow allowed almost along already also although altogether always am \
    among amount annual annually another answer any anybody anyone anything apart appear approximately are area \
    around arrange arrive artificial as ask asking assign assigned assist assistant aud authority available average \
    away back base basically be beautiful became because become been before began begin begins being believe besides \
    best better between beyond big both bright bring brought build building built bureau buy buyer by cad call \
    called came can car care case census certainly charge chat check chf choose close closest combine combined come \
    comfortable commit complete completed completely concerning condition conditioning confirm confirmed connect \
    connects consist constructed construction contact contain correct cost could count couple course cover covers \
    cozy create creates curious current currently data date dated dates day dedicated definitely describe detail did \
    distance do document does dollar dollars done double down draw draws drive during dwelling each easily easy \
    education eight either eleven else email end enjoy enough entire entirely equip equipped eur euro euros even \
    evening ever every everyone everything exact exactly exercise expect extend extends far feature feet few figure \
    find first fit fits fitted five follow followed foot form forms fortunately found four ft full fully gbp general \
    generally get give given glad go goes going good got great guide had half hand handle handled happy has have \
    having he held hello help her here hi high him his hold holds home hour house how however human hundred i i'm \
    idea if in inch inches include included includes including indeed indicate info information inside instead \
    intelligence into is it item its itself job join joins just keep kept kilometer kind km know known landlord \
    large last lead leads lease least leave left less let lets lie lies light like likely limit list listed listing \
    little live living local located location long look lovely low lower made main mainly make many market material \
    matter maximum may maybe me mean meaning means measure mention message meter meters metre metres midnight might \
    mile miles million mind mine minimum minute mix mo moment month monthly months more morning most mostly much \
    must my name named namely near nearest nearly need neither never next nice night nine no nobody none noon nope \
    nor not note nothing now number off offer official ok okay old older on once one ones online only onto other \
    others our ours out outside over overall own owner page pair part particular partly pass past pay people per \
    percent perhaps permit permitted person phone photo photos pick picture pictures place placed plan please plus \
    pm point police policy possible prefer pretty previous price priced primarily primary prohibit prohibited \
    property provide put quarter quarterly question quick quickly quite rather reach reachable reached read realtor \
    recent recently recommend record refer regard regarding remain rent require residence resident respectively \
    respond rest right room rooms rough roughly rule run runs said sale same sat saw say schedule see seem seen sell \
    seller separate separately serve served serves set seven several shall share she short should show showing \
    showings shown simple simply since single sit sits situated six size sized small so sold some somebody something \
    sorry sort source space spacious span speak specific specifically specified specify spend spent spread sq sqft \
    sqm square stand start state stay stays still stood style such suggest summary sure system take taken talk tell \
    tells ten tenant than thank thanks that their theirs them then there these they thing think this those though \
    thousand three through throughout till time times today together told tomorrow too top total tour toward towards \
    true turn turns twelve two type typically unclear under understand understood unfortunately unit unless until up \
    upon upper us usd use used usually very viewing viewings walk want was way we website week weekday weekend \
    welcome well went were what when where whether which while who whom whose why wide will within without wonder \
    wondering work would yeah year yearly years yep yes yet you your yours yourself zero";

static GLUE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let stemmer = stemmer();
    let words = GLUE_WORDS.split_whitespace();
    words.map(|word| stemmer.stem(word).into_owned()).collect()
});

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::fact::{Fact, FactKey, FactMethod, FactValue, Span};

    use super::super::{FactLock, Record, Told};

    fn fact(key: FactKey, value: FactValue) -> Fact {
        Fact {
            key,
            label: None,
            value,
            method: FactMethod::Realtor,
            span: Span::default(),
        }
    }

    fn keeps(passages: &[&str], sentence: &str) -> bool {
        let facts = [
            fact(FactKey::Pool, FactValue::Flag { flag: false }),
            fact(FactKey::Heating, FactValue::text("Gas boiler")),
        ];
        let record = Record::new(&facts.iter().collect::<Vec<_>>());
        FactLock::new(Arc::new(record), Told::all(passages))
            .check(sentence)
            .is_keep()
    }

    #[test]
    fn short_forms_are_the_words_they_stand_for() {
        for word in ["can't", "won't", "cannot", "you'll", "they've", "isn't"] {
            assert!(super::parts(word).all(super::is_common), "{word}");
        }
    }

    const POND: &str = "The pond lies behind the barn, and you can see the street from the patio.";

    #[test]
    fn what_no_source_says_is_held_back() {
        for made_up in [
            "The pond is stocked with bass.",
            "It is priced below its neighbours.",
            "A stocked pond sits behind the barn.",
            "There is no pool at this house and residents enjoy a sauna.",
        ] {
            assert!(!keeps(&[POND], made_up), "{made_up}");
        }
        for carried in [
            "Behind the barn there's a pond.",
            "You'll see the street from the patio.",
            "I don't have anything on record about bass.",
            "Is there anything else you'd like to know about the sauna?",
        ] {
            assert!(keeps(&[POND], carried), "{carried}");
        }
    }

    #[test]
    fn other_languages_are_left_to_the_other_rules() {
        for sentence in ["No, la casa no tiene piscina.", "De keuken is nieuw."] {
            assert!(keeps(&[POND], sentence), "{sentence}");
        }
        let polish = "Dom stoi nad stawem, a za stodoła rosną stare jabłonie i kilka wysokich sosen.";
        let spanish = "La casa está junto al estanque y tiene una terraza con vistas a la calle.";
        for source in [polish, spanish] {
            assert!(
                keeps(&[source], "There are old apple trees and tall pines."),
                "{source}"
            );
        }
        // An address is no language.
        assert!(!keeps(
            &[POND, "Camino de la Costa, La Jolla"],
            "The pond is stocked with bass."
        ));
    }
}
