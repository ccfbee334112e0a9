//! Sessions, on both databases.

use domain::{account::Credentials, tenancy::MemberChange};

use super::*;
use crate::{
    account::{
        change, issue_token, sign_in,
        tests::{joined, signed_in},
        verify_token,
    },
    db::{
        Reach,
        testing::{TestDb, on_every_db},
    },
    testing::{PASSWORD, World},
};

on_every_db!(
    a_session_that_is_not_used_ends,
    use_is_noted_once_a_minute,
    a_session_ends_however_much_it_is_used,
    the_oldest_of_eleven_ends,
    everybody_ends_their_own_and_nobody_elses,
    ones_own_are_listed_while_they_live,
    signing_out_ends_cookie_and_token,
    whoever_is_switched_off_is_signed_out_everywhere,
    a_program_is_in_for_ten_minutes_at_a_time,
    what_has_ended_is_not_remembered_as_alive,
);

const SECOND: TimeDelta = TimeDelta::seconds(1);

async fn begun_as(world: &World, name: &str, kind: Kind, from: &Client<'_>) -> SignedIn {
    let credentials = Credentials {
        email: format!("{name}@example.com"),
        password: PASSWORD.into(),
    };
    sign_in(&world.engine, &credentials, kind, from).await.unwrap()
}

async fn begun(world: &World) -> SignedIn {
    begun_as(world, "ana", Kind::Console, &Client::default()).await
}

/// Whether a session lets its person in.
async fn lives(world: &World, who: SignedIn) -> bool {
    is_in(who.call(&world.engine, None).await)
}

/// The same for what a program is let in by.
async fn holds(world: &World, token: &str) -> bool {
    is_in(verify_token(&world.engine, token, None).await)
}

fn is_in(outcome: Result<Call, Error>) -> bool {
    let refused = outcome.err().map(|error| error.into_fault().code);
    assert!(matches!(refused, None | Some(FaultCode::Unauthorized)), "{refused:?}");
    refused.is_none()
}

fn not_found(outcome: Result<(), Error>) {
    assert_eq!(outcome.unwrap_err().into_fault().code, FaultCode::NotFound);
}

async fn ids(call: &Call) -> Vec<SessionId> {
    sessions(call).await.unwrap().into_iter().map(|row| row.id).collect()
}

async fn a_session_that_is_not_used_ends(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let idle = world.engine.config().session_idle;
    let (left, used) = (begun(&world).await, begun(&world).await);
    world.clock.advance(idle - SECOND);
    assert!(lives(&world, used).await);
    world.clock.advance(SECOND);
    assert!(!lives(&world, left).await, "not used for as long as that");
    assert!(lives(&world, used).await, "used a second ago");
    // What puts the end off is the use that was noted.
    world.clock.advance(idle - SECOND - SECOND);
    assert!(lives(&world, used).await);
    world.clock.advance(idle);
    for _ in 0..2 {
        assert!(!lives(&world, used).await, "and trying brings nothing back");
    }
}

async fn use_is_noted_once_a_minute(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let (who, begin) = (begun(&world).await, world.clock.now());
    let call = who.call(&world.engine, None).await.unwrap();
    let mut passed = 0;
    for (second, noted) in [
        (59, 0),
        (60, 60),
        (119, 60),
        (120, 120),
        (121, 120),
        (300, 300),
        (359, 300),
    ] {
        world.clock.advance(TimeDelta::seconds(second - passed));
        passed = second;
        assert!(lives(&world, who).await);
        let rows = sessions(&call).await.unwrap();
        let seen = rows.iter().find(|row| row.is_this).unwrap().seen_at - begin;
        assert_eq!(seen, TimeDelta::seconds(noted), "used after {second} s");
    }
    // What was not noted puts nothing off.
    let idle = world.engine.config().session_idle;
    world.clock.advance(idle - TimeDelta::seconds(59) - SECOND);
    assert_eq!(world.clock.now() - begin, idle + TimeDelta::seconds(299));
    let mut tx = world.engine.db().read(Reach::Everyone).await.unwrap();
    let standing = store::standing(&mut tx, who.organization, who.session, who.account).await;
    assert_eq!(standing.unwrap().unwrap().seen_at, begin + TimeDelta::seconds(300));
    world.clock.advance(SECOND);
    assert!(!lives(&world, who).await);
}

