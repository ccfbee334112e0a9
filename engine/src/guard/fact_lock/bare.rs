//! Yes and no: sentences that say only that, and questions that want it.

use super::token::{Kind, Text};
use super::{WordSet, set};

/// `Some(true)` for "Yes.", "It does.", "Correct", `Some(false)` for "No.", "It doesn't."
pub fn bare_answer(text: &Text<'_>) -> Option<bool> {
    let words: Vec<&str> = (0..text.tokens.len())
        .filter(|i| text.is_word(*i))
        .map(|i| text.word(i))
        .collect();
    let first = *words.first()?;
    let second = words.get(1).copied().unwrap_or("");
    let no = |word: &str| matches!(word, "no" | "not" | "nope" | "never") || word.ends_with("n't");
    match first {
        "yes" | "yep" | "yeah" | "correct" | "absolutely" | "definitely" | "indeed" | "certainly" | "si" | "ja"
        | "oui" => Some(true),
        "no" | "nope" | "nein" | "non" => Some(false),
        "unfortunately" if second == "not" || second == "no" => Some(false),
        "that's" | "that" if words.len() <= 5 && words.iter().any(|w| matches!(*w, "right" | "correct" | "true")) => {
            Some(!words.iter().any(|w| no(w)))
        }
        "it" | "they" | "there"
            if words.len() <= 4
                && matches!(
                    words.get(1),
                    Some(&("does" | "is" | "are" | "has" | "do" | "was" | "did"))
                ) =>
        {
            Some(!words.iter().any(|w| no(w)))
        }
        "it" | "they" | "there" if words.len() <= 4 && no(second) => Some(false),
        "of" if second == "course" && words.len() <= 6 => Some(!words.contains(&"not")),
        _ => None,
    }
}

/// Whether a question wants a yes or a no, or may: "Is there a pool?", "What is the fee, and does it cover water?", "A pool?"
pub fn wants_yes(text: &Text<'_>) -> bool {
    let words = || (0..text.tokens.len()).filter(|i| text.is_word(*i));
    let opens = |i: usize| {
        let before = i.checked_sub(1);
        before.is_none_or(|at| matches!(text.tokens[at].kind, Kind::Mark(_)) || LEADS.contains(text.word(at)))
    };
    let asks = |i: usize| {
        let word = text.word(i);
        (AUXILIARIES.contains(word) || word.ends_with("n't")) && opens(i) || matches!(word, "if" | "whether")
    };
    words().any(asks) || !words().any(|i| ASKING.contains(text.word(i)))
}

/// Words before the verb of a question, or between two.
static LEADS: WordSet = WordSet::new(|| set("and or but so hi hello hey please well ok okay also then"));

static AUXILIARIES: WordSet =
    WordSet::new(|| set("is are was were do does did has have had can could will would should may might must am any"));

/// Words of a question that wants more than a yes.
static ASKING: WordSet = WordSet::new(|| {
    set("what what's which who who's whom whose when when's where where's why how how's tell describe list name")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_may_be_answered_with_yes_is_told() {
        for question in [
            "Is there a pool?",
            "So, does it have a garage?",
            "What is the fee, and does it cover water?",
            "What is the fee and is water in it?",
            "Tell me whether dogs are allowed.",
            "Any pets?",
            "a dishwasher",
            "Isn't the roof new?",
        ] {
            assert!(wants_yes(&Text::new(question)), "{question}");
        }
        for question in [
            "How many baths are there?",
            "What is the price?",
            "Hi, when was it built?",
            "Which school is it?",
            "Tell me about the kitchen.",
        ] {
            assert!(!wants_yes(&Text::new(question)), "{question}");
        }
    }
}
