//! What the hash of an entry is made of.
//!
//! SHA-256 over these parts in this order: [`FORMAT`], the hash of the entry before (32 zero bytes for the first), then
//! organization, number, time, actor's id, actor's name, address, action, target's kind, target's id, target's name, before,
//! after. Each part is its length in bytes as eight bytes, big-endian, and then itself; an absent part is eight bytes of 255
//! and nothing else. Ids are their 16 bytes; the number, and the time in microseconds since 1970, are eight bytes, big-endian;
//! texts are UTF-8; before and after are the stored text of their JSON.
//!
//! So no row can be changed, moved, added in between or left out without every later hash being wrong. Who can write the
//! whole store can still make a whole chain anew, or cut its end off together with the head: against that helps only a hash
//! that was kept elsewhere, such as in an export.

use sha2::{Digest, Sha256};

use super::store::Link;

const FORMAT: &[u8] = b"porchlight audit 1";

/// Stands for the hash before the first.
pub(super) const NOTHING: [u8; 32] = [0; 32];

pub(super) fn hash(link: &Link) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let mut part = |bytes: Option<&[u8]>| {
        let length = bytes.map_or(u64::MAX, |bytes| bytes.len() as u64);
        hasher.update(length.to_be_bytes());
        hasher.update(bytes.unwrap_or_default());
    };
    part(Some(FORMAT));
    part(Some(&link.previous));
    part(Some(link.organization_id.as_bytes()));
    part(Some(&link.seq.to_be_bytes()));
    part(Some(&link.at.timestamp_micros().to_be_bytes()));
    part(link.actor_id.as_ref().map(|id| id.as_bytes().as_slice()));
    part(Some(link.actor_name.as_bytes()));
    part(link.address.as_deref().map(str::as_bytes));
    part(Some(link.action.as_bytes()));
    part(link.target_kind.as_deref().map(str::as_bytes));
    part(link.target_id.as_ref().map(|id| id.as_bytes().as_slice()));
    part(link.target_name.as_deref().map(str::as_bytes));
    part(link.before.as_deref().map(str::as_bytes));
    part(link.after.as_deref().map(str::as_bytes));
    hasher.finalize().to_vec()
}

pub(super) fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by another program from the words above: entries that are stored stay good.
    #[test]
    fn the_encoding_stays_what_it_is() {
        let id = |id: &str| uuid::Uuid::parse_str(id).unwrap();
        let link = Link {
            organization_id: id("018f3e8e-1111-7000-8000-000000000001"),
            seq: 1,
            at: "2026-05-04T18:30:00.123456Z".parse().unwrap(),
            actor_id: Some(id("018f3e8e-1111-7000-8000-000000000002")),
            actor_name: "Zoë Reyes".into(),
            address: None,
            action: "member.role_changed".into(),
            target_kind: Some("member".into()),
            target_id: None,
            target_name: Some(String::new()),
            before: Some(r#"{"role":"realtor"}"#.into()),
            after: Some(r#"{"role":"admin"}"#.into()),
            previous: NOTHING.to_vec(),
            hash: Vec::new(),
        };
        let known = "b9831ea518baf78d2d97d13699076f5e4462a4eb32f80248d90f6cac2327536e";
        assert_eq!(hex(&hash(&link)), known);
    }
}
