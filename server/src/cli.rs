//! The command line.

use std::{collections::HashMap, ffi::OsString, path::PathBuf};

use clap::{CommandFactory, Parser, Subcommand};

use crate::settings::Settings;

/// Porchlight: buyers scan the code on a sign and ask; they get true answers, and you get the lead.
///
/// Every setting is a flag and an environment variable. Variables are also read from a file `.env` in the current
/// folder; the environment goes before it, a flag before both.
#[derive(Debug, Parser)]
#[command(name = "porchlight", version, args_override_self = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the console, the porches and the API (what happens without a command)
    Serve,
    /// Make the demo organization and print where it is
    Demo,
    /// Bring the store's schema up to date
    Migrate,
    /// Check the settings and the store, and print what is there
    Doctor,
    /// Wrap the keys of all organizations with the first of PORCHLIGHT_ENCRYPTION_KEY
    RotateKeys,
    /// Write the database and the stored files to one archive, while the server runs
    ///
    /// The archive is a zip file with a manifest and checksums that only its owner can read, encrypted by AES-256 where
    /// PORCHLIGHT_BACKUP_KEY is set.
    /// Settings, the secret that signs tokens and the key that secrets are wrapped with are not in it: keep a copy of them
    /// elsewhere. With PostgreSQL the database is kept by pg_dump, and
    /// --files-only writes the files that belong to it.
    Backup {
        /// The archive to write; must not be there yet
        file: PathBuf,
        /// Leave the database out
        #[arg(long)]
        files_only: bool,
    },
    /// Fill an empty data folder from an archive; stop the server first
    ///
    /// Nothing is changed before the whole archive was read and checked.
    Restore {
        /// An archive that `backup` wrote
        file: PathBuf,
        /// Move what is in the data folder aside, into a folder `aside-TIME` in it
        #[arg(long)]
        force: bool,
    },
    /// Say who looks after the platform
    Operator {
        #[command(subcommand)]
        what: Operator,
    },
    /// Print the description of the API, OpenAPI 3.1
    Openapi,
    /// Measure how well pages are read, questions answered, passages found
    Eval {
        #[command(subcommand)]
        what: Eval,
    },
    /// Check that what is stored is as it was written; ends with 1 where it is not
    Verify {
        #[command(subcommand)]
        what: Verify,
    },
    /// Read one document from standard input; started by the server for each upload
    #[command(hide = true)]
    ExtractDocument { kind: String },
}

#[derive(Debug, Subcommand)]
pub enum Eval {
    /// Facts read from DIR/pages/*.html, compared with DIR/expected.json
    Extract(EvalArgs),
    /// Answers to DIR/questions.jsonl about the same pages
    Answers(EvalArgs),
    /// Search over DIR/corpus.jsonl with DIR/queries.jsonl and DIR/qrels.tsv; one JSON object where the output is no terminal
    Retrieval(EvalArgs),
}

#[derive(Debug, Subcommand)]
pub enum Operator {
    /// Print a link that sets somebody up, or sets them up anew; it holds for a day, once
    Add { email: String },
    /// End somebody's access and their sessions
    Remove { email: String },
}

#[derive(Debug, Subcommand)]
pub enum Verify {
    /// Every organization's audit log, from its first entry to its last
    Audit {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub struct EvalArgs {
    pub dir: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Cli {
    /// Reads the command line, the environment and `.env`. Ends the program with a message when they are wrong.
    pub fn read() -> Self {
        let file = std::fs::read_to_string(".env").unwrap_or_default();
        let mut words = std::env::args_os();
        let program: Vec<OsString> = words.by_ref().take(1).collect();
        let from_file = flags(&file, |name| std::env::var_os(name).is_some());
        Self::parse_from(
            program
                .into_iter()
                .chain(from_file.into_iter().map(OsString::from))
                .chain(words),
        )
    }
}

/// The lines `NAME=value` of a file as flags, but for names that are `taken` or no settings.
fn flags(file: &str, taken: impl Fn(&str) -> bool) -> Vec<String> {
    let command = Cli::command();
    let known: HashMap<&str, &str> = command
        .get_arguments()
        .filter_map(|arg| Some((arg.get_env()?.to_str()?, arg.get_long()?)))
        .collect();
    let lines = file.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
            let name = name.trim();
            let value = value.trim();
            let bare = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
            let bare = bare.or_else(|| value.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')));
            let long = known.get(name).filter(|_| !taken(name))?;
            Some(format!("--{long}={}", bare.unwrap_or(value)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    /// `.env.example` lists every setting with its default, and nothing else.
    #[test]
    fn the_example_file_has_every_setting() {
        let file = include_str!("../../.env.example");
        let listed: Vec<(&str, &str)> = file
            .lines()
            .filter_map(|line| line.trim_start_matches("# ").split_once('='))
            .filter(|(name, _)| name.starts_with("PORCHLIGHT_"))
            .collect();
        let command = Cli::command();
        let wanted: Vec<(String, String)> = command
            .get_arguments()
            .filter_map(|arg| {
                let name = arg.get_env()?.to_str()?.to_owned();
                let default = arg
                    .get_default_values()
                    .first()
                    .and_then(|value| value.to_str())
                    .unwrap_or_default();
                Some((name, default.to_owned()))
            })
            .collect();
        let listed: Vec<(String, String)> = listed.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        assert_eq!(listed, wanted);
    }

    #[test]
    fn a_file_gives_way_to_the_environment_and_to_flags() {
        let file =
            "# a remark\nPORCHLIGHT_ADDR=127.0.0.1:1\nexport PORCHLIGHT_LOG=\"warn\"\nHOME=/x\nPORCHLIGHT_GRANT='5'\n";
        let flags = flags(file, |name| name == "PORCHLIGHT_ADDR");
        assert_eq!(flags, ["--log=warn", "--grant=5"]);
        let words = ["porchlight".to_owned()]
            .into_iter()
            .chain(flags)
            .chain(["serve".into(), "--log=error".into()]);
        let cli = Cli::try_parse_from(words).unwrap();
        assert_eq!((cli.settings.log.as_str(), cli.settings.grant.floor()), ("error", 5));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let told = Cli::try_parse_from(["porchlight", "--price-bot", "many"])
            .unwrap_err()
            .to_string();
        assert!(told.contains("--price-bot"), "{told}");
        let told = Cli::try_parse_from(["porchlight", "--mode", "party"])
            .unwrap_err()
            .to_string();
        assert!(told.contains("--mode"), "{told}");
    }
}
