//! The ledger in the process: durable moves of one organization, 64 a commit, beside the same store used raw.
//!
//! Raw is a guarded update of one balance and one journal row a move, nothing else: no double entry, no purposes,
//! no idempotency, no balances after.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use domain::account::{Credentials, Registration};
use domain::credits::{Credits, PriceList};
use engine::{Call, Clock, Config, Engine, account, config::Mode, ledger};
use sqlx::{Connection, Executor};

use crate::{
    Effort,
    report::{Goal, Report},
};

const TOGETHER: usize = 64;
const PASSWORD: &str = "a lamp for measuring";

pub async fn measure(report: &mut Report, effort: Effort) {
    report.part("Ledger on SQLite, durable, one organization");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.db");
    let (mut ours, mut raw, mut single) = (Vec::new(), Vec::new(), Vec::new());
    let bench = Bench::open(format!("sqlite:{}", file.display()), folder.path().join("data")).await;
    // In turns, so that both meet the same disk.
    for _ in 0..effort.rounds {
        ours.push(bench.moves(TOGETHER, effort.load / 4).await);
        raw.push(raw_sqlite(&folder.path().join("raw.db"), TOGETHER, effort.load / 4).await);
        single.push(raw_sqlite(&folder.path().join("raw.db"), 1, effort.load / 4).await);
    }
    let mid = |values: &mut Vec<f64>| crate::load::quantile(values, 0.5);
    let (ours, raw, single) = (mid(&mut ours), mid(&mut raw), mid(&mut single));
    report.figure("moves a second, 64 a commit", ours, "/s", Goal::None);
    report.figure("raw, 64 a commit", raw, "/s", Goal::None);
    report.figure("raw, one a commit", single, "/s", Goal::None);
    report.figure("ours beside raw, 64 a commit", ours / raw, "", Goal::AtLeast(0.5));
    report.figure("ours beside raw, one a commit", ours / single, "", Goal::AtLeast(10.0));
    bench.check().await;

    let Ok(server) = std::env::var("PORCHLIGHT_TEST_POSTGRES") else {
        println!("  (PostgreSQL is left out: PORCHLIGHT_TEST_POSTGRES names no server)");
        return;
    };
    report.part("Ledger on PostgreSQL, one organization");
    let address = database(&server).await;
    let bench = Bench::open(address.clone(), folder.path().join("data-postgres")).await;
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        ours.push(bench.moves(TOGETHER, effort.load / 4).await);
        raw.push(raw_postgres(&address, effort.load / 4).await);
    }
    let (ours, raw) = (mid(&mut ours), mid(&mut raw));
    report.figure("moves a second, 64 a commit", ours, "/s", Goal::None);
    report.figure("raw, 64 clients, one statement a commit", raw, "/s", Goal::None);
    report.figure("ours beside raw on PostgreSQL", ours / raw, "", Goal::AtLeast(3.0));
    bench.check().await;
}

struct Bench {
    call: Call,
}

impl Bench {
    async fn open(database_url: String, data_dir: PathBuf) -> Self {
        let config = Config {
            mode: Mode::Demo,
            database_url,
            database_owner_url: None,
            data_dir,
            public_url: "http://127.0.0.1".into(),
            credits_low: Credits::milli(50_000),
            stripe: None,
            prices: PriceList {
                registration_grant: Credits::whole(1_000_000_000).expect("credits"),
                ..PriceList::default()
            },
            fetch_allow: String::new(),
            provider: None,
            token_secrets: vec!["a secret for measuring of thirty-two bytes and more".into()],
            encryption_keys: vec!["another secret for tests of at least thirty-two bytes".into()],
            require_factor: false,
            oidc: None,
            require_licence: false,
            licence_verifier: None,
            licence_check_every: chrono::TimeDelta::days(180),
            session_idle: chrono::TimeDelta::hours(1),
            session_life: chrono::TimeDelta::hours(24),
            smtp_url: None,
            mail_from: None,
            geoip: None,
            program: PathBuf::from(env!("CARGO_BIN_EXE_porchlight")),
        };
        let engine = Engine::open(config, Clock::system()).await.expect("an engine");
        let form = Registration {
            org_name: "Measured Homes".into(),
            first_name: "Mia".into(),
            last_name: "Meter".into(),
            email: "meter@example.com".into(),
            password: PASSWORD.into(),
            license_number: None,
            license_state: None,
        };
        account::register(&engine, &form).await.expect("a registration");
        let credentials = Credentials {
            email: form.email,
            password: form.password,
        };
        let call = account::sign_in(
            &engine,
            &credentials,
            account::Kind::Console,
            &account::Client::default(),
        )
        .await
        .expect("a session")
        .call(&engine, None)
        .await
        .expect("a caller");
        Self { call }
    }

