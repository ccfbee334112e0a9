//! Passkeys, on both databases, with an authenticator in software.

mod device;

use chrono::TimeDelta;
use domain::{account::Credentials, security::FactorForm};

use device::{Device, PRESENT, VERIFIED};

use super::*;
use crate::{
    account::{Visitor, tests::signed_in},
    db::testing::{TestDb, on_every_db},
    testing::{PASSWORD, World, cases},
};

on_every_db!(
    a_passkey_is_a_second_factor,
    a_passkey_is_both_factors,
    an_answer_counts_once_and_for_five_minutes,
    an_answer_elsewhere_or_unverified_is_refused,
    a_copied_passkey_is_refused_and_told,
    a_removed_passkey_is_refused,
    nobody_uses_anothers_passkey,
    a_passkey_satisfies_a_server_that_asks_for_a_factor,
    guesses_are_few,
    of_two_factors_one_stays,
    passkeys_need_a_name_and_a_proof,
);

const HOME: &str = "https://porch.example";
const FROM: Client<'_> = Client {
    address: None,
    agent: "",
    device: None,
};

async fn world(db: TestDb) -> World {
    World::with(db, |config| config.public_url = HOME.into()).await
}

async fn add(person: &Person, device: &mut Device, name: &str) -> Result<Vec<String>, Error> {
    let question = begin(person).await?;
    let form = PasskeyForm {
        name: name.into(),
        credential: device.create(&question.options),
    };
    enrol(person, &question.name, &form).await
}

/// A realtor with a passkey, and its device.
async fn with_passkey(world: &World, name: &str) -> (Call, Device) {
    let (call, mut device) = (world.realtor(name).await, Device::new(HOME));
    add(&call.person(), &mut device, "Phone").await.unwrap();
    (call, device)
}

async fn halfway(world: &World, email: &str) -> (SignedIn, Halfway) {
    let credentials = Credentials {
        email: email.into(),
        password: PASSWORD.into(),
    };
    let who = crate::account::sign_in(&world.engine, &credentials, Kind::Console, &FROM)
        .await
        .unwrap();
    match who.visitor(&world.engine, None).await.unwrap() {
        Visitor::Halfway(halfway) => (who, halfway),
        Visitor::In(_) => panic!("in without a second factor"),
    }
}

fn fault<T>(outcome: Result<T, Error>) -> FaultCode {
    outcome.map(drop).unwrap_err().into_fault().code
}

async fn enter(world: &World, device: &mut Device) -> Result<SignedIn, Error> {
    let question = begin_sign_in(&world.engine).unwrap();
    sign_in(&world.engine, &question.name, &device.get(&question.options), &FROM).await
}

/// How often an action is in the log.
async fn noted(call: &Call, action: &str) -> usize {
    let page = audit::list(call, &log::Filter::default(), None, None).await.unwrap();
    page.items.iter().filter(|entry| entry.action == action).count()
}

async fn a_passkey_is_a_second_factor(db: TestDb) {
    let world = world(db).await;
    let (ana, mut device) = with_passkey(&world, "Ana").await;
    let found = factor::security(&ana).await.unwrap();
    assert_eq!((found.passkeys.len(), found.recovery_codes), (1, 10));
    assert_eq!(found.passkeys[0].name, "Phone");
    assert!(found.passkeys[0].used_at.is_none() && found.has_factor() && !found.has_totp);

    let (who, waiting) = halfway(&world, "ana@example.com").await;
    assert_eq!(waiting.needs, Needs::Code);
    assert!(who.call(&world.engine, None).await.is_err());
    world.clock.advance(TimeDelta::seconds(20));
    let question = begin_answer(&waiting).await.unwrap();
    answer(&waiting, &question.name, &device.get(&question.options), &FROM)
        .await
        .unwrap();
    let call = who.call(&world.engine, None).await.unwrap();
    let found = factor::security(&call).await.unwrap();
    assert_eq!(found.passkeys[0].used_at, Some(world.clock.now()));
    // It proves again, too, in place of the password.
    world.clock.advance(domain::security::PROVED_FOR);
    let call = who.call(&world.engine, None).await.unwrap();
    assert!(!call.has_proved());
    let by_password = domain::security::ProofForm {
        password: PASSWORD.into(),
        code: String::new(),
    };
    assert!(factor::prove_again(&call, &by_password, &FROM).await.is_err());
    let question = begin_proof(&call.person()).await.unwrap();
    prove_again(&call, &question.name, &device.get(&question.options), &FROM)
        .await
        .unwrap();
    let call = who.call(&world.engine, None).await.unwrap();
    assert!(call.has_proved());
    assert_eq!(noted(&call, log::PASSKEY_ADDED).await, 1);
}

