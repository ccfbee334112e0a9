//! What is known of a buyer, and its end, on both databases.

use chrono::TimeDelta;
use domain::{
    audit as log,
    id::LeadId,
    lead::{CONSENT_VERSION, Channel, LeadForm, consent_text},
    privacy::RetentionForm,
};

use super::{Daily, erase_lead, erase_old, erased, export, forget, known, retention, set_retention, store, withdraw};
use crate::{
    Call, audit, chat, dashboard,
    db::{
        Ready,
        testing::{TestDb, on_every_db, raw_conn},
    },
    jobs, lead, ledger,
    porch::Porch,
    search,
    testing::World,
    training,
};

on_every_db!(
    a_lead_comes_with_its_consents,
    a_buyer_sees_withdraws_and_is_forgotten,
    a_lead_is_erased_with_its_conversation,
    who_only_left_a_message_has_the_same_rights,
    what_was_agreed_to_stays_as_it_was,
    what_comes_back_is_erased_anew,
    what_is_old_is_erased_once_a_day,
    all_of_an_organization_is_in_one_file,
);

fn form() -> LeadForm {
    LeadForm {
        name: "Ida Moss".into(),
        email: "ida@example.com".into(),
        phone: "555 010 2000".into(),
        message: "When can I see it?".into(),
    }
}

/// A question and a lead of one buyer: the secret of their conversation, and the lead.
async fn visit(porch: &Porch) -> (String, LeadId) {
    let asked = chat::ask(porch, None, "How many bedrooms are there?").await.unwrap();
    asked.finished().await.unwrap();
    let id = lead::leave(porch, Some(&asked.session), &form()).await.unwrap().id;
    (asked.session, id)
}

async fn actions(call: &Call) -> Vec<String> {
    let entries = audit::list(call, &log::Filter::default(), None, None).await.unwrap();
    entries.items.into_iter().map(|entry| entry.action).collect()
}

async fn tombstones(world: &World, call: &Call) -> Vec<(String, String)> {
    let mut tx = world.engine.db().read(call.organization()).await.unwrap();
    let found = store::tombstones(&mut tx, call.organization(), None, 100)
        .await
        .unwrap();
    let mut found: Vec<_> = found.into_iter().map(|it| (it.kind, it.erased_by)).collect();
    found.sort();
    found
}

async fn a_lead_comes_with_its_consents(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    lead::leave(&porch, None, &form()).await.unwrap();
    let by_phone = LeadForm {
        email: String::new(),
        ..form()
    };
    lead::leave(&porch, None, &by_phone).await.unwrap();
    let leads = lead::list(&call, None, None).await.unwrap().items;
    let channels: Vec<Vec<Channel>> = leads
        .iter()
        .map(|lead| lead.consents.iter().map(|consent| consent.channel).collect())
        .collect();
    assert_eq!(channels, [vec![Channel::Phone], vec![Channel::Email, Channel::Phone]]);
    let consent = &leads[0].consents[0];
    assert_eq!(consent.text, consent_text("Ana Reyes"));
    assert_eq!(consent.version, CONSENT_VERSION);
    assert_eq!((consent.given_at, consent.withdrawn_at), (world.clock.now(), None));
}

