//! Cursors of lists as callers hold them: signed, of one organization and one list, good for a day.
//!
//! Nothing of another organization could be read by one that somebody made up, as every list is asked for by its organization;
//! but nobody comes to depend on what a cursor is, or on one for ever.
//!
//! A cursor is `until when (8 bytes) | tag (16) | where the list goes on` in base64url.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::TimeDelta;
use domain::Fault;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Call, Error};

const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
const TAG: usize = 16;

/// What a caller is given to go on with a list from `place`. `list` is its address.
pub fn sign(call: &Call, list: &str, place: &str) -> Result<String, Error> {
    let until = (call.engine().clock().now() + KEPT_FOR).timestamp().to_be_bytes();
    let none = || Error::Broken("there is no key to sign cursors with".into());
    let mac = macs(call, list, until, place).next().ok_or_else(none)?;
    let tag = mac.finalize().into_bytes();
    Ok(BASE64.encode([&until[..], &tag[..TAG], place.as_bytes()].concat()))
}

/// The place that a cursor of this caller's organization and of this list names.
pub fn open(call: &Call, list: &str, cursor: &str) -> Result<String, Error> {
    let unknown = || {
        let text = "This is no cursor of this list. Take the address from the Link header.";
        Error::from(Fault::field("after", text))
    };
    let bytes = BASE64.decode(cursor).map_err(|_| unknown())?;
    let (until, rest) = bytes.split_first_chunk::<8>().ok_or_else(unknown)?;
    let (tag, place) = rest.split_first_chunk::<TAG>().ok_or_else(unknown)?;
    let place = std::str::from_utf8(place).map_err(|_| unknown())?;
    if !macs(call, list, *until, place).any(|mac| mac.verify_truncated_left(tag).is_ok()) {
        return Err(unknown());
    }
    if i64::from_be_bytes(*until) <= call.engine().clock().now().timestamp() {
        let text = "This cursor is more than a day old. Begin with the first page again.";
        return Err(Fault::field("after", text).into());
    }
    Ok(place.to_owned())
}

/// Over all that a cursor says, under each of the server's keys, the newest first.
fn macs(call: &Call, list: &str, until: [u8; 8], place: &str) -> impl Iterator<Item = Hmac<Sha256>> {
    call.engine().vault().cursor_macs().map(move |mut mac| {
        mac.update(call.organization().uuid().as_bytes());
        mac.update(&until);
        mac.update(&(list.len() as u64).to_be_bytes());
        mac.update(list.as_bytes());
        mac.update(place.as_bytes());
        mac
    })
}
