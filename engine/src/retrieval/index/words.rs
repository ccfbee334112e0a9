//! From text to the stems that are indexed and searched.

use rust_stemmers::Algorithm;
pub use rust_stemmers::Stemmer;

pub use super::list::{Phrases, WordSet, set};

/// Words too common to tell one passage from another. Question words are here too: they say what
/// kind of answer is wanted, not where it stands.
static STOP: WordSet = WordSet::new(|| {
    set(
        "a about am an and any are as at be been but by can could did do does done for from had has have having \
    here how i if in into is it its itself may me might must my of on or our please shall should so some \
    such than that the their them then there these they this those to us was we were what whats when where \
    whether which who whom whose why will with would you your",
    )
});

/// True for a word (lower case) that is neither indexed nor searched.
pub fn is_stop(word: &str) -> bool {
    STOP.contains(word)
}

/// Calls `each` with every word of a text: lower case, accents folded, `1,176` as `1176`,
/// `2.5` in one piece, `owner's` as `owners`. A character of a script without spaces is a word.
pub fn words(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::with_capacity(24);
    let mut chars = text.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        } else if c.is_ascii() {
            let inside = chars.peek().copied().unwrap_or(' ');
            match c {
                ',' if last.is_ascii_digit() && inside.is_ascii_digit() => {}
                '.' if last.is_ascii_digit() && inside.is_ascii_digit() => word.push('.'),
                '\'' if last.is_alphabetic() && inside.is_alphabetic() => {}
                _ => flush(&mut word, &mut each),
            }
        } else if is_unspaced(c) {
            flush(&mut word, &mut each);
            word.push(c);
            flush(&mut word, &mut each);
        } else if c == '\u{2019}' && last.is_alphabetic() {
        } else if c.is_alphanumeric() {
            fold(c, &mut word);
        } else if !is_mark(c) {
            flush(&mut word, &mut each);
        }
        last = c;
    }
    flush(&mut word, &mut each);
}

fn flush(word: &mut String, each: &mut impl FnMut(&str)) {
    if !word.is_empty() {
        each(word);
        word.clear();
    }
}

/// Appends a letter in lower case without its accent: `É` as `e`, `ß` as `ss`.
pub fn fold(c: char, out: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => out.push('e'),
            'ì'..='ï' | 'ī' | 'į' => out.push('i'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => out.push('o'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'š' | 'ś' => out.push('s'),
            'ž' | 'ź' | 'ż' => out.push('z'),
            'ł' => out.push('l'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            '²' => out.push('2'),
            c if is_mark(c) => {}
            c => out.push(c),
        }
    }
}

/// A combining accent, as in decomposed text.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Scripts written without spaces: each character is searched by itself.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// The English stemmer (Snowball, "Porter 2").
pub fn stemmer() -> Stemmer {
    Stemmer::create(Algorithm::English)
}

/// The stems of a text in order, stop words left out.
pub fn stems(text: &str) -> Vec<String> {
    let stemmer = stemmer();
    let mut out = Vec::new();
    words(text, |word| {
        if !is_stop(word) {
            out.push(stemmer.stem(word).into_owned());
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        words(text, |word| out.push(word.to_owned()));
        out
    }

    #[test]
    fn numbers_accents_and_apostrophes_become_one_word_each() {
        assert_eq!(all("1,176 sq ft, 2.5 baths."), ["1176", "sq", "ft", "2.5", "baths"]);
        assert_eq!(all("Braine-le-Château's ROOF"), ["braine", "le", "chateaus", "roof"]);
        assert_eq!(all("the owner’s cafe\u{301}"), ["the", "owners", "cafe"]);
        assert_eq!(all("120 m² Straße"), ["120", "m2", "strasse"]);
        assert_eq!(all("三房 flat"), ["三", "房", "flat"]);
        assert_eq!(all(" … "), Vec::<String>::new());
    }

    #[test]
    fn stems_join_the_forms_of_a_word() {
        assert_eq!(stems("heated, heating"), ["heat", "heat"]);
        assert_eq!(stems("What is it?"), Vec::<String>::new());
    }
}
