//! How a handler's own work may fail, beside what its arguments refuse: to be named in its `responses(…)`.

use std::collections::BTreeMap;

use domain::FaultCode;
use utoipa::{
    IntoResponses,
    openapi::{RefOr, Response},
};

use crate::error;

macro_rules! failures {
    ($($code:ident),+) => {$(
        pub struct $code;

        impl IntoResponses for $code {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let code = FaultCode::$code;
                BTreeMap::from([(code.status().to_string(), error::reference(code))])
            }
        }
    )+};
}
failures! { Invalid, Unauthorized, NotFound, Conflict, InsufficientCredits, TooMany, Unavailable }
