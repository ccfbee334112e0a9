//! A stand-in for an OpenAI-compatible endpoint that streams as slowly as it is told, and for a listing's web page
//! and the service that knows licences.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What it says of every house: the words of the text that bots are trained with.
pub const SAYS: &str = "The roof was replaced in 2019. The furnace runs on natural gas. ";
/// Signs what it tells of payments.
const PAYMENTS: &str = "whsec_only_for_tests";
const PAGE: &str = "<html><head><title>12 Elm Street</title></head><body><main><h1>12 Elm Street</h1>\
    <p>The garage holds two cars and the cellar is dry.</p></main></body></html>";

#[derive(Clone)]
pub struct Provider {
    pub port: u16,
    /// Between two words, in milliseconds.
    pub pause: Arc<AtomicU64>,
    /// Before a page is given, in milliseconds.
    pub page_pause: Arc<AtomicU64>,
    speaking: Arc<AtomicUsize>,
    payments: Arc<AtomicUsize>,
    pub asked: Arc<AtomicUsize>,
}

/// What a payment's provider tells of a purchase that is paid, and the header that proves it.
pub fn paid(purchase: &str, cents: i64) -> (String, String) {
    let object =
        json!({ "id": "pi_1", "amount_received": cents, "currency": "usd", "metadata": { "purchase_id": purchase } });
    let body = json!({ "type": "payment_intent.succeeded", "data": { "object": object } }).to_string();
    let at = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(PAYMENTS.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let digits: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    (body, format!("t={at},v1={digits}"))
}

impl Provider {
    pub async fn start(pause: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            port: listener.local_addr().unwrap().port(),
            pause: Arc::new(AtomicU64::new(pause)),
            page_pause: Arc::default(),
            speaking: Arc::default(),
            payments: Arc::default(),
            asked: Arc::default(),
        };
        let answering = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answering = answering.clone();
                tokio::spawn(async move {
                    // Whoever asked may be dead.
                    let _ = answering.answer(stream).await;
                });
            }
        });
        provider
    }

    /// Settings of a server that asks it.
    pub fn settings(&self) -> [(&'static str, String); 7] {
        [
            (
                "PORCHLIGHT_PROVIDER_BASE_URL",
                format!("http://127.0.0.1:{}/v1", self.port),
            ),
            ("PORCHLIGHT_PROVIDER_MODEL", "stand-in".into()),
            ("PORCHLIGHT_FETCH_ALLOW", format!("127.0.0.1:{}", self.port)),
            (
                "PORCHLIGHT_LICENCE_VERIFIER_URL",
                format!("http://127.0.0.1:{}/licences", self.port),
            ),
            ("PORCHLIGHT_STRIPE_API", format!("http://127.0.0.1:{}", self.port)),
            ("PORCHLIGHT_STRIPE_SECRET_KEY", "sk_only_for_tests".into()),
            ("PORCHLIGHT_STRIPE_WEBHOOK_SECRET", PAYMENTS.into()),
        ]
    }

    /// What it answers to whoever wants to be paid: the half of them is refused.
    fn payment(&self) -> (u16, &'static str) {
        match self.payments.fetch_add(1, Ordering::SeqCst) % 2 {
            0 => (200, r#"{"id":"pi_1"}"#),
            _ => (402, r#"{"error":{"message":"Declined."}}"#),
        }
    }

    /// Waits until it says nothing to anybody.
    pub async fn silent(&self) {
        while self.speaking.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut read = Vec::new();
        let head = loop {
            if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
                break String::from_utf8_lossy(&read[..end]).into_owned();
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        if head.starts_with("GET /robots.txt") {
            return stream
                .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .await;
        }
        if head.starts_with("GET ") {
            tokio::time::sleep(Duration::from_millis(self.page_pause.load(Ordering::SeqCst))).await;
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                PAGE.len()
            );
            return stream.write_all(format!("{head}{PAGE}").as_bytes()).await;
        }
        let told = if head.starts_with("POST /licences") {
            Some((200, r#"{"result":"verified"}"#))
        } else if head.starts_with("POST /v1/payment_intents") {
            Some(self.payment())
        } else {
            None
        };
        if let Some((status, body)) = told {
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            return stream.write_all(answer.as_bytes()).await;
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        let streamed = loop {
            let body = String::from_utf8_lossy(&read);
            if body.contains(r#""stream":true"#) || body.contains(r#""stream":false"#) {
                break body.contains(r#""stream":true"#);
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        self.speaking.fetch_add(1, Ordering::SeqCst);
        let said = match streamed {
            true => self.say(&mut stream).await,
            false => self.say_whole(&mut stream).await,
        };
        self.speaking.fetch_sub(1, Ordering::SeqCst);
        said
    }

    /// Takes as long as the stream of its words.
    async fn say_whole(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let words = SAYS.split_inclusive(' ').count() as u64;
        tokio::time::sleep(Duration::from_millis(self.pause.load(Ordering::SeqCst) * words)).await;
        let message = json!({ "role": "assistant", "content": SAYS });
        let body = json!({ "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] }).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
        stream.shutdown().await
    }

    async fn say(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).await?;
        for word in SAYS.split_inclusive(' ') {
            tokio::time::sleep(Duration::from_millis(self.pause.load(Ordering::SeqCst))).await;
            let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": word }, "finish_reason": null }] });
            stream.write_all(format!("data: {chunk}\n\n").as_bytes()).await?;
        }
        let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
        stream
            .write_all(format!("data: {end}\n\ndata: [DONE]\n\n").as_bytes())
            .await?;
        stream.shutdown().await
    }
}
