//! Secrets at rest: sealed with AES-256-GCM under a key of their organization, which is kept wrapped with the server's own.
//!
//! A sealed value is `1 | id of the data key (16 bytes) | nonce (12) | ciphertext and tag`; what it belongs to (organization,
//! column, row) is authenticated with it, so that it opens in its own place only. A data key is wrapped alike: `1 | id of the
//! master key (8) | nonce (12) | ciphertext and tag`. Changing the master key wraps the data keys anew and touches nothing
//! that they have sealed.

mod store;

use std::{fmt, sync::Arc};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit as _, Payload},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use domain::id::OrganizationId;
use hmac::{Hmac, Mac};
use moka::future::Cache;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    Engine, Error,
    db::{Reach, Tx},
    failpoint,
};

const VERSION: u8 = 1;
const NONCE: usize = 12;
const KEY: usize = 32;
const MASTER_ID: usize = 8;

/// Where a sealed value stands: `account.totp_secret` of the row with this id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) column: &'static str,
    pub(crate) row: Uuid,
}

/// The server's own keys: the first wraps, all unwrap.
pub(crate) struct Vault {
    masters: Vec<Master>,
    open: Cache<OrganizationId, Arc<Keys>>,
}

struct Master {
    id: [u8; MASTER_ID],
    cipher: Aes256Gcm,
    /// Of cursors, which belong to no row (`crate::cursor`).
    cursor: Hmac<Sha256>,
}

/// The keys of one organization.
pub(crate) struct Keys {
    organization: OrganizationId,
    /// Oldest first; the newest seals.
    keys: Vec<DataKey>,
}

struct DataKey {
    id: Uuid,
    cipher: Aes256Gcm,
    /// Of the values that are only compared.
    mac: Hmac<Sha256>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({}, {})", self.organization, self.keys.len())
    }
}

fn broken(what: &str) -> Error {
    Error::Broken(format!("the vault: {what}"))
}

/// HKDF's expand step (RFC 5869, 2.3) for one block: the setting is random already.
fn derived(secret: &[u8], info: &[u8]) -> Result<[u8; KEY], Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| broken("a key of no length"))?;
    mac.update(info);
    mac.update(&[1]);
    Ok(mac.finalize().into_bytes().into())
}

impl Master {
    fn new(secret: &SecretString) -> Result<Self, Error> {
        let secret = secret.expose_secret().as_bytes();
        let mut id = [0; MASTER_ID];
        id.copy_from_slice(&derived(secret, b"porchlight/vault/id")?[..MASTER_ID]);
        let cursor = derived(secret, b"porchlight/cursor")?;
        Ok(Self {
            id,
            cipher: cipher(&derived(secret, b"porchlight/vault/wrap")?)?,
            cursor: Hmac::new_from_slice(&cursor).map_err(|_| broken("a key of no length"))?,
        })
    }
}

fn cipher(key: &[u8]) -> Result<Aes256Gcm, Error> {
    Aes256Gcm::new_from_slice(key).map_err(|_| broken("a key of a wrong length"))
}

fn seal(cipher: &Aes256Gcm, id: &[u8], place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
    let nonce: [u8; NONCE] = rand::random();
    let payload = Payload { msg: plain, aad: place };
    let sealed = cipher
        .encrypt(&nonce.into(), payload)
        .map_err(|_| broken("nothing could be sealed"))?;
    Ok([&[VERSION], id, &nonce, &sealed].concat())
}

/// A sealed value, taken apart.
struct Sealed<'a, const ID: usize> {
    key: [u8; ID],
    nonce: [u8; NONCE],
    msg: &'a [u8],
}

fn parts<const ID: usize>(sealed: &[u8]) -> Result<Sealed<'_, ID>, Error> {
    let split = || {
        let (version, rest) = sealed.split_first()?;
        let (key, rest) = rest.split_first_chunk::<ID>()?;
        let (nonce, msg) = rest.split_first_chunk::<NONCE>()?;
        (*version == VERSION).then_some(Sealed {
            key: *key,
            nonce: *nonce,
            msg,
        })
    };
    split().ok_or_else(|| broken("a sealed value is cut off, or of a later version"))
}

fn open(cipher: &Aes256Gcm, nonce: [u8; NONCE], place: &[u8], msg: &[u8]) -> Result<Vec<u8>, Error> {
    let payload = Payload { msg, aad: place };
    let opened = cipher.decrypt(&nonce.into(), payload);
    opened.map_err(|_| broken("a sealed value was changed, or belongs elsewhere"))
}

impl Vault {
    pub(crate) fn new(secrets: &[SecretString]) -> Result<Self, Error> {
        Ok(Self {
            masters: secrets.iter().map(Master::new).collect::<Result<_, _>>()?,
            // About a kilobyte each.
            open: Cache::builder().max_capacity(10_000).build(),
        })
    }

