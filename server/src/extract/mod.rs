//! What handlers take out of a request: who is calling, ids, bodies, pages of lists.

mod address;
mod body;
mod caller;
mod described;
mod id;
mod once;
mod paging;
mod question;
mod versioned;

pub use address::ClientAddress;
pub use body::{BODY_MAX, FormUpload, Input, Object, Upload};
pub use caller::Caller;
pub use described::{BEARER, Described, Sketch, described};
pub use id::{Id, Names};
pub use paging::{List, Paging};
pub use question::Question;
pub use versioned::{Versioned, etag, unless_known};
