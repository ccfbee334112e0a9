//! Death at every named point, once each: before and after every commit, call to the outside and change of a file.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use engine::failpoint::NAMES;

use super::{
    audit, cases,
    load::{Caller, Owner, Record, Told},
    on_both,
    provider::{Provider, paid},
    rig::{Client, Home, PASSWORD, PLAIN, SERVER_KEY, Server, Store},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// A realtor in a browser.
struct Browser {
    client: Client,
    cookies: Vec<String>,
}

impl Browser {
    fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            cookies: Vec::new(),
        }
    }

    async fn form(&mut self, path: &str, body: &str) -> Option<u16> {
        let request = self.request("POST", path);
        let answer = Client::send(request.header("content-type", FORM).body(body.to_owned())).await?;
        let session = answer
            .cookies
            .iter()
            .find(|cookie| cookie.starts_with("porchlight_session="));
        if let Some(cookie) = session {
            self.cookies = vec![cookie.split(';').next().unwrap().to_owned()];
        }
        Some(answer.status)
    }

    async fn page(&self, path: &str) -> Option<String> {
        Some(Client::send(self.request("GET", path)).await?.body)
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, path).header("accept", "text/html");
        let request = request
            .header("sec-fetch-site", "same-origin")
            .header("referer", "http://porch.test/sign-in");
        match self.cookies.is_empty() {
            true => request,
            false => request.header("cookie", self.cookies.join("; ")),
        }
    }

    /// In with wrong passwords, then with the right one, and out.
    async fn in_and_out(&mut self, email: &str) -> Option<()> {
        // What was typed is kept for the form, so that it has to be another address each time to be kept again.
        for (email, password) in [
            ("one@example.com", "wrong"),
            ("two@example.com", "wrong"),
            (email, PASSWORD),
        ] {
            self.form("/_fn/auth/sign_in", &sign_in(email, password)).await?;
        }
        self.form("/_fn/auth/sign_out", "").await.map(|_| ())
    }
}

fn sign_in(email: &str, password: &str) -> String {
    let (email, password) = (email.replace('@', "%40"), password.replace(' ', "+"));
    format!("next=&email={email}&password={password}")
}

/// An invitation's id and the secret of its link.
async fn invited(client: &Client, token: &str) -> Option<(String, String)> {
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let body = Some(serde_json::json!({ "email": email, "role": "realtor" }));
    let made = client.call(token, "POST", "/v1/invitations", body).await?;
    let secret = client.letter(&email, "/invitation/").await?;
    Some((made.text("invitation_id"), secret))
}

/// Somebody new sets up a second factor: their address and their recovery codes.
async fn enrolled(caller: &Caller, browser: &mut Browser) -> Option<(String, Vec<String>)> {
    let email = caller.register().await?;
    browser.form("/_fn/auth/sign_in", &sign_in(&email, PASSWORD)).await?;
    browser.form("/_fn/security/begin_factor", "").await?;
    let page = browser.page("/console/security/factor").await?;
    let secret = page.split("totp-secret\">").nth(1)?.split('<').next()?.replace(' ', "");
    let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let code = totp.generate(now.as_secs()).to_string();
    browser
        .form("/_fn/security/confirm_factor", &format!("code={code}"))
        .await?;
    let page = browser.page("/console/security").await?;
    let list = page.split("recovery-codes\">").nth(1)?.split("</ul>").next()?;
    let codes = list.split("<code>").skip(1).filter_map(|code| code.split('<').next());
    let codes = codes.map(str::to_owned).collect();
    browser.form("/_fn/auth/sign_out", "").await?;
    Some((email, codes))
}

/// True when a code lets somebody in.
async fn lets_in(browser: &mut Browser, email: &str, code: &str) -> Option<bool> {
    browser.form("/_fn/auth/sign_in", &sign_in(email, PASSWORD)).await?;
    browser.form("/_fn/auth/answer", &format!("next=&code={code}")).await?;
    let page = browser.page("/console/security").await?;
    Some(page.contains("recovery codes are left"))
}

