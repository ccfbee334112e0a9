//! Real-estate licences: what a realtor claims, what a number looks like in a state, and the line that advertising shows.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fault, fault::Checks, place::US_STATES};

/// Where licences are given beside the states: code and name.
const TERRITORIES: [(&str, &str); 5] = [
    ("AS", "american samoa"),
    ("GU", "guam"),
    ("MP", "northern mariana islands"),
    ("PR", "puerto rico"),
    ("VI", "u.s. virgin islands"),
];

/// A document that shows the licence is at most this long, in bytes.
pub const DOCUMENT_MAX: usize = 10 * 1024 * 1024;

/// The realtor hears of the end of a licence so long before.
pub const REMIND_BEFORE: TimeDelta = TimeDelta::days(30);

const NUMBER_MIN: usize = 3;
pub const NUMBER_MAX: usize = 20;

/// What numbers of a state look like once blanks, dots and dashes are left out: letters, then digits.
struct Format {
    state: &'static str,
    /// How many letters.
    letters: usize,
    /// The least and the greatest number of digits.
    digits: (usize, usize),
    /// What the number begins with; empty for anything.
    begins: &'static str,
    example: &'static str,
}

/// As numbers of these states are commonly written; none was checked with the regulator, so that only what is plainly no number is
/// told apart. Of any other state no one format is known, and [`is_plausible`] judges its numbers.
const FORMATS: [Format; 5] = [
    Format {
        state: "AZ",
        letters: 2,
        digits: (9, 9),
        begins: "",
        example: "SA123456000",
    },
    Format {
        state: "CA",
        letters: 0,
        // The zero in front is often left out.
        digits: (7, 8),
        begins: "",
        example: "01234567",
    },
    Format {
        state: "IL",
        letters: 0,
        digits: (9, 9),
        begins: "47",
        example: "475.123456",
    },
    Format {
        state: "MI",
        letters: 0,
        digits: (10, 10),
        begins: "650",
        example: "6501123456",
    },
    Format {
        state: "VA",
        letters: 0,
        digits: (10, 10),
        begins: "022",
        example: "0225123456",
    },
];

/// The parts of the country that give licences: code and name, by name.
pub fn states() -> impl Iterator<Item = (&'static str, String)> {
    let mut all: Vec<_> = US_STATES.iter().chain(&TERRITORIES).collect();
    all.sort_unstable_by_key(|(_, name)| *name);
    all.into_iter().map(|(code, name)| (*code, title(name)))
}

/// The name of a state for people; what is no code of one is given back.
pub fn state_name(code: &str) -> String {
    let all = US_STATES.iter().chain(&TERRITORIES);
    let known = all.into_iter().find(|(known, _)| *known == code);
    known.map_or_else(|| code.to_owned(), |(_, name)| title(name))
}

fn state_code(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let mut all = US_STATES.iter().chain(&TERRITORIES);
    let known = all.find(|(code, name)| text.eq_ignore_ascii_case(code) || text.eq_ignore_ascii_case(name));
    known.map(|(code, _)| *code)
}

