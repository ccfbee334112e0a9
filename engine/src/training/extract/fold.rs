//! Comparing words across case, accents and punctuation.

/// The plain ASCII letter(s) of an accented Latin letter, or `None` when there is no plain form.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' | 'ō' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        '²' => "2",
        '№' => "no",
        _ => return None,
    })
}

/// Lower case, no accents, every run of other characters one space: `"Año (const.)"` → `"ano const"`.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        // Combining marks belong to the letter before them.
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        let known = plain(c);
        if known.is_none() && !c.is_alphanumeric() && c != '#' {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        match known {
            Some(ascii) => out.push_str(ascii),
            None => out.push(c),
        }
    }
    out
}

/// As [`fold`] without any space: for comparing two spellings of the same words.
pub(super) fn squash(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether the folded `text` holds the folded `phrase` as whole words.
pub(super) fn has_phrase(folded: &str, phrase: &str) -> bool {
    find_phrase(folded, phrase).is_some()
}

/// Where the folded `phrase` starts in the folded `text`, as whole words.
pub(super) fn find_phrase(folded: &str, phrase: &str) -> Option<usize> {
    let (text, wanted) = (folded.as_bytes(), phrase.as_bytes());
    if wanted.is_empty() {
        return None;
    }
    let mut at = 0;
    // Words start at the beginning or after a space, so only these places are tried.
    while text.len() - at >= wanted.len() {
        if text[at..].starts_with(wanted) && text.get(at + wanted.len()).is_none_or(|b| *b == b' ') {
            return Some(at);
        }
        at += text[at..].iter().position(|b| *b == b' ')? + 1;
    }
    None
}

/// Whitespace runs become one space, ends are trimmed.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The first `max` characters, cut at a word where one ends nearby.
pub(super) fn clip(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max).collect();
    match cut.rfind(' ') {
        Some(at) if at > max / 2 => cut[..at].to_owned(),
        _ => cut,
    }
}

/// The largest index not above `at` that is a character boundary.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The smallest index not below `at` that is a character boundary.
pub(super) fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_compare_across_accents_and_punctuation() {
        assert_eq!(fold("  Año (const.)"), "ano const");
        assert_eq!(fold("Wohnfläche, ca."), "wohnflache ca");
        assert_eq!(squash("Braine-le-Château"), "brainelechateau");
        assert!(has_phrase(&fold("House for Sale!"), "for sale"));
        assert!(!has_phrase(&fold("for salers"), "for sale"));
        assert_eq!(clip("one two three", 8), "one two");
    }
}
