//! The audit log as its readers know it: what is written into it, in words, and how it is searched.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{Fault, fault::Checks, id::AccountId};

macro_rules! actions {
    ($($action:ident = $name:literal: $words:literal;)+) => {
        $(pub const $action: &str = $name;)+
        /// Every action and what a page calls it.
        pub const ACTIONS: &[(&str, &str)] = &[$(($name, $words)),+];
    };
}

// What stands before the dot is the action's group.
actions! {
    SIGNED_IN = "session.signed_in": "Signed in";
    SIGNED_OUT = "session.signed_out": "Signed out";
    SESSION_ENDED = "session.ended": "Ended a session";
    TOKEN_REUSED = "session.token_reused": "Used a spent refresh token: the program was signed out";
    PASSWORD_CHANGED = "password.changed": "Changed the password";
    PASSWORD_GUESSED = "password.guessed": "Gave wrong passwords again and again";
    PASSWORD_RESET_ASKED = "password.reset_asked": "Asked for a new password";
    PASSWORD_RESET = "password.reset": "Set a new password by a link";
    EMAIL_VERIFIED = "email.verified": "Confirmed the email address";
    FACTOR_ENROLLED = "factor.enrolled": "Set up a second factor";
    FACTOR_REMOVED = "factor.removed": "Removed the second factor";
    FACTOR_RECOVERY_USED = "factor.recovery_used": "Used a recovery code";
    FACTOR_RECOVERY_RENEWED = "factor.recovery_renewed": "Made new recovery codes";
    FACTOR_GUESSED = "factor.guessed": "Gave wrong codes again and again";
    PASSKEY_ADDED = "factor.passkey_added": "Added a passkey";
    PASSKEY_REMOVED = "factor.passkey_removed": "Removed a passkey";
    PASSKEY_DOUBTED = "factor.passkey_doubted": "Showed a passkey that may be a copy: it was refused";
    IDENTITY_LINKED = "identity.linked": "Linked a sign-in provider";
    IDENTITY_UNLINKED = "identity.unlinked": "Unlinked a sign-in provider";
    INVITATION_SENT = "invitation.sent": "Invited somebody";
    INVITATION_WITHDRAWN = "invitation.withdrawn": "Withdrew an invitation";
    INVITATION_ACCEPTED = "invitation.accepted": "Accepted an invitation";
    MEMBER_ROLE_CHANGED = "member.role_changed": "Changed a member’s role";
    MEMBER_SWITCHED_OFF = "member.switched_off": "Switched a member off";
    MEMBER_SWITCHED_ON = "member.switched_on": "Switched a member on again";
    MEMBER_SIGNED_OUT = "member.signed_out": "Signed a member out everywhere";
    MEMBER_MADE_OWNER = "member.made_owner": "Handed the organization over";
    BRAND_CHANGED = "brand.changed": "Changed the brand";
    BOT_CREATED = "bot.created": "Made a bot";
    BOT_PUBLISHED = "bot.published": "Published a bot";
    BOT_PAUSED = "bot.paused": "Paused a bot";
    BOT_UNPUBLISHED = "bot.unpublished": "Made a bot a draft again";
    BOT_ORIGINS_CHANGED = "bot.origins_changed": "Changed the sites of a bot";
    BOT_AI_CHANGED = "bot.ai_changed": "Had a bot answered by another AI";
    BOT_DELETED = "bot.deleted": "Deleted a bot";
    PROPERTY_DELETED = "property.deleted": "Deleted a property";
    SOURCE_REMOVED = "source.removed": "Removed a source";
    CODE_CREATED = "code.created": "Made a code";
    CODE_CHANGED = "code.changed": "Changed a code";
    CODE_DELETED = "code.deleted": "Deleted a code";
    LEADS_EXPORTED = "leads.exported": "Exported the leads";
    AUDIT_EXPORTED = "audit.exported": "Exported the audit log";
    LEAD_ERASED = "privacy.lead_erased": "Erased a buyer’s lead and conversation";
    BUYER_ERASED = "privacy.buyer_erased": "Erased what was known of them";
    CONSENT_WITHDRAWN = "privacy.consent_withdrawn": "Withdrew their consent";
    RETENTION_CHANGED = "privacy.retention_changed": "Changed how long buyers’ words are kept";
    RETENTION_ERASED = "privacy.retention_erased": "Erased what was kept long enough";
    ERASED_ANEW = "privacy.erased_anew": "Erased again what an archive had brought back";
    ORGANIZATION_EXPORTED = "privacy.organization_exported": "Exported all data of the organization";
    CREDITS_BOUGHT = "credits.bought": "Asked to buy credits";
    CREDITS_PAID = "credits.paid": "Credits that were bought are paid";
    LICENCE_CLAIMED = "licence.claimed": "Gave a licence to verify";
    LICENCE_DOCUMENT_ADDED = "licence.document_added": "Sent a document of the licence";
    LICENCE_LOOKED = "licence.looked": "Looked at the document of a licence";
    LICENCE_PENDING = "licence.pending": "Set a licence aside for somebody to look at";
    LICENCE_VERIFIED = "licence.verified": "Verified a licence";
    LICENCE_REFUSED = "licence.refused": "Refused a licence";
    LICENCE_EXPIRED = "licence.expired": "Noted that a licence has run out";
    SUPPORT_GRANTED = "support.granted": "Let support look";
    SUPPORT_WITHDRAWN = "support.withdrawn": "Let support look no more";
    SUPPORT_LOOKED = "support.looked": "Looked, as support";
    AI_CREATED = "ai.created": "Added an AI provider’s key";
    AI_CHANGED = "ai.changed": "Changed how an AI provider is asked";
    AI_TESTED = "ai.tested": "Tested an AI provider’s key";
    AI_DELETED = "ai.deleted": "Removed an AI provider’s key";
    WEBHOOK_CREATED = "webhook.created": "Added a webhook";
    WEBHOOK_CHANGED = "webhook.changed": "Changed a webhook";
    WEBHOOK_SECRET_ROLLED = "webhook.secret_rolled": "Gave a webhook a new secret";
    WEBHOOK_SWITCHED_OFF = "webhook.switched_off": "A webhook was switched off";
    WEBHOOK_TESTED = "webhook.tested": "Sent a webhook a test event";
    WEBHOOK_REPLAYED = "webhook.replayed": "Sent a webhook an event again";
    WEBHOOK_DELETED = "webhook.deleted": "Deleted a webhook";
    API_KEY_CREATED = "api_key.created": "Made an API key";
    API_KEY_REVOKED = "api_key.revoked": "Revoked an API key";
}

