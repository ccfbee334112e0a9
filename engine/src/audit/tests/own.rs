//! What people do with their own accounts: signing in and out, sessions, passwords, addresses, second factors.

use domain::{
    account::{Credentials, Registration},
    security::{FactorForm, PasswordForm, ProofForm, ResetForm},
    tenancy::{MemberChange, Role},
};
use totp_rs::{Builder, Secret, Totp};

use super::{
    changes::{HERE, Log, from_here, joined},
    *,
};
use crate::{
    account::{self, Client, Halfway, Kind, SignedIn, Visitor, factor},
    config::Mode,
    mail,
    testing::PASSWORD,
};

on_every_db!(
    signing_in_and_out_is_noted,
    passwords_and_addresses_are_noted,
    second_factors_are_noted,
    who_must_set_a_factor_up_is_noted_when_they_are_in,
    a_refused_sign_in_is_noted_where_somebody_guesses,
    in_production_the_first_entry_is_the_address,
);

const NEW: &str = "a lane with old trees";

fn here() -> Client<'static> {
    Client {
        address: HERE.parse().ok(),
        ..Client::default()
    }
}

async fn enter(world: &World, email: &str, password: &str, kind: Kind) -> Result<SignedIn, Error> {
    let credentials = Credentials {
        email: email.into(),
        password: password.into(),
    };
    account::sign_in(&world.engine, &credentials, kind, &here()).await
}

/// Ana signs in once more with her password, from here.
async fn again(world: &World) -> SignedIn {
    enter(world, "ana@example.com", PASSWORD, Kind::Console).await.unwrap()
}

async fn halfway(world: &World, who: SignedIn) -> Halfway {
    match who.visitor(&world.engine, HERE.parse().ok()).await.unwrap() {
        Visitor::Halfway(halfway) => halfway,
        Visitor::In(_) => panic!("in without a second factor"),
    }
}

/// Exactly these since the last time, each by Ana, from here, and of nothing but her own account.
async fn noted(log: &mut Log<'_>, actions: &[&str]) {
    let new = log.more().await;
    let found: Vec<&str> = new.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(found, actions);
    for entry in &new {
        let who = (entry.actor_id, entry.actor_name.as_str(), entry.address.as_deref());
        assert_eq!(
            who,
            (Some(log.call.account()), "Ana Reyes", Some(HERE)),
            "{}",
            entry.action
        );
        let target = (&entry.target_kind, &entry.target_id, &entry.target_name);
        assert_eq!(target, (&None, &None, &None), "{}", entry.action);
        assert_eq!((&entry.before, &entry.after), (&None, &None), "{}", entry.action);
    }
}

/// The log of a caller after what is in it so far.
async fn from_now(call: &Call) -> Log<'_> {
    let mut log = Log { call, seen: 0 };
    log.more().await;
    log
}

/// What comes behind `page` in the newest letter to Ana.
async fn secret(world: &World, page: &str) -> String {
    let letter = mail::testing::newest(&world.engine, &"ana@example.com".parse().unwrap()).await;
    let (_, rest) = letter.as_deref().unwrap().split_once(page).expect("a link");
    rest.split_whitespace().next().unwrap().to_owned()
}

fn shown(app: &Totp, world: &World) -> FactorForm {
    let now = u64::try_from(world.clock.now().timestamp()).unwrap();
    FactorForm {
        code: app.generate(now).to_string(),
    }
}

fn app_of(begun: &factor::Enrolment) -> Totp {
    let secret = Secret::try_from_base32(&begun.secret).unwrap();
    Builder::new().with_secret(secret).build_noncompliant()
}

async fn signing_in_and_out_is_noted(db: TestDb) {
    let world = World::new(db).await;
    let (ana, engine) = (from_here(&world, "Ana").await, &world.engine);
    let mut log = from_now(&ana).await;
    let first = again(&world).await;
    noted(&mut log, &["session.signed_in"]).await;
    let program = enter(&world, "ana@example.com", PASSWORD, Kind::Program).await.unwrap();
    noted(&mut log, &["session.signed_in"]).await;
    // Being in is nothing to note.
    world.clock.advance(TimeDelta::minutes(2));
    first.call(engine, None).await.unwrap();
    noted(&mut log, &[]).await;

    for who in [first, program] {
        account::sign_out(engine, who, &here()).await.unwrap();
        noted(&mut log, &["session.signed_out"]).await;
        account::sign_out(engine, who, &here()).await.unwrap();
        noted(&mut log, &[]).await;
    }
    let (one, _, _) = (again(&world).await, again(&world).await, again(&world).await);
    noted(&mut log, &["session.signed_in"; 3]).await;
    account::end_session(&ana, one.session()).await.unwrap();
    noted(&mut log, &["session.ended"]).await;
    account::end_session(&ana, one.session()).await.unwrap_err();
    noted(&mut log, &[]).await;
    assert!(account::end_other_sessions(&ana).await.unwrap() >= 2);
    noted(&mut log, &["session.ended"]).await;
    assert_eq!(account::end_other_sessions(&ana).await.unwrap(), 0);
    noted(&mut log, &[]).await;
}