    /// Moves a second.
    async fn moves(&self, together: usize, lasting: Duration) -> f64 {
        let (mut done, began) = (0, Instant::now());
        while began.elapsed() < lasting {
            ledger::spend_together(&self.call, together).await.expect("moves");
            done += together;
        }
        done as f64 / began.elapsed().as_secs_f64()
    }

    async fn check(&self) {
        let totals = ledger::totals(self.call.engine()).await.expect("totals");
        assert!(
            totals.difference == 0 && totals.drifted == 0,
            "the ledger does not add up: {} off, {} balances drifted",
            totals.difference,
            totals.drifted
        );
    }
}

async fn raw_sqlite(file: &std::path::Path, together: usize, lasting: Duration) -> f64 {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut raw = sqlx::SqliteConnection::connect_with(&options).await.expect("a store");
    raw.execute(
        "create table if not exists account (id integer primary key, balance integer not null) strict;
         create table if not exists entry (id integer primary key, account integer not null, amount integer not null, at integer not null) strict;
         insert into account values (1, 1000000000000) on conflict do nothing",
    )
    .await
    .expect("tables");
    let (mut done, began) = (0, Instant::now());
    while began.elapsed() < lasting {
        let mut tx = raw.begin_with("begin immediate").await.expect("a transaction");
        for n in 0..together {
            let spent = sqlx::query("update account set balance = balance - 1 where id = ? and balance >= 1").bind(1);
            assert_eq!(tx.execute(spent).await.expect("a move").rows_affected(), 1);
            let entry = sqlx::query("insert into entry (account, amount, at) values (?, ?, ?)")
                .bind(1)
                .bind(1)
                .bind(n as i64);
            tx.execute(entry).await.expect("an entry");
        }
        tx.commit().await.expect("a commit");
        done += together;
    }
    done as f64 / began.elapsed().as_secs_f64()
}

async fn raw_postgres(address: &str, lasting: Duration) -> f64 {
    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(TOGETHER as u32)
        .connect(address)
        .await
        .expect("a store");
    pool.execute(
        "create table if not exists raw_account (id bigint primary key, balance bigint not null);
         create table if not exists raw_entry (id bigint generated always as identity primary key, account bigint not null, amount bigint not null);
         insert into raw_account values (1, 1000000000000) on conflict do nothing",
    )
    .await
    .expect("tables");
    let began = Instant::now();
    let clients: Vec<_> = (0..TOGETHER)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while began.elapsed() < lasting {
                    let spent = sqlx::query(
                        "with spent as (update raw_account set balance = balance - 1 where id = $1 and balance >= 1 returning id)
                         insert into raw_entry (account, amount) select id, 1 from spent",
                    );
                    pool.execute(spent.bind(1_i64)).await.expect("a move");
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for client in clients {
        done += client.await.expect("a client");
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

async fn database(server: &str) -> String {
    let name = format!("porchlight_bench_{}", uuid::Uuid::new_v4().simple());
    let mut admin = sqlx::PgConnection::connect(server).await.expect("a server");
    admin
        .execute(sqlx::AssertSqlSafe(format!("create database {name}")))
        .await
        .expect("a database");
    let mut address = url::Url::parse(server).expect("an address");
    address.set_path(&name);
    address.into()
}
