//! Links to kept files: each opens one file for five minutes, for whoever has it. So a file is served from a place where no
//! session is, and a program can hand it on. A link is `kind | organization | id | end | HMAC-SHA-256 of these`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Fault, FaultCode,
    id::{AccountId, OrganizationId, SourceId},
};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use uuid::Uuid;

use super::Sent;
use crate::{Engine, Error, licence, training};

const HOLDS: TimeDelta = TimeDelta::minutes(5);
const MAC: usize = 32;

/// The way to one file, as it can be handed out.
#[derive(Clone, Debug)]
pub struct Link {
    /// Below the public address of this server.
    pub path: String,
    pub expires_at: DateTime<Utc>,
}

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opens {
    /// The raw copy of a source.
    Source(SourceId),
    /// The document that somebody has sent of their licence.
    Licence(AccountId),
}

impl Opens {
    fn parts(self) -> (u8, Uuid) {
        match self {
            Self::Source(id) => (1, id.uuid()),
            Self::Licence(account) => (2, account.uuid()),
        }
    }

    fn of(kind: u8, id: Uuid) -> Option<Self> {
        match kind {
            1 => Some(Self::Source(id.into())),
            2 => Some(Self::Licence(id.into())),
            _ => None,
        }
    }
}

fn mac(secret: &SecretString, named: &[u8]) -> Result<Hmac<Sha256>, Error> {
    let secret = secret.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| Error::Broken("a secret of no length".into()))?;
    mac.update(b"porchlight/file");
    mac.update(named);
    Ok(mac)
}

/// Makes a link. Whoever calls has checked that the file is one that the caller may have.
pub(crate) fn to(engine: &Engine, organization: OrganizationId, opens: Opens) -> Result<Link, Error> {
    let end = (engine.clock().now() + HOLDS).timestamp();
    let (kind, id) = opens.parts();
    let mut token = vec![kind];
    token.extend_from_slice(organization.uuid().as_bytes());
    token.extend_from_slice(id.as_bytes());
    token.extend_from_slice(&end.to_be_bytes());
    let secret = engine.config().token_secrets.first();
    let secret = secret.ok_or_else(|| Error::Broken("there is no secret".into()))?;
    let proof = mac(secret, &token)?.finalize().into_bytes();
    token.extend_from_slice(&proof);
    Ok(Link {
        path: format!("/files/{}", BASE64URL.encode(token)),
        expires_at: DateTime::from_timestamp(end, 0).unwrap_or_default(),
    })
}

/// What a link names, where we made it and it still holds.
fn read(engine: &Engine, token: &str) -> Option<(OrganizationId, Opens)> {
    let token = BASE64URL.decode(token).ok()?;
    let (named, proof) = token.split_last_chunk::<MAC>()?;
    let ours = |secret| mac(secret, named).is_ok_and(|mac| mac.verify_slice(proof).is_ok());
    if !engine.config().token_secrets.iter().any(ours) {
        return None;
    }
    let (kind, rest) = named.split_first()?;
    let (organization, rest) = rest.split_first_chunk::<16>()?;
    let (id, end) = rest.split_first_chunk::<16>()?;
    let end = i64::from_be_bytes(end.try_into().ok()?);
    let opens = Opens::of(*kind, Uuid::from_bytes(*id))?;
    (engine.clock().now().timestamp() < end).then_some((Uuid::from_bytes(*organization).into(), opens))
}

/// The file behind a link. A forged link, an ended one and one to a file that is gone cannot be told apart.
pub async fn open(engine: &Engine, token: &str) -> Result<Sent, Error> {
    let gone = || {
        let text = "This link holds for five minutes, and it has ended or its file is gone. Open the file again where you found it.";
        Error::from(Fault::new(FaultCode::NotFound, text))
    };
    let (organization, opens) = read(engine, token).ok_or_else(gone)?;
    let found = match opens {
        Opens::Source(id) => training::raw_copy(engine, organization, id).await,
        Opens::Licence(account) => licence::document_of(engine, organization, account).await,
    };
    found.map_err(|error| match error {
        Error::Fault(fault) if fault.code == FaultCode::NotFound => gone(),
        error => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::testing::{TestDb, on_every_db},
        testing::World,
    };

    on_every_db!(a_link_opens_one_file_for_five_minutes);

    async fn a_link_opens_one_file_for_five_minutes(db: TestDb) {
        let world = World::new(db).await;
        let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
        let bot = world.draft(&ana).await.id;
        let text = "The roof was laid in 2019.";
        let target = training::Target { bot, property: None };
        let source = training::add_text(&ana, target, text, None).await.unwrap().id;
        let link = training::file_link(&ana, source).await.unwrap();
        assert_eq!(link.expires_at - world.clock.now(), HOLDS);
        let token = link.path.strip_prefix("/files/").unwrap();
        let sent = open(&world.engine, token).await.unwrap();
        assert_eq!(sent.bytes.as_ref(), text.as_bytes());
        assert_eq!(sent.kind, "text/plain; charset=utf-8");
        assert!(sent.name.ends_with(".txt"), "{}", sent.name);

        let refused = training::file_link(&ben, source).await.unwrap_err();
        assert!(matches!(refused, Error::Fault(fault) if fault.code == FaultCode::NotFound));
        // The same file named within another organization, and every other bent link.
        let raw = BASE64URL.decode(token).unwrap();
        for at in 0..raw.len() {
            let mut bent = raw.clone();
            bent[at] ^= 1;
            assert!(open(&world.engine, &BASE64URL.encode(bent)).await.is_err(), "byte {at}");
            assert!(
                open(&world.engine, &BASE64URL.encode(&raw[..at])).await.is_err(),
                "cut at {at}"
            );
        }
        let foreign = to(&world.engine, ben.organization(), Opens::Source(source)).unwrap();
        assert!(
            open(&world.engine, foreign.path.strip_prefix("/files/").unwrap())
                .await
                .is_err()
        );

        world.clock.advance(HOLDS - TimeDelta::seconds(1));
        open(&world.engine, token).await.unwrap();
        world.clock.advance(TimeDelta::seconds(1));
        assert!(open(&world.engine, token).await.is_err(), "it has ended");

        let again = training::file_link(&ana, source).await.unwrap();
        training::remove(&ana, source).await.unwrap();
        let gone = open(&world.engine, again.path.strip_prefix("/files/").unwrap()).await;
        assert!(matches!(gone, Err(Error::Fault(fault)) if fault.code == FaultCode::NotFound));
    }
}
