//! Cuts a stream of text into sentences, as soon as each is certainly over.

use super::{WordSet, set};

/// Shortened words that a full stop belongs to and that never end a sentence by themselves.
static NEVER_LAST: WordSet = WordSet::new(|| {
    set(
        "approx apt bldg ca dr e.g est excl fig ft.sq hwy i.e incl max min mr mrs ms mt no nos nr prof sq sr sra \
    ste vs z.b",
    )
});
/// Shortened words that may also end a sentence; what follows decides.
static MAYBE_LAST: WordSet = WordSet::new(|| {
    set(
        "a.m ac am av ave bd blvd co corp ct dept ea etc ft hr hrs in inc jr lb ln ltd mi min mo p.m pl pm qm rd \
    rm sf sqft st str u.k u.s yd yds yr yrs",
    )
});
/// Words that begin a new sentence far more often than they go on after a shortened word.
static OPENERS: WordSet = WordSet::new(|| {
    set(
        "a all also an and as ask at based both but call feel for from he her his however i if in is it its let \
    no on one our please she so that the there these they this to unfortunately we what when while with \
    would yes you your",
    )
});
/// Months that follow a day and its full stop, as in "3. Mai".
static DAY_MONTHS: WordSet =
    WordSet::new(|| set("januar februar märz april mai juni juli august september oktober november dezember"));
/// A stretch without any end is handed on at a space after this many bytes, so that memory is bounded.
const LONGEST: usize = 2000;

/// Collects pieces of text and gives back whole sentences. Everything pushed comes out again, in
/// order and unchanged: a sentence keeps the spaces and line ends that follow it.
#[derive(Clone, Debug, Default)]
pub struct Sentences {
    held: String,
    /// Bytes of `held` already searched for an end.
    searched: usize,
}

impl Sentences {
    /// Adds the next piece and gives the sentences that are now complete. A sentence is complete
    /// when what follows it has begun, or at once at a line end.
    pub fn push(&mut self, piece: &str) -> impl Iterator<Item = String> + use<> {
        self.held.push_str(piece);
        let mut out = Vec::new();
        while let Some(end) = self.next_end() {
            let rest = self.held.split_off(end);
            out.push(std::mem::replace(&mut self.held, rest));
            self.searched = 0;
        }
        out.into_iter()
    }

    /// What is left when the stream has ended, cut as well as it can be.
    pub fn finish(&mut self) -> Option<String> {
        self.searched = 0;
        let rest = std::mem::take(&mut self.held);
        (!rest.is_empty()).then_some(rest)
    }

    /// Byte position after the first complete sentence and the space behind it.
    fn next_end(&mut self) -> Option<usize> {
        let text = &self.held;
        let mut from = self.searched;
        while let Some(found) = text[from..].find(['.', '!', '?', '…', '\n', '。', '！', '？']) {
            let at = from + found;
            let mark = text[at..].chars().next()?;
            let after = at + mark.len_utf8();
            if matches!(mark, '\n' | '。' | '！' | '？') {
                return self.end_if_followed(after);
            }
            let closed = after + text[after..].len() - text[after..].trim_start_matches(is_closer).len();
            let behind = &text[closed..];
            let Some(next) = behind.chars().next() else {
                self.searched = at;
                return self.too_long();
            };
            if next.is_whitespace() {
                let Some(opening) = behind.trim_start().chars().next() else {
                    if behind.contains('\n') && !text[..at].trim().is_empty() {
                        return Some(text.len());
                    }
                    self.searched = at;
                    return self.too_long();
                };
                let start = text.len() - behind.trim_start().len();
                if behind[..start - closed].contains('\n') {
                    return Some(start);
                }
                match ends(text, at, mark, opening, start) {
                    Some(true) => return Some(start),
                    Some(false) => {}
                    None => {
                        self.searched = at;
                        return self.too_long();
                    }
                }
            }
            from = closed.max(after);
        }
        self.searched = text.len();
        self.too_long()
    }

    /// A line end closes what stands before it; an empty line is kept for the next sentence.
    fn end_if_followed(&mut self, after: usize) -> Option<usize> {
        if self.held[..after].trim().is_empty() {
            self.searched = after;
            return match self.held[after..].trim_start().is_empty() {
                true => None,
                false => {
                    let start = self.held.len() - self.held[after..].trim_start().len();
                    self.searched = start;
                    self.next_end()
                }
            };
        }
        Some(after)
    }

    fn too_long(&self) -> Option<usize> {
        if self.held.len() <= LONGEST {
            return None;
        }
        let cut = self.held.floor_char_boundary(LONGEST);
        Some(self.held[..cut].rfind(' ').map_or(cut, |space| space + 1))
    }
}

fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '*' | '.')
}

