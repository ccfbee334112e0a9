//! The people of an organization, on both databases.

use chrono::TimeDelta;
use domain::tenancy::{Action as Wish, InviteForm, JoinForm, MemberChange};

use super::*;
use crate::{
    bot,
    db::testing::{TestDb, on_every_db},
    testing::{PASSWORD, World},
};

on_every_db!(
    an_invitation_makes_one_account_for_its_address,
    an_invitation_ends,
    invitations_are_few_a_day,
    a_role_holds_at_once,
    whoever_is_switched_off_is_nobody,
    a_lost_phone_is_signed_out,
    the_owner_is_one_and_hands_over_whole,
    strangers_have_no_say,
    an_old_hash_is_made_anew,
    what_takes_over_asks_for_a_proof,
);

const FROM: Client<'_> = Client {
    address: None,
    agent: "",
    device: None,
};

const GIVE_ADMIN: MemberChange = MemberChange {
    role: Some(Role::Admin),
    is_active: None,
};
const SWITCH_OFF: MemberChange = MemberChange {
    role: None,
    is_active: Some(false),
};

fn form(email: &str, role: Role) -> InviteForm {
    InviteForm {
        email: email.into(),
        role: role.as_str().into(),
    }
}

fn joining() -> JoinForm {
    JoinForm {
        first_name: "Cy".into(),
        last_name: "Moss".into(),
        password: "a lane with old trees".into(),
    }
}

async fn token(call: &Call, email: &str, role: Role) -> String {
    let (_, path) = invite(call, &form(email, role)).await.unwrap();
    path.unwrap().rsplit('/').next().unwrap().to_owned()
}

pub(crate) async fn joined(call: &Call, email: &str, role: Role) -> SignedIn {
    let token = token(call, email, role).await;
    accept(call.engine(), &token, &joining(), &FROM).await.unwrap()
}

/// Somebody signs in again.
pub(super) async fn signed_in(world: &World, email: &str) -> Call {
    let credentials = Credentials {
        email: email.into(),
        password: PASSWORD.into(),
    };
    let who = sign_in(&world.engine, &credentials, Kind::Console, &FROM)
        .await
        .unwrap();
    who.call(&world.engine, None).await.unwrap()
}

fn code(error: Error) -> FaultCode {
    error.into_fault().code
}

async fn an_invitation_makes_one_account_for_its_address(db: TestDb) {
    let world = World::new(db).await;
    let (owner, engine) = (world.realtor("Ana").await, &world.engine);
    let secret = token(&owner, "Cy@Example.com", Role::Realtor).await;
    let offered = offer(engine, &secret).await.unwrap();
    assert_eq!(
        (offered.email.as_str(), offered.role),
        ("cy@example.com", Role::Realtor)
    );
    assert_eq!(
        (offered.organization.as_str(), offered.invited_by.as_str()),
        ("Ana Homes", "Ana Reyes")
    );
    let faulty = JoinForm {
        password: "cy@example.com".into(),
        ..joining()
    };
    assert_eq!(
        code(accept(engine, &secret, &faulty, &FROM).await.unwrap_err()),
        FaultCode::Invalid
    );

    let whole = joining();
    let both = tokio::join!(
        accept(engine, &secret, &whole, &FROM),
        accept(engine, &secret, &whole, &FROM)
    );
    let won = [both.0, both.1].into_iter().filter_map(Result::ok).collect::<Vec<_>>();
    assert_eq!(won.len(), 1, "of two at once");
    assert_eq!(won[0].organization(), owner.organization());
    assert!(accept(engine, &secret, &joining(), &FROM).await.is_err(), "used");
    let again = domain::account::Credentials {
        email: "cy@example.com".into(),
        password: joining().password,
    };
    let call = sign_in(engine, &again, Kind::Console, &FROM)
        .await
        .unwrap()
        .call(engine, None)
        .await
        .unwrap();
    assert!(call.may(Wish::Work) && !call.may(Wish::ManagePeople));
    let people = members(&call).await.unwrap();
    assert_eq!(
        people.iter().map(|m| m.role).collect::<Vec<_>>(),
        [Role::Owner, Role::Realtor]
    );
    let fault = invite(&owner, &form("cy@example.com", Role::Admin)).await.unwrap_err();
    assert!(fault.into_fault().for_field("email").is_some());
}

