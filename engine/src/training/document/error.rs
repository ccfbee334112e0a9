use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a file gave no text, in words for the person who uploaded it.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum DocumentError {
    #[error("This file is protected with a password. Save a copy without one and upload that.")]
    Encrypted,
    #[error("This file holds no text; perhaps it is a scan. Upload one with text in it, or paste the text.")]
    Empty,
    #[error(
        "This file is damaged, cut off, or built in a way that we cannot read. Print it to a new PDF and upload that, \
         or paste its text."
    )]
    Damaged,
    /// The reason begins the sentence.
    #[error("{0}. Upload a PDF, DOCX, HTML or TXT file, or a photo as JPEG, PNG or WebP.")]
    WrongType(String),
    #[error("This file is larger than we read (25 MB, or 10 MB of text). Upload the part that matters.")]
    TooLarge,
    #[error("This file has more than 500 pages. Upload the part that matters.")]
    TooManyPages,
    #[error("Reading this file took too long. Print it to a new PDF and upload that, or paste its text.")]
    TookTooLong,
    /// Our fault, not the file's; the detail is for logs.
    #[error("Reading this file was interrupted on our side. Upload it again.")]
    Stopped { detail: String },
}

impl DocumentError {
    pub(super) fn wrong(reason: impl Into<String>) -> Self {
        Self::WrongType(reason.into())
    }
}
