//! The program itself on real files and sockets: killed, told to stop, left by its visitors, backed up and restored.
//!
//! A test starts the program as its own child, notes what the clients were told, ends the child in some way, starts it
//! again on the same store and compares. `PORCHLIGHT_TEST_CASES` multiplies what is done in the usual run.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod audit;
mod backup;
mod errors;
mod kills;
mod leaving;
mod load;
mod points;
mod provider;
mod rig;
mod stopping;

/// One test body on SQLite, and on PostgreSQL where `PORCHLIGHT_TEST_POSTGRES` names a server.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case($crate::rig::Store::Sqlite).await })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if std::env::var_os("PORCHLIGHT_TEST_POSTGRES").is_none() {
                    eprintln!("skipped: PORCHLIGHT_TEST_POSTGRES names no server");
                    return;
                }
                super::$case($crate::rig::Store::Postgres).await
            })+
        }
    };
}
pub(crate) use on_both;

/// How many times more than usual is asked for.
fn cases() -> usize {
    let asked = std::env::var("PORCHLIGHT_TEST_CASES").ok();
    asked.and_then(|n| n.parse().ok()).filter(|n| *n > 0).unwrap_or(1)
}