async fn invitations_are_few_a_day(db: TestDb) {
    let world = World::new(db).await;
    let (owner, other) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let most = domain::tenancy::INVITATIONS_A_DAY;
    for n in 0..most {
        let sent = invite(&owner, &form(&format!("guest-{n}@example.com"), Role::Realtor)).await;
        sent.unwrap();
    }
    // Also where one was withdrawn: its letter is sent.
    let open = invitations(&owner).await.unwrap();
    revoke(&owner, open[0].id).await.unwrap();
    let refused = invite(&owner, &form("one-more@example.com", Role::Realtor)).await;
    assert_eq!(code(refused.unwrap_err()), FaultCode::TooMany);
    invite(&other, &form("guest@example.com", Role::Realtor)).await.unwrap();
    world.clock.advance(TimeDelta::days(1));
    let owner = signed_in(&world, "ana@example.com").await;
    invite(&owner, &form("one-more@example.com", Role::Realtor))
        .await
        .unwrap();
}

async fn an_invitation_ends(db: TestDb) {
    let world = World::new(db).await;
    let (owner, engine) = (world.realtor("Ana").await, &world.engine);
    let first = token(&owner, "cy@example.com", Role::Realtor).await;
    let second = token(&owner, "cy@example.com", Role::Admin).await;
    assert!(offer(engine, &first).await.is_err(), "another one took its place");
    let open = invitations(&owner).await.unwrap();
    assert_eq!(open.len(), 1);
    revoke(&owner, open[0].id).await.unwrap();
    assert!(accept(engine, &second, &joining(), &FROM).await.is_err(), "withdrawn");
    assert_eq!(code(revoke(&owner, open[0].id).await.unwrap_err()), FaultCode::NotFound);

    let late = token(&owner, "di@example.com", Role::Realtor).await;
    world
        .clock
        .advance(domain::tenancy::INVITED_FOR - TimeDelta::seconds(1));
    assert!(offer(engine, &late).await.is_ok());
    world.clock.advance(TimeDelta::seconds(1));
    assert!(accept(engine, &late, &joining(), &FROM).await.is_err(), "run out");
    assert!(invitations(&owner).await.unwrap().is_empty());

    // What somebody offered who is switched off holds no more.
    let owner = signed_in(&world, "ana@example.com").await;
    let admin = joined(&owner, "eve@example.com", Role::Admin).await;
    let call = admin.call(engine, None).await.unwrap();
    let hers = token(&call, "flo@example.com", Role::Realtor).await;
    change(&owner, admin.account(), SWITCH_OFF).await.unwrap();
    assert!(accept(engine, &hers, &joining(), &FROM).await.is_err());
    let back = MemberChange {
        role: None,
        is_active: Some(true),
    };
    change(&owner, admin.account(), back).await.unwrap();
    assert!(offer(engine, &hers).await.is_err(), "ended for good");
    // Nor does it bring back a role that was taken away.
    let hers = token(&call, "gus@example.com", Role::Admin).await;
    let down = MemberChange {
        role: Some(Role::Realtor),
        is_active: None,
    };
    change(&owner, admin.account(), down).await.unwrap();
    assert!(offer(engine, &hers).await.is_err());
}

async fn a_role_holds_at_once(db: TestDb) {
    let world = World::new(db).await;
    let (owner, engine) = (world.realtor("Ana").await, &world.engine);
    let who = joined(&owner, "cy@example.com", Role::Realtor).await;
    let call = who.call(engine, None).await.unwrap();
    bot::list(&call, None, None).await.unwrap();
    for refused in [
        invite(&call, &form("di@example.com", Role::Realtor)).await.map(drop),
        invitations(&call).await.map(drop),
        change(&call, owner.account(), SWITCH_OFF).await.map(drop),
        organization::set_brand(&call, "#204060", None).await.map(drop),
    ] {
        assert_eq!(code(refused.unwrap_err()), FaultCode::Forbidden);
    }
    change(&owner, who.account(), GIVE_ADMIN).await.unwrap();
    let call = who.call(engine, None).await.unwrap();
    organization::set_brand(&call, "#204060", None).await.unwrap();
    token(&call, "di@example.com", Role::Realtor).await;
    // Not their own, not the owner's, none that is not given.
    for (id, wish) in [
        (who.account(), SWITCH_OFF),
        (owner.account(), SWITCH_OFF),
        (owner.account(), GIVE_ADMIN),
        (
            who.account(),
            MemberChange {
                role: Some(Role::Owner),
                is_active: None,
            },
        ),
    ] {
        assert_eq!(code(change(&call, id, wish).await.unwrap_err()), FaultCode::Forbidden);
    }
    let operator = MemberChange {
        role: Some(Role::Operator),
        is_active: None,
    };
    assert_eq!(
        code(change(&owner, who.account(), operator).await.unwrap_err()),
        FaultCode::Invalid
    );
}

