//! The only error that crosses the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who is at fault and what kind of fault it is; one HTTP status each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The input breaks a rule; `fields` says which.
    Invalid,
    Unauthorized,
    Forbidden,
    /// Allowed, once the caller has proved again who they are.
    ProofNeeded,
    /// Not with this API key: it lacks a scope.
    ReadScopeNeeded,
    LeadsScopeNeeded,
    WriteScopeNeeded,
    /// Not with any API key.
    NotForKeys,
    NotFound,
    MethodNotAllowed,
    Conflict,
    InsufficientCredits,
    TooLarge,
    Unsupported,
    /// It is not any more as the caller has seen it.
    Stale,
    /// The same idempotency key came with another request.
    KeyReused,
    TooMany,
    Unavailable,
    Internal,
}

impl FaultCode {
    pub const ALL: [FaultCode; 19] = [
        Self::Invalid,
        Self::Unauthorized,
        Self::Forbidden,
        Self::ProofNeeded,
        Self::ReadScopeNeeded,
        Self::LeadsScopeNeeded,
        Self::WriteScopeNeeded,
        Self::NotForKeys,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::InsufficientCredits,
        Self::TooLarge,
        Self::Unsupported,
        Self::Stale,
        Self::KeyReused,
        Self::TooMany,
        Self::Unavailable,
        Self::Internal,
    ];

    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthorized => 401,
            Self::InsufficientCredits => 402,
            Self::Forbidden | Self::ProofNeeded | Self::NotForKeys => 403,
            Self::ReadScopeNeeded | Self::LeadsScopeNeeded | Self::WriteScopeNeeded => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::Stale => 412,
            Self::TooLarge => 413,
            Self::Unsupported => 415,
            Self::KeyReused => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The stable end of a problem's `type`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Invalid => "invalid-input",
            Self::Unauthorized => "unauthorized",
            Self::InsufficientCredits => "insufficient-credits",
            Self::Forbidden => "forbidden",
            Self::ProofNeeded => "proof-needed",
            Self::ReadScopeNeeded => "read-scope-needed",
            Self::LeadsScopeNeeded => "leads-scope-needed",
            Self::WriteScopeNeeded => "write-scope-needed",
            Self::NotForKeys => "not-for-api-keys",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Conflict => "conflict",
            Self::TooLarge => "too-large",
            Self::Unsupported => "unsupported-media-type",
            Self::Stale => "changed-meanwhile",
            Self::KeyReused => "idempotency-key-reused",
            Self::TooMany => "too-many-requests",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Invalid => "Something in the request needs a change",
            Self::Unauthorized => "Sign in first",
            Self::InsufficientCredits => "Not enough credits",
            Self::Forbidden => "Not allowed",
            Self::ProofNeeded => "Confirm that it is you",
            Self::ReadScopeNeeded => "This API key lacks the scope `read`",
            Self::LeadsScopeNeeded => "This API key lacks the scope `leads`",
            Self::WriteScopeNeeded => "This API key lacks the scope `write`",
            Self::NotForKeys => "Not for API keys",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "Already exists or has changed",
            Self::TooLarge => "Too large",
            Self::Unsupported => "Unsupported kind of content",
            Self::Stale => "Changed since you read it",
            Self::KeyReused => "This idempotency key was used for another request",
            Self::TooMany => "Too many requests",
            Self::Internal => "Something went wrong on our side",
            Self::Unavailable => "Not available right now",
        }
    }
}

/// What is wrong with one field, in words for the person who filled it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldFault {
    pub field: String,
    pub message: String,
}

impl FieldFault {
    /// The field's name for a person, as the forms label it: `hoa_fee` is the `HOA fee`.
    pub fn name(&self) -> String {
        let known = match self.field.as_str() {
            "url" => Some("Address of the page"),
            "listing_url" => Some("Address of the listing page"),
            "text_content" => Some("Text"),
            "square_feet" => Some("Size"),
            "zip_code" => Some("ZIP"),
            _ => None,
        };
        if let Some(known) = known {
            return known.to_owned();
        }
        let words = self.field.trim_end_matches("_id").split('_').map(|word| match word {
            "hoa" => word.to_uppercase(),
            "org" => "organization".into(),
            word => word.into(),
        });
        let name = words.collect::<Vec<_>>().join(" ");
        let mut letters = name.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}

/// An error that may be shown to anybody: no internals, ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub code: FaultCode,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFault>,
    /// Seconds until another attempt is worth it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Fault {
    pub fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            retry_after: None,
        }
    }
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(FaultCode::Invalid, message)
    }
    pub fn not_found(noun: &str) -> Self {
        Self::new(FaultCode::NotFound, format!("There is no such {noun}."))
    }
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Checks::default().fail(field, message).into_fault()
    }
    pub fn internal() -> Self {
        Self::new(
            FaultCode::Internal,
            "Something went wrong on our side. Nothing was lost; please try again.",
        )
    }
    /// The message for one field, if it has one.
    pub fn for_field(&self, field: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|f| f.field == field)
            .map(|f| f.message.as_str())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// Whether a text has only characters that every store takes and that can be shown.
pub fn is_storable(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t')
}

/// Collects the faults of a form, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldFault>);

impl Checks {
    pub fn fail(mut self, field: &str, message: impl Into<String>) -> Self {
        self.push(field, message);
        self
    }
    pub fn push(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldFault {
            field: field.into(),
            message: message.into(),
        });
    }
    pub fn ensure(&mut self, holds: bool, field: &str, message: impl Into<String>) {
        if !holds {
            self.push(field, message);
        }
    }
    /// Keeps the value, or notes why there is none under the field's name.
    pub fn take<T>(&mut self, field: &str, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|fault| self.push(field, fault.message)).ok()
    }
    /// A trimmed text of at most `max` characters; empty is refused where `required`.
    pub fn text(&mut self, field: &str, value: &str, required: bool, max: usize) -> String {
        let value = value.trim();
        if required && value.is_empty() {
            self.push(field, "Please fill this in.");
        } else if value.chars().count() > max {
            self.push(field, format!("At most {max} characters."));
        } else if !is_storable(value) {
            self.push(field, "This has a character that cannot be stored.");
        }
        value.to_owned()
    }
    pub fn finish(self) -> Result<(), Fault> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.into_fault())
        }
    }
    fn into_fault(self) -> Fault {
        let message = match self.0.as_slice() {
            [one] => one.message.clone(),
            many => format!("{} fields need a change.", many.len()),
        };
        Fault {
            code: FaultCode::Invalid,
            message,
            fields: self.0,
            retry_after: None,
        }
    }
}
