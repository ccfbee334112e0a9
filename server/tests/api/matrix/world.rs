//! Two organizations with everything there is, and ways to ask for it.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, header},
};
use domain::{credits::Credits, security::ForgottenForm, tenancy::Role};
use engine::{Config, account};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Row as _};

use super::{
    Actor,
    routes::{Kind, Row, Sent},
};
use crate::{
    app::{Answer, Client, PASSWORD, Setup, Store, TestApp, reaching_everyone, registration},
    console::signed_in,
    till,
};

/// Stands in every text of Ana's.
pub const CANARY: &str = "qzxcanary";
/// Names nothing.
pub const MISSING: &str = "00000000-0000-7000-8000-00000000abcd";

/// A document of a licence.
const LICENCE: (&str, &str, &[u8]) = ("licence.pdf", "application/pdf", b"%PDF-1.7");

type Things = BTreeMap<&'static str, String>;

pub struct World<'a> {
    pub app: &'a TestApp,
    pub ana: Client<'a>,
    pub ben: Client<'a>,
    ana_session: Client<'a>,
    ben_session: Client<'a>,
    /// Others of Ana's organization, in a browser.
    colleagues: Vec<(Role, Client<'a>)>,
    /// What Ana has, by noun; and what Ben has.
    pub hers: Things,
    pub his: Things,
}

pub fn setup(store: Store) -> Setup {
    let stripe = till::start();
    let config = Box::new(|config: &mut Config| {
        config.stripe = Some(stripe);
        config.prices.registration_grant = Credits::whole(10_000_000).unwrap();
        // A place where nobody listens: sources that are addresses are taken in, and fail quickly.
        config.fetch_allow = "127.0.0.1:9".into();
    });
    Setup {
        store,
        config,
        ..Setup::default()
    }
}

