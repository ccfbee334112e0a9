//! Chat turns through a model provider, with retrieval over a thousand passages, guards, ledger and limits on.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use http_body_util::BodyExt;
use hyper::header;
use serde_json::{Value, json};

use crate::{
    Effort, floor, http,
    load::{self, Client, Visit, address, load},
    process::Server,
    provider::Provider,
    report::{Goal, Report},
    retrieval::corpus,
};

/// Conversations that questions rotate over.
const SESSIONS: usize = 500;
const QUESTIONS: [&str; 5] = [
    "How many bedrooms are there?",
    "When was the house built?",
    "What is the asking price?",
    "How large is the living area?",
    "Is the harvest bridge near the copper station?",
];

struct Ask {
    path: String,
    sessions: Vec<Mutex<Option<String>>>,
}

impl Visit for Ask {
    async fn visit(&self, client: &mut Client, who: usize, n: usize) -> Result<bool, load::Failed> {
        // Two visitors never ask in one conversation at once.
        let slot = &self.sessions[(who + n * 64) % SESSIONS];
        let known = slot.lock().ok().and_then(|mut slot| slot.take());
        let mut body = json!({ "message_text": QUESTIONS[n % QUESTIONS.len()] });
        if let Some(session) = known {
            body["user_session_id"] = json!(session);
        }
        let mut request = load::post(&self.path, &body);
        request
            .headers_mut()
            .insert("x-forwarded-for", address(who << 18 | n).parse()?);
        let reply = client.send(request).await?;
        let said = reply.json();
        if let (Some(session), Ok(mut slot)) = (said["user_session_id"].as_str(), slot.lock()) {
            *slot = Some(session.to_owned());
        }
        Ok(reply.status == 200 && said["outcome"] == "answered")
    }
}

pub async fn measure(report: &mut Report, effort: Effort) {
    let provider = Provider::start(Duration::ZERO).await;
    let bare = floor::start(&provider.base_url()).await;
    let server = Server::start(&provider.settings()).await;
    let path = taught(&server).await;
    report.part("Chat turns: provider without delay, 1,000 passages, guards and ledger on");
    let ask = || Ask {
        path: path.clone(),
        sessions: (0..SESSIONS).map(|_| Mutex::default()).collect(),
    };
    for clients in [1, 16] {
        let floor = load(&bare, clients, effort.load, floor::PassOn).await;
        let outcome = load(&server, clients, effort.load, ask()).await;
        let who = if clients == 1 { "1 client" } else { "16 clients" };
        let goal = if clients == 1 {
            Goal::AtMost(8.0 / 6.0)
        } else {
            Goal::None
        };
        report.figure(format!("turn p50, {who}"), outcome.p50_ms, "ms", goal);
        report.figure(format!("turn p99, {who}"), outcome.p99_ms, "ms", Goal::None);
        let goal = if clients == 1 {
            Goal::None
        } else {
            Goal::AtLeast(108.0 * 25.0)
        };
        report.figure(format!("turns a second, {who}"), outcome.per_second, "/s", goal);
        report.figure(format!("CPU a turn, {who}"), outcome.cpu_ms, "ms", Goal::AtMost(0.5));
        report.figure(format!("CPU of a bare proxy, {who}"), floor.cpu_ms, "ms", Goal::None);
        report.figure(
            format!("CPU a turn beside a bare proxy, {who}"),
            outcome.cpu_ms / floor.cpu_ms,
            "",
            Goal::AtMost(10.0),
        );
        report.figure(
            format!("turns that failed, {who}"),
            outcome.failed as f64,
            "",
            Goal::AtMost(0.0),
        );
    }
    report.figure(
        "memory (PSS) after them",
        server.memory_mb().await,
        "MB",
        Goal::AtMost(100.0),
    );

    let provider = Provider::start(Duration::from_millis(10)).await;
    let server = Server::start(&provider.settings()).await;
    let path = taught(&server).await;
    report.part("A streamed answer, words 10 ms apart: what Porchlight adds");
    let (mut first, mut end) = (Vec::new(), Vec::new());
    let mut client = Client::connect(server.address).await.expect("a connection");
    for n in 0..20 * effort.rounds {
        let Some((told, done)) = streamed(&mut client, &path, n).await else {
            continue;
        };
        if let Some(times) = provider.take_times() {
            first.push(told.saturating_duration_since(times.second_sentence).as_secs_f64() * 1e3);
            end.push(done.saturating_duration_since(times.last).as_secs_f64() * 1e3);
        }
    }
    report.figure(
        "first sentence after the provider's, p50",
        load::quantile(&mut first, 0.5),
        "ms",
        Goal::AtMost(0.5),
    );
    report.figure(
        "first sentence after the provider's, p99",
        load::quantile(&mut first, 0.99),
        "ms",
        Goal::None,
    );
    report.figure(
        "end after the provider's last word, stored, p50",
        load::quantile(&mut end, 0.5),
        "ms",
        Goal::AtMost(3.0),
    );
}

/// Has the demo's bot read a thousand passages, and gives the path of its public chat.
async fn taught(server: &Server) -> String {
    let mut realtor = http::realtor(server).await;
    let code = realtor.get("/v1/qr_codes").await.expect("an answer").good().json()[0].clone();
    let property = code["property_id"].as_str().expect("a property");
    let path = format!("/v1/properties/{property}/train/document");
    let text = corpus(1000, 3).join("\n\n");
    let (edge, kind) = ("edge-of-a-part", "multipart/form-data; boundary=edge-of-a-part");
    let body = format!(
        "--{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"notes.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n{text}\r\n--{edge}--\r\n"
    );
    let request = hyper::Request::post(path).header(header::CONTENT_TYPE, kind);
    let added = realtor.send(request.body(body.into()).expect("a request")).await;
    let job = added.expect("an answer").good().json()["job_id"]
        .as_str()
        .expect("a job")
        .to_owned();
    let began = Instant::now();
    loop {
        let path = format!("/v1/training_jobs/{job}/status");
        let status = realtor.get(&path).await.expect("an answer").good().json();
        match status["status"].as_str() {
            Some("ready") => break,
            Some("failed") => panic!("the passages were not read: {status}"),
            _ => assert!(
                began.elapsed().as_secs() < 120,
                "the passages are not read yet: {status}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    format!("/v1/public/chat/{}", code["qr_id"].as_str().expect("a code"))
}

/// When the first text came, and when the end.
async fn streamed(client: &mut Client, path: &str, n: usize) -> Option<(Instant, Instant)> {
    let mut request = load::post(path, &json!({ "message_text": QUESTIONS[n % 4] }));
    request
        .headers_mut()
        .insert(header::ACCEPT, "text/event-stream".parse().ok()?);
    request
        .headers_mut()
        .insert("x-forwarded-for", address(n).parse().ok()?);
    let mut body = client.open(request).await.ok()?.into_body();
    let (mut first, mut last, mut text) = (None, None, String::new());
    while let Some(frame) = body.frame().await {
        let now = Instant::now();
        let Ok(data) = frame.ok()?.into_data() else { continue };
        text.push_str(&String::from_utf8_lossy(&data));
        if first.is_none() && events(&text).any(|event| event["type"] == "text") {
            first = Some(now);
        }
        if last.is_none() && events(&text).any(|event| event["type"] == "done") {
            last = Some(now);
        }
    }
    Some((first?, last?))
}

fn events(text: &str) -> impl Iterator<Item = Value> + '_ {
    text.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .filter_map(|data| serde_json::from_str(data.trim()).ok())
}
