//! One archive of everything a store on SQLite has, made while it is in use, and put back by one command.
//!
//! The archive is a zip file: `porchlight.db`, a copy of the database as it stood at one moment; `files/`, the raw copies
//! of what was trained; `visits/`, what waited for the database; and `manifest.json`, which names each with its SHA-256.
//! The archive's comment is the SHA-256 of all that comes before it, so that a single changed bit is found. With a key
//! every entry is encrypted by AES-256 in the form that other zip programs read (WinZip's); names, which are ids, sizes and
//! CRC-32 sums stay in the clear.

mod archive;
mod restore;

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

pub use restore::restore;

use crate::{Clock, Error, db, failpoint};

const DATABASE: &str = "porchlight.db";
const MANIFEST: &str = "manifest.json";
/// Folders of the data folder that are kept, in the order they are read. A visit is in its folder until the database
/// has it, and a raw copy is in its folder before the database names it: hence one before and one after.
const BEFORE: &str = "visits";
const AFTER: &str = "files";

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    pub program: String,
    pub made_at: chrono::DateTime<chrono::Utc>,
    /// False where the database is PostgreSQL, which has its own tools.
    pub database: bool,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

const FORMAT: u32 = 1;

/// Where a store is: what `backup` reads and `restore` fills.
#[derive(Clone, Debug)]
pub struct Place {
    pub data_dir: PathBuf,
    /// `sqlite:path` or `postgres://…`.
    pub database_url: String,
    /// What archives are encrypted with; without one they are not.
    pub key: Option<SecretString>,
}

impl Place {
    /// The database's file; `None` for PostgreSQL.
    fn database(&self) -> Option<&Path> {
        db::sqlite_path(&self.database_url)
    }
}

/// Writes an archive of the store to `target`, which must not be there yet. The store may be in use.
pub async fn backup(place: &Place, target: &Path, files_only: bool, clock: &Clock) -> Result<Manifest, Error> {
    let database = match place.database() {
        Some(path) if path.is_file() => Some(path),
        Some(path) => return Err(broken(format!("there is no database at {}", path.display()))),
        None if files_only => None,
        None => {
            return Err(broken(
                "the database is PostgreSQL: keep it with pg_dump --format=custom, and the files with --files-only"
                    .into(),
            ));
        }
    };
    let database = database.filter(|_| !files_only);
    if target.exists() {
        return Err(broken(format!("{} is there already", target.display())));
    }
    let beside = with_ending(target, ".part");
    let copy = with_ending(target, ".db-part");
    // What an attempt that was killed left.
    for stale in [&beside, &copy] {
        remove(stale).await?;
    }
    let made = async {
        // Read before the database is copied: a visit that moves over meanwhile is then in both, and counted once.
        let mut sources = archive::read_now(archive::list(&place.data_dir, BEFORE).await?).await?;
        if let Some(database) = database {
            archive::private(&copy).await?;
            db::copy_sqlite(database, &copy).await?;
            sources.push(archive::Source::File(DATABASE.to_owned(), copy.clone()));
        }
        let files = archive::list(&place.data_dir, AFTER).await?;
        sources.extend(files.into_iter().map(|(name, path)| archive::Source::File(name, path)));
        let manifest = Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: clock.now(),
            database: database.is_some(),
            entries: Vec::new(),
        };
        let (part, written) = (beside.clone(), archive::private(&beside).await?);
        let key = place.key.clone();
        let manifest = blocking(move || archive::write(written, manifest, sources, key.as_ref())).await?;
        let key = place.key.clone();
        let checked = blocking(move || archive::verify(&part, key.as_ref())).await?;
        if checked.1 != manifest {
            return Err(broken("the archive reads back as something else".into()));
        }
        failpoint::before(failpoint::BACKUP_RENAME).await.map_err(io)?;
        tokio::fs::rename(&beside, target).await.map_err(io)?;
        crate::files::sync_folder(folder_of(target)).await.map_err(io)?;
        failpoint::after(failpoint::BACKUP_RENAME).await.map_err(io)?;
        Ok(manifest)
    };
    let made = made.await;
    remove(&copy).await?;
    if made.is_err() {
        remove(&beside).await?;
    }
    made
}

fn broken(text: String) -> Error {
    Error::Broken(text)
}

fn io(source: std::io::Error) -> Error {
    Error::io("the backup")(source)
}

async fn remove(path: &Path) -> Result<(), Error> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(error)),
        _ => Ok(()),
    }
}

/// `a/b.zip` and `.part` make `a/b.zip.part`.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The folder a path is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| broken(format!("the work stopped: {error}")))?
}
