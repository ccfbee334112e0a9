//! Requests that claim to be in another organization, in every way there is.

use axum::{
    body::Body,
    http::{HeaderValue, Request, header},
};

use super::{
    Actor,
    routes::{API, Kind, Row, Sent, WEB},
    world::{CANARY, World, setup},
};
use crate::app::{Store, TestApp, cases, on_both};

/// xorshift64*, so that a seed replays a run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }
    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.next() as usize % all.len()]
    }
    fn often(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

const NAMES: [&str; 10] = [
    "org_id",
    "organization_id",
    "organizationId",
    "organization",
    "tenant",
    "tenant_id",
    "account_id",
    "user_id",
    "owner",
    "role",
];
// Under a foreign `host` nothing is asked at all: `only_our_own_host_is_answered`.
const HEADERS: [&str; 9] = [
    "x-tenant-id",
    "x-organization-id",
    "x-org-id",
    "x-account-id",
    "x-user-id",
    "x-forwarded-user",
    "x-forwarded-host",
    "x-original-url",
    "x-rewrite-url",
];
const NOUNS: [&str; 8] = [
    "bot",
    "property",
    "source",
    "job",
    "code",
    "conversation",
    "turn",
    "organization",
];

/// One request of Ben's with ids of Ana's wherever they fit.
async fn try_one(world: &World<'_>, random: &mut Random, rows: &[(&str, &Row)]) -> (String, crate::app::Answer) {
    let (prefix, row) = *random.one_of(rows);
    let by_session = prefix.is_empty() || random.often(50);
    let actor = if by_session {
        Actor::OtherSession
    } else {
        Actor::OtherToken
    };
    let theirs = world.hers["organization"].clone();
    let some_id = |random: &mut Random| world.hers[*random.one_of(&NOUNS)].clone();
    // Mostly Ana's ids; at times Ben's own, so that a request gets far enough to use what else it claims. Nothing of
    // his is removed that way.
    let own = !row.consumes && random.often(30);
    let fill = |text: &str, random: &mut Random| {
        let mut text = text.to_owned();
        for (noun, id) in &world.his {
            text = text.replace(&format!("{{my_{noun}}}"), id);
        }
        for (noun, id) in &world.hers {
            let id = if own { &world.his[noun] } else { id };
            let id = if random.often(5) {
                &world.hers[*random.one_of(&NOUNS)]
            } else {
                id
            };
            text = text.replace(&format!("{{{noun}}}"), id);
        }
        text
    };
    let mut path = format!("{prefix}{}", fill(row.address, random));
    for _ in 0..random.next() % 4 {
        let join = if path.contains('?') { '&' } else { '?' };
        let value = if random.often(60) {
            theirs.clone()
        } else {
            some_id(random)
        };
        let name = if random.often(70) {
            *random.one_of(&NAMES)
        } else {
            *random.one_of(&["id", "bot", "bot_id", "property_id", "after", "c"])
        };
        path = format!("{path}{join}{name}={value}");
    }
    let mut request = Request::builder().method(row.method).uri(&path);
    for _ in 0..random.next() % 3 {
        let name = *random.one_of(&HEADERS);
        let value = if random.often(70) {
            theirs.clone()
        } else {
            some_id(random)
        };
        request = request.header(name, HeaderValue::from_str(&value).unwrap());
    }
    let request = match row.send {
        Sent::Nothing => request.body(Body::empty()),
        Sent::Json(body) => {
            let mut body = fill(body, random);
            for _ in 0..random.next() % 3 {
                let name = if random.often(50) {
                    *random.one_of(&NAMES)
                } else {
                    // No free text: what somebody calls their own bot is nobody's id.
                    *random.one_of(&["bot_id", "property_id", "id"])
                };
                let extra = format!(
                    "\"{name}\":\"{}\"",
                    if random.often(50) {
                        theirs.clone()
                    } else {
                        some_id(random)
                    }
                );
                // Before what is there, or after it: of two equal keys either may be taken by a careless reader.
                body = match random.often(50) {
                    true => body.replacen('{', &format!("{{{extra},"), 1).replace(",}", "}"),
                    false => format!("{},{extra}}}", body.trim_end_matches('}')),
                };
            }
            request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body))
        }
        Sent::Form(body) => {
            let mut body = fill(body, random);
            for _ in 0..random.next() % 3 {
                let name = if random.often(50) {
                    *random.one_of(&NAMES)
                } else {
                    *random.one_of(&["bot_id", "property_id", "id"])
                };
                let value = if random.often(50) {
                    theirs.clone()
                } else {
                    some_id(random)
                };
                body = if random.often(50) {
                    format!("{name}={value}&{body}")
                } else {
                    format!("{body}&{name}={value}")
                };
            }
            request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body))
        }
        Sent::File(fields) => {
            let mut fields: Vec<(&str, String)> = fields
                .iter()
                .map(|(name, value)| (*name, fill(value, random)))
                .collect();
            if random.often(50) {
                fields.push((*random.one_of(&NAMES), theirs.clone()));
            }
            if random.often(30) {
                fields.insert(0, ("bot_id", some_id(random)));
            }
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let file = ("notes.txt", "text/plain", b"The light is green.".as_slice());
            return (path.clone(), world.client(actor).upload(&path, file, &fields).await);
        }
    };
    let name = format!("{} {path}", row.method);
    (name, world.client(actor).send(request.unwrap()).await)
}

async fn whoever_claims_another_organization_stays_in_their_own(store: Store) {
    let app = TestApp::with(setup(store)).await;
    let world = World::new(&app).await;
    let before = world.rows_of_ana().await;
    let api = ["/v1", "/api"]
        .into_iter()
        .flat_map(|prefix| API.iter().map(move |row| (prefix, row)));
    let rows: Vec<(&str, &Row)> = api.chain(WEB.iter().map(|row| ("", row))).collect();
    let rows: Vec<(&str, &Row)> = rows
        .into_iter()
        .filter(|(_, row)| !matches!(row.kind, Kind::Open | Kind::Secret | Kind::Mine | Kind::Staff))
        .collect();
    let seed = 0x9e37_79b9_7f4a_7c15;
    let mut random = Random(seed);
    let requests = match store {
        Store::Sqlite => cases(2_000, 20_000),
        Store::Postgres => cases(200, 5_000),
    };
    let (mut given, mut refused) = (0, 0);
    for number in 0..requests {
        let (name, answer) = try_one(&world, &mut random, &rows).await;
        assert!(!answer.text().contains(CANARY), "{number}: {name}: {}", answer.text());
        assert!(!answer.status.is_server_error(), "{number}: {name}: {}", answer.text());
        match answer.status.is_success() {
            true => given += 1,
            false => refused += 1,
        }
    }
    assert_eq!(before, world.rows_of_ana().await);
    assert_eq!(world.rows_that_name_ana().await, Vec::<String>::new());
    // Neither a wall against everything nor an open door.
    assert!(
        given > requests / 20 && refused > requests / 20,
        "{given} given, {refused} refused"
    );
    println!("{requests} requests: {given} given, {refused} refused, 0 of the other organization's");
}
on_both!(whoever_claims_another_organization_stays_in_their_own);
