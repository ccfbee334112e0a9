//! What was erased, written down beside the store as well. An archive that is put back holds again what was erased after it was
//! made, and of that not even the tombstones: at each start it is erased anew, before anybody is served.
//!
//! The file has ids and times, and nothing of what was said. It is written before the store commits, so that it never lacks
//! anything, and belongs to no archive: a restore leaves the one that is there.

use std::{
    collections::{HashMap, HashSet},
    io::ErrorKind,
    path::PathBuf,
};

use chrono::{DateTime, Utc};
use domain::{audit as log, id::OrganizationId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{
    By, Kind,
    erase::{self, What},
    store,
};
use crate::{
    Engine, Error,
    audit::{self, Actor, Event},
    db::Reach,
    failpoint,
    files::sync_folder,
};

/// Its name in the data folder. A JSON object a line.
pub(crate) const FILE: &str = "erased.jsonl";

/// How many are erased anew in one commit, and how many rows are read at once.
const AT_ONCE: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Erased {
    pub(super) organization: OrganizationId,
    pub(super) kind: Kind,
    pub(super) id: Uuid,
    pub(super) by: By,
    pub(super) at: DateTime<Utc>,
}

type Subject = (OrganizationId, Kind, Uuid);

impl Erased {
    const fn subject(&self) -> Subject {
        (self.organization, self.kind, self.id)
    }
}

fn path(engine: &Engine) -> PathBuf {
    engine.config().data_dir.join(FILE)
}

/// Writes down, for good, what is about to be erased.
pub(super) async fn keep(engine: &Engine, erased: &[Erased]) -> Result<(), Error> {
    if erased.is_empty() {
        return Ok(());
    }
    let mut text = String::new();
    for one in erased {
        let line = serde_json::to_string(one).map_err(|error| Error::Broken(error.to_string()))?;
        // A line that a power cut left half is no part of the next.
        text.push('\n');
        text.push_str(&line);
        text.push('\n');
    }
    let write = async {
        let path = path(engine);
        let mut options = tokio::fs::OpenOptions::new();
        let mut file = options.append(true).create(true).mode(0o600).open(&path).await?;
        let is_new = file.metadata().await?.len() == 0;
        file.write_all(text.as_bytes()).await?;
        file.sync_all().await?;
        match path.parent().filter(|_| is_new) {
            Some(folder) => sync_folder(folder).await,
            None => Ok(()),
        }
    };
    write.await.map_err(Error::io("writing down what is erased"))
}

async fn read(engine: &Engine) -> Result<HashMap<Subject, Erased>, Error> {
    let text = match tokio::fs::read_to_string(path(engine)).await {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.map_err(Error::io("reading what was erased"))?,
    };
    let lines = text.lines().filter(|line| !line.is_empty());
    let known = lines.filter_map(|line| serde_json::from_str::<Erased>(line).ok());
    Ok(known.map(|one| (one.subject(), one)).collect())
}

/// Erases anew what is written down and not erased in the store, and writes down what an earlier version has erased.
pub(crate) async fn erase_anew(engine: &Engine) -> Result<(), Error> {
    let mut written = read(engine).await?;
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let buried = store::count_tombstones(&mut tx).await?;
    drop(tx);
    // Whatever has a tombstone is written down, but for what an earlier version erased.
    if usize::try_from(buried).is_ok_and(|buried| buried == written.len()) {
        return Ok(());
    }
    let mut after = None;
    loop {
        let mut tx = engine.db().read(Reach::Nobody).await?;
        let organizations = store::organizations(&mut tx, after, AT_ONCE as i64).await?;
        drop(tx);
        let Some(last) = organizations.last() else { break };
        after = Some(*last);
        for organization in organizations {
            let buried = tombstones(engine, organization).await?;
            let unwritten: Vec<Erased> = buried
                .iter()
                .filter(|one| !written.contains_key(&one.subject()))
                .cloned()
                .collect();
            keep(engine, &unwritten).await?;
            let buried: HashSet<Subject> = buried.iter().map(Erased::subject).collect();
            let come_back: Vec<Erased> = written
                .extract_if(|subject, _| subject.0 == organization && !buried.contains(subject))
                .map(|(_, one)| one)
                .collect();
            for some in come_back.chunks(AT_ONCE) {
                erase_some(engine, organization, some).await?;
            }
        }
    }
    Ok(())
}

async fn tombstones(engine: &Engine, organization: OrganizationId) -> Result<Vec<Erased>, Error> {
    let mut tx = engine.db().read(organization).await?;
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store::tombstones(&mut tx, organization, after, AT_ONCE as i64).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.subject_id);
        all.extend(page.into_iter().filter_map(|one| one.erased(organization)));
    }
}

async fn erase_some(engine: &Engine, organization: OrganizationId, some: &[Erased]) -> Result<(), Error> {
    let mut tx = engine.db().begin(organization).await?;
    for one in some {
        match one.kind {
            Kind::Conversation => {
                erase::conversation_alone(&mut tx, organization, one.id.into(), one.by, one.at).await?;
            }
            Kind::Lead => {
                let what = What {
                    conversation: None,
                    lead: Some(one.id.into()),
                };
                erase::erase(&mut tx, organization, what, one.by, one.at).await?;
                // Also of one that the archive does not hold.
                store::bury(&mut tx, one).await?;
            }
        }
    }
    let actor = Actor {
        organization,
        account: None,
        name: "Porchlight".into(),
        address: None,
    };
    let event = Event {
        action: log::ERASED_ANEW,
        target: None,
        before: None,
        after: Some(json!({ "erased": some.len() })),
    };
    audit::note_as(&mut tx, engine, &actor, event).await?;
    tx.commit_at(failpoint::ERASE).await?;
    tracing::warn!(organization.id = %organization, erased = some.len(), "Erased anew what had come back");
    Ok(())
}
