//! Second factors, on both databases.

use chrono::TimeDelta;
use domain::account::Credentials;

use super::*;
use crate::{
    account::{Kind, Needs, SignedIn, Visitor, change, sign_in, tests::signed_in},
    db::testing::{TestDb, on_every_db},
    testing::{PASSWORD, World},
};

on_every_db!(
    a_code_holds_in_its_own_half_minute_and_once,
    a_recovery_code_holds_once,
    nobody_is_in_without_the_factor,
    guesses_are_few_and_the_owner_gets_in,
    what_gives_an_account_away_wants_proof,
);

fn totp_of(secret: &str) -> Totp {
    totp(
        Secret::try_from_base32(secret).unwrap().as_ref().to_vec(),
        "ana@example.com",
    )
    .unwrap()
}

fn shown(totp: &Totp, world: &World, after: i64) -> FactorForm {
    let at = world.clock.now().timestamp() + after;
    FactorForm {
        code: totp.generate(u64::try_from(at).unwrap()).to_string(),
    }
}

async fn enrolled(world: &World, call: &Call) -> (Totp, Vec<String>) {
    let begun = begin(&call.person()).await.unwrap();
    assert_eq!(
        super::begun(&call.person()).await.unwrap().unwrap().secret,
        begun.secret
    );
    assert!(begun.picture.starts_with("<?xml") || begun.picture.starts_with("<svg"));
    let totp = totp_of(&begun.secret);
    let codes = confirm(&call.person(), &shown(&totp, world, 0)).await.unwrap();
    (totp, codes)
}

/// The first step of a sign-in.
async fn enter(world: &World, email: &str, from: &Client<'_>) -> SignedIn {
    let credentials = Credentials {
        email: email.into(),
        password: PASSWORD.into(),
    };
    sign_in(&world.engine, &credentials, Kind::Console, from).await.unwrap()
}

async fn halfway(world: &World, who: SignedIn) -> Halfway {
    match who.visitor(&world.engine, None).await.unwrap() {
        Visitor::Halfway(halfway) => halfway,
        Visitor::In(_) => panic!("in without a second factor"),
    }
}

fn fault(error: Error) -> FaultCode {
    error.into_fault().code
}

const FROM: Client<'_> = Client {
    address: None,
    agent: "",
    device: None,
};

async fn a_code_holds_in_its_own_half_minute_and_once(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let (totp, codes) = enrolled(&world, &ana).await;
    assert_eq!(codes.len(), RECOVERY_CODES);
    // The code that confirmed the app is used.
    let who = enter(&world, "ana@example.com", &FROM).await;
    let waiting = halfway(&world, who).await;
    assert_eq!(waiting.needs, Needs::Code);
    assert!(
        answer(&waiting, &shown(&totp, &world, 0), &FROM).await.is_err(),
        "used to enrol"
    );
    world.clock.advance(TimeDelta::seconds(30));
    for strange in [-30, 30, 60] {
        let form = shown(&totp, &world, strange);
        assert!(answer(&waiting, &form, &FROM).await.is_err(), "{strange} s away");
    }
    let form = shown(&totp, &world, 0);
    let both = tokio::join!(answer(&waiting, &form, &FROM), answer(&waiting, &form, &FROM));
    // The fifth guess at once may be one too many; the winner is one.
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|won| **won).count(), 1);
    who.call(&world.engine, None).await.unwrap();
    assert!(answer(&waiting, &form, &FROM).await.is_err(), "used");

    let security = security(&who.call(&world.engine, None).await.unwrap()).await.unwrap();
    assert!(security.has_totp && security.recovery_codes == 10);
}

