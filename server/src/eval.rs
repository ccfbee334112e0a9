//! The evaluation commands: offline, without a server or a store.

use std::{fmt::Display, path::Path};

use anyhow::{Context, anyhow};
use domain::fact::Fact;
use serde::Serialize;

use crate::cli::{Eval, EvalArgs};

/// What a command prints.
pub fn run(what: &Eval) -> anyhow::Result<String> {
    match what {
        Eval::Extract(args) => report(args, engine::training::extract::eval::run(&args.dir)),
        Eval::Answers(args) => report(args, engine::chat::builtin::eval::run(&args.dir, read_page)),
        Eval::Retrieval(args) => report(args, engine::retrieval::index::eval::run(&args.dir)),
    }
}

fn report<R: Serialize + Display, E: Display>(args: &EvalArgs, outcome: Result<R, E>) -> anyhow::Result<String> {
    let report = outcome.map_err(|error| anyhow!("{error}"))?;
    match args.json {
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
