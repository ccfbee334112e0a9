//! Sentences that only say yes or no.

use super::token::Text;

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
