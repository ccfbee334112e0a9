//! A sign-in provider on a socket of its own: discovery, keys, codes with their proof, signed tokens. The server's tests have it,
//! too.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Clock;

pub const CLIENT: &str = "porchlight at work";
pub const SECRET: &str = "a secret: with%20signs";

pub type Bend = Arc<dyn Fn(&mut Value, &mut Value) + Send + Sync>;

/// What a code stands for at the provider.
struct Code {
    challenge: String,
    claims: Value,
}

pub struct Inside {
    pub issuer: String,
    /// The address of the site that people are sent back to.
    home: String,
    pub clock: Clock,
    pub key: Vec<u8>,
    pub kid: String,
    codes: HashMap<String, Code>,
    /// What is changed in each token's header and claims before it is signed.
    pub bend: Option<Bend>,
    /// Further members of what the provider says of itself.
    pub metadata: Value,
    /// How often each of its addresses was asked.
    asked: BTreeMap<&'static str, usize>,
    pub works: bool,
}

/// A provider on a socket of its own.
#[derive(Clone)]
pub struct Stand(Arc<Mutex<Inside>>);

pub fn new_key() -> Vec<u8> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    pkcs8.as_ref().to_vec()
}

fn pair(key: &[u8]) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key, &SystemRandom::new()).unwrap()
}

fn encode(value: &Value) -> String {
    BASE64.encode(value.to_string())
}

impl Stand {
    /// For the site at `home`.
    pub async fn start(home: &str, clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = Inside {
            issuer: format!("http://{}/realm", listener.local_addr().unwrap()),
            home: home.into(),
            clock,
            key: new_key(),
            kid: "one".into(),
            codes: HashMap::new(),
            bend: None,
            metadata: json!({}),
            asked: BTreeMap::new(),
            works: true,
        };
        let stand = Self(Arc::new(Mutex::new(inside)));
        let app = Router::new()
            .route("/realm/.well-known/openid-configuration", get(discovery))
            .route("/realm/keys", get(keys))
            .route("/realm/authorize", get(authorize))
            .route("/realm/token", post(redeem))
            .with_state(stand.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        stand
    }

    pub fn asked(&self, what: &'static str) -> usize {
        self.0.lock().unwrap().asked.get(what).copied().unwrap_or_default()
    }

    pub fn change<T>(&self, what: impl FnOnce(&mut Inside) -> T) -> T {
        what(&mut self.0.lock().unwrap())
    }

    pub fn bend(&self, bend: impl Fn(&mut Value, &mut Value) + Send + Sync + 'static) {
        self.change(|inside| inside.bend = Some(Arc::new(bend)));
    }

    /// Somebody signs in at the provider; gives the address that it sends their browser back to.
    pub async fn visit(&self, url: &str, subject: &str, email: &str) -> url::Url {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let url = format!("{url}&as={subject}&email={email}");
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let back = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let home = self.change(|inside| inside.home.clone());
        assert!(
            back.as_str().starts_with(&format!("{home}/sign-in/callback?")),
            "{back}"
        );
        back
    }
}

fn ask(stand: &Stand, what: &'static str) -> bool {
    stand.change(|inside| {
        *inside.asked.entry(what).or_default() += 1;
        inside.works
    })
}

async fn discovery(State(stand): State<Stand>) -> Response {
    if !ask(&stand, "discovery") {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    stand.change(|inside| {
        let issuer = &inside.issuer;
        let mut says = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
        });
        says.as_object_mut()
            .unwrap()
            .extend(inside.metadata.as_object().unwrap().clone());
        Json(says).into_response()
    })
}

async fn keys(State(stand): State<Stand>) -> Json<Value> {
    ask(&stand, "keys");
    stand.change(|inside| {
        let key = pair(&inside.key);
        let point = key.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
        Json(json!({ "keys": [
            { "kty": "oct", "k": "c2VjcmV0", "kid": "strange" },
            { "kty": "EC", "crv": "P-256", "use": "sig", "kid": inside.kid, "x": x, "y": y },
        ] }))
    })
}

async fn authorize(State(stand): State<Stand>, Query(asked): Query<HashMap<String, String>>) -> Redirect {
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("code_challenge_method", "S256"),
        ("scope", "openid email"),
    ] {
        assert_eq!(asked[name], value);
    }
    let home = stand.change(|inside| inside.home.clone());
    assert_eq!(asked["redirect_uri"], format!("{home}/sign-in/callback"));
    assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43 && asked["state"] != asked["nonce"]);
    let code = BASE64.encode(new_key());
    stand.change(|inside| {
        let now = inside.clock.now().timestamp();
        let claims = json!({
            "iss": inside.issuer, "sub": asked["as"], "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked["nonce"], "email": asked["email"], "email_verified": true,
        });
        let challenge = asked["code_challenge"].clone();
        inside.codes.insert(code.clone(), Code { challenge, claims });
    });
    Redirect::to(&format!(
        "{}?code={code}&state={}",
        asked["redirect_uri"], asked["state"]
    ))
}

async fn redeem(State(stand): State<Stand>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    ask(&stand, "token");
    // Both parts are encoded as in a form before they are put together.
    let expected = BASE64_STANDARD.encode("porchlight+at+work:a+secret%3A+with%2520signs");
    assert_eq!(headers["authorization"], format!("Basic {expected}"));
    assert_eq!(form["grant_type"], "authorization_code");
    stand.change(|inside| {
        assert_eq!(form["redirect_uri"], format!("{}/sign-in/callback", inside.home));
        // Each code holds once, and for whoever began.
        let code = inside.codes.remove(&form["code"]);
        let proof = BASE64.encode(Sha256::digest(&form["code_verifier"]));
        let Some(code) = code.filter(|code| code.challenge == proof) else {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
        };
        let (mut header, mut claims) = (json!({ "alg": "ES256", "kid": inside.kid }), code.claims);
        if let Some(bend) = &inside.bend {
            bend(&mut header, &mut claims);
        }
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = match header["alg"].as_str() {
            Some("none") => Vec::new(),
            Some("HS256") => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
                hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
            }
            _ if header["forged"] == true => sign(&new_key(), &signed),
            _ => sign(&inside.key, &signed),
        };
        let token = format!("{signed}.{}", BASE64.encode(signature));
        Json(json!({ "id_token": token, "access_token": "unused", "token_type": "Bearer" })).into_response()
    })
}

fn sign(key: &[u8], signed: &str) -> Vec<u8> {
    let signature = pair(key).sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    signature.as_ref().to_vec()
}
