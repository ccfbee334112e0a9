//! One type a noun over a UUID: a conversation's id cannot pass for a bot's.
//!
//! Ids are UUID v7, made on the server; on the wire they are plain UUIDs.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Fault;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $noun:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn uuid(self) -> Uuid { self.0 }
        }
        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self { Self(uuid) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = Fault;
            /// A malformed id is answered as a missing one: it cannot name anything.
            fn from_str(text: &str) -> Result<Self, Fault> {
                Uuid::parse_str(text).map(Self).map_err(|_| Fault::not_found($noun))
            }
        }
    )+};
}

ids! {
    /// A tenant.
    OrganizationId => "organization";
    AccountId => "account";
    InvitationId => "invitation";
    /// What a sign-in lasts for.
    SessionId => "session";
    PasskeyId => "passkey";
    /// At a sign-in provider.
    IdentityId => "sign-in provider";
    BotId => "bot";
    PropertyId => "property";
    SourceId => "source";
    FactId => "fact";
    PassageId => "passage";
    JobId => "training job";
    CodeId => "code";
    ScanId => "scan";
    ConversationId => "conversation";
    TurnId => "turn";
    LeadId => "lead";
    HoldId => "hold";
    EntryId => "transaction";
    FileId => "file";
    LicenceId => "licence";
    /// Somebody of the platform.
    OperatorId => "operator";
    GrantId => "support access";
    WebhookId => "webhook";
    ApiKeyId => "API key";
    DeliveryId => "delivery";
    PurchaseId => "purchase";
    ApiConfigurationId => "AI configuration";
}
