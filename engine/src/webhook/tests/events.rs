//! What is told of each event, once, and that nothing is written where nobody asks.

use chrono::TimeDelta;
use domain::{bot::BotStatus, credits::Credits, qr::CodeForm};

use super::{super::*, *};
use crate::{
    bot, chat,
    db::testing::on_every_db,
    ledger::{self, Move, Purpose},
    porch, privacy, qr, training,
    webhook::sender::send_due,
};

on_every_db!(
    every_event_is_told,
    low_credits_are_told_once_until_they_rise,
    nothing_is_written_where_nobody_asks,
    what_did_not_happen_is_not_told,
    a_buyers_words_wait_sealed_and_go_when_they_are_erased,
);

/// All that a receiver was told, by its type.
fn told(receiver: &Receiver) -> Vec<(String, Value)> {
    let told = receiver.take().iter().map(Got::json).collect::<Vec<_>>();
    let mut told: Vec<_> = told
        .into_iter()
        .map(|told| (told["type"].as_str().unwrap().to_owned(), told["data"].clone()))
        .collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    told
}

fn types(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

async fn ask(porch: &Porch, question: &str) -> chat::Asked {
    let asked = chat::ask(porch, None, question).await.unwrap();
    asked.finished().await.unwrap();
    asked
}

async fn every_event_is_told(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let (engine, call) = (&world.engine, world.realtor("Ana").await);
    let porch = world.porch(&call).await;
    let all: Vec<EventKind> = EventKind::CHOICES.to_vec();
    endpoint(&call, &receiver, &all).await;
    // Another endpoint of theirs asks for less.
    let other = endpoint(&call, &receiver, &[EventKind::HandoffRequested]).await;

    let asked = ask(&porch, "Is there a wine cellar under the stairs?").await;
    ask(&porch, "What is the asking price?").await;
    let preview = porch::preview(&call, porch.bot.id).await.unwrap();
    ask(&preview, "Is there a wine cellar under the stairs?").await;
    send_due(engine).await.unwrap();
    let unanswered = told(&receiver);
    assert_eq!(
        types(&unanswered),
        ["question.unanswered"],
        "answers and the realtor's own questions are not"
    );
    assert_eq!(unanswered[0].1["question"], "Is there a wine cellar under the stairs?");
    assert_eq!(unanswered[0].1["conversation_id"], asked.conversation.to_string());
    assert_eq!(unanswered[0].1["turn_id"], asked.turn.to_string());

    leave(&porch, Some(&asked.session)).await;
    send_due(engine).await.unwrap();
    let left = told(&receiver);
    assert_eq!(types(&left), ["handoff.requested", "handoff.requested", "lead.created"]);
    assert_eq!(left[0].1["conversation_id"], asked.conversation.to_string());
    assert_eq!(left[0].1["lead_id"], left[2].1["lead_id"]);
    assert!(left[0].1.get("email").is_none(), "who they are is said with the lead");
    assert_eq!(log_of(&call, other.webhook.id).await.len(), 1);

    let form = CodeForm {
        bot_id: porch.bot.id.to_string(),
        ..CodeForm::default()
    };
    let code = qr::create(&call, &form).await.unwrap();
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
    for agent in [phone, phone, "Googlebot/2.1"] {
        let visit = qr::Visit {
            address: None,
            user_agent: agent.into(),
            referrer: None,
        };
        qr::scan(engine, &code.slug, &visit).await.unwrap();
    }
    send_due(engine).await.unwrap();
    let scanned = told(&receiver);
    assert_eq!(
        types(&scanned),
        ["scan.counted"],
        "a visitor once an hour, and no robot"
    );
    assert_eq!(
        [&scanned[0].1["qr_id"], &scanned[0].1["device"]],
        [code.id.to_string().as_str(), "phone"]
    );

    let target = training::Target {
        bot: porch.bot.id,
        property: porch.property_id(),
    };
    let text = "The roof was replaced in 2019. The septic tank was pumped in March 2024.";
    let source = training::add_text(&call, target, text, None).await.unwrap();
    for _ in 0..2 {
        training::train(engine, call.organization(), source.id).await.unwrap();
    }
    send_due(engine).await.unwrap();
    let trained = told(&receiver);
    assert_eq!(types(&trained), ["source.trained"], "once, though it ran twice");
    assert_eq!(trained[0].1["source_id"], source.id.to_string());

    for status in [BotStatus::Inactive, BotStatus::Active, BotStatus::Active] {
        let change = bot::BotChange {
            status: Some(status),
            ..bot::BotChange::default()
        };
        bot::update(&call, porch.bot.id, change).await.unwrap();
    }
    send_due(engine).await.unwrap();
    let published = told(&receiver);
    assert_eq!(types(&published), ["bot.published"]);
    assert_eq!(
        published[0].1["url"],
        format!("http://127.0.0.1:3000/p/{}", porch.bot.slug)
    );
}

async fn low_credits_are_told_once_until_they_rise(db: TestDb) {
    let receiver = Receiver::start().await;
    let allow = receiver.address.to_string();
    let world = World::with(db, |config| {
        config.fetch_allow = allow;
        config.prices.registration_grant = Credits::whole(60).unwrap();
    })
    .await;
    let (engine, call) = (&world.engine, world.realtor("Ana").await);
    let id = endpoint(&call, &receiver, &[EventKind::CreditsLow]).await.webhook.id;
    let purpose = || Purpose {
        name: "bot_creation",
        related: None,
        description: String::new(),
        price_version: 1,
    };
    let act = async |action| {
        let mut tx = engine.db().begin(call.organization()).await.unwrap();
        ledger::apply_one(&mut tx, engine, Move::new(call.organization(), action))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        log_of(&call, id).await.len()
    };
    let spend = |milli| ledger::Action::Spend {
        amount: Credits::milli(milli),
        purpose: purpose(),
    };
    let hold = engine.clock().new_id();
    let held = ledger::Action::Hold {
        hold,
        amount: Credits::milli(10_000),
        purpose: purpose(),
    };
    assert_eq!(act(spend(10_000)).await, 0, "50 are not fewer than 50");
    assert_eq!(act(held).await, 0, "what is held may come back");
    assert_eq!(act(ledger::Action::Void { hold }).await, 0);
    assert_eq!(act(spend(1)).await, 1);
    assert_eq!(act(spend(5_000)).await, 1, "told already");
    let grant = ledger::Action::Grant {
        amount: Credits::milli(20_000),
        purpose: purpose(),
    };
    assert_eq!(act(grant).await, 1);
    assert_eq!(act(spend(20_000)).await, 2, "risen, and fallen again");
    world.clock.advance(TimeDelta::seconds(1));
    send_due(engine).await.unwrap();
    let told = told(&receiver);
    let left: Vec<_> = told
        .iter()
        .map(|(_, data)| data["current_credits_milli"].as_i64().unwrap())
        .collect();
    assert!(left.contains(&49_999) && left.contains(&44_999), "{left:?}");
    assert_eq!(told[0].1["threshold_milli"], 50_000);
}

async fn nothing_is_written_where_nobody_asks(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let outbox = world.engine.outbox();
    let kind = EventKind::LeadCreated;
    assert!(!outbox.wants(ana.organization(), kind));
    let id = endpoint(&ana, &receiver, &[kind]).await.webhook.id;
    assert!(outbox.wants(ana.organization(), kind) && !outbox.wants(ben.organization(), kind));
    assert!(!outbox.wants(ana.organization(), EventKind::ScanCounted));
    delete(&ana, id).await.unwrap();
    assert!(!outbox.wants(ana.organization(), kind));
}

async fn what_did_not_happen_is_not_told(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let (engine, call) = (&world.engine, world.realtor("Ana").await);
    let id = endpoint(&call, &receiver, &[EventKind::BotPublished]).await.webhook.id;
    let event = Event {
        organization: call.organization(),
        id: engine.clock().new_id(),
        kind: EventKind::BotPublished,
        at: engine.clock().now(),
        data: json!({}),
        words: None,
    };
    let write = async |keep: bool| {
        let mut tx = engine.db().begin(call.organization()).await.unwrap();
        engine.outbox().write(&mut tx, vec![event.clone()]).await.unwrap();
        if keep {
            tx.commit().await.unwrap();
        }
        log_of(&call, id).await.len()
    };
    assert_eq!(write(false).await, 0, "taken back with what it tells");
    assert_eq!(write(true).await, 1);
    assert_eq!(write(true).await, 1, "written again, it is the same event");
}

/// What waits to be sent is as closed as the lead itself, and is erased with it; that there was a lead is told all the same.
async fn a_buyers_words_wait_sealed_and_go_when_they_are_erased(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let (engine, call) = (&world.engine, world.realtor("Ana").await);
    let porch = world.porch(&call).await;
    endpoint(
        &call,
        &receiver,
        &[EventKind::LeadCreated, EventKind::QuestionUnanswered],
    )
    .await;
    let question = "Is there a wine cellar under the stairs?";
    let asked = ask(&porch, question).await;
    leave(&porch, Some(&asked.session)).await;
    let waiting = async || {
        let mut tx = engine.db().read(call.organization()).await.unwrap();
        store::due(&mut tx, engine.clock().now(), 10, 10).await.unwrap()
    };
    let open = waiting().await;
    assert_eq!(open.len(), 2);
    for due in &open {
        let kept = format!("{} {}", due.payload, due.words.as_deref().unwrap());
        for word in ["cy@example.com", "Cy Moss", "cellar"] {
            assert!(!kept.contains(word), "{kept}");
        }
    }

    let lead = lead::list(&call, None, None).await.unwrap().items[0].id;
    privacy::erase_lead(&call, lead).await.unwrap();
    assert!(waiting().await.iter().all(|due| due.words.is_none()));
    send_due(engine).await.unwrap();
    let told = told(&receiver);
    assert_eq!(types(&told), ["lead.created", "question.unanswered"]);
    assert_eq!(told[0].1["lead_id"], lead.to_string());
    assert!(
        told[0].1.get("email").is_none() && told[1].1.get("question").is_none(),
        "{told:?}"
    );
}
