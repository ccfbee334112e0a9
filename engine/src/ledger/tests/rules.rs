//! What the database and the rules refuse.

use chrono::TimeDelta;
use domain::{id::HoldId, ledger::MoveKind};
use sqlx::AssertSqlSafe;

use super::*;
use crate::{
    db::{
        Ready,
        testing::raw_conn,
        testing::{TestDb, on_every_db},
    },
    ledger,
    testing::World,
};

on_every_db!(
    a_hold_gives_back_what_was_not_captured,
    a_hold_is_resolved_exactly_once,
    the_history_leaves_out_what_was_held_for_a_moment,
    holds_expire_never_early_and_not_late,
    amounts_at_the_edges_are_refused,
    entries_cannot_be_changed,
    unbalanced_rows_cannot_be_written,
    a_bot_and_its_charge_come_together,
);

async fn a_hold_gives_back_what_was_not_captured(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    for captured in [0, 1, 4_999, 5_000] {
        let (before, id) = (standing(&call).await.0, HoldId::from(uuid::Uuid::new_v4()));
        run(&call, hold(id, 5_000)).await.unwrap();
        assert_eq!(standing(&call).await, (before - 5_000, 5_000));
        run(
            &call,
            Action::Capture {
                hold: id,
                amount: credits(captured),
            },
        )
        .await
        .unwrap();
        assert_eq!(standing(&call).await, (before - captured, 0));
    }
    let id = HoldId::from(uuid::Uuid::new_v4());
    run(&call, hold(id, 5_000)).await.unwrap();
    for too_much in [5_001, i64::MAX, -1] {
        let refused = run(
            &call,
            Action::Capture {
                hold: id,
                amount: credits(too_much),
            },
        )
        .await;
        assert!(matches!(refused, Err(LedgerError::OverCapture)), "{too_much}");
    }
    assert_eq!(standing(&call).await.1, 5_000);
    assert_sound(&world.engine).await;
}

async fn a_hold_is_resolved_exactly_once(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let id = HoldId::from(uuid::Uuid::new_v4());
    run(&call, hold(id, 2_000)).await.unwrap();
    run(&call, Action::Void { hold: id }).await.unwrap();
    let before = standing(&call).await;
    for late in [
        Action::Void { hold: id },
        Action::Capture {
            hold: id,
            amount: credits(1),
        },
        Action::Expire { hold: id },
    ] {
        assert!(matches!(run(&call, late).await, Err(LedgerError::AlreadyResolved(_))));
    }
    let unknown = HoldId::from(uuid::Uuid::new_v4());
    assert!(matches!(
        run(&call, Action::Void { hold: unknown }).await,
        Err(LedgerError::NoSuchHold)
    ));
    // Somebody else's hold is no hold at all.
    let stranger = world.realtor("Bea").await;
    let theirs = HoldId::from(uuid::Uuid::new_v4());
    run(&stranger, hold(theirs, 2_000)).await.unwrap();
    assert!(matches!(
        run(&call, Action::Void { hold: theirs }).await,
        Err(LedgerError::NoSuchHold)
    ));
    assert_eq!(standing(&call).await, before);
    assert_sound(&world.engine).await;
}

async fn the_history_leaves_out_what_was_held_for_a_moment(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let ids = [(); 3].map(|()| HoldId::from(uuid::Uuid::new_v4()));
    for (id, amount) in ids.into_iter().zip([5_000, 6_000, 7_000]) {
        run(&call, hold(id, amount)).await.unwrap();
    }
    let [charged, void, _open] = ids;
    let amount = credits(2_000);
    run(&call, Action::Capture { hold: charged, amount }).await.unwrap();
    run(&call, Action::Void { hold: void }).await.unwrap();
    let shown = ledger::history(&call, None, None).await.unwrap().items;
    let shown: Vec<(MoveKind, i64)> = shown.iter().map(|row| (row.kind, row.amount.as_milli())).collect();
    assert_eq!(
        shown,
        [
            (MoveKind::Capture, 2_000),
            (MoveKind::Hold, 7_000),
            (MoveKind::Grant, 1_000_000)
        ]
    );
    // Page by page it is the same, and nothing is lost: every move stands in the whole list.
    let first = ledger::history(&call, None, Some(1)).await.unwrap();
    let rest = ledger::history(&call, first.next.as_deref(), Some(9)).await.unwrap();
    assert_eq!((first.items.len(), rest.items.len()), (1, 2));
    assert_eq!(ledger::transactions(&call, None, None).await.unwrap().items.len(), 7);
}

async fn holds_expire_never_early_and_not_late(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let id = HoldId::from(uuid::Uuid::new_v4());
    let before = standing(&call).await.0;
    run(&call, hold(id, 1_000)).await.unwrap();
    world
        .clock
        .advance(crate::ledger::HOLD_LIFETIME - TimeDelta::milliseconds(1));
    assert_eq!(crate::ledger::expire_due(&world.engine).await.unwrap(), 0);
    assert!(matches!(
        run(&call, Action::Expire { hold: id }).await,
        Err(LedgerError::NotDue)
    ));
    world.clock.advance(TimeDelta::milliseconds(1));
    let late = run(
        &call,
        Action::Capture {
            hold: id,
            amount: credits(1_000),
        },
    )
    .await;
    assert!(matches!(late, Err(LedgerError::HoldExpired)));
    assert_eq!(crate::ledger::expire_due(&world.engine).await.unwrap(), 1);
    assert_eq!(crate::ledger::expire_due(&world.engine).await.unwrap(), 0);
    assert_eq!(standing(&call).await, (before, 0));
    assert_sound(&world.engine).await;
}

