//! PostgreSQL's policies on rows: that every tenant's table has them, and that a statement which forgets its tenant finds
//! nothing of others.

use std::{collections::BTreeMap, time::Duration};

use domain::id::OrganizationId;
use sqlx::AssertSqlSafe;
use tokio::task::JoinSet;

use super::{
    Db, DbError, Reach, Ready, Tx,
    schema::{catalog, furnish, tenants},
    testing::{TestDb, raw_conn},
};
use crate::{
    Clock,
    testing::{World, cases},
};

/// One number that a text gives, in a transaction of this reach that is taken back.
async fn number(tx: &mut Tx, sql: &str) -> Result<i64, sqlx::Error> {
    let Ready::Postgres(conn, _) = raw_conn(tx).await else {
        panic!("not PostgreSQL")
    };
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    query.fetch_one(conn).await
}

async fn asked(db: &Db, reach: impl Into<Reach>, sql: &str) -> i64 {
    let mut tx = db.begin(reach).await.unwrap();
    let found = number(&mut tx, sql).await;
    found.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// How many rows a text changes, in a transaction that is taken back.
async fn changed(db: &Db, reach: impl Into<Reach>, sql: &str) -> Result<u64, String> {
    let mut tx = db.begin(reach).await.unwrap();
    let Ready::Postgres(conn, _) = raw_conn(&mut tx).await else {
        panic!("not PostgreSQL")
    };
    let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    let done = query.execute(conn).await.map_err(|error| error.to_string())?;
    Ok(done.rows_affected())
}

const UNGUARDED: &str = "select count(*) from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not (c.relrowsecurity and c.relforcerowsecurity
        and exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polcmd = '*' and p.polpermissive
            and pg_get_expr(p.polqual, c.oid) = 'is_reached(organization_id)'
            and pg_get_expr(p.polwithcheck, c.oid) = 'is_reached(organization_id)')
        and (select count(*) from pg_policy p where p.polrelid = c.oid) = 1)";

/// What could reach rows in somebody else's name.
const DOORS: &str = "select (select count(*) from pg_proc where prosecdef and pronamespace = 'public'::regnamespace)
    + (select count(*) from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace)
    + (select count(*) from pg_roles where rolname = current_user and (rolsuper or rolbypassrls))";

#[tokio::test]
async fn every_tenants_table_has_its_wall() {
    let test = TestDb::postgres().await;
    assert_eq!(asked(&test.db, Reach::Nobody, UNGUARDED).await, 0);
    assert_eq!(asked(&test.db, Reach::Nobody, DOORS).await, 0);
    // The question would notice one.
    let mut tx = test.db.as_owner().await.begin(Reach::Nobody).await.unwrap();
    let Ready::Postgres(conn, _) = raw_conn(&mut tx).await else {
        panic!("not PostgreSQL")
    };
    let open = "alter table bot no force row level security";
    sqlx::query(open).execute(&mut *conn).await.unwrap();
    assert_eq!(number(&mut tx, UNGUARDED).await.unwrap(), 1);
}

/// Where the server works as a role that owns nothing, it cannot change the schema, nor what is only ever added to.
#[tokio::test]
async fn the_servers_own_role_changes_no_table() {
    if std::env::var_os("PORCHLIGHT_TEST_POSTGRES_SERVER").is_none() {
        eprintln!("skipped: PORCHLIGHT_TEST_POSTGRES_SERVER names no role that owns nothing");
        return;
    }
    let world = World::new(TestDb::postgres().await).await;
    let ana = world.realtor("Ana").await;
    let db = world.engine.db();
    db.must_have_walls().await.unwrap();
    let owner = db.as_owner().await;
    assert!(matches!(owner.must_have_walls().await, Err(DbError::OwnsTables { .. })));
    let owned = "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relowner = current_user::regrole";
    assert_eq!(asked(db, Reach::Everyone, owned).await, 0);
    let allowed = "update bot set name = name";
    changed(db, ana.organization(), allowed).await.unwrap();
    let entries = "select count(*) from ledger_entry";
    assert!(asked(db, ana.organization(), entries).await > 0);
    for refused in [
        "alter table bot no force row level security",
        "alter table bot disable row level security",
        "alter table bot disable trigger all",
        "drop policy tenant on bot",
        "drop table turn",
        "truncate scan",
        "create table more (id int)",
        "create or replace function is_reached(organization_id uuid) returns boolean language sql as 'select true'",
        "update ledger_entry set description = description",
        "delete from ledger_entry",
        "update audit_entry set action = action",
        "delete from audit_entry",
        "delete from _sqlx_migrations",
        "set role porchlight",
        "set session_replication_role = replica",
    ] {
        let told = changed(db, Reach::Everyone, refused).await.unwrap_err();
        let because = ["permission denied", "must be owner"]
            .iter()
            .any(|reason| told.contains(reason));
        assert!(because, "{refused}: {told}");
    }
}

