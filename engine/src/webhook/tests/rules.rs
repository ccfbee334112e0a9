//! Who may have endpoints, how many, and whose they are.

use domain::{
    tenancy::Role,
    webhook::{DeliveryState, OffReason, WebhookChange},
};

use super::{super::*, *};
use crate::{account, db::testing::on_every_db, webhook::sender::send_due};

on_every_db!(
    an_endpoint_is_changed_and_removed_with_its_log,
    an_organization_has_ten_at_most,
    a_stranger_finds_no_endpoint,
    only_the_owner_and_admins_have_them,
);

fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> FaultCode {
    outcome.unwrap_err().into_fault().code
}

async fn an_endpoint_is_changed_and_removed_with_its_log(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let id = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    let porch = world.porch(&call).await;
    leave(&porch, None).await;
    let change = |url: Option<String>, events: Option<&[EventKind]>, active| WebhookChange {
        url,
        events: events.map(names),
        active,
    };
    // What waits goes to the new address.
    let other = format!("http://{}/other", receiver.address);
    let changed = update(&call, id, change(Some(other.clone()), None, None))
        .await
        .unwrap();
    assert_eq!((changed.url, changed.events), (other, vec![EventKind::LeadCreated]));
    send_due(&world.engine).await.unwrap();
    assert_eq!(receiver.take()[0].line, "POST /other HTTP/1.1");
    // What is not asked for any more is not written.
    let events = [EventKind::BotPublished];
    update(&call, id, change(None, Some(&events), None)).await.unwrap();
    leave(&porch, None).await;
    assert_eq!(log_of(&call, id).await.len(), 1);
    let fault = update(&call, id, change(None, Some(&[]), None))
        .await
        .unwrap_err()
        .into_fault();
    assert!(fault.for_field("events").is_some());
    // What waits for one that is switched off is not sent.
    test(&call, id).await.unwrap();
    let off = update(&call, id, change(None, None, Some(false))).await.unwrap();
    assert_eq!(off.off, Some(OffReason::Hand));
    assert_eq!(code(test(&call, id).await), FaultCode::Conflict);
    send_due(&world.engine).await.unwrap();
    assert!(receiver.take().is_empty());
    assert_eq!(log_of(&call, id).await[0].state, DeliveryState::Failed);
    update(&call, id, change(None, None, Some(true))).await.unwrap();
    let failed = log_of(&call, id).await[0].id;
    replay(&call, id, failed).await.unwrap();

    let found = list(&call).await.unwrap();
    assert_eq!(found.iter().map(|webhook| webhook.id).collect::<Vec<_>>(), [id]);
    roll_secret(&call, id).await.unwrap();
    delete(&call, id).await.unwrap();
    assert_eq!(code(delete(&call, id).await), FaultCode::NotFound);
    assert_eq!(code(deliveries(&call, id, None, None).await), FaultCode::NotFound);
    let noted = crate::audit::list(&call, &domain::audit::Filter::default(), None, None)
        .await
        .unwrap();
    let noted: Vec<&str> = noted
        .items
        .iter()
        .map(|entry| entry.action.as_str())
        .filter(|action| action.starts_with("webhook."))
        .collect();
    let all = [
        log::WEBHOOK_DELETED,
        log::WEBHOOK_SECRET_ROLLED,
        log::WEBHOOK_REPLAYED,
        log::WEBHOOK_CHANGED,
        log::WEBHOOK_CHANGED,
        log::WEBHOOK_TESTED,
        log::WEBHOOK_CHANGED,
        log::WEBHOOK_CHANGED,
        log::WEBHOOK_CREATED,
    ];
    assert_eq!(noted, all);
}

async fn an_organization_has_ten_at_most(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    for _ in 0..ENDPOINTS_MAX - 1 {
        endpoint(&ana, &receiver, &[EventKind::LeadCreated]).await;
    }
    let form = form(&receiver.url(), &[EventKind::LeadCreated]);
    let two = tokio::join!(create(&ana, &form), create(&ana, &form));
    let made = [two.0, two.1].into_iter().filter(Result::is_ok).count();
    assert_eq!((made, list(&ana).await.unwrap().len()), (1, ENDPOINTS_MAX));
    assert_eq!(code(create(&ana, &form).await), FaultCode::Conflict);
    endpoint(&ben, &receiver, &[EventKind::LeadCreated]).await;
}

async fn a_stranger_finds_no_endpoint(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let id = endpoint(&ana, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    let own = endpoint(&ben, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    leave(&world.porch(&ana).await, None).await;
    let delivery = log_of(&ana, id).await[0].id;
    assert!(log_of(&ben, own).await.is_empty(), "it happened elsewhere");
    let missing = FaultCode::NotFound;
    assert_eq!(code(get(&ben, id).await), missing);
    assert_eq!(code(update(&ben, id, WebhookChange::default()).await), missing);
    assert_eq!(code(delete(&ben, id).await), missing);
    assert_eq!(code(roll_secret(&ben, id).await), missing);
    assert_eq!(code(test(&ben, id).await), missing);
    assert_eq!(code(deliveries(&ben, id, None, None).await), missing);
    assert_eq!(code(replay(&ben, id, delivery).await), missing);
    assert_eq!(code(replay(&ben, own, delivery).await), missing);
    assert_eq!(list(&ben).await.unwrap().len(), 1);
}

async fn only_the_owner_and_admins_have_them(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let owner = world.realtor("Ana").await;
    let id = endpoint(&owner, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    let delivery = test(&owner, id).await.unwrap();
    let join = async |email: &str, role| {
        let who = account::joined(&owner, email, role).await;
        who.call(&world.engine, None).await.unwrap()
    };
    let admin = join("ada@example.com", Role::Admin).await;
    assert_eq!(list(&admin).await.unwrap().len(), 1);
    let realtor = join("cy@example.com", Role::Realtor).await;
    let refused = FaultCode::Forbidden;
    let form = form(&receiver.url(), &[EventKind::LeadCreated]);
    assert_eq!(code(list(&realtor).await), refused);
    assert_eq!(code(create(&realtor, &form).await), refused);
    assert_eq!(code(get(&realtor, id).await), refused);
    assert_eq!(code(update(&realtor, id, WebhookChange::default()).await), refused);
    assert_eq!(code(delete(&realtor, id).await), refused);
    assert_eq!(code(roll_secret(&realtor, id).await), refused);
    assert_eq!(code(test(&realtor, id).await), refused);
    assert_eq!(code(deliveries(&realtor, id, None, None).await), refused);
    assert_eq!(code(replay(&realtor, id, delivery).await), refused);
}
