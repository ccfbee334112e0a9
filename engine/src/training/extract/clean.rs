//! Characters that nobody sees: zero-width, direction marks, tag characters.

/// Takes invisible characters out of `text` and adds one to `removed` for each run of them.
/// A soft hyphen and an emoji's selector are typography, not hiding: taken out without counting.
pub(super) fn clean(text: &str, removed: &mut u32) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = false;
    let mut chars = text.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        if matches!(c, '\u{ad}' | '\u{fe0f}' | '\u{feff}') {
            continue;
        }
        // Joiners shape letters of Indic and Arabic script and hold emoji together: kept there.
        let joiner = matches!(c, '\u{200c}' | '\u{200d}');
        let joins = joiner && shaped(last) && chars.peek().copied().is_some_and(shaped);
        if (invisible(c) || joiner) && !joins {
            if !run {
                *removed += 1;
            }
            run = true;
            continue;
        }
        run = false;
        last = c;
        out.push(c);
    }
    out
}

/// Whether there is anything to clean; most texts have nothing.
pub(super) fn needs(text: &str) -> bool {
    !text.is_ascii()
        && text
            .chars()
            .any(|c| invisible(c) || matches!(c, '\u{ad}' | '\u{fe0f}' | '\u{feff}' | '\u{200c}' | '\u{200d}'))
}

const fn invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{180e}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}' | '\u{fe00}'..='\u{fe0e}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || matches!(c, '\u{1}'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

const fn shaped(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{700}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (String, u32) {
        let mut removed = 0;
        (clean(text, &mut removed), removed)
    }

    #[test]
    fn hidden_characters_go_and_are_counted_by_run() {
        assert_eq!(of("a\u{200b}\u{200b}b\u{202e}c"), ("abc".into(), 2));
        assert_eq!(of("x\u{e0049}\u{e0067}\u{e006e}y"), ("xy".into(), 1));
        assert_eq!(of("Bal\u{ad}kon"), ("Balkon".into(), 0));
    }

    #[test]
    fn joiners_stay_where_letters_need_them() {
        assert_eq!(of("क्\u{200d}ष").1, 0);
        assert_eq!(of("a\u{200d}b"), ("ab".into(), 1));
    }
}
