//! API keys, on both databases.

use std::sync::Arc;

use domain::{
    api_key::{DAYS_DEFAULT, KeyScope},
    security::PROVED_FOR,
    tenancy::MemberChange,
};
use futures::future::join_all;

use super::*;
use crate::{
    account::{
        change,
        tests::{joined, signed_in},
    },
    db::testing::{TestDb, on_every_db},
    testing::World,
};

on_every_db!(
    a_key_acts_as_its_member_within_its_scopes,
    another_role_holds_at_once,
    what_has_ended_opens_nothing,
    whoever_is_switched_off_has_no_keys,
    use_is_noted_once_a_minute,
    everybody_has_their_own_and_twenty_at_most,
    a_proof_is_asked_for_and_all_is_noted,
    a_member_without_the_factor_they_must_have_is_refused,
);

const SECOND: TimeDelta = TimeDelta::seconds(1);

fn form(scopes: &[KeyScope], days: i64) -> KeyForm {
    KeyForm {
        name: "CRM".into(),
        scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        days,
    }
}

async fn made(call: &Call, scopes: &[KeyScope]) -> NewKey {
    create(call, &form(scopes, DAYS_DEFAULT)).await.unwrap()
}

async fn verified(world: &World, text: &str, reads: bool) -> Result<Call, FaultCode> {
    let call = verify(&world.engine, text, reads, None).await;
    call.map_err(|error| error.into_fault().code)
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> FaultCode {
    outcome.unwrap_err().into_fault().code
}

async fn a_key_acts_as_its_member_within_its_scopes(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    for scope in KeyScope::ALL {
        let key = made(&ana, &[scope]).await;
        let found = get(&ana, key.key.id).await.unwrap();
        assert_eq!(found, key.key);
        let opened = async |action, reads| {
            let call = verified(&world, &key.text, reads).await.unwrap();
            assert_eq!(
                (call.organization(), call.account()),
                (ana.organization(), ana.account())
            );
            assert_eq!((call.role(), call.api_key()), (Role::Owner, Some(key.key.id)));
            assert_eq!(call.may(action), call.must(action).is_ok());
            call.may(action)
        };
        assert_eq!(opened(Action::Work, true).await, scope == KeyScope::Read);
        assert_eq!(opened(Action::Work, false).await, scope == KeyScope::Write);
        assert_eq!(opened(Action::SeeLeads, true).await, scope == KeyScope::Leads);
        for never in [
            Action::ManageKeys,
            Action::ManagePeople,
            Action::ExportAll,
            Action::ManageWebhooks,
        ] {
            assert!(!opened(never, true).await && !opened(never, false).await, "{never:?}");
        }
    }
    // What reads leads asks for it itself, wherever it is called from.
    let read = verified(&world, &made(&ana, &[KeyScope::Read]).await.text, true)
        .await
        .unwrap();
    assert_eq!(
        code(crate::lead::list(&read, None, None).await),
        FaultCode::LeadsScopeNeeded
    );
    assert_eq!(
        code(crate::chat::conversations(&read, false, None, None).await),
        FaultCode::LeadsScopeNeeded
    );
    let leads = verified(&world, &made(&ana, &[KeyScope::Leads]).await.text, true)
        .await
        .unwrap();
    assert!(crate::lead::list(&leads, None, None).await.is_ok());
    // Its own organization's and no other's.
    let theirs = verified(&world, &made(&ben, &[KeyScope::Read]).await.text, true)
        .await
        .unwrap();
    assert_eq!(theirs.organization(), ben.organization());
    // Neither proofs nor keys come of a key.
    assert_eq!(code(list(&read).await), FaultCode::NotForKeys);
    assert_eq!(
        code(create(&read, &form(&[KeyScope::Read], 1)).await),
        FaultCode::NotForKeys
    );
    assert_eq!(code(read.must_have_proved()), FaultCode::NotForKeys);
    assert!(!read.has_proved() && !read.person().has_proved());
}

async fn another_role_holds_at_once(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let cy = joined(&ana, "cy@example.com", Role::Admin).await;
    let call = cy.call(&world.engine, None).await.unwrap();
    let key = made(&call, &[KeyScope::Write]).await.text;
    assert!(verified(&world, &key, false).await.unwrap().may(Action::SetBrand));
    let role = MemberChange {
        role: Some(Role::Realtor),
        ..MemberChange::default()
    };
    change(&ana, cy.account(), role).await.unwrap();
    let call = verified(&world, &key, false).await.unwrap();
    assert!(call.may(Action::Work) && !call.may(Action::SetBrand));
    assert_eq!(code(call.must(Action::SetBrand)), FaultCode::Forbidden);
}

async fn what_has_ended_opens_nothing(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let short = create(&ana, &form(&[KeyScope::Read], 1)).await.unwrap();
    let (long, revoked) = (made(&ana, &[KeyScope::Read]).await, made(&ana, &[KeyScope::Read]).await);
    for key in [&short, &long, &revoked] {
        assert!(verified(&world, &key.text, true).await.is_ok());
    }
    revoke(&ana, revoked.key.id).await.unwrap();
    assert_eq!(
        verified(&world, &revoked.text, true).await.unwrap_err(),
        FaultCode::Unauthorized
    );
    assert_eq!(code(revoke(&ana, revoked.key.id).await), FaultCode::NotFound);
    assert_eq!(code(get(&ana, revoked.key.id).await), FaultCode::NotFound);
    // Another secret for a known id, another id for a known secret: rightly written, and nobody's.
    let (one, other) = (Key::read(&short.text).unwrap(), Key::read(&long.text).unwrap());
    for bent in [(one.id, other.secret), (other.id, one.secret), (one.id, [0; SECRET])] {
        let bent = Key {
            id: bent.0,
            secret: bent.1,
        };
        assert_eq!(
            verified(&world, &bent.text(), true).await.unwrap_err(),
            FaultCode::Unauthorized
        );
    }
    for bent in [&short.text[..75], "plk_", ""] {
        assert_eq!(verified(&world, bent, true).await.unwrap_err(), FaultCode::Unauthorized);
    }
    world.clock.advance(TimeDelta::days(1) - SECOND);
    assert!(verified(&world, &short.text, true).await.is_ok());
    world.clock.advance(SECOND);
    assert_eq!(
        verified(&world, &short.text, true).await.unwrap_err(),
        FaultCode::Unauthorized
    );
    assert!(verified(&world, &long.text, true).await.is_ok());
    world.clock.advance(TimeDelta::days(DAYS_DEFAULT - 1));
    assert!(verified(&world, &long.text, true).await.is_err());
    // Those that have run out are there to be seen.
    let ana = signed_in(&world, "ana@example.com").await;
    let ids: Vec<_> = list(&ana).await.unwrap().iter().map(|key| key.id).collect();
    assert_eq!(ids, [short.key.id, long.key.id]);
}

async fn whoever_is_switched_off_has_no_keys(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let cy = joined(&ana, "cy@example.com", Role::Realtor).await;
    let call = cy.call(&world.engine, None).await.unwrap();
    let (theirs, hers) = (
        made(&call, &[KeyScope::Read]).await.text,
        made(&ana, &[KeyScope::Read]).await.text,
    );
    assert!(verified(&world, &theirs, true).await.is_ok());
    for active in [false, true] {
        let switch = MemberChange {
            is_active: Some(active),
            ..MemberChange::default()
        };
        change(&ana, cy.account(), switch).await.unwrap();
        assert_eq!(
            verified(&world, &theirs, true).await.unwrap_err(),
            FaultCode::Unauthorized,
            "{active}"
        );
        assert!(verified(&world, &hers, true).await.is_ok());
    }
}

async fn use_is_noted_once_a_minute(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let key = made(&ana, &[KeyScope::Read]).await;
    let begin = world.clock.now();
    assert_eq!(get(&ana, key.key.id).await.unwrap().used_at, None);
    let mut passed = 0;
    for (second, noted) in [(0, 0), (59, 0), (60, 60), (119, 60), (120, 120), (121, 120)] {
        world.clock.advance(TimeDelta::seconds(second - passed));
        passed = second;
        verified(&world, &key.text, true).await.unwrap();
        let used = get(&ana, key.key.id).await.unwrap().used_at.unwrap() - begin;
        assert_eq!(used, TimeDelta::seconds(noted), "used after {second} s");
    }
}

async fn everybody_has_their_own_and_twenty_at_most(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let cy = joined(&ana, "cy@example.com", Role::Admin).await;
    let cy = cy.call(&world.engine, None).await.unwrap();
    let ben = world.realtor("Ben").await;
    let asked = form(&[KeyScope::Read], 1);
    let outcomes = join_all((0..KEYS_MAX + 3).map(|_| create(&ana, &asked))).await;
    let (good, bad): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (KEYS_MAX, 3));
    assert!(bad.into_iter().all(|outcome| code(outcome) == FaultCode::Conflict));
    let id = good[0].as_ref().unwrap().key.id;
    for stranger in [&cy, &ben] {
        assert_eq!(list(stranger).await.unwrap(), []);
        assert_eq!(code(get(stranger, id).await), FaultCode::NotFound);
        assert_eq!(code(revoke(stranger, id).await), FaultCode::NotFound);
        create(stranger, &asked).await.unwrap();
    }
    assert_eq!(list(&ana).await.unwrap().len(), KEYS_MAX);
    revoke(&ana, id).await.unwrap();
    create(&ana, &asked).await.unwrap();
}