async fn a_passkey_is_both_factors(db: TestDb) {
    let world = world(db).await;
    let (ana, mut device) = with_passkey(&world, "Ana").await;
    let who = enter(&world, &mut device).await.unwrap();
    let call = who.call(&world.engine, None).await.unwrap();
    assert_eq!(
        (call.account(), call.organization()),
        (ana.account(), ana.organization())
    );
    assert!(call.has_proved());
    assert_eq!(noted(&call, log::SIGNED_IN).await, 1);
    // One that counts nothing signs in again and again.
    let mut still = Device::new(HOME);
    add(&call.person(), &mut still, "Cloud").await.unwrap();
    still.counts = false;
    for _ in 0..2 {
        enter(&world, &mut still).await.unwrap();
    }
}

async fn an_answer_counts_once_and_for_five_minutes(db: TestDb) {
    let world = world(db).await;
    let (ana, mut device) = with_passkey(&world, "Ana").await;
    let question = begin_sign_in(&world.engine).unwrap();
    let shown = device.get(&question.options);
    let both = tokio::join!(
        sign_in(&world.engine, &question.name, &shown, &FROM),
        sign_in(&world.engine, &question.name, &shown, &FROM)
    );
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|won| **won).count(), 1);
    assert_eq!(
        fault(sign_in(&world.engine, &question.name, &shown, &FROM).await),
        FaultCode::Invalid
    );
    // To another question it is no answer either.
    let other = begin_sign_in(&world.engine).unwrap();
    assert!(sign_in(&world.engine, &other.name, &shown, &FROM).await.is_err());
    // Nor is one to a question of another kind, or of another session.
    let proof = begin_proof(&ana.person()).await.unwrap();
    assert!(
        sign_in(&world.engine, &proof.name, &device.get(&proof.options), &FROM)
            .await
            .is_err()
    );
    let (_, waiting) = halfway(&world, "ana@example.com").await;
    let proof = begin_proof(&ana.person()).await.unwrap();
    assert!(
        answer(&waiting, &proof.name, &device.get(&proof.options), &FROM)
            .await
            .is_err()
    );

    let late = begin_sign_in(&world.engine).unwrap();
    let in_time = begin_sign_in(&world.engine).unwrap();
    let (first, second) = (device.get(&in_time.options), device.get(&late.options));
    world.clock.advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
    sign_in(&world.engine, &in_time.name, &first, &FROM).await.unwrap();
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        fault(sign_in(&world.engine, &late.name, &second, &FROM).await),
        FaultCode::Invalid
    );
    let call = enter(&world, &mut device)
        .await
        .unwrap()
        .call(&world.engine, None)
        .await
        .unwrap();
    let enrolment = begin(&call.person()).await.unwrap();
    world.clock.advance(TimeDelta::minutes(4));
    let form = PasskeyForm {
        name: "Late".into(),
        credential: Device::new(HOME).create(&enrolment.options),
    };
    world.clock.advance(TimeDelta::minutes(1));
    let proof = begin_proof(&call.person()).await.unwrap();
    prove_again(&call, &proof.name, &device.get(&proof.options), &FROM)
        .await
        .unwrap();
    let call = call.person().signed_in().call(&world.engine, None).await.unwrap();
    assert_eq!(
        fault(enrol(&call.person(), &enrolment.name, &form).await),
        FaultCode::Invalid
    );
}

