//! Turns, on both databases; providers that fail and lie, over a real socket.

use std::{sync::Arc, time::Duration};

use domain::{
    chat::{Delta, Outcome},
    listing::PropertyForm,
};
use futures::StreamExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::{
    config::ProviderConfig,
    db::testing::{TestDb, on_every_db},
    ledger, listing, porch,
    testing::World,
};

on_every_db!(
    an_answer_comes_from_the_record_with_its_source,
    a_conversation_goes_on_and_belongs_to_its_visitor,
    an_answer_can_be_followed_again,
    a_visitor_who_leaves_is_settled_all_the_same,
    open_turns_are_closed_at_the_start,
    what_a_provider_invents_never_reaches_the_buyer,
    a_providers_yes_or_no_keeps_to_the_words_of_a_source,
    a_provider_that_fails_costs_nothing_and_is_stood_in_for,
    nothing_is_kept_or_told_after_it_was_erased,
    a_long_conversation_is_whole,
);

async fn spendable(call: &Call) -> (i64, i64) {
    let balance = ledger::balance(call).await.unwrap();
    (balance.available.as_milli(), balance.held.as_milli())
}

async fn an_answer_comes_from_the_record_with_its_source(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let before = spendable(&call).await.0;
    let told = ask(&porch, None, "What is the asking price?")
        .await
        .unwrap()
        .finished()
        .await
        .unwrap();
    assert_eq!(told.outcome, Outcome::Answered);
    assert!(told.text.contains("$489,000"), "{}", told.text);
    assert_eq!(told.citations.len(), 1);
    assert_eq!(spendable(&call).await, (before - 1_000, 0));
    let unknown = ask(&porch, None, "Is there a wine cellar under the stairs?")
        .await
        .unwrap()
        .finished()
        .await
        .unwrap();
    assert_eq!(unknown.outcome, Outcome::Unknown);
    assert_eq!(
        spendable(&call).await,
        (before - 1_000, 0),
        "what is not answered is not charged"
    );
    assert!(ask(&porch, None, "  ").await.is_err());
    assert!(ask(&porch, None, &"x".repeat(2_001)).await.is_err());
}

async fn a_conversation_goes_on_and_belongs_to_its_visitor(db: TestDb) {
    let world = World::new(db).await;
    let (call, stranger) = (world.realtor("Ana").await, world.realtor("Bea").await);
    let (porch, other) = (world.porch(&call).await, world.porch(&stranger).await);
    let first = ask(&porch, None, "How many bedrooms?").await.unwrap();
    first.finished().await.unwrap();
    let second = ask(&porch, Some(&first.session), "And what does it cost?")
        .await
        .unwrap();
    second.finished().await.unwrap();
    assert_eq!(first.conversation, second.conversation);
    assert_eq!(history(&porch, Some(&first.session)).await.unwrap().len(), 2);
    // An unknown secret, and a secret of another bot, begin anew.
    for (porch, secret) in [(&porch, "nobody knows this one"), (&other, first.session.as_str())] {
        let fresh = ask(porch, Some(secret), "How many bedrooms?").await.unwrap();
        fresh.finished().await.unwrap();
        assert_ne!(fresh.conversation, first.conversation);
        assert_ne!(fresh.session, secret);
    }
    assert!(history(&other, Some(&first.session)).await.unwrap().is_empty());
    let seen = conversation(&call, first.conversation).await.unwrap();
    assert_eq!(seen.turns.len(), 2);
    let hidden = conversation(&stranger, first.conversation)
        .await
        .unwrap_err()
        .into_fault();
    assert_eq!(hidden, Fault::not_found("conversation"));
    assert_eq!(
        resume(&other, &first.session, first.turn)
            .await
            .unwrap_err()
            .into_fault(),
        Fault::not_found("answer")
    );
}

async fn an_answer_can_be_followed_again(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let asked = ask(&porch, None, "How many bedrooms?").await.unwrap();
    let all: Vec<(u64, Delta)> = asked.deltas(0).collect().await;
    let ids: Vec<u64> = all.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (1..=all.len() as u64).collect::<Vec<_>>());
    assert!(matches!(all.first(), Some((_, Delta::Started { .. }))));
    assert!(matches!(all.last(), Some((_, Delta::Done { .. }))));
    let again = resume(&porch, &asked.session, asked.turn).await.unwrap();
    let rest: Vec<_> = again.deltas(2).collect().await;
    assert_eq!(rest, all[2..]);
    assert!(again.deltas(all.len() as u64).collect::<Vec<_>>().await.is_empty());
}

