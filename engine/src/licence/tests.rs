//! Licences on both databases, with a verifier on a socket of its own.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use domain::{audit::Filter, bot::BotStatus};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::{
    Config, bot,
    config::VerifierConfig,
    db::testing::{TestDb, on_every_db},
    mail, porch,
    testing::World,
};

on_every_db!(
    a_licence_is_verified_by_the_service,
    without_a_service_somebody_has_to_look,
    a_refused_licence_says_why_and_is_looked_at_anew,
    a_number_is_whose_it_was_verified_first,
    a_porch_opens_for_verified_licences_only,
    a_licence_ends_and_its_holder_hears_of_it_before,
    a_licence_is_asked_for_again,
    a_service_that_fails_leaves_it_to_somebody,
    a_document_is_kept_and_replaced,
    what_is_given_at_registration_is_kept,
);

fn form(state: &str, number: &str) -> LicenceForm {
    LicenceForm {
        state: state.into(),
        number: number.into(),
        kind: String::new(),
    }
}

/// A service that answers what it is told to, and keeps what it was asked.
#[derive(Clone)]
struct Service {
    address: SocketAddr,
    says: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    async fn start(says: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = Self {
            address: listener.local_addr().unwrap(),
            says: Arc::new(Mutex::new((200, says.into()))),
            asked: Arc::default(),
        };
        let answering = service.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut read = Vec::new();
                // The question is one JSON object, and the last that is sent.
                while !read.ends_with(b"}") {
                    if stream.read_buf(&mut read).await.unwrap() == 0 {
                        break;
                    }
                }
                answering.asked.lock().unwrap().push(String::from_utf8(read).unwrap());
                let (status, body) = answering.says.lock().unwrap().clone();
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        service
    }

    fn says(&self, status: u16, body: &str) {
        *self.says.lock().unwrap() = (status, body.into());
    }

    fn times_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn configure(&self, config: &mut Config) {
        config.licence_verifier = Some(VerifierConfig {
            url: format!("http://{}/licences", self.address),
            key: Some("a bearer secret".into()),
        });
    }
}

/// Runs what is queued, as the worker does.
async fn work(world: &World) {
    while jobs::run_for_test(&world.engine).await {}
}

async fn status(call: &Call) -> LicenceStatus {
    mine(call).await.unwrap().unwrap().status
}

async fn found(call: &Call) -> Found {
    let mut tx = call.engine().db().read(call.organization()).await.unwrap();
    let found = store::of_account(&mut tx, call.organization(), call.account()).await;
    found.unwrap().unwrap()
}

async fn newest_letter(world: &World, to: &str) -> String {
    let letter = mail::testing::newest(&world.engine, &to.parse().unwrap()).await;
    letter.unwrap_or_default()
}

async fn actions(call: &Call) -> Vec<String> {
    let filter = Filter {
        action: Some("licence".into()),
        ..Filter::default()
    };
    let page = audit::list(call, &filter, None, None).await.unwrap();
    page.items.into_iter().map(|entry| entry.action).collect()
}