async fn an_answer_elsewhere_or_unverified_is_refused(db: TestDb) {
    let world = world(db).await;
    let (ana, mut device) = with_passkey(&world, "Ana").await;
    type Twist = fn(&mut Device);
    let twists: [Twist; 6] = [
        |it| it.origin = "https://porch.example.evil.test".into(),
        |it| it.origin = "http://porch.example".into(),
        |it| it.origin = "https://sub.porch.example".into(),
        |it| it.rp = "evil.test".into(),
        |it| it.flags = PRESENT,
        |it| it.flags = VERIFIED,
    ];
    for (at, twist) in twists.into_iter().enumerate() {
        world.engine.attempts().forget(Guess::Code(ana.account().uuid()));
        let mut bent = device.clone();
        bent.count += 100;
        twist(&mut bent);
        assert_eq!(fault(enter(&world, &mut bent).await), FaultCode::Invalid, "twist {at}");
        let question = begin_proof(&ana.person()).await.unwrap();
        let shown = bent.get(&question.options);
        assert_eq!(
            fault(prove_again(&ana, &question.name, &shown, &FROM).await),
            FaultCode::Invalid,
            "twist {at}"
        );
        let mut fresh = Device::new(HOME);
        twist(&mut fresh);
        assert_eq!(
            fault(add(&ana.person(), &mut fresh, "Bent").await),
            FaultCode::Invalid,
            "twist {at}"
        );
        let again = signed_in_again(&world, &mut device).await;
        assert_eq!(factor::security(&again).await.unwrap().passkeys.len(), 1);
    }
    // A signature by another key, under the right name.
    let mut forged = Device::new(HOME);
    (forged.id, forged.user, forged.count) = (device.id, device.user.clone(), device.count + 50);
    assert_eq!(fault(enter(&world, &mut forged).await), FaultCode::Invalid);
}

async fn signed_in_again(world: &World, device: &mut Device) -> Call {
    let who = enter(world, device).await.unwrap();
    who.call(&world.engine, None).await.unwrap()
}

async fn a_copied_passkey_is_refused_and_told(db: TestDb) {
    let world = world(db).await;
    let (_, mut device) = with_passkey(&world, "Ana").await;
    let mut copy = device.clone();
    for _ in 0..3 {
        enter(&world, &mut device).await.unwrap();
    }
    assert_eq!(fault(enter(&world, &mut copy).await), FaultCode::Invalid);
    let call = signed_in_again(&world, &mut device).await;
    assert_eq!(noted(&call, log::PASSKEY_DOUBTED).await, 1);
    let letter = mail::testing::newest(&world.engine, &"ana@example.com".parse().unwrap())
        .await
        .unwrap();
    assert!(letter.contains("may have been copied"), "{letter}");
}

async fn a_removed_passkey_is_refused(db: TestDb) {
    let world = world(db).await;
    let (ana, mut device) = with_passkey(&world, "Ana").await;
    let (_, waiting) = halfway(&world, "ana@example.com").await;
    let open = begin_answer(&waiting).await.unwrap();
    let alone = begin_sign_in(&world.engine).unwrap();
    let id = factor::security(&ana).await.unwrap().passkeys[0].id;
    let ben = world.realtor("Ben").await;
    assert_eq!(fault(remove(&ben, id).await), FaultCode::NotFound);
    remove(&ana, id).await.unwrap();
    assert_eq!(fault(remove(&ana, id).await), FaultCode::NotFound);
    assert_eq!(noted(&ana, log::PASSKEY_REMOVED).await, 1);
    // Also where it was asked for before.
    let shown = device.get(&open.options);
    assert_eq!(
        fault(answer(&waiting, &open.name, &shown, &FROM).await),
        FaultCode::Invalid
    );
    let shown = device.get(&alone.options);
    assert_eq!(
        fault(sign_in(&world.engine, &alone.name, &shown, &FROM).await),
        FaultCode::Invalid
    );
    assert!(begin_proof(&ana.person()).await.is_err());
    // With the last factor its recovery codes are gone, and the password is enough.
    assert_eq!(factor::security(&ana).await.unwrap().recovery_codes, 0);
    signed_in(&world, "ana@example.com").await;
}

