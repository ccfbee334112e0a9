//! Signing in by a provider, on both databases, with a provider of our own on a socket.

mod stand;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::security::FactorForm;
use serde_json::json;
use stand::{Bend, CLIENT, SECRET, Stand, new_key};

use super::*;
use crate::{
    Clock, Config,
    account::{Needs, Visitor, change, tests::joined},
    config::OidcConfig,
    db::testing::{TestDb, on_every_db},
    testing::World,
};

on_every_db!(
    a_linked_identity_signs_in,
    the_second_factor_is_asked_for_as_ever,
    an_answer_holds_once_here_and_for_ten_minutes,
    a_token_that_is_not_for_us_now_is_refused,
    keys_change_without_a_sign_in_being_refused,
    an_address_opens_no_account,
    an_answer_of_another_issuer_is_refused,
    a_provider_that_fails_leaves_the_password,
    an_identity_is_one_accounts,
);

const HOME: &str = "https://porch.example";
const FROM: Client<'_> = Client {
    address: None,
    agent: "",
    device: None,
};

fn configure(stand: &Stand, config: &mut Config) {
    config.public_url = HOME.into();
    config.oidc = Some(OidcConfig {
        issuer: stand.change(|inside| inside.issuer.clone()),
        client_id: CLIENT.into(),
        client_secret: Some(SECRET.into()),
        name: "Example ID".into(),
        trusts_factor: false,
    });
}

