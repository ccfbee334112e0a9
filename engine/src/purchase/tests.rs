//! Purchases on both databases, with a payment provider on a socket of its own that holds to what the real one promises: one
//! payment an idempotency key, and signed events.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use domain::tenancy::Role;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::{
    config::StripeConfig,
    db::testing::{TestDb, on_every_db},
    request::{Begun, Keyed},
    testing::World,
};

on_every_db!(
    credits_come_with_the_event_and_once,
    a_refused_card_buys_nothing,
    an_answer_that_was_lost_is_asked_for_again_and_paid_once,
    an_event_is_believed_when_it_is_signed_and_fits,
    events_come_in_any_order,
    whose_purchase_it_is,
);

const SECRET: &str = "whsec_only_for_tests";

/// What the provider has, and how it answers.
#[derive(Default)]
struct Till {
    /// What it answers to the next request; nothing: it makes a payment.
    says: Vec<(u16, &'static str)>,
    /// After it has made a payment the connection breaks.
    breaks: bool,
    /// By their idempotency key.
    payments: BTreeMap<String, BTreeMap<String, String>>,
    requests: Vec<String>,
}

#[derive(Clone)]
struct Provider {
    address: SocketAddr,
    till: Arc<Mutex<Till>>,
}

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            address: listener.local_addr().unwrap(),
            till: Arc::default(),
        };
        let answering = provider.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut read = Vec::new();
                while !is_whole(&read) && stream.read_buf(&mut read).await.unwrap() > 0 {}
                let Some((status, body)) = answering.answer(&String::from_utf8(read).unwrap()) else {
                    continue;
                };
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        provider
    }

    fn answer(&self, request: &str) -> Option<(u16, String)> {
        let mut till = self.till.lock().unwrap();
        till.requests.push(request.to_owned());
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /v1/payment_intents HTTP/1.1\r\n"), "{head}");
        let header = |name: &str| {
            let line = head
                .lines()
                .find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no {name} in {head}"))[name.len() + 2..].to_owned()
        };
        assert_eq!(header("authorization"), "Bearer sk_only_for_tests");
        assert_eq!(header("content-type"), "application/x-www-form-urlencoded");
        let key = header("idempotency-key");
        if let Some((status, body)) = till.says.pop() {
            return Some((status, body.to_owned()));
        }
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        assert_eq!(form["metadata[purchase_id]"], key);
        let known = till.payments.entry(key.clone()).or_insert_with(|| form.clone()).clone();
        assert_eq!(known, form, "the same key with another payment");
        if std::mem::take(&mut till.breaks) {
            return None;
        }
        Some((
            200,
            json!({ "id": payment(&key), "object": "payment_intent", "status": "processing" }).to_string(),
        ))
    }

    fn asked(&self) -> usize {
        self.till.lock().unwrap().requests.len()
    }
    fn payments(&self) -> usize {
        self.till.lock().unwrap().payments.len()
    }
    fn says(&self, status: u16, body: &'static str) {
        self.till.lock().unwrap().says.push((status, body));
    }

    async fn world(&self, db: TestDb) -> World {
        let api = format!("http://{}", self.address);
        World::with(db, |config| {
            config.stripe = Some(StripeConfig {
                api,
                key: "sk_only_for_tests".into(),
                webhook_secret: SECRET.into(),
            });
        })
        .await
    }
}

fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    length.is_none_or(|length: usize| body.len() >= length)
}

fn payment(purchase: &str) -> String {
    format!("pi_{}", purchase.replace('-', ""))
}

fn form(amount: i64) -> PurchaseForm {
    PurchaseForm {
        amount,
        payment_method_id: "pm_card_visa".into(),
    }
}

/// Buys as a program does that sends a key.
async fn buy_under(call: &Call, key: &str, form: &PurchaseForm) -> Result<Purchase, Error> {
    let keyed = Keyed {
        route: "POST /credits/purchase",
        key,
        hash: Sha256::digest(serde_json::to_vec(form).unwrap()).into(),
    };
    let keyed = match request::begin(call, keyed).await? {
        Begun::Before(answer) => return get(call, answer.body.parse().unwrap()).await,
        Begun::Anew(call) => call,
    };
    let outcome = buy(&keyed, form).await;
    let answer = outcome.as_ref().ok().map(|bought| request::Answer {
        status: 202,
        headers: Vec::new(),
        body: bought.id.to_string(),
    });
    request::end(&keyed, answer.as_ref()).await?;
    outcome
}

