//! Commands that check what is stored.

use anyhow::{Context, anyhow};
use engine::{Engine, audit};

use crate::cli::Verify;

/// What a command prints, and whether all is well.
pub async fn run(what: &Verify, engine: &Engine) -> anyhow::Result<(String, bool)> {
    match what {
        Verify::Audit { json } => {
            let found = audit::verify(engine).await;
            let found = found.map_err(|error| anyhow!("the audit log cannot be read: {error}"))?;
            let told = match json {
                true => serde_json::to_string(&found).context("writing the report")?,
                false => found.to_string(),
            };
            Ok((told, found.broken.is_empty()))
        }
    }
}
