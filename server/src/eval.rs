//! The evaluation commands: offline, without a server or a store.

use std::{fmt::Display, io::IsTerminal, path::Path};

use anyhow::{Context, anyhow};
use domain::fact::Fact;
use serde::Serialize;

use crate::cli::Eval;

/// What a command prints.
pub fn run(what: &Eval) -> anyhow::Result<String> {
    match what {
        Eval::Extract(args) => report(args.json, engine::training::extract::eval::run(&args.dir)),
        Eval::Answers(args) => report(args.json, engine::chat::builtin::eval::run(&args.dir, read_page)),
        // A handful of figures: only a person at a terminal would rather have them as lines.
        Eval::Retrieval(args) => report(
            args.json || !std::io::stdout().is_terminal(),
            engine::retrieval::index::eval::run(&args.dir),
        ),
    }
}

fn report<R: Serialize + Display, E: Display>(json: bool, outcome: Result<R, E>) -> anyhow::Result<String> {
    let report = outcome.map_err(|error| anyhow!("{error}"))?;
    match json {
        true => serde_json::to_string(&report).context("writing the report"),
        false => Ok(report.to_string()),
    }
}

type Read = (Vec<Fact>, Vec<(Option<String>, String)>);

/// A page as training reads it: its facts and its passages with their headings. From one that training refuses, such as
/// a bot wall, nothing is known.
fn read_page(path: &Path) -> Result<Read, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let Ok(extract) = engine::training::read_page(&bytes.into()) else {
        return Ok(Read::default());
    };
    let passages = extract
        .passages
        .into_iter()
        .map(|passage| (passage.heading, passage.text))
        .collect();
    Ok((extract.facts, passages))
}
