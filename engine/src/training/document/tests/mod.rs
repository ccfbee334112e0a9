mod children;
mod docx;
mod files;
mod hostile;
mod pdf;
mod plain;
mod sniffing;

use super::{DocumentError, DocumentText, Kind, child::parse};

fn text(kind: Kind, bytes: &[u8]) -> Result<String, DocumentError> {
    parse(kind, bytes).map(|document: DocumentText| document.text)
}
