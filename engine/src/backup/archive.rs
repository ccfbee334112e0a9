//! The archive itself: written in one pass, believed only after every byte of it was checked.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use domain::id::{OrganizationId, ScanId};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zip::{
    AesMode, CompressionMethod, ZipArchive, ZipWriter,
    read::ZipFile,
    result::{ZipError, ZipResult},
    write::SimpleFileOptions,
};

use super::{AFTER, BEFORE, DATABASE, Entry, FORMAT, MANIFEST, Manifest, broken, io as failed};
use crate::{Error, files};

const MARK: &str = "sha256:";
/// The archive's comment: the mark and a SHA-256 in hexadecimal digits.
const SEAL: usize = MARK.len() + 64;
/// A manifest longer than this is none of ours.
const MANIFEST_MAX: u64 = 512 * 1024 * 1024;

/// Something to be kept, under its name in the archive.
pub(super) enum Source {
    /// Already read: its file may go at any time.
    Bytes(String, Vec<u8>),
    File(String, PathBuf),
}

/// A new file that only its owner can read.
pub(super) async fn private(path: &Path) -> Result<File, Error> {
    let mut options = tokio::fs::OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .await;
    Ok(file.map_err(failed)?.into_std().await)
}

/// The whole files of one of the data folder's own folders, as (name in the archive, path), in order.
pub(super) async fn list(data_dir: &Path, folder: &str) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut found = Vec::new();
    let mut left = vec![(folder.to_owned(), data_dir.join(folder))];
    while let Some((name, path)) = left.pop() {
        let mut entries = match tokio::fs::read_dir(&path).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(failed)?,
        };
        while let Some(entry) = entries.next_entry().await.map_err(failed)? {
            let name = format!("{name}/{}", entry.file_name().to_string_lossy());
            match entry.file_type().await.map_err(failed)? {
                kind if kind.is_dir() => left.push((name, entry.path())),
                // Halves of files and what is none of ours stay out.
                kind if kind.is_file() && is_ours(&name) => found.push((name, entry.path())),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads small files that may go at any time; one that went is left out.
pub(super) async fn read_now(listed: Vec<(String, PathBuf)>) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::with_capacity(listed.len());
    for (name, path) in listed {
        match tokio::fs::read(&path).await {
            Ok(bytes) => sources.push(Source::Bytes(name, bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(sources)
}

/// True for the names that an archive may hold beside its manifest. No other name ever becomes a path.
pub(super) fn is_ours(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        [DATABASE] => true,
        [BEFORE, visit] => visit.strip_suffix(".json").is_some_and(is_id::<ScanId>),
        [AFTER, organization, source] => is_id::<OrganizationId>(organization) && files::is_whole(source),
        _ => false,
    }
}

/// An id as we write it: other spellings of the same one are none of ours.
fn is_id<Id: std::str::FromStr + ToString>(text: &str) -> bool {
    text.parse::<Id>().is_ok_and(|id| id.to_string() == text)
}

/// Writes everything, the manifest and the seal, and returns when all of it is on the disk.
pub(super) fn write(
    file: File,
    mut manifest: Manifest,
    sources: Vec<Source>,
    key: Option<&SecretString>,
) -> Result<Manifest, Error> {
    let mut options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(0o600)
        .large_file(true);
    if let Some(key) = key {
        options = options.with_aes_encryption(AesMode::Aes256, key.expose_secret());
    }
    let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 20, file));
    for source in sources {
        let (name, mut content): (String, Box<dyn Read>) = match source {
            Source::Bytes(name, bytes) => (name, Box::new(io::Cursor::new(bytes))),
            Source::File(name, path) => match File::open(path) {
                Ok(file) => (name, Box::new(BufReader::with_capacity(1 << 20, file))),
                // Removed since it was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(error)),
            },
        };
        zip.start_file(&name, options).map_err(zipped)?;
        let (bytes, sha256) = copy(&mut content, &mut zip).map_err(failed)?;
        manifest.entries.push(Entry { name, bytes, sha256 });
    }
    zip.start_file(MANIFEST, options).map_err(zipped)?;
    serde_json::to_writer_pretty(&mut zip, &manifest).map_err(|error| broken(error.to_string()))?;
    zip.set_comment(format!("{MARK}{}", "0".repeat(64))).map_err(zipped)?;
    let mut file = zip
        .finish()
        .map_err(zipped)?
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    let seal = seal_of(&mut file).map_err(failed)?;
    file.seek(SeekFrom::End(-(SEAL as i64))).map_err(failed)?;
    file.write_all(seal.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    Ok(manifest)
}

fn zipped(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => failed(error),
        error => broken(format!("the archive: {error}")),
    }
}

/// Copies to the end; gives how many bytes there were, and their SHA-256.
fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
    Ok((bytes, hex(&hash.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The comment that belongs to what stands before it.
fn seal_of(file: &mut File) -> io::Result<String> {
    let short = || io::Error::new(io::ErrorKind::InvalidData, "it is too short");
    let length = file.seek(SeekFrom::End(0))?;
    let before = length.checked_sub(SEAL as u64).ok_or_else(short)?;
    file.rewind()?;
    let (_, sha256) = copy(&mut file.take(before), &mut io::sink())?;
    Ok(format!("{MARK}{sha256}"))
}

/// Checks the seal and every sum, without writing anything. Gives the opened archive with its manifest.
pub(super) fn verify(path: &Path, key: Option<&SecretString>) -> Result<(ZipArchive<File>, Manifest), Error> {
    let damaged = |what: &str| broken(format!("{} is damaged or no backup: {what}", path.display()));
    let mut file = File::open(path).map_err(failed)?;
    let expected = seal_of(&mut file).map_err(|error| damaged(&error.to_string()))?;
    let mut seal = vec![0; SEAL];
    file.seek(SeekFrom::End(-(SEAL as i64))).map_err(failed)?;
    file.read_exact(&mut seal).map_err(failed)?;
    if seal != expected.as_bytes() {
        return Err(damaged("its checksum is wrong"));
    }
    let mut zip = ZipArchive::new(file).map_err(|error| damaged(&error.to_string()))?;
    let manifest: Manifest = {
        let entry = open(&mut zip, MANIFEST, key).map_err(|error| match (error, key) {
            (ZipError::InvalidPassword, _) => broken(format!("{} was encrypted with another key", path.display())),
            (ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED), None) => broken(format!(
                "{} is encrypted: give its key in PORCHLIGHT_BACKUP_KEY",
                path.display()
            )),
            (error, _) => damaged(&error.to_string()),
        })?;
        serde_json::from_reader(entry.take(MANIFEST_MAX)).map_err(|error| damaged(&error.to_string()))?
    };
    if manifest.format != FORMAT {
        return Err(damaged("it was made by another version of this program"));
    }
    let names: std::collections::HashSet<&str> = manifest.entries.iter().map(|entry| entry.name.as_str()).collect();
    let whole = names.len() == manifest.entries.len() && zip.len() == names.len() + 1;
    if !whole || !names.iter().all(|name| is_ours(name)) || names.contains(DATABASE) != manifest.database {
        return Err(damaged("its entries are not what its manifest says"));
    }
    for entry in &manifest.entries {
        take(&mut zip, entry, key, &mut io::sink()).map_err(|error| damaged(&error.to_string()))?;
    }
    Ok((zip, manifest))
}

/// Opens an entry; the key is only used where it is encrypted.
fn open<'z>(zip: &'z mut ZipArchive<File>, name: &str, key: Option<&SecretString>) -> ZipResult<ZipFile<'z, File>> {
    match key {
        Some(key) => zip.by_name_decrypt(name, key.expose_secret().as_bytes()),
        None => zip.by_name(name),
    }
}

/// Unpacks one entry and checks it against the manifest.
pub(super) fn take(
    zip: &mut ZipArchive<File>,
    entry: &Entry,
    key: Option<&SecretString>,
    to: &mut impl Write,
) -> io::Result<()> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, format!("{} is not what it was", entry.name));
    let file = open(zip, &entry.name, key).map_err(io::Error::other)?;
    // One byte more than it should have is enough to tell.
    let (bytes, sha256) = copy(&mut file.take(entry.bytes.saturating_add(1)), to)?;
    if bytes == entry.bytes && sha256 == entry.sha256 {
        Ok(())
    } else {
        Err(wrong())
    }
}
