//! What becomes of a claim: decided by the service or by somebody of the platform, noted in the log, told in a letter.

use chrono::{DateTime, Utc};
use domain::{
    Fault, FaultCode, audit as log,
    id::{AccountId, LicenceId, OrganizationId},
    licence::{Licence, LicenceStatus},
    operator::Decision,
    text::Email,
};
use serde_json::{Value, json};

use super::{
    called,
    hook::Outcome,
    is_complete,
    store::{self, Decided, Found},
    target,
};
use crate::{
    Engine, Error,
    audit::{self, Actor, Event},
    db::{Reach, Tx},
    error::OnUnique,
    failpoint,
    mail::{self, Letter},
};

/// Has the service look at a claim. Where it knows nothing, or there is none, somebody of the platform is to look.
pub(crate) async fn verify(engine: &Engine, organization: OrganizationId, id: LicenceId) -> Result<(), Error> {
    let mut tx = engine.db().read(organization).await?;
    let found = store::find(&mut tx, organization, id).await?;
    drop(tx);
    let Some(found) = found else { return Ok(()) };
    let outcome = engine.licence_hook().ask(&found).await?;
    settle(engine, organization, id, &outcome).await
}

/// The service could not be asked for so long that somebody of the platform is to look.
pub(crate) async fn give_up(engine: &Engine, organization: OrganizationId, id: LicenceId) -> Result<(), Error> {
    settle(engine, organization, id, &Outcome::Unknown).await
}

async fn settle(engine: &Engine, organization: OrganizationId, id: LicenceId, outcome: &Outcome) -> Result<(), Error> {
    let taken = store::is_taken(&mut engine.db().read(Reach::Everyone).await?, organization, id).await?;
    let outcome = match outcome {
        // Two people with one number: that is for somebody to look into, and no business of either's.
        Outcome::Verified { .. } if taken => &Outcome::Unknown,
        outcome => outcome,
    };
    let mut tx = engine.db().begin(organization).await?;
    // Another claim may have come while the service was asked.
    let Some(found) = store::find_to_change(&mut tx, organization, id).await? else {
        return Ok(());
    };
    decide(&mut tx, engine, &found, outcome, None).await?;
    tx.commit_at(failpoint::LICENCE_DECIDE).await?;
    mail::ring(engine);
    Ok(())
}

/// Does as somebody of the platform has decided.
pub(crate) async fn decide_by_hand(
    engine: &Engine,
    (organization, account): (OrganizationId, AccountId),
    decision: &Decision,
    by: &Actor,
) -> Result<(), Error> {
    let reason = decision.reason.clone();
    let outcome = match decision.verify {
        true => Outcome::Verified {
            expires_on: decision.expires_on,
        },
        false => Outcome::Refused { reason: reason.clone() },
    };
    let missing = || Error::from(Fault::not_found("licence"));
    let mut tx = engine.db().begin(organization).await?;
    let found = store::of_account(&mut tx, organization, account).await?;
    let id = found
        .filter(|found| is_complete(&found.licence))
        .ok_or_else(missing)?
        .id;
    let found = store::find_to_change(&mut tx, organization, id)
        .await?
        .ok_or_else(missing)?;
    decide(&mut tx, engine, &found, &outcome, Some((by, &reason))).await?;
    tx.commit_at(failpoint::LICENCE_DECIDE).await?;
    mail::ring(engine);
    Ok(())
}

/// Writes down what is known of a claim now. `by` is who decided and why, where it was a person.
pub(super) async fn decide(
    tx: &mut Tx,
    engine: &Engine,
    found: &Found,
    outcome: &Outcome,
    by: Option<(&Actor, &str)>,
) -> Result<(), Error> {
    let decided = decision(engine, &found.licence, outcome, engine.clock().now());
    apply(tx, engine, found, &decided, by).await
}