impl<'a> World<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
        let ana_session = signed_in(app, "ana@example.com").await;
        let ben_session = signed_in(app, "ben@example.com").await;
        let (hers, his) = (
            things(&ana, &ana_session, CANARY).await,
            things(&ben, &ben_session, "his").await,
        );
        Self {
            app,
            ana,
            ben,
            ana_session,
            ben_session,
            colleagues: Vec::new(),
            hers,
            his,
        }
    }

    /// Gives Ana everything anew, for requests that leave nothing behind.
    pub async fn furnish(&mut self) {
        self.ana_session = signed_in(self.app, "ana@example.com").await;
        self.hers = things(&self.ana, &self.ana_session, CANARY).await;
    }

    /// Has somebody join Ana's organization.
    pub async fn hire(&mut self, role: Role) {
        let email = format!("{}@example.com", role.as_str());
        joined(&self.ana, &email, role).await;
        self.colleagues.push((role, signed_in(self.app, &email).await));
    }

    pub fn client(&self, actor: Actor) -> Client<'a> {
        match actor {
            Actor::Stranger => self.app.visitor(),
            Actor::Forger => Client {
                token: Some(format!("{}x", self.ana.token.clone().unwrap_or_default())),
                ..self.app.visitor()
            },
            Actor::OtherSession => self.ben_session.clone(),
            Actor::OtherToken => self.ben.clone(),
            Actor::OwnSession => self.ana_session.clone(),
            Actor::OwnToken => self.ana.clone(),
            Actor::Colleague(role) => {
                let found = self.colleagues.iter().find(|(known, _)| *known == role);
                found.expect("hired").1.clone()
            }
        }
    }

    /// Whether an actor is anybody at an address. The console's know people by their session; those that take a plain
    /// form answer programs, too.
    pub fn knows(&self, actor: Actor, prefix: &str, row: &Row) -> bool {
        let form = row.method == "POST" && row.route.starts_with("/console/");
        !prefix.is_empty() || form || matches!(actor, Actor::OtherSession | Actor::OwnSession)
    }

    /// Sends a row's request as somebody. `missing`: with an id that names nothing in place of each of Ana's.
    pub async fn ask(&self, actor: Actor, prefix: &str, row: &Row, missing: bool) -> Answer {
        let own = matches!(actor, Actor::OwnSession | Actor::OwnToken | Actor::Colleague(_));
        let mut client = self.client(actor);
        if row.kind == Kind::Secret {
            client = self.app.visitor();
            let (api, porch) = if own {
                (&self.hers["secret"], &self.hers["cookie"])
            } else {
                (&self.his["secret"], &self.his["cookie"])
            };
            if actor != Actor::Stranger {
                let from = ("sec-fetch-site", "same-origin");
                client = client
                    .with("x-user-session-id", api)
                    .with("cookie", porch)
                    .with(from.0, from.1);
            }
        }
        let mine = if own { &self.hers } else { &self.his };
        self.ask_as(&client, mine, prefix, row, missing).await
    }

    /// Sends a row's request as somebody to whom `mine` belongs.
    pub async fn ask_as(&self, client: &Client<'_>, mine: &Things, prefix: &str, row: &Row, missing: bool) -> Answer {
        let fill = |text: &str| {
            let mut text = text.to_owned();
            for (noun, id) in mine {
                text = text.replace(&format!("{{my_{noun}}}"), id);
            }
            for (noun, id) in &self.hers {
                // The porch's own address is public: what is secret about a turn is the turn.
                let public = row.kind == Kind::Secret && !noun.ends_with("turn");
                let id = if missing && !public { MISSING } else { id };
                text = text.replace(&format!("{{{noun}}}"), id);
            }
            text
        };
        let path = format!("{prefix}{}", fill(row.address));
        let mut request = Request::builder().method(row.method).uri(&path);
        if row.address == "/credits/purchase" && !client.headers.contains_key("idempotency-key") {
            request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
        }
        let request = match row.send {
            Sent::Nothing => request.body(Body::empty()),
            Sent::Json(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(fill(body))),
            Sent::Form(body) => request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(fill(body))),
            Sent::File(fields) => {
                let fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, fill(value))).collect();
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let file = match path.as_str() {
                    path if path.contains("brand") => ("", "image/png", b"".as_slice()),
                    path if path.contains("licen") => LICENCE,
                    path if path.contains("train/image") => {
                        ("kitchen.png", "image/png", b"\x89PNG\r\n\x1a\n".as_slice())
                    }
                    _ => ("notes.txt", "text/plain", b"The light is green.".as_slice()),
                };
                return client.upload(&path, file, &fields).await;
            }
        };
        client.send(request.unwrap()).await
    }

    /// An answer without what differs from request to request: its id, the page's nonce, the ids that were asked for.
    pub fn plain(&self, answer: &Answer) -> String {
        let request = answer.header("x-request-id").to_owned();
        let nonce = answer
            .header("content-security-policy")
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .unwrap_or_default()
            .to_owned();
        let headers: Vec<String> = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != "x-request-id")
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        let mut text = format!("{}\n{}\n{}", answer.status, headers.join("\n"), answer.text());
        let of_hers = self.hers.values().map(String::as_str);
        for (what, stands) in of_hers
            .chain([MISSING])
            .map(|id| (id, "ID"))
            .chain([(request.as_str(), "REQUEST"), (nonce.as_str(), "NONCE")])
        {
            if !what.is_empty() {
                text = text.replace(what, stands);
            }
        }
        text
    }

    /// Every row of Ana's organization.
    pub async fn rows_of_ana(&self) -> Vec<String> {
        self.rows(&self.hers["organization"]).await
    }

    /// Rows of Ben's that name something of Ana's.
    pub async fn rows_that_name_ana(&self) -> Vec<String> {
        let ids: Vec<String> = self
            .hers
            .iter()
            .filter(|(_, id)| id.len() == 36)
            .map(|(_, id)| id.replace('-', ""))
            .collect();
        let mut rows = self.rows(&self.his["organization"]).await;
        rows.retain(|row| {
            let row = row.replace('-', "").to_lowercase();
            ids.iter().any(|id| row.contains(id)) || row.contains(CANARY)
        });
        rows
    }

    async fn rows(&self, organization: &str) -> Vec<String> {
        let address = self.app.engine.config().database_url.clone();
        let mut rows = Vec::new();
        let list = |texts: Vec<String>, table: &str| {
            texts
                .into_iter()
                .map(|row| format!("{table}: {row}"))
                .collect::<Vec<_>>()
        };
        if let Some(path) = address.strip_prefix("sqlite:") {
            let mut store = sqlx::SqliteConnection::connect(&format!("sqlite:{path}?mode=ro"))
                .await
                .unwrap();
            let columns: Vec<(String, String)> = sqlx::query_as(
                "select t.name, group_concat('quote(' || c.name || ')', ' || '','' || ') from pragma_table_list t
                 join pragma_table_info(t.name) c where t.schema = 'main' and t.type = 'table' group by t.name
                 having sum(c.name = 'organization_id') = 1 order by t.name",
            )
            .fetch_all(&mut store)
            .await
            .unwrap();
            assert!(columns.len() >= 16);
            for (table, columns) in columns {
                let id = organization.replace('-', "");
                let sql = format!("select {columns} from {table} where organization_id = x'{id}' order by 1");
                let found = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut store).await.unwrap();
                rows.extend(list(found.iter().map(|row| row.get(0)).collect(), &table));
            }
        } else {
            let mut store = sqlx::PgConnection::connect(&reaching_everyone(&address)).await.unwrap();
            let tables: Vec<(String,)> = sqlx::query_as(
                "select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'organization_id' order by 1",
            )
            .fetch_all(&mut store)
            .await
            .unwrap();
            assert!(tables.len() >= 16);
            for (table,) in tables {
                let sql = format!("select t::text from {table} t where organization_id = '{organization}' order by 1");
                let found = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut store).await.unwrap();
                rows.extend(list(found.iter().map(|row| row.get(0)).collect(), &table));
            }
        }
        assert!(rows.len() > 10);
        rows
    }
}

