//! Signatures, attempts and what switches an endpoint off.

use chrono::{DateTime, TimeDelta};
use domain::webhook::{DeliveryState, OffReason, WebhookChange};

use super::{super::*, *};
use crate::{
    db::testing::on_every_db,
    mail,
    webhook::sender::{delete_old, send_due},
};

on_every_db!(
    an_event_is_signed_and_taken_once,
    attempts_go_on_for_three_days_and_then_the_owner_is_told,
    one_taken_event_keeps_an_endpoint_on,
    an_endpoint_that_is_gone_is_switched_off_at_once,
    no_redirect_is_followed_and_no_long_answer_read,
    nothing_goes_to_an_address_that_is_not_public,
    for_a_day_two_secrets_sign,
    what_has_ended_stays_in_the_log_for_a_month,
);

async fn an_event_is_signed_and_taken_once(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let made = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await;
    let porch = world.porch(&call).await;
    leave(&porch, None).await;
    send_due(&world.engine).await.unwrap();
    let got = receiver.take();
    assert_eq!(got.len(), 1);
    let got = &got[0];
    assert_eq!(got.line, "POST /hook?from=porchlight HTTP/1.1");
    assert_eq!(got.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(
        got.headers["webhook-timestamp"],
        world.clock.now().timestamp().to_string()
    );
    assert_eq!((got.signatures().len(), got.signed_by(&made.secret)), (1, 1));
    let bent = Got {
        body: got.body.replace("quiet", "loud"),
        ..got.clone()
    };
    assert_eq!(bent.signed_by(&made.secret), 0, "the check sees a change");
    assert!(got.body.len() < 20_000);
    let told = got.json();
    assert_eq!(told["type"], "lead.created");
    assert_eq!(
        told["timestamp"]
            .as_str()
            .unwrap()
            .parse::<DateTime<chrono::Utc>>()
            .unwrap(),
        world.clock.now()
    );
    let data = &told["data"];
    assert_eq!(data["bot_id"], porch.bot.id.to_string());
    assert_eq!(
        [&data["name"], &data["email"], &data["message"]],
        ["Cy Moss", "cy@example.com", "Is it \"quiet\" — really?"]
    );
    assert!(data["phone"].is_null() && data["conversation_id"].is_null());

    let log = log_of(&call, made.webhook.id).await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].id.to_string(), got.id());
    assert_eq!(
        (log[0].state, log[0].attempts, log[0].last_status, log[0].next_at),
        (DeliveryState::Delivered, 1, Some(204), None)
    );
    assert_eq!(
        get(&call, made.webhook.id).await.unwrap().taken_at,
        Some(world.clock.now())
    );
    world.clock.advance(TimeDelta::days(4));
    send_due(&world.engine).await.unwrap();
    assert!(receiver.take().is_empty(), "taken is taken");
}

