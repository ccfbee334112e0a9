//! A zip archive that is read without believing what it says of itself.

use std::io::{self, BufReader, Cursor, Read};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::DocumentError;

const MOST_ENTRIES: usize = 1_000;
/// Unpacked bytes of all entries that are read.
const MOST_BYTES: u64 = 100 * 1024 * 1024;
/// Unpacked bytes for each packed one, beyond the first MiB of an entry.
const RATIO: u64 = 100;
const FREE: u64 = 1024 * 1024;
/// Bytes without a `>`: a single tag or text of this length is an attack on the XML parser.
const LONGEST_TAG: usize = 1024 * 1024;

pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Archive<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, DocumentError> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| reason(&error))?;
        if zip.len() > MOST_ENTRIES {
            return Err(DocumentError::TooLarge);
        }
        // One stretch of bytes named by two entries: the trick of bombs without nesting; honest programs never do so.
        if zip.has_overlapping_files().map_err(|error| reason(&error))? || zip.has_duplicate_names() {
            return Err(DocumentError::Damaged);
        }
        Ok(Self { zip, left: MOST_BYTES })
    }

    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// An entry's bytes while they are unpacked; reading fails where a bound is passed.
    pub fn entry(&mut self, name: &str) -> Result<BufReader<Bounded<'_, 'a>>, DocumentError> {
        let file = self.zip.by_name(name).map_err(|error| reason(&error))?;
        let most = file.compressed_size().saturating_mul(RATIO).saturating_add(FREE);
        Ok(BufReader::new(Bounded {
            file,
            left: &mut self.left,
            most,
            since_tag: 0,
        }))
    }
}

fn reason(error: &ZipError) -> DocumentError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => DocumentError::Encrypted,
        _ => DocumentError::Damaged,
    }
}

pub(super) struct Bounded<'z, 'a> {
    file: ZipFile<'z, Cursor<&'a [u8]>>,
    left: &'z mut u64,
    most: u64,
    since_tag: usize,
}

impl Read for Bounded<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(out)?;
        let unpacked = count as u64;
        if unpacked > *self.left || unpacked > self.most {
            // The kind tells it from damage.
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        *self.left -= unpacked;
        self.most -= unpacked;
        match out[..count].iter().rposition(|byte| *byte == b'>') {
            Some(at) => self.since_tag = count - at,
            None => self.since_tag += count,
        }
        if self.since_tag > LONGEST_TAG {
            Err(io::ErrorKind::InvalidData.into())
        } else {
            Ok(count)
        }
    }
}
