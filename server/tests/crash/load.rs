//! What clients do, and what they were told. Only what was told counts as acknowledged.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::rig::{Client, Dice, PASSWORD};

/// Something a client was told, as it was told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Registered {
        email: String,
    },
    Bot {
        id: String,
    },
    Source {
        id: String,
    },
    /// An answer, whole to its end.
    Answered {
        turn: String,
        outcome: String,
        text: String,
    },
    /// A 302, by the referrer that this visit alone had.
    Scanned {
        referrer: String,
    },
    Lead {
        message: String,
    },
    Code {
        id: String,
    },
    /// Not told, but asked for: these may be gone.
    MayBeGone {
        id: String,
    },
}

#[derive(Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Told>>>);

impl Record {
    pub fn note(&self, told: Told) {
        self.0.lock().unwrap().push(told);
    }
    pub fn all(&self) -> Vec<Told> {
        self.0.lock().unwrap().clone()
    }
}

/// A realtor with a published bot, one property, and a code.
#[derive(Clone, Debug)]
pub struct Owner {
    pub email: String,
    pub token: String,
    pub bot: String,
    pub property: String,
    pub code: String,
    /// The code's short name, as on a sign.
    pub sign: String,
    pub porch: String,
}

/// A name that nothing else has.
pub fn tag() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

const TEXT: &str = "The roof was replaced in 2019. The furnace runs on natural gas.";

/// One caller with the record of what they were told.
#[derive(Clone)]
pub struct Caller {
    pub client: Client,
    pub record: Record,
    /// A page that may be fetched.
    pub page: String,
}

