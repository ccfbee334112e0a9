//! Licences as time goes by: their holders hear of the end before it comes, and each is asked for again now and then.

use std::time::Duration;

use super::{
    called, enqueue,
    store::{self, Decided, Found},
    verify,
};
use crate::{
    Engine, Error,
    db::{Reach, Tx},
    failpoint, mail,
};
use domain::{
    id::{LicenceId, OrganizationId},
    licence::{LicenceStatus, REMIND_BEFORE},
};

/// A file that no claim names is removed when it is so old: its row may just be on the way.
const ORPHAN_AGE: Duration = Duration::from_secs(3600);

/// Does what is due for verified licences.
pub(crate) async fn due(engine: &Engine) -> Result<(), Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let due = store::due(&mut tx, engine.clock().now()).await?;
    drop(tx);
    for (organization, id) in due {
        one(engine, organization, id).await?;
    }
    Ok(())
}

async fn one(engine: &Engine, organization: OrganizationId, id: LicenceId) -> Result<(), Error> {
    let now = engine.clock().now();
    let mut tx = engine.db().begin(organization).await?;
    let found = store::find_to_change(&mut tx, organization, id).await?;
    let Some(found) = found.filter(|found| found.licence.status == LicenceStatus::Verified) else {
        return Ok(());
    };
    let last = found.licence.expires_on;
    if last.is_some_and(|last| last < now.date_naive()) {
        expire(&mut tx, engine, &found).await?;
    } else {
        if last.is_some_and(|last| last <= (now + REMIND_BEFORE).date_naive()) && found.reminded_at.is_none() {
            store::set_reminded(&mut tx, organization, id, now).await?;
            remind(&mut tx, engine, &found).await?;
        }
        if found.next_check_at.is_some_and(|at| at <= now) {
            store::set_next_check(&mut tx, organization, id, now + engine.config().licence_check_every).await?;
            enqueue(&mut tx, engine.clock(), organization, id).await?;
        }
    }
    tx.commit_at(failpoint::LICENCE_DECIDE).await?;
    mail::ring(engine);
    engine.jobs().ring();
    Ok(())
}

/// It holds no more, and is asked for once: it may have been renewed.
async fn expire(tx: &mut Tx, engine: &Engine, found: &Found) -> Result<(), Error> {
    let decided = Decided {
        status: LicenceStatus::Expired,
        reason: None,
        expires_on: found.licence.expires_on,
        checked_at: found.licence.checked_at,
        next_check_at: None,
        review_since: None,
    };
    enqueue(tx, engine.clock(), found.organization, found.id).await?;
    verify::apply(tx, engine, found, &decided, None).await
}

async fn remind(tx: &mut Tx, engine: &Engine, found: &Found) -> Result<(), Error> {
    let (url, licence) = (&engine.config().public_url, called(&found.licence));
    let last = found
        .licence
        .expires_on
        .map(|last| last.to_string())
        .unwrap_or_default();
    let text = format!(
        "The {licence} runs out on {last}. Renew it in time; when the state has the new date, we ask for it by ourselves. If it \
         gets another number, give that here:\n\n{url}/console/licence"
    );
    verify::post(tx, engine, found, "Your licence runs out soon", &text).await
}

/// Removes documents that no claim names.
pub(crate) async fn remove_orphans(engine: &Engine) -> Result<(), Error> {
    for (organization, file) in engine.files().documents_older_than(ORPHAN_AGE).await? {
        let mut tx = engine.db().read(organization).await?;
        let kept = store::is_kept(&mut tx, organization, file).await?;
        drop(tx);
        if !kept {
            engine.files().remove_document(organization, file).await?;
            tracing::info!(file.id = %file, "Removed the document `{file}` of a licence, which is not there");
        }
    }
    Ok(())
}
