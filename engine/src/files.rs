//! Raw copies of what was trained, under the organization's own folder.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use domain::id::{OrganizationId, SourceId};
use tokio::io::AsyncWriteExt;

use crate::{Error, failpoint};

/// Makes a name that was just given or taken durable, too.
pub(crate) async fn sync_folder(folder: &Path) -> std::io::Result<()> {
    tokio::fs::File::open(folder).await?.sync_all().await
}

/// A folder of files, named by ids only: no name from outside ever becomes a path.
#[derive(Clone, Debug)]
pub(crate) struct Files(PathBuf);

impl Files {
    pub(crate) async fn open(data_dir: &Path) -> Result<Self, Error> {
        let folder = data_dir.join("files");
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(Error::io("making the folder for files"))?;
        Ok(Self(folder))
    }

    fn path(&self, organization: OrganizationId, source: SourceId) -> PathBuf {
        self.0.join(organization.to_string()).join(source.to_string())
    }

    /// Writes beside, makes durable, then renames: a file is whole or absent.
    pub(crate) async fn put(&self, organization: OrganizationId, source: SourceId, bytes: &Bytes) -> Result<(), Error> {
        let path = self.path(organization, source);
        let folder = self.0.join(organization.to_string());
        let beside = path.with_extension("part");
        let write = async {
            tokio::fs::create_dir_all(&folder).await?;
            let mut file = tokio::fs::File::create(&beside).await?;
            file.write_all(bytes).await?;
            file.sync_all().await?;
            failpoint::before(failpoint::FILE_RENAME).await?;
            tokio::fs::rename(&beside, &path).await?;
            sync_folder(&folder).await?;
            failpoint::after(failpoint::FILE_RENAME).await
        };
        write.await.map_err(Error::io("keeping a source's raw copy"))
    }

    pub(crate) async fn get(&self, organization: OrganizationId, source: SourceId) -> Result<Bytes, Error> {
        let bytes = tokio::fs::read(self.path(organization, source)).await;
        bytes.map(Bytes::from).map_err(Error::io("reading a source's raw copy"))
    }

    /// Copies, and halves of copies, that were last written at least `age` ago.
    pub(crate) async fn older_than(&self, age: Duration) -> Result<Vec<(OrganizationId, SourceId)>, Error> {
        let walk = async {
            let mut found = Vec::new();
            let mut folders = tokio::fs::read_dir(&self.0).await?;
            while let Some(folder) = folders.next_entry().await? {
                let Some(organization) = id_of(&folder.path()) else {
                    continue;
                };
                let mut files = tokio::fs::read_dir(folder.path()).await?;
                while let Some(file) = files.next_entry().await? {
                    let Some(source) = id_of(&file.path()) else { continue };
                    let written = match file.metadata().await {
                        Ok(metadata) => metadata.modified()?,
                        // Removed meanwhile.
                        Err(_) => continue,
                    };
                    if written.elapsed().is_ok_and(|since| since >= age) {
                        found.push((organization, source));
                    }
                }
            }
            Ok::<_, std::io::Error>(found)
        };
        walk.await.map_err(Error::io("looking through the raw copies"))
    }

    /// Removing what is not there is done already.
    pub(crate) async fn remove(&self, organization: OrganizationId, source: SourceId) -> Result<(), Error> {
        let remove = async {
            failpoint::before(failpoint::FILE_REMOVE).await?;
            let path = self.path(organization, source);
            let _ = tokio::fs::remove_file(path.with_extension("part")).await;
            tokio::fs::remove_file(path).await?;
            failpoint::after(failpoint::FILE_REMOVE).await
        };
        match remove.await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::Io {
                what: "removing a source's raw copy",
                source: error,
            }),
            _ => Ok(()),
        }
    }
}

/// The id that a file or folder is named by, whatever its extension.
fn id_of<Id: std::str::FromStr>(path: &Path) -> Option<Id> {
    path.file_stem()?.to_str()?.parse().ok()
}
