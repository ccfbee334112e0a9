//! What somebody who owns the database can do to the log, and how it is found.

use super::*;

on_every_db!(every_changed_column_is_found, what_is_taken_out_or_moved_is_found);

async fn every_changed_column_is_found(db: TestDb) {
    let (world, ana, _) = world(db).await;
    let engine = &world.engine;
    unlock(engine).await;
    let id = literal(engine, ana.organization().uuid());
    let other = literal(engine, Uuid::from_u128(8));
    let later = match is_sqlite(engine) {
        true => "'2026-05-04T18:30:00.000009+00:00'",
        false => "at + interval '9 microseconds'",
    };
    let wrong = bytes(engine, 7);
    let columns: &[(&str, &str, (i64, Break))] = &[
        ("at", later, (3, Break::Hash)),
        ("actor_id", &other, (3, Break::Hash)),
        ("actor_id", "null", (3, Break::Hash)),
        ("actor_name", "'Ana Reyez'", (3, Break::Hash)),
        ("address", "'192.0.2.1'", (3, Break::Hash)),
        ("address", "''", (3, Break::Hash)),
        ("action", "'bot.published'", (3, Break::Hash)),
        ("target_kind", "'code'", (3, Break::Hash)),
        ("target_id", &other, (3, Break::Hash)),
        ("target_id", "null", (3, Break::Hash)),
        ("target_name", "'Elm 4'", (3, Break::Hash)),
        ("target_name", "null", (3, Break::Hash)),
        ("before", "'{\"a\":2,\"status\":\"active\"}'", (3, Break::Hash)),
        ("before", "'{\"a\": 1, \"status\":\"active\"}'", (3, Break::Hash)),
        ("after", "before", (3, Break::Hash)),
        ("after", "null", (3, Break::Hash)),
        ("previous", &wrong, (3, Break::Order)),
        ("hash", &wrong, (3, Break::Hash)),
        ("seq", "9", (3, Break::Missing)),
    ];
    let all = "organization_id, seq, at, actor_id, actor_name, address, action, target_kind, target_id, target_name, before, after, previous, hash";
    run(
        engine,
        &[&format!("create table kept as select {all} from audit_entry")],
    )
    .await
    .unwrap();
    for (column, value, at) in columns {
        let change = format!("update audit_entry set {column} = {value} where organization_id = {id} and seq = 3");
        run(engine, &[&change]).await.unwrap();
        assert_eq!(broken(&world, &ana).await, Some(*at), "{change}");
        let back = format!("insert into audit_entry ({all}) select {all} from kept where organization_id = {id}");
        let clear = format!("delete from audit_entry where organization_id = {id}");
        run(engine, &[&clear, &back]).await.unwrap();
        assert_eq!(broken(&world, &ana).await, None, "{change}");
    }
    let mut changed: Vec<&str> = columns.iter().map(|(column, ..)| *column).collect();
    changed.extend(["organization_id"]);
    assert!(
        all.split(", ").all(|column| changed.contains(&column)),
        "a column was not tried"
    );
    // The one that is left: an entry that goes over to another organization, which has room for it.
    let cy = literal(engine, world.realtor("Cy").await.organization().uuid());
    let open = format!(
        "insert into audit_head (organization_id, seq, hash) values ({cy}, 0, {})",
        bytes(engine, 0)
    );
    let over = format!("update audit_entry set organization_id = {cy} where organization_id = {id} and seq = 3");
    run(engine, &[&open, &over]).await.unwrap();
    let found = verify(engine).await.unwrap().broken;
    let found: Vec<_> = found.iter().map(|broken| (broken.seq, broken.what)).collect();
    assert_eq!(found, [(3, Break::Missing), (1, Break::Missing)]);
}

async fn what_is_taken_out_or_moved_is_found(db: TestDb) {
    let (world, ana, ben) = world(db).await;
    let engine = &world.engine;
    unlock(engine).await;
    let id = literal(engine, ana.organization().uuid());
    let bens = literal(engine, ben.organization().uuid());
    run(engine, &["create table kept as select * from audit_entry"])
        .await
        .unwrap();
    run(engine, &["create table head as select * from audit_head"])
        .await
        .unwrap();
    let moved =
        |from: i64, to: i64| format!("update audit_entry set seq = {to} where organization_id = {id} and seq = {from}");
    let gone = |which: &str| format!("delete from audit_entry where organization_id = {id} and seq {which}");
    let head = |set: &str| format!("update audit_head set {set} where organization_id = {id}");
    let from_ben = format!(
        "insert into audit_entry select {id}, seq, at, actor_id, actor_name, address, action, target_kind, target_id, target_name,
         before, after, previous, hash from kept where organization_id = {bens} and seq = 1"
    );
    let cases: Vec<(Vec<String>, (i64, Break))> = vec![
        (vec![gone("= 1")], (1, Break::Missing)),
        (vec![gone("= 3")], (3, Break::Missing)),
        (vec![gone("= 5")], (5, Break::Missing)),
        (vec![gone("> 2")], (3, Break::Missing)),
        (vec![gone("> 0")], (1, Break::Missing)),
        (vec![moved(2, 99), moved(3, 2), moved(99, 3)], (2, Break::Order)),
        (vec![moved(4, 99), moved(5, 4), moved(99, 5)], (4, Break::Order)),
        // Taken out, and those after it moved up.
        (
            vec![gone("= 3"), moved(4, 3), moved(5, 4), head("seq = 4")],
            (3, Break::Order),
        ),
        // Another organization's first entry in place of one's own.
        (vec![gone("= 1"), from_ben], (1, Break::Hash)),
        (vec![gone("= 5"), head("seq = 4")], (4, Break::HeadHash)),
        (vec![head("seq = 6")], (6, Break::Missing)),
        (vec![head("seq = 2")], (5, Break::BehindHead)),
        (
            vec![head(&format!("hash = {}", bytes(engine, 7)))],
            (5, Break::HeadHash),
        ),
    ];
    for (texts, at) in cases {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        run(engine, &texts).await.unwrap();
        assert_eq!(broken(&world, &ana).await, Some(at), "{texts:?}");
        let back = [
            "delete from audit_entry",
            "insert into audit_entry select * from kept",
            "update audit_head set seq = (select seq from head h where h.organization_id = audit_head.organization_id),
                hash = (select hash from head h where h.organization_id = audit_head.organization_id)",
        ];
        run(engine, &back).await.unwrap();
        assert_eq!(broken(&world, &ana).await, None, "{texts:?}");
    }
}

/// Only SQLite has columns that take what is no id and no time.
#[tokio::test]
async fn what_cannot_be_read_is_found() {
    let (world, ana, _) = world(TestDb::sqlite().await).await;
    unlock(&world.engine).await;
    let id = literal(&world.engine, ana.organization().uuid());
    for set in ["at = 'yesterday'", "actor_id = x'01'"] {
        let change = format!("update audit_entry set {set} where organization_id = {id} and seq = 4");
        run(&world.engine, &[&change]).await.unwrap();
        assert_eq!(broken(&world, &ana).await, Some((4, Break::Unreadable)), "{change}");
    }
}