async fn a_buyer_sees_withdraws_and_is_forgotten(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let (session, _) = visit(&porch).await;
    let (other, _) = visit(&porch).await;
    let before = dashboard::dashboard(&call).await.unwrap();
    let balance = ledger::balance(&call).await.unwrap();

    let found = known(&porch, Some(&session)).await.unwrap().unwrap();
    assert_eq!(found.turns[0].question, "How many bedrooms are there?");
    assert_eq!(found.leads[0].email.as_deref(), Some("ida@example.com"));
    assert!(
        found.leads[0]
            .consents
            .iter()
            .all(|consent| consent.withdrawn_at.is_none())
    );
    for nobody in [None, Some("guessed"), Some("")] {
        assert!(known(&porch, nobody).await.unwrap().is_none());
        assert!(forget(&porch, nobody).await.is_err() && withdraw(&porch, nobody).await.is_err());
    }
    let elsewhere = world.porch(&world.realtor("Ben").await).await;
    assert!(known(&elsewhere, Some(&session)).await.unwrap().is_none());
    assert!(forget(&elsewhere, Some(&session)).await.is_err());

    world.clock.advance(TimeDelta::hours(1));
    withdraw(&porch, Some(&session)).await.unwrap();
    withdraw(&porch, Some(&session)).await.unwrap();
    let found = known(&porch, Some(&session)).await.unwrap().unwrap();
    assert!(
        found.leads[0]
            .consents
            .iter()
            .all(|consent| consent.withdrawn_at == Some(world.clock.now()))
    );

    forget(&porch, Some(&session)).await.unwrap();
    assert!(known(&porch, Some(&session)).await.unwrap().is_none());
    assert!(chat::history(&porch, Some(&session)).await.unwrap().is_empty());
    assert_eq!(
        lead::list(&call, None, None).await.unwrap().items.len(),
        1,
        "the other's"
    );
    assert_eq!(known(&porch, Some(&other)).await.unwrap().unwrap().turns.len(), 1);
    assert_eq!(search::find(&call, "bedrooms").await.unwrap().len(), 1);
    let erased = &chat::conversations(&call, false, None, None).await.unwrap().items[1];
    let whole = chat::conversation(&call, erased.id).await.unwrap();
    assert_eq!(
        (
            whole.turns.len(),
            whole.turns[0].question.as_str(),
            whole.turns[0].answer.as_str()
        ),
        (1, "", "")
    );
    assert!(whole.turns[0].citations.is_empty() && whole.turns[0].outcome.is_some());

    // What was counted and paid stays.
    let after = dashboard::dashboard(&call).await.unwrap();
    assert_eq!((after.conversations, after.leads), (before.conversations, before.leads));
    assert_eq!(after.recent_questions.len(), 1);
    assert_eq!(ledger::balance(&call).await.unwrap(), balance);
    let buyers = |kind: &str| (kind.to_owned(), "buyer".to_owned());
    assert_eq!(
        tombstones(&world, &call).await,
        [buyers("conversation"), buyers("lead")]
    );
    assert_eq!(actions(&call).await[..2], [log::BUYER_ERASED, log::CONSENT_WITHDRAWN]);
}

async fn a_lead_is_erased_with_its_conversation(db: TestDb) {
    let world = World::new(db).await;
    let (call, other) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let porch = world.porch(&call).await;
    let (session, id) = visit(&porch).await;
    let alone = lead::leave(&porch, None, &form()).await.unwrap().id;
    assert!(erase_lead(&other, id).await.is_err(), "another organization's");
    erase_lead(&call, id).await.unwrap();
    assert!(known(&porch, Some(&session)).await.unwrap().is_none());
    assert_eq!(lead::list(&call, None, None).await.unwrap().items[0].id, alone);
    erase_lead(&call, alone).await.unwrap();
    assert!(lead::list(&call, None, None).await.unwrap().items.is_empty());
    assert!(erase_lead(&call, alone).await.is_err(), "it is gone");
    // Two leads, each with its conversation.
    assert_eq!(tombstones(&world, &call).await.len(), 4);
    assert_eq!(actions(&call).await[..2], [log::LEAD_ERASED; 2]);
}

async fn what_is_old_is_erased_once_a_day(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let kept = retention(&call).await.unwrap();
    assert_eq!((kept.conversation_days, kept.lead_days), (Some(365), None));
    let (session, _) = visit(&porch).await;
    let mut last = Daily::default();
    let is_known = async || known(&porch, Some(&session)).await.unwrap().is_some();
    world.clock.advance(TimeDelta::days(365));
    erase_old(&world.engine, &mut last).await.unwrap();
    assert!(is_known().await, "a day is left");
    world.clock.advance(TimeDelta::days(1));
    erase_old(&world.engine, &mut last).await.unwrap();
    assert!(!is_known().await);
    assert_eq!(
        lead::list(&call, None, None).await.unwrap().items.len(),
        1,
        "leads are kept"
    );

    let days = RetentionForm {
        conversation_days: String::new(),
        lead_days: "30".into(),
    };
    let again = crate::account::quietly(&world.engine, "ana@example.com").await;
    let again = again.call(&world.engine, None).await.unwrap();
    set_retention(&again, &days).await.unwrap();
    set_retention(&again, &days).await.unwrap();
    assert_eq!(actions(&call).await[0], log::RETENTION_CHANGED);
    erase_old(&world.engine, &mut last).await.unwrap();
    assert_eq!(
        lead::list(&call, None, None).await.unwrap().items.len(),
        1,
        "not twice a day"
    );
    world.clock.advance(TimeDelta::days(1));
    erase_old(&world.engine, &mut last).await.unwrap();
    assert!(lead::list(&call, None, None).await.unwrap().items.is_empty());
    let retained = |kind: &str| (kind.to_owned(), "retention".to_owned());
    assert_eq!(
        tombstones(&world, &call).await,
        [retained("conversation"), retained("lead")]
    );
    assert_eq!(actions(&call).await[0], log::RETENTION_ERASED);
    assert_eq!(
        actions(&call)
            .await
            .iter()
            .filter(|it| *it == log::RETENTION_CHANGED)
            .count(),
        1
    );
}

