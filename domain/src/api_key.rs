//! API keys: how one is written, what it may be used for, and how one is asked for.
//!
//! A key is `plk_`, its public id, `_`, its secret and a checksum, in letters and digits: a double click takes all of it, and
//! leaked ones are found by [`PATTERN`]. Whoever mistypes one is told so without a look-up.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Fault, FaultCode, fault::Checks, id::ApiKeyId, tenancy::Action};

/// What each key begins with.
pub const PREFIX: &str = "plk_";
/// What finds leaked keys in a text, as a regular expression.
pub const PATTERN: &str = "plk_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}";
/// Bytes of a secret.
pub const SECRET: usize = 32;
/// The most keys of one member, run out or not.
pub const KEYS_MAX: usize = 20;
/// The longest name of a key, in characters.
pub const NAME_MAX: usize = 100;
/// For how many days a key holds, at least, at most, and where nothing is said.
pub const DAYS_MIN: i64 = 1;
pub const DAYS_MAX: i64 = 365;
pub const DAYS_DEFAULT: i64 = 90;

/// How many digits 128 bits, 256 bits and a checksum take.
const ID_DIGITS: usize = 22;
const SECRET_DIGITS: usize = 43;
const SUM_DIGITS: usize = 6;

/// A key as its holder has it. Only its secret's hash is kept; it has no `Debug`, so that no log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    pub id: ApiKeyId,
    pub secret: [u8; SECRET],
}

impl Key {
    /// The text that is shown once.
    pub fn text(&self) -> String {
        let id = base62::<ID_DIGITS>(self.id.uuid().as_bytes());
        let secret = base62::<SECRET_DIGITS>(&self.secret);
        let body = format!("{PREFIX}{id}_{secret}");
        let sum = base62::<SUM_DIGITS>(&crc32(body.as_bytes()).to_be_bytes());
        body + &sum
    }

    /// `None` for what no key of ours looks like: mistyped, cut short, or made up without its checksum.
    pub fn read(text: &str) -> Option<Self> {
        if !text.is_ascii() || text.len() != PREFIX.len() + ID_DIGITS + 1 + SECRET_DIGITS + SUM_DIGITS {
            return None;
        }
        let (body, sum) = text.split_at(text.len() - SUM_DIGITS);
        if bytes62::<4>(sum)? != crc32(body.as_bytes()).to_be_bytes() {
            return None;
        }
        let (id, secret) = body.strip_prefix(PREFIX)?.split_once('_')?;
        Some(Self {
            id: Uuid::from_bytes(bytes62(id)?).into(),
            secret: bytes62(secret)?,
        })
    }
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A number in big-endian bytes with so many digits, the highest first. As many as `bytes` need: nothing is cut off.
fn base62<const N: usize>(bytes: &[u8]) -> String {
    let mut number = bytes.to_vec();
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        // One division of the whole number, a byte at a time.
        let mut rest = 0u32;
        for byte in &mut number {
            let part = rest << 8 | u32::from(*byte);
            (*byte, rest) = ((part / 62) as u8, part % 62);
        }
        *digit = DIGITS[rest as usize];
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// The number that digits write; `None` for another character and for a number that takes more than `N` bytes.
fn bytes62<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut number = [0; N];
    for digit in digits.bytes() {
        let mut carry = DIGITS.iter().position(|known| *known == digit)? as u32;
        for byte in number.iter_mut().rev() {
            let part = u32::from(*byte) * 62 + carry;
            (*byte, carry) = (part as u8, part >> 8);
        }
        if carry > 0 {
            return None;
        }
    }
    Some(number)
}

/// CRC-32 as in ISO 3309 and PNG. It keeps nobody out; it tells a slip of the fingers from a key.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Reading all of the daily work but leads and conversations.
    Read,
    /// Reading leads and conversations.
    Leads,
    /// Changing the daily work.
    Write,
}

impl KeyScope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Leads, Self::Write];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Leads => "leads",
            Self::Write => "write",
        }
    }
    /// For a person who chooses.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Read => "Read bots, properties, knowledge, codes, figures and credits",
            Self::Leads => "Read leads and conversations",
            Self::Write => "Change bots, properties, knowledge, codes and the brand",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
    /// How a key that lacks it is refused.
    pub const fn refusal(self) -> FaultCode {
        match self {
            Self::Read => FaultCode::ReadScopeNeeded,
            Self::Leads => FaultCode::LeadsScopeNeeded,
            Self::Write => FaultCode::WriteScopeNeeded,
        }
    }
}

/// The one rule of what a key needs, where its member may do it at all: `None` is for no key, whatever its scopes.
pub const fn needed(action: Action, reads: bool) -> Option<KeyScope> {
    match (action, reads) {
        (Action::Work | Action::SeeBilling, true) => Some(KeyScope::Read),
        (Action::Work | Action::SetBrand, false) => Some(KeyScope::Write),
        (Action::SeeLeads, true) => Some(KeyScope::Leads),
        (Action::ManageKeys, _) => None,
        // A webhook would carry leads away from whoever may not read them.
        (Action::ManageWebhooks | Action::BuyCredits | Action::ManageAi, _) => None,
        (Action::SeeLeads | Action::SetBrand | Action::SeeBilling, _) => None,
        (Action::ManagePeople | Action::SeeAudit | Action::TransferOwnership, _) => None,
        (Action::ErasePersonal | Action::ExportAll | Action::GrantSupport, _) => None,
    }
}