async fn whoever_is_switched_off_is_nobody(db: TestDb) {
    let world = World::new(db).await;
    let (owner, engine) = (world.realtor("Ana").await, &world.engine);
    let who = joined(&owner, "cy@example.com", Role::Realtor).await;
    let access = issue_token(engine, who).unwrap();
    verify_token(engine, &access, None).await.unwrap();
    change(&owner, who.account(), SWITCH_OFF).await.unwrap();
    let credentials = domain::account::Credentials {
        email: "cy@example.com".into(),
        password: joining().password,
    };
    for refused in [
        who.call(engine, None).await.map(drop),
        verify_token(engine, &access, None).await.map(drop),
        sign_in(engine, &credentials, Kind::Console, &FROM).await.map(drop),
    ] {
        assert_eq!(code(refused.unwrap_err()), FaultCode::Unauthorized);
    }
    let on = MemberChange {
        role: None,
        is_active: Some(true),
    };
    change(&owner, who.account(), on).await.unwrap();
    assert!(who.call(engine, None).await.is_err(), "what was ended stays ended");
    assert!(verify_token(engine, &access, None).await.is_err());
    sign_in(engine, &credentials, Kind::Console, &FROM).await.unwrap();
}

async fn a_lost_phone_is_signed_out(db: TestDb) {
    let world = World::new(db).await;
    let (owner, engine) = (world.realtor("Ana").await, &world.engine);
    let who = joined(&owner, "cy@example.com", Role::Admin).await;
    let cy = who.call(engine, None).await.unwrap();
    let access = issue_token(engine, who).unwrap();
    assert_eq!(sign_out_member(&owner, who.account()).await.unwrap(), 1);
    assert!(who.call(engine, None).await.is_err());
    assert!(verify_token(engine, &access, None).await.is_err());
    assert_eq!(sign_out_member(&owner, who.account()).await.unwrap(), 0);
    // Not the owner, nor anybody elsewhere.
    let refused = sign_out_member(&cy, owner.account()).await.unwrap_err();
    assert_eq!(code(refused), FaultCode::Forbidden);
    let other = world.realtor("Ben").await;
    let refused = sign_out_member(&other, owner.account()).await.unwrap_err();
    assert_eq!(code(refused), FaultCode::NotFound);
}

async fn the_owner_is_one_and_hands_over_whole(db: TestDb) {
    let world = World::new(db).await;
    let (owner, engine) = (world.realtor("Ana").await, &world.engine);
    let (cy, di) = (
        joined(&owner, "cy@example.com", Role::Admin).await,
        joined(&owner, "di@example.com", Role::Realtor).await,
    );
    let hand_over = MemberChange {
        role: Some(Role::Owner),
        is_active: None,
    };
    let admin = cy.call(engine, None).await.unwrap();
    assert_eq!(
        code(change(&admin, di.account(), hand_over).await.unwrap_err()),
        FaultCode::Forbidden
    );
    change(&owner, di.account(), SWITCH_OFF).await.unwrap();
    assert_eq!(
        code(change(&owner, di.account(), hand_over).await.unwrap_err()),
        FaultCode::Conflict
    );
    let on = MemberChange {
        role: None,
        is_active: Some(true),
    };
    change(&owner, di.account(), on).await.unwrap();
    // Two at once: one of them becomes it.
    let both = tokio::join!(
        change(&owner, cy.account(), hand_over),
        change(&owner, di.account(), hand_over)
    );
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|won| **won).count(), 1);
    let people = members(&admin).await.unwrap();
    let owners: Vec<_> = people.iter().filter(|member| member.role == Role::Owner).collect();
    assert_eq!(owners.len(), 1);
    assert_ne!(owners[0].id, owner.account());
    let was = people.iter().find(|member| member.id == owner.account()).unwrap();
    assert_eq!((was.role, was.is_active), (Role::Admin, true));
}

async fn strangers_have_no_say(db: TestDb) {
    let world = World::new(db).await;
    let (owner, other) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let who = joined(&owner, "cy@example.com", Role::Realtor).await;
    token(&owner, "di@example.com", Role::Realtor).await;
    let open = invitations(&owner).await.unwrap();
    assert_eq!(
        code(change(&other, who.account(), SWITCH_OFF).await.unwrap_err()),
        FaultCode::NotFound
    );
    assert_eq!(code(revoke(&other, open[0].id).await.unwrap_err()), FaultCode::NotFound);
    assert_eq!(members(&other).await.unwrap().len(), 1);
    assert!(invitations(&other).await.unwrap().is_empty());
    // An address that has an account elsewhere cannot come over.
    let secret = token(&other, "cy@example.com", Role::Admin).await;
    let refused = accept(&world.engine, &secret, &joining(), &FROM).await.unwrap_err();
    assert_eq!(code(refused), FaultCode::Conflict);
    assert!(
        offer(&world.engine, &secret).await.is_ok(),
        "nothing of the refused one is kept"
    );
}