    fn wrap(&self, organization: OrganizationId, id: Uuid, key: &[u8]) -> Result<Vec<u8>, Error> {
        let master = self.masters.first().ok_or_else(|| broken("there is no key"))?;
        seal(&master.cipher, &master.id, &place(organization, "data_key", id), key)
    }

    fn unwrap(&self, organization: OrganizationId, id: Uuid, wrapped: &[u8]) -> Result<Vec<u8>, Error> {
        let Sealed { key, nonce, msg } = parts::<MASTER_ID>(wrapped)?;
        let master = self.master(&key)?;
        open(&master.cipher, nonce, &place(organization, "data_key", id), msg)
    }

    fn master(&self, id: &[u8; MASTER_ID]) -> Result<&Master, Error> {
        let known = self.masters.iter().find(|known| known.id == *id);
        known.ok_or_else(|| broken("PORCHLIGHT_ENCRYPTION_KEY is not the one that was used before"))
    }

    /// What signs cursors, the newest key first.
    pub(crate) fn cursor_macs(&self) -> impl Iterator<Item = Hmac<Sha256>> {
        self.masters.iter().map(|master| master.cursor.clone())
    }

    fn is_current(&self, wrapped: &[u8]) -> bool {
        parts::<MASTER_ID>(wrapped).is_ok_and(|it| self.masters.first().is_some_and(|first| first.id == it.key))
    }

    fn data_key(&self, organization: OrganizationId, id: Uuid, wrapped: &[u8]) -> Result<DataKey, Error> {
        let key = self.unwrap(organization, id, wrapped)?;
        let mac = derived(&key, b"porchlight/vault/mac")?;
        Ok(DataKey {
            id,
            cipher: cipher(&derived(&key, b"porchlight/vault/seal")?)?,
            mac: Hmac::new_from_slice(&mac).map_err(|_| broken("a key of no length"))?,
        })
    }
}

/// Refuses to go on with data whose key is not there: it could be neither read nor told from data that is lost.
pub(crate) async fn must_open(engine: &Engine) -> Result<(), Error> {
    let vault = engine.vault();
    let used = store::masters(&mut engine.db().read(Reach::Everyone).await?).await?;
    let unknown = |(id, _): &&(Vec<u8>, i64)| !vault.masters.iter().any(|known| known.id == **id);
    match used
        .iter()
        .filter(unknown)
        .map(|(_, organizations)| organizations)
        .sum::<i64>()
    {
        0 => Ok(()),
        organizations => Err(Error::Broken(format!(
            "The data of {organizations} organization(s) was sealed with another PORCHLIGHT_ENCRYPTION_KEY. Set the one that \
             was used then (several: with a comma between them). A demo keeps its own in the file `encryption_key` of its \
             data folder, which no archive holds."
        ))),
    }
}

/// Seals what belongs to no organization, under the server's own key.
pub(crate) fn seal_for_platform(engine: &Engine, at: Place, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let master = engine
        .vault()
        .masters
        .first()
        .ok_or_else(|| broken("there is no key"))?;
    seal(&master.cipher, &master.id, &place_of_platform(at), plain)
}

pub(crate) fn open_for_platform(engine: &Engine, at: Place, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let Sealed { key, nonce, msg } = parts::<MASTER_ID>(sealed)?;
    let master = engine.vault().master(&key)?;
    open(&master.cipher, nonce, &place_of_platform(at), msg)
}

/// No organization has an id of nothing but zeros.
fn place_of_platform(at: Place) -> Vec<u8> {
    place(Uuid::nil().into(), at.column, at.row)
}

/// The same value under the newest key, unless it is already.
pub(crate) fn rewrapped(engine: &Engine, at: Place, sealed: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    if engine.vault().is_current(sealed) {
        return Ok(None);
    }
    let plain = open_for_platform(engine, at, sealed)?;
    seal_for_platform(engine, at, &plain).map(Some)
}

fn place(organization: OrganizationId, column: &str, row: Uuid) -> Vec<u8> {
    [organization.uuid().as_bytes(), row.as_bytes(), column.as_bytes()].concat()
}

/// The keys of an organization; `tx` must be able to write, as the first call makes the first key.
pub(crate) async fn keys(engine: &Engine, tx: &mut Tx, organization: OrganizationId) -> Result<Arc<Keys>, Error> {
    let vault = engine.vault();
    if let Some(known) = vault.open.get(&organization).await {
        return Ok(known);
    }
    let mut rows = store::data_keys(tx, organization).await?;
    if rows.is_empty() {
        // The first is called as its organization, so that of two made at once there is one.
        let (id, key): (Uuid, [u8; KEY]) = (organization.uuid(), rand::random());
        let wrapped = vault.wrap(organization, id, &key)?;
        if store::insert(tx, organization, id, &wrapped, engine.clock().now()).await? {
            // Not remembered: it is there when the transaction is.
            return keys_of(vault, organization, vec![(id, wrapped)]).map(Arc::new);
        }
        rows = store::data_keys(tx, organization).await?;
    }
    remember(vault, organization, rows).await
}

