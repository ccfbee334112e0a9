//! A server of its own for each test, and people who call it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use domain::credits::Credits;
use engine::{Clock, Config, Engine, config::Mode};
use leptos::config::LeptosOptions;
use serde_json::{Value, json};
use server::state::{State, Web};
use sqlx::{Connection, Executor};
use tempfile::TempDir;
use tower::ServiceExt;

#[path = "document/held.rs"]
pub mod held;

pub const PASSWORD: &str = "a quiet street at dusk";

/// How many cases a test tries: `few` in every run, `all` (the figure that is promised) times
/// `PORCHLIGHT_TEST_CASES` where that is set.
pub fn cases(few: usize, all: usize) -> usize {
    let many = std::env::var("PORCHLIGHT_TEST_CASES").ok();
    many.map_or(few, |many| all * many.parse::<usize>().unwrap())
}

/// Which store a test runs on.
#[derive(Clone, Copy, Debug)]
pub enum Store {
    Sqlite,
    Postgres,
}

/// One test body on SQLite, and on PostgreSQL where `PORCHLIGHT_TEST_POSTGRES` names a server.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case($crate::app::Store::Sqlite).await })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if std::env::var_os("PORCHLIGHT_TEST_POSTGRES").is_none() {
                    eprintln!("skipped: PORCHLIGHT_TEST_POSTGRES names no server");
                    return;
                }
                super::$case($crate::app::Store::Postgres).await
            })+
        }
    };
}
pub(crate) use on_both;

pub struct TestApp {
    pub router: Router,
    pub engine: Engine,
    pub clock: Clock,
    pub state: State,
    _folder: Arc<TempDir>,
}

/// What a test may change before the server is made.
pub struct Setup {
    pub store: Store,
    pub config: Box<dyn FnOnce(&mut Config)>,
    pub web: Web,
}

