//! A model provider on a socket of its own that speaks OpenAI's protocol, streaming, at a pace that can be set.
//! `PORCHLIGHT_BENCH_PROVIDER` names another one to measure with instead; then nothing is known of its times.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::post,
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

/// When the parts of the last answer left.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The word with which the second sentence begins: before it nobody can know that the first is whole.
    pub second_sentence: Instant,
    pub last: Instant,
}

#[derive(Clone)]
pub struct Provider {
    pub address: SocketAddr,
    pace: Duration,
    times: Arc<Mutex<Option<Times>>>,
}

/// What it says: every figure is on record for the demo's house.
pub const ANSWER: &str = "The house has 3 bedrooms and 2.5 bathrooms. It was built in 1998. The asking price is $489,000, \
and the living area is 1,840 square feet. Would you like to know more about it?";

impl Provider {
    /// Starts it; words come `pace` apart.
    pub async fn start(pace: Duration) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let provider = Self {
            address: listener.local_addr().expect("an address"),
            pace,
            times: Arc::default(),
        };
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .with_state(provider.clone());
        let listener = axum::serve::ListenerExt::tap_io(listener, |io| {
            let _ = io.set_nodelay(true);
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub fn base_url(&self) -> String {
        std::env::var("PORCHLIGHT_BENCH_PROVIDER").unwrap_or_else(|_| format!("http://{}/v1", self.address))
    }

    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PORCHLIGHT_PROVIDER_BASE_URL", self.base_url()),
            ("PORCHLIGHT_PROVIDER_KEY", "a key for measuring".into()),
            ("PORCHLIGHT_PROVIDER_MODEL", "mock".into()),
        ]
    }

    /// The times of the last answer, once.
    pub fn take_times(&self) -> Option<Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn words() -> Vec<String> {
    ANSWER.split_inclusive(' ').map(str::to_owned).collect()
}

async fn complete(State(provider): State<Provider>, Json(body): Json<Value>) -> Response {
    if body["stream"] != true {
        let message = json!({ "role": "assistant", "content": ANSWER });
        let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
        return Json(json!({
            "id": "c", "object": "chat.completion", "created": 0, "model": "mock", "choices": [choice],
            "usage": { "prompt_tokens": 400, "completion_tokens": 32, "total_tokens": 432 },
        }))
        .into_response();
    }
    let words = words();
    let second = words.iter().position(|word| word.starts_with("It")).unwrap_or_default();
    let last = words.len() - 1;
    let began = Instant::now();
    let pieces = stream::iter(words.into_iter().enumerate()).then(move |(n, word)| {
        let provider = provider.clone();
        async move {
            if !provider.pace.is_zero() {
                tokio::time::sleep_until((began + provider.pace * (n as u32)).into()).await;
            }
            let now = Instant::now();
            let mut times = provider.times.lock().unwrap_or_else(PoisonError::into_inner);
            match (n, times.as_mut()) {
                (n, _) if n == second => {
                    *times = Some(Times {
                        second_sentence: now,
                        last: now,
                    });
                }
                (n, Some(times)) if n == last => times.last = now,
                _ => {}
            }
            piece(json!({ "content": word }), None)
        }
    });
    let end = [piece(json!({}), Some("stop")), Event::default().data("[DONE]")];
    Sse::new(pieces.chain(stream::iter(end)).map(Ok::<_, Infallible>)).into_response()
}

fn piece(delta: Value, reason: Option<&str>) -> Event {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": reason });
    let chunk =
        json!({ "id": "c", "object": "chat.completion.chunk", "created": 0, "model": "mock", "choices": [choice] });
    Event::default().data(chunk.to_string())
}