async fn passwords_and_addresses_are_noted(db: TestDb) {
    let world = World::new(db).await;
    let (ana, engine) = (from_here(&world, "Ana").await, &world.engine);
    let mut log = from_now(&ana).await;
    let confirm = secret(&world, "/confirm-email/").await;
    account::verification(engine, &confirm).await.unwrap();
    noted(&mut log, &[]).await;
    account::verify_email(engine, &confirm, &here()).await.unwrap();
    noted(&mut log, &["email.verified"]).await;
    account::verify_email(engine, &confirm, &here()).await.unwrap_err();
    noted(&mut log, &[]).await;

    let form = |current: &str| PasswordForm {
        current_password: current.into(),
        password: NEW.into(),
    };
    account::change_password(&ana, &form("not the right one"), &here())
        .await
        .unwrap_err();
    noted(&mut log, &[]).await;
    account::change_password(&ana, &form(PASSWORD), &here()).await.unwrap();
    noted(&mut log, &["password.changed"]).await;

    account::send_reset(engine, "nobody@example.com".parse().unwrap(), &here())
        .await
        .unwrap();
    noted(&mut log, &[]).await;
    account::send_reset(engine, "ana@example.com".parse().unwrap(), &here())
        .await
        .unwrap();
    noted(&mut log, &["password.reset_asked"]).await;
    let link = secret(&world, "/reset/").await;
    let form = |password: &str| ResetForm {
        password: password.into(),
    };
    account::reset(engine, &link, &form("short"), &here())
        .await
        .unwrap_err();
    noted(&mut log, &[]).await;
    account::reset(engine, &link, &form(PASSWORD), &here()).await.unwrap();
    noted(&mut log, &["password.reset"]).await;
    account::reset(engine, &link, &form(NEW), &here()).await.unwrap_err();
    noted(&mut log, &[]).await;
    // What was typed, and the secrets of links, are nowhere in it.
    let all = format!("{:?}", Log { call: &ana, seen: 0 }.more().await);
    for hidden in [PASSWORD, NEW, &confirm, &link] {
        assert!(!all.contains(hidden), "{hidden}");
    }
}

async fn second_factors_are_noted(db: TestDb) {
    let world = World::new(db).await;
    let (ana, engine) = (from_here(&world, "Ana").await, &world.engine);
    let mut log = from_now(&ana).await;
    let app = app_of(&factor::begin(&ana.person()).await.unwrap());
    factor::confirm(&ana.person(), &FactorForm { code: "x".into() })
        .await
        .unwrap_err();
    noted(&mut log, &[]).await;
    let codes = factor::confirm(&ana.person(), &shown(&app, &world)).await.unwrap();
    noted(&mut log, &["factor.enrolled"]).await;

    // The password alone lets nobody in; nor does leaving there mean that somebody was.
    let who = again(&world).await;
    account::sign_out(engine, again(&world).await, &here()).await.unwrap();
    noted(&mut log, &[]).await;
    let waiting = halfway(&world, who).await;
    factor::answer(&waiting, &shown(&app, &world), &here())
        .await
        .unwrap_err();
    noted(&mut log, &[]).await;
    world.clock.advance(TimeDelta::seconds(30));
    factor::answer(&waiting, &shown(&app, &world), &here()).await.unwrap();
    noted(&mut log, &["session.signed_in"]).await;
    let call = who.call(engine, HERE.parse().ok()).await.unwrap();

    let waiting = halfway(&world, again(&world).await).await;
    let recovery = |code: &str| FactorForm { code: code.into() };
    factor::answer(&waiting, &recovery(&codes[0]), &here()).await.unwrap();
    noted(&mut log, &["factor.recovery_used", "session.signed_in"]).await;
    factor::answer(&waiting, &recovery(&codes[0]), &here())
        .await
        .unwrap_err();
    noted(&mut log, &[]).await;

    // Proving oneself again is no sign-in.
    world.clock.advance(TimeDelta::seconds(30));
    let proof = |code: &str| ProofForm {
        code: code.into(),
        ..ProofForm::default()
    };
    factor::prove_again(&call, &proof(&shown(&app, &world).code), &here())
        .await
        .unwrap();
    noted(&mut log, &[]).await;
    factor::prove_again(&call, &proof(&codes[1]), &here()).await.unwrap();
    noted(&mut log, &["factor.recovery_used"]).await;

    let new = factor::renew_codes(&call).await.unwrap();
    noted(&mut log, &["factor.recovery_renewed"]).await;
    factor::remove(&call).await.unwrap();
    noted(&mut log, &["factor.removed"]).await;
    factor::remove(&call).await.unwrap_err();
    factor::renew_codes(&call).await.unwrap_err();
    noted(&mut log, &[]).await;
    again(&world).await;
    noted(&mut log, &["session.signed_in"]).await;
    let all = format!("{:?}", Log { call: &ana, seen: 0 }.more().await);
    assert!(codes.iter().chain(&new).all(|code| !all.contains(code.as_str())));
}

