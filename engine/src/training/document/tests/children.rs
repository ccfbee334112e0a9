//! The child process: what it gives back, and every way in which it may end.

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use super::super::{DocumentError, DocumentText, Kind, child_main};
use super::{
    super::parent::run,
    files::{deflated, docx, pages, paragraph, pdf, show, stream},
};

/// The child of these tests: this very program, started again with this test's name and a kind as further argument.
/// Without that argument it has nothing to do.
#[test]
fn the_child_itself() {
    let Some(kind) = std::env::args().find(|argument| argument == "pdf" || argument == "docx") else {
        return;
    };
    let ended = child_main(&kind);
    std::process::exit(if ended == ExitCode::SUCCESS { 0 } else { 1 });
}

pub(super) async fn child(kind: Kind, bytes: &[u8]) -> Result<DocumentText, DocumentError> {
    let name = module_path!().split_once("::").expect("a path").1;
    let exe = std::env::current_exe().expect("this program");
    let arguments = [
        "--exact",
        "--nocapture",
        &format!("{name}::the_child_itself"),
        kind.as_str(),
    ];
    let started = Instant::now();
    let result = run(&exe, &arguments, bytes, Duration::from_secs(12)).await;
    assert!(started.elapsed() < Duration::from_secs(13), "{:?}", started.elapsed());
    result
}

async fn shell(script: &str, wall: Duration) -> Result<DocumentText, DocumentError> {
    run(Path::new("/bin/sh"), &["-c", script], b"file", wall).await
}

#[tokio::test]
async fn good_files_come_back_as_text() {
    let file = pages(&[show(&[(72, 700, "Three bedrooms")])], "");
    let document = child(Kind::Pdf, &file).await.expect("text");
    assert_eq!((document.text.as_str(), document.pages), ("Three bedrooms", 1));
    let document = child(Kind::Docx, &docx(&paragraph("Größe \"\n"))).await.expect("text");
    assert_eq!(document.text, "Größe \"");
    assert_eq!(child(Kind::Docx, &docx("")).await, Err(DocumentError::Empty));
}

/// RUSTSEC-2026-0187: nested arrays overflowed the parser's stack and ended the process.
#[tokio::test]
async fn nested_arrays() {
    let nested = "[".repeat(10_380) + &"]".repeat(10_380);
    let objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R /X {nested} >>").into_bytes(),
        b"<< /Type /Pages /Kids [] /Count 0 >>".to_vec(),
    ];
    assert_eq!(child(Kind::Pdf, &pdf(&objects, "")).await, Err(DocumentError::Damaged));
    let inside = pages(&[stream("", format!("BT {nested} TJ ET").as_bytes())], "");
    assert!(child(Kind::Pdf, &inside).await.is_err());
}

/// References that lead back to where they came from.
#[tokio::test]
async fn loops() {
    let mut table = pages(&[show(&[(72, 700, "hello")])], "/Prev 0000");
    let start = table.windows(4).position(|part| part == b"xref").expect("a table");
    let at = table
        .windows(10)
        .position(|part| part == b"/Prev 0000")
        .expect("the entry")
        + 6;
    table[at..at + 4].copy_from_slice(format!("{start:04}").as_bytes());
    let read = child(Kind::Pdf, &table).await;
    assert!(
        matches!(&read, Ok(document) if document.text == "hello") || read == Err(DocumentError::Damaged),
        "{read:?}"
    );

    let tree = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>".to_vec(),
    ];
    assert!(child(Kind::Pdf, &pdf(&tree, "")).await.is_err());

    let parent = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec(),
        stream("", b"BT ET"),
    ];
    assert!(child(Kind::Pdf, &pdf(&parent, "")).await.is_err());

    let form = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /A 5 0 R >> >> >>"
            .to_vec(),
        stream("", b"/A Do"),
        stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R >> >>",
            b"/A Do",
        ),
    ];
    assert!(child(Kind::Pdf, &pdf(&form, "")).await.is_err());
}

