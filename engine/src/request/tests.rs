use chrono::TimeDelta;
use domain::{FaultCode, listing::PropertyForm};

use super::*;
use crate::{
    db::testing::{TestDb, on_every_db},
    listing,
    testing::World,
};

on_every_db!(
    one_attempt_at_a_time,
    what_was_slow_cannot_commit_when_another_has_begun,
    an_answer_that_was_lost_is_owned_up_to,
    answers_are_sealed_and_kept_for_a_day,
    keys_are_each_members_own,
);

const fn keyed(hash: u8) -> Keyed<'static> {
    Keyed {
        route: "POST /properties",
        key: "order-1",
        hash: [hash; 32],
    }
}

async fn begun(call: &Call, hash: u8) -> Call {
    match begin(call, keyed(hash)).await.unwrap() {
        Begun::Anew(call) => call,
        Begun::Before(answer) => panic!("answered before: {answer:?}"),
    }
}

async fn refused(call: &Call, hash: u8) -> Fault {
    begin(call, keyed(hash)).await.unwrap_err().into_fault()
}

/// Adds a property, as a handler does.
async fn add(call: &Call) -> Result<(), Error> {
    let form = PropertyForm {
        address: "12 Elm Street".into(),
        city: "Springfield".into(),
        state: "IL".into(),
        zip_code: "62704".into(),
        ..PropertyForm::default()
    };
    listing::create(call, &form, None).await.map(|_| ())
}

async fn count(call: &Call) -> usize {
    listing::list(call, None, None, None).await.unwrap().items.len()
}

fn answer() -> Answer {
    Answer {
        status: 201,
        headers: vec![("content-type".into(), "application/json".into())],
        body: r#"{"secret":"whsec_plain"}"#.into(),
    }
}

async fn one_attempt_at_a_time(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let first = begun(&ana, 1).await;
    let busy = refused(&ana, 1).await;
    assert_eq!((busy.code, busy.retry_after), (FaultCode::Conflict, Some(61)));
    assert_eq!(refused(&ana, 2).await.code, FaultCode::KeyReused);
    // What had no effect gives the key back, also to another request.
    end(&first, None).await.unwrap();
    let second = begun(&ana, 2).await;
    // A success without an effect is no reason to keep anything.
    end(&second, Some(&answer())).await.unwrap();
    begun(&ana, 3).await;
}

async fn what_was_slow_cannot_commit_when_another_has_begun(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let slow = begun(&ana, 1).await;
    world.clock.advance(LEASE);
    let quick = begun(&ana, 1).await;
    assert!(add(&slow).await.is_err());
    assert_eq!(count(&ana).await, 0);
    add(&quick).await.unwrap();
    // Ending the slow one does nothing to the other.
    end(&slow, Some(&answer())).await.unwrap();
    assert_eq!(refused(&ana, 1).await.code, FaultCode::Conflict);
    end(&quick, Some(&answer())).await.unwrap();
    assert!(matches!(begin(&ana, keyed(1)).await.unwrap(), Begun::Before(found) if found == answer()));
    assert!(add(&slow).await.is_err() && add(&quick).await.is_err());
    assert_eq!(count(&ana).await, 1);
}

async fn an_answer_that_was_lost_is_owned_up_to(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    // As a process that dies between the two commits leaves it.
    add(&begun(&ana, 1).await).await.unwrap();
    assert!(refused(&ana, 1).await.message.contains("still being carried out"));
    world.clock.advance(LEASE);
    let lost = refused(&ana, 1).await;
    assert!(
        lost.code == FaultCode::Conflict && lost.message.contains("was done"),
        "{lost:?}"
    );
    assert_eq!(refused(&ana, 2).await.code, FaultCode::KeyReused);
    assert_eq!(count(&ana).await, 1);
}

async fn answers_are_sealed_and_kept_for_a_day(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let first = begun(&ana, 1).await;
    add(&first).await.unwrap();
    end(&first, Some(&answer())).await.unwrap();
    let claim = first.claim.as_ref().unwrap();
    let mut tx = world.engine.db().read(ana.organization()).await.unwrap();
    let kept = store::find(&mut tx, claim).await.unwrap().unwrap().answer.unwrap();
    drop(tx);
    assert!(!kept.windows(5).any(|part| part == b"whsec"));
    world.clock.advance(KEPT_FOR - TimeDelta::seconds(1));
    forget(&world.engine).await.unwrap();
    assert!(matches!(begin(&ana, keyed(1)).await.unwrap(), Begun::Before(_)));
    world.clock.advance(TimeDelta::seconds(1));
    let again = begun(&ana, 2).await;
    end(&again, None).await.unwrap();
    world.clock.advance(KEPT_FOR);
    forget(&world.engine).await.unwrap();
    let mut tx = world.engine.db().read(ana.organization()).await.unwrap();
    assert!(store::find(&mut tx, claim).await.unwrap().is_none());
}

async fn keys_are_each_members_own(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let (ours, theirs) = (begun(&ana, 1).await, begun(&ben, 2).await);
    assert_ne!(ours.key("bots"), theirs.key("bots"));
    let other = Keyed {
        route: "POST /webhooks",
        ..keyed(3)
    };
    assert!(matches!(begin(&ana, other).await.unwrap(), Begun::Anew(_)));
    for key in ["", "a b", "ü", &"x".repeat(256)] {
        let fault = begin(&ana, Keyed { key, ..keyed(1) }).await.unwrap_err().into_fault();
        assert_eq!(fault.fields[0].field, "idempotency_key");
    }
}
