//! Webhooks: what a realtor's own programs are told, and where they are told it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    fault::Checks,
    id::{DeliveryId, WebhookId},
};

/// The most endpoints of one organization.
pub const ENDPOINTS_MAX: usize = 10;
/// For how long after a new secret was made the one before it signs, too.
pub const OLD_SECRET_FOR: TimeDelta = TimeDelta::hours(24);

/// Something that happened, of which endpoints are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EventKind {
    #[serde(rename = "lead.created")]
    LeadCreated,
    #[serde(rename = "question.unanswered")]
    QuestionUnanswered,
    #[serde(rename = "handoff.requested")]
    HandoffRequested,
    #[serde(rename = "scan.counted")]
    ScanCounted,
    #[serde(rename = "source.trained")]
    SourceTrained,
    #[serde(rename = "credits.low")]
    CreditsLow,
    #[serde(rename = "bot.published")]
    BotPublished,
    /// Sent by hand, to any endpoint; nobody asks for it.
    #[serde(rename = "webhook.test")]
    Test,
}

impl EventKind {
    /// Those that an endpoint can ask for.
    pub const CHOICES: [Self; 7] = [
        Self::LeadCreated,
        Self::QuestionUnanswered,
        Self::HandoffRequested,
        Self::ScanCounted,
        Self::SourceTrained,
        Self::CreditsLow,
        Self::BotPublished,
    ];

    /// The name in a payload.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeadCreated => "lead.created",
            Self::QuestionUnanswered => "question.unanswered",
            Self::HandoffRequested => "handoff.requested",
            Self::ScanCounted => "scan.counted",
            Self::SourceTrained => "source.trained",
            Self::CreditsLow => "credits.low",
            Self::BotPublished => "bot.published",
            Self::Test => "webhook.test",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::CHOICES.into_iter().chain([Self::Test]);
        all.find(|kind| kind.as_str() == text)
    }

    /// The name of its box in a form; a test has none.
    pub const fn field(self) -> &'static str {
        match self {
            Self::LeadCreated => "lead_created",
            Self::QuestionUnanswered => "question_unanswered",
            Self::HandoffRequested => "handoff_requested",
            Self::ScanCounted => "scan_counted",
            Self::SourceTrained => "source_trained",
            Self::CreditsLow => "credits_low",
            Self::BotPublished => "bot_published",
            Self::Test => "",
        }
    }

    /// What a page says of it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::LeadCreated => "A buyer left their contact details",
            Self::QuestionUnanswered => "A bot did not know an answer",
            Self::HandoffRequested => "A buyer asked for a person in a conversation",
            Self::ScanCounted => "A visit through a code was counted",
            Self::SourceTrained => "A source was read",
            Self::CreditsLow => "The credits are running low",
            Self::BotPublished => "A bot was published",
            Self::Test => "A test",
        }
    }
}

/// Why an endpoint is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OffReason {
    /// Somebody switched it off.
    Hand,
    /// It answered 410: gone.
    Gone,
    /// It took nothing for three days.
    Failing,
}

impl OffReason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Hand, Self::Gone, Self::Failing]
            .into_iter()
            .find(|reason| reason.as_str() == text)
    }
    /// What a page says of it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hand => "Switched off by hand",
            Self::Gone => "Switched off: it answered 410, which means that it is gone",
            Self::Failing => "Switched off: it took nothing for three days",
        }
    }
}

/// An address that is told of what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    pub events: Vec<EventKind>,
    /// `None` while it is on.
    pub off: Option<OffReason>,
    /// When it last took an event.
    pub taken_at: Option<DateTime<Utc>>,
    /// Until when the secret before this one signs, too.
    pub old_secret_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// An endpoint that was just made, or got a new secret: shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithSecret {
    pub webhook: Webhook,
    /// `whsec_` and the secret's bytes in Base64.
    pub secret: String,
}

/// How far one event is with one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    Delivered,
    /// Not tried any more; it can be sent again by hand.
    Failed,
}

