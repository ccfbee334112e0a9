//! Raw copies of what was trained, and documents of licences, under the organization's own folder.

pub mod link;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use domain::id::{FileId, OrganizationId, SourceId};
use tokio::io::AsyncWriteExt;

use crate::{Error, failpoint};

/// A file as it is handed out: only as one to keep.
#[derive(Clone, Debug)]
pub struct Sent {
    pub name: String,
    pub kind: String,
    pub bytes: Bytes,
}

/// A name that cannot mislead whoever keeps the file: letters, digits and dashes, with the ending of what it is. `other`
/// stands for a name without any.
pub(crate) fn file_name(name: &str, other: &str, ending: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let stem: String = words.join("-").chars().take(60).collect();
    let stem = if stem.is_empty() { other } else { &stem };
    format!("{stem}.{ending}")
}

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

    /// Not named by its id alone, as what belongs to a source is.
    fn document_path(&self, organization: OrganizationId, file: FileId) -> PathBuf {
        self.0.join(organization.to_string()).join(format!("{LICENCE}{file}"))
    }

    /// Keeps the document of a licence.
    pub(crate) async fn put_document(
        &self,
        organization: OrganizationId,
        file: FileId,
        bytes: &Bytes,
    ) -> Result<(), Error> {
        self.write(organization, self.document_path(organization, file), bytes)
            .await
    }

    pub(crate) async fn document(&self, organization: OrganizationId, file: FileId) -> Result<Bytes, Error> {
        let bytes = tokio::fs::read(self.document_path(organization, file)).await;
        bytes
            .map(Bytes::from)
            .map_err(Error::io("reading the document of a licence"))
    }

    /// Removing what is not there is done already.
    pub(crate) async fn remove_document(&self, organization: OrganizationId, file: FileId) -> Result<(), Error> {
        let path = self.document_path(organization, file);
        self.remove_all([path.with_extension("part"), path]).await
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
        write.await.map_err(Error::io("keeping a file"))
    }

    /// Whether there is a raw copy.
    pub(crate) async fn has(&self, organization: OrganizationId, source: SourceId) -> Result<bool, Error> {
        let there = tokio::fs::try_exists(self.path(organization, source)).await;
        there.map_err(Error::io("looking for a source's raw copy"))
    }

    pub(crate) async fn get(&self, organization: OrganizationId, source: SourceId) -> Result<Bytes, Error> {
        let bytes = tokio::fs::read(self.path(organization, source)).await;
        bytes.map(Bytes::from).map_err(Error::io("reading a source's raw copy"))
    }

    /// Copies, and halves of copies, that were last written at least `age` ago.
    pub(crate) async fn older_than(&self, age: Duration) -> Result<Vec<(OrganizationId, SourceId)>, Error> {
        self.walk(age, id_of).await
    }

    /// The same of documents of licences.
    pub(crate) async fn documents_older_than(&self, age: Duration) -> Result<Vec<(OrganizationId, FileId)>, Error> {
        self.walk(age, document_of).await
    }

    async fn walk<Id>(&self, age: Duration, name: fn(&Path) -> Option<Id>) -> Result<Vec<(OrganizationId, Id)>, Error> {
        let walk = async {
            let mut found = Vec::new();
            let mut folders = tokio::fs::read_dir(&self.0).await?;
            while let Some(folder) = folders.next_entry().await? {
                let Some(organization) = id_of(&folder.path()) else {
                    continue;
                };
                let mut files = tokio::fs::read_dir(folder.path()).await?;
                while let Some(file) = files.next_entry().await? {
                    let Some(id) = name(&file.path()) else { continue };
                    let written = match file.metadata().await {
                        Ok(metadata) => metadata.modified()?,
                        // Removed meanwhile.
                        Err(_) => continue,
                    };
                    if written.elapsed().is_ok_and(|since| since >= age) {
                        found.push((organization, id));
                    }
                }
            }
            Ok::<_, std::io::Error>(found)
        };
        walk.await.map_err(Error::io("looking through the kept files"))
    }

    /// The raw copy and its photos. Removing what is not there is done already.
    pub(crate) async fn remove(&self, organization: OrganizationId, source: SourceId) -> Result<(), Error> {
        let raw = self.path(organization, source);
        let photos = (0..crate::training::PHOTOS_MOST).map(|number| self.photo_path(organization, source, number));
        self.remove_all([raw.with_extension("part"), raw].into_iter().chain(photos))
            .await
    }

    async fn remove_all(&self, all: impl IntoIterator<Item = PathBuf>) -> Result<(), Error> {
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
        remove.await.map_err(Error::io("removing a kept file"))
    }
}

/// What the name of a licence's document begins with.
const LICENCE: &str = "licence-";

/// The id of a licence's document, or of half of one.
fn document_of(path: &Path) -> Option<FileId> {
    let name = path.file_name()?.to_str()?.strip_prefix(LICENCE)?;
    name.split('.').next()?.parse().ok()
}

/// The id that a file or folder is named by, whatever follows it: `ID`, `ID.part`, `ID.0.jpg`.
fn id_of<Id: std::str::FromStr>(path: &Path) -> Option<Id> {
    path.file_name()?.to_str()?.split('.').next()?.parse().ok()
}

/// True for the name of a whole file of ours, spelled as we spell it: the raw copy or a photo of a source, the document of a
/// licence.
pub(crate) fn is_whole(name: &str) -> bool {
    if let Some(id) = name.strip_prefix(LICENCE) {
        return id.parse::<FileId>().is_ok_and(|parsed| parsed.to_string() == id);
    }
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
        for whole in [
            ID.to_owned(),
            format!("{ID}.0.jpg"),
            format!("{ID}.5.jpg"),
            format!("licence-{ID}"),
        ] {
            assert!(is_whole(&whole), "{whole}");
        }
        for other in [
            format!("{ID}.part"),
            format!("{ID}.0.part"),
            format!("licence-{ID}.part"),
            format!("licence-{}", ID.to_uppercase()),
            "licence-".to_owned(),
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

    #[test]
    fn the_document_of_a_licence_is_no_source() {
        for name in ["", ".part"] {
            let path = format!("folder/licence-{ID}{name}");
            let found = document_of(Path::new(&path)).map(|id| id.to_string());
            assert_eq!(found.as_deref(), Some(ID), "{name}");
            assert_eq!(id_of::<SourceId>(Path::new(&path)), None);
            assert_eq!(document_of(Path::new(&format!("folder/{ID}{name}"))), None);
        }
    }
}
