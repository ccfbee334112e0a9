//! A caller's own key: one effect, one answer, for ever.

use super::*;
use crate::{
    db::{
        Reach,
        testing::{TestDb, on_every_db},
    },
    testing::cases,
};

on_every_db!(
    a_key_has_one_effect_and_one_answer,
    a_refusal_is_replayed_under_its_key,
    a_broken_attempt_is_not_kept,
);

async fn a_key_has_one_effect_and_one_answer(db: TestDb) {
    let world = World::new(db).await;
    let (call, stranger) = (
        new_account(&world, 1_000_000).await,
        new_account(&world, 1_000_000).await,
    );
    let key = |text: &str| ClientKey::new("test", text);
    let keys = cases(5, 100);
    for order in 0..keys {
        let before = standing(&call).await.0;
        let replays = (0..100).map(|_| {
            let (call, key) = (call.clone(), key(&format!("order-{order}")).ok());
            tokio::spawn(async move { run_keyed(&call, spend(700), key).await })
        });
        for replay in futures::future::join_all(replays).await {
            replay.unwrap().unwrap();
        }
        assert_eq!(standing(&call).await.0, before - 700, "key {order}");
    }
    let other = run_keyed(&call, spend(701), key("order-1").ok()).await;
    assert!(matches!(other, Err(LedgerError::KeyReused)));
    run_keyed(&stranger, spend(700), key("order-1").ok()).await.unwrap();
    assert_eq!(standing(&stranger).await.0, 1_000_000 - 700);
    for bad in ["", "é", "a b", &"x".repeat(256)] {
        assert!(matches!(key(bad), Err(LedgerError::BadKey)), "{bad:?}");
    }
    assert!(key(&"x".repeat(255)).is_ok());
    assert_sound(&world.engine).await;
}

async fn a_refusal_is_replayed_under_its_key(db: TestDb) {
    let world = World::new(db).await;
    let call = new_account(&world, 1_000).await;
    let key = |text: &str| ClientKey::new("test", text).ok();
    assert!(run_keyed(&call, spend(1_500), key("first")).await.is_err());
    run(&call, grant(1_000)).await.unwrap();
    let replay = run_keyed(&call, spend(1_500), key("first")).await;
    assert!(matches!(replay, Err(LedgerError::Insufficient { short_by }) if short_by == credits(500)));
    run_keyed(&call, spend(1_500), key("second")).await.unwrap();
    assert_eq!(standing(&call).await, (500, 0));
    assert_sound(&world.engine).await;
}

/// What ends before its commit leaves no answer behind: the same key may try again, and has its effect once.
async fn a_broken_attempt_is_not_kept(db: TestDb) {
    let world = World::new(db).await;
    let call = new_account(&world, 10_000).await;
    let key = || ClientKey::new("test", "order-1").unwrap();
    let engine = call.engine();
    let request = ("spend", 700);
    let once = Once::new(&call, key(), &request).unwrap();
    let mut tx = engine.db().begin(Reach::Everyone).await.unwrap();
    assert!(once.earlier::<()>(&mut tx).await.unwrap().is_none());
    let mut tx = charged(tx, engine, Move::new(call.organization(), spend(700)), Some(&once))
        .await
        .unwrap();
    once.done(&mut tx, engine.clock(), &()).await.unwrap();
    drop(tx);
    assert_eq!(standing(&call).await, (10_000, 0));
    for _ in 0..2 {
        run_keyed(&call, spend(700), Some(key())).await.unwrap();
        assert_eq!(standing(&call).await, (9_300, 0));
    }
    assert_sound(&world.engine).await;
}