async fn attempts_go_on_for_three_days_and_then_the_owner_is_told(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let id = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    let porch = world.porch(&call).await;
    receiver.says(answer("500 Internal Server Error"));
    leave(&porch, None).await;
    let (mut waited, mut ids) = (Vec::new(), Vec::new());
    loop {
        send_due(&world.engine).await.unwrap();
        let got = receiver.take();
        assert_eq!(got.len(), 1, "after {waited:?}");
        ids.push(got[0].id().to_owned());
        let Some(next) = log_of(&call, id).await[0].next_at else {
            break;
        };
        let wait = next - world.clock.now();
        world.clock.advance(wait - TimeDelta::microseconds(1));
        send_due(&world.engine).await.unwrap();
        assert!(receiver.take().is_empty(), "before its time");
        world.clock.advance(TimeDelta::microseconds(1));
        waited.push(wait.num_seconds());
        if waited.len() == 9 {
            // Meanwhile another event waits.
            leave(&porch, None).await;
            break;
        }
    }
    let hours = [2, 5, 10, 14, 20].map(|hours| hours * 3_600);
    let promised = [&[5, 300, 1_800], hours.as_slice()].concat();
    let rest = 3 * 86_400 - promised.iter().sum::<i64>();
    assert_eq!(waited, [promised.as_slice(), &[rest]].concat());
    send_due(&world.engine).await.unwrap();
    assert_eq!(
        receiver.take().len(),
        2,
        "the last attempt of one, the first of the other"
    );
    ids.dedup();
    assert_eq!(ids.len(), 1, "the same id at each attempt");

    assert_eq!(get(&call, id).await.unwrap().off, Some(OffReason::Failing));
    let log = log_of(&call, id).await;
    assert!(
        log.iter()
            .all(|entry| entry.state == DeliveryState::Failed && entry.next_at.is_none()),
        "{log:?}"
    );
    assert_eq!((log[1].attempts, log[1].last_status), (10, Some(500)));
    let to = "ana@example.com".parse().unwrap();
    let letter = mail::testing::newest(&world.engine, &to).await.unwrap();
    assert!(
        letter.contains(&receiver.url()) && letter.contains(&format!("/console/webhooks/{id}")),
        "{letter}"
    );
    let entries = crate::audit::list(&call, &domain::audit::Filter::default(), None, None)
        .await
        .unwrap();
    let last = &entries.items[0];
    assert_eq!((last.action.as_str(), last.actor_id), (log::WEBHOOK_SWITCHED_OFF, None));

    // Nothing is written for it any more, and nothing sent again until it is switched on.
    leave(&porch, None).await;
    assert_eq!(log_of(&call, id).await.len(), 2);
    let refused = replay(&call, id, log[1].id).await.unwrap_err().into_fault();
    assert_eq!(refused.code, FaultCode::Conflict);
    let on = WebhookChange {
        active: Some(true),
        ..WebhookChange::default()
    };
    assert_eq!(update(&call, id, on).await.unwrap().off, None);
    receiver.says(answer("200 OK"));
    replay(&call, id, log[1].id).await.unwrap();
    send_due(&world.engine).await.unwrap();
    let got = receiver.take();
    assert_eq!((got.len(), got[0].id()), (1, ids[0].as_str()));
    let again = &log_of(&call, id).await[1];
    assert_eq!((again.state, again.attempts), (DeliveryState::Delivered, 11));
}

async fn one_taken_event_keeps_an_endpoint_on(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let id = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    receiver.says(answer("503 Service Unavailable"));
    leave(&world.porch(&call).await, None).await;
    send_due(&world.engine).await.unwrap();
    receiver.says(answer("200 OK"));
    test(&call, id).await.unwrap();
    send_due(&world.engine).await.unwrap();
    receiver.says(answer("422 Unprocessable Content"));
    for _ in 0..9 {
        world.clock.advance(TimeDelta::hours(24));
        send_due(&world.engine).await.unwrap();
    }
    let log = log_of(&call, id).await;
    assert_eq!((log[1].state, log[1].last_status), (DeliveryState::Failed, Some(422)));
    assert_eq!(get(&call, id).await.unwrap().off, None);
}

async fn an_endpoint_that_is_gone_is_switched_off_at_once(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let id = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    test(&call, id).await.unwrap();
    send_due(&world.engine).await.unwrap();
    receiver.says(answer("410 Gone"));
    test(&call, id).await.unwrap();
    send_due(&world.engine).await.unwrap();
    assert_eq!(receiver.take().len(), 2);
    assert_eq!(get(&call, id).await.unwrap().off, Some(OffReason::Gone));
    let log = log_of(&call, id).await;
    assert_eq!((log[0].state, log[0].attempts), (DeliveryState::Failed, 1));
    let to = "ana@example.com".parse().unwrap();
    let letter = mail::testing::newest(&world.engine, &to).await.unwrap();
    assert!(letter.contains("410"), "{letter}");
}

