//! Links by mail, on both databases.

use domain::account::{Credentials, Registration};

use super::*;
use crate::{
    account::{Kind, SignedIn, register, sign_in},
    config::Mode,
    db::{
        Reach,
        testing::{TestDb, on_every_db},
    },
    testing::{PASSWORD, World},
};

on_every_db!(
    a_reset_holds_once_and_ends_every_session,
    only_the_newest_link_holds_and_not_for_long,
    nobody_learns_who_has_an_account,
    in_production_an_address_is_confirmed_first,
    a_changed_password_ends_the_other_sessions,
    a_password_that_was_replaced_lets_nobody_in,
    of_two_changes_at_once_one_holds,
    a_letter_gives_no_new_guesses,
    guesses_at_a_password_are_told,
);

const FROM: Client<'_> = Client {
    address: None,
    agent: "",
    device: None,
};
const NEW: &str = "a lane with old trees";

fn credentials(password: &str) -> Credentials {
    Credentials {
        email: "ana@example.com".into(),
        password: password.into(),
    }
}

async fn enter(world: &World, password: &str) -> Result<SignedIn, Error> {
    sign_in(&world.engine, &credentials(password), Kind::Console, &FROM).await
}

fn email() -> Email {
    "ana@example.com".parse().unwrap()
}

/// What comes behind `page` in the newest letter to an address.
async fn token(world: &World, page: &str) -> String {
    let text = mail::testing::newest(&world.engine, &email()).await.expect("a letter");
    let start = text.find(page).expect("a link") + page.len();
    text[start..].split_whitespace().next().unwrap().to_owned()
}

async fn asked(world: &World) -> String {
    send_reset(&world.engine, email(), &FROM).await.unwrap();
    token(world, "/reset/").await
}

fn new() -> ResetForm {
    ResetForm { password: NEW.into() }
}

fn fault(error: Error) -> FaultCode {
    error.into_fault().code
}

async fn a_reset_holds_once_and_ends_every_session(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let who = enter(&world, PASSWORD).await.unwrap();
    let access = crate::account::issue_token(&world.engine, who).unwrap();
    let secret = asked(&world).await;
    assert_eq!(reset_of(&world.engine, &secret).await.unwrap(), email());
    let weak = ResetForm {
        password: "ana@example.com".into(),
    };
    assert_eq!(
        fault(reset(&world.engine, &secret, &weak, &FROM).await.unwrap_err()),
        FaultCode::Invalid
    );
    let (one, other) = (new(), new());
    let both = tokio::join!(
        reset(&world.engine, &secret, &one, &FROM),
        reset(&world.engine, &secret, &other, &FROM)
    );
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|won| **won).count(), 1);
    assert_eq!(
        fault(reset(&world.engine, &secret, &new(), &FROM).await.unwrap_err()),
        FaultCode::NotFound
    );
    assert!(who.call(&world.engine, None).await.is_err());
    assert!(
        crate::account::verify_token(&world.engine, &access, None)
            .await
            .is_err()
    );
    assert!(enter(&world, PASSWORD).await.is_err());
    enter(&world, NEW).await.unwrap();
    let told = mail::testing::newest(&world.engine, &email()).await.unwrap();
    assert!(told.contains("signed out everywhere"), "{told}");
}

async fn only_the_newest_link_holds_and_not_for_long(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let first = asked(&world).await;
    let second = asked(&world).await;
    assert!(reset_of(&world.engine, &first).await.is_err());
    world.clock.advance(RESET_FOR - TimeDelta::seconds(1));
    reset_of(&world.engine, &second).await.unwrap();
    world.clock.advance(TimeDelta::seconds(1));
    assert!(reset(&world.engine, &second, &new(), &FROM).await.is_err());
    // A link for one thing is none for another.
    let confirm = {
        let mut tx = world.engine.db().begin(Reach::Everyone).await.unwrap();
        let known = super::super::store::by_email(&mut tx, &email()).await.unwrap().unwrap();
        send_verification(&mut tx, &world.engine, (known.organization, known.account), &email())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        token(&world, "/confirm-email/").await
    };
    assert!(reset_of(&world.engine, &confirm).await.is_err());
    verification(&world.engine, &confirm).await.unwrap();
}

async fn nobody_learns_who_has_an_account(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let nobody: Email = "nobody@example.com".parse().unwrap();
    send_reset(&world.engine, nobody.clone(), &FROM).await.unwrap();
    assert_eq!(mail::testing::newest(&world.engine, &nobody).await, None);
    // Five letters, then none for a while.
    for _ in 0..5 {
        asked(&world).await;
    }
    assert_eq!(
        fault(send_reset(&world.engine, email(), &FROM).await.unwrap_err()),
        FaultCode::TooMany
    );
}

async fn in_production_an_address_is_confirmed_first(db: TestDb) {
    let world = World::with(db, |config| config.mode = Mode::Production).await;
    let form = Registration {
        org_name: "Ana Homes".into(),
        first_name: "Ana".into(),
        last_name: "Reyes".into(),
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
        ..Registration::default()
    };
    assert!(register(&world.engine, &form).await.unwrap().is_some());
    let first = token(&world, "/confirm-email/").await;
    assert_eq!(fault(enter(&world, PASSWORD).await.unwrap_err()), FaultCode::Forbidden);
    assert!(enter(&world, NEW).await.is_err());
    let second = token(&world, "/confirm-email/").await;
    assert_ne!(first, second, "sent again");
    assert!(verify_email(&world.engine, &first, &FROM).await.is_err());
    verify_email(&world.engine, &second, &FROM).await.unwrap();
    assert!(verify_email(&world.engine, &second, &FROM).await.is_err(), "once");
    enter(&world, PASSWORD).await.unwrap();

    // The same answer for an address that is known, and a letter to it.
    assert!(register(&world.engine, &form).await.unwrap().is_none());
    let told = mail::testing::newest(&world.engine, &email()).await.unwrap();
    assert!(
        told.contains("There is one already") && told.contains("/forgotten"),
        "{told}"
    );
}