impl Default for Setup {
    fn default() -> Self {
        // Tests ask as often as they like, but for those about limits.
        let web = Web {
            chat_per_minute: 0,
            login_per_minute: 0,
            api_per_minute: 0,
            api_per_minute_organization: 0,
            ..Web::default()
        };
        Self {
            store: Store::Sqlite,
            config: Box::new(|_| {}),
            web,
        }
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn on(store: Store) -> Self {
        Self::with(Setup {
            store,
            ..Setup::default()
        })
        .await
    }

    pub async fn granting(credits: i64) -> Self {
        let config = Box::new(move |config: &mut Config| {
            config.prices.registration_grant = Credits::whole(credits).unwrap();
        });
        Self::with(Setup {
            config,
            ..Setup::default()
        })
        .await
    }

    pub async fn with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (database_url, owner) = database(setup.store, &folder).await;
        let mut config = Config {
            mode: Mode::Demo,
            database_url,
            database_owner_url: owner.map(Into::into),
            data_dir: folder.path().join("data"),
            public_url: "http://porch.test".into(),
            prices: domain::credits::PriceList::default(),
            credits_low: domain::credits::Credits::milli(50_000),
            stripe: None,
            fetch_allow: String::new(),
            provider: None,
            token_secrets: vec!["a secret for tests of at least thirty-two bytes".into()],
            encryption_keys: vec!["another secret for tests of at least thirty-two bytes".into()],
            require_factor: false,
            oidc: None,
            require_licence: false,
            licence_verifier: None,
            licence_check_every: chrono::TimeDelta::days(180),
            session_idle: chrono::TimeDelta::hours(1),
            session_life: chrono::TimeDelta::hours(24),
            smtp_url: None,
            mail_from: None,
            geoip: None,
            program: PathBuf::from(env!("CARGO_BIN_EXE_porchlight")),
        };
        (setup.config)(&mut config);
        let clock = Clock::fixed("2026-06-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let engine = Engine::open(config, clock.clone()).await.unwrap();
        engine.start().await.unwrap();
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        std::fs::write(site.join("pkg/porchlight.css"), "body { margin: 0 }").unwrap();
        let leptos = LeptosOptions::builder()
            .output_name("porchlight")
            .site_root(site.display().to_string())
            .build();
        let state = State::new(engine.clone(), leptos, setup.web);
        Self {
            router: server::router(state.clone()),
            engine,
            clock,
            state,
            _folder: Arc::new(folder),
        }
    }

    /// The same store under other settings, as after a restart; this server has stopped.
    pub async fn restarted(&self, change: impl FnOnce(&mut Config)) -> Self {
        self.engine.stop().await;
        let mut config = self.engine.config().clone();
        change(&mut config);
        let engine = Engine::open(config, self.clock.clone()).await.unwrap();
        engine.start().await.unwrap();
        let (leptos, web) = ((*self.state.leptos).clone(), (*self.state.web).clone());
        let state = State::new(engine.clone(), leptos, web);
        Self {
            router: server::router(state.clone()),
            engine,
            clock: self.clock.clone(),
            state,
            _folder: Arc::clone(&self._folder),
        }
    }

    /// The texts that a query gives, on SQLite and on PostgreSQL.
    pub async fn texts(&self, sqlite: &'static str, postgres: &'static str) -> Vec<String> {
        let address = &self.engine.config().database_url;
        match address.strip_prefix("sqlite:") {
            Some(path) => {
                let store = format!("sqlite:{path}?mode=ro");
                let mut store = sqlx::SqliteConnection::connect(&store).await.unwrap();
                sqlx::query_scalar(sqlite).fetch_all(&mut store).await.unwrap()
            }
            None => {
                let mut store = sqlx::PgConnection::connect(&reaching_everyone(address)).await.unwrap();
                sqlx::query_scalar(postgres).fetch_all(&mut store).await.unwrap()
            }
        }
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client<'_> {
        Client {
            app: self,
            token: None,
            headers: HeaderMap::new(),
        }
    }

    /// The end of a link that begins with `page`, in the newest letter to somebody that has one, once it is there.
    pub async fn letter(&self, to: &str, page: &str) -> String {
        for _ in 0..1500 {
            let letters = engine::mail::kept(&self.engine).await.unwrap().unwrap();
            let link = |letter: &engine::mail::Kept| letter.text.split_once(page).map(|(_, rest)| rest.to_owned());
            let found = letters.iter().filter(|letter| letter.to == to).find_map(link);
            if let Some(rest) = found {
                return rest.split_whitespace().next().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no letter to {to} with {page}");
    }

    /// Registers an organization and signs its owner in.
    pub async fn owner(&self, name: &str) -> Client<'_> {
        let email = format!("{name}@example.com");
        let registered = self.visitor().post("/v1/auth/register", registration(&email)).await;
        registered.expect(StatusCode::CREATED);
        self.again(name).await
    }

    /// The same, signed in once more.
    pub async fn again(&self, name: &str) -> Client<'_> {
        let email = format!("{name}@example.com");
        let credentials = json!({ "email": email, "password": PASSWORD });
        let token = self.visitor().post("/v1/auth/login", credentials).await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        Client {
            token: Some(token),
            ..self.visitor()
        }
    }
}

/// A new store, and as whom its tables are made where that is somebody else.
async fn database(store: Store, folder: &TempDir) -> (String, Option<String>) {
    match store {
        Store::Sqlite => (format!("sqlite:{}", folder.path().join("store.db").display()), None),
        Store::Postgres => {
            let server = std::env::var("PORCHLIGHT_TEST_POSTGRES").unwrap();
            let name = format!("porchlight_api_{}", uuid::Uuid::new_v4().simple());
            let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
            admin
                .execute(sqlx::AssertSqlSafe(format!("create database {name}")))
                .await
                .unwrap();
            let at = |server: &str| {
                let mut address = url::Url::parse(server).unwrap();
                address.set_path(&name);
                String::from(address)
            };
            match std::env::var("PORCHLIGHT_TEST_POSTGRES_SERVER") {
                Ok(ours) => (at(&ours), Some(at(&server))),
                Err(_) => (at(&server), None),
            }
        }
    }
}

/// A store's address, for whoever reads it past the walls between organizations.
pub fn reaching_everyone(address: &str) -> String {
    let mut address = url::Url::parse(address).unwrap();
    address
        .query_pairs_mut()
        .append_pair("options", "-c porchlight.reach=everyone");
    address.into()
}

pub fn registration(email: &str) -> Value {
    json!({
        "org_name": "Harbour Homes", "first_name": "Ana", "last_name": "Reyes",
        "email": email, "password": PASSWORD, "license_number": "123456",
    })
}

/// Somebody with a browser or a program.
#[derive(Clone)]
pub struct Client<'a> {
    pub app: &'a TestApp,
    pub token: Option<String>,
    pub headers: HeaderMap,
}