async fn a_visitor_who_leaves_is_settled_all_the_same(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let before = spendable(&call).await.0;
    for _ in 0..20 {
        // Nobody follows.
        drop(ask(&porch, None, "How many bedrooms?").await.unwrap());
    }
    world.engine.turns().drain(Duration::from_secs(10)).await;
    assert_eq!(spendable(&call).await, (before - 20_000, 0));
}

async fn open_turns_are_closed_at_the_start(db: TestDb) {
    let (address, _hits) = provider(Behaviour::Hang).await;
    let world = World::with(db, |config| config.provider = Some(address)).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let before = spendable(&call).await.0;
    let asked = ask(&porch, None, "How many bedrooms?").await.unwrap();
    let stored = async {
        while spendable(&call).await.1 == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), stored)
        .await
        .expect("the hold is made");
    // As after a kill: nobody is working on the turn any more.
    recover(&world.engine).await.unwrap();
    assert_eq!(spendable(&call).await, (before, 0));
    let seen = conversation(&call, asked.conversation).await.unwrap();
    assert_eq!(seen.turns[0].outcome, Some(Outcome::Unavailable));
    world.clock.advance(TimeDelta::hours(1));
    close_abandoned(&world.engine).await.unwrap();
    assert_eq!(ledger::totals(&world.engine).await.unwrap().pending_holds, 0);
}

/// What the stand-in provider does with a request.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    Say(&'static str),
    Hang,
    Status(u16),
    Garbage,
    Empty,
    Close,
    CutAfter(&'static str),
}

/// A provider on a loopback socket that speaks the protocol, streaming or in one piece as it is asked.
async fn provider(behaviour: Behaviour) -> (ProviderConfig, Arc<std::sync::atomic::AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let hits = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = Arc::clone(&hits);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            tokio::spawn(async move {
                let mut request = vec![0; 65_536];
                let read = socket.read(&mut request).await.unwrap_or_default();
                let streamed = String::from_utf8_lossy(&request[..read]).contains(r#""stream":true"#);
                let event = |text: &str| {
                    let body = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]});
                    format!("data: {body}\n\n")
                };
                let end =
                    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
                let whole = |text: &str, missing: usize| {
                    let choice = serde_json::json!({"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"});
                    let body = serde_json::json!({"choices": [choice]}).to_string();
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len() + missing)
                };
                let answer = match behaviour {
                    Behaviour::Say(text) if !streamed => whole(text, 0),
                    Behaviour::CutAfter(text) if !streamed => whole(text, 100),
                    Behaviour::Empty if !streamed => whole("", 0),
                    Behaviour::Say(text) => {
                        let words: String = text.split_inclusive(' ').map(event).collect();
                        format!("{head}{words}{end}")
                    }
                    Behaviour::CutAfter(text) => format!("{head}{}", event(text)),
                    Behaviour::Status(code) => {
                        format!("HTTP/1.1 {code} X\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}")
                    }
                    Behaviour::Garbage => format!("{head}data: {{not json\n\n"),
                    Behaviour::Empty => format!("{head}{end}"),
                    Behaviour::Close => String::new(),
                    Behaviour::Hang => {
                        std::future::pending::<()>().await;
                        String::new()
                    }
                };
                let _ = socket.write_all(answer.as_bytes()).await;
            });
        }
    });
    (
        ProviderConfig {
            base_url,
            api_key: "a key".into(),
            model: "stand-in".into(),
        },
        hits,
    )
}

