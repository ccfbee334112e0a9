//! Cuts a sentence into words, numbers and marks, with numbers already read.

use super::digits;

/// A day as far as it is stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    pub year: Option<i32>,
    pub month: Option<u8>,
    pub day: Option<u8>,
    /// Written `3/4/2021`: day and month may be the other way round.
    pub swappable: bool,
}

/// A number as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Num {
    pub value: f64,
    /// `1.250` may be meant as 1,250; the unit or currency beside it decides.
    pub grouped: Option<f64>,
    /// Digits only: no separator, no fraction.
    pub plain: bool,
    pub digits: u8,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Word,
    Number(Num),
    /// `1st`, `2nd`, `3.` are read as the number with this kind.
    Ordinal(f64),
    Date(Day),
    /// Minutes after midnight.
    Clock(u16),
    Phone,
    /// Letters and digits in one piece, an address of mail or web: compared as it stands.
    Code,
    Mark(char),
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    /// Bytes of the original text.
    pub from: usize,
    pub to: usize,
    /// Bytes of `Text::folded`.
    folded: (u32, u32),
    /// Begins with a capital letter.
    pub capital: bool,
    /// White space stands before it.
    pub apart: bool,
}

/// A text and its tokens.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    pub original: std::borrow::Cow<'a, str>,
    folded: String,
    pub tokens: Vec<Token>,
}

impl<'a> Text<'a> {
    pub fn new(original: impl Into<std::borrow::Cow<'a, str>>) -> Self {
        let original = original.into();
        let mut scan = Scan {
            text: &original,
            at: 0,
            folded: String::with_capacity(original.len()),
            tokens: Vec::with_capacity(original.len() / 5 + 2),
        };
        scan.run();
        let Scan { folded, tokens, .. } = scan;
        Self {
            original,
            folded,
            tokens,
        }
    }

    /// A token in lower case without accents; empty beyond the end.
    pub fn word(&self, i: usize) -> &str {
        self.tokens
            .get(i)
            .map_or("", |t| &self.folded[t.folded.0 as usize..t.folded.1 as usize])
    }

    pub fn is_mark(&self, i: usize, mark: char) -> bool {
        self.tokens.get(i).is_some_and(|t| t.kind == Kind::Mark(mark))
    }