/// `district of columbia` as `District of Columbia`.
fn title(name: &str) -> String {
    let word = |word: &str| match word {
        "of" => word.to_owned(),
        "u.s." => word.to_uppercase(),
        _ => {
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect()
        }
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A number by which it is compared: letters and digits alone, in capitals.
pub fn number_key(number: &str) -> String {
    let kept = number.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// Letters, digits, dots and dashes, of a length that numbers have.
fn is_plausible(number: &str) -> bool {
    let known = number
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    known && (NUMBER_MIN..=NUMBER_MAX).contains(&number.len()) && !number_key(number).is_empty()
}

/// The number in capitals and without blanks, or what is wrong with it in this state.
fn check_number(state: &'static str, number: &str) -> Result<String, Fault> {
    let number: String = number.split_whitespace().collect::<String>().to_ascii_uppercase();
    let format = FORMATS.iter().find(|format| format.state == state);
    let fits = format.is_none_or(|format| format.fits(&number_key(&number)));
    match (is_plausible(&number), format) {
        (true, _) if fits => Ok(number),
        (_, Some(format)) => Err(Fault::invalid(format!(
            "Licence numbers of {} look like {}. Check yours on the licence itself.",
            state_name(state),
            format.example
        ))),
        _ => Err(Fault::invalid(format!(
            "Give {NUMBER_MIN} to {NUMBER_MAX} letters, digits, dots and dashes, as the licence has them."
        ))),
    }
}

impl Format {
    fn fits(&self, key: &str) -> bool {
        let letters = key.bytes().take_while(u8::is_ascii_alphabetic).count();
        let digits = key.len() - letters;
        let rest = key.bytes().skip(letters).all(|byte| byte.is_ascii_digit());
        letters == self.letters
            && rest
            && (self.digits.0..=self.digits.1).contains(&digits)
            && key.starts_with(self.begins)
    }
}

/// What a licence lets its holder be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = LicenseKind))]
#[serde(rename_all = "snake_case")]
pub enum LicenceKind {
    #[default]
    Agent,
    Broker,
}

impl LicenceKind {
    pub const ALL: [Self; 2] = [Self::Agent, Self::Broker];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Broker => "broker",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How far the verification of a licence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = LicenseStatus))]
#[serde(rename_all = "snake_case")]
pub enum LicenceStatus {
    /// Given, and not looked at yet; it stays so while the state or the number is missing.
    Claimed,
    /// Waits for somebody of the platform.
    Pending,
    Verified,
    Refused,
    /// Was verified, and its time is over.
    Expired,
}

impl LicenceStatus {
    pub const ALL: [Self; 5] = [
        Self::Claimed,
        Self::Pending,
        Self::Verified,
        Self::Refused,
        Self::Expired,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A realtor's licence as they see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Licence {
    /// The state's code; what was typed at registration where it is no state.
    pub state: Option<String>,
    pub number: Option<String>,
    pub kind: LicenceKind,
    pub status: LicenceStatus,
    /// Why it was refused.
    pub reason: Option<String>,
    /// The last day that it holds on.
    pub expires_on: Option<NaiveDate>,
    pub claimed_at: DateTime<Utc>,
    /// When it was last found to hold.
    pub checked_at: Option<DateTime<Utc>>,
    /// What the uploaded document was called.
    pub document: Option<String>,
}

impl Licence {
    /// As advertising names it: `licensed real-estate agent, Illinois licence 475.123456`. `None` without a number.
    pub fn line(&self) -> Option<String> {
        Some(line(self.kind, self.state.as_deref(), self.number.as_deref()?))
    }
}

/// What follows the realtor's name where they advertise.
pub fn line(kind: LicenceKind, state: Option<&str>, number: &str) -> String {
    let licence = match state {
        Some(state) => format!("{} licence", state_name(state)),
        None => "licence".into(),
    };
    format!("licensed real-estate {}, {licence} {number}", kind.as_str())
}

/// What a realtor gives to have a licence verified.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LicenceForm {
    /// The code or the name of a state.
    pub state: String,
    pub number: String,
    /// `agent` or `broker`; empty is an agent.
    #[serde(default)]
    pub kind: String,
}

/// A licence whose every field was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedLicence {
    pub state: &'static str,
    pub number: String,
    pub kind: LicenceKind,
}

impl LicenceForm {
    pub fn check(&self) -> Result<CheckedLicence, Fault> {
        let mut checks = Checks::default();
        let state = state_code(&self.state);
        checks.ensure(state.is_some(), "state", "Choose the state that gave the licence.");
        let number = match state {
            Some(state) => checks.take("number", check_number(state, &self.number)),
            None => None,
        };
        let kind = match self.kind.as_str() {
            "" => Some(LicenceKind::default()),
            kind => LicenceKind::parse(kind),
        };
        checks.ensure(kind.is_some(), "kind", "Choose agent or broker.");
        checks.finish()?;
        match (state, number, kind) {
            (Some(state), Some(number), Some(kind)) => Ok(CheckedLicence { state, number, kind }),
            _ => Err(Fault::internal()),
        }
    }
}

