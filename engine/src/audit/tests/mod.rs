//! The log, on both databases.

use chrono::TimeDelta;
use futures::{TryStreamExt, future::join_all};
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::{verify::Break, *};
use crate::{
    db::{
        Reach, Ready,
        testing::{TestDb, on_every_db, raw_conn},
    },
    testing::World,
};

mod changes;
mod own;
mod people;
mod reading;
mod tampering;

on_every_db!(
    entries_at_once_are_one_chain,
    nobody_changes_an_entry,
    what_is_taken_back_was_never_noted,
);

/// Notes something without changing anything.
async fn entry(call: &Call, name: &str) {
    let mut tx = call.engine().db().begin(call.organization()).await.unwrap();
    let target = Target {
        kind: "bot",
        id: Some(Uuid::from_u128(7)),
        name: name.into(),
    };
    let event = Event {
        action: domain::audit::BOT_PAUSED,
        target: Some(target),
        before: Some(json!({ "status": "active", "a": 1 })),
        after: Some(json!({ "status": "inactive" })),
    };
    note(&mut tx, call, event).await.unwrap();
    tx.commit().await.unwrap();
}

/// Runs texts in one transaction, as whoever owns the tables; the error of the first that fails.
async fn run(engine: &Engine, texts: &[&str]) -> Result<(), String> {
    let mut tx = engine.db().as_owner().await.begin(Reach::Everyone).await.unwrap();
    for text in texts {
        let text = AssertSqlSafe((*text).to_owned());
        let done = match raw_conn(&mut tx).await {
            Ready::Sqlite(conn, _) => sqlx::query(text).execute(conn).await.map(|done| done.rows_affected()),
            Ready::Postgres(conn, _) => sqlx::query(text).execute(conn).await.map(|done| done.rows_affected()),
        };
        done.map_err(|error| error.to_string())?;
    }
    tx.commit().await.map_err(|error| error.to_string())
}

/// All that an export holds, newest first.
async fn exported(call: &Call, filter: Filter) -> Vec<Entry> {
    let pages: Vec<Vec<Entry>> = export(call, filter).await.unwrap().try_collect().await.unwrap();
    pages.concat()
}

fn is_sqlite(engine: &Engine) -> bool {
    engine.db().kind() == "SQLite"
}

/// What keeps entries from being changed is gone, as for somebody who owns the database.
async fn unlock(engine: &Engine) {
    let texts: &[&str] = match is_sqlite(engine) {
        true => &[
            "drop trigger audit_entry_no_update",
            "drop trigger audit_entry_no_delete",
            "drop trigger audit_head_only_forward",
            "drop trigger audit_head_no_delete",
        ],
        false => &[
            "drop trigger audit_entry_no_change on audit_entry",
            "drop trigger audit_head_only_forward on audit_head",
            "drop trigger audit_head_no_delete on audit_head",
        ],
    };
    run(engine, texts).await.unwrap();
}

fn literal(engine: &Engine, id: Uuid) -> String {
    match is_sqlite(engine) {
        true => format!("x'{}'", id.simple()),
        false => format!("'{id}'::uuid"),
    }
}

fn bytes(engine: &Engine, byte: u8) -> String {
    let hex = format!("{byte:02x}").repeat(32);
    match is_sqlite(engine) {
        true => format!("x'{hex}'"),
        false => format!("'\\x{hex}'::bytea"),
    }
}

/// Two organizations with five entries each.
async fn world(db: TestDb) -> (World, Call, Call) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    for n in 1..=5 {
        entry(&ana, &format!("Elm {n}")).await;
        entry(&ben, &format!("Oak {n}")).await;
        world.clock.advance(TimeDelta::microseconds(1));
    }
    let found = verify(&world.engine).await.unwrap();
    assert_eq!((found.organizations, found.entries, found.broken), (2, 10, Vec::new()));
    (world, ana, ben)
}

/// Where Ana's chain breaks; Ben's is whole.
async fn broken(world: &World, ana: &Call) -> Option<(i64, Break)> {
    let found = verify(&world.engine).await.unwrap();
    let [broken] = found.broken.as_slice() else {
        assert_eq!(found.broken, []);
        return None;
    };
    assert_eq!(broken.organization, ana.organization());
    let told = found.to_string();
    let place = format!("Organization {}, entry {}: ", ana.organization(), broken.seq);
    assert!(told.contains(&place) && told.contains("1 log is broken"), "{told}");
    // What is good before the break is counted, and all of Ben's.
    let good = match broken.what {
        Break::BehindHead | Break::HeadHash => broken.seq,
        _ => broken.seq - 1,
    };
    assert_eq!(found.entries, 5 + good.unsigned_abs(), "{told}");
    Some((broken.seq, broken.what))
}

async fn entries_at_once_are_one_chain(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let names: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let writes = names.iter().map(|name| entry(&ana, name));
    tokio::join!(join_all(writes), entry(&ben, "Oak"));
    let found = verify(&world.engine).await.unwrap();
    assert_eq!((found.organizations, found.entries, found.broken), (2, 51, Vec::new()));
    let all = exported(&ana, Filter::default()).await;
    let seqs: Vec<i64> = all.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=51).rev().collect::<Vec<_>>());
    let mut noted: Vec<&str> = all.iter().filter_map(|e| e.target_name.as_deref()).collect();
    noted.sort_unstable_by_key(|name| name.parse::<u8>().unwrap());
    assert_eq!(noted, names);
}

async fn nobody_changes_an_entry(db: TestDb) {
    let (world, ana, _) = world(db).await;
    let mut tried = vec![
        "update audit_entry set actor_name = 'x'",
        "update audit_entry set seq = seq + 100",
        "delete from audit_entry",
        "update audit_head set seq = seq - 1",
        "delete from audit_head",
    ];
    if !is_sqlite(&world.engine) {
        tried.extend(["truncate audit_entry", "truncate audit_head cascade"]);
    }
    for text in tried {
        let refused = run(&world.engine, &[text]).await.unwrap_err();
        assert!(refused.contains("never"), "{text}: {refused}");
    }
    assert_eq!(broken(&world, &ana).await, None);
    entry(&ana, "Elm 6").await;
    assert_eq!(verify(&world.engine).await.unwrap().entries, 11);
}

async fn what_is_taken_back_was_never_noted(db: TestDb) {
    let (world, ana, _) = world(db).await;
    let event = || Event {
        action: domain::audit::SIGNED_OUT,
        target: None,
        before: None,
        after: None,
    };
    let mut tx = world.engine.db().begin(Reach::Everyone).await.unwrap();
    note(&mut tx, &ana, event()).await.unwrap();
    note(&mut tx, &ana, event()).await.unwrap();
    drop(tx);
    assert_eq!(verify(&world.engine).await.unwrap().entries, 10);
    // Nor is its number: the next entry has it.
    let mut tx = world.engine.db().begin(Reach::Everyone).await.unwrap();
    note(&mut tx, &ana, event()).await.unwrap();
    note(&mut tx, &ana, event()).await.unwrap();
    tx.commit().await.unwrap();
    let page = list(&ana, &Filter::default(), None, Some(2)).await.unwrap();
    assert_eq!(page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [7, 6]);
    assert_eq!(
        (page.items[0].target_kind.as_ref(), page.items[0].target_name.as_ref()),
        (None, None)
    );
    assert_eq!(verify(&world.engine).await.unwrap().entries, 12);
}
