//! Operators on both databases: how they come in, what they see, and what they do not.

use chrono::TimeDelta;
use domain::{
    FaultCode,
    audit::Filter,
    id::ConversationId,
    licence::{LicenceForm, LicenceStatus},
    operator::{GrantForm, OperatorSignIn, SetUpForm},
};

use super::*;
use crate::{
    Call,
    account::factor::code_for_test,
    audit, chat,
    db::testing::{TestDb, on_every_db},
    jobs, support,
    testing::{PASSWORD, World},
};

on_every_db!(
    a_link_sets_somebody_up_once,
    a_stranger_shuts_no_operator_out,
    password_and_code_let_in_for_half_an_hour,
    whoever_is_removed_is_nobody,
    secrets_are_wrapped_anew,
    organizations_are_seen_without_their_words,
    a_licence_is_decided_by_hand,
    words_are_read_only_while_it_is_let,
);

const EMAIL: &str = "op@example.com";

/// The secret of a new link.
async fn link(world: &World) -> String {
    let url = add(&world.engine, EMAIL).await.unwrap();
    url.rsplit('/').next().unwrap().to_owned()
}

fn code(world: &World, secret: &str) -> String {
    code_for_test(secret, world.clock.now())
}

/// An operator with the secret of their app.
async fn operator(world: &World) -> (Operator, String) {
    let token = link(world).await;
    let secret = invited(&world.engine, &token).await.unwrap().enrolment.secret;
    let form = SetUpForm {
        name: "Op Moss".into(),
        password: PASSWORD.into(),
        code: code(world, &secret),
    };
    let entered = set_up(&world.engine, &token, &form).await.unwrap();
    let found = of_session(&world.engine, &entered.token, None).await.unwrap();
    (found.unwrap(), secret)
}

async fn is_in(world: &World, entered: &Entered) -> bool {
    of_session(&world.engine, &entered.token, None).await.unwrap().is_some()
}

fn fault<T: std::fmt::Debug>(refused: Result<T, Error>) -> FaultCode {
    refused.unwrap_err().into_fault().code
}

async fn a_link_sets_somebody_up_once(db: TestDb) {
    let world = World::new(db).await;
    let token = link(&world).await;
    let page = invited(&world.engine, &token).await.unwrap();
    assert_eq!(page.email, EMAIL);
    // The page can be loaded again.
    let again = invited(&world.engine, &token).await.unwrap();
    assert_eq!(again.enrolment.secret, page.enrolment.secret);
    let form = |password: &str, code: String| SetUpForm {
        name: "Op Moss".into(),
        password: password.into(),
        code,
    };
    let good = code(&world, &page.enrolment.secret);
    let set_up_with = async |form: SetUpForm| set_up(&world.engine, &token, &form).await;
    assert_eq!(
        fault(set_up_with(form("short", good.clone())).await),
        FaultCode::Invalid
    );
    let wrong = if good == "000000" { "000001" } else { "000000" };
    assert_eq!(
        fault(set_up_with(form(PASSWORD, wrong.into())).await),
        FaultCode::Invalid
    );
    assert_eq!(fault(invited(&world.engine, "nonsense").await), FaultCode::NotFound);
    let entered = set_up_with(form(PASSWORD, good.clone())).await.unwrap();
    assert!(is_in(&world, &entered).await);
    assert_eq!(fault(set_up_with(form(PASSWORD, good)).await), FaultCode::NotFound);
    assert_eq!(fault(invited(&world.engine, &token).await), FaultCode::NotFound);
    // Another link, which runs out after a day.
    let token = link(&world).await;
    world.clock.advance(TimeDelta::hours(24));
    assert_eq!(fault(invited(&world.engine, &token).await), FaultCode::NotFound);
}

