//! Licences of realtors: claimed by their holder, verified by a service or by somebody of the platform, asked again from time
//! to time. Whose a number is, is settled by its verification: a claim tells nobody that there is another one.

mod hook;
mod store;
mod sweep;
#[cfg(test)]
mod tests;
mod verify;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    Fault, FaultCode, audit as log,
    id::{AccountId, FileId, JobId, LicenceId, OrganizationId},
    licence::{
        CheckedLicence, DOCUMENT_MAX, Licence, LicenceForm, LicenceKind, LicenceStatus, document_kind, state_name,
    },
    operator::LicenceCase,
};
use serde_json::{Value, json};

use crate::{
    Call, Clock, Engine, Error,
    audit::{self, Event, Target},
    db::Tx,
    error::OnUnique,
    failpoint,
    files::{
        Sent, file_name,
        link::{self, Link, Opens},
    },
    jobs::{self, Work},
    request,
    version::Version,
};

pub(crate) use hook::Hook;
use store::{Claim, Document, Found};
pub(crate) use store::{parse_kind, parse_status};
pub(crate) use sweep::{due, remove_orphans};
pub(crate) use verify::{decide_by_hand, give_up, verify};

/// The caller's own licence; `None` where they have given none.
pub async fn mine(call: &Call) -> Result<Option<Licence>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let found = store::of_account(&mut tx, call.organization(), call.account()).await?;
    Ok(found.map(|found| found.licence))
}

/// Gives the caller's licence to be verified. The same one again stays as it is, unless it was refused or has run out: then it
/// is looked at anew.
pub async fn set(call: &Call, form: &LicenceForm) -> Result<Licence, Error> {
    let checked = form.check()?;
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().begin(organization).await?;
    let mut old = store::of_account(&mut tx, organization, call.account()).await?;
    if let Some(found) = &old {
        store::find_to_change(&mut tx, organization, found.id).await?;
        old = store::of_account(&mut tx, organization, call.account()).await?;
    }
    // Where there is none, of two that are given at once the second is refused by the store.
    call.must_have_seen(Version::of(&old.as_ref().map(|old| &old.licence)))?;
    match old.as_ref().filter(|old| holds(&old.licence, &checked)) {
        Some(old) if old.licence.kind == checked.kind => return Ok(old.licence.clone()),
        Some(old) => store::set_kind(&mut tx, organization, old.id, checked.kind).await?,
        None => {
            let claim = Claim {
                state: Some(checked.state),
                number: Some(&checked.number),
                kind: checked.kind,
            };
            let who = (organization, call.account());
            claim_anew(&mut tx, engine, who, &claim).await?;
        }
    }
    let found = store::of_account(&mut tx, organization, call.account()).await?;
    let found = found.ok_or_else(|| Error::Broken("a licence that was just kept is gone".into()))?;
    let event = Event {
        action: log::LICENCE_CLAIMED,
        target: Some(target(&found)),
        before: old.as_ref().map(|old| said(&old.licence)),
        after: Some(said(&found.licence)),
    };
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::LICENCE_SET).await?;
    engine.jobs().ring();
    if let Some(file) = old.filter(|old| old.id != found.id).and_then(|old| old.document) {
        drop_document(engine, organization, file.id).await;
    }
    Ok(found.licence)
}

/// Whether a claim is this licence, and is still on its way or at its end.
fn holds(licence: &Licence, checked: &CheckedLicence) -> bool {
    let same = licence.state.as_deref() == Some(checked.state) && licence.number.as_deref() == Some(&checked.number);
    same && !matches!(licence.status, LicenceStatus::Refused | LicenceStatus::Expired)
}

/// A new claim with the job that has it looked at, where state and number are both known.
async fn claim_anew(
    tx: &mut Tx,
    engine: &Engine,
    who: (OrganizationId, AccountId),
    claim: &Claim<'_>,
) -> Result<(), Error> {
    let (id, now) = (engine.clock().new_id::<LicenceId>(), engine.clock().now());
    store::claim(tx, who, id, claim, now).await.on_unique(|| {
        let text = "Your licence was changed in another window just now. Look at it again.";
        Fault::new(FaultCode::Conflict, text)
    })?;
    if claim.state.is_some() && claim.number.is_some() {
        enqueue(tx, engine.clock(), who.0, id).await?;
    }
    Ok(())
}

