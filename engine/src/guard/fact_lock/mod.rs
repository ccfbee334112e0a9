//! The fact lock: what an answer may say about a house.
//!
//! A number, a price, a date, a telephone number, a name or a yes-or-no claim in an answer must be
//! on record or in a passage given to the turn, **in the same role**: three bedrooms are not carried
//! by "3 baths". A sentence with anything else never reaches the buyer. What cannot be decided is
//! dropped.
//!
//! Both sides, answer and sources, are read by the same rules: words (`token`), numbers with units
//! (`quantity`), subjects (`topic`, `claim`), what is asserted or denied (`stance`).

mod bare;
mod claim;
mod digits;
mod mention;
mod moment;
mod names;
mod numbers;
mod quantity;
mod quotation;
mod reading;
mod record;
mod sentences;
mod stance;
mod stated;
mod support;
mod token;
mod told;
mod topic;
mod view;
mod vocabulary;
mod witness;
mod words;

use std::sync::{Arc, OnceLock};

use claim::Claim;
pub use numbers::{Numbers, numbers, values};
use quantity::Value;
use reading::Reading;
pub use sentences::Sentences;
use stance::Stance;
use stated::Part;
pub use stated::Record;
use token::Kind;
pub use told::Told;
use topic::{Topic, Topics};
use vocabulary::Vocabulary;

use super::super::retrieval::index::list::{Fnv, Phrases, Quick, WordSet, same, set};
use super::super::retrieval::index::words::{stemmer, stems};

/// Whether a sentence may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    Drop { reason: Reason },
}

impl Verdict {
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// Why a sentence was held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No source carries these words of it.
    Unsupported(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unsupported(words) => write!(f, "no source says “{words}”"),
        }
    }
}

/// Everything one turn may rely on.
#[derive(Debug)]
pub struct FactLock<'a> {
    record: Arc<Record>,
    /// Read only when the record does not carry a sentence.
    told: Vec<Arc<Told>>,
    question: Option<Reading<'a>>,
    /// An engine that is not ours speaks.
    outside: bool,
    /// Names that need no source: the realtor, the agency, the property.
    allowed: Vec<&'a str>,
    names: OnceLock<names::Known>,
    /// Words of the allowed names.
    named: Vocabulary,
}

impl<'a> FactLock<'a> {
    /// The record of the property and the passages this turn was given.
    pub fn new(record: Arc<Record>, told: Vec<Arc<Told>>) -> Self {
        Self {
            record,
            told,
            question: None,
            outside: false,
            allowed: Vec::new(),
            names: OnceLock::new(),
            named: Vocabulary::default(),
        }
    }

    /// The buyer's question: a bare "Yes" is a claim about what was asked.
    pub fn asked(mut self, question: &'a str) -> Self {
        self.question = Some(Reading::new(question, None));
        self
    }

    /// What is checked is said by an engine that is not ours: where it answers with a yes or a no, it must keep to the words
    /// of a source.
    pub const fn outside(mut self) -> Self {
        self.outside = true;
        self
    }

    /// A name that may be said without a source: the realtor's, the agency's, the property's.
    pub fn knowing(mut self, name: &'a str) -> Self {
        self.allowed.push(name);
        self.names = OnceLock::new();
        self.named.add(&token::Text::new(name));
        self
    }

    /// Whether a sentence may be shown.
    pub fn check(&self, sentence: &str) -> Verdict {
        let claimed = quotation::without_carried(sentence, |quoted| self.is_quoted(quoted));
        match self.unsupported(&claimed) {
            None => Verdict::Keep,
            Some(words) => Verdict::Drop {
                reason: Reason::Unsupported(words),
            },
        }
    }

    /// A passage says exactly this, and the state of the sale does not rule it out.
    fn is_quoted(&self, quoted: &str) -> bool {
        let ruled_out = |topic| self.record.ended.contains(topic);
        self.told.iter().any(|told| quotation::stands_in(&told.text, quoted))
            && !Reading::new(quoted, None).mentions.iter().any(|m| ruled_out(m.topic))
    }

