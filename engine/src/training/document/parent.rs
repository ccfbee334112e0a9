//! Our side of the child process.

use std::{ffi::OsStr, io, os::unix::process::ExitStatusExt, path::Path, process::Stdio, time::Duration};

use bytes::Bytes;
use rustix::process::Signal;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::Semaphore,
};

use crate::failpoint;

use super::{CHILD_COMMAND, DocumentError, DocumentText, Kind, MOST_TEXT};

/// After this the child is killed, whatever it does.
const WALL: Duration = Duration::from_secs(12);
/// Children at once; each may take 512 MiB.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Reads a PDF or DOCX file in a child process: `exe extract-document KIND`, the file on its standard input, without
/// environment, in an empty folder of its own. Whatever happens to the child becomes an error here and nothing else.
pub async fn in_child(exe: &Path, kind: Kind, bytes: Bytes) -> Result<DocumentText, DocumentError> {
    run(exe, &[CHILD_COMMAND, kind.as_str()], &bytes, WALL).await
}

pub(super) async fn run<A: AsRef<OsStr>>(
    exe: &Path,
    arguments: &[A],
    bytes: &[u8],
    wall: Duration,
) -> Result<DocumentText, DocumentError> {
    let stopped = |error: io::Error| DocumentError::Stopped {
        detail: error.to_string(),
    };
    let _place = PLACES
        .acquire()
        .await
        .map_err(|error| stopped(io::Error::other(error)))?;
    failpoint::before(failpoint::DOCUMENT).await.map_err(stopped)?;
    let folder = tempfile::tempdir().map_err(stopped)?;
    let mut child = Command::new(exe)
        .args(arguments)
        .env_clear()
        // The allocator sets a gigabyte of addresses aside, more than the child may have.
        .env("MIMALLOC_ARENA_RESERVE", "32M")
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(stopped)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(stopped(io::Error::other("no pipes")));
    };
    let mut answer = Vec::new();
    let talk = async {
        let write = async {
            // A child that dies early leaves the pipe broken; how it ended tells more.
            let _ = input.write_all(bytes).await;
            drop(input);
        };
        // JSON may write a byte of text as six.
        let most = (MOST_TEXT * 6 + 65_536) as u64;
        let mut output = output.take(most);
        let (read, ()) = tokio::join!(output.read_to_end(&mut answer), write);
        read?;
        child.wait().await
    };
    // Dropping the child on the way out kills it.
    let status = tokio::time::timeout(wall, talk)
        .await
        .map_err(|_| DocumentError::TookTooLong)?
        .map_err(stopped)?;
    failpoint::after(failpoint::DOCUMENT).await.map_err(stopped)?;
    match status.signal() {
        None => {}
        Some(signal) if signal == Signal::XCPU.as_raw() => return Err(DocumentError::TookTooLong),
        Some(signal) if signal == Signal::KILL.as_raw() || signal == Signal::TERM.as_raw() => {
            return Err(DocumentError::Stopped {
                detail: format!("the child ended by signal {signal}"),
            });
        }
        // Out of stack or memory.
        Some(_) => return Err(DocumentError::Damaged),
    }
    // The last line, so that nothing that a library prints can get in between.
    let line = answer
        .trim_ascii_end()
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    serde_json::from_slice::<Result<DocumentText, DocumentError>>(line).unwrap_or_else(|error| {
        Err(DocumentError::Stopped {
            detail: format!("the child ended with {status} and no answer: {error}"),
        })
    })
}