/// Somebody signs in at the provider, which sends their browser back.
async fn visit(stand: &Stand, begun: &Begun, subject: &str, email: &str) -> Returned {
    let back = stand.visit(&begun.url, subject, email).await;
    let part = |name: &str| {
        let mut parts = back.query_pairs();
        parts.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    Returned {
        code: part("code"),
        state: part("state"),
        error: part("error"),
        iss: part("iss"),
    }
}

async fn world(db: TestDb, change: impl FnOnce(&mut Config)) -> (World, Stand) {
    // The provider needs the clock before there is a world.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let stand = Stand::start(HOME, Clock::fixed("2026-05-04T18:30:00Z".parse().unwrap())).await;
    let world = World::with(db, |config| {
        configure(&stand, config);
        change(config);
    })
    .await;
    stand.change(|inside| inside.clock = world.clock.clone());
    (world, stand)
}

async fn enter(world: &World, stand: &Stand, subject: &str) -> Result<Outcome, Error> {
    let begun = begin(&world.engine).await?;
    let returned = visit(stand, &begun, subject, "ana@example.com").await;
    finish(&world.engine, &begun.state, &returned, None, &FROM).await
}

async fn linked(world: &World, stand: &Stand, call: &Call, subject: &str) -> Result<Outcome, Error> {
    let begun = begin_link(call).await?;
    let returned = visit(stand, &begun, subject, "ana@id.example").await;
    finish(&world.engine, &begun.state, &returned, Some(call), &FROM).await
}

async fn who(outcome: Result<Outcome, Error>) -> SignedIn {
    match outcome.unwrap() {
        Outcome::SignedIn(who) => who,
        other => panic!("{other:?}"),
    }
}

fn fault<T>(outcome: Result<T, Error>) -> FaultCode {
    outcome.map(drop).unwrap_err().into_fault().code
}

async fn noted(call: &Call, action: &str) -> usize {
    let page = crate::audit::list(call, &log::Filter::default(), None, None)
        .await
        .unwrap();
    page.items.iter().filter(|entry| entry.action == action).count()
}

async fn a_linked_identity_signs_in(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    let ana = world.realtor("Ana").await;
    assert_eq!(provider_name(&world.engine), Some("Example ID"));
    assert!(matches!(enter(&world, &stand, "7").await.unwrap(), Outcome::Unknown));
    assert!(matches!(
        linked(&world, &stand, &ana, "7").await.unwrap(),
        Outcome::Linked
    ));
    let letter = mail::testing::newest(&world.engine, &"ana@example.com".parse().unwrap())
        .await
        .unwrap();
    assert!(letter.contains("Signing in by Example ID was linked"), "{letter}");
    let call = who(enter(&world, &stand, "7").await)
        .await
        .call(&world.engine, None)
        .await
        .unwrap();
    assert_eq!(call.account(), ana.account());
    assert_eq!(noted(&call, log::IDENTITY_LINKED).await, 1);
    assert_eq!(noted(&call, log::SIGNED_IN).await, 1);
    assert_eq!(stand.asked("discovery"), 1, "remembered");
    world.clock.advance(TimeDelta::hours(1));
    who(enter(&world, &stand, "7").await).await;
    assert_eq!(stand.asked("discovery"), 2);

    // Unlinking asks once more who it is, and is noted and told.
    let old = call.person().signed_in();
    let row = list(&call).await.unwrap().remove(0);
    assert_eq!(row.email.as_deref(), Some("ana@id.example"));
    assert_eq!(fault(old.call(&world.engine, None).await), FaultCode::Unauthorized);
    let now = who(enter(&world, &stand, "7").await)
        .await
        .call(&world.engine, None)
        .await
        .unwrap();
    world.clock.advance(domain::security::PROVED_FOR);
    let late = now.person().signed_in().call(&world.engine, None).await.unwrap();
    assert_eq!(fault(unlink(&late, row.id).await), FaultCode::ProofNeeded);
    assert_eq!(fault(begin_link(&late).await), FaultCode::ProofNeeded);
    let now = who(enter(&world, &stand, "7").await)
        .await
        .call(&world.engine, None)
        .await
        .unwrap();
    unlink(&now, row.id).await.unwrap();
    assert_eq!(fault(unlink(&now, row.id).await), FaultCode::NotFound);
    assert_eq!(noted(&now, log::IDENTITY_UNLINKED).await, 1);
    assert!(matches!(enter(&world, &stand, "7").await.unwrap(), Outcome::Unknown));
}

async fn the_second_factor_is_asked_for_as_ever(db: TestDb) {
    let db = Arc::new(db);
    let stand = Stand::start(HOME, Clock::fixed("2026-05-04T18:30:00Z".parse().unwrap())).await;
    let strict = World::sharing(&db, |config| configure(&stand, config)).await;
    stand.change(|inside| inside.clock = strict.clock.clone());
    let ana = strict.realtor("Ana").await;
    linked(&strict, &stand, &ana, "7").await.unwrap();
    let app = factor::begin(&ana.person()).await.unwrap();
    let code = factor::code_for_test(&app.secret, strict.clock.now());
    factor::confirm(&ana.person(), &FactorForm { code }).await.unwrap();
    stand.bend(|_, claims| claims["amr"] = json!(["pwd", "mfa"]));
    let signed_in = who(enter(&strict, &stand, "7").await).await;
    match signed_in.visitor(&strict.engine, None).await.unwrap() {
        Visitor::Halfway(halfway) => assert_eq!(halfway.needs, Needs::Code),
        Visitor::In(_) => panic!("in without the second factor"),
    }
    // Where the settings trust it, the provider's own counts, if it says that there was one.
    let trusting = World::sharing(&db, |config| {
        configure(&stand, config);
        config.oidc.as_mut().unwrap().trusts_factor = true;
    })
    .await;
    let signed_in = who(enter(&trusting, &stand, "7").await).await;
    signed_in.call(&trusting.engine, None).await.unwrap();
    stand.bend(|_, claims| claims["amr"] = json!(["pwd"]));
    let signed_in = who(enter(&trusting, &stand, "7").await).await;
    assert!(signed_in.call(&trusting.engine, None).await.is_err());
}

async fn an_answer_holds_once_here_and_for_ten_minutes(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    let ana = world.realtor("Ana").await;
    linked(&world, &stand, &ana, "7").await.unwrap();
    let engine = &world.engine;
    let begun = begin(engine).await.unwrap();
    let good = visit(&stand, &begun, "7", "ana@example.com").await;
    let redeemed = stand.asked("token");
    let elsewhere = begin(engine).await.unwrap();
    // A browser that began nothing, or something else; an answer to nothing.
    for (kept, came) in [
        ("", good.state.clone()),
        ("", None),
        ("", Some(String::new())),
        (elsewhere.state.as_str(), good.state.clone()),
        (begun.state.as_str(), Some(elsewhere.state.clone())),
        (begun.state.as_str(), None),
    ] {
        let returned = Returned {
            state: came,
            ..good.clone()
        };
        assert_eq!(
            fault(finish(engine, kept, &returned, None, &FROM).await),
            FaultCode::Invalid
        );
    }
    assert_eq!(stand.asked("token"), redeemed, "no code was sent");
    who(finish(engine, &begun.state, &good, None, &FROM).await).await;
    assert_eq!(
        fault(finish(engine, &begun.state, &good, None, &FROM).await),
        FaultCode::Invalid
    );
    // A code of before under a new state; and one whose sign-in somebody else began: the proof is another.
    let stolen = visit(&stand, &elsewhere, "7", "ana@example.com").await;
    for code in [good.code.clone(), stolen.code.clone()] {
        let begun = begin(engine).await.unwrap();
        let mixed = Returned {
            code,
            state: Some(begun.state.clone()),
            ..Returned::default()
        };
        assert_eq!(
            fault(finish(engine, &begun.state, &mixed, None, &FROM).await),
            FaultCode::Invalid
        );
    }
    let refused = begin(engine).await.unwrap();
    let said = Returned {
        state: Some(refused.state.clone()),
        error: Some("access_denied".into()),
        ..Returned::default()
    };
    assert_eq!(
        fault(finish(engine, &refused.state, &said, None, &FROM).await),
        FaultCode::Invalid
    );

    let (slow, late) = (begin(engine).await.unwrap(), begin(engine).await.unwrap());
    world.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
    let returned = visit(&stand, &slow, "7", "ana@example.com").await;
    who(finish(engine, &slow.state, &returned, None, &FROM).await).await;
    world.clock.advance(TimeDelta::seconds(1));
    let returned = visit(&stand, &late, "7", "ana@example.com").await;
    assert_eq!(
        fault(finish(engine, &late.state, &returned, None, &FROM).await),
        FaultCode::Invalid
    );
}

async fn a_token_that_is_not_for_us_now_is_refused(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    let ana = world.realtor("Ana").await;
    linked(&world, &stand, &ana, "7").await.unwrap();
    let now = world.clock.now().timestamp();
    let bends: Vec<(&str, Bend)> = vec![
        ("nonce", Arc::new(|_, claims| claims["nonce"] = json!("another"))),
        (
            "no nonce",
            Arc::new(|_, claims| drop(claims.as_object_mut().unwrap().remove("nonce"))),
        ),
        (
            "issuer",
            Arc::new(|_, claims| claims["iss"] = json!("https://evil.test")),
        ),
        (
            "audience",
            Arc::new(|_, claims| claims["aud"] = json!("another client")),
        ),
        (
            "audiences",
            Arc::new(|_, claims| claims["aud"] = json!(["another client"])),
        ),
        ("party", Arc::new(|_, claims| claims["azp"] = json!("another client"))),
        (
            "no party",
            Arc::new(|_, claims| claims["aud"] = json!([CLIENT, "another client"])),
        ),
        ("expired", Arc::new(move |_, claims| claims["exp"] = json!(now - 60))),
        (
            "no expiry",
            Arc::new(|_, claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
        ),
        ("of later", Arc::new(move |_, claims| claims["iat"] = json!(now + 61))),
        ("not yet", Arc::new(move |_, claims| claims["nbf"] = json!(now + 61))),
        ("nobody", Arc::new(|_, claims| claims["sub"] = json!(""))),
        (
            "with a character that is none",
            Arc::new(|_, claims| claims["sub"] = json!("7\0")),
        ),
        ("number", Arc::new(|_, claims| claims["sub"] = json!(7))),
        ("unsigned", Arc::new(|header, _| header["alg"] = json!("none"))),
        ("by our secret", Arc::new(|header, _| header["alg"] = json!("HS256"))),
        (
            "by our secret, without a name",
            Arc::new(|header, _| *header = json!({ "alg": "HS256" })),
        ),
        ("as RSA", Arc::new(|header, _| header["alg"] = json!("RS256"))),
        ("forged", Arc::new(|header, _| header["forged"] = json!(true))),
        (
            "forged without a name",
            Arc::new(|header, _| *header = json!({ "alg": "ES256", "forged": true })),
        ),
        ("critical", Arc::new(|header, _| header["crit"] = json!(["b64"]))),
    ];
    for (what, bend) in bends {
        stand.change(|inside| inside.bend = Some(bend));
        assert_eq!(fault(enter(&world, &stand, "7").await), FaultCode::Invalid, "{what}");
    }
    // At the edges of what holds.
    let bends: [Bend; 4] = [
        Arc::new(move |_, claims| claims["exp"] = json!(now - 59)),
        Arc::new(|_, claims| claims["aud"] = json!([CLIENT])),
        Arc::new(|_, claims| (claims["aud"], claims["azp"]) = (json!([CLIENT, "another client"]), json!(CLIENT))),
        Arc::new(|header, _| *header = json!({ "alg": "ES256" })),
    ];
    for bend in bends {
        stand.change(|inside| inside.bend = Some(bend));
        who(enter(&world, &stand, "7").await).await;
    }
}

async fn keys_change_without_a_sign_in_being_refused(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    let ana = world.realtor("Ana").await;
    linked(&world, &stand, &ana, "7").await.unwrap();
    assert_eq!(stand.asked("keys"), 1);
    stand.change(|inside| (inside.key, inside.kid) = (new_key(), "two".into()));
    // Whoever makes keys up has them fetched once a minute at most.
    assert_eq!(fault(enter(&world, &stand, "7").await), FaultCode::Invalid);
    assert_eq!(stand.asked("keys"), 1);
    world.clock.advance(TimeDelta::minutes(1));
    who(enter(&world, &stand, "7").await).await;
    assert_eq!(stand.asked("keys"), 2);
    who(enter(&world, &stand, "7").await).await;
    assert_eq!(stand.asked("keys"), 2);
    // The old one is gone with it.
    world.clock.advance(TimeDelta::minutes(1));
    stand.bend(|header, _| header["kid"] = json!("one"));
    assert_eq!(fault(enter(&world, &stand, "7").await), FaultCode::Invalid);
}

async fn an_address_opens_no_account(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    let ana = world.realtor("Ana").await;
    linked(&world, &stand, &ana, "7").await.unwrap();
    // Somebody else at the provider, with Ana's address and verified, too.
    assert!(matches!(enter(&world, &stand, "8").await.unwrap(), Outcome::Unknown));
    for strange in ["7 ", "07", "ana@example.com"] {
        assert!(
            matches!(enter(&world, &stand, strange).await.unwrap(), Outcome::Unknown),
            "{strange}"
        );
    }
    // The same name at another issuer is somebody else.
    let other = Stand::start(HOME, world.clock.clone()).await;
    let elsewhere = World::sharing(&world.db(), |config| configure(&other, config)).await;
    other.change(|inside| inside.clock = elsewhere.clock.clone());
    assert!(matches!(
        enter(&elsewhere, &other, "7").await.unwrap(),
        Outcome::Unknown
    ));
    // Nobody signs in to an account that is switched off.
    let cy = joined(&ana, "cy@example.com", domain::tenancy::Role::Realtor).await;
    let call = cy.call(&world.engine, None).await.unwrap();
    linked(&world, &stand, &call, "9").await.unwrap();
    who(enter(&world, &stand, "9").await).await;
    let off = domain::tenancy::MemberChange {
        is_active: Some(false),
        ..domain::tenancy::MemberChange::default()
    };
    change(&ana, cy.account(), off).await.unwrap();
    assert!(matches!(enter(&world, &stand, "9").await.unwrap(), Outcome::Unknown));
}

async fn an_answer_of_another_issuer_is_refused(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    let ana = world.realtor("Ana").await;
    stand.change(|inside| inside.metadata = json!({ "authorization_response_iss_parameter_supported": true }));
    let issuer = stand.change(|inside| inside.issuer.clone());
    for (iss, good) in [
        (None, false),
        (Some("https://evil.test".to_owned()), false),
        (Some(format!("{issuer}/")), false),
        (Some(issuer), true),
    ] {
        let begun = begin_link(&ana).await.unwrap();
        let mut returned = visit(&stand, &begun, "7", "ana@example.com").await;
        returned.iss = iss.clone();
        let outcome = finish(&world.engine, &begun.state, &returned, Some(&ana), &FROM).await;
        assert_eq!(outcome.is_ok(), good, "{iss:?}");
    }
}

async fn a_provider_that_fails_leaves_the_password(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    stand.change(|inside| inside.works = false);
    assert_eq!(fault(begin(&world.engine).await), FaultCode::Unavailable);
    stand.change(|inside| {
        inside.works = true;
        inside.metadata = json!({ "issuer": "https://evil.test" });
    });
    assert_eq!(fault(begin(&world.engine).await), FaultCode::Unavailable);
    for endpoint in ["ftp://127.0.0.1/", "nonsense"] {
        stand.change(|inside| inside.metadata = json!({ "jwks_uri": endpoint }));
        assert_eq!(fault(begin(&world.engine).await), FaultCode::Unavailable, "{endpoint}");
    }
    stand.change(|inside| inside.metadata = json!({}));
    begin(&world.engine).await.unwrap();
    let none = World::sharing(&world.db(), |_| {}).await;
    assert_eq!(provider_name(&none.engine), None);
    assert_eq!(fault(begin(&none.engine).await), FaultCode::Conflict);
}

async fn an_identity_is_one_accounts(db: TestDb) {
    let (world, stand) = world(db, |_| {}).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    linked(&world, &stand, &ana, "7").await.unwrap();
    assert_eq!(fault(linked(&world, &stand, &ben, "7").await), FaultCode::Conflict);
    assert_eq!(fault(linked(&world, &stand, &ana, "7").await), FaultCode::Conflict);
    let row = list(&ana).await.unwrap().remove(0);
    assert_eq!(fault(unlink(&ben, row.id).await), FaultCode::NotFound);
    assert!(list(&ben).await.unwrap().is_empty());
    // What Ana began to link ends up with nobody else: neither with Ben's session, nor without one.
    for call in [Some(&ben), None] {
        let begun = begin_link(&ana).await.unwrap();
        let returned = visit(&stand, &begun, "8", "ben@example.com").await;
        let outcome = finish(&world.engine, &begun.state, &returned, call, &FROM).await;
        assert_eq!(fault(outcome), FaultCode::Invalid);
    }
    assert!(matches!(enter(&world, &stand, "8").await.unwrap(), Outcome::Unknown));
}