    /// The first words of a sentence that no source carries.
    fn unsupported(&self, sentence: &str) -> Option<String> {
        let said = Reading::new(sentence.trim(), None);
        let mut claims = 0;
        for claim in &said.claims {
            if is_list_number(&said, claim) {
                continue;
            }
            claims += 1;
            if !self.carries(claim, &said) && !self.tells(claim, &said) {
                return Some(said.text.slice(claim.quantity.from, claim.quantity.to).to_owned());
            }
        }
        for mention in said.mentions.iter().filter(|m| m.topic.is_stated()) {
            let known = match said.stances[mention.from] {
                Stance::Open => continue,
                Stance::Asserted if matches!(mention.topic, Topic::Works | Topic::New) => self.has_works(&said),
                Stance::Asserted => self.has(mention.topic),
                Stance::Denied => self.has_not(mention.topic),
                Stance::Excepted => self.has_not(mention.topic) || self.excepts(mention.topic),
            };
            claims += 1;
            if !known {
                return Some(said.text.slice(mention.from, mention.to).to_owned());
            }
        }
        if let Some(grade) = self.unknown_grade(&said) {
            return Some(grade);
        }
        if let Some(day) = self.unknown_weekday(&said) {
            return Some(day);
        }
        // Sources are only searched for names when the sentence holds one.
        if names::any(&said.text)
            && let Some(name) = self.names().stranger(&said.text)
        {
            return Some(name.to_owned());
        }
        let strange = self.stranger(&said).or_else(|| self.unwitnessed(&said));
        // "Yes, the pool table stays" says more than yes.
        let says = || {
            let weighs = witness::weight(&said, |stem| self.is_free(stem)) >= 2;
            weighs && self.is_english(&said) && self.is_asked_of(&said)
        };
        if claims == 0
            && (strange.is_some() || !says())
            && let Some(words) = self.unknown_answer(&said)
        {
            return Some(words);
        }
        strange.or_else(|| self.reworded(&said)).map(str::to_owned)
    }

    /// A clause of an outside engine's yes or no that does not keep to the words of a source.
    fn reworded<'t>(&self, said: &'t Reading<'_>) -> Option<&'t str> {
        let asked = || self.question.as_ref().is_some_and(|q| bare::wants_yes(&q.text));
        let judged = self.outside && (bare::bare_answer(&said.text).is_some() || asked());
        if !judged || !self.is_english(said) {
            return None;
        }
        let wordings = self.english()?.flat_map(|read| read.part.wordings());
        let wordings = self.record.part.wordings().iter().chain(wordings);
        let lacks = |topic| self.record.part.has_not.contains(topic);
        witness::reworded(said, |stem| self.is_free(stem), lacks, &self.record.sources, wordings)
    }

    /// A word that no source uses.
    fn stranger<'t>(&self, said: &'t Reading<'_>) -> Option<&'t str> {
        let near = [&self.record.vocabulary, &self.named];
        Vocabulary::stranger(&near, said)?;
        let all: Vec<&Vocabulary> = near
            .into_iter()
            .chain(self.english()?.map(|read| &read.vocabulary))
            .collect();
        Vocabulary::stranger(&all, said)
    }

    /// One source says the same with this number.
    fn tells(&self, claim: &Claim, said: &Reading<'_>) -> bool {
        self.english().is_some_and(|told| {
            let sources = self.record.sources.iter().chain(told.flat_map(|read| &read.sources));
            witness::tells(said, claim, |stem| self.is_free(stem), sources)
        })
    }

    /// Words that need no source.
    fn is_free(&self, stem: &str) -> bool {
        self.named.has(stem) || self.record.place.has(stem)
    }

    /// What the passages say; `None` where the record or most passages are not in English.
    fn english(&self) -> Option<impl Iterator<Item = &told::Read> + Clone> {
        let read = || self.told.iter().map(|told| told.read());
        let foreign = read().filter(|read| read.foreign).count();
        (!self.record.foreign && foreign * 2 <= self.told.len()).then(read)
    }

    fn is_english(&self, said: &Reading<'_>) -> bool {
        let strange = |i: usize| {
            let known = |word: &str| vocabulary::is_common(word) || self.record.vocabulary.has(&stemmer().stem(word));
            !vocabulary::parts(said.text.word(i)).all(known)
        };
        !self.record.foreign && vocabulary::is_english(&said.text, strange)
    }