/// Those of one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    pub const fn has(self, scope: KeyScope) -> bool {
        self.0 & 1 << scope as u8 != 0
    }
    pub const fn with(self, scope: KeyScope) -> Self {
        Self(self.0 | 1 << scope as u8)
    }
    pub fn list(self) -> Vec<KeyScope> {
        KeyScope::ALL.into_iter().filter(|scope| self.has(*scope)).collect()
    }
    /// `read write`, as OAuth writes them.
    pub fn text(self) -> String {
        self.list()
            .iter()
            .map(|scope| scope.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
    /// What [`Scopes::text`] has written.
    pub fn parse(text: &str) -> Option<Self> {
        text.split(' ').map(KeyScope::parse).collect()
    }

    /// Refuses what a key with these may not do.
    pub fn must(self, action: Action, reads: bool) -> Result<(), Fault> {
        match needed(action, reads) {
            None => Err(not_for_keys()),
            Some(scope) if self.has(scope) => Ok(()),
            Some(scope) => {
                let text = format!(
                    "This API key lacks the scope `{}`. Make one that has it.",
                    scope.as_str()
                );
                Err(Fault::new(scope.refusal(), text))
            }
        }
    }
}

impl FromIterator<KeyScope> for Scopes {
    fn from_iter<I: IntoIterator<Item = KeyScope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::default(), Self::with)
    }
}

/// The refusal of what is done by people only.
pub fn not_for_keys() -> Fault {
    let text = "No API key may do this, whatever its scopes. Sign in, and do it yourself.";
    Fault::new(FaultCode::NotForKeys, text)
}

/// A key as its member sees it later: all but its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub scopes: Scopes,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// To the minute; `None` for one that was never used.
    pub used_at: Option<DateTime<Utc>>,
}

/// A key that was just made, with its text, which is shown this once.
#[derive(Clone)]
pub struct NewKey {
    pub key: ApiKey,
    pub text: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewKey({})", self.key.id)
    }
}

/// What is asked for with a new key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyForm {
    pub name: String,
    pub scopes: Vec<String>,
    /// In days.
    pub days: i64,
}

impl KeyForm {
    /// The trimmed name, the scopes, and for how long it is to hold.
    pub fn check(&self) -> Result<(String, Scopes, TimeDelta), Fault> {
        let mut checks = Checks::default();
        let name = checks.text("name", &self.name, true, NAME_MAX);
        let scopes = self
            .scopes
            .iter()
            .map(|scope| KeyScope::parse(scope))
            .collect::<Option<Scopes>>();
        match scopes {
            None => checks.push("scopes", "Each is `read`, `leads` or `write`."),
            Some(scopes) => checks.ensure(scopes != Scopes::default(), "scopes", "Choose at least one."),
        }
        let good = (DAYS_MIN..=DAYS_MAX).contains(&self.days);
        checks.ensure(good, "expires_in_days", format!("Give {DAYS_MIN} to {DAYS_MAX} days."));
        checks.finish()?;
        Ok((name, scopes.unwrap_or_default(), TimeDelta::days(self.days)))
    }
}

/// The same as the console's form sends it: a box a scope, and whatever was typed for the days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFields {
    pub name: String,
    pub read: Option<String>,
    pub leads: Option<String>,
    pub write: Option<String>,
    pub expires_in_days: String,
}

