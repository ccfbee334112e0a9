//! From a source to an answer and back, on both databases.

mod photos;

use std::time::Duration;

use bytes::Bytes;
use domain::{chat::Outcome, id::SourceId, listing::PropertyForm, qr::CodeForm, training::SourceState};

use super::*;
use crate::{
    chat,
    db::testing::{TestDb, on_every_db},
    listing,
    porch::{self, Porch},
    qr,
    testing::World,
};

on_every_db!(
    pasted_text_is_answered_from_until_it_is_removed,
    a_file_that_cannot_be_read_says_why_and_costs_nothing,
    a_source_that_cannot_be_paid_leaves_nothing,
    jobs_of_a_killed_process_are_taken_up,
    nobody_waits_for_anothers_pile,
    what_is_about_a_property_goes_with_it,
    a_stranger_finds_nothing,
);

/// Waits for a source's end; the jobs run beside the test.
async fn settled(call: &Call, id: SourceId) -> Source {
    let wait = async {
        loop {
            let found = source(call, id).await.unwrap().source;
            if found.state.is_final() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .expect("the source comes to an end")
}

async fn answer(porch: &Porch, question: &str) -> chat::Finished {
    chat::ask(porch, None, question)
        .await
        .unwrap()
        .finished()
        .await
        .unwrap()
}

fn target(porch: &Porch) -> Target {
    Target {
        bot: porch.bot.id,
        property: porch.property_id(),
    }
}

fn sent<'a>(name: &'a str, bytes: Bytes, description: &'a str) -> NewFile<'a> {
    NewFile {
        name,
        content_type: None,
        bytes,
        description,
    }
}

async fn spendable(call: &Call) -> i64 {
    let balance = ledger::balance(call).await.unwrap();
    assert_eq!(balance.held.as_milli(), 0);
    balance.available.as_milli()
}

const NOTES: &str =
    "The roof was replaced in 2019 with architectural shingles. The septic tank was pumped in March 2024.";

async fn pasted_text_is_answered_from_until_it_is_removed(db: TestDb) {
    let world = World::new(db).await;
    world.engine.start().await.unwrap();
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    assert_eq!(
        answer(&porch, "When was the septic tank pumped?").await.outcome,
        Outcome::Unknown
    );

    let before = spendable(&call).await;
    let added = add_text(&call, target(&porch), NOTES, None).await.unwrap();
    let done = settled(&call, added.id).await;
    assert_eq!(done.state, SourceState::Ready, "{}", done.message);
    assert!(done.passage_count > 0);
    assert_eq!(spendable(&call).await, before - 5_000);

    // The porch that was open keeps what it knew; the next visit sees the new knowledge.
    let porch = porch::open(&world.engine, &porch.bot.slug, None).await.unwrap();
    let told = answer(&porch, "When was the septic tank pumped?").await;
    assert_eq!(told.outcome, Outcome::Answered);
    assert!(told.text.contains("March"), "{}", told.text);
    assert_eq!(told.citations.first().and_then(|c| c.source_id), Some(added.id));

    remove(&call, added.id).await.unwrap();
    let porch = porch::open(&world.engine, &porch.bot.slug, None).await.unwrap();
    let after = answer(&porch, "When was the septic tank pumped?").await;
    assert_eq!(after.outcome, Outcome::Unknown);
    assert!(!after.text.contains("March"));
    assert!(call.engine().files().get(call.organization(), added.id).await.is_err());
}

async fn what_is_about_a_property_goes_with_it(db: TestDb) {
    let world = World::new(db).await;
    world.engine.start().await.unwrap();
    let call = world.realtor("Ana").await;
    let (old, new) = (world.porch(&call).await, world.porch(&call).await);
    let added = add_text(&call, target(&old), NOTES, None).await.unwrap();
    assert_eq!(settled(&call, added.id).await.state, SourceState::Ready);
    let form = CodeForm {
        bot_id: old.bot.id.to_string(),
        property_id: old.property_id().unwrap().to_string(),
        ..CodeForm::default()
    };
    let code = qr::create(&call, &form).await.unwrap();

    // By way of no bot at all: the old one keeps what it read until the property has another.
    let property = old.property.clone().unwrap();
    let form = PropertyForm::from(&*property);
    let question = "When was the septic tank pumped?";
    listing::update(&call, property.id, &form, None).await.unwrap();
    let again = porch::open(&world.engine, &old.bot.slug, None).await.unwrap();
    assert_eq!(answer(&again, question).await.outcome, Outcome::Answered);
    listing::update(&call, property.id, &form, Some(new.bot.id))
        .await
        .unwrap();
    let through_code = porch::open_code(&world.engine, &code.slug).await.unwrap();
    assert_eq!(through_code.bot.id, new.bot.id);
    assert_eq!(answer(&through_code, question).await.outcome, Outcome::Answered);
    let old = porch::open(&world.engine, &old.bot.slug, None).await.unwrap();
    assert_eq!(answer(&old, question).await.outcome, Outcome::Unknown);
}

async fn a_file_that_cannot_be_read_says_why_and_costs_nothing(db: TestDb) {
    let world = World::new(db).await;
    world.engine.start().await.unwrap();
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let before = spendable(&call).await;
    let page = "<!doctype html><html><body><script>let a = 1;</script></body></html>";
    let file = Bytes::from_static(page.as_bytes());
    let added = add_file(&call, target(&porch), sent("page.html", file, ""), None)
        .await
        .unwrap();
    let done = settled(&call, added.id).await;
    assert_eq!(done.state, SourceState::Failed);
    assert!(done.message.len() > 20, "a reason in words: {}", done.message);
    assert_eq!(spendable(&call).await, before);
    let program = Bytes::from_static(b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00");
    let refused = add_file(&call, target(&porch), sent("notes.txt", program, ""), None).await;
    assert!(refused.unwrap_err().into_fault().for_field("file").is_some());
    assert_eq!(spendable(&call).await, before);
}

async fn a_source_that_cannot_be_paid_leaves_nothing(db: TestDb) {
    let world = World::with(db, |config| {
        config.prices.source = domain::credits::Credits::milli(2_000_000)
    })
    .await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let refused = add_text(&call, target(&porch), NOTES, None)
        .await
        .unwrap_err()
        .into_fault();
    assert_eq!(refused.code, domain::FaultCode::InsufficientCredits);
    assert!(list(&call, None, None, None).await.unwrap().items.is_empty());
    assert_eq!(spendable(&call).await, 990_000);
}

async fn jobs_of_a_killed_process_are_taken_up(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    // Taken in, and claimed by a worker that then dies: nothing has started the worker here.
    let added = add_text(&call, target(&porch), NOTES, None).await.unwrap();
    let claimed = jobs::claim_for_test(&world.engine).await;
    assert_eq!(claimed, Some(call.organization()));
    assert_eq!(
        jobs::claim_for_test(&world.engine).await,
        None,
        "one job is claimed once"
    );
    world.engine.start().await.unwrap();
    assert_eq!(settled(&call, added.id).await.state, SourceState::Ready);
    assert_eq!(ledger::totals(&world.engine).await.unwrap().pending_holds, 0);
}

/// Check T-14: whoever has much read is held up by it, and nobody else is.
async fn nobody_waits_for_anothers_pile(db: TestDb) {
    let world = World::new(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let (anas, bens) = (world.porch(&ana).await, world.porch(&ben).await);
    for n in 0..20 {
        let text = format!("{NOTES} {n}");
        add_text(&ana, target(&anas), &text, None).await.unwrap();
    }
    world.clock.advance(chrono::TimeDelta::minutes(1));
    for _ in 0..2 {
        add_text(&ben, target(&bens), NOTES, None).await.unwrap();
    }
    let mut order = Vec::new();
    while let Some(whose) = jobs::claim_for_test(&world.engine).await {
        order.push(whose == ben.organization());
    }
    assert_eq!(order.len(), 22);
    assert_eq!(
        order[..5],
        [false, true, false, true, false],
        "by turns, the older first"
    );
}

async fn a_stranger_finds_nothing(db: TestDb) {
    let world = World::new(db).await;
    world.engine.start().await.unwrap();
    let (call, stranger) = (world.realtor("Ana").await, world.realtor("Bea").await);
    let porch = world.porch(&call).await;
    let added = add_text(&call, target(&porch), NOTES, None).await.unwrap();
    settled(&call, added.id).await;
    let missing = SourceId::from(uuid::Uuid::new_v4());
    for id in [added.id, missing] {
        let fault = source(&stranger, id).await.unwrap_err().into_fault();
        assert_eq!(fault, Fault::not_found("source"));
        assert_eq!(
            remove(&stranger, id).await.unwrap_err().into_fault(),
            Fault::not_found("source")
        );
    }
    assert_eq!(
        job_status(&stranger, added.job_id).await.unwrap_err().into_fault(),
        Fault::not_found("training job")
    );
    let into_foreign = add_text(&stranger, target(&porch), NOTES, None)
        .await
        .unwrap_err()
        .into_fault();
    assert_eq!(into_foreign, Fault::not_found("bot"));
    assert_eq!(source(&call, added.id).await.unwrap().source.state, SourceState::Ready);
}