/// Every group of actions and what a page calls it.
pub const GROUPS: &[(&str, &str)] = &[
    ("session", "Signing in and out"),
    ("password", "Passwords"),
    ("email", "Email addresses"),
    ("factor", "Second factors"),
    ("identity", "Sign-in providers"),
    ("invitation", "Invitations"),
    ("member", "Members"),
    ("brand", "Brand"),
    ("bot", "Bots"),
    ("property", "Properties"),
    ("source", "Knowledge"),
    ("code", "Codes"),
    ("leads", "Leads"),
    ("audit", "Audit log"),
    ("credits", "Credits"),
    ("privacy", "Privacy"),
    ("licence", "Licences"),
    ("support", "Support access"),
    ("ai", "AI keys"),
    ("webhook", "Webhooks"),
    ("api_key", "API keys"),
];

/// What a page calls an action; `None` for one that is not known here.
pub fn words(action: &str) -> Option<&'static str> {
    let known = ACTIONS.iter().find(|(name, _)| *name == action);
    known.map(|(_, words)| *words)
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// From 1 on, without a gap within its organization.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// Who did it; absent where nobody was signed in.
    pub actor_id: Option<AccountId>,
    /// As they were called then.
    pub actor_name: String,
    /// The network address they called from, where there was a connection.
    pub address: Option<String>,
    pub action: String,
    /// What it was done to: `member`, `bot`, …
    pub target_kind: Option<String>,
    pub target_id: Option<Uuid>,
    /// As it was called then.
    pub target_name: Option<String>,
    /// What was set before and after, by name.
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// In hexadecimal digits. The next entry's is made of it, so who keeps it can tell later whether the log was changed.
    pub hash: String,
}

impl Entry {
    /// The action in words.
    pub fn words(&self) -> &str {
        words(&self.action).unwrap_or(&self.action)
    }

    /// What became of the settings: `Role: realtor → admin; Active: yes → no`. Empty where nothing is noted.
    pub fn change(&self) -> String {
        let fields = |side: &Option<Value>| side.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
        let (before, after) = (fields(&self.before), fields(&self.after));
        let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
        let gone = gone.map(|(name, was)| format!("{}: was {}", label(name), said(was)));
        let set = after.iter().filter(|(name, now)| before.get(*name) != Some(*now));
        let set = set.map(|(name, now)| match before.get(name) {
            Some(was) => format!("{}: {} → {}", label(name), said(was), said(now)),
            None => format!("{}: {}", label(name), said(now)),
        });
        set.chain(gone).collect::<Vec<_>>().join("; ")
    }
}

/// `new_logo` as `New logo`.
fn label(name: &str) -> String {
    let name = name.replace('_', " ");
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is looked for in the log, as typed. Empty counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterForm {
    /// An action or a group of them.
    pub action: Option<String>,
    /// An account's id.
    pub actor: Option<String>,
    /// The first day, `2026-05-31`, in UTC.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
}

/// What is looked for in the log; what is `None` is all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// An action or a group of them.
    pub action: Option<String>,
    pub actor: Option<AccountId>,
    pub from: Option<DateTime<Utc>>,
    /// The first moment that is too late.
    pub before: Option<DateTime<Utc>>,
}