async fn what_a_provider_invents_never_reaches_the_buyer(db: TestDb) {
    let said = "The asking price is $489,000 [F1]. It has 5 bedrooms. There is a swimming pool. It was built in 1972.";
    let (address, hits) = provider(Behaviour::Say(said)).await;
    let world = World::with(db, |config| config.provider = Some(address)).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    for streamed in [true, false] {
        let asked = match streamed {
            true => ask(&porch, None, "Tell me about this home.").await.unwrap(),
            false => ask_for_whole(&porch, None, "Tell me about this home.").await.unwrap(),
        };
        let told = asked.finished().await.unwrap();
        assert!(
            told.text.contains("$489,000") && told.text.contains("1972"),
            "{}",
            told.text
        );
        assert!(
            !told.text.contains("5 bedrooms") && !told.text.contains("pool"),
            "{}",
            told.text
        );
        assert!(!told.text.contains('['), "{}", told.text);
        let seen = conversation(&call, asked.conversation).await.unwrap();
        assert_eq!(seen.turns[0].receipt.withheld.len(), 2, "{:?}", seen.turns[0].receipt);
        assert_eq!(seen.turns[0].charged_milli, 1_000);
    }
    assert_eq!(hits.load(std::sync::atomic::Ordering::SeqCst), 2);
    // A question of steering is declined without asking the model.
    let declined = ask(&porch, None, "Is this a good area for white families?")
        .await
        .unwrap()
        .finished()
        .await
        .unwrap();
    assert_eq!(declined.outcome, Outcome::Refused);
    assert_eq!(hits.load(std::sync::atomic::Ordering::SeqCst), 2);
}

async fn a_providers_yes_or_no_keeps_to_the_words_of_a_source(db: TestDb) {
    let description = "The kayak rack and the dock stay. The kayaks stay if the buyer asks for them.";
    let db = Arc::new(db);
    let cases = [
        ("ana", "Yes, the kayaks stay.", false),
        ("ben", "Yes, the kayak rack and the dock stay.", true),
    ];
    for (name, said, kept) in cases {
        let (address, _) = provider(Behaviour::Say(said)).await;
        let world = World::sharing(&db, |config| config.provider = Some(address)).await;
        let call = world.realtor(name).await;
        let porch = world.porch(&call).await;
        let property = porch.property.clone().unwrap();
        let form = PropertyForm {
            description: description.into(),
            ..PropertyForm::from(&*property)
        };
        listing::update(&call, property.id, &form, Some(porch.bot.id))
            .await
            .unwrap();
        let porch = porch::open(&world.engine, &porch.bot.slug, None).await.unwrap();
        let asked = ask(&porch, None, "Do the kayaks stay?").await.unwrap();
        let told = asked.finished().await.unwrap();
        assert_eq!(told.text.starts_with(said), kept, "{}", told.text);
        let seen = conversation(&call, asked.conversation).await.unwrap();
        assert_eq!(seen.turns[0].receipt.withheld.is_empty(), kept);
    }
}

async fn a_provider_that_fails_costs_nothing_and_is_stood_in_for(db: TestDb) {
    let behaviours = [
        Behaviour::Status(401),
        Behaviour::Status(403),
        Behaviour::Status(404),
        Behaviour::Status(429),
        Behaviour::Status(500),
        Behaviour::Status(529),
        Behaviour::Garbage,
        Behaviour::Close,
        Behaviour::Empty,
        // Cut off before its only sentence was whole enough to be checked.
        Behaviour::CutAfter("It has 9 bedro"),
        // Nothing of it can be kept.
        Behaviour::Say("It has 9 bedrooms [F1]. There is a sauna [F2]."),
    ];
    let db = Arc::new(db);
    for (i, behaviour) in behaviours.into_iter().enumerate() {
        let (address, _) = provider(behaviour).await;
        let world = World::sharing(&db, |config| config.provider = Some(address)).await;
        let name = format!("Ana{}", "abcdefghijklm".get(i..=i).unwrap());
        let call = world.realtor(&name).await;
        let porch = world.porch(&call).await;
        let before = spendable(&call).await;
        for streamed in [true, false] {
            let asked = match streamed {
                true => ask(&porch, None, "How many bedrooms?").await.unwrap(),
                false => ask_for_whole(&porch, None, "How many bedrooms?").await.unwrap(),
            };
            let told = asked.finished().await.unwrap();
            assert!(!told.text.contains('9'), "{behaviour:?}: {}", told.text);
            assert_eq!(spendable(&call).await, before, "{behaviour:?}");
            assert_eq!(told.outcome, Outcome::Answered, "{behaviour:?}: {}", told.text);
            assert!(told.text.contains('3'), "{behaviour:?}: {}", told.text);
            // What was shown is what was stored: nothing of the answer that was held back.
            let seen = conversation(&call, asked.conversation).await.unwrap();
            assert_eq!(told.citations, seen.turns[0].citations, "{behaviour:?}");
            assert_eq!(
                seen.turns[0].receipt.failures.len(),
                1,
                "{behaviour:?}: {:?}",
                seen.turns[0].receipt
            );
        }
    }
}

