//! Letters on both databases, to files and to a mail server over a real socket.

use std::sync::Mutex as Slot;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::{testing::count, *};
use crate::{
    db::{
        Reach,
        testing::{TestDb, on_every_db},
    },
    testing::World,
};

on_every_db!(
    a_letter_is_sent_for_what_has_happened,
    a_server_takes_a_letter_as_it_is,
    a_refused_letter_is_tried_for_three_days,
);

async fn put(world: &World, subject: &str, text: &str, keep: bool) {
    let to: Email = "cy@example.com".parse().unwrap();
    let letter = Letter {
        to: &to,
        subject: subject.into(),
        text: text.into(),
    };
    let mut tx = world.engine.db().begin(Reach::Nobody).await.unwrap();
    post(&mut tx, &world.engine, &letter).await.unwrap();
    if keep {
        tx.commit().await.unwrap();
    }
}

async fn a_letter_is_sent_for_what_has_happened(db: TestDb) {
    let world = World::new(db).await;
    let text =
        "Open this page:\n\nhttp://127.0.0.1:3000/reset/0123456789abcdef0123456789abcdef0123456789abcdef\n\nÇa va.";
    put(&world, "Nothing came of it", text, false).await;
    put(&world, "Eve\r\nBcc: di@example.com invites you, José", text, true).await;
    send_due(&world.engine).await.unwrap();
    assert_eq!(count(&world.engine).await, (0, 0));
    let letters = kept(&world.engine).await.unwrap().unwrap();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!((letter.to.as_str(), letter.text.trim_end()), ("cy@example.com", text));
    assert_eq!(letter.subject, "Eve  Bcc: di@example.com invites you, José");
    assert_eq!(letter.at, world.clock.now());
    let file = std::fs::read_dir(world.engine.config().data_dir.join("mail"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let raw = std::fs::read_to_string(file.path()).unwrap();
    assert!(
        raw.contains("\r\nAuto-Submitted: auto-generated\r\n") && raw.contains("@127.0.0.1>\r\n"),
        "{raw}"
    );
    assert!(!raw.contains("\r\nBcc:"), "{raw}");
}

/// What the stand-in says to a letter's sender.
#[derive(Clone, Copy)]
enum Mood {
    Takes,
    Refuses,
    HangsUp,
}

/// A mail server on a socket of its own: what it was sent, and how it is disposed.
struct Server {
    address: std::net::SocketAddr,
    mood: Arc<Slot<Mood>>,
    taken: Arc<Slot<Vec<String>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            mood: Arc::new(Slot::new(Mood::Takes)),
            taken: Arc::default(),
        };
        let (mood, taken) = (Arc::clone(&server.mood), Arc::clone(&server.taken));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let mood = *mood.lock().unwrap();
                if let Some(letter) = converse(socket, mood).await {
                    taken.lock().unwrap().push(letter);
                }
            }
        });
        server
    }

    fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

/// RFC 5321, as far as it goes for one letter.
async fn converse(socket: tokio::net::TcpStream, mood: Mood) -> Option<String> {
    let mut socket = BufReader::new(socket);
    let (mut line, mut said) = (String::new(), String::new());
    socket.write_all(b"220 stand-in\r\n").await.ok()?;
    loop {
        line.clear();
        if socket.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let verb = line
            .split([' ', '\r', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let answer = match (verb.as_str(), mood) {
            ("EHLO", _) => "250-stand-in\r\n250 8BITMIME\r\n",
            ("RCPT", Mood::Refuses) => "451 come back later\r\n",
            ("DATA", Mood::HangsUp) => return None,
            ("DATA", _) => "354 go on\r\n",
            ("QUIT", _) => return None,
            _ => "250 ok\r\n",
        };
        if verb == "MAIL" || verb == "RCPT" {
            said.push_str(&line);
        }
        socket.write_all(answer.as_bytes()).await.ok()?;
        if verb == "DATA" {
            while !said.ends_with("\r\n.\r\n") {
                socket.read_line(&mut said).await.ok()?;
            }
            socket.write_all(b"250 taken\r\n").await.ok()?;
            return Some(said);
        }
    }
}

async fn with(db: TestDb, server: &Server) -> World {
    let url = format!("smtp://{}", server.address);
    World::with(db, |config| {
        config.smtp_url = Some(url.into());
        config.mail_from = Some("Porchlight <hello@porch.example>".into());
    })
    .await
}

async fn a_server_takes_a_letter_as_it_is(db: TestDb) {
    let server = Server::start().await;
    let world = with(db, &server).await;
    put(
        &world,
        "José invites you",
        "Ça va.\n.\nA dot on a line of its own.",
        true,
    )
    .await;
    send_due(&world.engine).await.unwrap();
    assert_eq!(count(&world.engine).await, (0, 0));
    assert_eq!(kept(&world.engine).await.unwrap(), None);
    let taken = server.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].contains("MAIL FROM:<hello@porch.example>") && taken[0].contains("RCPT TO:<cy@example.com>"));
    let body = taken[0].split_once("\r\n").unwrap().1.split_once("\r\n").unwrap().1;
    let body = body.strip_suffix("\r\n.\r\n").unwrap().replace("\r\n..", "\r\n.");
    let letter = parse(body.as_bytes()).unwrap();
    assert_eq!(letter.subject, "José invites you");
    assert_eq!(letter.text.trim_end(), "Ça va.\n.\nA dot on a line of its own.");
}

async fn a_refused_letter_is_tried_for_three_days(db: TestDb) {
    let server = Server::start().await;
    let world = with(db, &server).await;
    put(&world, "Hello", "A secret link", true).await;
    server.be(Mood::HangsUp);
    send_due(&world.engine).await.unwrap();
    server.be(Mood::Refuses);
    let is_due = async |at| {
        !store::due(&mut world.engine.db().read(Reach::Nobody).await.unwrap(), at)
            .await
            .unwrap()
            .is_empty()
    };
    let mut waited = Vec::new();
    loop {
        let wait = DELAYS.get(waited.len()).copied().unwrap_or(THEN_EVERY);
        let early = world.clock.now() + wait - TimeDelta::microseconds(1);
        assert!(!is_due(early).await, "before its time");
        world.clock.advance(wait);
        if !is_due(world.clock.now()).await {
            break;
        }
        waited.push(wait);
        send_due(&world.engine).await.unwrap();
    }
    let minutes: Vec<_> = waited.iter().map(TimeDelta::num_minutes).collect();
    assert_eq!(minutes[..4], [1, 5, 30, 120]);
    assert!(minutes[4..].iter().all(|minutes| *minutes == 360));
    let tried = waited.iter().sum::<TimeDelta>();
    assert!(tried <= TRIED_FOR && tried > TRIED_FOR - THEN_EVERY, "{tried}");
    assert_eq!(
        count(&world.engine).await,
        (1, 1),
        "given up, and there for the operator"
    );
    assert_eq!(
        testing::newest(&world.engine, &"cy@example.com".parse().unwrap())
            .await
            .unwrap(),
        ""
    );
    assert!(server.taken.lock().unwrap().is_empty());

    server.be(Mood::Takes);
    put(&world, "Hello", "Another", true).await;
    send_due(&world.engine).await.unwrap();
    assert_eq!(server.taken.lock().unwrap().len(), 1);
}