/// Adds an endpoint, has it told something twice, changes it and removes it. Its log is looked through at the start.
async fn webhook(caller: &Caller, token: &str) -> Option<()> {
    let client = &caller.client;
    // An organization has few, and each death before this one may have left its own.
    let left = client.call(token, "GET", "/v1/webhooks", None).await?.json();
    for hook in left.as_array()? {
        let path = format!("/v1/webhooks/{}", hook["webhook_id"].as_str()?);
        client.call(token, "DELETE", &path, None).await?;
    }
    let body = serde_json::json!({ "url": caller.page, "events": ["credits.low"] });
    let made = client.call(token, "POST", "/v1/webhooks", Some(body)).await?;
    let path = format!("/v1/webhooks/{}", made.text("webhook_id"));
    let sent = client.call(token, "POST", &format!("{path}/test"), None).await?;
    let log = format!("{path}/deliveries");
    for _ in 0..1000 {
        let tried = client.call(token, "GET", &log, None).await?.json();
        if tried[0]["attempts"].as_i64()? > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let replay = format!("{log}/{}/replay", sent.text("delivery_id"));
    client.call(token, "POST", &replay, None).await?;
    client.call(token, "POST", &format!("{path}/secret"), None).await?;
    let off = Some(serde_json::json!({ "active": false }));
    client.call(token, "PUT", &path, off).await?;
    client.call(token, "DELETE", &path, None).await.map(|_| ())
}

/// Gives an AI provider's key, changes how it is asked, and removes it.
async fn own_ai(caller: &Caller, token: &str) -> Option<()> {
    let (client, base) = (&caller.client, "/v1/api_configurations");
    // An organization has few, and each death before this one may have left its own.
    for left in client.call(token, "GET", base, None).await?.json().as_array()? {
        let path = format!("{base}/{}", left["api_configuration_id"].as_str()?);
        client.call(token, "DELETE", &path, None).await?;
    }
    let new = serde_json::json!({ "provider_name": "other", "base_url": caller.page, "api_key": "sk-0123456789abcdef", "model_settings": { "model": "m" } });
    let made = client.call(token, "POST", base, Some(new)).await?;
    let path = format!("{base}/{}", made.text("api_configuration_id"));
    let off = Some(serde_json::json!({ "is_active": false }));
    client.call(token, "PUT", &path, off).await?;
    client.call(token, "POST", &format!("{path}/test"), None).await?;
    client.call(token, "DELETE", &path, None).await.map(|_| ())
}

/// Makes a code under a key of its own.
async fn keyed(caller: &Caller, owner: &Owner) -> Option<()> {
    let body = serde_json::json!({ "bot_id": owner.bot, "label": "Under a key" });
    let request = caller.client.request("POST", "/v1/qr_codes").bearer_auth(&owner.token);
    let request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
    let request = request
        .header("content-type", "application/json")
        .body(body.to_string());
    let made = Client::send(request).await?;
    caller.record.note(Told::Code { id: made.text("qr_id") });
    Some(())
}

/// Buys credits twice, of which the second time is refused, and tells that the first is paid.
async fn purchases(caller: &Caller, token: &str) -> Option<()> {
    let client = &caller.client;
    let mut bought = None;
    for _ in 0..2 {
        let request = client.request("POST", "/v1/credits/purchase").bearer_auth(token);
        let request = request
            .header("idempotency-key", uuid::Uuid::new_v4().to_string())
            .header("content-type", "application/json")
            .body(r#"{"amount":5,"payment_method_id":"pm_card_visa"}"#);
        let answer = Client::send(request).await?;
        if answer.status == 202 {
            bought = Some(answer.text("transaction_id"));
        }
    }
    let (body, signature) = paid(&bought?, 10);
    let request = client.request("POST", "/hooks/stripe");
    let request = request.header("stripe-signature", signature).body(body);
    Client::send(request).await.map(|_| ())
}

/// Makes a key, calls with it, and revokes it, as somebody who has just signed in.
async fn api_key(client: &Client, email: &str) -> Option<()> {
    let token = &client.token(email).await?;
    let body = serde_json::json!({ "name": "CRM", "scopes": ["read"] });
    let made = client.call(token, "POST", "/v1/api_keys", Some(body)).await?;
    client
        .call(&made.text("key"), "GET", "/v1/credits/balance", None)
        .await?;
    let path = format!("/v1/api_keys/{}", made.text("key_id"));
    client.call(token, "DELETE", &path, None).await.map(|_| ())
}

/// Does what passes the point. Whatever is answered, or not, is as it is.
async fn pass(name: &str, caller: &Caller, owner: &Owner) -> Option<()> {
    let (token, client) = (owner.token.as_str(), &caller.client);
    let mut browser = Browser::new(client);
    match name {
        "register" => drop(caller.register().await?),
        "bot.create" => drop(caller.bot(token).await?),
        "bot.update" => {
            let body = Some(serde_json::json!({ "description": "Answers" }));
            client
                .call(token, "PUT", &format!("/v1/chatbots/{}", owner.bot), body)
                .await?;
        }
        "bot.delete" => {
            let bot = caller.bot(token).await?;
            caller.record.note(Told::MayBeGone { id: bot.clone() });
            client
                .call(token, "DELETE", &format!("/v1/chatbots/{bot}"), None)
                .await?;
        }
        "property.create" | "property.update" | "property.delete" => {
            let property = caller.property(token, &owner.bot).await?;
            let path = format!("/v1/properties/{property}");
            client
                .call(token, "PUT", &path, Some(serde_json::json!({ "status": "sold" })))
                .await?;
            client.call(token, "DELETE", &path, None).await?;
        }
        "source.fail" | "document" => {
            caller.pdf(token, &owner.property).await?;
        }
        "source.remove" | "file.remove" => {
            let job = caller.text(token, &owner.property).await?;
            caller.read(token, &job).await;
            let source = caller.record.all().iter().rev().find_map(|told| match told {
                Told::Source { id } => Some(id.clone()),
                _ => None,
            })?;
            caller.record.note(Told::MayBeGone { id: source.clone() });
            browser
                .form("/_fn/auth/sign_in", &sign_in(&owner.email, PASSWORD))
                .await?;
            browser.form("/_fn/source/remove", &format!("id={source}")).await?;
        }
        "code.create" | "code.change" | "code.delete" => {
            let (code, _) = caller.code(token, &owner.bot, &owner.property).await?;
            caller.record.note(Told::MayBeGone { id: code.clone() });
            let label = serde_json::json!({ "label": "Front yard" });
            client
                .call(token, "PUT", &format!("/v1/qr_codes/{code}"), Some(label))
                .await?;
            client
                .call(token, "DELETE", &format!("/v1/qr_codes/{code}"), None)
                .await?;
        }
        "lead.leave" => drop(caller.lead(&owner.porch).await?),
        "key.make" => {
            let fresh = caller.establish().await;
            caller.ask(&fresh.code).await?;
        }
        "brand.set" => {
            browser
                .form("/_fn/auth/sign_in", &sign_in(&owner.email, PASSWORD))
                .await?;
            let request = browser.request("POST", "/_fn/brand/set");
            client.upload(request, None, &[("colour", "#224466")]).await?;
        }
        "erase" | "consent.withdraw" => {
            let cookie = caller.known_buyer(&owner.porch).await?;
            for what in ["withdraw", "erase"] {
                let request = client.request("POST", &format!("/p/{}/me/{what}", owner.porch));
                let request = request.header("cookie", cookie.as_str());
                Client::send(request.header("sec-fetch-site", "same-origin")).await?;
            }
        }
        "retention.set" | "organization.export" => {
            browser
                .form("/_fn/auth/sign_in", &sign_in(&owner.email, PASSWORD))
                .await?;
            // Another figure each time, and never what an organization begins with: what is as it was is not noted.
            static DAYS: AtomicU64 = AtomicU64::new(1000);
            let days = DAYS.fetch_add(1, Ordering::Relaxed);
            browser
                .form(
                    "/_fn/privacy/set_retention",
                    &format!("conversation_days={days}&lead_days="),
                )
                .await?;
            Client::send(browser.request("GET", "/console/organization.zip")).await?;
        }
        "leads.export" => {
            browser
                .form("/_fn/auth/sign_in", &sign_in(&owner.email, PASSWORD))
                .await?;
            Client::send(browser.request("GET", "/console/leads.csv")).await?;
        }
        "audit.export" => {
            browser
                .form("/_fn/auth/sign_in", &sign_in(&owner.email, PASSWORD))
                .await?;
            Client::send(browser.request("GET", "/console/audit.csv")).await?;
        }
        "session.create" | "session.save" | "session.delete" => browser.in_and_out(&owner.email).await?,
        "sign_in" | "token.refresh" => drop(client.token(&owner.email).await?),
        "session.seen" => drop(client.call(token, "GET", "/v1/users/me", None).await?),
        "session.end" => {
            let other = client.token(&owner.email).await?;
            client.call(&other, "POST", "/v1/auth/logout", None).await?;
        }
        "factor.begin" | "factor.enrol" | "factor.prove" | "factor.remove" => {
            let (email, codes) = enrolled(caller, &mut browser).await?;
            lets_in(&mut browser, &email, &codes[0]).await?;
            browser.form("/_fn/security/remove_factor", "").await?;
        }
        "factor.guessed" => {
            let (email, _) = enrolled(caller, &mut browser).await?;
            browser.form("/_fn/auth/sign_in", &sign_in(&email, PASSWORD)).await?;
            for _ in 0..5 {
                browser
                    .form("/_fn/auth/answer", "next=&code=AAAA-AAAA-AAAA-AAAA")
                    .await?;
            }
        }
        "support.change" => {
            browser
                .form("/_fn/auth/sign_in", &sign_in(&owner.email, PASSWORD))
                .await?;
            browser.form("/_fn/support/grant", "reason=Look&minutes=5").await?;
        }
        "operator.change" => {
            browser.cookies = vec!["porchlight_operator=nobody".into()];
            browser.form("/operator/sign-out", "").await?;
        }
        "licence.set" | "licence.decide" | "licence.verify" => {
            // Another one than before: the same again would change nothing.
            let number = uuid::Uuid::new_v4().simple().to_string();
            let licence = Some(serde_json::json!({ "state": "OR", "number": &number[..20] }));
            client.call(token, "PUT", "/v1/users/me/license", licence).await?;
            while client.call(token, "GET", "/v1/users/me/license", None).await?.json()["status"] == "claimed" {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        "link.use" | "mail.send" | "mail.file" => drop(caller.register().await?),
        "link.send" | "password.change" => {
            let email = caller.register().await?;
            let form = format!("email={}", email.replace('@', "%40"));
            browser.form("/_fn/auth/forgotten", &form).await?;
            let secret = client.letter(&email, "/reset/").await?;
            let form = format!("token={secret}&password={}", PASSWORD.replace(' ', "+"));
            browser.form("/_fn/auth/reset", &form).await?;
        }
        "invitation.send" | "invitation.revoke" => {
            let (invitation, _) = invited(client, token).await?;
            let path = format!("/v1/invitations/{invitation}");
            client.call(token, "DELETE", &path, None).await?;
        }
        "invitation.accept" | "member.change" => {
            let (_, secret) = invited(client, token).await?;
            let password = PASSWORD.replace(' ', "+");
            let form = format!("token={secret}&first_name=Cy&last_name=Moss&password={password}");
            browser.form("/_fn/people/join", &form).await?;
            let members = client.call(token, "GET", "/v1/members", None).await?.json();
            let last = members.as_array()?.last()?["user_id"].as_str()?.to_owned();
            let off = Some(serde_json::json!({ "is_active": false }));
            client.call(token, "PUT", &format!("/v1/members/{last}"), off).await?;
        }
        "turns" | "turn.begin" | "turn.finish" | "provider" => drop(caller.ask(&owner.code).await?),
        "scans" | "scan" | "spool.rename" | "spool.remove" => drop(caller.scan(&owner.sign).await?),
        "fetch" => drop(caller.web_page(token, &owner.property).await?),
        "request.begin" | "request.end" => keyed(caller, owner).await?,
        name if name.starts_with("purchase.") => purchases(caller, token).await?,
        name if name.starts_with("api_key.") => api_key(client, &owner.email).await?,
        name if name.starts_with("ai.") => own_ai(caller, token).await?,
        name if name.starts_with("webhook.") => webhook(caller, token).await?,
        // These are passed by any source that is read.
        _ => drop(caller.file(token, &owner.property).await?),
    }
    Some(())
}

/// Points that this test does not pass: the first is for commits without a name, of which there is none; the others are
/// passed by commands, see `backup` and below.
const ELSEWHERE: [&str; 4] = ["other", "backup.rename", "restore.rename", "key.rotate"];

/// What moves credits. The usual run passes all points on SQLite and these on PostgreSQL; a longer one all on both.
const PRICED: [&str; 11] = [
    "purchase.pay",
    "register",
    "bot.create",
    "source.add",
    "source.finish",
    "source.fail",
    "job.claim",
    "job.settle",
    "hold.expire",
    "turns",
    "scans",
];

async fn a_death_at_any_point_is_survived(store: Store) {
    let provider = Provider::start(1).await;
    let settings = provider.settings();
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.extend(PLAIN);
    let home = Home::new(store, &settings).await;
    let record = Record::default();
    let page = format!("http://127.0.0.1:{}/elm.html", provider.port);
    let caller = |server: &Server| Caller {
        client: server.client(),
        record: record.clone(),
        page: page.clone(),
    };
    let server = home.start("").await;
    let owner = caller(&server).establish().await;
    server.kill();
    let all = store == Store::Sqlite || cases() > 1;
    let names = NAMES
        .iter()
        .filter(|name| !ELSEWHERE.contains(name) && (all || PRICED.contains(name)));
    let mut points: Vec<(String, String)> = Vec::new();
    for name in names {
        for side in ["before", "after"] {
            points.push(((*name).to_owned(), format!("{name}.{side}=abort@1")));
            if *name == "turns" {
                // The first of a turn holds its price, the second settles it.
                points.push(((*name).to_owned(), format!("{name}.{side}=abort@2")));
            }
        }
    }
    assert!(points.len() >= if all { 84 } else { 20 }, "{} points", points.len());
    let mut passed = 0;
    for (name, armed) in &points {
        let slow = name.starts_with("spool");
        let armed = if slow {
            format!("scans.before=delay:150;{armed}")
        } else {
            armed.clone()
        };
        if name == "hold.expire" {
            hold_that_has_run_out(&home, &caller, &owner).await;
        }
        if name == "seal" {
            lead_of_before(&home).await;
        }
        if name == "session.seen" {
            age_sessions(&home).await;
        }
        let armed = if name == "hold.expire" {
            format!("job.claim.before=error;{armed}")
        } else {
            armed
        };
        let mut server = home.start(&armed).await;
        if !server.has_aborted() {
            if name != "hold.expire" {
                // What the last death left is mended before anything new is done.
                wait_for(&mut server, &home, &armed).await;
            }
            if !server.has_aborted() {
                if name != "hold.expire" {
                    audit::check(&home, &record.all()).await;
                }
                pass(name, &caller(&server), &owner).await;
                server.end_within(Duration::from_secs(10)).await;
            }
        }
        assert!(server.has_aborted(), "{armed} was not passed\n{}", server.tail());
        passed += 1;
    }
    let server = home.start("").await;
    assert_eq!(
        audit::settle(&home, Duration::from_secs(60)).await,
        Ok(()),
        "{}",
        server.tail()
    );
    let figures = audit::check(&home, &record.all()).await;
    server.kill();
    home.assert_well();
    eprintln!("{passed} deaths at {} points on {store:?}: {figures:?}", points.len());
}

/// Waits until the store is settled or the server has died on the way.
async fn wait_for(server: &mut Server, home: &Home, armed: &str) {
    for _ in 0..3000 {
        if server.has_aborted() || audit::settle(home, Duration::ZERO).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!(
        "{armed}: {:?} are open\n{}",
        audit::unsettled(home).await,
        server.tail()
    );
}

/// Leaves a hold whose time is over, with a job that nobody has claimed.
async fn hold_that_has_run_out(home: &Home, caller: &impl Fn(&Server) -> Caller, owner: &Owner) {
    let mut server = home.start("").await;
    wait_for(&mut server, home, "hold.expire").await;
    server.kill();
    let server = home.start("job.claim.before=error").await;
    caller(&server)
        .text(&owner.token, &owner.property)
        .await
        .expect("a source");
    server.kill();
    let past = "update ledger_hold set expires_at = created_at where state = 'pending'";
    audit::execute(home, past).await;
}

/// A lead as it was kept before leads were sealed.
async fn lead_of_before(home: &Home) {
    let left = match home.database.starts_with("sqlite:") {
        true => {
            "insert into lead (organization_id, id, bot_id, name, email, message, created_at)
            select organization_id, randomblob(16), id, 'Sam', 'sam@example.com', hex(randomblob(16)), created_at from bot limit 1"
        }
        false => {
            "insert into lead (organization_id, id, bot_id, name, email, message, created_at)
            select organization_id, gen_random_uuid(), id, 'Sam', 'sam@example.com', gen_random_uuid()::text, created_at from bot limit 1"
        }
    };
    audit::execute(home, left).await;
}

/// As if nobody had used theirs for two minutes.
async fn age_sessions(home: &Home) {
    let earlier = match home.database.starts_with("sqlite:") {
        true => "update account_session set seen_at = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-2 minutes')",
        false => "update account_session set seen_at = now() - interval '2 minutes'",
    };
    audit::execute(home, earlier).await;
}

/// Keys that are wrapped with another one, with a death on either side of the commit: what they keep can be read throughout.
async fn a_death_while_keys_are_wrapped_is_survived(store: Store) {
    const NAME: &str = "PORCHLIGHT_ENCRYPTION_KEY";
    let (old, new) = (SERVER_KEY, "a newer secret for tests of thirty-two bytes or more");
    let mut home = Home::new(store, &PLAIN).await;
    let server = home.start("").await;
    let caller = Caller {
        client: server.client(),
        record: Record::default(),
        page: String::new(),
    };
    let mut browser = Browser::new(&server.client());
    let (email, mut codes) = enrolled(&caller, &mut browser).await.expect("a second factor");
    server.kill();
    home.set(NAME, new);
    assert!(
        !home.run(&["rotate-keys"], "").status.success(),
        "the old key is missing"
    );
    for (setting, failpoint) in [
        (format!("{new},{old}"), "key.rotate.before=abort@1"),
        (format!("{new},{old}"), "key.rotate.after=abort@1"),
        (new.to_owned(), ""),
    ] {
        home.set(NAME, &setting);
        let ended = home.run(&["rotate-keys"], failpoint).status;
        assert_eq!(ended.success(), failpoint.is_empty(), "{failpoint}: {ended}");
        let server = home.start("").await;
        let mut browser = Browser::new(&server.client());
        let code = codes.pop().unwrap();
        assert_eq!(lets_in(&mut browser, &email, &code).await, Some(true), "{failpoint}");
        server.kill();
    }
}

on_both!(
    a_death_at_any_point_is_survived,
    a_death_while_keys_are_wrapped_is_survived
);