fn event(kind: &str, purchase: PurchaseId, amount: i64) -> Value {
    json!({
        "id": "evt_1", "object": "event", "type": kind,
        "data": { "object": {
            "id": payment(&purchase.to_string()), "object": "payment_intent", "amount": amount, "amount_received": amount,
            "currency": "usd", "metadata": { "purchase_id": purchase.to_string() },
            "last_payment_error": if kind.ends_with("failed") { json!({ "type": "card_error", "message": "Your card was declined." }) }
                else { Value::Null },
        } },
    })
}

fn signature(world: &World, secret: &str, body: &[u8], earlier: TimeDelta) -> String {
    let at = (world.clock.now() - earlier).timestamp();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    let digits: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={at},v1={digits}")
}

async fn send(world: &World, event: &Value) -> bool {
    let body = event.to_string();
    let signature = signature(world, SECRET, body.as_bytes(), TimeDelta::zero());
    take_event(&world.engine, body.as_bytes(), &signature).await.unwrap()
}

async fn available(call: &Call) -> i64 {
    ledger::balance(call).await.unwrap().available.floor()
}

async fn credits_come_with_the_event_and_once(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let ana = world.realtor("Ana").await;
    let before = available(&ana).await;
    let bought = buy_under(&ana, "k1", &form(500)).await.unwrap();
    assert_eq!((bought.state, bought.price_minor), (PurchaseState::Pending, 1_000));
    assert_eq!(available(&ana).await, before, "not paid yet");
    {
        let till = provider.till.lock().unwrap();
        let asked = &till.payments[&bought.id.to_string()];
        let said = |name: &str| asked[name].as_str();
        assert_eq!((said("amount"), said("currency")), ("1000", "usd"));
        assert_eq!((said("payment_method"), said("confirm")), ("pm_card_visa", "true"));
    }
    let again = buy_under(&ana, "k1", &form(500)).await.unwrap();
    assert_eq!((again, provider.asked()), (bought.clone(), 1), "the key is known");
    let other = buy_under(&ana, "k1", &form(501)).await.unwrap_err();
    assert!(matches!(other, Error::Ledger(LedgerError::KeyReused)), "{other}");

    let paid = event("payment_intent.succeeded", bought.id, 1_000);
    let all = (0..50).map(|_| send(&world, &paid));
    assert!(futures::future::join_all(all).await.into_iter().all(|taken| taken));
    assert_eq!(available(&ana).await, before + 500);
    let got = get(&ana, bought.id).await.unwrap();
    assert_eq!((got.state, got.credits.floor()), (PurchaseState::Paid, 500));
    assert_eq!(got.balance_after.unwrap().floor(), before + 500);
    let history = ledger::transactions(&ana, None, None).await.unwrap().items;
    let of_it: Vec<_> = history.iter().filter(|move_| move_.purpose == "purchase").collect();
    assert_eq!((of_it.len(), of_it[0].related_id), (1, Some(bought.id.uuid())));
}

async fn a_refused_card_buys_nothing(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let ana = world.realtor("Ana").await;
    provider.says(
        402,
        r#"{"error":{"type":"card_error","code":"card_declined","message":"Your card has insufficient funds."}}"#,
    );
    for _ in 0..2 {
        let refused = buy_under(&ana, "k1", &form(10)).await.unwrap_err().into_fault();
        assert_eq!(refused.code, FaultCode::Invalid);
        let text = refused.for_field("payment_method_id").unwrap();
        assert!(text.ends_with("Your card has insufficient funds."), "{text}");
    }
    assert_eq!(provider.asked(), 1, "what was refused is not asked again under its key");
    let all = list(&ana, None, None).await.unwrap().items;
    assert_eq!((all.len(), all[0].state), (1, PurchaseState::Failed));
    buy_under(&ana, "k2", &form(10)).await.unwrap();
    let few = buy_under(&ana, "k3", &form(0)).await.unwrap_err().into_fault();
    assert!(few.for_field("amount").is_some());
    let keyless = buy(&ana, &form(10)).await.unwrap_err().into_fault();
    assert!(keyless.for_field("idempotency_key").is_some());
}