/// Whether the mark at `at` ends a sentence when `opening`, at byte `start`, follows it; `None`
/// while the word that follows is not known yet.
fn ends(text: &str, at: usize, mark: char, opening: char, start: usize) -> Option<bool> {
    if mark != '.' {
        return Some(!opening.is_lowercase() || mark != '…');
    }
    let before = &text[..at];
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '/' | '-'))
        .next()
        .unwrap_or("");
    let lower = word.trim_matches('.').to_lowercase();
    let digits = !lower.is_empty() && lower.chars().all(|c| c.is_ascii_digit());
    // "1. Kitchen" at the start of a line is a number in a list, "3. Mai" a day.
    let line = before
        .rsplit('\n')
        .next()
        .unwrap_or("")
        .trim_start_matches([' ', '-', '*', '•']);
    if digits && (line == word || opening.is_lowercase()) {
        return Some(false);
    }
    if opening.is_lowercase() {
        return Some(false);
    }
    let single = lower != "i" && lower.chars().count() == 1 && lower.chars().all(char::is_alphabetic);
    if NEVER_LAST.contains(lower.as_str()) {
        // "the answer is no. The" against "No. 5"
        return if lower == "no" {
            Some(!opening.is_ascii_digit())
        } else {
            Some(false)
        };
    }
    let day = digits && lower.len() <= 2;
    if day || single || MAYBE_LAST.contains(lower.as_str()) {
        let rest = &text[start..];
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
        let next = &rest[..length?];
        let next = next.split(['\'', '’']).next().unwrap_or("").to_lowercase();
        return Some(if day {
            !DAY_MONTHS.contains(next.as_str())
        } else {
            OPENERS.contains(next.as_str())
        });
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a text that arrives in pieces of `size` bytes or so.
    fn cut(text: &str, size: usize) -> Vec<String> {
        let mut sentences = Sentences::default();
        let mut out = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.ceil_char_boundary(size.min(rest.len()));
            out.extend(sentences.push(&rest[..end]));
            rest = &rest[end..];
        }
        out.extend(sentences.finish());
        out
    }

    fn check(text: &str, expected: &[&str]) {
        for size in [1, 3, 7, 10_000] {
            let got = cut(text, size);
            assert_eq!(got.concat(), text, "nothing is lost, pieces of {size}");
            assert_eq!(
                got.iter().map(|s| s.trim()).collect::<Vec<_>>(),
                expected,
                "pieces of {size}"
            );
        }
    }

    #[test]
    fn ends_at_marks_and_not_inside_numbers_and_short_words() {
        check(
            "It costs $1.5 million. It has 2.5 baths!",
            &["It costs $1.5 million.", "It has 2.5 baths!"],
        );
        check(
            "The home is 1,176 sq. ft. and sits on St. James Ave. in town. Dr. Lee owns it.",
            &[
                "The home is 1,176 sq. ft. and sits on St. James Ave. in town.",
                "Dr. Lee owns it.",
            ],
        );
        check(
            "It is on Oak St. The lot is 5,000 sq. ft. It has a shed.",
            &["It is on Oak St.", "The lot is 5,000 sq. ft.", "It has a shed."],
        );
        check(
            "Open 1 p.m. to 4 p.m. Saturday. Yes? \"Yes.\" Fine",
            &["Open 1 p.m. to 4 p.m. Saturday.", "Yes?", "\"Yes.\"", "Fine"],
        );
        check(
            "The answer is no. There is none. See No. 5 there.",
            &["The answer is no.", "There is none.", "See No. 5 there."],
        );
        check(
            "Call J. Smith, e.g. Monday. Visit www.example.com now.",
            &["Call J. Smith, e.g. Monday.", "Visit www.example.com now."],
        );
        check(
            "Es kostet 1.250.000 €. Am 3. Mai ist es frei.",
            &["Es kostet 1.250.000 €.", "Am 3. Mai ist es frei."],
        );
    }

    #[test]
    fn lists_and_lines_are_sentences_of_their_own() {
        check(
            "It has:\n- 3 bedrooms\n- 2 baths\n\nAnything else?",
            &["It has:", "- 3 bedrooms", "- 2 baths", "Anything else?"],
        );
        check(
            "1. Roof of slate.\n2. Gas heat.\n",
            &["1. Roof of slate.", "2. Gas heat."],
        );
        check("\n\nHello there. Bye", &["Hello there.", "Bye"]);
        check("這是房子。有車庫！", &["這是房子。", "有車庫！"]);
        check("", &[]);
    }

    #[test]
    fn a_sentence_leaves_as_soon_as_the_next_begins() {
        let mut sentences = Sentences::default();
        assert_eq!(sentences.push("It has a pool. ").count(), 0);
        assert_eq!(sentences.push("I").collect::<Vec<_>>(), ["It has a pool. "]);
        assert_eq!(sentences.push(" know.\n").collect::<Vec<_>>(), ["I know.\n"]);
        assert_eq!(sentences.finish(), None);
    }

    #[test]
    fn text_without_an_end_does_not_pile_up() {
        let got = cut(&"word ".repeat(2000), 64);
        assert!(got.len() >= 5 && got.iter().all(|part| part.len() <= LONGEST + 1));
        assert_eq!(got.concat().len(), 10_000);
    }
}