    pub fn is_word(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.kind == Kind::Word)
    }

    /// The original words of a range of tokens.
    pub fn slice(&self, from: usize, to: usize) -> &str {
        match (self.tokens.get(from), self.tokens.get(to.saturating_sub(1))) {
            (Some(first), Some(last)) if last.to >= first.from => &self.original[first.from..last.to],
            _ => "",
        }
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    folded: String,
    tokens: Vec<Token>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut apart = true;
        while let Some(c) = self.text[self.at..].chars().next() {
            if c.is_whitespace() {
                if c == '\n' {
                    self.push(Kind::Mark('\n'), c.len_utf8(), true);
                } else {
                    self.at += c.len_utf8();
                }
                apart = true;
                continue;
            }
            let rest = &self.text[self.at..];
            if c == '.' && apart && rest[1..].starts_with(|d: char| d.is_ascii_digit()) {
                self.bare_fraction();
            } else if c.is_ascii_digit()
                || ((c == '+' || c == '(') && digits::phone(rest).is_some())
                || digits::vulgar(c).is_some()
            {
                self.number(apart);
            } else if c.is_alphanumeric() {
                self.word(apart);
            } else {
                self.push(Kind::Mark(plain_mark(c)), c.len_utf8(), apart);
            }
            apart = false;
        }
    }

    fn push(&mut self, kind: Kind, length: usize, apart: bool) {
        let from = self.at;
        self.at += length;
        let word = &self.text[from..self.at];
        let start = self.folded.len() as u32;
        for c in word.chars() {
            match c {
                '’' => self.folded.push('\''),
                c if c.is_ascii() => self.folded.push(c.to_ascii_lowercase()),
                c => digits::fold(c, &mut self.folded),
            }
        }
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let folded = (start, self.folded.len() as u32);
        self.tokens.push(Token {
            kind,
            from,
            to: self.at,
            folded,
            capital,
            apart,
        });
    }

    /// `.25` without its zero.
    fn bare_fraction(&mut self) {
        let rest = &self.text[self.at..];
        let length = 1 + rest[1..].len() - rest[1..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let value = format!("0{}", &rest[..length]).parse().unwrap_or(0.0);
        self.push(
            Kind::Number(Num {
                value,
                grouped: None,
                plain: false,
                digits: length as u8,
            }),
            length,
            true,
        );
    }

    fn number(&mut self, apart: bool) {
        let rest = &self.text[self.at..];
        if let Some((day, length)) = digits::date(rest) {
            return self.push(Kind::Date(day), length, apart);
        }
        if let Some(length) = digits::phone(rest) {
            return self.push(Kind::Phone, length, apart);
        }
        if let Some((minutes, length)) = digits::clock(rest) {
            return self.push(Kind::Clock(minutes), length, apart);
        }
        let Some((num, length)) = digits::number(rest) else {
            return self.push(Kind::Code, rest.chars().next().map_or(1, char::len_utf8), apart);
        };
        let tail = &rest[length..];
        let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_alphanumeric()).len();
        if letters == 0 {
            return self.push(Kind::Number(num), length, apart);
        }
        let suffix = tail[..letters].to_lowercase();
        if matches!(
            suffix.as_str(),
            "st" | "nd" | "rd" | "th" | "er" | "ème" | "eme" | "ª" | "º"
        ) && num.plain
        {
            return self.push(Kind::Ordinal(num.value), length + letters, apart);
        }
        if digits::is_suffix(&suffix) {
            self.push(Kind::Number(num), length, apart);
            return self.push(Kind::Word, letters, false);
        }
        self.push(Kind::Code, length + code_length(tail), apart);
    }

    fn word(&mut self, apart: bool) {
        let rest = &self.text[self.at..];
        if let Some(length) = address_of_mail_or_web(rest) {
            return self.push(Kind::Code, length, apart);
        }
        let mut length = 0;
        let mut digit = None;
        let mut chars = rest.char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let next = chars.peek().map_or(' ', |(_, c)| *c);
            if c.is_ascii_digit() && digit.is_none() {
                digit = Some(i);
            }
            let inside = matches!(c, '\'' | '’') && next.is_alphabetic();
            let mark = matches!(c, '\u{300}'..='\u{36f}' | '²');
            if !(c.is_alphanumeric() || inside || mark) {
                break;
            }
            length = i + c.len_utf8();
        }
        let word = &rest[..length];
        match digit {
            None => self.push(Kind::Word, length, apart),
            Some(_) if matches!(word.to_lowercase().as_str(), "m2" | "ft2" | "km2" | "m3") => {
                self.push(Kind::Word, length, apart)
            }
            // `R1,395,000`, `EUR250000`: a currency that touches its number.
            Some(at) if digits::is_currency_code(&word[..at]) => self.push(Kind::Word, at, apart),
            Some(_) => self.push(Kind::Code, code_length(rest), apart),
        }
    }
}

/// Letters, digits and the hyphens between them, as in `ML-81643266`; a capital or digit must follow
/// the hyphen, so that `2-story` is not swallowed.
fn code_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let mut length = 0;
    while let Some((i, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, c)| *c);
        let joins = matches!(c, '-' | '/' | '.') && next.is_ascii_digit() && i > 0;
        if !(c.is_alphanumeric() || joins) {
            break;
        }
        length = i + c.len_utf8();
    }
    length.max(text.chars().next().map_or(0, char::len_utf8))
}

fn address_of_mail_or_web(text: &str) -> Option<usize> {
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')' | ','))
        .unwrap_or(text.len());
    let word = text[..end].trim_end_matches(['.', '!', '?', ':', ';']);
    let mail = word
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let web = word.starts_with("http://") || word.starts_with("https://") || word.starts_with("www.");
    (mail || web).then_some(word.len())
}

/// Dashes and quotes of every shape as one.
fn plain_mark(c: char) -> char {
    match c {
        '–' | '—' | '‐' | '‑' | '−' => '-',
        '“' | '”' | '„' | '«' | '»' => '"',
        '‘' | '’' => '\'',
        '•' | '·' | '|' | '▪' => '|',
        '：' => ':',
        '，' => ',',
        c => c,
    }
}