async fn an_answer_that_was_lost_is_asked_for_again_and_paid_once(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let ana = world.realtor("Ana").await;
    provider.till.lock().unwrap().breaks = true;
    let lost = buy_under(&ana, "k1", &form(10)).await.unwrap_err().into_fault();
    assert_eq!(lost.code, FaultCode::Unavailable);
    provider.says(500, "{}");
    let lost = buy_under(&ana, "k1", &form(10)).await.unwrap_err().into_fault();
    assert_eq!(lost.code, FaultCode::Unavailable);
    let bought = buy_under(&ana, "k1", &form(10)).await.unwrap();
    assert_eq!(
        (provider.asked(), provider.payments()),
        (3, 1),
        "asked three times, charged once"
    );
    let before = available(&ana).await;
    send(&world, &event("payment_intent.succeeded", bought.id, 20)).await;
    assert_eq!(available(&ana).await, before + 10);
}

async fn an_event_is_believed_when_it_is_signed_and_fits(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let ana = world.realtor("Ana").await;
    let before = available(&ana).await;
    let id = buy_under(&ana, "k1", &form(100)).await.unwrap().id;
    let body = event("payment_intent.succeeded", id, 200).to_string();
    let signed = |secret: &str, minutes| signature(&world, secret, body.as_bytes(), TimeDelta::minutes(minutes));
    for bad in [
        signed("whsec_another", 0),
        signed(SECRET, 6),
        signed(SECRET, -6),
        String::new(),
    ] {
        assert!(
            !take_event(&world.engine, body.as_bytes(), &bad).await.unwrap(),
            "{bad}"
        );
    }
    let more = body.replace("200", "20000");
    assert!(
        !take_event(&world.engine, more.as_bytes(), &signed(SECRET, 0))
            .await
            .unwrap()
    );
    // Signed, and not what was asked for.
    for amount in [199, 201, 0] {
        assert!(send(&world, &event("payment_intent.succeeded", id, amount)).await);
    }
    let mut euros = event("payment_intent.succeeded", id, 200);
    euros["data"]["object"]["currency"] = "eur".into();
    assert!(send(&world, &euros).await);
    // Of another installation, and of something else.
    assert!(send(&world, &event("payment_intent.succeeded", world.clock.new_id(), 200)).await);
    assert!(
        send(
            &world,
            &json!({ "id": "evt_2", "type": "plan.created", "data": { "object": { "id": "price_1" } } })
        )
        .await
    );
    assert_eq!(available(&ana).await, before);
    assert!(
        take_event(&world.engine, body.as_bytes(), &signed(SECRET, 4))
            .await
            .unwrap()
    );
    assert_eq!(available(&ana).await, before + 100);
}

async fn events_come_in_any_order(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let ana = world.realtor("Ana").await;
    let before = available(&ana).await;
    let first = buy_under(&ana, "k1", &form(5)).await.unwrap().id;
    send(&world, &event("payment_intent.payment_failed", first, 0)).await;
    let failed = get(&ana, first).await.unwrap();
    assert_eq!(failed.failure.as_deref(), Some("Your card was declined."));
    assert_eq!(failed.state, PurchaseState::Failed);
    // The provider has the money after all.
    send(&world, &event("payment_intent.succeeded", first, 10)).await;
    send(&world, &event("payment_intent.canceled", first, 0)).await;
    let paid = get(&ana, first).await.unwrap();
    assert_eq!((paid.state, paid.failure), (PurchaseState::Paid, None));
    assert_eq!(available(&ana).await, before + 5);

    // The event is there before the provider's answer.
    provider.till.lock().unwrap().breaks = true;
    buy_under(&ana, "k2", &form(7)).await.unwrap_err();
    let second = list(&ana, None, None).await.unwrap().items[0].id;
    send(&world, &event("payment_intent.succeeded", second, 14)).await;
    let known = buy_under(&ana, "k2", &form(7)).await.unwrap();
    assert_eq!((known.id, known.state), (second, PurchaseState::Paid));
    assert_eq!(available(&ana).await, before + 12);
}

async fn whose_purchase_it_is(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let hers = buy_under(&ana, "the-same", &form(5)).await.unwrap().id;
    let his = buy_under(&ben, "the-same", &form(6)).await.unwrap().id;
    assert_ne!(hers, his);
    let foreign = get(&ben, hers).await.unwrap_err().into_fault();
    assert_eq!(foreign.code, FaultCode::NotFound);
    assert_eq!(list(&ben, None, None).await.unwrap().items.len(), 1);
    assert!(!domain::tenancy::may(Role::Realtor, Action::BuyCredits));
}