/// What a document is: only what browsers show and nobody has to open with an office program.
pub fn document_kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const KINDS: [(&[u8], &str, &str); 3] = [
        (b"%PDF-", "application/pdf", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
        (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    ];
    let known = KINDS.into_iter().find(|(begins, ..)| bytes.starts_with(begins));
    known.map(|(_, kind, ending)| (kind, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(state: &str, number: &str) -> LicenceForm {
        LicenceForm {
            state: state.into(),
            number: number.into(),
            kind: String::new(),
        }
    }

    #[test]
    fn all_states_and_territories_can_be_chosen() {
        let all: Vec<_> = states().collect();
        assert_eq!(all.len(), 56);
        for (code, name) in [
            ("DC", "District of Columbia"),
            ("VI", "U.S. Virgin Islands"),
            ("NC", "North Carolina"),
        ] {
            assert!(all.contains(&(code, name.to_owned())), "{code}");
            assert_eq!(form(name, "12345").check().unwrap().state, code);
            assert_eq!(state_name(code), name);
        }
        assert!(all.is_sorted_by_key(|(_, name)| name.to_lowercase()));
    }

    #[test]
    fn a_known_format_is_held_to_and_an_unknown_one_is_lenient() {
        for format in &FORMATS {
            let checked = form(format.state, format.example).check().unwrap();
            assert_eq!(checked.number, format.example);
            let fault = form(format.state, "12").check().unwrap_err();
            assert!(
                fault.for_field("number").unwrap().contains(format.example),
                "{}",
                format.state
            );
        }
        for (state, good) in [("il", "475 123456"), ("Illinois", "475123456"), ("AZ", "br-123456000")] {
            assert!(form(state, good).check().is_ok(), "{state} {good}");
        }
        for (state, bad) in [
            ("IL", "123456789"),
            ("CA", "123456"),
            ("CA", "B1234567"),
            ("AZ", "123456789SA"),
        ] {
            assert!(form(state, bad).check().is_err(), "{state} {bad}");
        }
        for good in ["123", "SL3123456", "sl-312.34", "12345678901234567890"] {
            assert!(form("OR", good).check().is_ok(), "{good}");
        }
        for bad in ["", "12", "...", "123456789012345678901", "12/34", "12é4"] {
            assert!(form("OR", bad).check().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_missing_is_told_by_its_field() {
        let fault = LicenceForm {
            kind: "boss".into(),
            ..form("Oz", "1")
        }
        .check()
        .unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["state", "kind"]);
    }

    #[test]
    fn numbers_are_one_however_they_are_written() {
        assert_eq!(number_key("475.123456"), number_key("475-123456"));
        assert_eq!(number_key("sa 123"), "SA123");
    }

    #[test]
    fn the_line_names_what_advertising_must() {
        let line = |state, kind| line(kind, state, "475.123456");
        assert_eq!(
            line(Some("IL"), LicenceKind::Agent),
            "licensed real-estate agent, Illinois licence 475.123456"
        );
        assert_eq!(
            line(None, LicenceKind::Broker),
            "licensed real-estate broker, licence 475.123456"
        );
    }

    #[test]
    fn documents_are_told_by_their_first_bytes() {
        assert_eq!(document_kind(b"%PDF-1.7\n"), Some(("application/pdf", "pdf")));
        assert_eq!(document_kind(b"\xff\xd8\xff\xe0"), Some(("image/jpeg", "jpg")));
        for other in [b"<svg>".as_slice(), b"", b"PK\x03\x04", b"<html>%PDF-"] {
            assert_eq!(document_kind(other), None);
        }
    }
}