async fn a_stranger_shuts_no_operator_out(db: TestDb) {
    let world = World::new(db).await;
    let (_, secret) = operator(&world).await;
    let form = |password: &str| OperatorSignIn {
        email: EMAIL.into(),
        password: password.into(),
        code: code(&world, &secret),
    };
    world.clock.advance(TimeDelta::seconds(30));
    let device = enter(&world.engine, &form(PASSWORD), None).await.unwrap().device;
    for _ in 0..5 {
        let guessed = enter(&world.engine, &form("a busy street at dawn"), None).await;
        assert_eq!(fault(guessed), FaultCode::Unauthorized);
    }
    world.clock.advance(TimeDelta::seconds(30));
    for stranger in [None, Some("guessed.00"), Some(device.split_once('.').unwrap().0)] {
        let held_up = enter(&world.engine, &form(PASSWORD), stranger).await;
        assert_eq!(fault(held_up), FaultCode::TooMany);
    }
    enter(&world.engine, &form(PASSWORD), Some(&device)).await.unwrap();
}

async fn password_and_code_let_in_for_half_an_hour(db: TestDb) {
    let world = World::new(db).await;
    let (_, secret) = operator(&world).await;
    let sign_in = async |email: &str, password: &str, code: &str| {
        let form = OperatorSignIn {
            email: email.into(),
            password: password.into(),
            code: code.into(),
        };
        enter(&world.engine, &form, None).await
    };
    // The code that set them up is used; so is each that lets in.
    let used = code(&world, &secret);
    assert_eq!(fault(sign_in(EMAIL, PASSWORD, &used).await), FaultCode::Unauthorized);
    world.clock.advance(TimeDelta::seconds(30));
    let now = code(&world, &secret);
    for (email, password, code) in [
        (EMAIL, "a busy street at dawn", now.as_str()),
        (EMAIL, PASSWORD, "12345"),
        (EMAIL, PASSWORD, ""),
        ("other@example.com", PASSWORD, now.as_str()),
    ] {
        assert_eq!(
            fault(sign_in(email, password, code).await),
            FaultCode::Unauthorized,
            "{email} {code}"
        );
    }
    let entered = sign_in(" OP@example.com ", PASSWORD, &now).await.unwrap();
    assert_eq!(fault(sign_in(EMAIL, PASSWORD, &now).await), FaultCode::Unauthorized);
    // However much it is used.
    world.clock.advance(TimeDelta::seconds(1799));
    assert!(is_in(&world, &entered).await);
    world.clock.advance(TimeDelta::seconds(1));
    assert!(!is_in(&world, &entered).await);
    let entered = sign_in(EMAIL, PASSWORD, &code(&world, &secret)).await.unwrap();
    sign_out(&world.engine, &entered.token).await.unwrap();
    assert!(!is_in(&world, &entered).await);
    // Guessing comes to an end, also for who knows it at last.
    world.clock.advance(TimeDelta::seconds(30));
    for _ in 0..5 {
        assert_eq!(fault(sign_in(EMAIL, PASSWORD, "000").await), FaultCode::Unauthorized);
    }
    let now = code(&world, &secret);
    assert_eq!(fault(sign_in(EMAIL, PASSWORD, &now).await), FaultCode::TooMany);
}

async fn whoever_is_removed_is_nobody(db: TestDb) {
    let world = World::new(db).await;
    let token = link(&world).await;
    let secret = invited(&world.engine, &token).await.unwrap().enrolment.secret;
    let form = SetUpForm {
        name: "Op Moss".into(),
        password: PASSWORD.into(),
        code: code(&world, &secret),
    };
    let entered = set_up(&world.engine, &token, &form).await.unwrap();
    remove(&world.engine, EMAIL).await.unwrap();
    assert!(!is_in(&world, &entered).await);
    assert_eq!(fault(remove(&world.engine, EMAIL).await), FaultCode::NotFound);
    world.clock.advance(TimeDelta::seconds(30));
    let form = OperatorSignIn {
        email: EMAIL.into(),
        password: PASSWORD.into(),
        code: code(&world, &secret),
    };
    assert_eq!(fault(enter(&world.engine, &form, None).await), FaultCode::Unauthorized);
}

