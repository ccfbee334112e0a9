//! The least that such a server can cost on this machine: a process that only redirects, and one that only hands a
//! request to the model provider and its answer back. Neither has a store, a rule or a limit.
//!
//! Milliseconds of another machine say little; how many times this floor a request costs can be compared anywhere.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    load::{self, Client, Visit, address},
    process::Server,
};

/// Makes this program the floor instead of the measurement: `redirect`, or the address of a provider to pass on to.
const ROLE: &str = "PORCHLIGHT_BENCH_FLOOR";
const LISTEN: &str = "PORCHLIGHT_ADDR";

/// What the environment wants this process to be.
pub fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

pub async fn serve(role: String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let router = match role.as_str() {
        "redirect" => Router::new().route("/q/{code}", get(redirect)),
        provider => Router::new().route("/chat", post(pass_on)).with_state(Provider {
            client: reqwest::Client::builder().tcp_nodelay(true).build().expect("a client"),
            url: format!("{provider}/chat/completions"),
        }),
    };
    let router = router.route("/readyz", get(async || "ready"));
    let listen = std::env::var(LISTEN).expect("an address");
    let listener = tokio::net::TcpListener::bind(listen).await.expect("a port");
    let listener = axum::serve::ListenerExt::tap_io(listener, |io| {
        let _ = io.set_nodelay(true);
    });
    axum::serve(listener, router).await.expect("a server");
}

async fn redirect(axum::extract::Path(code): axum::extract::Path<String>) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/p/{code}"))]).into_response()
}

#[derive(Clone)]
struct Provider {
    client: reqwest::Client,
    url: String,
}

async fn pass_on(State(provider): State<Provider>, body: Bytes) -> Response {
    let request = provider
        .client
        .post(&provider.url)
        .header(header::CONTENT_TYPE, "application/json");
    match request.body(body).send().await {
        Ok(answer) => Body::from_stream(answer.bytes_stream()).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

pub async fn start(role: &str) -> Server {
    Server::start_as(
        std::env::current_exe().expect("this program"),
        &[(ROLE, role.to_owned())],
    )
    .await
}

/// One visit through a code, with nothing recorded.
pub struct Redirect;

impl Visit for Redirect {
    async fn visit(&self, client: &mut Client, who: usize, n: usize) -> Result<bool, load::Failed> {
        let mut request = load::get("/q/abcdefgh");
        request
            .headers_mut()
            .insert("x-forwarded-for", address(who << 18 | n).parse()?);
        Ok(client.send(request).await?.status == 303)
    }
}

/// One question to the provider and its whole answer, as a chat turn sends and reads them for one who does not read along.
pub struct PassOn;

impl Visit for PassOn {
    async fn visit(&self, client: &mut Client, _: usize, _: usize) -> Result<bool, load::Failed> {
        let message = serde_json::json!({ "role": "user", "content": "How many bedrooms are there?" });
        let body = serde_json::json!({ "model": "mock", "stream": false, "messages": [message] });
        let reply = client.post("/chat", &body).await?;
        Ok(reply.status == 200 && reply.json()["choices"][0]["message"]["content"].is_string())
    }
}