async fn counts(db: &Db, reach: impl Into<Reach> + Copy, tables: &[&String], at: &str) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for table in tables {
        let sql = format!("select count(*) from {table} where {at}");
        found.insert((*table).clone(), asked(db, reach, &sql).await);
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_forgets_its_tenant_reaches_nobody_else() {
    let world = World::new(TestDb::postgres().await).await;
    let db = world.engine.db();
    let tables = catalog(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    furnish(&world, &tables, &ana).await;
    furnish(&world, &tables, &ben).await;
    let names: Vec<&String> = tenants(&tables).map(|(name, _)| name).collect();
    assert!(names.len() >= 25, "{names:?}");
    let (own, other) = (ana.organization(), ben.organization());
    let of = |id: OrganizationId| format!("organization_id = '{}'", id.uuid());

    // What there is, so that an empty table cannot pass.
    let hers = counts(db, Reach::Everyone, &names, &of(own)).await;
    let his = counts(db, Reach::Everyone, &names, &of(other)).await;
    let filled: Vec<&String> = names
        .iter()
        .copied()
        .filter(|name| hers[*name] > 0 && his[*name] > 0)
        .collect();
    assert!(filled.len() >= 22, "only {filled:?} hold rows of both");

    // A reader without any condition sees one's own, with another's none, and outside of any reach nothing.
    assert_eq!(counts(db, own, &names, "true").await, hers);
    assert!(counts(db, own, &names, &of(other)).await.values().all(|n| *n == 0));
    assert!(
        counts(db, Reach::Nobody, &names, "true")
            .await
            .values()
            .all(|n| *n == 0)
    );
    for setting in ["''", "null"] {
        let mut tx = db.begin(own).await.unwrap();
        number(
            &mut tx,
            &format!("select length(set_config('porchlight.reach', {setting}, true))::bigint"),
        )
        .await
        .unwrap();
        for name in &names {
            let sql = format!("select count(*) from {name}");
            assert_eq!(number(&mut tx, &sql).await.unwrap(), 0, "{name} with {setting}");
        }
    }

    for name in filled {
        let same = format!("update {name} set organization_id = organization_id");
        let refused = |outcome: &Result<u64, String>| matches!(outcome, Ok(0)) || outcome.is_err();
        for reach in [Reach::Tenant(own), Reach::Nobody] {
            let changes = changed(db, reach, &format!("{same} where {}", of(other))).await;
            assert!(refused(&changes), "{name}: {changes:?}");
            let gone = changed(db, reach, &format!("delete from {name} where {}", of(other))).await;
            assert!(refused(&gone), "{name}: {gone:?}");
        }
        // A row of one's own is not given away, and a row is not put among another's.
        let given = changed(
            db,
            own,
            &format!("update {name} set organization_id = '{}'", other.uuid()),
        )
        .await;
        assert!(given.is_err(), "{name}: {given:?}");
        let columns: Vec<&str> = tables[name].names().collect();
        let values = columns.iter().map(|column| match *column {
            "organization_id" => format!("'{}'", other.uuid()),
            column => column.to_owned(),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let planted = format!(
            "insert into {name} ({}) select {values} from {name} limit 1",
            columns.join(", ")
        );
        for planted in [planted.clone(), format!("{planted} on conflict do nothing")] {
            let outcome = changed(db, own, &planted).await;
            // A trigger that keeps references at home may come first.
            let walls = ["row-level security", "a reference leaves its organization"];
            let refused = |error: &String| walls.iter().any(|wall| error.contains(wall));
            assert!(outcome.as_ref().is_err_and(refused), "{name}: {outcome:?}");
        }
    }
}

/// What a request does that does not end well: it fails, its caller leaves, or it panics.
async fn interrupted(db: Db, reach: Reach, how: usize) {
    let mut tx = db.begin(reach).await.unwrap();
    match how {
        0 => assert!(number(&mut tx, "select 1 / 0").await.is_err()),
        1 => {
            let slow = number(&mut tx, "select count(pg_sleep(0.03))");
            assert!(tokio::time::timeout(Duration::from_millis(1), slow).await.is_err());
        }
        _ => {
            let mut tasks = JoinSet::new();
            tasks.spawn(async move {
                let _held = tx;
                panic!("on purpose");
            });
            assert!(tasks.join_next().await.unwrap().is_err());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reach_ends_with_its_transaction() {
    let test = TestDb::postgres().await;
    let db = test.db.with_connections(2).await;
    let tenants: Vec<OrganizationId> = (0..50).map(|_| Clock::system().new_id()).collect();
    for (n, tenant) in tenants.iter().enumerate() {
        let id = tenant.uuid();
        let mut tx = db.begin(*tenant).await.unwrap();
        let Ready::Postgres(conn, _) = raw_conn(&mut tx).await else {
            panic!("not PostgreSQL")
        };
        let organization = format!(
            "with one as (insert into organization (id, name, slug, contact_email, colour, created_at, updated_at)
                values ('{id}', 'Office {n}', 'office-{n}', 'a@example.com', '#000000', now(), now()) returning id)
             insert into tally (organization_id, what, day, n) select '{id}', 'lead', '2026-05-04', {} from one",
            n + 1
        );
        // A row that refers to another of the same statement is checked at its end.
        sqlx::query(AssertSqlSafe(organization)).execute(conn).await.unwrap();
        tx.commit().await.unwrap();
    }
    let requests = cases(1_000, 10_000);
    let mut running = JoinSet::new();
    for request in 0..requests {
        let (db, n) = (db.clone(), request % tenants.len());
        let reach = Reach::Tenant(tenants[n]);
        running.spawn(async move {
            if request % 10 == 0 {
                return interrupted(db, reach, request / 10 % 3).await;
            }
            let sql = "select coalesce(sum(n), 0)::bigint from tally";
            let mut tx = db.read(reach).await.unwrap();
            assert_eq!(number(&mut tx, sql).await.unwrap(), n as i64 + 1);
            drop(tx);
            if request % 7 == 0 {
                assert_eq!(asked(&db, Reach::Nobody, sql).await, 0);
            }
        });
        if running.len() >= 16 {
            running.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn a_role_that_passes_the_walls_is_refused() {
    let Ok(server) = std::env::var("PORCHLIGHT_TEST_POSTGRES_SUPERUSER") else {
        // Only a private server of scripts/with-postgres gives one away.
        return;
    };
    let db = Db::open(&server, None).await.unwrap();
    assert!(matches!(db.must_have_walls().await, Err(DbError::NoWalls { .. })));
}
