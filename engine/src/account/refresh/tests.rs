//! Families of refresh tokens, on both databases.

use domain::account::Credentials;

use super::*;
use crate::{
    account::{Kind, issue_token, sign_in, verify_token},
    db::testing::{TestDb, on_every_db},
    testing::{PASSWORD, World, cases},
};

on_every_db!(
    each_gives_the_next_for_thirty_days,
    a_lost_answer_is_given_again_once,
    a_spent_token_ends_the_family,
    many_at_once_are_one_family,
);

const FROM: Client<'_> = Client {
    address: None,
    agent: "",
    device: None,
};

async fn begun(world: &World) -> (SignedIn, String) {
    let credentials = Credentials {
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
    };
    let who = sign_in(&world.engine, &credentials, Kind::Program, &FROM)
        .await
        .unwrap();
    (who, first(&world.engine, who).await.unwrap())
}

async fn next(world: &World, token: &str) -> Option<String> {
    let outcome = refresh(&world.engine, token, &FROM).await;
    outcome.ok().map(|(_, next)| next)
}

async fn each_gives_the_next_for_thirty_days(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let (who, mut token) = begun(&world).await;
    let begun = world.clock.now();
    for hours in [1, 24, 24 * 7, 24 * 20] {
        world.clock.advance(TimeDelta::hours(hours));
        token = next(&world, &token).await.expect("renewed");
        let access = issue_token(&world.engine, who).unwrap();
        verify_token(&world.engine, &access, None).await.unwrap();
    }
    world
        .clock
        .advance(TimeDelta::days(30) - TimeDelta::seconds(1) - (world.clock.now() - begun));
    token = next(&world, &token).await.expect("alive to the last second");
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(next(&world, &token).await, None);
    let access = issue_token(&world.engine, who).unwrap();
    assert!(verify_token(&world.engine, &access, None).await.is_err());
    for strange in ["", "x", &"0".repeat(64)] {
        assert_eq!(next(&world, strange).await, None);
    }
}

async fn a_lost_answer_is_given_again_once(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let (_, token) = begun(&world).await;
    let lost = next(&world, &token).await.unwrap();
    world.clock.advance(LOST_FOR);
    let arrived = next(&world, &token).await.expect("once more");
    assert_eq!(next(&world, &token).await, None, "and no third one");
    let on = next(&world, &arrived).await.expect("the one that arrived");
    assert_eq!(
        next(&world, &lost).await,
        None,
        "the one that was lost is worth nothing now"
    );
    let on = next(&world, &on).await.expect("the family lives");
    // Of a program it is not used now: a thief was quicker than whoever holds it.
    world.clock.advance(LOST_FOR + TimeDelta::microseconds(1));
    assert_eq!(next(&world, &lost).await, None);
    assert_eq!(next(&world, &on).await, None, "the family has ended");
    let told = mail::testing::newest(&world.engine, &"ana@example.com".parse().unwrap())
        .await
        .unwrap();
    assert!(told.contains("used twice"), "{told}");
}

async fn a_spent_token_ends_the_family(db: TestDb) {
    let db = std::sync::Arc::new(db);
    // Used long ago, though nothing that followed was; just now, when what followed was used; generations ago.
    for case in 0..3 {
        let world = World::sharing(&db, |_| {}).await;
        if case == 0 {
            world.realtor("Ana").await;
        }
        let (who, token) = begun(&world).await;
        let access = issue_token(&world.engine, who).unwrap();
        let mut newest = next(&world, &token).await.unwrap();
        match case {
            0 => world.clock.advance(LOST_FOR + TimeDelta::microseconds(1)),
            1 => newest = next(&world, &newest).await.unwrap(),
            _ => {
                for _ in 0..cases(60, 4_000) {
                    newest = next(&world, &newest).await.unwrap();
                }
            }
        }
        verify_token(&world.engine, &access, None).await.unwrap();
        assert_eq!(next(&world, &token).await, None);
        assert_eq!(
            next(&world, &newest).await,
            None,
            "case {case}: the newest has ended, too"
        );
        assert!(verify_token(&world.engine, &access, None).await.is_err());
        let told = mail::testing::newest(&world.engine, &"ana@example.com".parse().unwrap())
            .await
            .unwrap();
        assert!(told.contains("used twice"), "{told}");
    }
}

async fn many_at_once_are_one_family(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let (_, mut token) = begun(&world).await;
    for _ in 0..cases(5, 50) {
        let all = (0..20).map(|_| next(&world, &token));
        let given: Vec<String> = futures::future::join_all(all).await.into_iter().flatten().collect();
        assert!((1..=2).contains(&given.len()), "{} were given", given.len());
        // Whichever is used first goes on alone.
        let on: Vec<_> = futures::future::join_all(given.iter().map(|token| next(&world, token))).await;
        let on: Vec<String> = on.into_iter().flatten().collect();
        assert_eq!(on.len(), 1);
        token = on.into_iter().next().unwrap();
    }
    next(&world, &token).await.expect("the family lives");
}
