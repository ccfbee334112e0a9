//! Databases for tests: a SQLite file of its own, and a PostgreSQL database cloned from a migrated template.

use secrecy::SecretString;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

use super::{Db, Reach, Ready, Tx, statements};

/// A store that lives as long as the test.
#[derive(Debug)]
pub(crate) struct TestDb {
    pub(crate) db: Db,
    _folder: Option<TempDir>,
}

impl TestDb {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("store.db");
        let db = Db::open(&format!("sqlite:{}", path.display()), None)
            .await
            .expect("a new SQLite store");
        Self {
            db,
            _folder: Some(folder),
        }
    }

    /// Needs `PORCHLIGHT_TEST_POSTGRES`, the address of a server this test may make databases on;
    /// `make test` provides one.
    pub(crate) async fn postgres() -> Self {
        let server = std::env::var("PORCHLIGHT_TEST_POSTGRES")
            .expect("PORCHLIGHT_TEST_POSTGRES names no server; run the tests with scripts/with-postgres");
        let name = format!("porchlight_test_{}", uuid::Uuid::new_v4().simple());
        let mut admin = PgConnection::connect(&server)
            .await
            .expect("the PostgreSQL server answers");
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        admin.execute(create).await.expect("a new database");
        let mut address = url::Url::parse(&server).expect("a PostgreSQL address");
        address.set_path(&name);
        // As in production: one role owns the tables, the server works as another.
        let owner = SecretString::from(address.to_string());
        if let Ok(server) = std::env::var("PORCHLIGHT_TEST_POSTGRES_SERVER") {
            address = url::Url::parse(&server).expect("a PostgreSQL address");
            address.set_path(&name);
        }
        let db = Db::open(address.as_str(), Some(&owner)).await;
        let db = db.expect("a new PostgreSQL store");
        Self { db, _folder: None }
    }
}

statements! {
    NO_ROW = "select 1";
}

/// The connection itself, within its transaction.
pub(crate) async fn raw_conn(tx: &mut Tx) -> Ready<'_> {
    let mut ready = tx.ready(&NO_ROW).await.expect("a connection");
    if let Ready::Sqlite(conn, text) = &mut ready {
        conn.execute(*text).await.expect("a transaction");
    }
    ready
}

/// One test body, both databases.
macro_rules! on_every_db {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
                super::$case($crate::db::testing::TestDb::sqlite().await).await
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
                super::$case($crate::db::testing::TestDb::postgres().await).await
            })+
        }
    };
}
pub(crate) use on_every_db;

async fn every_statement_prepares(test: TestDb) {
    let mut tx = test.db.read(Reach::Everyone).await.unwrap();
    let (mut seen, mut refused) = (0, Vec::new());
    for super::Declared(statement) in inventory::iter::<super::Declared> {
        let prepared = match raw_conn(&mut tx).await {
            Ready::Sqlite(conn, _) => conn
                .prepare(sqlx::SqlStr::from_static(statement.sqlite))
                .await
                .map(|_| ()),
            Ready::Postgres(conn, _) => conn
                .prepare(sqlx::SqlStr::from_static(statement.postgres))
                .await
                .map(|_| ()),
        };
        if let Err(error) = prepared {
            refused.push(format!("{}::{}: {error}", statement.module, statement.name));
        }
        seen += 1;
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(seen > 40, "only {seen} statements were collected");
}

on_every_db!(every_statement_prepares);

/// A statement on a tenant's table names the tenant. The few that must look across tenants are listed with the reason.
#[test]
fn every_statement_names_its_tenant() {
    const TABLES: &[&str] = &[
        "account",
        "account_link",
        "account_session",
        "api_configuration",
        "api_key",
        "audit_entry",
        "audit_head",
        "bot",
        "code",
        "code_tally",
        "consent",
        "conversation",
        "data_key",
        "fact",
        "identity",
        "invitation",
        "job",
        "lead",
        "licence",
        "ledger_balance",
        "ledger_entry",
        "ledger_hold",
        "ledger_key",
        "passage",
        "passkey",
        "property",
        "purchase",
        "recovery_code",
        "request",
        "refresh_token",
        "scan",
        "source",
        "support_grant",
        "tally",
        "tombstone",
        "turn",
        "webhook",
        "webhook_delivery",
    ];
    const ACROSS: &[&str] = &[
        // Sign-in: the address is what is known.
        "ACCOUNT_BY_EMAIL",
        // So with the name that a device gives its passkey, and whom a provider says it is.
        "PASSKEY_BY_CREDENTIAL",
        "ACCOUNT_BY_SUBJECT",
        // The secret of an invitation's link names its tenant.
        "INVITATION_BY_TOKEN",
        // The public addresses of porches and codes, and the visitor's secret, name their tenant.
        "PORCH_BY_SLUG",
        "PORCH_BY_CODE_ID",
        "PORCH_BY_CODE_SLUG",
        "CONVERSATION_BY_TOKEN",
        "CONVERSATION_SO_FAR",
        // The background worker and the sweepers serve every tenant; each row carries its own.
        "CLAIM_JOB",
        "HOLDS_DUE",
        "TURNS_ABANDONED",
        // The reconciler compares every tenant's balance with its entries.
        "SOURCE_SHOWN",
        // How the platform is: numbers of all tenants together.
        "HEALTH",
        // What is due of licences is looked for in all tenants at once; each row carries its own.
        "LICENCES_DUE",
        "JOBS_WAITING",
        // An event of the payment provider names a purchase, and not whose it is.
        "ORGANIZATION_OF_PURCHASE",
        // What was answered a day ago.
        "FORGET_REQUESTS",
        // What has been in any log for a month.
        "DELETE_ENDED",
        "TOTALS",
    ];
    let is_declared = |name: &&str| {
        inventory::iter::<super::Declared>
            .into_iter()
            .any(|declared| declared.0.name == *name)
    };
    let unknown: Vec<&&str> = ACROSS.iter().filter(|name| !is_declared(name)).collect();
    assert!(unknown.is_empty(), "no statements any more: {unknown:?}");
    for super::Declared(statement) in inventory::iter::<super::Declared> {
        if ACROSS.contains(&statement.name) {
            continue;
        }
        for text in [statement.sqlite, statement.postgres] {
            let words: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
            if words.iter().any(|word| TABLES.contains(word)) {
                assert!(
                    words.contains(&"organization_id"),
                    "{}::{} touches a tenant's table without its scope",
                    statement.module,
                    statement.name
                );
            }
        }
    }
}