async fn nobody_uses_anothers_passkey(db: TestDb) {
    let world = world(db).await;
    let (ana, mut anas) = with_passkey(&world, "Ana").await;
    let (ben, mut bens) = with_passkey(&world, "Ben").await;
    let (_, waiting) = halfway(&world, "ana@example.com").await;
    let question = begin_answer(&waiting).await.unwrap();
    let shown = bens.get(&question.options);
    assert_eq!(
        fault(answer(&waiting, &question.name, &shown, &FROM).await),
        FaultCode::Invalid
    );
    // A device that says it is somebody else's.
    let mut lying = bens.clone();
    lying.user = anas.user.clone();
    lying.count += 10;
    assert_eq!(fault(enter(&world, &mut lying).await), FaultCode::Invalid);
    // The same key is not enrolled twice, by anybody.
    let question = begin(&ana.person()).await.unwrap();
    let form = PasskeyForm {
        name: "Again".into(),
        credential: bens.clone().create(&question.options),
    };
    assert_eq!(
        fault(enrol(&ana.person(), &question.name, &form).await),
        FaultCode::Conflict
    );
    // An enrolment that somebody else began.
    let question = begin(&ben.person()).await.unwrap();
    let form = PasskeyForm {
        name: "Theirs".into(),
        credential: Device::new(HOME).create(&question.options),
    };
    assert_eq!(
        fault(enrol(&ana.person(), &question.name, &form).await),
        FaultCode::Invalid
    );
    assert_eq!(enter(&world, &mut anas).await.unwrap().account(), ana.account());
    assert_eq!(enter(&world, &mut bens).await.unwrap().account(), ben.account());
}

fn registration() -> domain::account::Registration {
    domain::account::Registration {
        org_name: "Ana Homes".into(),
        first_name: "Ana".into(),
        last_name: "Reyes".into(),
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
        ..domain::account::Registration::default()
    }
}

async fn a_passkey_satisfies_a_server_that_asks_for_a_factor(db: TestDb) {
    let world = World::with(db, |config| {
        config.public_url = HOME.into();
        config.require_factor = true;
    })
    .await;
    crate::account::register(&world.engine, &registration()).await.unwrap();
    let (who, waiting) = halfway(&world, "ana@example.com").await;
    assert_eq!(waiting.needs, Needs::Factor);
    let mut device = Device::new(HOME);
    let codes = add(waiting.to_enrol().unwrap(), &mut device, "Phone").await.unwrap();
    assert_eq!(codes.len(), 10);
    let call = who.call(&world.engine, None).await.unwrap();
    let id = factor::security(&call).await.unwrap().passkeys[0].id;
    assert_eq!(fault(remove(&call, id).await), FaultCode::Forbidden);
    // What their programs call with holds as they do.
    let key = domain::api_key::KeyForm {
        name: "CRM".into(),
        scopes: vec!["read".into()],
        days: 30,
    };
    let key = crate::account::api_key::create(&call, &key).await.unwrap();
    crate::account::api_key::verify(&world.engine, &key.text, true, None)
        .await
        .unwrap();
    assert_eq!(
        factor::security(&call).await.unwrap().passkeys.len(),
        1,
        "nothing was removed"
    );
    // A lost device: a recovery code lets its owner in.
    let (who, waiting) = halfway(&world, "ana@example.com").await;
    assert_eq!(waiting.needs, Needs::Code);
    let form = FactorForm { code: codes[0].clone() };
    factor::answer(&waiting, &form, &FROM).await.unwrap();
    let call = who.call(&world.engine, None).await.unwrap();
    // A second one makes no new codes; then the first may go.
    let mut other = Device::new(HOME);
    assert!(add(&call.person(), &mut other, "Key").await.unwrap().is_empty());
    remove(&call, id).await.unwrap();
    let found = factor::security(&call).await.unwrap();
    assert_eq!((found.passkeys.len(), found.recovery_codes), (1, 9));
    assert!(enter(&world, &mut device).await.is_err());
    enter(&world, &mut other).await.unwrap();
}

