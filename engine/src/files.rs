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

    fn photo_path(&self, organization: OrganizationId, source: SourceId, number: usize) -> PathBuf {
        self.path(organization, source).with_extension(format!("{number}.jpg"))
    }

    pub(crate) async fn put(&self, organization: OrganizationId, source: SourceId, bytes: &Bytes) -> Result<(), Error> {
        self.write(organization, self.path(organization, source), bytes).await
    }

    pub(crate) async fn put_photo(
        &self,
        organization: OrganizationId,
        source: SourceId,
        number: usize,
        bytes: &Bytes,
    ) -> Result<(), Error> {
        let path = self.photo_path(organization, source, number);
        self.write(organization, path, bytes).await
    }

    /// `None` where there is no such photo.
    pub(crate) async fn photo(
        &self,
        organization: OrganizationId,
        source: SourceId,
        number: usize,
    ) -> Result<Option<Bytes>, Error> {
        match tokio::fs::read(self.photo_path(organization, source, number)).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("reading a photo")(error)),
        }
    }

    /// Writes beside, makes durable, then renames: a file is whole or absent.
    async fn write(&self, organization: OrganizationId, path: PathBuf, bytes: &Bytes) -> Result<(), Error> {
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

    /// The raw copy and its photos. Removing what is not there is done already.
    pub(crate) async fn remove(&self, organization: OrganizationId, source: SourceId) -> Result<(), Error> {
        let raw = self.path(organization, source);
        let photos = (0..crate::training::PHOTOS_MOST).map(|number| self.photo_path(organization, source, number));
        let all = [raw.with_extension("part"), raw].into_iter().chain(photos);
        let remove = async {
            failpoint::before(failpoint::FILE_REMOVE).await?;
            for path in all {
                match tokio::fs::remove_file(path).await {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            failpoint::after(failpoint::FILE_REMOVE).await
        };
        remove.await.map_err(Error::io("removing a source's raw copy"))
    }
}

/// The id that a file or folder is named by, whatever follows it: `ID`, `ID.part`, `ID.0.jpg`.
fn id_of<Id: std::str::FromStr>(path: &Path) -> Option<Id> {
    path.file_name()?.to_str()?.split('.').next()?.parse().ok()
}

/// True for the name of a whole file of a source: its raw copy or one of its photos, spelled as we spell it.
pub(crate) fn is_whole(name: &str) -> bool {
    let (id, photo) = name.split_once('.').map_or((name, None), |(id, rest)| (id, Some(rest)));
    let known = |rest| (0..crate::training::PHOTOS_MOST).any(|number| rest == format!("{number}.jpg"));
    id.parse::<SourceId>().is_ok_and(|parsed| parsed.to_string() == id) && photo.is_none_or(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3e8e-1111-7000-8000-000000000001";

    #[test]
    fn raw_copies_and_photos_are_whole_and_halves_are_not() {
        for whole in [ID.to_owned(), format!("{ID}.0.jpg"), format!("{ID}.5.jpg")] {
            assert!(is_whole(&whole), "{whole}");
        }
        for other in [
            format!("{ID}.part"),
            format!("{ID}.0.part"),
            format!("{ID}.00.jpg"),
            format!("{ID}.6.jpg"),
            ID.to_uppercase(),
            "0.jpg".to_owned(),
            String::new(),
        ] {
            assert!(!is_whole(&other), "{other}");
        }
    }

    #[test]
    fn whatever_belongs_to_a_source_is_found_by_its_id() {
        for name in ["", ".part", ".0.jpg", ".0.part"] {
            let found: Option<SourceId> = id_of(Path::new(&format!("folder/{ID}{name}")));
            assert_eq!(found.map(|id| id.to_string()).as_deref(), Some(ID), "{name}");
        }
    }
}