async fn no_redirect_is_followed_and_no_long_answer_read(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let id = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    let moved = format!(
        "HTTP/1.1 301 Moved\r\nlocation: http://{}/else\r\ncontent-length: 0\r\n\r\n",
        receiver.address
    );
    receiver.says(moved.into_bytes());
    test(&call, id).await.unwrap();
    send_due(&world.engine).await.unwrap();
    assert_eq!(receiver.take().len(), 1);
    let log = log_of(&call, id).await;
    assert_eq!((log[0].state, log[0].last_status), (DeliveryState::Waiting, Some(301)));
    assert!(log[0].last_error.as_ref().unwrap().contains("redirects"), "{log:?}");

    let mut long = b"HTTP/1.1 200 OK\r\ncontent-length: 10485760\r\n\r\n".to_vec();
    long.resize(long.len() + 10 * 1024 * 1024, b'x');
    receiver.says(long);
    test(&call, id).await.unwrap();
    send_due(&world.engine).await.unwrap();
    let log = log_of(&call, id).await;
    assert_eq!(
        (log[0].state, log[0].last_status),
        (DeliveryState::Delivered, Some(200))
    );
}

async fn nothing_goes_to_an_address_that_is_not_public(db: TestDb) {
    let (receiver, db) = (Receiver::start().await, Arc::new(db));
    let (allow, port) = (receiver.address.to_string(), receiver.address.port());
    let world = World::sharing(&db, |config| config.fetch_allow = allow).await;
    let call = world.realtor("Ana").await;
    for bad in [
        "http://example.com/hook".to_owned(),
        "https://127.0.0.1/".into(),
        "https://10.0.0.1/".into(),
        "https://[::1]/".into(),
        "https://169.254.169.254/latest".into(),
        "https://user:password@example.com/".into(),
        "ftp://example.com/".into(),
        format!("http://localhost:{port}/"),
        format!("https://127.0.0.2:{port}/"),
        String::new(),
    ] {
        let refused = create(&call, &form(&bad, &[EventKind::LeadCreated])).await;
        let fault = refused.unwrap_err().into_fault();
        assert!(fault.for_field("url").is_some(), "{bad}: {fault:?}");
    }
    // An address that was open once is looked at again each time that something is sent.
    let made = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await;
    test(&call, made.webhook.id).await.unwrap();
    let closed = World::sharing(&db, |_| {}).await;
    send_due(&closed.engine).await.unwrap();
    let log = log_of(&call, made.webhook.id).await;
    assert_eq!(
        (log[0].state, log[0].attempts, log[0].last_status),
        (DeliveryState::Waiting, 1, None)
    );
    let error = log[0].last_error.clone().unwrap();
    assert_eq!(error, "It could not be reached, or did not answer within 15 seconds.");
    assert!(receiver.take().is_empty());
}

async fn for_a_day_two_secrets_sign(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let first = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await;
    let id = first.webhook.id;
    let second = roll_secret(&call, id).await.unwrap();
    assert_eq!(
        second.webhook.old_secret_until,
        Some(world.clock.now() + TimeDelta::hours(24))
    );
    let sent = async || {
        test(&call, id).await.unwrap();
        send_due(&world.engine).await.unwrap();
        let got = receiver.take();
        let signed = [&first.secret, &second.secret].map(|secret| got[0].signed_by(secret));
        (got[0].signatures().len(), signed)
    };
    assert_eq!(sent().await, (2, [1, 1]));
    world.clock.advance(TimeDelta::hours(24) - TimeDelta::microseconds(1));
    assert_eq!(sent().await, (2, [1, 1]));
    world.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(sent().await, (1, [0, 1]));
    let late = roll_secret(&call, id).await.unwrap_err().into_fault();
    assert_eq!(late.code, FaultCode::ProofNeeded);
}

async fn what_has_ended_stays_in_the_log_for_a_month(db: TestDb) {
    let receiver = Receiver::start().await;
    let world = world_with(db, &receiver).await;
    let call = world.realtor("Ana").await;
    let id = endpoint(&call, &receiver, &[EventKind::LeadCreated]).await.webhook.id;
    test(&call, id).await.unwrap();
    send_due(&world.engine).await.unwrap();
    // This one waits.
    test(&call, id).await.unwrap();
    world.clock.advance(TimeDelta::days(30));
    delete_old(&world.engine).await.unwrap();
    assert_eq!(log_of(&call, id).await.len(), 2);
    world.clock.advance(TimeDelta::microseconds(1));
    delete_old(&world.engine).await.unwrap();
    let log = log_of(&call, id).await;
    assert_eq!(
        log.iter().map(|entry| entry.state).collect::<Vec<_>>(),
        [DeliveryState::Waiting]
    );
}