async fn guesses_are_few(db: TestDb) {
    let world = world(db).await;
    let (_, mut device) = with_passkey(&world, "Ana").await;
    let mut found = Vec::new();
    for _ in 0..7 {
        let mut forged = Device::new(HOME);
        (forged.id, forged.user) = (device.id, device.user.clone());
        found.push(fault(enter(&world, &mut forged).await));
    }
    assert_eq!(found[..5], [FaultCode::Invalid; 5]);
    assert_eq!(found[5..], [FaultCode::TooMany; 2]);
    assert_eq!(fault(enter(&world, &mut device).await), FaultCode::TooMany);
    world.clock.advance(TimeDelta::minutes(15));
    enter(&world, &mut device).await.unwrap();
}

async fn passkeys_need_a_name_and_a_proof(db: TestDb) {
    let db = std::sync::Arc::new(db);
    let nameless = World::sharing(&db, |_| {}).await;
    let ana = nameless.realtor("Ana").await;
    assert!(!are_possible(&nameless.engine));
    assert_eq!(fault(begin(&ana.person()).await), FaultCode::Conflict);
    assert_eq!(fault(begin_sign_in(&nameless.engine)), FaultCode::Conflict);

    let world = World::sharing(&db, |config| config.public_url = HOME.into()).await;
    let ana = signed_in(&world, "ana@example.com").await;
    for name in ["", " ", &"x".repeat(61)] {
        let refused = add(&ana.person(), &mut Device::new(HOME), name)
            .await
            .unwrap_err()
            .into_fault();
        assert!(refused.for_field("name").is_some(), "{name:?}");
    }
    for credential in ["", "{}", "null", "nonsense"] {
        let question = begin(&ana.person()).await.unwrap();
        let form = PasskeyForm {
            name: "Phone".into(),
            credential: credential.into(),
        };
        assert_eq!(
            fault(enrol(&ana.person(), &question.name, &form).await),
            FaultCode::Invalid
        );
    }
    let mut device = Device::new(HOME);
    add(&ana.person(), &mut device, "Phone").await.unwrap();
    let id = factor::security(&ana).await.unwrap().passkeys[0].id;
    let question = begin(&ana.person()).await.unwrap();
    world.clock.advance(domain::security::PROVED_FOR);
    let old = ana.person().signed_in().call(&world.engine, None).await.unwrap();
    assert_eq!(fault(begin(&old.person()).await), FaultCode::ProofNeeded);
    assert_eq!(fault(remove(&old, id).await), FaultCode::ProofNeeded);
    let form = PasskeyForm {
        name: "Another".into(),
        credential: Device::new(HOME).create(&question.options),
    };
    assert_eq!(
        fault(enrol(&old.person(), &question.name, &form).await),
        FaultCode::ProofNeeded
    );
}

/// Where everybody must have a second factor, taking both away at once leaves one.
async fn of_two_factors_one_stays(db: TestDb) {
    let world = World::with(db, |config| {
        config.public_url = HOME.into();
        config.require_factor = true;
    })
    .await;
    crate::account::register(&world.engine, &registration()).await.unwrap();
    let (who, waiting) = halfway(&world, "ana@example.com").await;
    add(waiting.to_enrol().unwrap(), &mut Device::new(HOME), "Phone")
        .await
        .unwrap();
    let ana = who.call(&world.engine, None).await.unwrap();
    for _ in 0..cases(10, 100) {
        let enrolment = factor::begin(&ana.person()).await.unwrap();
        let code = factor::code_for_test(&enrolment.secret, world.clock.now());
        factor::confirm(&ana.person(), &FactorForm { code }).await.unwrap();
        let found = factor::security(&ana).await.unwrap();
        let id = found.passkeys[0].id;
        let (app, passkey) = tokio::join!(factor::remove(&ana), remove(&ana, id));
        let stays = factor::security(&ana).await.unwrap();
        assert!(stays.has_factor(), "{app:?} {passkey:?}");
        assert!(app.is_ok() != passkey.is_ok(), "{app:?} {passkey:?}");
        if passkey.is_ok() {
            add(&ana.person(), &mut Device::new(HOME), "Phone").await.unwrap();
            factor::remove(&ana).await.unwrap();
        }
    }
}
