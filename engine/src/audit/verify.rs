//! Reads every organization's chain from its first entry to its head.

use std::fmt;

use domain::id::OrganizationId;
use serde::Serialize;

use super::{chain, store};
use crate::{
    Engine, Error,
    db::{DbError, Reach, Tx},
};

/// How many organizations and entries are read at once.
const AT_ONCE: i64 = 500;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Those that have a log.
    pub organizations: u64,
    /// Entries that were read and are as they were written.
    pub entries: u64,
    /// The first that is wrong of each organization that has one.
    pub broken: Vec<Broken>,
}

/// Where an organization's chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    pub organization: OrganizationId,
    /// The entry's number.
    pub seq: i64,
    pub what: Break,
}

/// How it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Break {
    /// The entry is not there, but later ones are, or the head says so.
    Missing,
    /// It holds a value that this program cannot have written.
    Unreadable,
    /// It does not follow the entry that is before it now.
    Order,
    /// Its hash was made of something else.
    Hash,
    /// The head says that the log ends before it.
    BehindHead,
    /// It is the last, and the head holds another hash.
    HeadHash,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "it is missing",
            Self::Unreadable => "it cannot be read",
            Self::Order => "it does not follow the entry before it",
            Self::Hash => "its hash was made of something else than it says",
            Self::BehindHead => "the log's head says that there are fewer entries",
            Self::HeadHash => "the log's head has another hash",
        })
    }
}

fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = count(self.entries, "audit entry", "audit entries");
        let organizations = count(self.organizations, "organization", "organizations");
        write!(f, "Checked {entries} of {organizations}: ")?;
        match self.broken.len() {
            0 => f.write_str("all is as it was written.")?,
            n => write!(f, "{} broken.", count(n as u64, "log is", "logs are"))?,
        }
        for Broken {
            organization,
            seq,
            what,
        } in &self.broken
        {
            write!(f, "\nOrganization {organization}, entry {seq}: {what}.")?;
        }
        Ok(())
    }
}

/// Checks every organization's log. It may be written meanwhile.
pub async fn verify(engine: &Engine) -> Result<Verified, Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let (mut found, mut last) = (Verified::default(), None);
    loop {
        let organizations = store::organizations(&mut tx, last, AT_ONCE).await?;
        let Some(end) = organizations.last() else {
            return Ok(found);
        };
        last = Some(*end);
        for organization in organizations {
            let (entries, broken) = walk(&mut tx, organization).await?;
            found.organizations += u64::from(entries > 0 || broken.is_some());
            found.entries += entries;
            found.broken.extend(broken.map(|(seq, what)| Broken {
                organization,
                seq,
                what,
            }));
        }
    }
}

/// How many entries of an organization are good, up to the first that is not.
async fn walk(tx: &mut Tx, organization: OrganizationId) -> Result<(u64, Option<(i64, Break)>), DbError> {
    let (mut seq, mut hash, mut good, mut limit) = (0, chain::NOTHING.to_vec(), 0, AT_ONCE);
    loop {
        // First the head, then what follows: an entry that is written meanwhile is read, and not missed.
        let head = store::head(tx, organization)
            .await?
            .unwrap_or((0, chain::NOTHING.to_vec()));
        let links = match store::chain(tx, organization, seq, limit).await {
            Err(error) if error.is_unreadable() && limit > 1 => {
                limit = 1;
                continue;
            }
            Err(error) if error.is_unreadable() => {
                let at = store::next_seq(tx, organization, seq).await?;
                return Ok((good, at.map(|at| (at, Break::Unreadable))));
            }
            links => links?,
        };
        if links.is_empty() {
            return Ok((good, end(seq, &hash, &head)));
        }
        for link in links {
            let broken = match () {
                () if link.seq != seq + 1 => Some((seq + 1, Break::Missing)),
                () if link.previous != hash => Some((link.seq, Break::Order)),
                () if link.hash != chain::hash(&link) => Some((link.seq, Break::Hash)),
                () => None,
            };
            if broken.is_some() {
                return Ok((good, broken));
            }
            (seq, hash, good) = (link.seq, link.hash, good + 1);
        }
    }
}

/// Whether the chain ends where its head says.
fn end(seq: i64, hash: &[u8], head: &(i64, Vec<u8>)) -> Option<(i64, Break)> {
    match head.0.cmp(&seq) {
        std::cmp::Ordering::Greater => Some((seq + 1, Break::Missing)),
        std::cmp::Ordering::Less => Some((seq, Break::BehindHead)),
        std::cmp::Ordering::Equal => (head.1 != hash).then_some((seq, Break::HeadHash)),
    }
}