/// Writes it down, notes it in the log, and tells its holder where it is something new.
pub(super) async fn apply(
    tx: &mut Tx,
    engine: &Engine,
    found: &Found,
    decided: &Decided<'_>,
    by: Option<(&Actor, &str)>,
) -> Result<(), Error> {
    let rows = store::decide(tx, found.organization, found.id, decided)
        .await
        .on_unique(|| {
            let text =
                "Another account holds this number as verified. Settle with both whose it is, then refuse one of them.";
            Fault::new(FaultCode::Conflict, text)
        })?;
    crate::db::expect_one(rows, "licence")?;
    let is_new = decided.status != found.licence.status;
    if is_new && let Some((subject, text)) = letter(engine, found, decided) {
        post(tx, engine, found, subject, &text).await?;
    }
    if !is_new && by.is_none() {
        return Ok(());
    }
    let platform = Actor {
        organization: found.organization,
        account: None,
        name: "Porchlight".into(),
        address: None,
    };
    let event = Event {
        action: action(decided.status),
        target: Some(target(found)),
        before: Some(json!({ "status": found.licence.status })),
        after: Some(said(decided, by.map(|(_, why)| why))),
    };
    audit::note_as(tx, engine, by.map_or(&platform, |(who, _)| who), event).await
}

/// What the log says of a decision.
fn said(decided: &Decided<'_>, why: Option<&str>) -> Value {
    let mut said = json!({ "status": decided.status });
    if let Some(reason) = decided.reason.or(why) {
        said["reason"] = reason.into();
    }
    if let Some(last) = decided.expires_on {
        said["expires_on"] = last.to_string().into();
    }
    said
}

/// What a claim is from now on.
fn decision<'a>(engine: &Engine, licence: &'a Licence, outcome: &'a Outcome, now: DateTime<Utc>) -> Decided<'a> {
    let next = now + engine.config().licence_check_every;
    match outcome {
        Outcome::Verified { expires_on } => {
            let over = expires_on.is_some_and(|last| last < now.date_naive());
            Decided {
                status: if over {
                    LicenceStatus::Expired
                } else {
                    LicenceStatus::Verified
                },
                reason: None,
                expires_on: *expires_on,
                checked_at: Some(now),
                next_check_at: Some(next),
                review_since: None,
            }
        }
        Outcome::Refused { reason } => Decided {
            status: LicenceStatus::Refused,
            reason: Some(reason),
            expires_on: None,
            checked_at: licence.checked_at,
            next_check_at: None,
            review_since: None,
        },
        // What holds goes on holding until somebody has looked.
        Outcome::Unknown => Decided {
            status: match licence.status {
                known @ (LicenceStatus::Verified | LicenceStatus::Expired) => known,
                _ => LicenceStatus::Pending,
            },
            reason: None,
            expires_on: licence.expires_on,
            checked_at: licence.checked_at,
            next_check_at: Some(next),
            review_since: Some(now),
        },
    }
}

const fn action(status: LicenceStatus) -> &'static str {
    match status {
        LicenceStatus::Verified => log::LICENCE_VERIFIED,
        LicenceStatus::Refused => log::LICENCE_REFUSED,
        LicenceStatus::Expired => log::LICENCE_EXPIRED,
        LicenceStatus::Claimed | LicenceStatus::Pending => log::LICENCE_PENDING,
    }
}

/// What its holder is told of a decision; nothing while somebody is still to look.
fn letter(engine: &Engine, found: &Found, decided: &Decided<'_>) -> Option<(&'static str, String)> {
    let (url, licence) = (&engine.config().public_url, called(&found.licence));
    let reason = decided.reason.unwrap_or_default();
    Some(match decided.status {
        LicenceStatus::Verified => (
            "Your licence is verified",
            format!(
                "The {licence} is verified. Your porches show it, and your bots can be published:\n\n{url}/console/bots"
            ),
        ),
        LicenceStatus::Refused => (
            "Your licence was not verified",
            format!(
                "The {licence} was not verified: {reason}\n\nPut it right, or send a document that shows it, here:\n\n\
                 {url}/console/licence"
            ),
        ),
        LicenceStatus::Expired => (
            "Your licence has run out",
            format!(
                "The {licence} has run out. What is published stays, without the line about your licence; nothing new can be \
                 published where verified licences are demanded. When it is renewed, give it again here:\n\n\
                 {url}/console/licence"
            ),
        ),
        LicenceStatus::Claimed | LicenceStatus::Pending => return None,
    })
}

/// Sends a letter about a licence to its holder, and where that is somebody else to the owner of the organization.
pub(super) async fn post(tx: &mut Tx, engine: &Engine, found: &Found, subject: &str, text: &str) -> Result<(), Error> {
    let mut readers = vec![&found.email];
    if found.owner_email != found.email {
        readers.push(&found.owner_email);
    }
    for reader in readers {
        let to: Email = reader.parse()?;
        let letter = Letter {
            to: &to,
            subject: subject.into(),
            text: text.into(),
        };
        mail::post(tx, engine, &letter).await?;
    }
    Ok(())
}
