//! Webhooks on both databases, to a receiver on a socket of its own that checks signatures by itself.

mod events;
mod rules;
mod sending;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use domain::{
    id::WebhookId,
    lead::LeadForm,
    webhook::{Delivery, EventKind, WebhookForm, WithSecret},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{Call, db::testing::TestDb, lead, porch::Porch, testing::World};

/// A request as the receiver got it.
#[derive(Clone, Debug)]
struct Got {
    line: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// How many of its signatures are by this secret: what a receiver does, step by step as the specification has it.
    fn signed_by(&self, secret: &str) -> usize {
        let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert!((24..=64).contains(&key.len()), "{} bytes", key.len());
        let content = [self.id(), &self.headers["webhook-timestamp"], &self.body].join(".");
        let good = self.signatures().into_iter().filter(|signature| {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(content.as_bytes());
            mac.verify_slice(&BASE64.decode(signature).unwrap()).is_ok()
        });
        good.count()
    }

    fn signatures(&self) -> Vec<&str> {
        let all = self.headers["webhook-signature"].split(' ');
        all.map(|one| one.strip_prefix("v1,").unwrap()).collect()
    }
}

/// An endpoint on a socket of its own: what it was sent, and what it answers.
struct Receiver {
    address: SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
    got: Arc<Mutex<Vec<Got>>>,
}

fn answer(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            answer: Arc::new(Mutex::new(answer("204 No Content"))),
            got: Arc::default(),
        };
        let (says, got) = (Arc::clone(&receiver.answer), Arc::clone(&receiver.got));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (says, got) = (Arc::clone(&says), Arc::clone(&got));
                tokio::spawn(async move {
                    let Some(request) = read(&mut socket).await else { return };
                    got.lock().unwrap().push(request);
                    let answer = says.lock().unwrap().clone();
                    // Whoever does not read all of a long answer has hung up.
                    let _ = socket.write_all(&answer).await;
                });
            }
        });
        receiver
    }

    fn url(&self) -> String {
        format!("http://{}/hook?from=porchlight", self.address)
    }

    fn says(&self, answer: Vec<u8>) {
        *self.answer.lock().unwrap() = answer;
    }

    /// What came since the last time that this was asked.
    fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

async fn read(socket: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let read = socket.read(&mut part).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        if body.len() == headers["content-length"].parse::<usize>().unwrap() {
            let body = body.to_owned();
            return Some(Got { line, headers, body });
        }
    }
}

/// A world whose webhooks may go to the receiver.
async fn world_with(db: TestDb, receiver: &Receiver) -> World {
    let allow = receiver.address.to_string();
    World::with(db, |config| config.fetch_allow = allow).await
}

fn form(url: &str, events: &[EventKind]) -> WebhookForm {
    WebhookForm {
        url: url.into(),
        events: super::names(events),
    }
}

async fn endpoint(call: &Call, receiver: &Receiver, events: &[EventKind]) -> WithSecret {
    super::create(call, &form(&receiver.url(), events)).await.unwrap()
}

async fn leave(porch: &Porch, session: Option<&str>) {
    let form = LeadForm {
        name: "Cy Moss".into(),
        email: "cy@example.com".into(),
        message: "Is it \"quiet\" — really?".into(),
        ..LeadForm::default()
    };
    lead::leave(porch, session, &form).await.unwrap();
}

async fn log_of(call: &Call, id: WebhookId) -> Vec<Delivery> {
    super::deliveries(call, id, None, Some(100)).await.unwrap().items
}
