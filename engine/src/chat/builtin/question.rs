//! What a question asks for: its kind, its intents and the words that are left.

use std::sync::LazyLock;

use super::intent::{self, Intent};
use super::list::{Phrases, WordSet, same, set};
use super::text;

/// The kind of answer that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    YesNo,
    Count,
    Money,
    Date,
    Size,
    Age,
    Person,
    Place,
    Phone,
    Anything,
}

/// A question, read once.
#[derive(Clone, Debug)]
pub struct Question {
    /// Lower case, accents folded.
    pub words: Vec<String>,
    pub wants: Wants,
    pub intents: Vec<Intent>,
    /// Named, but for something that its fields cannot tell: the age of a roof.
    pub beyond: Vec<Intent>,
    /// Words with a meaning of their own that no intent took.
    pub rest: Vec<String>,
    /// All words with a meaning of their own.
    pub content: Vec<String>,
}

/// Phrases that tell the kind of answer, the most telling first.
const KINDS: &[(Wants, &str)] = &[
    (
        Wants::Phone,
        "phone number|telephone number|phone|what number can i call|email|e mail|contact number|telefonnummer|numero de telefono",
    ),
    (
        Wants::Age,
        "how old|how long has|how long have|how long ago|age of|how new|wie alt|que edad|quel age|when was * last|last replaced|last updated",
    ),
    (
        Wants::Size,
        "how big|how large|what size|how many square|how many acre|size of|how much space|how wide|how long is|how tall|square footage|dimensions|wie gross|que tan grande|quelle surface|quelle taille|how much land|how spacious",
    ),
    (
        Wants::Count,
        "how many|number of|cuantos|cuantas|wie viele|wieviele|combien de",
    ),
    (
        Wants::Money,
        "how much|cost|costs|price|what are they asking|fee|fees|cuanto|wie viel|wieviel|kostet|combien|rent is|pay",
    ),
    (
        Wants::Date,
        "when|what year|which year|what date|what time|what day|cuando|wann|quand|how soon|how recently|en que ano",
    ),
    (Wants::Person, "who|whose|quien|wer|qui"),
    (
        Wants::Place,
        "where|donde|wo|ou se|how far|how close|wie weit|a que distancia",
    ),
];

/// First words of a question that wants yes or no.
static YES_NO: WordSet = WordSet::new(|| {
    set(
        "is are does do has have can could will was were did any isn isnt doesnt arent would should am hay tiene \
    es esta gibt hat ist sind est a avez existe se",
    )
});

impl Question {
    pub fn new(question: &str) -> Self {
        let mut words = Vec::new();
        text::words(question, |word| words.push(word.to_owned()));
        let kinds = kinds(&words);
        let wants = kinds[0];
        let (found, beyond) = intent::find(&words, &kinds);
        let mut taken = vec![false; words.len()];
        // Beside something that can be told, what cannot is named as missing; alone it is left to the passages.
        let named = if found.is_empty() { &[][..] } else { &beyond[..] };
        for (from, to) in found.iter().chain(named).flat_map(|hit| hit.spans.iter()) {
            taken[*from..*to].fill(true);
        }
        let meaning = |i: &usize| !intent::is_filler(&words[*i]) && !text::is_stop(&words[*i]);
        let content = (0..words.len()).filter(meaning).map(|i| words[i].clone()).collect();
        let rest = (0..words.len())
            .filter(|i| !taken[*i])
            .filter(meaning)
            .map(|i| words[i].clone())
            .collect();
        let intents: Vec<Intent> = found.iter().map(|hit| hit.intent).collect();
        let beyond = beyond.iter().map(|hit| hit.intent).collect();
        Self {
            words,
            wants,
            intents,
            beyond,
            rest,
            content,
        }
    }

    /// Holds one of the phrases between bars.
    pub fn has_any(&self, phrases: &str) -> bool {
        holds(&self.words, phrases)
    }

    /// The same for a long list.
    pub fn has_one(&self, phrases: &Phrases<()>) -> bool {
        (0..self.words.len()).any(|i| {
            let mut found = false;
            phrases.starting(&self.words[i], |rest, ()| {
                found |= intent::ends(&self.words, i + 1, rest).is_some()
            });
            found
        })
    }

    pub fn asks_price_per_area(&self) -> bool {
        self.has_any("per square foot|per square feet|per sq ft|per sqft|per foot|per square meter|per square metre|per m2|price per square")
    }

    /// The same question, cut to some of its intents.
    pub fn about(&self, intents: &[Intent]) -> Self {
        let content: Vec<String> = intents
            .iter()
            .flat_map(|intent| intent.name().split(' '))
            .map(str::to_owned)
            .collect();
        Self {
            words: content.clone(),
            wants: self.wants,
            intents: intents.to_vec(),
            beyond: Vec::new(),
            rest: Vec::new(),
            content,
        }
    }
}

/// Every kind of answer a question wants, the most telling first; never empty.
fn kinds(words: &[String]) -> Vec<Wants> {
    let yes_no = words.first().is_some_and(|word| YES_NO.contains(word.as_str()));
    // "Is there a fee?" wants yes or no, "How much is the fee?" an amount.
    let telling =
        |wants: &Wants| !(yes_no && matches!(wants, Wants::Money | Wants::Person | Wants::Place | Wants::Date));
    let mut named = [false; KINDS.len()];
    for i in 0..words.len() {
        PHRASES.starting(&words[i], |rest, kind| {
            named[kind] |= intent::ends(words, i + 1, rest).is_some()
        });
    }
    let kinds = KINDS
        .iter()
        .zip(named)
        .filter(|((wants, _), named)| *named && telling(wants));
    let mut found: Vec<Wants> = kinds.map(|((wants, _), _)| *wants).collect();
    // "How many square feet" wants a size, not a count.
    if holds(words, "how many square|how many acre|how many hectare") {
        found.retain(|wants| *wants != Wants::Count);
    }
    if found.is_empty() {
        found.push(if yes_no { Wants::YesNo } else { Wants::Anything });
    }
    found
}

/// Phrases with the position of their kind.
static PHRASES: LazyLock<Phrases<usize>> =
    LazyLock::new(|| Phrases::new(KINDS.iter().enumerate().map(|(i, (_, phrases))| (i, *phrases))));

/// One of the phrases between bars stands in the words.
fn holds(words: &[String], phrases: &str) -> bool {
    let stands = |phrase: &str, i: usize| {
        let mut at = i;
        phrase.split(' ').all(|wanted| {
            at += 1;
            words
                .get(at - 1)
                .is_some_and(|word| wanted == "*" || same(word, wanted))
        })
    };
    phrases
        .split('|')
        .any(|phrase| (0..words.len()).any(|i| stands(phrase, i)))
}