async fn a_recovery_code_holds_once(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let (_, codes) = enrolled(&world, &ana).await;
    let with = |code: &str| FactorForm {
        code: code.to_lowercase(),
    };
    let waiting = halfway(&world, enter(&world, "ana@example.com", &FROM).await).await;
    let first = with(&codes[0]);
    let both = tokio::join!(answer(&waiting, &first, &FROM), answer(&waiting, &first, &FROM));
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|won| **won).count(), 1);
    assert!(answer(&waiting, &first, &FROM).await.is_err());
    assert_eq!(security(&ana).await.unwrap().recovery_codes, 9);

    let ana = signed_in_with(&world, &codes[1]).await;
    let new = renew_codes(&ana).await.unwrap();
    assert_eq!(security(&ana).await.unwrap().recovery_codes, 10);
    let waiting = halfway(&world, enter(&world, "ana@example.com", &FROM).await).await;
    assert!(
        answer(&waiting, &with(&codes[2]), &FROM).await.is_err(),
        "of the old set"
    );
    answer(&waiting, &with(&new[2]), &FROM).await.unwrap();

    // Another organization's codes are none here.
    let ben = world.realtor("Ben").await;
    let (_, theirs) = enrolled(&world, &ben).await;
    let waiting = halfway(&world, enter(&world, "ana@example.com", &FROM).await).await;
    assert!(answer(&waiting, &with(&theirs[0]), &FROM).await.is_err());
}

async fn signed_in_with(world: &World, code: &str) -> Call {
    let who = enter(world, "ana@example.com", &FROM).await;
    let form = FactorForm { code: code.into() };
    answer(&halfway(world, who).await, &form, &FROM).await.unwrap();
    who.call(&world.engine, None).await.unwrap()
}

async fn nobody_is_in_without_the_factor(db: TestDb) {
    let world = World::with(db, |config| config.require_factor = true).await;
    let form = domain::account::Registration {
        org_name: "Ana Homes".into(),
        first_name: "Ana".into(),
        last_name: "Reyes".into(),
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
        ..domain::account::Registration::default()
    };
    crate::account::register(&world.engine, &form).await.unwrap();
    let who = enter(&world, "ana@example.com", &FROM).await;
    assert_eq!(
        fault(who.call(&world.engine, None).await.unwrap_err()),
        FaultCode::Unauthorized
    );
    let waiting = halfway(&world, who).await;
    assert_eq!(waiting.needs, Needs::Factor);
    let token = crate::account::issue_token(&world.engine, who).unwrap();
    assert!(crate::account::verify_token(&world.engine, &token, None).await.is_err());

    let person = waiting.to_enrol().unwrap();
    let totp = totp_of(&begin(person).await.unwrap().secret);
    let wrong = FactorForm { code: "000000".into() };
    assert!(confirm(person, &wrong).await.is_err() || shown(&totp, &world, 0) == wrong);
    confirm(person, &shown(&totp, &world, 0)).await.unwrap();
    let call = who.call(&world.engine, None).await.unwrap();
    assert_eq!(fault(remove(&call).await.unwrap_err()), FaultCode::Forbidden);

    // From now on whoever has the password alone sets up nothing in the factor's place.
    let waiting = halfway(&world, enter(&world, "ana@example.com", &FROM).await).await;
    assert!(waiting.needs == Needs::Code && waiting.to_enrol().is_none());
}