impl Client<'_> {
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(path);
        self.send(match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string()))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        })
        .await
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(token) = &self.token {
            request
                .headers_mut()
                .insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        }
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 32 * 1024 * 1024).await.unwrap();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        };
        held::hold(&method, uri.path(), &answer);
        answer
    }

    /// Sends a form of a page, as a browser without scripts does.
    pub async fn form(&self, page: &str, path: &str, body: &str) -> Answer {
        let site = &self.app.engine.config().public_url;
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, format!("{site}{page}"))
            .header(header::ORIGIN, site);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Sends a file, with other fields beside it.
    pub async fn upload(&self, path: &str, file: (&str, &str, &[u8]), fields: &[(&str, &str)]) -> Answer {
        const EDGE: &str = "----edge-of-a-part";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        let (name, kind, bytes) = file;
        body.extend(
            format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n")
                .bytes(),
        );
        body.extend(bytes);
        body.extend(format!("\r\n--{EDGE}--\r\n").bytes());
        let request = Request::post(path).header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn balance(&self) -> i64 {
        self.get("/v1/credits/balance").await.json()["current_credits"]
            .as_i64()
            .unwrap()
    }

    /// A bot with a property, read knowledge and a code, open to the public.
    pub async fn porch(&self) -> Porch {
        let bot = self
            .post("/v1/chatbots", json!({ "bot_name": "Elm" }))
            .await
            .expect(StatusCode::CREATED)
            .id("bot_id");
        let property = json!({
            "bot_id": bot, "address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704",
            "price": 489_000, "bedrooms": 3, "bathrooms": 2.5, "year_built": 1972,
        });
        let property = self
            .post("/v1/properties", property)
            .await
            .expect(StatusCode::CREATED)
            .id("property_id");
        let text = json!({ "text_content": "The roof was replaced in 2019. The furnace runs on natural gas." });
        let trained = self
            .post(&format!("/v1/properties/{property}/train/knowledge_base"), text)
            .await;
        let job = trained.expect(StatusCode::ACCEPTED).id("job_id");
        assert_eq!(self.finished(&job).await["status"], "ready");
        let active = self
            .put(&format!("/v1/chatbots/{bot}"), json!({ "status": "active" }))
            .await;
        active.expect(StatusCode::OK);
        let code = json!({ "bot_id": bot, "property_id": property });
        let code = self
            .post("/v1/qr_codes", code)
            .await
            .expect(StatusCode::CREATED)
            .id("qr_id");
        Porch {
            bot,
            property,
            job,
            code,
        }
    }

    /// The status of a training job once it is over.
    pub async fn finished(&self, job: &str) -> Value {
        for _ in 0..1500 {
            let status = self
                .get(&format!("/v1/training_jobs/{job}/status"))
                .await
                .expect(StatusCode::OK)
                .json();
            if status["status"] == "ready" || status["status"] == "failed" {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the job did not end within half a minute");
    }
}

/// What an organization made, by id.
#[derive(Clone, Debug)]
pub struct Porch {
    pub bot: String,
    pub property: String,
    pub job: String,
    pub code: String,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    #[track_caller]
    pub fn expect(&self, status: StatusCode) -> &Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
    #[track_caller]
    pub fn id(&self, name: &str) -> String {
        self.json()[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {}", self.text()))
            .to_owned()
    }
    /// What the answer has a browser keep under a name, with its attributes.
    pub fn cookie(&self, name: &str) -> &str {
        let set = self.headers.get_all("set-cookie").iter();
        let set = set.filter_map(|value| value.to_str().ok());
        let mut named = set.filter(|cookie| cookie.split('=').next() == Some(name));
        named.next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// A failure as RFC 9457 has it; gives the body without what differs from request to request.
    #[track_caller]
    pub fn problem(&self, status: StatusCode) -> Value {
        self.expect(status);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let mut body = self.json();
        let problem = body.as_object_mut().unwrap();
        assert_eq!(problem["status"], status.as_u16());
        assert!(problem["type"].as_str().unwrap().starts_with("/problems/"));
        assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
        assert_eq!(problem.remove("instance").unwrap(), self.header("x-request-id"));
        let text = body.to_string();
        for inner in ["sqlx", "serde", "axum", "select ", "panicked", ".rs", "struct "] {
            assert!(!text.contains(inner), "{text}");
        }
        body
    }

    /// The fields that a failure names.
    #[track_caller]
    pub fn faulty(&self) -> Vec<String> {
        let problem = self.problem(StatusCode::BAD_REQUEST);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect()
    }
}