impl Caller {
    /// Everything an organization needs before buyers come. Fails where anything fails.
    pub async fn establish(&self) -> Owner {
        let email = self.register().await.expect("registered");
        let token = self.client.token(&email).await.expect("signed in");
        let bot = self.bot(&token).await.expect("a bot");
        let property = self.property(&token, &bot).await.expect("a property");
        let job = self.text(&token, &property).await.expect("a source");
        self.read(&token, &job).await;
        let path = format!("/v1/chatbots/{bot}");
        let active = self
            .client
            .call(&token, "PUT", &path, Some(json!({ "status": "active" })))
            .await
            .unwrap();
        assert_eq!(active.status, 200, "{}", active.body);
        let porch = active.json()["chatbot"]["porch_url"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        let (code, sign) = self.code(&token, &bot, &property).await.expect("a code");
        Owner {
            email,
            token,
            bot,
            property,
            code,
            sign,
            porch,
        }
    }

    async fn post(&self, token: &str, path: &str, body: Value, status: u16) -> Option<super::rig::Answer> {
        let answer = self.client.call(token, "POST", path, Some(body)).await?;
        (answer.status == status).then_some(answer)
    }

    pub async fn register(&self) -> Option<String> {
        let email = format!("{}@example.com", tag());
        let body = json!({
            "org_name": "Harbour Homes", "first_name": "Ana", "last_name": "Reyes", "email": email, "password": PASSWORD,
        });
        let answer = self.client.call("", "POST", "/v1/auth/register", Some(body)).await?;
        // 201 in a demo, 202 in production.
        if ![201, 202].contains(&answer.status) {
            return None;
        }
        self.record.note(Told::Registered { email: email.clone() });
        if answer.status == 202 {
            self.client.confirm(&email).await?;
        }
        Some(email)
    }

    pub async fn bot(&self, token: &str) -> Option<String> {
        let answer = self
            .post(token, "/v1/chatbots", json!({ "bot_name": tag() }), 201)
            .await?;
        let id = answer.text("bot_id");
        self.record.note(Told::Bot { id: id.clone() });
        Some(id)
    }

    pub async fn property(&self, token: &str, bot: &str) -> Option<String> {
        let body = json!({
            "bot_id": bot, "address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704",
            "price": 489_000, "bedrooms": 3, "bathrooms": 2.5, "year_built": 1972,
        });
        Some(self.post(token, "/v1/properties", body, 201).await?.text("property_id"))
    }

    pub async fn code(&self, token: &str, bot: &str, property: &str) -> Option<(String, String)> {
        let body = json!({ "bot_id": bot, "property_id": property });
        let answer = self.post(token, "/v1/qr_codes", body, 201).await?;
        let id = answer.text("qr_id");
        self.record.note(Told::Code { id: id.clone() });
        let sign = answer
            .text("qr_code_url")
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        Some((id, sign))
    }

    fn source(&self, answer: Option<super::rig::Answer>) -> Option<String> {
        let answer = answer.filter(|answer| answer.status == 202)?;
        self.record.note(Told::Source {
            id: answer.text("source_id"),
        });
        Some(answer.text("job_id"))
    }

    pub async fn text(&self, token: &str, property: &str) -> Option<String> {
        let path = format!("/v1/properties/{property}/train/knowledge_base");
        let body = json!({ "text_content": TEXT });
        self.source(self.client.call(token, "POST", &path, Some(body)).await)
    }

    pub async fn file(&self, token: &str, property: &str) -> Option<String> {
        let request = self
            .client
            .request("POST", &format!("/v1/properties/{property}/train/document"));
        let file = Some(("elm.txt", TEXT));
        self.source(self.client.upload(request.bearer_auth(token), file, &[]).await)
    }

    /// A small PDF, which is read in a child process.
    pub async fn pdf(&self, token: &str, property: &str) -> Option<String> {
        let request = self
            .client
            .request("POST", &format!("/v1/properties/{property}/train/document"));
        let file = Some(("elm.pdf", "%PDF-1.4\nno more than its head\n%%EOF\n"));
        self.source(self.client.upload(request.bearer_auth(token), file, &[]).await)
    }

    pub async fn web_page(&self, token: &str, property: &str) -> Option<String> {
        let path = format!("/v1/properties/{property}/train/url");
        let body = json!({ "url": self.page });
        self.source(self.client.call(token, "POST", &path, Some(body)).await)
    }

    /// Waits until a source is read.
    pub async fn read(&self, token: &str, job: &str) {
        for _ in 0..3000 {
            let path = format!("/v1/training_jobs/{job}/status");
            let status = self.client.call(token, "GET", &path, None).await;
            if status.is_some_and(|answer| ["ready", "failed"].contains(&answer.text("status").as_str())) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the source was not read within half a minute");
    }

    pub async fn ask(&self, code: &str) -> Option<()> {
        let body = json!({ "message_text": "When was the roof replaced?" });
        let answer = self.post("", &format!("/v1/public/chat/{code}"), body, 200).await?;
        self.record.note(Told::Answered {
            turn: answer.text("turn_id"),
            outcome: answer.text("outcome"),
            text: answer.text("bot_response_text"),
        });
        Some(())
    }

    /// The same as events; what came before the connection broke counts.
    pub async fn follow(&self, code: &str) -> Option<()> {
        let body = json!({ "message_text": "When was the roof replaced?" });
        let request = self.client.request("POST", &format!("/v1/public/chat/{code}"));
        let request = request
            .header("accept", "text/event-stream")
            .header("content-type", "application/json");
        let mut response = request.body(body.to_string()).send().await.ok()?;
        let mut text = Vec::new();
        while let Ok(Some(bytes)) = response.chunk().await {
            text.extend_from_slice(&bytes);
        }
        let events = deltas(&String::from_utf8_lossy(&text));
        let turn = events.iter().find(|event| event["type"] == "started")?["turn_id"]
            .as_str()?
            .to_owned();
        let done = events.iter().find(|event| event["type"] == "done")?;
        self.record.note(Told::Answered {
            turn,
            outcome: done["outcome"].as_str()?.to_owned(),
            text: done["text"].as_str()?.to_owned(),
        });
        Some(())
    }

    pub async fn scan(&self, sign: &str) -> Option<()> {
        let referrer = format!("http://sign.test/{}", tag());
        let request = self.client.request("GET", &format!("/q/{sign}"));
        let browser = format!(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/{}",
            tag()
        );
        let answer = Client::send(request.header("referer", &referrer).header("user-agent", browser)).await?;
        if answer.status == 302 {
            self.record.note(Told::Scanned { referrer });
        }
        Some(())
    }

    /// A buyer who asks and leaves a message in the same conversation; their cookie. Nothing of it is held to be kept.
    pub async fn known_buyer(&self, porch: &str) -> Option<String> {
        let post = |what: &str, form: String| {
            let request = self.client.request("POST", &format!("/p/{porch}/{what}"));
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            request.header("sec-fetch-site", "same-origin").body(form)
        };
        let asked = Client::send(post("ask", "question=When+was+the+roof+replaced".into())).await?;
        let cookie = asked.cookies.first()?.split(';').next()?.to_owned();
        let left = format!("name=Sam&email=sam%40example.com&message={}", tag());
        Client::send(post("lead", left).header("cookie", cookie.as_str())).await?;
        Some(cookie)
    }

    pub async fn lead(&self, porch: &str) -> Option<()> {
        let message = tag();
        let request = self.client.request("POST", &format!("/p/{porch}/lead"));
        let kind = "application/x-www-form-urlencoded";
        let form = format!("name=Sam&email=sam%40example.com&message={message}");
        let request = request
            .header("content-type", kind)
            .header("accept", "application/json")
            .body(form);
        let answer = Client::send(request).await?;
        if answer.status == 200 {
            self.record.note(Told::Lead { message });
        }
        Some(())
    }

    /// One thing at random, as a mix of buyers and realtors would do.
    pub async fn anything(&self, owner: &Owner, dice: &mut Dice) {
        let (token, property) = (owner.token.as_str(), owner.property.as_str());
        match dice.roll(20) {
            0 => drop(self.register().await),
            1 | 2 => drop(self.bot(token).await),
            3 => drop(self.text(token, property).await),
            4 => drop(self.file(token, property).await),
            5 => drop(self.web_page(token, property).await),
            6 => drop(self.lead(&owner.porch).await),
            7..=10 => drop(self.ask(&owner.code).await),
            11..=13 => drop(self.follow(&owner.code).await),
            _ => drop(self.scan(&owner.sign).await),
        }
    }
}

/// The data of each event that has some, whole ones only.
pub fn deltas(text: &str) -> Vec<Value> {
    let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .filter_map(|data| serde_json::from_str(data.trim()).ok())
        .collect()
}