fn registration() -> Registration {
    Registration {
        org_name: "Ana Homes".into(),
        first_name: "Ana".into(),
        last_name: "Reyes".into(),
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
        ..Registration::default()
    }
}

async fn who_must_set_a_factor_up_is_noted_when_they_are_in(db: TestDb) {
    let world = World::with(db, |config| config.require_factor = true).await;
    account::register(&world.engine, &registration()).await.unwrap();
    let who = again(&world).await;
    account::sign_out(&world.engine, again(&world).await, &here())
        .await
        .unwrap();
    let waiting = halfway(&world, who).await;
    let person = waiting.to_enrol().unwrap();
    let app = app_of(&factor::begin(person).await.unwrap());
    assert_eq!(verify(&world.engine).await.unwrap().entries, 0, "nobody was in");
    factor::confirm(person, &shown(&app, &world)).await.unwrap();
    let ana = who.call(&world.engine, HERE.parse().ok()).await.unwrap();
    let mut log = Log { call: &ana, seen: 0 };
    noted(&mut log, &["factor.enrolled", "session.signed_in"]).await;
    // Another phone is no sign-in.
    world.clock.advance(TimeDelta::seconds(30));
    let other = app_of(&factor::begin(&ana.person()).await.unwrap());
    factor::confirm(&ana.person(), &shown(&other, &world)).await.unwrap();
    noted(&mut log, &["factor.enrolled"]).await;
}

async fn a_refused_sign_in_is_noted_where_somebody_guesses(db: TestDb) {
    let world = World::new(db).await;
    let ana = from_here(&world, "Ana").await;
    let cy = joined(&ana, "cy@example.com", Role::Realtor).await;
    let off = MemberChange {
        is_active: Some(false),
        ..MemberChange::default()
    };
    account::change(&ana, cy.account(), off).await.unwrap();
    let mut log = from_now(&ana).await;
    let before = verify(&world.engine).await.unwrap();
    for kind in [Kind::Console, Kind::Program] {
        for (email, password) in [
            ("ana@example.com", "not the right one"),
            ("nobody@example.com", PASSWORD),
            ("no address", PASSWORD),
            ("cy@example.com", NEW),
        ] {
            enter(&world, email, password, kind).await.unwrap_err();
        }
    }
    assert_eq!(verify(&world.engine).await.unwrap(), before);
    for _ in 0..3 {
        enter(&world, "ana@example.com", "not the right one", Kind::Console)
            .await
            .unwrap_err();
    }
    // The fifth is noted, beside the answer.
    let told = async {
        while verify(&world.engine).await.unwrap().entries == before.entries {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), told)
        .await
        .expect("noted");
    // Too many: now the right one is refused as well.
    enter(&world, "ana@example.com", PASSWORD, Kind::Console)
        .await
        .unwrap_err();
    assert_eq!(verify(&world.engine).await.unwrap().entries, before.entries + 1);
    world.clock.advance(TimeDelta::minutes(15));
    again(&world).await;
    noted(&mut log, &["password.guessed", "session.signed_in"]).await;
}

async fn in_production_the_first_entry_is_the_address(db: TestDb) {
    let world = World::with(db, |config| config.mode = Mode::Production).await;
    account::register(&world.engine, &registration()).await.unwrap();
    enter(&world, "ana@example.com", PASSWORD, Kind::Console)
        .await
        .unwrap_err();
    assert_eq!(verify(&world.engine).await.unwrap().entries, 0);
    let link = secret(&world, "/confirm-email/").await;
    account::verify_email(&world.engine, &link, &here()).await.unwrap();
    let ana = again(&world).await.call(&world.engine, None).await.unwrap();
    let mut log = Log { call: &ana, seen: 0 };
    noted(&mut log, &["email.verified", "session.signed_in"]).await;
}