async fn a_licence_is_verified_by_the_service(db: TestDb) {
    let service = Service::start(r#"{"result":"verified","expires_on":"2027-04-30","reason":null}"#).await;
    let world = World::with(db, |config| service.configure(config)).await;
    let ana = world.realtor("Ana").await;
    assert_eq!(mine(&ana).await.unwrap(), None);
    let claimed = set(&ana, &form("Illinois", "475.123456")).await.unwrap();
    assert_eq!(
        (claimed.status, claimed.state.as_deref()),
        (LicenceStatus::Claimed, Some("IL"))
    );
    work(&world).await;
    let licence = mine(&ana).await.unwrap().unwrap();
    assert_eq!(licence.status, LicenceStatus::Verified);
    assert_eq!(licence.expires_on.unwrap().to_string(), "2027-04-30");
    assert_eq!(licence.checked_at, Some(world.clock.now()));
    let asked = service.asked.lock().unwrap()[0].clone();
    assert!(asked.starts_with("POST /licences HTTP/1.1\r\n"), "{asked}");
    assert!(
        asked.to_lowercase().contains("authorization: bearer a bearer secret"),
        "{asked}"
    );
    let question: Value = serde_json::from_str(asked.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(
        question,
        json!({ "state": "IL", "number": "475.123456", "name": "Ana Reyes" })
    );
    assert!(newest_letter(&world, "ana@example.com").await.contains("is verified"));
    assert_eq!(actions(&ana).await, [log::LICENCE_VERIFIED, log::LICENCE_CLAIMED]);
    // The same again changes nothing, and asks nobody; another kind is no other licence.
    assert_eq!(set(&ana, &form("IL", "475.123456")).await.unwrap(), licence);
    let broker = LicenceForm {
        kind: "broker".into(),
        ..form("IL", "475.123456")
    };
    let licence = set(&ana, &broker).await.unwrap();
    assert_eq!(
        (licence.status, licence.kind),
        (LicenceStatus::Verified, LicenceKind::Broker)
    );
    work(&world).await;
    assert_eq!(service.times_asked(), 1);
    // Another number begins anew.
    assert_eq!(
        set(&ana, &form("IL", "475.654321")).await.unwrap().status,
        LicenceStatus::Claimed
    );
}

async fn without_a_service_somebody_has_to_look(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    set(&ana, &form("OR", "201234567")).await.unwrap();
    work(&world).await;
    assert_eq!(status(&ana).await, LicenceStatus::Pending);
    assert_eq!(actions(&ana).await, [log::LICENCE_PENDING, log::LICENCE_CLAIMED]);
}

async fn a_refused_licence_says_why_and_is_looked_at_anew(db: TestDb) {
    let service = Service::start(r#"{"result":"refused","reason":"No such\r\nlicence."}"#).await;
    let world = World::with(db, |config| service.configure(config)).await;
    let ana = world.realtor("Ana").await;
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    work(&world).await;
    let licence = mine(&ana).await.unwrap().unwrap();
    assert_eq!(
        (licence.status, licence.reason.as_deref()),
        (LicenceStatus::Refused, Some("No suchlicence."))
    );
    assert!(
        newest_letter(&world, "ana@example.com")
            .await
            .contains("No suchlicence.")
    );
    service.says(200, r#"{"result":"verified"}"#);
    let licence = set(&ana, &form("IL", "475.123456")).await.unwrap();
    assert_eq!((licence.status, licence.reason), (LicenceStatus::Claimed, None));
    work(&world).await;
    assert_eq!(status(&ana).await, LicenceStatus::Verified);
}

async fn a_number_is_whose_it_was_verified_first(db: TestDb) {
    let service = Service::start(r#"{"result":"unknown"}"#).await;
    let world = World::with(db, |config| service.configure(config)).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    // Claims stand side by side, and neither shows the other.
    let hers = set(&ana, &form("IL", "475.123456")).await.unwrap();
    let his = set(&ben, &form("IL", "475123456")).await.unwrap();
    assert_eq!(
        (hers.status, his.status),
        (LicenceStatus::Claimed, LicenceStatus::Claimed)
    );
    work(&world).await;
    assert_eq!(
        (status(&ana).await, status(&ben).await),
        (LicenceStatus::Pending, LicenceStatus::Pending)
    );
    service.says(200, r#"{"result":"verified"}"#);
    set(&ana, &form("IL", "475.999999")).await.unwrap();
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    work(&world).await;
    assert_eq!(status(&ana).await, LicenceStatus::Verified);
    // The second waits for somebody to look, and is told no more than that.
    set(&ben, &form("IL", "475.111111")).await.unwrap();
    set(&ben, &form("IL", "475123456")).await.unwrap();
    work(&world).await;
    let his = mine(&ben).await.unwrap().unwrap();
    assert_eq!((his.status, his.reason), (LicenceStatus::Pending, None));
    // The store itself knows but one holder, whoever decides.
    let found = found(&ben).await;
    let mut tx = world.engine.db().begin(ben.organization()).await.unwrap();
    let outcome = hook::Outcome::Verified { expires_on: None };
    let refused = verify::decide(&mut tx, &world.engine, &found, &outcome, None).await;
    let fault = refused.unwrap_err().into_fault();
    assert_eq!(fault.code, FaultCode::Conflict, "{fault}");
    drop(tx);
    // What the first gives up is free.
    set(&ana, &form("IL", "475.222222")).await.unwrap();
    set(&ben, &form("IL", "475.111111")).await.unwrap();
    set(&ben, &form("IL", "475.123456")).await.unwrap();
    work(&world).await;
    assert_eq!(status(&ben).await, LicenceStatus::Verified);
}

async fn a_porch_opens_for_verified_licences_only(db: TestDb) {
    let service = Service::start(r#"{"result":"unknown"}"#).await;
    let world = World::with(db, |config| {
        service.configure(config);
        config.require_licence = true;
    })
    .await;
    let ana = world.realtor("Ana").await;
    let draft = world.draft(&ana).await;
    let refused = async || {
        let fault = bot::publish(&ana, draft.id).await.unwrap_err().into_fault();
        let active = bot::BotChange {
            status: Some(BotStatus::Active),
            ..bot::BotChange::default()
        };
        let other = bot::update(&ana, draft.id, active).await.unwrap_err().into_fault();
        assert_eq!((fault.code, &fault), (FaultCode::Conflict, &other));
        fault.message
    };
    assert!(refused().await.contains("gives state and number"));
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    assert!(refused().await.contains("being verified"));
    work(&world).await;
    assert!(refused().await.contains("being verified"));
    service.says(200, r#"{"result":"refused","reason":"Revoked."}"#);
    set(&ana, &form("IL", "475.111111")).await.unwrap();
    work(&world).await;
    assert!(refused().await.contains("was refused: Revoked."));
    assert_eq!(bot::get(&ana, draft.id).await.unwrap().status, BotStatus::Draft);
    service.says(200, r#"{"result":"verified","expires_on":"2026-05-04"}"#);
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    work(&world).await;
    bot::publish(&ana, draft.id).await.unwrap();
    let line = async || {
        let porch = porch::open(&world.engine, &draft.slug, None).await.unwrap();
        porch.realtor.license.clone()
    };
    let shown = "licensed real-estate agent, Illinois licence 475.123456";
    assert_eq!(line().await.as_deref(), Some(shown));
    // The last day is over: what is open stays, without the line; nothing else opens.
    world.clock.advance(TimeDelta::days(1));
    service.says(200, r#"{"result":"unknown"}"#);
    let second = world.draft(&ana).await;
    let early = bot::publish(&ana, second.id).await.unwrap_err().into_fault();
    assert!(early.message.contains("has run out"), "{early}");
    due(&world.engine).await.unwrap();
    work(&world).await;
    assert_eq!(status(&ana).await, LicenceStatus::Expired);
    let late = bot::publish(&ana, second.id).await.unwrap_err().into_fault();
    assert!(late.message.contains("has run out"), "{late}");
    assert_eq!(bot::get(&ana, draft.id).await.unwrap().status, BotStatus::Active);
    assert_eq!(line().await, None);
}

async fn a_licence_ends_and_its_holder_hears_of_it_before(db: TestDb) {
    let service = Service::start(r#"{"result":"verified","expires_on":"2026-07-01"}"#).await;
    let world = World::with(db, |config| service.configure(config)).await;
    let ana = world.realtor("Ana").await;
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    work(&world).await;
    let (before, _) = mail::testing::count(&world.engine).await;
    // 58 days before the end nothing is due, 30 days before it a letter, once.
    due(&world.engine).await.unwrap();
    assert_eq!(mail::testing::count(&world.engine).await.0, before);
    world.clock.advance(TimeDelta::days(28));
    due(&world.engine).await.unwrap();
    due(&world.engine).await.unwrap();
    assert_eq!(mail::testing::count(&world.engine).await.0, before + 1);
    assert!(
        newest_letter(&world, "ana@example.com")
            .await
            .contains("runs out on 2026-07-01")
    );
    // On its last day it holds.
    world.clock.advance(TimeDelta::days(30));
    due(&world.engine).await.unwrap();
    assert_eq!(status(&ana).await, LicenceStatus::Verified);
    // Afterwards the service is asked whether it was renewed.
    world.clock.advance(TimeDelta::days(1));
    service.says(200, r#"{"result":"unknown"}"#);
    due(&world.engine).await.unwrap();
    assert_eq!(status(&ana).await, LicenceStatus::Expired);
    assert!(newest_letter(&world, "ana@example.com").await.contains("has run out"));
    work(&world).await;
    assert_eq!((status(&ana).await, service.times_asked()), (LicenceStatus::Expired, 2));
    service.says(200, r#"{"result":"verified","expires_on":"2028-07-01"}"#);
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    work(&world).await;
    assert_eq!(status(&ana).await, LicenceStatus::Verified);
    assert_eq!(
        actions(&ana).await[..3],
        [log::LICENCE_VERIFIED, log::LICENCE_CLAIMED, log::LICENCE_EXPIRED]
    );
}

async fn a_licence_is_asked_for_again(db: TestDb) {
    let service = Service::start(r#"{"result":"verified"}"#).await;
    let world = World::with(db, |config| service.configure(config)).await;
    let ana = world.realtor("Ana").await;
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    work(&world).await;
    world.clock.advance(TimeDelta::days(179));
    due(&world.engine).await.unwrap();
    work(&world).await;
    assert_eq!(service.times_asked(), 1);
    // After half a year, once; what nobody knows goes on holding until somebody has looked.
    world.clock.advance(TimeDelta::days(1));
    service.says(200, r#"{"result":"unknown"}"#);
    due(&world.engine).await.unwrap();
    due(&world.engine).await.unwrap();
    work(&world).await;
    assert_eq!(
        (service.times_asked(), status(&ana).await),
        (2, LicenceStatus::Verified)
    );
    world.clock.advance(TimeDelta::days(180));
    service.says(200, r#"{"result":"refused","reason":"Revoked in March."}"#);
    due(&world.engine).await.unwrap();
    work(&world).await;
    assert_eq!((service.times_asked(), status(&ana).await), (3, LicenceStatus::Refused));
    assert!(
        newest_letter(&world, "ana@example.com")
            .await
            .contains("Revoked in March.")
    );
}

async fn a_service_that_fails_leaves_it_to_somebody(db: TestDb) {
    let service = Service::start("").await;
    let world = World::with(db, |config| service.configure(config)).await;
    let ana = world.realtor("Ana").await;
    set(&ana, &form("IL", "475.123456")).await.unwrap();
    let long = "x".repeat(100_000);
    for (status, body) in [
        (500, r#"{"result":"verified"}"#),
        (302, r#"{"result":"verified"}"#),
        (200, r#"{"result":"perhaps"}"#),
        (200, long.as_str()),
    ] {
        service.says(status, body);
        work(&world).await;
        assert_eq!(
            mine(&ana).await.unwrap().unwrap().status,
            LicenceStatus::Claimed,
            "{body:.30}"
        );
        world.clock.advance(TimeDelta::minutes(5));
    }
    service.says(200, "");
    work(&world).await;
    assert_eq!(service.times_asked(), 5);
    assert_eq!(status(&ana).await, LicenceStatus::Pending);
}

async fn sent_of(world: &World, call: &Call) -> Sent {
    let path = document_link(call).await.unwrap().path;
    link::open(&world.engine, path.strip_prefix("/files/").unwrap())
        .await
        .unwrap()
}

async fn a_document_is_kept_and_replaced(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let pdf = Bytes::from_static(b"%PDF-1.7 the licence");
    let refused = async |bytes: Bytes| add_document(&ana, "a.pdf", bytes).await.unwrap_err().into_fault().code;
    assert_eq!(refused(pdf.clone()).await, FaultCode::Conflict);
    set(&ana, &form("OR", "201234567")).await.unwrap();
    assert_eq!(refused(Bytes::new()).await, FaultCode::Invalid);
    assert_eq!(refused(Bytes::from_static(b"<html>")).await, FaultCode::Invalid);
    let mut large = b"%PDF-".to_vec();
    large.resize(DOCUMENT_MAX + 1, b' ');
    assert_eq!(refused(large.into()).await, FaultCode::TooLarge);
    let licence = add_document(&ana, "../My licence\".html", pdf.clone()).await.unwrap();
    assert_eq!(licence.document.as_deref(), Some("My-licence.pdf"));
    let sent = sent_of(&world, &ana).await;
    assert_eq!((sent.kind.as_str(), &sent.bytes), ("application/pdf", &pdf));
    assert_eq!(
        document_link(&ben).await.unwrap_err().into_fault().code,
        FaultCode::NotFound
    );
    let png = Bytes::from_static(b"\x89PNG\r\n\x1a\nrest");
    add_document(&ana, "", png.clone()).await.unwrap();
    let sent = sent_of(&world, &ana).await;
    assert_eq!((sent.name.as_str(), &sent.bytes), ("licence.png", &png));
    // One of the three that was refused for want of a number is left for the sweeper, and the present one.
    let files = || {
        let folder = world
            .engine
            .config()
            .data_dir
            .join("files")
            .join(ana.organization().to_string());
        std::fs::read_dir(folder).unwrap().count()
    };
    assert_eq!(files(), 2);
    let kept = found(&ana).await.document.unwrap().id;
    let mut tx = world.engine.db().read(ana.organization()).await.unwrap();
    for (organization, file) in world
        .engine
        .files()
        .documents_older_than(std::time::Duration::ZERO)
        .await
        .unwrap()
    {
        let is_kept = store::is_kept(&mut tx, organization, file).await.unwrap();
        assert_eq!(is_kept, file == kept);
    }
    drop(tx);
    // Another licence takes its document along.
    let licence = set(&ana, &form("OR", "201234568")).await.unwrap();
    assert_eq!((licence.document, files()), (None, 1));
}

async fn what_is_given_at_registration_is_kept(db: TestDb) {
    let world = World::new(db).await;
    for (name, state, number, expected) in [
        (
            "Ana",
            Some("Illinois"),
            Some("475.123456"),
            Some(LicenceStatus::Pending),
        ),
        ("Ben", None, Some("123456"), Some(LicenceStatus::Claimed)),
        ("Cy", Some("Atlantis"), Some("1"), Some(LicenceStatus::Claimed)),
        ("Di", None, None, None),
    ] {
        let registration = domain::account::Registration {
            org_name: "Harbour Homes".into(),
            first_name: name.into(),
            last_name: "Reyes".into(),
            email: format!("{}@example.com", name.to_lowercase()),
            password: crate::testing::PASSWORD.into(),
            license_number: number.map(str::to_owned),
            license_state: state.map(str::to_owned),
        };
        crate::account::register(&world.engine, &registration).await.unwrap();
        work(&world).await;
        let who = crate::account::quietly(&world.engine, &registration.email).await;
        let call = who.call(&world.engine, None).await.unwrap();
        let licence = mine(&call).await.unwrap();
        assert_eq!(licence.as_ref().map(|licence| licence.status), expected, "{name}");
        let profile = crate::account::me(&call).await.unwrap();
        assert_eq!(profile.license_number.as_deref(), number, "{name}");
        assert!(!profile.is_verified);
    }
}
