//! Start, memory, and what visitors and realtors do over HTTP.

use argon2::PasswordHasher;
use hyper::header;
use serde_json::json;
use server::demo::{EMAIL, PASSWORD};

use crate::{
    Effort, floor,
    load::{self, Client, Visit, address, load},
    process::Server,
    report::{Goal, Report},
};

pub async fn start(report: &mut Report, effort: Effort) {
    report.part("Start and memory");
    let (mut empty, mut filled, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        let server = Server::start(&[]).await;
        empty.push(server.ready.as_secs_f64());
        realtor(&server).await;
        let server = server.again().await;
        filled.push(server.ready.as_secs_f64());
        realtor(&server).await;
        memory.push(server.memory_mb().await);
    }
    report.figure(
        "first answer, empty folder",
        load::quantile(&mut empty, 0.5),
        "s",
        Goal::AtMost(0.5),
    );
    report.figure(
        "first answer, second start",
        load::quantile(&mut filled, 0.5),
        "s",
        Goal::AtMost(0.5),
    );
    report.figure(
        "idle memory (PSS), demo organization",
        load::quantile(&mut memory, 0.5),
        "MB",
        Goal::AtMost(60.0),
    );
}

/// The demo's realtor, once the demo is there.
pub async fn realtor(server: &Server) -> Client {
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let began = std::time::Instant::now();
    loop {
        let mut client = Client::connect(server.address).await.expect("a connection");
        let reply = client.post("/v1/auth/login", &credentials).await.expect("an answer");
        if let Some(token) = reply.json()["access_token"].as_str() {
            let mut client = client.with(header::AUTHORIZATION, &format!("Bearer {token}"));
            let codes = client.get("/v1/qr_codes").await.expect("an answer").json();
            if codes.as_array().is_some_and(|codes| !codes.is_empty()) {
                return client;
            }
        }
        assert!(began.elapsed().as_secs() < 30, "the demo was not made");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// A browser's session of the demo's realtor.
pub async fn session(server: &Server) -> String {
    let form = format!("next=&email={EMAIL}&password={}", PASSWORD.replace(' ', "+"));
    let mut client = Client::connect(server.address).await.expect("a connection");
    let request = hyper::Request::post("/_fn/auth/sign_in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.into())
        .expect("a request");
    let reply = client.send(request).await.expect("an answer").good();
    let all = reply.headers.get_all(header::SET_COOKIE).into_iter();
    let all = all.map(|cookie| cookie.to_str().expect("a cookie").split(';').next().unwrap_or_default());
    all.collect::<Vec<_>>().join("; ")
}

struct Scan(Vec<String>);

impl Visit for Scan {
    async fn visit(&self, client: &mut Client, who: usize, n: usize) -> Result<bool, load::Failed> {
        let path = format!("/q/{}", self.0[n % self.0.len()]);
        let mut request = load::get(&path);
        let from = address(who << 18 | n);
        request.headers_mut().insert("x-forwarded-for", from.parse()?);
        request.headers_mut().insert(
            header::USER_AGENT,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)".parse()?,
        );
        let reply = client.send(request).await?;
        Ok((302..=303).contains(&reply.status) || reply.status == 307)
    }
}

/// A page that a session opens.
struct Look {
    path: &'static str,
    cookie: String,
}

impl Visit for Look {
    async fn visit(&self, client: &mut Client, _: usize, _: usize) -> Result<bool, load::Failed> {
        let mut request = load::get(self.path);
        request.headers_mut().insert(header::COOKIE, self.cookie.parse()?);
        let reply = client.send(request).await?;
        Ok(reply.status == 200 && reply.body.windows(7).any(|tag| tag == b"</html>"))
    }
}

/// Each client with an account of its own: guesses at one account at the same time are few.
struct SignIn;

fn email(who: usize) -> String {
    format!("client{who}@example.com")
}

/// Opens accounts for this many clients.
async fn accounts(server: &Server, clients: usize) {
    let mut client = Client::connect(server.address).await.expect("a connection");
    for who in 0..clients {
        let new = json!({
            "org_name": "Homes", "first_name": "A", "last_name": "B", "email": email(who), "password": PASSWORD,
        });
        let mut request = load::post("/v1/auth/register", &new);
        let from = address(who).parse().expect("an address");
        request.headers_mut().insert("x-forwarded-for", from);
        client.send(request).await.expect("an answer").good();
    }
}

impl Visit for SignIn {
    async fn visit(&self, client: &mut Client, who: usize, n: usize) -> Result<bool, load::Failed> {
        let mut request = load::post("/v1/auth/login", &json!({ "email": email(who), "password": PASSWORD }));
        request
            .headers_mut()
            .insert("x-forwarded-for", address(who << 18 | n).parse()?);
        Ok(client.send(request).await?.status == 200)
    }
}

pub async fn web(report: &mut Report, effort: Effort) {
    let server = Server::start(&[]).await;
    let mut realtor = realtor(&server).await;
    let first = realtor.get("/v1/qr_codes").await.expect("an answer").good().json()[0].clone();
    let mut codes = Vec::new();
    for n in 0..50 {
        let body =
            json!({ "bot_id": first["bot_id"], "property_id": first["property_id"], "label": format!("Sign {n}") });
        let made = realtor
            .post("/v1/qr_codes", &body)
            .await
            .expect("an answer")
            .good()
            .json();
        let url = made["qr_code_url"].as_str().expect("an address").to_owned();
        codes.push(url.rsplit('/').next().unwrap_or_default().to_owned());
    }

    report.part("Scans: each is durable and paid before its redirect");
    let bare = floor::start("redirect").await;
    let floor = load(&bare, 16, effort.load, floor::Redirect).await;
    drop(bare);
    report.figure("CPU of a bare redirect, no store", floor.cpu_ms, "ms", Goal::None);
    let before = scans(&mut realtor).await;
    let outcome = load(&server, 16, effort.load, Scan(codes.clone())).await;
    report.figure("scans a second, 16 clients", outcome.per_second, "/s", Goal::None);
    report.figure("CPU a scan", outcome.cpu_ms, "ms", Goal::AtMost(0.1));
    report.figure(
        "CPU a scan beside a bare redirect",
        outcome.cpu_ms / floor.cpu_ms,
        "",
        Goal::AtMost(10.0),
    );
    report.figure("scan p50", outcome.p50_ms, "ms", Goal::None);
    report.figure("scan p99", outcome.p99_ms, "ms", Goal::AtMost(917.0 / 50.0));
    report.figure("scans that failed", outcome.failed as f64, "", Goal::AtMost(0.0));
    let kept = scans(&mut realtor).await - before;
    let lost = outcome.answered as f64 - kept;
    report.figure("scans answered and not on record", lost, "", Goal::AtMost(0.0));

    report.part("The console's dashboard, made on the server for a session");
    let cookie = session(&server).await;
    let look = |path| Look {
        path,
        cookie: cookie.clone(),
    };
    let outcome = load(&server, 16, effort.load, look("/console")).await;
    report.figure(
        "dashboards a second, 16 clients",
        outcome.per_second,
        "/s",
        Goal::AtLeast(2000.0),
    );
    report.figure("CPU a dashboard", outcome.cpu_ms, "ms", Goal::AtMost(0.5));
    report.figure("dashboard p50", outcome.p50_ms, "ms", Goal::None);
    report.figure("dashboard p99", outcome.p99_ms, "ms", Goal::AtMost(144.0 / 8.0));
    report.figure("dashboards that failed", outcome.failed as f64, "", Goal::AtMost(0.0));

    report.part("Signing in");
    accounts(&server, 50).await;
    let alone = hash_ms();
    let outcome = load(&server, 4, effort.load, SignIn).await;
    report.figure("Argon2id alone, 19 MiB and 2 passes", alone, "ms", Goal::None);
    report.figure(
        "sign-ins a second, 4 clients",
        outcome.per_second,
        "/s",
        Goal::AtLeast(12.0 * 6.5),
    );
    report.figure(
        "CPU a sign-in beside the hash alone",
        outcome.cpu_ms / alone,
        "",
        Goal::AtMost(1.1),
    );
    report.figure("CPU a sign-in", outcome.cpu_ms, "ms", Goal::None);
    report.figure("sign-in p99", outcome.p99_ms, "ms", Goal::None);
    report.figure("sign-ins that failed", outcome.failed as f64, "", Goal::AtMost(0.0));
    beside_sign_ins(report, &server, effort, codes, look("/console")).await;

    report.part("After all of that");
    report.figure("memory (PSS)", server.memory_mb().await, "MB", Goal::AtMost(100.0));
}

/// What visitors and realtors notice of fifty who sign in at once, again and again.
async fn beside_sign_ins(report: &mut Report, server: &Server, effort: Effort, codes: Vec<String>, look: Look) {
    let (sign_ins, scans) = tokio::join!(
        load(server, 50, effort.load, SignIn),
        load(server, 1, effort.load, Scan(codes))
    );
    report.figure("scan p99 while 50 sign in", scans.p99_ms, "ms", Goal::AtMost(20.0));
    let (others, looks) = tokio::join!(
        load(server, 50, effort.load, SignIn),
        load(server, 1, effort.load, look)
    );
    report.figure("dashboard p99 while 50 sign in", looks.p99_ms, "ms", Goal::AtMost(20.0));
    report.figure("of these sign-ins, a second", sign_ins.per_second, "/s", Goal::None);
    let failed = sign_ins.failed + others.failed + scans.failed + looks.failed;
    report.figure(
        "requests of all these that failed",
        failed as f64,
        "",
        Goal::AtMost(0.0),
    );
}

async fn scans(realtor: &mut Client) -> f64 {
    let codes = realtor
        .get("/v1/qr_codes?limit=100")
        .await
        .expect("an answer")
        .good()
        .json();
    codes
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|c| c["scan_count"].as_f64())
        .sum()
}

/// One password check at the strength that the engine uses, in ms of CPU.
fn hash_ms() -> f64 {
    let mut took: Vec<f64> = (0..15)
        .map(|_| {
            let began = std::time::Instant::now();
            argon2::Argon2::default()
                .hash_password(PASSWORD.as_bytes())
                .expect("a hash");
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    load::quantile(&mut took, 0.5)
}