async fn enqueue(tx: &mut Tx, clock: &Clock, organization: OrganizationId, licence: LicenceId) -> Result<(), Error> {
    let (job, now) = (clock.new_id::<JobId>(), clock.now());
    Ok(jobs::enqueue(tx, organization, job, Work::Verify { licence }, now).await?)
}

/// Keeps what was given at registration. What can be verified is; anything else waits until its holder completes it. Ring
/// the bell of jobs afterwards.
pub(crate) async fn claim_at_registration(
    tx: &mut Tx,
    engine: &Engine,
    who: (OrganizationId, AccountId),
    (state, number): (Option<&str>, Option<&str>),
) -> Result<(), Error> {
    let form = LicenceForm {
        state: state.unwrap_or_default().into(),
        number: number.unwrap_or_default().into(),
        kind: String::new(),
    };
    match form.check() {
        Ok(checked) => {
            let claim = Claim {
                state: Some(checked.state),
                number: Some(&checked.number),
                kind: checked.kind,
            };
            claim_anew(tx, engine, who, &claim).await
        }
        Err(_) if state.is_none() && number.is_none() => Ok(()),
        Err(_) => {
            let (kind, clock) = (LicenceKind::default(), engine.clock());
            let claim = Claim { state, number, kind };
            Ok(store::claim(tx, who, clock.new_id(), &claim, clock.now()).await?)
        }
    }
}

/// Keeps a document that shows the caller's licence, for somebody of the platform to look at.
pub async fn add_document(call: &Call, name: &str, bytes: Bytes) -> Result<Licence, Error> {
    let (kind, ending) = check_document(&bytes)?;
    let (engine, organization) = (call.engine(), call.organization());
    let document = Document {
        id: engine.clock().new_id::<FileId>(),
        kind: kind.into(),
        name: file_name(name, "licence", ending),
    };
    // A file that no row comes to name is removed by the sweeper.
    engine.files().put_document(organization, document.id, &bytes).await?;
    let mut tx = engine.db().begin(organization).await?;
    let old = store::of_account(&mut tx, organization, call.account()).await?;
    let old = old.filter(|old| is_complete(&old.licence)).ok_or_else(|| {
        let text = "Give the state and the number of your licence first, then send the document.";
        Error::from(Fault::new(FaultCode::Conflict, text))
    })?;
    let now = engine.clock().now();
    let rows = store::set_document(&mut tx, organization, old.id, &document, now).await?;
    crate::db::expect_one(rows, "licence")?;
    let event = Event {
        action: log::LICENCE_DOCUMENT_ADDED,
        target: Some(target(&old)),
        before: None,
        after: Some(json!({ "document": document.name })),
    };
    audit::note(&mut tx, call, event).await?;
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::LICENCE_SET).await?;
    if let Some(file) = old.document {
        drop_document(engine, organization, file.id).await;
    }
    mine(call).await?.ok_or_else(|| Fault::not_found("licence").into())
}

/// Removes a document that no claim names any more. One that cannot be removed now is left to the sweeper.
async fn drop_document(engine: &Engine, organization: OrganizationId, file: FileId) {
    if let Err(error) = engine.files().remove_document(organization, file).await {
        tracing::warn!(%error, file.id = %file, "A document that was replaced could not be removed: {error}");
    }
}

fn check_document(bytes: &Bytes) -> Result<(&'static str, &'static str), Fault> {
    if bytes.is_empty() {
        return Err(Fault::field("file", "Choose a file first."));
    }
    if bytes.len() > DOCUMENT_MAX {
        let text = format!("The file is larger than {} MB. Send a smaller one.", DOCUMENT_MAX >> 20);
        return Err(Fault::new(FaultCode::TooLarge, text));
    }
    document_kind(bytes).ok_or_else(|| Fault::field("file", "Send a PDF, a PNG or a JPEG."))
}

/// A link to the document that the caller has sent of their own licence.
pub async fn document_link(call: &Call) -> Result<Link, Error> {
    link_of(call.engine(), call.organization(), call.account()).await
}