    /// The sentence uses a word of the question, or nothing particular was asked.
    fn is_asked_of(&self, said: &Reading<'_>) -> bool {
        let Some(question) = &self.question else { return true };
        let (mut asked, mut told) = (Vocabulary::default(), Vocabulary::default());
        asked.add(&question.text);
        told.add(&said.text);
        let mut asked = asked.particular().peekable();
        asked.peek().is_none() || asked.any(|stem| told.has(stem))
    }

    /// A clause that is put together from what several sources say.
    fn unwitnessed<'t>(&'t self, said: &'t Reading<'_>) -> Option<&'t str> {
        if !self.is_english(said) {
            return None;
        }
        let told = || Some(self.english()?.flat_map(|read| &read.sources));
        witness::missing(said, |stem| self.is_free(stem), &self.record.sources, told)
    }

    fn passages(&self) -> impl Iterator<Item = &Part> {
        self.told.iter().map(|told| &told.read().part)
    }

    fn has(&self, topic: Topic) -> bool {
        self.record.part.has.contains(topic)
            || !self.record.ended.contains(topic) && self.passages().any(|part| part.has.contains(topic))
    }

    fn has_not(&self, topic: Topic) -> bool {
        self.record.part.has_not.contains(topic) || self.passages().any(|part| part.has_not.contains(topic))
    }

    /// The record first; the passages are read when it is not enough.
    fn readings(&self) -> impl Iterator<Item = &Reading<'static>> {
        let passages = self.passages().flat_map(|part| &part.readings);
        self.record.part.readings.iter().chain(passages)
    }

    /// "The kitchen was renovated" is not carried by a repainted fence.
    fn has_works(&self, said: &Reading<'_>) -> bool {
        let things = |reading: &Reading<'_>| {
            let mut set = Topics::default();
            for m in &reading.mentions {
                let room = matches!(
                    m.topic,
                    Topic::Bathrooms | Topic::Bedrooms | Topic::Kitchen | Topic::LivingRoom
                );
                if room
                    || claim::is_thing(m.topic) && !m.topic.is_whole() && !matches!(m.topic, Topic::Works | Topic::New)
                {
                    set.insert(m.topic);
                }
            }
            set
        };
        let works = |reading: &Reading<'_>| {
            reading.mentions.iter().any(|m| {
                matches!(m.topic, Topic::Works | Topic::New | Topic::Installed)
                    && reading.stances[m.from] == Stance::Asserted
            })
        };
        let wanted = things(said);
        self.readings()
            .any(|reading| works(reading) && (wanted.is_empty() || wanted.meets(things(reading))))
    }

    /// A source leaves the same out of something.
    fn excepts(&self, topic: Topic) -> bool {
        self.readings().any(|reading| {
            let mut same = reading.mentions.iter().filter(|m| m.topic == topic);
            same.any(|m| reading.stances[m.from] == Stance::Excepted)
        })
    }

    /// A source states the number in the same role.
    fn carries(&self, claim: &Claim, said: &Reading<'_>) -> bool {
        let stance = said.stances[claim.quantity.from];
        if stance == Stance::Denied && claim.subject.is_some() {
            // "It does not have 4 bedrooms" is true when another number is on record.
            let mut others = self
                .known()
                .filter(|(known, _)| known.subject == claim.subject)
                .peekable();
            return others.peek().is_some() && others.all(|(known, of)| !support::supports(claim, said, known, of));
        }
        self.known().any(|(known, of)| {
            let denied = of.stances.get(known.quantity.from) == Some(&Stance::Denied)
                && known.quantity.value != Value::Count(0.0);
            !denied && support::supports(claim, said, known, of)
        }) || self.is_allowed_code(claim)
    }

    fn known(&self) -> impl Iterator<Item = (&Claim, &Reading<'static>)> {
        self.readings()
            .flat_map(|reading| reading.claims.iter().map(move |claim| (claim, reading)))
    }

    /// A number that is part of an allowed name, as in an address.
    fn is_allowed_code(&self, claim: &Claim) -> bool {
        let number = match &claim.quantity.value {
            Value::Count(number) | Value::Ordinal(number) => format!("{number}"),
            Value::Year(year) => year.to_string(),
            Value::Code(code) | Value::Phone(code) => code.clone(),
            _ => return false,
        };
        let plain = matches!(
            claim.subject,
            None | Some(Topic::Address | Topic::Phone | Topic::Reference)
        );
        plain
            && self.allowed.iter().any(|name| {
                name.split(|c: char| !c.is_alphanumeric())
                    .any(|word| word.eq_ignore_ascii_case(&number))
            })
    }

    fn names(&self) -> &names::Known {
        self.names.get_or_init(|| {
            let mut known = names::Known::default();
            for reading in self.readings() {
                known.add(&reading.text);
            }
            for name in &self.allowed {
                known.add(&token::Text::new(*name));
            }
            known
        })
    }

    /// A single letter after the energy rating: "rated B".
    fn unknown_grade(&self, said: &Reading<'_>) -> Option<String> {
        let grade = |reading: &Reading<'_>| {
            let label = reading.mentions.iter().find(|m| m.topic == Topic::Energy)?;
            let letter = (label.to..reading.text.tokens.len().min(label.to + 6)).find(|i| {
                reading.text.tokens[*i].capital
                    && matches!(reading.text.word(*i), "a" | "b" | "c" | "d" | "e" | "f" | "g")
            })?;
            let plus = (letter + 1..).take_while(|i| reading.text.is_mark(*i, '+')).count();
            Some(format!("{}{}", reading.text.word(letter), "+".repeat(plus)))
        };
        let said = grade(said)?;
        let known = self.readings().any(|reading| grade(reading).as_deref() == Some(&said));
        (!known).then_some(said)
    }

    fn unknown_weekday(&self, said: &Reading<'_>) -> Option<String> {
        let day = |text: &token::Text<'_>, i: usize| words::weekday(text.word(i)).filter(|_| text.tokens[i].capital);
        let unknown = (0..said.text.tokens.len()).find(|i| {
            day(&said.text, *i).is_some_and(|wanted| {
                !self
                    .readings()
                    .any(|r| (0..r.text.tokens.len()).any(|j| day(&r.text, j) == Some(wanted)))
            })
        })?;
        Some(said.text.slice(unknown, unknown + 1).to_owned())
    }

    /// A sentence that only says yes or no claims what was asked.
    fn unknown_answer(&self, said: &Reading<'_>) -> Option<String> {
        let yes = bare::bare_answer(&said.text)?;
        let words = || said.text.original.trim().to_owned();
        let Some(question) = &self.question else {
            return Some(words());
        };
        let mut stated = question.mentions.iter().filter(|m| m.topic.is_stated()).peekable();
        let numbers = !question.claims.is_empty();
        if stated.peek().is_none() && !numbers {
            return Some(words());
        }
        let denied = question.text.word(0).ends_with("n't");
        let holds = stated.all(|m| {
            if yes != denied {
                self.has(m.topic)
            } else {
                self.has_not(m.topic)
            }
        });
        let counts = question.claims.iter().all(|claim| self.carries(claim, question));
        let fits = if !numbers {
            holds
        } else if yes {
            holds && counts
        } else {
            // "No" to a number needs another number on record for the same thing.
            !counts
                && question
                    .claims
                    .iter()
                    .all(|claim| self.known().any(|(known, _)| known.subject == claim.subject))
        };
        (!fits).then(words)
    }
}

/// "1." and "2)" before the items of a list, "[3]" after a quotation.
fn is_list_number(said: &Reading<'_>, claim: &Claim) -> bool {
    let Value::Count(number) = claim.quantity.value else {
        return false;
    };
    let (from, to) = (claim.quantity.from, claim.quantity.to);
    let starts = (0..from).all(|i| matches!(said.text.tokens[i].kind, Kind::Mark('-' | '*' | '|' | '(' | '"')));
    let marked = said.text.is_mark(to, '.') || said.text.is_mark(to, ')');
    let cited = from > 0 && said.text.is_mark(from - 1, '[') && said.text.is_mark(to, ']');
    let enumerates = starts && marked && to + 1 < said.text.tokens.len() && said.text.tokens[to + 1].apart;
    number < 100.0 && number.fract() == 0.0 && (cited || enumerates)
}

#[cfg(test)]
mod tests;
