//! Raw copies of what was trained, under the organization's own folder.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use domain::id::{OrganizationId, SourceId};
use tokio::io::AsyncWriteExt;

use crate::Error;

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
            tokio::fs::rename(&beside, &path).await
        };
        write.await.map_err(Error::io("keeping a source's raw copy"))
    }

    pub(crate) async fn get(&self, organization: OrganizationId, source: SourceId) -> Result<Bytes, Error> {
        let bytes = tokio::fs::read(self.path(organization, source)).await;
        bytes.map(Bytes::from).map_err(Error::io("reading a source's raw copy"))
    }

    /// The raw copy and its photos. Removing what is not there is done already.
    pub(crate) async fn remove(&self, organization: OrganizationId, source: SourceId) -> Result<(), Error> {
        let photos = (0..crate::training::PHOTOS_MOST).map(|number| self.photo_path(organization, source, number));
        for path in std::iter::once(self.path(organization, source)).chain(photos) {
            match tokio::fs::remove_file(path).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::Io {
                        what: "removing a source's raw copy",
                        source: error,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}