async fn remember(
    vault: &Vault,
    organization: OrganizationId,
    mut rows: Vec<(Uuid, Vec<u8>)>,
) -> Result<Arc<Keys>, Error> {
    rows.sort_unstable_by_key(|(id, _)| *id);
    let keys = Arc::new(keys_of(vault, organization, rows)?);
    vault.open.insert(organization, Arc::clone(&keys)).await;
    Ok(keys)
}

/// The keys of an organization to open with what it has sealed, from memory where they were used lately. There are none
/// before anything was sealed.
pub(crate) async fn to_open(engine: &Engine, organization: OrganizationId) -> Result<Arc<Keys>, Error> {
    let vault = engine.vault();
    if let Some(known) = vault.open.get(&organization).await {
        return Ok(known);
    }
    let rows = store::data_keys(&mut engine.db().read(organization).await?, organization).await?;
    match rows.is_empty() {
        true => keys_of(vault, organization, rows).map(Arc::new),
        false => remember(vault, organization, rows).await,
    }
}

/// The same to seal with, outside of any transaction: the first call makes the first key.
pub(crate) async fn to_seal(engine: &Engine, organization: OrganizationId) -> Result<Arc<Keys>, Error> {
    let found = to_open(engine, organization).await?;
    if !found.keys.is_empty() {
        return Ok(found);
    }
    let mut tx = engine.db().begin(organization).await?;
    keys(engine, &mut tx, organization).await?;
    // Nothing that was looked up changes by it.
    tx.commit_counts(failpoint::KEY_MAKE).await?;
    to_open(engine, organization).await
}

/// Opens one value of a store that is read without an engine, as its checks and a person with a shell do: by the server's
/// key, and the data key with its id.
pub fn open_stored(
    server_key: &SecretString,
    organization: OrganizationId,
    data_key: (Uuid, Vec<u8>),
    (column, row): (&'static str, Uuid),
    sealed: &str,
) -> Result<String, Error> {
    let vault = Vault::new(std::slice::from_ref(server_key))?;
    keys_of(&vault, organization, vec![data_key])?.open_text(Place { column, row }, sealed)
}

fn keys_of(vault: &Vault, organization: OrganizationId, rows: Vec<(Uuid, Vec<u8>)>) -> Result<Keys, Error> {
    let keys = rows
        .iter()
        .map(|(id, wrapped)| vault.data_key(organization, *id, wrapped));
    Ok(Keys {
        organization,
        keys: keys.collect::<Result<_, _>>()?,
    })
}

impl Keys {
    pub(crate) fn seal(&self, at: Place, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.keys.last().ok_or_else(|| broken("there is no data key"))?;
        seal(
            &key.cipher,
            key.id.as_bytes(),
            &place(self.organization, at.column, at.row),
            plain,
        )
    }

    pub(crate) fn open(&self, at: Place, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let Sealed { key, nonce, msg } = parts::<16>(sealed)?;
        let id = Uuid::from_bytes(key);
        let key = self.keys.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| broken("a sealed value names a key that is not there"))?;
        open(&key.cipher, nonce, &place(self.organization, at.column, at.row), msg)
    }

    /// A text as it is kept: sealed, in base64. Of an empty one there is nothing to hide.
    pub(crate) fn seal_text(&self, at: Place, text: &str) -> Result<String, Error> {
        match text {
            "" => Ok(String::new()),
            text => self.seal(at, text.as_bytes()).map(|sealed| BASE64.encode(sealed)),
        }
    }

    pub(crate) fn open_text(&self, at: Place, kept: &str) -> Result<String, Error> {
        if kept.is_empty() {
            return Ok(String::new());
        }
        let sealed = BASE64.decode(kept).map_err(|_| broken("a kept text is not sealed"))?;
        String::from_utf8(self.open(at, &sealed)?).map_err(|_| broken("a sealed text is no text"))
    }

    /// What stands for a value that is only compared, under each key, the newest first.
    pub(crate) fn macs(&self, at: Place, value: &[u8]) -> Vec<[u8; KEY]> {
        let place = place(self.organization, at.column, at.row);
        let mac = |key: &DataKey| {
            let mut mac = key.mac.clone();
            mac.update(&place);
            mac.update(value);
            mac.finalize().into_bytes().into()
        };
        self.keys.iter().rev().map(mac).collect()
    }
}

