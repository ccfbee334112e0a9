//! Endpoints of the organization's own that are told what happens, and the log of what they were told.

mod create;
mod delete;
mod get;
mod list;
mod replay;
mod roll;
mod switch;
mod test;
mod update;

use domain::{
    page::Page,
    webhook::{DeliveryState, EventKind, OffReason},
};
use serde::{Deserialize, Serialize};

pub use create::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use replay::*;
pub use roll::*;
pub use switch::*;
pub use test::*;
pub use update::*;

use super::when::When;

/// Where in a session a new secret stands, sealed, until it was shown.
#[cfg(feature = "ssr")]
const SECRET_KEY: &str = "webhook";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookRow {
    pub id: String,
    pub url: String,
    pub events: Vec<EventKind>,
    /// `None` while it is on.
    pub off: Option<OffReason>,
    pub taken: Option<When>,
    /// Until when the secret before this one signs, too.
    pub old_secret_until: Option<When>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookView {
    pub webhook: WebhookRow,
    /// A secret that was just made: shown now, and never again.
    pub secret: Option<String>,
    pub deliveries: Page<DeliveryRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryRow {
    pub id: String,
    pub event: EventKind,
    pub state: DeliveryState,
    pub attempts: i64,
    pub happened: When,
    pub next: Option<When>,
    pub last: Option<When>,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub duration_ms: Option<i64>,
}

#[cfg(feature = "ssr")]
impl WebhookRow {
    fn new(webhook: domain::webhook::Webhook, now: chrono::DateTime<chrono::Utc>) -> Self {
        Self {
            id: webhook.id.to_string(),
            url: webhook.url,
            events: webhook.events,
            off: webhook.off,
            taken: webhook.taken_at.map(|at| When::new(at, now)),
            old_secret_until: webhook.old_secret_until.filter(|until| *until > now).map(When::ahead),
        }
    }
}

#[cfg(feature = "ssr")]
impl DeliveryRow {
    fn new(delivery: domain::webhook::Delivery, now: chrono::DateTime<chrono::Utc>) -> Self {
        Self {
            id: delivery.id.to_string(),
            event: delivery.event,
            state: delivery.state,
            attempts: delivery.attempts,
            happened: When::new(delivery.created_at, now),
            next: delivery.next_at.map(When::ahead),
            last: delivery.last_at.map(|at| When::new(at, now)),
            status: delivery.last_status,
            error: delivery.last_error,
            duration_ms: delivery.duration_ms,
        }
    }
}

/// Keeps a new secret until the page of its endpoint has shown it.
#[cfg(feature = "ssr")]
async fn keep_secret(call: &engine::Call, made: &domain::webhook::WithSecret) -> Result<(), crate::AppError> {
    let text = format!("{} {}", made.webhook.id, made.secret);
    let sealed = engine::account::factor::conceal(&call.person(), &text).await?;
    crate::ssr::remember(SECRET_KEY, &sealed).await
}

/// The secret that was kept for this endpoint.
#[cfg(feature = "ssr")]
async fn take_secret(call: &engine::Call, id: &str) -> Result<Option<String>, crate::AppError> {
    let Some(sealed) = crate::ssr::take(SECRET_KEY).await? else {
        return Ok(None);
    };
    let text = engine::account::factor::reveal(&call.person(), &sealed).await?;
    let kept = text.split_once(' ').filter(|(of, _)| *of == id);
    Ok(kept.map(|(_, secret)| secret.to_owned()))
}