async fn a_proof_is_asked_for_and_all_is_noted(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let key = made(&ana, &[KeyScope::Read, KeyScope::Write]).await;
    world.clock.advance(PROVED_FOR);
    let late = (
        create(&ana, &form(&[KeyScope::Read], 1)).await,
        revoke(&ana, key.key.id).await,
    );
    assert_eq!(
        (code(late.0), code(late.1)),
        (FaultCode::ProofNeeded, FaultCode::ProofNeeded)
    );
    let ana = signed_in(&world, "ana@example.com").await;
    revoke(&ana, key.key.id).await.unwrap();
    let filter = domain::audit::Filter {
        action: Some("api_key".into()),
        ..Default::default()
    };
    let log = audit::list(&ana, &filter, None, None).await.unwrap().items;
    let said: Vec<_> = log
        .iter()
        .map(|entry| (entry.action.as_str(), entry.target_name.as_deref(), entry.change()))
        .collect();
    let expires = key.key.expires_at.date_naive();
    let made = format!("Expires: {expires}; Scopes: read write");
    assert_eq!(
        said,
        [
            (log::API_KEY_REVOKED, Some("CRM"), String::new()),
            (log::API_KEY_CREATED, Some("CRM"), made)
        ]
    );
}

async fn a_member_without_the_factor_they_must_have_is_refused(db: TestDb) {
    let db = Arc::new(db);
    let world = World::sharing(&db, |_| {}).await;
    let key = made(&world.realtor("Ana").await, &[KeyScope::Read]).await.text;
    assert!(verified(&world, &key, true).await.is_ok());
    let strict = World::sharing(&db, |config| config.require_factor = true).await;
    assert_eq!(
        verified(&strict, &key, true).await.unwrap_err(),
        FaultCode::Unauthorized
    );
}