async fn all_of_an_organization_is_in_one_file(db: TestDb) {
    let world = World::new(db).await;
    let (call, other) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let porch = world.porch(&call).await;
    visit(&world.porch(&other).await).await;
    // More than a page of them.
    for _ in 0..101 {
        lead::leave(&porch, None, &form()).await.unwrap();
    }
    let (session, _) = visit(&porch).await;
    visit(&porch).await;
    forget(&porch, Some(&session)).await.unwrap();
    let file = training::NewFile {
        name: "notes.txt",
        content_type: None,
        bytes: "The garage holds two cars and a boat.".into(),
        description: "",
    };
    let target = training::Target {
        bot: porch.bot.id,
        property: None,
    };
    let file = training::add_file(&call, target, file, None).await.unwrap().id;
    while jobs::run_for_test(&world.engine).await {}
    let mut archive = zip::ZipArchive::new(export(&call).await.unwrap()).unwrap();
    let raw = std::io::read_to_string(archive.by_name(&format!("files/{file}")).unwrap()).unwrap();
    assert_eq!(raw, "The garage holds two cars and a boat.");
    let mut read = |name: &str| -> serde_json::Value {
        serde_json::from_reader(archive.by_name(&format!("{name}.json")).unwrap()).unwrap()
    };
    let length = |list: serde_json::Value| list.as_array().unwrap().len();
    assert_eq!(read("organization")[0]["name"], "Ana Homes");
    assert_eq!(read("leads")[0]["email"], "ida@example.com");
    assert_eq!(read("leads")[0]["consents"][0]["channel"], "email");
    assert_eq!(length(read("leads")), 102);
    assert_eq!(
        read("conversations")[0]["turns"][0]["question"],
        "How many bedrooms are there?"
    );
    assert_eq!(length(read("conversations")), 2);
    assert_eq!(length(read("erased")), 2);
    for (name, least) in [
        ("bots", 1),
        ("properties", 1),
        ("members", 1),
        ("audit", 3),
        ("transactions", 2),
        ("codes", 0),
        ("webhooks", 0),
        ("licences", 0),
        ("purchases", 0),
        ("visits", 0),
    ] {
        assert!(length(read(name)) >= least, "{name}");
    }
    assert_eq!(actions(&call).await[0], log::ORGANIZATION_EXPORTED);
    world.clock.advance(TimeDelta::minutes(6));
    assert!(export(&call).await.is_err(), "wants a fresh proof");
}

async fn who_only_left_a_message_has_the_same_rights(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let left = lead::leave(&porch, None, &form()).await.unwrap();
    let session = left.session.expect("a way back");
    let found = known(&porch, Some(&session)).await.unwrap().unwrap();
    assert_eq!((found.turns.len(), found.leads.len()), (0, 1));
    assert_eq!(found.leads[0].email.as_deref(), Some("ida@example.com"));
    // To the realtor it is a lead, and no conversation: nothing was asked.
    assert!(
        chat::conversations(&call, false, None, None)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        lead::list(&call, None, None).await.unwrap().items[0].conversation_id,
        None
    );
    assert_eq!(dashboard::dashboard(&call).await.unwrap().conversations.now, 0);
    // Another message, and a question, are the same visitor's.
    let again = lead::leave(&porch, Some(&session), &form()).await.unwrap();
    assert!(again.session.is_none());
    let asked = chat::ask(&porch, Some(&session), "How many bedrooms are there?")
        .await
        .unwrap();
    asked.finished().await.unwrap();
    assert_eq!(asked.session, session);
    let found = known(&porch, Some(&session)).await.unwrap().unwrap();
    assert_eq!((found.turns.len(), found.leads.len()), (1, 2));
    assert_eq!(
        chat::conversations(&call, false, None, None).await.unwrap().items.len(),
        1
    );

    withdraw(&porch, Some(&session)).await.unwrap();
    forget(&porch, Some(&session)).await.unwrap();
    assert!(known(&porch, Some(&session)).await.unwrap().is_none());
    assert!(lead::list(&call, None, None).await.unwrap().items.is_empty());
    // What they leave after that is new.
    let later = lead::leave(&porch, Some(&session), &form()).await.unwrap();
    assert!(later.session.is_some_and(|new| new != session));
}

