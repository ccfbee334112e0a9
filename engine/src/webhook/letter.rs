//! What the owner of an organization is told of its endpoints.

use domain::{
    id::{OrganizationId, WebhookId},
    webhook::OffReason,
};

use crate::{
    Engine, Error, account,
    db::Tx,
    mail::{self, Letter},
};

/// Tells the owner that an endpoint was switched off. An organization whose owner cannot be written to reads it in the console.
pub(super) async fn switched_off(
    tx: &mut Tx,
    engine: &Engine,
    organization: OrganizationId,
    (webhook, url): (WebhookId, &str),
    reason: OffReason,
) -> Result<(), Error> {
    let Some(to) = account::owner_email(tx, organization).await? else {
        return Ok(());
    };
    let why = match reason {
        OffReason::Gone => "It answered 410, which means that it is gone.",
        OffReason::Failing | OffReason::Hand => "It took nothing that we sent it for three days.",
    };
    let page = format!("{}/console/webhooks/{webhook}", engine.config().public_url);
    let text = format!(
        "Porchlight sends no more events to this address:\n\n{url}\n\n{why} What had not been sent yet is kept for 30 days and can \
         be sent again from its log. When the address works again, switch it on here:\n\n{page}"
    );
    let letter = Letter {
        to: &to,
        subject: "A webhook was switched off".into(),
        text,
    };
    mail::post(tx, engine, &letter).await
}
