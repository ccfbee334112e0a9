//! The program as a child of the test, and people who call it.

use std::{
    fs::File,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use tempfile::TempDir;

/// Every home's, also after its data folder was lost.
pub const SERVER_KEY: &str = "another secret for tests of at least thirty-two bytes";

/// A server without the demo, which takes longer to start than everything else together.
pub const PLAIN: [(&str, &str); 4] = [
    ("PORCHLIGHT_MODE", "production"),
    ("PORCHLIGHT_REQUIRE_MFA", "false"),
    ("PORCHLIGHT_REQUIRE_LICENCE", "false"),
    (
        "PORCHLIGHT_TOKEN_SECRET",
        "a secret for tests of at least thirty-two bytes",
    ),
];

pub const PASSWORD: &str = "a quiet street at dusk";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

/// Where a server keeps its things; outlives its processes.
pub struct Home {
    folder: TempDir,
    pub database: String,
    settings: Vec<(String, String)>,
}

impl Home {
    pub async fn new(store: Store, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        let mut settings: Vec<_> = settings
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let database = match store {
            Store::Sqlite => format!("sqlite:{}", folder.path().join("data/porchlight.db").display()),
            Store::Postgres => {
                let server = std::env::var("PORCHLIGHT_TEST_POSTGRES").unwrap();
                let name = format!("porchlight_crash_{}", uuid::Uuid::new_v4().simple());
                let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
                let create = sqlx::AssertSqlSafe(format!("create database {name}"));
                admin.execute(create).await.unwrap();
                let at = |server: &str| {
                    let mut address = url::Url::parse(server).unwrap();
                    address.set_path(&name);
                    String::from(address)
                };
                match std::env::var("PORCHLIGHT_TEST_POSTGRES_SERVER") {
                    Ok(ours) => {
                        settings.push(("PORCHLIGHT_DATABASE_OWNER_URL".to_owned(), at(&server)));
                        at(&ours)
                    }
                    Err(_) => at(&server),
                }
            }
        };
        Self {
            folder,
            database,
            settings,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another value for one of the settings.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_porchlight"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PORCHLIGHT_")) {
            command.env_remove(name);
        }
        command
            .current_dir(self.folder.path())
            .env("PORCHLIGHT_DATABASE_URL", &self.database)
            .env("PORCHLIGHT_ENCRYPTION_KEY", SERVER_KEY)
            .env("PORCHLIGHT_DATA_DIR", self.path("data"))
            .env("PORCHLIGHT_SITE_DIR", self.path("site"))
            .env("PORCHLIGHT_CHAT_PER_MINUTE", "0")
            .env("PORCHLIGHT_LOGIN_PER_MINUTE", "0")
            .env("PORCHLIGHT_API_PER_MINUTE", "0")
            .env("PORCHLIGHT_API_PER_MINUTE_ORGANIZATION", "0")
            .env("PORCHLIGHT_GRANT", "1000000")
            .env("PORCHLIGHT_LOG", "info")
            .envs(self.settings.iter().map(|(n, v)| (n, v)));
        command
    }

    /// Runs one command to its end.
    pub fn run(&self, words: &[&str], failpoints: &str) -> Output {
        let mut command = self.command();
        command
            .env("PORCHLIGHT_FAILPOINTS", failpoints)
            .args(words)
            .output()
            .unwrap()
    }

    /// What the doctor says of the ledger, and that every audit log is whole.
    pub fn assert_well(&self) {
        let output = self.run(&["doctor"], "");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{told}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(told.contains("difference 0, drifted 0, pending holds 0"), "{told}");
        let verified = self.run(&["verify", "audit"], "");
        let told = String::from_utf8_lossy(&verified.stdout);
        assert!(verified.status.success(), "{told}");
    }

    /// Starts the server with these points armed, and waits until it answers, or has died of one of them.
    pub async fn start(&self, failpoints: &str) -> Server {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.path("server.log"))
            .unwrap();
        let child = self
            .command()
            .env("PORCHLIGHT_FAILPOINTS", failpoints)
            .env("PORCHLIGHT_ADDR", format!("127.0.0.1:{port}"))
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(File::create(self.path("server.out")).unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Server {
            child,
            port,
            log: self.path("server.log"),
            letters: self.path("data/mail"),
        };
        let client = server.client();
        let end = Instant::now() + Duration::from_secs(30);
        while server.ended().is_none() {
            if client.get("/readyz").await.is_some_and(|answer| answer.status == 200) {
                break;
            }
            assert!(Instant::now() < end, "the server does not get ready\n{}", server.tail());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The demo is made beside the first requests, with holds of its own: nothing is counted before it is there.
        let has_demo = !self.settings.iter().any(|(_, value)| value == "production");
        while has_demo && failpoints.is_empty() && server.ended().is_none() {
            let said = std::fs::read_to_string(self.path("server.out")).unwrap_or_default();
            if said.contains("Its code") {
                break;
            }
            assert!(Instant::now() < end, "the demo is not made\n{}", server.tail());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server
    }
}

/// A running server. Dropping it kills it.
pub struct Server {
    child: Child,
    pub port: u16,
    log: PathBuf,
    letters: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub fn client(&self) -> Client {
        Client::new(self.port, self.letters.clone())
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub fn tell_to_stop(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Waits for the end; `None` when it takes longer.
    pub async fn end_within(&mut self, most: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + most;
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if Instant::now() >= end {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// True when it has died of a failpoint.
    pub fn has_aborted(&mut self) -> bool {
        self.ended()
            .is_some_and(|status| status.signal() == Some(Signal::ABORT.as_raw()))
    }

    /// The end of its log, for messages.
    pub fn tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub cookies: Vec<String>,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
    /// A field's text, where there is one.
    pub fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_default().to_owned()
    }
}

/// Somebody who calls a server. `None` is what a broken connection leaves.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// Where the server puts its letters.
    letters: PathBuf,
}

impl Client {
    fn new(port: u16, letters: PathBuf) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(BROWSER)
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self {
            http,
            base: format!("http://127.0.0.1:{port}"),
            letters,
        }
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method.parse().unwrap(), format!("{}{path}", self.base))
    }

    pub async fn send(request: reqwest::RequestBuilder) -> Option<Answer> {
        let response = request.send().await.ok()?;
        let texts = |name: &str| {
            let all = response.headers().get_all(name).iter();
            all.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        Some(Answer {
            status: response.status().as_u16(),
            cookies: texts("set-cookie"),
            body: response.text().await.ok()?,
        })
    }

    pub async fn get(&self, path: &str) -> Option<Answer> {
        Self::send(self.request("GET", path)).await
    }

    /// A call of the API in somebody's name; an empty token is nobody's.
    pub async fn call(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Option<Answer> {
        let mut request = self.request(method, path);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        Self::send(request).await
    }

    /// Sends a file with other fields, as a form does.
    pub async fn upload(
        &self,
        request: reqwest::RequestBuilder,
        file: Option<(&str, &str)>,
        fields: &[(&str, &str)],
    ) -> Option<Answer> {
        const EDGE: &str = "----edge-of-a-part";
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        if let Some((name, text)) = file {
            body += &format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
            );
        }
        body += &format!("--{EDGE}--\r\n");
        let kind = format!("multipart/form-data; boundary={EDGE}");
        Self::send(request.header("content-type", kind).body(body)).await
    }

    /// The end of a link that begins with `page`, in a letter to somebody, once it is there; `None` when the server is gone.
    pub async fn letter(&self, to: &str, page: &str) -> Option<String> {
        loop {
            if let Some(found) = self.written(to, page) {
                return Some(found);
            }
            self.get("/healthz").await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn written(&self, to: &str, page: &str) -> Option<String> {
        let files = std::fs::read_dir(&self.letters)
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path()));
        let mut files: Vec<PathBuf> = files
            .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
            .collect();
        files.sort_unstable();
        files.iter().rev().find_map(|path| {
            let letter = std::fs::read_to_string(path).ok()?;
            let (_, rest) = letter
                .contains(&format!("To: {to}\r\n"))
                .then(|| letter.split_once(page))??;
            rest.split_whitespace().next().map(str::to_owned)
        })
    }

    /// Confirms somebody's address by the link they were sent.
    pub async fn confirm(&self, email: &str) -> Option<()> {
        let secret = self.letter(email, "/confirm-email/").await?;
        let request = self
            .request("POST", "/_fn/auth/confirm_email")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={secret}"));
        (Self::send(request).await?.status < 400).then_some(())
    }

    pub async fn token(&self, email: &str) -> Option<String> {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = self.call("", "POST", "/v1/auth/login", Some(body)).await?;
        (answer.status == 200).then(|| answer.text("access_token"))
    }
}

const BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

/// Random numbers that can be had again from their seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}