/// A stream that unpacks to more than the child may hold.
#[tokio::test]
async fn a_packed_bomb() {
    let block = vec![b' '; 1 << 20];
    let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..700 {
        std::io::Write::write_all(&mut bomb, &block).expect("packed");
    }
    let bomb = bomb.finish().expect("packed");
    let once = pages(&[stream("/Filter /FlateDecode", &bomb)], "");
    assert_eq!(child(Kind::Pdf, &once).await, Err(DocumentError::Damaged));
    let twice = pages(&[stream("/Filter [/FlateDecode /FlateDecode]", &deflated(&bomb))], "");
    assert!(child(Kind::Pdf, &twice).await.is_err());
}

#[tokio::test]
async fn an_endless_amount_of_text() {
    let line = "BT /F1 12 Tf 72 700 Td (".to_owned() + &"a".repeat(4_000) + ") Tj ET\n";
    let content = stream("/Filter /FlateDecode", &deflated(line.repeat(500).as_bytes()));
    let file = pages(&vec![content; 8], "");
    let read = child(Kind::Pdf, &file).await;
    assert!(
        matches!(read, Err(DocumentError::TooLarge | DocumentError::TookTooLong)),
        "{read:?}"
    );
}

#[tokio::test]
async fn every_end_of_a_child_becomes_a_reason() {
    let long = Duration::from_secs(12);
    let stopped = |result: Result<DocumentText, DocumentError>| matches!(result, Err(DocumentError::Stopped { .. }));
    assert_eq!(
        shell("exec sleep 60", Duration::from_millis(100)).await,
        Err(DocumentError::TookTooLong)
    );
    assert_eq!(shell("kill -XCPU $$", long).await, Err(DocumentError::TookTooLong));
    assert!(stopped(shell("kill -KILL $$", long).await));
    assert_eq!(shell("kill -ABRT $$", long).await, Err(DocumentError::Damaged));
    assert_eq!(shell("kill -SEGV $$", long).await, Err(DocumentError::Damaged));
    assert!(stopped(shell("exit 3", long).await));
    assert!(stopped(shell("echo nonsense", long).await));
    assert!(stopped(run(Path::new("/nonexistent"), &["x"], b"", long).await));
    let answer = r#"echo noise; echo '{"Ok":{"text":"hello","pages":1,"title":null}}'"#;
    assert!(matches!(shell(answer, long).await, Ok(document) if document.text == "hello"));
}

#[tokio::test]
async fn the_child_stands_in_an_empty_room() {
    // Every environment variable but those that the shell makes up itself and the allocator's setting; the folder's entries; the folder's parent.
    let script = r#"printf '{"Ok":{"text":"%s|%s|%s","pages":1,"title":null}}\n' "$(env | grep -vE '^(PWD|OLDPWD|SHLVL|_|MIMALLOC_ARENA_RESERVE)=')" "$(ls -A)" "$PWD""#;
    let document = shell(script, Duration::from_secs(12)).await.expect("an answer");
    let parts: Vec<&str> = document.text.split('|').collect();
    assert_eq!(parts[..2], ["", ""], "{parts:?}");
    assert!(!Path::new(parts[2]).exists(), "{} is gone afterwards", parts[2]);
}

#[tokio::test]
async fn a_child_may_not_open_files_or_take_much() {
    // The limits as the kernel tells them, read by the confined program before it gave up the right to open files.
    let exe = std::env::current_exe().expect("this program");
    let name = module_path!().split_once("::").expect("a path").1;
    let output = tokio::process::Command::new(exe)
        .args([
            "--exact",
            "--nocapture",
            &format!("{name}::the_confined_child"),
            "confined",
        ])
        .output()
        .await
        .expect("a child");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("open: refused, socket: refused, memory: refused"),
        "{text}"
    );
}

#[test]
fn the_confined_child() {
    if !std::env::args().any(|argument| argument == "confined") {
        return;
    }
    super::super::child::confine().expect("limits");
    let refused = |done: bool| if done { "done" } else { "refused" };
    let open = refused(std::fs::File::open("/etc/hostname").is_ok());
    let socket = refused(std::net::TcpListener::bind("127.0.0.1:0").is_ok());
    let memory = refused(Vec::<u8>::new().try_reserve_exact(600 << 20).is_ok());
    println!("\nopen: {open}, socket: {socket}, memory: {memory}");
    std::process::exit(0);
}