async fn a_changed_password_ends_the_other_sessions(db: TestDb) {
    let world = World::new(db).await;
    world.realtor("Ana").await;
    let (here, there) = (
        enter(&world, PASSWORD).await.unwrap(),
        enter(&world, PASSWORD).await.unwrap(),
    );
    let reset_link = asked(&world).await;
    let call = here.call(&world.engine, None).await.unwrap();
    let form = |current: &str| PasswordForm {
        current_password: current.into(),
        password: NEW.into(),
    };
    let wrong = change_password(&call, &form("not the right one"), &FROM)
        .await
        .unwrap_err();
    assert!(wrong.into_fault().for_field("current_password").is_some());
    change_password(&call, &form(PASSWORD), &FROM).await.unwrap();
    here.call(&world.engine, None).await.unwrap();
    assert!(there.call(&world.engine, None).await.is_err());
    assert!(
        reset_of(&world.engine, &reset_link).await.is_err(),
        "a link from before"
    );
    enter(&world, NEW).await.unwrap();
}

/// Somebody signs in with a password that is replaced, or whose account is switched off, between its being verified and
/// the session's beginning.
async fn a_password_that_was_replaced_lets_nobody_in(db: TestDb) {
    let world = World::new(db).await;
    let engine = &world.engine;
    let ana = world.realtor("Ana").await;
    let verified = async || {
        let mut tx = engine.db().read(Reach::Everyone).await.unwrap();
        crate::account::store::by_email(&mut tx, &email())
            .await
            .unwrap()
            .unwrap()
    };
    let admitted = async |known| crate::account::admit(engine, known, Kind::Console, &FROM, false).await;
    let old = verified().await;
    admitted(&old).await.unwrap();
    let secret = asked(&world).await;
    reset(engine, &secret, &new(), &FROM).await.unwrap();
    let refused = admitted(&old).await.unwrap_err();
    assert_eq!(fault(refused), FaultCode::Unauthorized);
    assert_eq!(crate::account::sessions(&ana).await.unwrap().len(), 0);
    admitted(&verified().await).await.unwrap();
}

/// Neither overwrites what the other has set.
async fn of_two_changes_at_once_one_holds(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let form = |password: &str| PasswordForm {
        current_password: PASSWORD.into(),
        password: password.into(),
    };
    let (one, other) = (form("a first lane of old trees"), form("a second lane of old trees"));
    let (first, second) = tokio::join!(change_password(&ana, &one, &FROM), change_password(&ana, &other, &FROM));
    let holds = match (&first, &second) {
        (Ok(()), Err(_)) => one,
        (Err(_), Ok(())) => other,
        both => panic!("{both:?}"),
    };
    enter(&world, &holds.password).await.unwrap();
    // A change that was begun before a link set another one.
    let holder = Holder {
        organization: ana.organization(),
        account: ana.account(),
        email: email(),
    };
    let mut tx = world.engine.db().begin(ana.organization()).await.unwrap();
    let late = set_password(&mut tx, &holder, (Some("what it was"), "a hash"), world.clock.now()).await;
    assert_eq!(fault(late.unwrap_err()), FaultCode::Conflict);
}

/// Whoever reads an account's letters and sets one password after the other is one browser to it, not many.
async fn a_letter_gives_no_new_guesses(db: TestDb) {
    let world = World::new(db).await;
    let (engine, account) = (&world.engine, world.realtor("Ana").await.account());
    let mut taken = 0;
    for _ in 0..20 {
        let device = crate::account::device_by_letter(engine, account).unwrap();
        let device = crate::account::device::known(engine, account, Some(&device));
        assert!(device.is_some());
        while engine
            .attempts()
            .take(Guess::Code(account.uuid()), device, world.clock.now())
            .is_ok()
        {
            taken += 1;
        }
    }
    assert_eq!(taken, 5);
}

async fn guesses_at_a_password_are_told(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let noted = async || {
        let all = crate::audit::list(&ana, &log::Filter::default(), None, None)
            .await
            .unwrap();
        let guessed = all.items.iter().filter(|entry| entry.action == log::PASSWORD_GUESSED);
        guessed.count()
    };
    for _ in 0..4 {
        enter(&world, "not the right one").await.unwrap_err();
    }
    enter(&world, PASSWORD).await.unwrap();
    let wrong = enter(&world, "not the right one").await.unwrap_err();
    assert_eq!(fault(wrong), FaultCode::Unauthorized);
    // It is told beside the answer.
    let told = async {
        while noted().await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), told)
        .await
        .expect("noted");
    let letter = mail::testing::newest(&world.engine, &email()).await.unwrap();
    assert!(letter.contains("Five wrong passwords"), "{letter}");
    world.clock.advance(TimeDelta::minutes(15));
    enter(&world, "not the right one").await.unwrap_err();
    enter(&world, PASSWORD).await.unwrap();
    assert_eq!(noted().await, 1, "once");
}