impl DeliveryState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// One event on its way to one endpoint, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The `webhook-id` that its receiver sees, the same at each attempt.
    pub id: DeliveryId,
    pub event: EventKind,
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    pub created_at: DateTime<Utc>,
    /// When it is tried next; `None` when it is not.
    pub next_at: Option<DateTime<Utc>>,
    pub last_at: Option<DateTime<Utc>>,
    /// The status of the last answer; `None` where there was none.
    pub last_status: Option<u16>,
    /// Why the last attempt counts as failed.
    pub last_error: Option<String>,
    /// How long the last attempt took.
    pub duration_ms: Option<i64>,
}

/// Where to send what, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookForm {
    pub url: String,
    /// Names of events.
    pub events: Vec<String>,
}

impl WebhookForm {
    /// The events asked for, in their own order, each once. Whether the address can be used the server says.
    pub fn check(&self) -> Result<Vec<EventKind>, Fault> {
        let mut checks = Checks::default();
        checks.ensure(
            !self.url.trim().is_empty(),
            "url",
            "Give the address of your program, such as https://example.com/porchlight.",
        );
        let known = |name: &String| EventKind::CHOICES.iter().any(|kind| kind.as_str() == name);
        checks.ensure(!self.events.is_empty(), "events", "Choose at least one event.");
        if let Some(unknown) = self.events.iter().find(|name| !known(name)) {
            let short: String = unknown.chars().take(40).collect();
            checks.push("events", format!("There is no event “{short}”."));
        }
        checks.finish()?;
        let asked = |kind: &EventKind| self.events.iter().any(|name| name == kind.as_str());
        Ok(EventKind::CHOICES.into_iter().filter(asked).collect())
    }
}

/// The same as the console's form has it: a box an event, `on` when ticked, absent otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EndpointForm {
    pub url: String,
    pub lead_created: Option<String>,
    pub question_unanswered: Option<String>,
    pub handoff_requested: Option<String>,
    pub scan_counted: Option<String>,
    pub source_trained: Option<String>,
    pub credits_low: Option<String>,
    pub bot_published: Option<String>,
}

impl EndpointForm {
    /// Every box with its event.
    fn boxes(&self) -> [(EventKind, &Option<String>); 7] {
        [
            (EventKind::LeadCreated, &self.lead_created),
            (EventKind::QuestionUnanswered, &self.question_unanswered),
            (EventKind::HandoffRequested, &self.handoff_requested),
            (EventKind::ScanCounted, &self.scan_counted),
            (EventKind::SourceTrained, &self.source_trained),
            (EventKind::CreditsLow, &self.credits_low),
            (EventKind::BotPublished, &self.bot_published),
        ]
    }

    /// What was typed and ticked.
    pub fn read(self) -> WebhookForm {
        let ticked = self.boxes().into_iter().filter(|(_, ticked)| ticked.is_some());
        let events = ticked.map(|(kind, _)| kind.as_str().to_owned()).collect();
        WebhookForm { url: self.url, events }
    }
}

/// What to change of an endpoint; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookChange {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    pub active: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_one_name_everywhere() {
        for kind in EventKind::CHOICES.into_iter().chain([EventKind::Test]) {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(EventKind::parse("lead.deleted"), None);
    }

    #[test]
    fn every_event_has_a_box() {
        for kind in EventKind::CHOICES {
            let typed = serde_json::json!({ "url": "https://example.com", kind.field(): "on" });
            let form: EndpointForm = serde_json::from_value(typed).unwrap();
            assert_eq!(form.read().check().unwrap(), [kind]);
        }
    }

    #[test]
    fn a_form_is_read_whole_or_refused_by_its_fields() {
        let form = |url: &str, events: &[&str]| WebhookForm {
            url: url.into(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
        };
        let asked = form(
            "https://example.com",
            &["bot.published", "lead.created", "lead.created"],
        );
        assert_eq!(
            asked.check().unwrap(),
            [EventKind::LeadCreated, EventKind::BotPublished]
        );
        let fault = form(" ", &[]).check().unwrap_err();
        assert!(fault.for_field("url").is_some() && fault.for_field("events").is_some());
        // Nobody asks for tests, and there is no asking for everything.
        for unknown in ["webhook.test", "lead", "*", ""] {
            let fault = form("https://example.com", &[unknown]).check().unwrap_err();
            assert!(fault.for_field("events").is_some(), "{unknown}");
        }
    }
}
