//! Whose rows a transaction can reach: on PostgreSQL a second wall behind the `organization_id` of each statement.
//!
//! A row policy on each tenant's table compares its `organization_id` with the setting `porchlight.reach`, which holds until
//! the transaction ends. A statement that forgets its tenant finds nothing of others, and one outside of any transaction of
//! ours finds nothing at all. SQLite has no such policies; there the statements, held to it by tests, are the only wall.

use domain::id::OrganizationId;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// What rows of tenants a transaction can read and write. Platform tables are open to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those of one organization.
    Tenant(OrganizationId),
    /// All: where a secret, an address or a public name is what says whose they are, and in work that serves everybody. The
    /// modules that may are listed in `lint.rs`.
    Everyone,
    /// None.
    Nobody,
}

impl From<OrganizationId> for Reach {
    fn from(organization: OrganizationId) -> Self {
        Self::Tenant(organization)
    }
}

/// Lets a connection of PostgreSQL, not only one transaction, reach all rows.
pub(super) const EVERYONE: &str = "set porchlight.reach = 'everyone'";

impl Reach {
    /// The text that begins a transaction of PostgreSQL: `begin` and the setting, in one message.
    pub(super) fn begin(self, begin: &'static str) -> SqlStr {
        match self {
            // An id is hexadecimal digits and dashes.
            Self::Tenant(id) => {
                AssertSqlSafe(format!("{begin}; set local porchlight.reach = '{}'", id.uuid())).into_sql_str()
            }
            Self::Everyone => AssertSqlSafe(format!("{begin}; set local porchlight.reach = 'everyone'")).into_sql_str(),
            Self::Nobody => begin.into_sql_str(),
        }
    }
}
