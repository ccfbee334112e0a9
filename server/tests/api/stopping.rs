//! On real sockets: the order in which a server ends.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::app::TestApp;

async fn request(address: std::net::SocketAddr, text: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(text.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: porch.test\r\nConnection: close\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_in_order_and_in_time() {
    let app = TestApp::new().await;
    let porch = app.owner("ana").await.porch().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(server::serve(app.state.clone(), listener, async move {
        let _ = stopped.await;
    }));
    assert!(
        request(address, &get("/readyz"))
            .await
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    let body = json!({ "message_text": "How many bedrooms are there?" }).to_string();
    let post = format!(
        "POST /v1/public/chat/{} HTTP/1.1\r\nHost: porch.test\r\nConnection: close\r\nAccept: text/event-stream\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        porch.code,
        body.len()
    );
    let streamed = request(address, &post).await.unwrap();
    assert!(streamed.contains("event: done"), "{streamed}");
    // A connection that stays open, as browsers keep them.
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: porch.test\r\n\r\n")
        .await
        .unwrap();
    let mut some = [0; 64];
    assert!(idle.read(&mut some).await.unwrap() > 0);

    let begun = Instant::now();
    stop.send(()).unwrap();
    app.engine.stopping().cancelled().await;
    // Still taken in, and told not to come.
    assert!(
        request(address, &get("/readyz"))
            .await
            .unwrap()
            .starts_with("HTTP/1.1 503")
    );
    tokio::time::timeout(Duration::from_secs(10), server)
        .await
        .expect("ended in time")
        .unwrap()
        .unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(TcpStream::connect(address).await.is_err());
}
