//! Visits that the store did not take in time. Each waits in a file of its own, which outlives this process, until the
//! store has it; a visitor is sent on only when one of the two does.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use domain::id::ScanId;

use super::scan::Scan;
use crate::{failpoint, files::sync_folder};

/// After this long nobody is still writing a file.
const HALF: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub(super) struct Spool(PathBuf);

impl Spool {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self(data_dir.join("visits"))
    }

    fn path(&self, id: ScanId) -> PathBuf {
        self.0.join(format!("{id}.json"))
    }

    /// When this returns the visit survives the end of the process. What makes it survive a power cut follows by
    /// itself: the visitor has waited for a slow disk once already.
    pub(super) async fn keep(&self, scan: &Scan) -> io::Result<()> {
        let (path, folder) = (self.path(scan.id), self.0.clone());
        let beside = path.with_extension("part");
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::write(&beside, serde_json::to_vec(scan)?).await?;
        failpoint::before(failpoint::SPOOL_RENAME).await?;
        tokio::fs::rename(&beside, &path).await?;
        failpoint::after(failpoint::SPOOL_RENAME).await?;
        tokio::spawn(async move {
            let synced = async {
                tokio::fs::File::open(&path).await?.sync_all().await?;
                sync_folder(&folder).await
            };
            // Gone already: then the store has it.
            if let Err(error) = synced.await
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(%error, "A waiting visit would not survive a power cut");
            }
        });
        Ok(())
    }

    /// The store has it.
    pub(super) async fn forget(&self, id: ScanId) {
        let remove = async {
            failpoint::before(failpoint::SPOOL_REMOVE).await?;
            tokio::fs::remove_file(self.path(id)).await?;
            failpoint::after(failpoint::SPOOL_REMOVE).await
        };
        match remove.await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "A visit that is stored is still among those that wait");
            }
            _ => {}
        }
    }

    /// Every visit that waits, in the order they came.
    pub(super) async fn waiting(&self) -> io::Result<Vec<Scan>> {
        let mut found = Vec::new();
        let mut folder = match tokio::fs::read_dir(&self.0).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            folder => folder?,
        };
        while let Some(entry) = folder.next_entry().await? {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                // Half a visit, whose visitor was sent nowhere.
                let written = entry.metadata().await.and_then(|metadata| metadata.modified());
                if written.is_ok_and(|at| at.elapsed().is_ok_and(|since| since > HALF)) {
                    let _ = tokio::fs::remove_file(&path).await;
                }
                continue;
            }
            let bytes = match tokio::fs::read(&path).await {
                // Stored meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                bytes => bytes?,
            };
            match serde_json::from_slice::<Scan>(&bytes) {
                Ok(scan) => found.push(Scan { again: true, ..scan }),
                Err(error) => tracing::error!(%error, "The waiting visit {} cannot be read", path.display()),
            }
        }
        found.sort_by_key(|scan| scan.id);
        Ok(found)
    }
}
