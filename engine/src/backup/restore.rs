//! Putting an archive back. Nothing is changed before all of the archive was unpacked beside its place and checked.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::{
    AFTER, BEFORE, DATABASE, Manifest, Place, archive, blocking, broken, folder_of, io as failed, with_ending,
};
use crate::{Clock, Error, db, failpoint, files::sync_folder, privacy::erased};

/// Where the archive is unpacked, within the data folder: on the same disk, so that it can be moved into place.
const UNPACKED: &str = ".restoring";
const ASIDE: &str = "aside-";

/// Fills an empty store from the archive `from`. With `force` a store that is there is moved aside, into a folder
/// `aside-TIME` of the data folder. Nobody may be using the store.
pub async fn restore(place: &Place, from: &Path, force: bool, clock: &Clock) -> Result<Manifest, Error> {
    let (source, key) = (from.to_owned(), place.key.clone());
    let (mut zip, manifest) = blocking(move || archive::verify(&source, key.as_ref())).await?;
    let database = match (place.database(), manifest.database) {
        (Some(path), true) => Some(std::path::absolute(path).map_err(failed)?),
        (None, true) => {
            return Err(broken(
                "the archive holds a SQLite database, and the store is PostgreSQL".into(),
            ));
        }
        (None, false) => None,
        (Some(_), false) => return Err(broken("the archive holds files only, and the store is SQLite".into())),
    };
    let data_dir = std::path::absolute(&place.data_dir).map_err(failed)?;
    let there = occupants(&data_dir, database.as_deref()).map_err(failed)?;
    if let (Some(first), false) = (there.first(), force) {
        return Err(broken(format!(
            "{} is there already. Restore into an empty folder, or move what is there aside with --force.",
            first.display()
        )));
    }
    if let Some(path) = &database
        && db::sqlite_in_use(path).map_err(failed)?
    {
        return Err(broken(format!("{} is in use; stop the server first", path.display())));
    }
    let unpacked = data_dir.join(UNPACKED);
    let (into, entries, key) = (unpacked.clone(), manifest.entries.clone(), place.key.clone());
    blocking(move || {
        // What an attempt that was killed left.
        match fs::remove_dir_all(&into) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        for entry in &entries {
            unpack(&mut zip, entry, key.as_ref(), &into.join(&entry.name)).map_err(failed)?;
        }
        Ok(())
    })
    .await?;
    if database.is_some() {
        db::check_sqlite(&unpacked.join(DATABASE)).await?;
    }
    let aside = data_dir.join(format!("{ASIDE}{}", clock.now().format("%Y%m%dT%H%M%S%6f")));
    for path in &there {
        fs::create_dir_all(&aside).map_err(failed)?;
        let name = path.file_name().unwrap_or_default();
        move_to(path, &aside.join(name)).await?;
    }
    if let Some(database) = &database {
        // A log of another database would be played into this one.
        for ending in ["-wal", "-shm", "-journal"] {
            super::remove(&with_ending(database, ending)).await?;
        }
    }
    failpoint::before(failpoint::RESTORE_RENAME).await.map_err(failed)?;
    for folder in [BEFORE, AFTER] {
        if unpacked.join(folder).is_dir() {
            move_to(&unpacked.join(folder), &data_dir.join(folder)).await?;
        }
    }
    // Last: where the database is, everything is.
    if let Some(database) = &database {
        move_to(&unpacked.join(DATABASE), database).await?;
    }
    failpoint::after(failpoint::RESTORE_RENAME).await.map_err(failed)?;
    match fs::remove_dir_all(&unpacked) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
        _ => Ok(manifest),
    }
}

/// What of a store is there: the data folder's content, but for a secret made at a start and what earlier restores put
/// there, and a database that is kept elsewhere. A database's log without its database is no store.
fn occupants(data_dir: &Path, database: Option<&Path>) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(data_dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        entries => Some(entries?),
    };
    for entry in entries.into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stale = ["-wal", "-shm", "-journal"].iter().any(|ending| {
            name.strip_suffix(ending)
                .is_some_and(|main| !data_dir.join(main).exists())
        });
        let ours = [UNPACKED, "token_secret", "encryption_key", erased::FILE, "lost+found"].contains(&name.as_str())
            || name.starts_with(ASIDE);
        // `serve` makes these folders before anything is in them.
        let empty = path.is_dir() && fs::read_dir(&path)?.next().is_none();
        if !(stale || ours || empty) {
            found.push(path);
        }
    }
    if let Some(database) = database.filter(|path| folder_of(path) != data_dir && path.exists()) {
        found.push(database.to_owned());
        let logs = ["-wal", "-shm", "-journal"].map(|ending| with_ending(database, ending));
        found.extend(logs.into_iter().filter(|log| log.exists()));
    }
    // The database first, so that a restore that is killed here leaves no database with another one's files.
    found.sort_by_key(|path| Some(path.as_path()) != database);
    Ok(found)
}

fn unpack(
    zip: &mut zip::ZipArchive<File>,
    entry: &super::Entry,
    key: Option<&SecretString>,
    to: &Path,
) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder_of(to))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    archive::take(zip, entry, key, &mut file)?;
    file.sync_all()
}

/// Moves within a disk at once; between disks by a copy that is whole before it has the name.
async fn move_to(from: &Path, to: &Path) -> Result<(), Error> {
    if to.is_dir() {
        // Only an empty one.
        fs::remove_dir(to).map_err(failed)?;
    }
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices && from.is_file() => {
            let beside = with_ending(to, ".restoring");
            fs::copy(from, &beside).map_err(failed)?;
            File::open(&beside).and_then(|file| file.sync_all()).map_err(failed)?;
            fs::rename(&beside, to).map_err(failed)?;
            fs::remove_file(from).map_err(failed)?;
        }
        moved => moved.map_err(failed)?,
    }
    sync_folder(folder_of(to)).await.map_err(failed)
}