async fn a_session_ends_however_much_it_is_used(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let who = begun(&world).await;
    let half_an_hour = TimeDelta::minutes(30);
    let times = world.engine.config().session_life.num_minutes() / half_an_hour.num_minutes();
    for _ in 1..times {
        world.clock.advance(half_an_hour);
        assert!(lives(&world, who).await);
    }
    let later = begun(&world).await;
    world.clock.advance(half_an_hour - SECOND);
    let token = issue_token(&world.engine, who).unwrap();
    assert!(lives(&world, who).await && holds(&world, &token).await);
    let call = later.call(&world.engine, None).await.unwrap();
    assert_eq!(ids(&call).await, [later.session, who.session]);
    world.clock.advance(SECOND);
    assert!(!lives(&world, who).await && !holds(&world, &token).await);
    assert_eq!(ids(&call).await, [later.session]);
    assert!(lives(&world, later).await);
    // It is no longer kept, either.
    let rows = delete_ended(&world.engine).await.unwrap();
    assert!(rows >= 1);
    assert_eq!(delete_ended(&world.engine).await.unwrap(), 0);
    assert!(lives(&world, later).await);
}

async fn the_oldest_of_eleven_ends(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    end_session(&ana, ana.scope.session).await.unwrap();
    let mut all = Vec::new();
    for _ in 0..10 {
        all.push(begun(&world).await);
    }
    let program = begun_as(&world, "ana", Kind::Program, &Client::default()).await;
    assert!(lives(&world, all[0]).await, "a program takes no browser's place");
    all.push(begun(&world).await);
    assert!(!lives(&world, all[0]).await, "the oldest");
    for who in &all[1..] {
        assert!(lives(&world, *who).await);
    }
    assert!(lives(&world, program).await);
    assert_eq!(ids(&ana).await.len(), 11);
    assert_eq!(ids(&ben).await, [ben.scope.session], "others have theirs");
}

async fn everybody_ends_their_own_and_nobody_elses(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let cy = joined(&ana, "cy@example.com", Role::Admin).await;
    let (bens, here) = (ben.person().signed_in(), ana.person().signed_in());
    let (there, phone) = (begun(&world).await, begun(&world).await);
    let program = begun_as(&world, "ana", Kind::Program, &Client::default()).await;
    for strange in [cy.session, bens.session, world.clock.new_id()] {
        not_found(end_session(&ana, strange).await);
    }
    for (stranger, id) in [(&ben, here.session), (&ben, cy.session)] {
        not_found(end_session(stranger, id).await);
    }
    let colleague = cy.call(&world.engine, None).await.unwrap();
    not_found(end_session(&colleague, here.session).await);

    end_session(&ana, there.session).await.unwrap();
    assert!(!lives(&world, there).await);
    not_found(end_session(&ana, there.session).await);
    for who in [here, phone, program, cy, bens] {
        assert!(lives(&world, who).await);
    }
    assert_eq!(end_other_sessions(&ana).await.unwrap(), 2);
    assert!(!lives(&world, phone).await && !lives(&world, program).await);
    assert_eq!(end_other_sessions(&ana).await.unwrap(), 0);
    for who in [here, cy, bens] {
        assert!(lives(&world, who).await);
    }
    // The one that asks is one's own, too.
    end_session(&ana, here.session).await.unwrap();
    assert!(!lives(&world, here).await);
}

async fn ones_own_are_listed_while_they_live(db: TestDb) {
    let world = World::new(db).await;
    let (ana, idle) = (world.realtor("Ana").await, world.engine.config().session_idle);
    joined(&ana, "cy@example.com", Role::Realtor).await;
    let begin = world.clock.now();
    let program = begun_as(&world, "ana", Kind::Program, &Client::default()).await;
    world.clock.advance(idle - SECOND);
    let from = Client {
        address: "2001:db8::7".parse().ok(),
        agent: &format!("Mozilla/5.0\r\n{}", "é".repeat(300)),
        device: None,
    };
    let who = begun_as(&world, "ana", Kind::Console, &from).await;
    let call = who.call(&world.engine, None).await.unwrap();
    let rows = sessions(&call).await.unwrap();
    let expected = SessionRow {
        id: who.session,
        is_program: false,
        agent: format!("Mozilla/5.0{}", "é".repeat(AGENT_MAX - 11)),
        address: Some("2001:db8::7".into()),
        created_at: world.clock.now(),
        seen_at: world.clock.now(),
        is_this: true,
    };
    assert_eq!(rows[0], expected, "the one that was used last");
    let others = [program.session, ana.scope.session];
    assert_eq!(rows[1..].iter().map(|row| row.id).collect::<Vec<_>>(), others);
    assert!(rows[1..].iter().all(|row| !row.is_this && row.seen_at == begin));
    assert_eq!(
        rows.iter().map(|row| row.is_program).collect::<Vec<_>>(),
        [false, true, false]
    );
    world.clock.advance(SECOND);
    assert_eq!(ids(&call).await, [who.session, program.session], "idle for too long");
    assert!(!lives(&world, ana.person().signed_in()).await);
    assert!(lives(&world, program).await);
    assert_eq!(ids(&call).await, [program.session, who.session], "by their last use");
    end_session(&call, program.session).await.unwrap();
    assert_eq!(ids(&call).await, [who.session]);
}

