//! The child's side: first gives up what it does not need, then parses.

use std::{
    io::{self, Read, Write},
    process::ExitCode,
    thread,
};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{DocumentError, DocumentText, Kind, LARGEST_FILE, MOST_PAGES, MOST_TEXT, docx, pdf};

const CPU_SECONDS: u64 = 10;
const ADDRESS_SPACE: u64 = 512 * 1024 * 1024;
/// What the child may take: seconds of processor, bytes of memory.
#[cfg(test)]
pub(super) const LIMITS: (u64, u64) = (CPU_SECONDS, ADDRESS_SPACE);
/// Deeply nested files are parsed by functions that call themselves.
const STACK: usize = 64 * 1024 * 1024;

/// Reads a file of `kind` (`pdf` or `docx`) from standard input and writes `Result<DocumentText, DocumentError>` as
/// one line of JSON to standard output. To be called first thing in `main`, before any thread or file is opened.
pub fn child_main(kind: &str) -> ExitCode {
    let Ok(kind @ (Kind::Pdf | Kind::Docx)) = kind.parse() else {
        return ExitCode::from(2);
    };
    if confine().is_err() {
        return ExitCode::from(3);
    }
    // Panics of the parsers are expected and become an answer; nobody reads them.
    std::panic::set_hook(Box::new(|_| {}));
    let worker = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || input().and_then(|bytes| parse(kind, &bytes)));
    let answer = match worker.map(thread::JoinHandle::join) {
        Ok(Ok(answer)) => answer,
        Ok(Err(_panic)) => Err(DocumentError::Damaged),
        Err(error) => Err(DocumentError::Stopped {
            detail: error.to_string(),
        }),
    };
    let written = serde_json::to_vec(&answer)
        .map_err(io::Error::other)
        .and_then(|mut line| {
            line.push(b'\n');
            let mut out = io::stdout().lock();
            out.write_all(&line).and_then(|()| out.flush())
        });
    if written.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Ten seconds of processor, 512 MiB, no further file or socket, nothing written, no core dump.
pub(super) fn confine() -> rustix::io::Result<()> {
    let at_most = |most: u64| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    setrlimit(Resource::Core, at_most(0))?;
    setrlimit(Resource::Fsize, at_most(0))?;
    setrlimit(Resource::As, at_most(ADDRESS_SPACE))?;
    // Standard input, output and error stay open.
    setrlimit(Resource::Nofile, at_most(3))?;
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(CPU_SECONDS),
            maximum: Some(CPU_SECONDS + 1),
        },
    )
}

fn input() -> Result<Vec<u8>, DocumentError> {
    let mut bytes = Vec::new();
    let most = LARGEST_FILE as u64 + 1;
    io::stdin()
        .lock()
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|_| DocumentError::Damaged)?;
    if bytes.len() > LARGEST_FILE {
        Err(DocumentError::TooLarge)
    } else {
        Ok(bytes)
    }
}

/// Parses here and now, whatever that may do to this process.
pub(super) fn parse(kind: Kind, bytes: &[u8]) -> Result<DocumentText, DocumentError> {
    let mut document = if kind == Kind::Pdf {
        pdf::read(bytes)
    } else {
        docx::read(bytes)
    }?;
    document.text = super::tidy(&document.text);
    document.title = document
        .title
        .map(|title| super::tidy(&title))
        .filter(|title| !title.is_empty());
    if document.pages > MOST_PAGES {
        return Err(DocumentError::TooManyPages);
    }
    if document.text.len() > MOST_TEXT {
        return Err(DocumentError::TooLarge);
    }
    if document.text.is_empty() {
        Err(DocumentError::Empty)
    } else {
        Ok(document)
    }
}