/// A bot, a property, a source, a code, conversations on the code's chat and on the porch, a lead, a logo.
async fn things(client: &Client<'_>, session: &Client<'_>, word: &str) -> Things {
    let bot = client
        .post("/v1/chatbots", json!({ "name": format!("Elm {word}") }))
        .await;
    let bot = bot.expect(axum::http::StatusCode::CREATED).json();
    let id = |value: &serde_json::Value, name: &str| {
        value[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} in {value}"))
            .to_owned()
    };
    let slug = id(&bot["chatbot"], "porch_url").rsplit('/').next().unwrap().to_owned();
    let bot = id(&bot, "bot_id");
    let house = json!({
        "bot_id": bot, "address": format!("12 {word} Street"), "city": "Springfield", "state": "IL", "zip_code": "62704",
        "bedrooms": 3,
    });
    let property = client.post("/v1/properties", house).await.id("property_id");
    let text = json!({ "text_content": format!("The roof of {word} was replaced in 2019.") });
    let trained = client
        .post(&format!("/v1/properties/{property}/train/knowledge_base"), text)
        .await;
    let (job, source) = (trained.id("job_id"), trained.id("source_id"));
    assert_eq!(client.finished(&job).await["status"], "ready");
    client
        .put(&format!("/v1/chatbots/{bot}"), json!({ "status": "active" }))
        .await
        .expect(axum::http::StatusCode::OK);
    let file = client.get(&format!("/v1/sources/{source}/file")).await.json();
    let file = id(&file, "url").replace("http://porch.test", "");
    let code = client
        .post(
            "/v1/qr_codes",
            json!({ "bot_id": bot, "property_id": property, "label": word }),
        )
        .await
        .json();
    let code_slug = id(&code, "qr_code_url").rsplit('/').next().unwrap().to_owned();
    let code = id(&code, "qr_id");
    let visitor = client.app.visitor();
    let question = json!({ "message_text": format!("How many beds has {word}?") });
    let asked = visitor.post(&format!("/v1/public/chat/{code}"), question).await;
    let form = "application/x-www-form-urlencoded";
    let ask = Request::post(format!("/p/{slug}/ask")).header(header::CONTENT_TYPE, form);
    let ask = ask
        .body(Body::from(format!("question=How+many+beds+has+{word}")))
        .unwrap();
    let on_porch = visitor.send(ask).await;
    let cookie = on_porch.header("set-cookie").split(';').next().unwrap().to_owned();
    let lead = Request::post(format!("/p/{slug}/lead"))
        .header(header::CONTENT_TYPE, form)
        .header(header::ORIGIN, "http://porch.test");
    let lead = lead
        .body(Body::from(format!("name={word}&email=cy%40example.com&message={word}")))
        .unwrap();
    let lead = visitor.clone().with("cookie", &cookie).send(lead).await;
    assert!(lead.status.is_redirection(), "{} {}", lead.status, lead.text());
    let picture = client
        .get(&format!("/v1/qr_codes/{code}/image.png?size=128"))
        .await
        .bytes;
    let logo = session
        .upload(
            "/_fn/brand/set",
            ("logo.png", "image/png", &picture),
            &[("colour", "#0b3d3a")],
        )
        .await;
    logo.expect(axum::http::StatusCode::OK);
    licensed(client).await;
    let me = client.get("/v1/users/me").await.json();
    // A photo of the source, where training a page would have put it.
    let files = client
        .app
        .engine
        .config()
        .data_dir
        .join("files")
        .join(id(&me, "organization_id"));
    std::fs::write(files.join(format!("{source}.0.jpg")), &picture).unwrap();
    let conversations = client.get("/v1/conversations").await.json();
    let latest = conversations
        .as_array()
        .unwrap()
        .iter()
        .map(|row| id(row, "conversation_id"));
    let api_conversation = asked.id("conversation_id");
    let porch_conversation = latest.into_iter().find(|found| *found != api_conversation).unwrap();
    let turns = client
        .get(&format!("/v1/conversations/{porch_conversation}"))
        .await
        .json();
    let leads = client.get("/v1/leads").await.json();
    let guest = |kind: &str| format!("{kind}.{}@example.com", uuid::Uuid::new_v4().simple());
    let (invitation, invitation_secret) = invited(client, &guest("guest"), Role::Realtor).await;
    let colleague = guest("colleague");
    joined(client, &colleague, Role::Realtor).await;
    let members = client.get("/v1/members").await.json();
    let member = members
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["email"] == colleague.as_str());
    let member = id(member.unwrap(), "user_id");
    let hook = json!({ "url": "https://house.invalid/hook", "events": ["credits.low"] });
    // There may be ten at most: one is made where the last is gone.
    let hooks = client.get("/v1/webhooks").await.json();
    let webhook = match hooks.as_array().unwrap().first() {
        Some(known) => id(known, "webhook_id"),
        None => client.post("/v1/webhooks", hook).await.id("webhook_id"),
    };
    let tested = client.post(&format!("/v1/webhooks/{webhook}/test"), json!({})).await;
    let delivery = tested.id("delivery_id");
    let ai = json!({
        "provider_name": "other", "base_url": "http://127.0.0.1:9", "api_key": "sk-0123456789abcdef", "model_settings": { "model": "m" },
    });
    let known = client.get("/v1/api_configurations").await.json();
    let ai = match known.as_array().unwrap().first() {
        Some(known) => id(known, "api_configuration_id"),
        None => client
            .post("/v1/api_configurations", ai)
            .await
            .id("api_configuration_id"),
    };
    let buying = client
        .clone()
        .with("idempotency-key", &uuid::Uuid::new_v4().to_string());
    let purchase = json!({ "amount": 5, "payment_method_id": "pm_card_visa" });
    let purchase = buying.post("/v1/credits/purchase", purchase).await.id("transaction_id");
    let app = client.app;
    let forgotten = ForgottenForm {
        email: colleague.clone(),
    };
    account::ask_reset(&app.engine, &forgotten, None).unwrap();
    let newcomer = guest("newcomer");
    let registered = app.visitor().post("/v1/auth/register", registration(&newcomer)).await;
    registered.expect(axum::http::StatusCode::CREATED);
    let organization_slug = organization_slug(client.app, &id(&me, "organization_id")).await;
    BTreeMap::from([
        ("organization", id(&me, "organization_id")),
        ("owner", id(&me, "user_id")),
        ("operator_secret", operator_secret(app, &guest("operator")).await),
        ("organization_slug", organization_slug),
        ("bot", bot),
        ("slug", slug),
        ("property", property),
        ("file", file),
        ("purchase", purchase),
        ("source", source),
        ("job", job),
        ("code", code),
        ("code_slug", code_slug),
        ("conversation", api_conversation),
        ("turn", asked.id("turn_id")),
        ("secret", asked.id("user_session_id")),
        ("porch_turn", id(&turns["messages"][0], "turn_id")),
        ("cookie", cookie),
        ("invitation", invitation),
        ("invitation_secret", invitation_secret),
        ("member", member),
        ("lead", id(&leads[0], "lead_id")),
        ("ai", ai),
        ("webhook", webhook),
        ("delivery", delivery),
        ("reset_secret", app.letter(&colleague, "/reset/").await),
        ("confirm_secret", app.letter(&newcomer, "/confirm-email/").await),
    ])
}