/// A question, an answer and a message that arrive after the buyer had everything erased, by whoever had looked the
/// conversation up before.
async fn nothing_is_kept_or_told_after_it_was_erased(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let endpoint = domain::webhook::WebhookForm {
        url: "https://example.com/hook".into(),
        events: vec!["question.unanswered".into()],
    };
    let hook = crate::webhook::create(&call, &endpoint).await.unwrap().webhook.id;
    let told = async || {
        let log = crate::webhook::deliveries(&call, hook, None, None).await.unwrap();
        log.items.len()
    };
    let (engine, organization) = (&world.engine, call.organization());
    let begin = async |conversation| {
        let turn = engine.clock().new_id::<TurnId>();
        let begin = store::TurnOp::Begin {
            organization,
            turn,
            conversation,
            opens: None,
            question: "sealed".into(),
            charge: None,
        };
        engine.turns().writer().run(begin).await.unwrap();
        turn
    };
    let finish = async |conversation: ConversationId, turn| {
        let event = crate::webhook::Event {
            organization,
            id: engine.clock().new_id(),
            kind: domain::webhook::EventKind::QuestionUnanswered,
            at: engine.clock().now(),
            data: serde_json::json!({ "conversation_id": conversation }),
            words: None,
        };
        let finish = store::TurnOp::Finish {
            organization,
            turn,
            outcome: Outcome::Unknown,
            answer: "sealed".into(),
            receipt: domain::chat::Receipt::default(),
            settle: None,
            told: Some(event),
        };
        engine.turns().writer().run(finish).await.unwrap();
    };
    let asked = ask(&porch, None, "How many bedrooms are there?").await.unwrap();
    asked.finished().await.unwrap();
    let before = told().await;
    finish(asked.conversation, begin(asked.conversation).await).await;
    assert_eq!(told().await, before + 1, "as it is where nothing was erased");

    let open = begin(asked.conversation).await;
    crate::privacy::forget(&porch, Some(&asked.session)).await.unwrap();
    let late = begin(asked.conversation).await;
    for turn in [open, late] {
        finish(asked.conversation, turn).await;
    }
    let mut tx = engine.db().begin(organization).await.unwrap();
    let (other, secret) = to_leave_in(&mut tx, &porch, Some(asked.conversation)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(other != asked.conversation && secret.is_some());
    let whole = conversation(&call, asked.conversation).await.unwrap();
    assert_eq!(whole.turns.len(), 3, "none came after");
    assert!(
        whole
            .turns
            .iter()
            .all(|turn| turn.question.is_empty() && turn.answer.is_empty()),
        "{whole:?}"
    );
    assert_eq!(told().await, before + 1);
}

async fn a_long_conversation_is_whole(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let asked = ask(&porch, None, "How many bedrooms are there?").await.unwrap();
    asked.finished().await.unwrap();
    let (engine, organization) = (&world.engine, call.organization());
    let keys = vault::to_seal(engine, organization).await.unwrap();
    let more = (1..=500).map(|n| {
        let turn = engine.clock().new_id::<TurnId>();
        let begin = store::TurnOp::Begin {
            organization,
            turn,
            conversation: asked.conversation,
            opens: None,
            question: sealed::seal_question(&keys, turn, &format!("Question {n}?")).unwrap(),
            charge: None,
        };
        engine.turns().writer().run(begin)
    });
    futures::future::join_all(more.collect::<Vec<_>>()).await;
    let whole = conversation(&call, asked.conversation).await.unwrap().turns;
    let known = crate::privacy::known(&porch, Some(&asked.session))
        .await
        .unwrap()
        .unwrap()
        .turns;
    assert_eq!((whole.len(), known.len()), (501, 501));
    assert_eq!(whole.last().unwrap().question, "Question 500?");
    // The page shows its end.
    let shown = history(&porch, Some(&asked.session)).await.unwrap();
    assert_eq!((shown.len(), &shown), (200, &whole[301..].to_vec()));
}
