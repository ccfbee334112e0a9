//! A provider of AI models on a socket of its own.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::World;
use crate::db::testing::TestDb;

/// What stands at the address: says one thing to whoever asks, and keeps what it was asked.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    says: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            address: listener.local_addr().unwrap(),
            says: Arc::default(),
            asked: Arc::default(),
        };
        provider.answers("It has 3 bedrooms [F1].");
        let answering = provider.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answering.clone().answer(socket));
            }
        });
        provider
    }

    async fn answer(self, mut socket: TcpStream) {
        let (mut read, mut part) = (Vec::new(), [0; 4096]);
        while !is_whole(&read) {
            match socket.read(&mut part).await {
                Ok(n) if n > 0 => read.extend_from_slice(&part[..n]),
                _ => return,
            }
        }
        self.asked.lock().unwrap().push(String::from_utf8(read).unwrap());
        let (status, body) = self.says.lock().unwrap().clone();
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        // Whoever does not read all of a long answer has hung up.
        let _ = socket.write_all((head + &body).as_bytes()).await;
    }

    pub(crate) fn says(&self, status: u16, body: &Value) {
        *self.says.lock().unwrap() = (status, body.to_string());
    }
    pub(crate) fn answers(&self, text: &str) {
        let choice =
            json!({ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" });
        self.says(200, &json!({ "choices": [choice] }));
    }
    /// What it was asked since the last time that this was called.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }
    pub(crate) async fn world(&self, db: TestDb) -> World {
        World::with(db, |config| config.fetch_allow = self.address.to_string()).await
    }
}

fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    length.is_none_or(|length: usize| body.len() >= length)
}
