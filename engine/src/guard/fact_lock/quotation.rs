//! Quotations: a whole sentence of a passage, word for word in quotation marks, is its own proof.
//!
//! Only whole sentences count. Half of one can say the opposite: "no pets" ends in "pets".

use std::borrow::Cow;

/// The sentence without the quotations that are carried. Borrowed when there are none.
pub fn without_carried<'s>(sentence: &'s str, carried: impl Fn(&str) -> bool) -> Cow<'s, str> {
    let mut left = String::new();
    let mut rest = sentence;
    let mut any = false;
    while let Some((before, quoted, after)) = next(rest) {
        left.push_str(before);
        if carried(quoted) {
            any = true;
        } else {
            left.push_str(&rest[before.len()..rest.len() - after.len()]);
        }
        rest = after;
    }
    if !any {
        return Cow::Borrowed(sentence);
    }
    left.push_str(rest);
    Cow::Owned(left)
}

/// What stands before the next quotation, the quotation without its marks, and what follows.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (at, open) = text.char_indices().find(|(_, c)| matches!(c, '“' | '"'))?;
    let inside = &text[at + open.len_utf8()..];
    let end = inside.find(if open == '“' { '”' } else { '"' })?;
    let close = inside[end..].chars().next().map_or(0, char::len_utf8);
    Some((&text[..at], &inside[..end], &inside[end + close..]))
}

/// Whether these words stand in the passage as whole sentences: between two ends of sentences or lines.
pub fn stands_in(passage: &str, quoted: &str) -> bool {
    let wanted = spaced(quoted).trim_matches(is_end).to_owned();
    if wanted.split(' ').count() < 3 {
        return false;
    }
    let lines: Vec<String> = passage.lines().map(spaced).collect();
    lines.iter().any(|line| {
        line.match_indices(&wanted).any(|(at, _)| {
            let (before, after) = (&line[..at], &line[at + wanted.len()..]);
            let begins = before.is_empty() || before.ends_with(' ') && before.trim_end().ends_with(ENDS);
            let ends =
                after.is_empty() || after.starts_with(ENDS) && after[1..].chars().all(is_end) || sentence_ends(after);
            begins && ends
        })
    })
}

/// A full stop that a space and a new sentence follow; none inside "2.5".
fn sentence_ends(after: &str) -> bool {
    after.starts_with(ENDS) && after[1..].starts_with(' ')
}

const ENDS: [char; 4] = ['.', '!', '?', ';'];

fn is_end(c: char) -> bool {
    c == ' ' || ENDS.contains(&c)
}

/// Lower case, with single spaces.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSAGE: &str =
        "A bright home. No pets are allowed here.\nThe tank was pumped in March 2024; the well is 2.5 m deep";

    #[test]
    fn whole_sentences_stand() {
        for quoted in [
            "A bright home.",
            "No pets are allowed here",
            "the  tank was pumped in March 2024",
            "The well is 2.5 m deep.",
        ] {
            assert!(stands_in(PASSAGE, quoted), "{quoted}");
        }
    }

    #[test]
    fn halves_do_not() {
        for quoted in [
            "pets are allowed here",
            "The well is 2",
            "the tank was pumped",
            "A bright home. No pets",
            "5 m deep",
            "bright home",
            "",
        ] {
            assert!(!stands_in(PASSAGE, quoted), "{quoted}");
        }
    }

    #[test]
    fn only_what_is_carried_is_taken_out() {
        let left = without_carried("It says “one” and \"two\" and “thr", |q| q == "two");
        assert_eq!(left, "It says “one” and  and “thr");
        assert!(matches!(without_carried("plain", |_| true), Cow::Borrowed(_)));
    }
}