impl FilterForm {
    pub fn check(&self) -> Result<Filter, Fault> {
        let mut checks = Checks::default();
        let action = given(&self.action).map(|action| {
            let known = GROUPS.iter().chain(ACTIONS).any(|(name, _)| *name == action);
            let text = "There is no such action. Give one as `member.role_changed`, or a group as `member`.";
            checks.ensure(known, "action", text);
            action.to_owned()
        });
        let actor = given(&self.actor).and_then(|id| {
            let id = id
                .parse::<AccountId>()
                .map_err(|_| Fault::invalid("This is not an id."));
            checks.take("actor", id)
        });
        let from = given(&self.from).and_then(|text| checks.take("from", day(text)));
        let to = given(&self.to).and_then(|text| checks.take("to", day(text)));
        if let (Some(from), Some(to)) = (from, to) {
            checks.ensure(from <= to, "to", "This day is before the first.");
        }
        checks.finish()?;
        let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
        Ok(Filter {
            action,
            actor,
            from: from.map(midnight),
            before: to.and_then(|to| to.checked_add_days(Days::new(1))).map(midnight),
        })
    }

    /// The query of an address that asks for the same. For a form that has passed its check: nothing is escaped.
    pub fn query(&self) -> String {
        let parts = [
            ("action", &self.action),
            ("actor", &self.actor),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let parts = parts
            .into_iter()
            .filter_map(|(name, value)| Some((name, given(value)?)));
        let parts: Vec<String> = parts.map(|(name, value)| format!("{name}={value}")).collect();
        parts.join("&")
    }
}

fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

/// A day of an age in which there are entries, and whose moments both databases can tell.
pub(crate) fn day(text: &str) -> Result<NaiveDate, Fault> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    day.filter(|day| day.to_string() == text && (1970..=9998).contains(&day.year()))
        .ok_or_else(|| Fault::invalid("Give a day as 2026-05-31."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_action_has_a_name_of_its_own_in_a_known_group() {
        let group = |name: &'static str| name.split_once('.').unwrap().0;
        let mut groups: Vec<&str> = ACTIONS.iter().map(|(name, _)| group(name)).collect();
        groups.dedup();
        groups.sort_unstable();
        let mut known: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(groups, known, "each group stands together, and is named");
        let mut names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ACTIONS.len());
        assert_eq!(words("member.role_changed"), Some("Changed a member’s role"));
        assert_eq!(words("member"), None);
    }

    fn entry(before: Option<Value>, after: Option<Value>) -> Entry {
        Entry {
            seq: 1,
            at: DateTime::UNIX_EPOCH,
            actor_id: None,
            actor_name: "Ana Reyes".into(),
            address: None,
            action: BRAND_CHANGED.into(),
            target_kind: None,
            target_id: None,
            target_name: None,
            before,
            after,
            hash: String::new(),
        }
    }

    #[test]
    fn a_change_reads_as_a_person_says_it() {
        let change = |before, after| entry(before, after).change();
        assert_eq!(change(None, None), "");
        assert_eq!(
            change(
                Some(json!({ "colour": "#1f5f5b", "logo": false, "name": "Elm" })),
                Some(json!({ "colour": "#0b3d3a", "logo": true, "name": "Elm" }))
            ),
            "Colour: #1f5f5b → #0b3d3a; Logo: no → yes"
        );
        assert_eq!(
            change(None, Some(json!({ "new_logo": true, "n": 3 }))),
            "N: 3; New logo: yes"
        );
        assert_eq!(change(Some(json!({ "status": "active" })), None), "Status: was active");
        assert_eq!(
            change(Some(json!({ "by": null })), Some(json!({ "by": ["a"] }))),
            "By: none → [\"a\"]"
        );
    }

    #[test]
    fn a_filter_is_read_whole_or_refused_by_its_fields() {
        let some = |text: &str| Some(text.to_owned());
        let id = "018f3e8e-1111-7000-8000-000000000001";
        let form = FilterForm {
            action: some("member"),
            actor: some(id),
            from: some("2026-05-01"),
            to: some(" 2026-05-31 "),
        };
        let filter = form.check().unwrap();
        assert_eq!(filter.action.as_deref(), Some("member"));
        assert_eq!(filter.from.unwrap().to_rfc3339(), "2026-05-01T00:00:00+00:00");
        assert_eq!(filter.before.unwrap().to_rfc3339(), "2026-06-01T00:00:00+00:00");
        assert_eq!(
            form.query(),
            format!("action=member&actor={id}&from=2026-05-01&to=2026-05-31")
        );
        let empty = FilterForm {
            action: some(""),
            ..FilterForm::default()
        };
        assert_eq!((empty.check(), empty.query()), (Ok(Filter::default()), String::new()));
        let bad = FilterForm {
            action: some("member.role"),
            actor: some("cy"),
            from: some("2026-02-30"),
            to: some("-4999-01-01"),
        };
        let fault = bad.check().unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["action", "actor", "from", "to"]);
        let turned = FilterForm {
            from: some("2026-05-02"),
            to: some("2026-05-01"),
            ..FilterForm::default()
        };
        assert!(turned.check().unwrap_err().for_field("to").is_some());
        for day in ["2026-5-1", "+2026-05-1", "0001-01-01", "9999-12-31", "2026-05-31T00:00"] {
            let form = FilterForm {
                from: some(day),
                ..FilterForm::default()
            };
            assert!(form.check().is_err(), "{day}");
        }
    }
}
