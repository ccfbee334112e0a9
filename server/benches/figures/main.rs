//! Measures Porchlight as it is shipped and prints each figure beside its goal.
//!
//! The release build runs as a process of its own, on SQLite with full durability, guards, ledger and rate limits on;
//! this program is its visitors and its model provider. CPU time is that of the server's process alone, which stays
//! steady on a busy machine; latencies include whatever else the machine does. What needs no server is measured here
//! in the process, beside the same work done without Porchlight's rules where a goal is a share of that.
//!
//! `make bench` runs it. Words after `--`: `--quick` for a fifth of the time, `--json FILE` to keep the figures, and
//! names of parts to measure only those.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bytes;
mod floor;
mod http;
mod ledger;
mod load;
mod pictures;
mod process;
mod provider;
mod report;
mod retrieval;
mod turns;

use std::time::Duration;

use report::Report;

/// How long a load lasts, and how often short things are repeated.
#[derive(Clone, Copy)]
pub struct Effort {
    pub load: Duration,
    pub rounds: usize,
}

const PARTS: [&str; 7] = ["start", "bytes", "web", "turns", "ledger", "retrieval", "pictures"];

fn main() -> std::process::ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    if let Some(role) = floor::role() {
        runtime.block_on(floor::serve(role));
        return std::process::ExitCode::SUCCESS;
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let after = |flag: &str| {
        words
            .iter()
            .position(|w| w == flag)
            .and_then(|i| words.get(i + 1))
            .cloned()
    };
    let json = after("--json");
    let only: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|w| !w.starts_with("--") && Some(*w) != json.as_deref())
        .collect();
    if let Some(unknown) = only.iter().find(|w| !PARTS.contains(w)) {
        eprintln!("There is no part “{unknown}”; the parts are {}", PARTS.join(", "));
        return std::process::ExitCode::from(2);
    }
    let effort = match words.iter().any(|w| w == "--quick") {
        true => Effort {
            load: Duration::from_secs(2),
            rounds: 1,
        },
        false => Effort {
            load: Duration::from_secs(8),
            rounds: 3,
        },
    };
    let wanted = |part: &str| only.is_empty() || only.contains(&part);
    let mut report = Report::default();
    runtime.block_on(async {
        if wanted("start") {
            http::start(&mut report, effort).await;
        }
        if wanted("bytes") {
            bytes::measure(&mut report).await;
        }
        if wanted("web") {
            http::web(&mut report, effort).await;
        }
        if wanted("turns") {
            turns::measure(&mut report, effort).await;
        }
        if wanted("ledger") {
            ledger::measure(&mut report, effort).await;
        }
    });
    if wanted("retrieval") {
        retrieval::measure(&mut report, effort);
    }
    if wanted("pictures") {
        pictures::measure(&mut report, effort);
    }
    report.end();
    if let Some(file) = json {
        std::fs::write(&file, report.json()).expect("the figures can be written");
    }
    std::process::ExitCode::SUCCESS
}
