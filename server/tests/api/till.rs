//! A payment provider on a socket of its own, which takes every payment and signs what it tells.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
};

use engine::config::StripeConfig;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SECRET: &str = "whsec_only_for_tests";

/// Starts one, for as long as the test runs.
pub fn start() -> StripeConfig {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut length, mut key, mut line) = (0, String::new(), String::new());
            while stream.read_line(&mut line).unwrap() > 2 {
                let (name, value) = line.split_once(": ").unwrap_or_default();
                match name.to_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().unwrap(),
                    "idempotency-key" => value.trim().clone_into(&mut key),
                    _ => {}
                }
                line.clear();
            }
            stream.read_exact(&mut vec![0; length]).unwrap();
            let body = format!(r#"{{"id":"pi_{key}","status":"processing"}}"#);
            let length = body.len();
            write!(
                stream.get_mut(),
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    StripeConfig {
        api: format!("http://{address}"),
        key: "sk_only_for_tests".into(),
        webhook_secret: SECRET.into(),
    }
}

/// The header that proves an event to be the provider's, signed at `at`, in seconds of the epoch.
pub fn signature(at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let digits: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={at},v1={digits}")
}