/// A hash of weaker parameters, as of a version before, is replaced when its password is shown.
async fn an_old_hash_is_made_anew(db: TestDb) {
    use argon2::{Algorithm, Argon2, Params, Version};
    use password_hash::PasswordHasher;

    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let engine = &world.engine;
    let weak = Params::new(8 * 1024, 1, 1, None).unwrap();
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, weak);
    let old = weak.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    let known = async || {
        let mut tx = engine.db().read(ana.organization()).await.unwrap();
        let email = "ana@example.com".parse().unwrap();
        store::by_email(&mut tx, &email).await.unwrap().unwrap()
    };
    let mut tx = engine.db().begin(ana.organization()).await.unwrap();
    store::rehash(&mut tx, &known().await, &old).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!password::is_current(&known().await.password_hash));

    let credentials = |password: &str| Credentials {
        email: "ana@example.com".into(),
        password: password.into(),
    };
    let wrong = credentials("a noisy street at dawn");
    sign_in(engine, &wrong, Kind::Console, &FROM).await.unwrap_err();
    assert_eq!(known().await.password_hash, old, "only the right one makes it anew");
    sign_in(engine, &credentials(PASSWORD), Kind::Console, &FROM)
        .await
        .unwrap();
    let new = known().await.password_hash;
    assert!(password::is_current(&new) && new != old);
    sign_in(engine, &credentials(PASSWORD), Kind::Console, &FROM)
        .await
        .unwrap();
    assert_eq!(known().await.password_hash, new, "once is enough");
}

/// Whoever found a screen unlocked takes nothing over, and sends nothing elsewhere.
async fn what_takes_over_asks_for_a_proof(db: TestDb) {
    let world = World::new(db).await;
    let owner = world.realtor("Ana").await;
    let cy = joined(&owner, "cy@example.com", Role::Realtor).await.account();
    let endpoint = domain::webhook::WebhookForm {
        url: "https://example.com/hook".into(),
        events: vec!["lead.created".into()],
    };
    let webhook = crate::webhook::create(&owner, &endpoint).await.unwrap().webhook.id;
    world.clock.advance(domain::security::PROVED_FOR);
    let elsewhere = domain::webhook::WebhookChange {
        url: Some("https://elsewhere.example/hook".into()),
        ..Default::default()
    };
    let retention = domain::privacy::RetentionForm {
        conversation_days: "7".into(),
        lead_days: "7".into(),
    };
    let key = domain::api_key::KeyForm {
        name: "CRM".into(),
        scopes: vec!["read".into()],
        days: 30,
    };
    let late = [
        ("give a role", change(&owner, cy, GIVE_ADMIN).await.map(drop)),
        ("switch off", change(&owner, cy, SWITCH_OFF).await.map(drop)),
        (
            "invite",
            invite(&owner, &form("di@example.com", Role::Admin)).await.map(drop),
        ),
        (
            "add a webhook",
            crate::webhook::create(&owner, &endpoint).await.map(drop),
        ),
        (
            "move a webhook",
            crate::webhook::update(&owner, webhook, elsewhere).await.map(drop),
        ),
        (
            "show another secret",
            crate::webhook::roll_secret(&owner, webhook).await.map(drop),
        ),
        (
            "keep for a week",
            crate::privacy::set_retention(&owner, &retention).await,
        ),
        ("make a key", api_key::create(&owner, &key).await.map(drop)),
        ("take the factor away", factor::remove(&owner).await),
        ("begin a factor", factor::begin(&owner.person()).await.map(drop)),
        ("renew codes", factor::renew_codes(&owner).await.map(drop)),
        ("export all", crate::privacy::export(&owner).await.map(drop)),
    ];
    for (what, outcome) in late {
        assert_eq!(code(outcome.unwrap_err()), FaultCode::ProofNeeded, "{what}");
    }
    // What takes nothing over asks for none.
    let quiet = domain::webhook::WebhookChange {
        active: Some(false),
        ..Default::default()
    };
    crate::webhook::update(&owner, webhook, quiet).await.unwrap();
    bot::list(&owner, None, None).await.unwrap();
    let again = signed_in(&world, "ana@example.com").await;
    change(&again, cy, SWITCH_OFF).await.unwrap();
}