async fn guesses_are_few_and_the_owner_gets_in(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let device = crate::account::device_of(&world.engine, ana.account()).unwrap();
    let known = Client {
        device: Some(&device),
        ..FROM
    };
    let guess = Credentials {
        email: "ana@example.com".into(),
        password: "not the right one".into(),
    };
    let stranger = Credentials {
        email: "nobody@example.com".into(),
        ..guess.clone()
    };
    let outcomes = async |credentials: &Credentials| {
        let mut found = Vec::new();
        for _ in 0..7 {
            let refused = sign_in(&world.engine, credentials, Kind::Console, &FROM)
                .await
                .unwrap_err();
            let refused = refused.into_fault();
            found.push((refused.code, refused.message, refused.retry_after));
        }
        found
    };
    let found = outcomes(&guess).await;
    let codes: Vec<_> = found.iter().map(|(code, ..)| *code).collect();
    assert_eq!(codes[..5], [FaultCode::Unauthorized; 5]);
    assert_eq!(codes[5..], [FaultCode::TooMany; 2]);
    assert_eq!(
        found,
        outcomes(&stranger).await,
        "whether there is an account is not told"
    );
    // The right password does not get in from elsewhere now, and from a browser it was used with before it does.
    let right = Credentials {
        password: PASSWORD.into(),
        ..guess.clone()
    };
    let refused = sign_in(&world.engine, &right, Kind::Console, &FROM).await.unwrap_err();
    assert_eq!(fault(refused), FaultCode::TooMany);
    sign_in(&world.engine, &right, Kind::Console, &known).await.unwrap();
    let others = crate::account::device_of(&world.engine, world.realtor("Ben").await.account()).unwrap();
    for forged in [others.as_str(), "x", "a.b", "", "0011.zz", &device[..device.len() - 2]] {
        let from = Client {
            device: Some(forged),
            ..FROM
        };
        let refused = sign_in(&world.engine, &right, Kind::Console, &from).await.unwrap_err();
        assert_eq!(fault(refused), FaultCode::TooMany, "{forged}");
    }
    world.clock.advance(TimeDelta::minutes(15));
    sign_in(&world.engine, &right, Kind::Console, &FROM).await.unwrap();

    // Codes, across sessions.
    let ana = signed_in(&world, "ana@example.com").await;
    enrolled(&world, &ana).await;
    let letters = mail::testing::count(&world.engine).await.0;
    let mut refused = Vec::new();
    for _ in 0..7 {
        let waiting = halfway(&world, enter(&world, "ana@example.com", &known).await).await;
        let wrong = FactorForm {
            code: "AAAA-AAAA-AAAA-AAAA".into(),
        };
        refused.push(fault(answer(&waiting, &wrong, &FROM).await.unwrap_err()));
    }
    assert_eq!(refused[..5], [FaultCode::Invalid; 5]);
    assert_eq!(refused[5..], [FaultCode::TooMany; 2]);
    // Their owner is told, once.
    world.clock.advance(TimeDelta::minutes(15));
    let waiting = halfway(&world, enter(&world, "ana@example.com", &known).await).await;
    for _ in 0..5 {
        let wrong = FactorForm { code: "000000".into() };
        answer(&waiting, &wrong, &FROM).await.unwrap_err();
    }
    assert_eq!(mail::testing::count(&world.engine).await.0, letters + 1);
    let told = mail::testing::newest(&world.engine, &"ana@example.com".parse().unwrap()).await;
    assert!(told.unwrap().contains("Five wrong codes"));
}

async fn what_gives_an_account_away_wants_proof(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    let who = enter(&world, "ana@example.com", &FROM).await;
    world.clock.advance(domain::security::PROVED_FOR);
    let call = who.call(&world.engine, None).await.unwrap();
    let invitation = domain::tenancy::InviteForm {
        email: "cy@example.com".into(),
        role: "realtor".into(),
    };
    let give = domain::tenancy::MemberChange {
        role: Some(domain::tenancy::Role::Admin),
        is_active: None,
    };
    for refused in [
        begin(&call.person()).await.map(drop),
        remove(&call).await,
        renew_codes(&call).await.map(drop),
        crate::account::invite(&call, &invitation).await.map(drop),
        change(&call, ana.account(), give).await.map(drop),
    ] {
        assert_eq!(fault(refused.unwrap_err()), FaultCode::ProofNeeded);
    }
    let wrong = ProofForm {
        password: "not the right one".into(),
        code: String::new(),
    };
    assert!(prove_again(&call, &wrong, &FROM).await.is_err());
    let right = ProofForm {
        password: PASSWORD.into(),
        ..wrong.clone()
    };
    prove_again(&call, &right, &FROM).await.unwrap();
    let call = who.call(&world.engine, None).await.unwrap();
    let (totp, _) = enrolled(&world, &call).await;
    // With a second factor it is the factor that proves.
    world.clock.advance(domain::security::PROVED_FOR);
    let call = who.call(&world.engine, None).await.unwrap();
    assert!(prove_again(&call, &right, &FROM).await.is_err());
    let by_code = ProofForm {
        password: String::new(),
        code: shown(&totp, &world, 0).code,
    };
    prove_again(&call, &by_code, &FROM).await.unwrap();
    let call = who.call(&world.engine, None).await.unwrap();
    remove(&call).await.unwrap();
    assert!(!security(&call).await.unwrap().has_totp);
    enter(&world, "ana@example.com", &FROM)
        .await
        .call(&world.engine, None)
        .await
        .unwrap();
}