async fn secrets_are_wrapped_anew(db: TestDb) {
    let db = std::sync::Arc::new(db);
    let old = World::sharing(&db, |_| {}).await;
    let (_, secret) = operator(&old).await;
    let newer = "a newer secret for tests of thirty-two bytes";
    let both = World::sharing(&db, |config| config.encryption_keys.insert(0, newer.into())).await;
    assert!(vault::rotate(&both.engine).await.unwrap() > 0);
    let new = World::sharing(&db, |config| config.encryption_keys = vec![newer.into()]).await;
    new.clock.advance(TimeDelta::seconds(30));
    let form = OperatorSignIn {
        email: EMAIL.into(),
        password: PASSWORD.into(),
        code: code(&new, &secret),
    };
    enter(&new.engine, &form, None).await.unwrap();
}

async fn organizations_are_seen_without_their_words(db: TestDb) {
    let world = World::new(db).await;
    let (ana, _ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let porch = world.porch(&ana).await;
    let asked = chat::ask(&porch, None, "How many bedrooms are there?").await.unwrap();
    asked.finished().await.unwrap();
    let (operator, _) = operator(&world).await;
    let all = organizations(&operator, None, None).await.unwrap();
    let names: Vec<_> = all.items.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Ben Homes", "Ana Homes"]);
    let first = organizations(&operator, None, Some(1)).await.unwrap();
    let second = organizations(&operator, first.next.as_deref(), Some(1)).await.unwrap();
    assert_eq!(second.items, [all.items[1].clone()]);
    let hers = organization(&operator, ana.organization()).await.unwrap();
    assert_eq!(
        (
            hers.members,
            hers.bots,
            hers.published,
            hers.properties,
            hers.conversations,
            hers.leads
        ),
        (1, 1, 1, 1, 1, 0)
    );
    assert_eq!(hers.last_seen, Some(world.clock.now()));
    let missing = OrganizationId::from(Uuid::from_u128(7));
    assert_eq!(fault(organization(&operator, missing).await), FaultCode::NotFound);
    let health = health(&operator).await.unwrap();
    assert_eq!((health.organizations, health.failed_jobs), (2, 0));
}

async fn a_licence_is_decided_by_hand(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let claim = LicenceForm {
        state: "IL".into(),
        number: "475.123456".into(),
        kind: String::new(),
    };
    for call in [&ana, &ben] {
        licence::set(call, &claim).await.unwrap();
    }
    while jobs::run_for_test(&world.engine).await {}
    let (operator, _) = operator(&world).await;
    assert_eq!(health(&operator).await.unwrap().licences, 2);
    let cases = licences(&operator, ana.organization()).await.unwrap();
    assert_eq!((cases.len(), cases[0].name.as_str()), (1, "Ana Reyes"));
    assert_eq!(cases[0].review_since, Some(world.clock.now()));
    let form = |decision: &str, reason: &str| DecisionForm {
        decision: decision.into(),
        reason: reason.into(),
        expires_on: String::new(),
    };
    let by_hand =
        async |call: &Call, form: &DecisionForm| decide(&operator, call.organization(), call.account(), form).await;
    assert_eq!(fault(by_hand(&ana, &form("verify", "")).await), FaultCode::Invalid);
    by_hand(&ana, &form("verify", "Seen in the register")).await.unwrap();
    let hers = licence::mine(&ana).await.unwrap().unwrap();
    assert_eq!((hers.status, hers.reason), (LicenceStatus::Verified, None));
    // One number, one holder; who decides is told.
    assert_eq!(
        fault(by_hand(&ben, &form("verify", "Seen, too")).await),
        FaultCode::Conflict
    );
    by_hand(&ben, &form("refuse", "It is somebody else’s.")).await.unwrap();
    let his = licence::mine(&ben).await.unwrap().unwrap();
    assert_eq!(
        (his.status, his.reason.as_deref()),
        (LicenceStatus::Refused, Some("It is somebody else’s."))
    );
    assert_eq!(health(&operator).await.unwrap().licences, 0);
    let log = audit::list(&ana, &Filter::default(), None, Some(1)).await.unwrap();
    let entry = &log.items[0];
    assert_eq!(
        (entry.action.as_str(), entry.actor_name.as_str(), entry.actor_id),
        (domain::audit::LICENCE_VERIFIED, "Op Moss (Porchlight operator)", None)
    );
    assert!(entry.change().contains("Seen in the register"), "{}", entry.change());
    // Of another organization's account it is as of a missing one.
    let crossed = decide(&operator, ana.organization(), ben.account(), &form("refuse", "x")).await;
    assert_eq!(fault(crossed), FaultCode::NotFound);
}

/// The newest looks that an organization's own people read of.
async fn looks(call: &Call) -> Vec<String> {
    let filter = Filter {
        action: Some(domain::audit::SUPPORT_LOOKED.into()),
        ..Filter::default()
    };
    let page = audit::list(call, &filter, None, None).await.unwrap();
    page.items.into_iter().filter_map(|entry| entry.target_name).collect()
}

async fn words_are_read_only_while_it_is_let(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let porch = world.porch(&ana).await;
    let asked = chat::ask(&porch, None, "How many bedrooms are there?").await.unwrap();
    asked.finished().await.unwrap();
    let (operator, _) = operator(&world).await;
    let hers = ana.organization();
    let form = |minutes: &str| GrantForm {
        reason: "A lead is missing".into(),
        minutes: minutes.into(),
    };
    let refused = async |organization, conversation: ConversationId| {
        let list = support::conversations(&operator, organization, None).await;
        let one = support::conversation(&operator, organization, conversation).await;
        let leads = support::leads(&operator, organization, None).await;
        assert_eq!([fault(list), fault(one), fault(leads)], [FaultCode::Forbidden; 3]);
    };
    refused(hers, asked.conversation).await;
    assert_eq!(looks(&ana).await, Vec::<String>::new());
    support::grant(&ana, &form("10")).await.unwrap();
    let shown = support::current(&ana).await.unwrap().unwrap();
    assert_eq!(
        (shown.granted_by.as_str(), shown.reason.as_str()),
        ("Ana Reyes", "A lead is missing")
    );
    let list = support::conversations(&operator, hers, None).await.unwrap();
    assert_eq!(list.items.len(), 1);
    let one = support::conversation(&operator, hers, asked.conversation)
        .await
        .unwrap();
    assert_eq!(one.turns[0].question, "How many bedrooms are there?");
    support::leads(&operator, hers, None).await.unwrap();
    assert_eq!(looks(&ana).await, ["Leads", "A conversation", "Conversations"]);
    // Nobody else's: hers neither through Ben's, who lets nobody look, nor Ben's through hers.
    refused(ben.organization(), asked.conversation).await;
    support::grant(&ben, &form("")).await.unwrap();
    let crossed = support::conversation(&operator, ben.organization(), asked.conversation).await;
    assert_eq!(fault(crossed), FaultCode::NotFound);
    // It ends by itself, or at once.
    world.clock.advance(TimeDelta::minutes(10));
    refused(hers, asked.conversation).await;
    assert_eq!(support::granted(&operator, hers).await.unwrap(), None);
    let again = support::grant(&ana, &form("60")).await;
    assert_eq!(fault(again), FaultCode::ProofNeeded);
    support::withdraw(&ben).await.unwrap();
    refused(ben.organization(), asked.conversation).await;
    support::withdraw(&ben).await.unwrap();
    assert_eq!(looks(&ana).await.len(), 3);
}