async fn amounts_at_the_edges_are_refused(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    for bad in [0, -1, i64::MIN] {
        assert!(
            matches!(run(&call, spend(bad)).await, Err(LedgerError::NotPositive)),
            "{bad}"
        );
    }
    // The last amount that still fits, the first that does not, on each account that can grow; nothing wraps.
    let (available, _) = standing(&call).await;
    let room = i64::MAX - available;
    for too_much in [i64::MAX, room + 1] {
        assert!(
            matches!(run(&call, grant(too_much)).await, Err(LedgerError::Overflow)),
            "{too_much}"
        );
    }
    let rich = new_account(&world, i64::MAX).await;
    assert!(matches!(run(&rich, grant(1)).await, Err(LedgerError::Overflow)));
    let all = HoldId::from(uuid::Uuid::new_v4());
    run(&rich, hold(all, i64::MAX)).await.unwrap();
    assert_eq!(standing(&rich).await, (0, i64::MAX));
    let taken = Action::Capture {
        hold: all,
        amount: credits(i64::MAX),
    };
    run(&rich, taken).await.unwrap();
    assert_eq!(standing(&rich).await, (0, 0));
    assert!(matches!(run(&rich, grant(1)).await, Err(LedgerError::Overflow)));
    let short = run(&call, spend(available + 1)).await;
    assert!(matches!(short, Err(LedgerError::Insufficient { short_by }) if short_by == credits(1)));
    run(&call, spend(available)).await.unwrap();
    assert_eq!(standing(&call).await, (0, 0));
    assert_sound(&world.engine).await;
}

/// Runs raw SQL over the engine's own connection.
/// Runs a text as whoever owns the tables.
async fn raw(call: &Call, sql: String) -> Result<(), sqlx::Error> {
    let owner = call.engine().db().as_owner().await;
    let mut tx = owner.begin(call.organization()).await.unwrap();
    match raw_conn(&mut tx).await {
        Ready::Sqlite(conn, _) => sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())?,
        Ready::Postgres(conn, _) => sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())?,
    }
    tx.commit().await.unwrap();
    Ok(())
}

async fn entries_cannot_be_changed(db: TestDb) {
    let sqlite = db.db.kind() == "SQLite";
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let columns = "organization_id, id, kind, debit_account, credit_account, amount, purpose, description, price_version, created_at";
    let mut attempts = vec![
        "update ledger_entry set amount = amount + 1".to_owned(),
        "delete from ledger_entry".to_owned(),
        format!(
            "insert into ledger_entry ({columns}) select {columns} from ledger_entry where true on conflict (organization_id, id) do update set amount = 1"
        ),
    ];
    attempts.push(match sqlite {
        true => format!("insert or replace into ledger_entry ({columns}) select {columns} from ledger_entry"),
        false => "truncate ledger_entry".to_owned(),
    });
    for attempt in attempts {
        let refused = raw(&call, attempt.clone()).await.expect_err(&attempt);
        assert!(
            refused.to_string().contains("ledger entries are never"),
            "{attempt}: {refused}"
        );
    }
    assert_sound(&world.engine).await;
}

async fn unbalanced_rows_cannot_be_written(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let id = |id: uuid::Uuid| match call.engine().db().kind() {
        "SQLite" => format!("x'{}'", id.simple()),
        _ => format!("'{id}'"),
    };
    let organization = id(call.organization().uuid());
    let insert = |kind: &str, debit: &str, credit: &str, amount: &str| {
        let new = id(uuid::Uuid::new_v4());
        format!(
            "insert into ledger_entry (organization_id, id, kind, debit_account, credit_account, amount, purpose, description, price_version, created_at)
             values ({organization}, {new}, '{kind}', {debit}, {credit}, {amount}, 'x', 'x', 1, '2026-01-01T00:00:00+00:00')"
        )
    };
    raw(&call, insert("grant", "'issued'", "'available'", "1"))
        .await
        .expect("a legal row is taken");
    let bad = [
        insert("grant", "'issued'", "'available'", "0"),
        insert("grant", "'issued'", "'available'", "-5"),
        insert("grant", "null", "'available'", "5"),
        insert("spend", "'available'", "'available'", "5"),
        insert("spend", "'held'", "'issued'", "5"),
        insert("capture", "'held'", "'spent'", "5"),
        insert("grant", "'issued'", "'available'", "1.5").replace("1.5", "'a'"),
        insert("grant", "'issued'", "'available'", "5").replace(&organization, &id(uuid::Uuid::new_v4())),
    ];
    for sql in bad {
        assert!(raw(&call, sql.clone()).await.is_err(), "{sql}");
    }
    let overdraw = format!("update ledger_balance set available = -1 where organization_id = {organization}");
    assert!(raw(&call, overdraw).await.is_err());
}

async fn a_bot_and_its_charge_come_together(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let before = standing(&call).await.0;
    let form = domain::bot::PurposeForm {
        name: "Elm".into(),
        description: String::new(),
    };
    crate::bot::create(&call, &form, None).await.unwrap();
    assert_eq!(standing(&call).await.0, before - 10_000);
    run(&call, spend(before - 10_000 - 9_999)).await.unwrap();
    let refused = crate::bot::create(&call, &form, None).await.unwrap_err().into_fault();
    assert_eq!(refused.code, domain::FaultCode::InsufficientCredits);
    assert_eq!(standing(&call).await.0, 9_999);
    assert_eq!(crate::bot::list(&call, None, None).await.unwrap().items.len(), 1);
    assert_sound(&world.engine).await;
}