/// The secret of a link that sets an operator up.
async fn operator_secret(app: &TestApp, email: &str) -> String {
    let link = engine::operator::add(&app.engine, email).await.unwrap();
    link.rsplit('/').next().unwrap().to_owned()
}

/// A licence with its document, which nothing is done with any more.
async fn licensed(client: &Client<'_>) {
    let licence = json!({ "state": "OR", "number": "201234567" });
    let given = client.put("/v1/users/me/license", licence).await;
    given.expect(axum::http::StatusCode::OK);
    let sent = client.upload("/v1/users/me/license/document", LICENCE, &[]).await;
    sent.expect(axum::http::StatusCode::OK);
    for _ in 0..1500 {
        if client.get("/v1/users/me/license").await.json()["status"] == "pending" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the licence was not looked at");
}

/// The id of a new invitation, and the secret of its link.
async fn invited(client: &Client<'_>, email: &str, role: Role) -> (String, String) {
    let body = json!({ "email": email, "role": role.as_str() });
    let made = client.post("/v1/invitations", body).await;
    let made = made.expect(axum::http::StatusCode::CREATED).json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (
        text("invitation_id"),
        text("url").rsplit('/').next().unwrap().to_owned(),
    )
}

pub async fn joined(client: &Client<'_>, email: &str, role: Role) {
    let (_, secret) = invited(client, email, role).await;
    let form = format!(
        "token={secret}&first_name=Cy&last_name=Moss&password={}",
        PASSWORD.replace(' ', "+")
    );
    let request = Request::post("/_fn/people/join")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "http://porch.test");
    // From where the inviter calls, too.
    let mut guest = client.app.visitor();
    if let Some(from) = client.headers.get("x-forwarded-for") {
        guest.headers.insert("x-forwarded-for", from.clone());
    }
    let answer = guest.send(request.body(Body::from(form)).unwrap()).await;
    answer.expect(axum::http::StatusCode::OK);
}

async fn organization_slug(app: &TestApp, id: &str) -> String {
    let address = app.engine.config().database_url.clone();
    if let Some(path) = address.strip_prefix("sqlite:") {
        let mut store = sqlx::SqliteConnection::connect(&format!("sqlite:{path}?mode=ro"))
            .await
            .unwrap();
        let sql = format!("select slug from organization where id = x'{}'", id.replace('-', ""));
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut store)
            .await
            .unwrap()
    } else {
        let mut store = sqlx::PgConnection::connect(&address).await.unwrap();
        let sql = format!("select slug from organization where id = '{id}'");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut store)
            .await
            .unwrap()
    }
}