/// Also by whoever owns the tables.
async fn what_was_agreed_to_stays_as_it_was(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let (session, _) = visit(&porch).await;
    withdraw(&porch, Some(&session)).await.unwrap();
    let (gone, _) = visit(&porch).await;
    forget(&porch, Some(&gone)).await.unwrap();
    lead::leave(&porch, None, &form()).await.unwrap();
    let columns = "organization_id, lead_id, channel, text, version, given_at, withdrawn_at";
    let mut tried = vec![
        "update consent set text = 'anything'".to_owned(),
        "update consent set version = '9'".into(),
        "update consent set given_at = withdrawn_at where withdrawn_at is not null".into(),
        "update consent set withdrawn_at = null where withdrawn_at is not null".into(),
        "delete from consent".into(),
        "update tombstone set erased_by = 'member'".into(),
        "delete from tombstone".into(),
    ];
    match world.engine.db().kind() {
        "SQLite" => tried.push(format!(
            "insert or replace into consent ({columns}) select {columns} from consent"
        )),
        _ => tried.extend(["truncate consent", "truncate tombstone"].map(str::to_owned)),
    }
    for text in tried {
        let owner = world.engine.db().as_owner().await;
        let mut tx = owner.begin(call.organization()).await.unwrap();
        let query = sqlx::AssertSqlSafe(text.clone());
        let done = match raw_conn(&mut tx).await {
            Ready::Sqlite(conn, _) => sqlx::query(query).execute(conn).await.map(drop),
            Ready::Postgres(conn, _) => sqlx::query(query).execute(conn).await.map(drop),
        };
        let told = done.unwrap_err().to_string();
        assert!(
            told.contains("never changed") || told.contains("stays noted"),
            "{text}: {told}"
        );
    }
}

/// As after an archive was put back that was made before the erasure: the store has it all, the file beside it knows better.
async fn what_comes_back_is_erased_anew(db: TestDb) {
    let db = std::sync::Arc::new(db);
    let world = World::sharing(&db, |_| {}).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let (session, lead) = visit(&porch).await;
    let (other, _) = visit(&porch).await;
    let (forgotten, _) = visit(&porch).await;
    forget(&porch, Some(&forgotten)).await.unwrap();
    let file = world.engine.config().data_dir.join(erased::FILE);
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().filter(|line| !line.is_empty()).count(), 2);
    erased::erase_anew(&world.engine).await.unwrap();
    assert!(
        known(&porch, Some(&session)).await.unwrap().is_some(),
        "nothing came back"
    );

    // What another run of the same store has erased, with a line that a power cut left half.
    let conversation = chat::conversation_of(&porch, Some(&session)).await.unwrap().unwrap();
    let line = |kind: &str, id: uuid::Uuid| {
        serde_json::json!({
            "organization": call.organization(), "kind": kind, "id": id, "by": "buyer", "at": world.clock.now(),
        })
    };
    let gone = line("lead", uuid::Uuid::from_u128(7));
    let lines = [
        line("conversation", conversation.uuid()),
        line("lead", lead.uuid()),
        gone,
    ];
    let lines: String = lines.iter().map(|line| format!("\n{line}\n")).collect();
    std::fs::write(&file, format!("{{\"organization\":\"01{lines}{written}")).unwrap();
    for _ in 0..2 {
        erased::erase_anew(&world.engine).await.unwrap();
        assert!(known(&porch, Some(&session)).await.unwrap().is_none());
        assert_eq!(known(&porch, Some(&other)).await.unwrap().unwrap().leads.len(), 1);
        assert_eq!(lead::list(&call, None, None).await.unwrap().items.len(), 1);
    }
    assert_eq!(actions(&call).await[0], log::ERASED_ANEW);
    assert_eq!(
        actions(&call).await.iter().filter(|it| *it == log::ERASED_ANEW).count(),
        1
    );

    // A file that was lost is written anew by what the store knows.
    std::fs::remove_file(&file).unwrap();
    erased::erase_anew(&world.engine).await.unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().filter(|line| !line.is_empty()).count(), 5);
}
