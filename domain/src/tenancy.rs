//! Who may do what within an organization, and the people in it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    account::check_password,
    fault::Checks,
    id::{AccountId, InvitationId},
    text::Email,
};

/// A person's place in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Registered the organization.
    Owner,
    Admin,
    Realtor,
    /// The platform's own staff.
    Operator,
}

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Realtor => "realtor",
            Self::Operator => "operator",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Admin, Self::Realtor, Self::Operator]
            .into_iter()
            .find(|r| r.as_str() == text)
    }

    /// An owner becomes one by registering or by being handed the organization, an operator by the platform.
    pub const fn can_be_given(self) -> bool {
        matches!(self, Self::Admin | Self::Realtor)
    }
}

/// What somebody wants to do in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The daily work: bots, properties, what they know, codes; seeing colleagues and the balance.
    Work,
    /// Reading what buyers said and left.
    SeeLeads,
    /// Colour and logo.
    SetBrand,
    /// Inviting people, giving them roles, switching them off.
    ManagePeople,
    /// Reading who did what.
    SeeAudit,
    /// Erasing what a buyer said and left, and saying how long such is kept.
    ErasePersonal,
    /// Taking all that the organization has out of the house.
    ExportAll,
    /// Letting the platform's people read conversations and leads for a while.
    GrantSupport,
    /// Having programs of one's own told what happens.
    ManageWebhooks,
    /// Reading what was bought, and what each credit went for. What there is to work with everybody sees.
    SeeBilling,
    /// Buying credits with the organization's money.
    BuyCredits,
    /// Having bots answered by a provider of the organization's own, with its key.
    ManageAi,
    /// Making API keys of one's own, which do what they are let as whoever made them.
    ManageKeys,
    /// Making somebody else the owner.
    TransferOwnership,
}

/// The one rule for all pages, forms and routes. Operators look after the platform and do nobody's work.
pub const fn may(role: Role, action: Action) -> bool {
    match role {
        Role::Owner => true,
        Role::Admin => !matches!(action, Action::TransferOwnership | Action::ExportAll),
        Role::Realtor => matches!(action, Action::Work | Action::SeeLeads | Action::ManageKeys),
        Role::Operator => false,
    }
}

/// How long an invitation can be accepted.
pub const INVITED_FOR: TimeDelta = TimeDelta::days(7);
/// The most invitations of an organization within a day.
pub const INVITATIONS_A_DAY: i64 = 200;

/// Somebody of an organization, as the others see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub id: AccountId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
    /// False for somebody who was switched off: they cannot sign in, and their sessions and tokens are refused.
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
}

impl Member {
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// What to change of a member; `None` stays. The role of the owner is handed over, not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChange {
    pub role: Option<Role>,
    pub is_active: Option<bool>,
}

/// An invitation that can still be accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// An invitation as the invited person reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub organization: String,
    pub invited_by: String,
    pub email: String,
    pub role: Role,
}

/// Whom to invite, and as what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InviteForm {
    pub email: String,
    /// `admin` or `realtor`.
    pub role: String,
}

impl InviteForm {
    pub fn check(&self) -> Result<(Email, Role), Fault> {
        let mut checks = Checks::default();
        let email = checks.take("email", self.email.parse());
        let role = Role::parse(&self.role).filter(|role| role.can_be_given());
        if role.is_none() {
            checks.push("role", "Choose admin or realtor.");
        }
        match (email, role, checks.finish()) {
            (Some(email), Some(role), Ok(())) => Ok((email, role)),
            (_, _, Err(fault)) => Err(fault),
            (_, _, Ok(())) => Err(Fault::internal()),
        }
    }
}

/// What an invited person gives to join.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JoinForm {
    pub first_name: String,
    pub last_name: String,
    pub password: String,
}

impl JoinForm {
    /// The form with its texts trimmed. `email` is the invitation's: no password.
    pub fn check(&self, email: &str) -> Result<Self, Fault> {
        let mut checks = Checks::default();
        let first_name = checks.text("first_name", &self.first_name, true, 50);
        let last_name = checks.text("last_name", &self.last_name, true, 50);
        check_password(&mut checks, &self.password, &[email, &self.last_name]);
        checks.finish()?;
        Ok(Self {
            first_name,
            last_name,
            password: self.password.clone(),
        })
    }
}

/// The longest name of an organization, in characters.
pub const NAME_MAX: usize = 100;

/// An organization as its own people see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    pub id: crate::id::OrganizationId,
    pub name: String,
    pub slug: String,
    pub contact_email: String,
    /// The brand's main colour, `#rrggbb`.
    pub colour: String,
    pub has_logo: bool,
    /// When it was last changed: another logo shows nowhere else.
    pub updated_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_next_lower_one_may() {
        use Action::{GrantSupport, ManagePeople, SeeAudit, SetBrand, TransferOwnership, Work};
        let allowed = |role| {
            [Work, SetBrand, ManagePeople, SeeAudit, GrantSupport, TransferOwnership].map(|action| may(role, action))
        };
        assert_eq!(allowed(Role::Owner), [true; 6]);
        assert_eq!(allowed(Role::Admin), [true, true, true, true, true, false]);
        assert_eq!(allowed(Role::Realtor), [true, false, false, false, false, false]);
        assert_eq!(allowed(Role::Operator), [false; 6]);
    }

    #[test]
    fn nobody_is_invited_as_owner_or_operator() {
        let form = |role: &str| InviteForm {
            email: "Cy@Example.com".into(),
            role: role.into(),
        };
        let (email, role) = form("realtor").check().unwrap();
        assert_eq!((email.as_str(), role), ("cy@example.com", Role::Realtor));
        for role in ["owner", "operator", "", "boss"] {
            assert!(form(role).check().unwrap_err().for_field("role").is_some(), "{role}");
        }
    }

    #[test]
    fn who_joins_brings_a_name_and_a_password() {
        let fault = JoinForm::default().check("cy@example.com").unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["first_name", "last_name", "password"]);
        let form = JoinForm {
            first_name: " Cy ".into(),
            last_name: "Moss".into(),
            password: "a quiet street at dusk".into(),
        };
        assert_eq!(form.check("cy@example.com").unwrap().first_name, "Cy");
    }
}