/// Wraps every data key, and what is sealed of operators, with the newest master key, after which the older ones can be taken out of the setting. How many
/// were wrapped anew.
pub async fn rotate(engine: &Engine) -> Result<u64, Error> {
    let (vault, mut changed) = (engine.vault(), 0);
    for organization in store::organizations(&mut engine.db().read(Reach::Everyone).await?).await? {
        let mut tx = engine.db().begin(organization).await?;
        let mut dirty = false;
        for (id, wrapped) in store::data_keys(&mut tx, organization).await? {
            if !vault.is_current(&wrapped) {
                let key = vault.unwrap(organization, id, &wrapped)?;
                store::rewrap(&mut tx, organization, id, &vault.wrap(organization, id, &key)?).await?;
                (dirty, changed) = (true, changed + 1);
            }
        }
        if dirty {
            tx.commit_at(failpoint::KEY_ROTATE).await?;
        }
    }
    vault.open.invalidate_all();
    Ok(changed + crate::operator::rewrap(engine).await?)
}

#[cfg(test)]
mod tests {
    mod at_rest;

    use super::*;
    use crate::{
        db::{
            Reach,
            testing::{TestDb, on_every_db},
        },
        testing::World,
    };

    on_every_db!(a_value_opens_in_its_own_place_only, keys_are_wrapped_anew);

    fn at(row: u128) -> Place {
        Place {
            column: "account.totp_secret",
            row: Uuid::from_u128(row),
        }
    }

    async fn keys_for(world: &World, organization: OrganizationId) -> Arc<Keys> {
        let mut tx = world.engine.db().begin(Reach::Everyone).await.unwrap();
        let keys = keys(&world.engine, &mut tx, organization).await.unwrap();
        tx.commit().await.unwrap();
        keys
    }

    async fn a_value_opens_in_its_own_place_only(db: TestDb) {
        let world = World::new(db).await;
        let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
        let (ours, theirs) = (
            keys_for(&world, ana.organization()).await,
            keys_for(&world, ben.organization()).await,
        );
        let sealed = ours.seal(at(1), b"a secret").unwrap();
        assert_eq!(ours.open(at(1), &sealed).unwrap(), b"a secret");
        assert_eq!(
            keys_for(&world, ana.organization()).await.open(at(1), &sealed).unwrap(),
            b"a secret"
        );
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(
            sealed,
            ours.seal(at(1), b"a secret").unwrap(),
            "another nonce each time"
        );
        assert!(ours.open(at(2), &sealed).is_err(), "another row");
        let elsewhere = Place {
            column: "account.totp_pending",
            ..at(1)
        };
        assert!(ours.open(elsewhere, &sealed).is_err(), "another column");
        assert!(theirs.open(at(1), &sealed).is_err(), "another organization");
        for bit in 0..sealed.len() * 8 {
            let mut bent = sealed.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(ours.open(at(1), &bent).is_err(), "bit {bit}");
        }
        for cut in 0..sealed.len() {
            assert!(ours.open(at(1), &sealed[..cut]).is_err(), "cut after {cut}");
        }
        assert_eq!(ours.macs(at(1), b"x"), ours.macs(at(1), b"x"));
        assert_ne!(ours.macs(at(1), b"x"), ours.macs(at(2), b"x"));
        assert_ne!(ours.macs(at(1), b"x"), theirs.macs(at(1), b"x"));
    }

    async fn keys_are_wrapped_anew(db: TestDb) {
        let db = Arc::new(db);
        let key = |n: u32| SecretString::from(format!("master key number {n}, of thirty-two bytes"));
        let with = async |keys: Vec<SecretString>| World::sharing(&db, |config| config.encryption_keys = keys).await;
        let first = with(vec![key(1)]).await;
        let ana = first.realtor("Ana").await.organization();
        let sealed = keys_for(&first, ana).await.seal(at(1), b"a secret").unwrap();

        let both = with(vec![key(2), key(1)]).await;
        assert_eq!(keys_for(&both, ana).await.open(at(1), &sealed).unwrap(), b"a secret");
        assert_eq!(rotate(&both.engine).await.unwrap(), 1);
        assert_eq!(rotate(&both.engine).await.unwrap(), 0, "done already");

        let second = with(vec![key(2)]).await;
        assert_eq!(keys_for(&second, ana).await.open(at(1), &sealed).unwrap(), b"a secret");
        let old = with(vec![key(1)]).await;
        let mut tx = old.engine.db().begin(Reach::Everyone).await.unwrap();
        assert!(
            keys(&old.engine, &mut tx, ana).await.is_err(),
            "the old key is worth nothing now"
        );
        drop(tx);
        let refused = old.engine.start().await.unwrap_err();
        assert!(refused.to_string().contains("1 organization(s)"), "{refused}");
        must_open(&second.engine).await.unwrap();
        must_open(&both.engine).await.unwrap();
    }
}