/// The same of somebody's, for operators.
pub(crate) async fn link_of(engine: &Engine, organization: OrganizationId, account: AccountId) -> Result<Link, Error> {
    let mut tx = engine.db().read(organization).await?;
    let found = store::of_account(&mut tx, organization, account).await?;
    drop(tx);
    let document = found.and_then(|found| found.document);
    document.ok_or_else(|| Fault::not_found("document"))?;
    link::to(engine, organization, Opens::Licence(account))
}

/// All licences of an organization's people, for operators.
pub(crate) async fn cases(engine: &Engine, organization: OrganizationId) -> Result<Vec<LicenceCase>, Error> {
    let mut tx = engine.db().read(organization).await?;
    let found = store::of_organization(&mut tx, organization).await?;
    let case = |found: Found| LicenceCase {
        account: found.account,
        name: found.name,
        licence: found.licence,
        review_since: found.review_since,
    };
    Ok(found.into_iter().map(case).collect())
}

/// The document that somebody has sent.
pub(crate) async fn document_of(
    engine: &Engine,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Sent, Error> {
    let mut tx = engine.db().read(organization).await?;
    let found = store::of_account(&mut tx, organization, account).await?;
    drop(tx);
    let document = found.and_then(|found| found.document);
    let document = document.ok_or_else(|| Fault::not_found("document"))?;
    Ok(Sent {
        bytes: engine.files().document(organization, document.id).await?,
        name: document.name,
        kind: document.kind,
    })
}

fn is_complete(licence: &Licence) -> bool {
    let form = LicenceForm {
        state: licence.state.clone().unwrap_or_default(),
        number: licence.number.clone().unwrap_or_default(),
        kind: String::new(),
    };
    form.check().is_ok()
}

/// Whether advertising may show a licence: never one that does not hold, and where verified ones are demanded no other.
pub(crate) const fn is_shown(status: LicenceStatus, required: bool) -> bool {
    match status {
        LicenceStatus::Verified => true,
        LicenceStatus::Claimed | LicenceStatus::Pending => !required,
        LicenceStatus::Refused | LicenceStatus::Expired => false,
    }
}

/// Refuses to open a porch for somebody whose licence is not verified, where that is demanded.
pub(crate) async fn must_be_verified(tx: &mut Tx, call: &Call) -> Result<(), Error> {
    if !call.engine().config().require_licence {
        return Ok(());
    }
    let found = store::of_owner(tx, call.organization()).await?;
    match missing(found.as_ref(), call.engine().clock().now()) {
        Some(text) => Err(Fault::new(FaultCode::Conflict, text).into()),
        None => Ok(()),
    }
}

/// What stands between a licence and a porch, in words that say what to do.
fn missing(found: Option<&Found>, now: DateTime<Utc>) -> Option<String> {
    let give = "Porches open only for verified licences. The owner of the organization gives state and number under Your \
                account, Licence; publish when it is verified.";
    let Some(Found { name, licence, .. }) = found else {
        return Some(give.into());
    };
    let over = licence.expires_on.is_some_and(|last| last < now.date_naive());
    Some(match licence.status {
        LicenceStatus::Verified if !over => return None,
        LicenceStatus::Verified | LicenceStatus::Expired => format!(
            "The licence of {name} has run out. Renew it, then give it again under Your account, Licence; publish when it is \
             verified."
        ),
        LicenceStatus::Refused => format!(
            "The licence of {name} was refused: {} Put it right under Your account, Licence, then publish.",
            licence.reason.as_deref().unwrap_or("no reason was given.")
        ),
        LicenceStatus::Claimed if !is_complete(licence) => give.into(),
        LicenceStatus::Claimed | LicenceStatus::Pending => {
            format!("The licence of {name} is being verified. A letter tells when that is done; publish then.")
        }
    })
}

fn target(found: &Found) -> Target<'_> {
    Target {
        kind: "member",
        id: Some(found.account.uuid()),
        name: found.name.as_str().into(),
    }
}

/// What the audit log says of a licence.
fn said(licence: &Licence) -> Value {
    json!({ "state": licence.state, "number": licence.number, "kind": licence.kind, "status": licence.status })
}

/// `Illinois licence 475.123456`.
fn called(licence: &Licence) -> String {
    let state = licence.state.as_deref().map(state_name).unwrap_or_default();
    format!("{state} licence {}", licence.number.as_deref().unwrap_or_default())
}