async fn signing_out_ends_cookie_and_token(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    for kind in [Kind::Console, Kind::Program] {
        let who = begun_as(&world, "ana", kind, &Client::default()).await;
        let other = begun_as(&world, "ana", kind, &Client::default()).await;
        let token = issue_token(&world.engine, who).unwrap();
        assert!(lives(&world, who).await && holds(&world, &token).await);
        for _ in 0..2 {
            sign_out(&world.engine, who, &Client::default()).await.unwrap();
            assert!(!lives(&world, who).await && !holds(&world, &token).await);
        }
        assert!(lives(&world, other).await && lives(&world, ana.person().signed_in()).await);
    }
}

async fn whoever_is_switched_off_is_signed_out_everywhere(db: TestDb) {
    let world = World::new(db).await;
    let (owner, engine) = (world.realtor("Ana").await, &world.engine);
    let first = joined(&owner, "cy@example.com", Role::Realtor).await;
    let credentials = Credentials {
        email: "cy@example.com".into(),
        password: "a lane with old trees".into(),
    };
    let enter = async |kind| sign_in(engine, &credentials, kind, &Client::default()).await.unwrap();
    let theirs = [first, enter(Kind::Console).await, enter(Kind::Program).await];
    let tokens = theirs.map(|who| issue_token(engine, who).unwrap());
    for (who, token) in theirs.iter().zip(&tokens) {
        assert!(lives(&world, *who).await && holds(&world, token).await);
    }
    for active in [false, true] {
        let switch = MemberChange {
            is_active: Some(active),
            ..MemberChange::default()
        };
        change(&owner, first.account, switch).await.unwrap();
        for (who, token) in theirs.iter().zip(&tokens) {
            assert!(!lives(&world, *who).await && !holds(&world, token).await, "{active}");
        }
        assert!(lives(&world, owner.person().signed_in()).await);
    }
    let back = enter(Kind::Console).await;
    let call = back.call(engine, None).await.unwrap();
    assert_eq!(ids(&call).await, [back.session]);
}

async fn a_program_is_in_for_ten_minutes_at_a_time(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let who = begun_as(&world, "ana", Kind::Program, &Client::default()).await;
    let token = issue_token(&world.engine, who).unwrap();
    world.clock.advance(TimeDelta::minutes(10) - SECOND);
    assert!(holds(&world, &token).await);
    world.clock.advance(SECOND);
    assert!(!holds(&world, &token).await);
    // Its session goes on, used or not, until it cannot be renewed any more.
    world
        .clock
        .advance(TimeDelta::days(30) - TimeDelta::minutes(10) - SECOND);
    let token = issue_token(&world.engine, who).unwrap();
    assert!(lives(&world, who).await && holds(&world, &token).await);
    let ana = signed_in(&world, "ana@example.com").await;
    assert!(ids(&ana).await.contains(&who.session));
    world.clock.advance(SECOND);
    assert!(!lives(&world, who).await && !holds(&world, &token).await);
    assert_eq!(ids(&ana).await, [ana.scope.session]);
}

/// A request that was let in before the session was ended, and notes only afterwards that it is used.
async fn what_has_ended_is_not_remembered_as_alive(db: TestDb) {
    let world = World::new(db).await;
    let (ana, engine) = (world.realtor("Ana").await, &world.engine);
    let who = begun(&world).await;
    world.clock.advance(NOTED_EVERY);
    let changes = engine.db().changes().so_far();
    let mut tx = engine.db().read(Reach::Everyone).await.unwrap();
    let standing = store::standing(&mut tx, who.organization, who.session, who.account).await;
    drop(tx);
    end_session(&ana, who.session).await.unwrap();
    let found = (changes, standing.unwrap().unwrap());
    who.touch(engine, found, world.clock.now()).await.unwrap();
    assert!(!lives(&world, who).await);
}