impl KeyFields {
    pub fn read(&self) -> KeyForm {
        let boxes = [&self.read, &self.leads, &self.write];
        let ticked = KeyScope::ALL.iter().zip(boxes).filter(|(_, ticked)| ticked.is_some());
        KeyForm {
            name: self.name.clone(),
            scopes: ticked.map(|(scope, _)| scope.as_str().to_owned()).collect(),
            // What is no number is no good number of days either.
            days: self.expires_in_days.trim().parse().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_key_has_one_text() {
        let key = |byte: u8| Key {
            id: Uuid::from_bytes([byte; 16]).into(),
            secret: [byte; SECRET],
        };
        let zeros = key(0).text();
        assert!(zeros.starts_with("plk_0000000000000000000000_0000000000000000000000000000000000000000000"));
        assert_eq!(zeros.len(), 76);
        let ones = key(255).text();
        assert!(ones.starts_with("plk_7n42DGM5Tflk9n8mt7Fhc7_"), "{ones}");
        assert!(Key::read(&ones).is_some_and(|read| read == key(255)));
        // The same digits for another number: rightly summed, but more than the bytes hold.
        for (id, secret) in [("z", "0"), ("0", "z")] {
            let body = format!("{PREFIX}{}_{}", id.repeat(ID_DIGITS), secret.repeat(SECRET_DIGITS));
            let sum = base62::<SUM_DIGITS>(&crc32(body.as_bytes()).to_be_bytes());
            assert!(Key::read(&(body + &sum)).is_none());
        }
        for bad in [
            "",
            "plk_",
            "plk__",
            &zeros[1..],
            &zeros[..75],
            &format!("{zeros}0"),
            &zeros.to_uppercase(),
        ] {
            assert!(Key::read(bad).is_none(), "{bad}");
        }
    }

    /// What [`PATTERN`] says, without a library for it.
    fn fits(text: &str) -> bool {
        let part = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_alphanumeric());
        text.strip_prefix("plk_")
            .and_then(|rest| rest.split_once('_'))
            .is_some_and(|(id, rest)| part(id, 22) && part(rest, 49))
    }

    proptest! {
        #[test]
        fn every_key_is_read_back(id: [u8; 16], secret: [u8; SECRET]) {
            let key = Key { id: Uuid::from_bytes(id).into(), secret };
            let text = key.text();
            prop_assert!(fits(&text));
            prop_assert!(Key::read(&text).is_some_and(|read| read == key));
        }

        #[test]
        fn a_slip_is_seen(id: [u8; 16], secret: [u8; SECRET], at in 0..76usize, other in "[0-9A-Za-z_ -]") {
            let text = Key { id: Uuid::from_bytes(id).into(), secret }.text();
            let mut bent = text.clone();
            bent.replace_range(at..=at, &other);
            prop_assert_eq!(Key::read(&bent).is_some(), bent == text);
            // Two neighbours the wrong way round.
            let mut swapped = text.clone().into_bytes();
            swapped.swap(at, (at + 1).min(75));
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(Key::read(&swapped).is_some(), swapped == text);
        }

        #[test]
        fn nothing_else_is_a_key(text in "\\PC{0,100}") {
            prop_assert!(Key::read(&text).is_none());
        }
    }

    const ACTIONS: [Action; 13] = [
        Action::Work,
        Action::SeeLeads,
        Action::SetBrand,
        Action::ManagePeople,
        Action::SeeAudit,
        Action::ErasePersonal,
        Action::ExportAll,
        Action::GrantSupport,
        Action::ManageWebhooks,
        Action::BuyCredits,
        Action::ManageAi,
        Action::ManageKeys,
        Action::TransferOwnership,
    ];

    #[test]
    fn each_scope_opens_its_own_and_nothing_else() {
        let opens = |scope: KeyScope| -> Vec<(Action, bool)> {
            let all = ACTIONS.into_iter().flat_map(|action| [(action, true), (action, false)]);
            let scopes = Scopes::default().with(scope);
            all.filter(|(action, reads)| scopes.must(*action, *reads).is_ok())
                .collect()
        };
        assert_eq!(opens(KeyScope::Read), [(Action::Work, true)]);
        assert_eq!(opens(KeyScope::Leads), [(Action::SeeLeads, true)]);
        assert_eq!(
            opens(KeyScope::Write),
            [(Action::Work, false), (Action::SetBrand, false)]
        );
        let refusal = |action, reads| Scopes::default().must(action, reads).unwrap_err().code;
        assert_eq!(refusal(Action::Work, true), FaultCode::ReadScopeNeeded);
        assert_eq!(refusal(Action::Work, false), FaultCode::WriteScopeNeeded);
        assert_eq!(refusal(Action::SeeLeads, true), FaultCode::LeadsScopeNeeded);
        assert_eq!(refusal(Action::ManageKeys, true), FaultCode::NotForKeys);
    }

    #[test]
    fn scopes_are_read_back() {
        for scopes in 0..8u8 {
            let scopes = Scopes(scopes);
            let known = scopes != Scopes::default();
            assert_eq!(Scopes::parse(&scopes.text()), known.then_some(scopes));
        }
        assert_eq!(Scopes::parse("read admin"), None);
    }

    #[test]
    fn a_form_names_what_is_wrong() {
        let form = KeyFields {
            name: " CRM ".into(),
            read: Some("on".into()),
            write: Some("on".into()),
            expires_in_days: " 90 ".into(),
            ..KeyFields::default()
        };
        let (name, scopes, holds) = form.read().check().unwrap();
        assert_eq!((name.as_str(), scopes.text().as_str()), ("CRM", "read write"));
        assert_eq!(holds, TimeDelta::days(DAYS_DEFAULT));
        let fault = KeyFields::default().read().check().unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["name", "scopes", "expires_in_days"]);
        for (days, good) in [
            (0, false),
            (1, true),
            (365, true),
            (366, false),
            (-1, false),
            (i64::MAX, false),
        ] {
            let form = KeyForm { days, ..form.read() };
            assert_eq!(form.check().is_ok(), good, "{days}");
        }
        let form = KeyForm {
            scopes: vec!["read".into(), "admin".into()],
            ..form.read()
        };
        assert!(form.check().unwrap_err().for_field("scopes").is_some());
    }
}
