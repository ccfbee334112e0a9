//! Where letters go: to an SMTP server, or into files where none is set.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Body, Mailbox,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use secrecy::ExposeSecret;
use tokio::io::AsyncWriteExt;

use super::store::Waiting;
use crate::{Config, Error, failpoint, files::sync_folder};

/// How long a server may take for a letter.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

pub(super) struct Transport {
    from: Mailbox,
    /// Of what makes a letter's id one of its own.
    host: String,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
}

impl Transport {
    pub(super) fn new(config: &Config) -> Result<Self, Error> {
        let host = url::Url::parse(&config.public_url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "localhost".into());
        let from = match &config.mail_from {
            Some(from) => from.parse(),
            None => format!("Porchlight <no-reply@{host}>").parse(),
        };
        // An address without a name in the domain system takes no mail.
        let from = match (from, &config.mail_from) {
            (Ok(from), _) => from,
            (Err(error), Some(_)) => return Err(Error::Broken(format!("PORCHLIGHT_MAIL_FROM: {error}"))),
            (Err(_), None) => Mailbox::new(
                Some("Porchlight".into()),
                lettre::Address::new("no-reply", "localhost").map_err(|error| Error::Broken(error.to_string()))?,
            ),
        };
        let way = match &config.smtp_url {
            Some(url) => {
                let broken =
                    |error: lettre::transport::smtp::Error| Error::Broken(format!("PORCHLIGHT_SMTP_URL: {error}"));
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret()).map_err(broken)?;
                Way::Smtp(transport.timeout(Some(PATIENCE)).build())
            }
            None => Way::Files(config.data_dir.join("mail")),
        };
        Ok(Self { from, host, way })
    }

    /// The folder of letters, where they are files.
    pub(super) fn folder(&self) -> Option<&Path> {
        match &self.way {
            Way::Smtp(_) => None,
            Way::Files(folder) => Some(folder),
        }
    }

    /// Hands a letter over. What went wrong is said without the letter's text.
    pub(super) async fn deliver(&self, letter: &Waiting) -> Result<(), String> {
        let message = self.message(letter).map_err(|error| error.to_string())?;
        match &self.way {
            Way::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            },
            Way::Files(folder) => {
                let name = format!("{}-{}.eml", letter.created_at.format("%Y%m%dT%H%M%S%.6fZ"), letter.id);
                write(folder, &name, &message.formatted())
                    .await
                    .map_err(|error| error.to_string())
            }
        }
    }

    fn message(&self, letter: &Waiting) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let text = letter.text.replace("\r\n", "\n").replace('\n', "\r\n");
        let body = match self.way {
            Way::Smtp(_) => Body::new(text),
            // People read these, too; no mail server has to understand them.
            Way::Files(_) => Body::dangerous_pre_encoded(text.into_bytes(), ContentTransferEncoding::EightBit),
        };
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(self.from.clone())
            .to(letter.recipient.parse()?)
            .subject(one_line(&letter.subject))
            .date(time_of(letter.created_at))
            // The same for each attempt, so that a letter that comes twice is known as one.
            .message_id(Some(format!("<{}@{}>", letter.id, self.host)))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
            .header(ContentType::TEXT_PLAIN)
            .body(body)?;
        Ok(message)
    }
}

fn time_of(at: DateTime<Utc>) -> std::time::SystemTime {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)
}

/// A subject is one line, whatever names go into it.
fn one_line(subject: &str) -> String {
    subject.split(char::is_control).collect::<Vec<_>>().join(" ")
}

/// Whole or absent, and for its owner alone.
async fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let (beside, whole) = (folder.join(format!("{name}.part")), folder.join(name));
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    failpoint::before(failpoint::MAIL_FILE).await?;
    tokio::fs::rename(&beside, &whole).await?;
    sync_folder(folder).await?;
    failpoint::after(failpoint::MAIL_FILE).await
}
