use chrono::{DateTime, Utc};
use domain::{
    account::Profile,
    id::{AccountId, InvitationId, OrganizationId},
    tenancy::{Invitation, Member, MemberChange, Offer, Role},
    text::Email,
};
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, statements};

statements! {
    INSERT_ACCOUNT = "insert into account (organization_id, id, email, password_hash, first_name, last_name, role, created_at, updated_at, email_verified_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
    // Whoever was switched off is as good as unknown.
    ACCOUNT_BY_EMAIL = "select organization_id, id, role, password_hash, email_verified_at is not null,
        totp_secret is not null or exists (select 1 from passkey p where p.organization_id = account.organization_id and p.account_id = account.id)
        from account where email = $1 and deactivated_at is null";
    // A password that was changed meanwhile stays.
    REHASH = "update account set password_hash = $3 where organization_id = $1 and id = $2 and password_hash = $4";
    // Until the commit nobody sets another password, or switches the account off.
    STILL = "update account set updated_at = updated_at
        where organization_id = $1 and id = $2 and password_hash = $3 and deactivated_at is null";
    MEMBERS = "select id, email, first_name, last_name, role, deactivated_at is null as is_active, created_at
        from account where organization_id = $1 and (id = $2 or $2 is null) order by id limit 500";
    OWNER_EMAIL = "select email from account where organization_id = $1 and role = 'owner' and deactivated_at is null";
    // Reads and keeps others from changing it until the commit.
    MEMBER_TO_CHANGE = "update account set updated_at = updated_at where organization_id = $1 and id = $2
        returning id, email, first_name, last_name, role, deactivated_at is null as is_active, created_at";
    // Nobody but a transfer touches the owner.
    CHANGE_MEMBER = "update account set role = coalesce($3, role),
        deactivated_at = case $4 when 'on' then null when 'off' then $5 else deactivated_at end, updated_at = $5
        where organization_id = $1 and id = $2 and role <> 'owner'";
    STEP_DOWN = "update account set role = 'admin', updated_at = $3 where organization_id = $1 and id = $2 and role = 'owner'";
    STEP_UP = "update account set role = 'owner', updated_at = $3
        where organization_id = $1 and id = $2 and role in ('admin', 'realtor') and deactivated_at is null";

    INSERT_INVITATION = "insert into invitation (organization_id, id, email, role, token_hash, invited_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    INVITED_SINCE = "select count(*) from invitation where organization_id = $1 and created_at > $2";
    INVITATIONS = "select i.id, i.email, i.role, a.first_name, a.last_name, i.created_at, i.expires_at from invitation i
        join account a on a.organization_id = i.organization_id and a.id = i.invited_by
        where i.organization_id = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > $2 order by i.id desc limit 200";
    // By the secret of its link. An invitation of somebody who was switched off holds no more.
    INVITATION_BY_TOKEN = "select i.organization_id, i.id, i.email, i.role, o.name as organization_name, a.first_name, a.last_name
        from invitation i join organization o on o.id = i.organization_id
        join account a on a.organization_id = i.organization_id and a.id = i.invited_by
        where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > $2 and a.deactivated_at is null";
    ACCEPT_INVITATION = "update invitation set accepted_at = $3
        where organization_id = $1 and id = $2 and accepted_at is null and revoked_at is null and expires_at > $3";
    REVOKE_INVITATION = "update invitation set revoked_at = $3
        where organization_id = $1 and id = $2 and accepted_at is null and revoked_at is null returning email, role";
    REVOKE_INVITATIONS_BY = "update invitation set revoked_at = $3
        where organization_id = $1 and invited_by = $2 and accepted_at is null and revoked_at is null";
    REVOKE_INVITATIONS_TO = "update invitation set revoked_at = $3
        where organization_id = $1 and email = $2 and accepted_at is null and revoked_at is null";
    PROFILE = "select a.id, a.organization_id, o.name as organization_name, a.email, a.first_name, a.last_name, a.role, l.number as license_number, l.state as license_state,
        coalesce(l.status = 'verified', false) as is_verified, a.created_at, a.updated_at
        from account a join organization o on o.id = a.organization_id
        left join licence l on l.organization_id = a.organization_id and l.account_id = a.id and l.status <> 'replaced' where a.organization_id = $1 and a.id = $2";
}

pub(super) struct NewAccount<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: AccountId,
    pub(super) email: &'a Email,
    pub(super) hash: &'a str,
    pub(super) first_name: &'a str,
    pub(super) last_name: &'a str,
    pub(super) role: Role,
    /// When they proved that they read the letters to the address.
    pub(super) email_verified_at: Option<DateTime<Utc>>,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewAccount<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_ACCOUNT,
        new.organization.uuid(),
        new.id.uuid(),
        new.email.as_str(),
        new.hash,
        new.first_name,
        new.last_name,
        new.role.as_str(),
        now,
        new.email_verified_at
    )
    .map(|_| ())
}

pub(super) async fn owner_email(tx: &mut Tx, organization: OrganizationId) -> Result<Option<String>, DbError> {
    let row = fetch_optional!(tx, (String,), OWNER_EMAIL, organization.uuid())?;
    Ok(row.map(|(email,)| email))
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    id: Uuid,
    email: String,
    first_name: String,
    last_name: String,
    role: String,
    is_active: bool,
    created_at: DateTime<Utc>,
}

/// Everybody, or the one with the id.
pub(super) async fn members(
    tx: &mut Tx,
    organization: OrganizationId,
    one: Option<AccountId>,
) -> Result<Vec<Member>, DbError> {
    let rows = fetch_all!(tx, MemberRow, MEMBERS, organization.uuid(), one.map(AccountId::uuid))?;
    rows.into_iter().map(member).collect()
}

fn member(row: MemberRow) -> Result<Member, DbError> {
    Ok(Member {
        id: row.id.into(),
        email: row.email,
        first_name: row.first_name,
        last_name: row.last_name,
        role: parse_role(row.role)?,
        is_active: row.is_active,
        created_at: row.created_at,
    })
}

/// Somebody as they stand until this transaction changes them.
pub(super) async fn member_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: AccountId,
) -> Result<Option<Member>, DbError> {
    let row = fetch_optional!(tx, MemberRow, MEMBER_TO_CHANGE, organization.uuid(), id.uuid())?;
    row.map(member).transpose()
}

/// Writes what is asked for and nothing else. False for the owner, and for whoever is not there.
pub(super) async fn change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: AccountId,
    change: MemberChange,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let role = change.role.map(Role::as_str);
    let active = change.is_active.map(|active| if active { "on" } else { "off" });
    let rows = execute!(tx, CHANGE_MEMBER, organization.uuid(), id.uuid(), role, active, now)?;
    Ok(rows == 1)
}

/// Ends what somebody has offered and nobody has accepted.
pub(super) async fn revoke_all_by(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(tx, REVOKE_INVITATIONS_BY, organization.uuid(), account.uuid(), now)
}

/// False where `from` is not the owner, or `to` cannot become it.
pub(super) async fn transfer(
    tx: &mut Tx,
    organization: OrganizationId,
    from: AccountId,
    to: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    if execute!(tx, STEP_DOWN, organization.uuid(), from.uuid(), now)? != 1 {
        return Ok(false);
    }
    Ok(execute!(tx, STEP_UP, organization.uuid(), to.uuid(), now)? == 1)
}

pub(super) struct NewInvitation<'a> {
    pub(super) id: InvitationId,
    pub(super) email: &'a Email,
    pub(super) role: Role,
    pub(super) token_hash: &'a [u8],
    pub(super) invited_by: AccountId,
    pub(super) expires_at: DateTime<Utc>,
}

/// Earlier invitations to the same address end.
pub(super) async fn invite(
    tx: &mut Tx,
    organization: OrganizationId,
    new: &NewInvitation<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, REVOKE_INVITATIONS_TO, organization.uuid(), new.email.as_str(), now)?;
    execute!(
        tx,
        INSERT_INVITATION,
        organization.uuid(),
        new.id.uuid(),
        new.email.as_str(),
        new.role.as_str(),
        new.token_hash,
        new.invited_by.uuid(),
        now,
        new.expires_at
    )
    .map(|_| ())
}

/// How many were invited after a time, whatever became of it.
pub(super) async fn invited_since(
    tx: &mut Tx,
    organization: OrganizationId,
    after: DateTime<Utc>,
) -> Result<i64, DbError> {
    let (count,) = fetch_one!(tx, (i64,), INVITED_SINCE, organization.uuid(), after)?;
    Ok(count)
}

#[derive(sqlx::FromRow)]
struct InvitationRow {
    id: Uuid,
    email: String,
    role: String,
    first_name: String,
    last_name: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// Those that can still be accepted, newest first.
pub(super) async fn invitations(
    tx: &mut Tx,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<Invitation>, DbError> {
    let rows = fetch_all!(tx, InvitationRow, INVITATIONS, organization.uuid(), now)?;
    let invitation = |row: InvitationRow| {
        Ok(Invitation {
            id: row.id.into(),
            email: row.email,
            role: parse_role(row.role)?,
            invited_by: format!("{} {}", row.first_name, row.last_name),
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    };
    rows.into_iter().map(invitation).collect()
}

/// An invitation found by its link.
pub(super) struct Invited {
    pub(super) organization: OrganizationId,
    pub(super) id: InvitationId,
    pub(super) offer: Offer,
}

#[derive(sqlx::FromRow)]
struct InvitedRow {
    organization_id: Uuid,
    id: Uuid,
    email: String,
    role: String,
    organization_name: String,
    first_name: String,
    last_name: String,
}

pub(super) async fn invited(tx: &mut Tx, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<Invited>, DbError> {
    let row = fetch_optional!(tx, InvitedRow, INVITATION_BY_TOKEN, token_hash, now)?;
    row.map(|row| {
        let offer = Offer {
            organization: row.organization_name,
            invited_by: format!("{} {}", row.first_name, row.last_name),
            email: row.email,
            role: parse_role(row.role)?,
        };
        Ok(Invited {
            organization: row.organization_id.into(),
            id: row.id.into(),
            offer,
        })
    })
    .transpose()
}

/// False when it was accepted or withdrawn meanwhile.
pub(super) async fn accept(
    tx: &mut Tx,
    organization: OrganizationId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    Ok(execute!(tx, ACCEPT_INVITATION, organization.uuid(), id.uuid(), now)? == 1)
}

/// Ends an invitation; gives whom it was sent to, and as what. `None` when it was over already.
pub(super) async fn revoke(
    tx: &mut Tx,
    organization: OrganizationId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<(String, Role)>, DbError> {
    let row = fetch_optional!(
        tx,
        (String, String),
        REVOKE_INVITATION,
        organization.uuid(),
        id.uuid(),
        now
    )?;
    row.map(|(email, role)| Ok((email, parse_role(role)?))).transpose()
}

/// Never leaves the engine: no `Serialize` on purpose.
pub(super) struct Known {
    pub(super) organization: OrganizationId,
    pub(super) account: AccountId,
    pub(super) email: Email,
    pub(super) role: Role,
    pub(super) password_hash: String,
    pub(super) is_email_verified: bool,
    pub(super) has_factor: bool,
}

pub(super) async fn rehash(tx: &mut Tx, known: &Known, hash: &str) -> Result<(), DbError> {
    let (organization, account) = (known.organization.uuid(), known.account.uuid());
    execute!(tx, REHASH, organization, account, hash, known.password_hash.as_str()).map(|_| ())
}

/// Whether an account has the password that it was known with, and is not switched off.
pub(super) async fn still(tx: &mut Tx, known: &Known) -> Result<bool, DbError> {
    let (organization, account) = (known.organization.uuid(), known.account.uuid());
    Ok(execute!(tx, STILL, organization, account, known.password_hash.as_str())? == 1)
}

pub(super) async fn by_email(tx: &mut Tx, email: &Email) -> Result<Option<Known>, DbError> {
    type Row = (Uuid, Uuid, String, String, bool, bool);
    let row = fetch_optional!(tx, Row, ACCOUNT_BY_EMAIL, email.as_str())?;
    row.map(
        |(organization, account, role, password_hash, is_email_verified, has_factor)| {
            Ok(Known {
                organization: organization.into(),
                account: account.into(),
                email: email.clone(),
                role: parse_role(role)?,
                password_hash,
                is_email_verified,
                has_factor,
            })
        },
    )
    .transpose()
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    id: Uuid,
    organization_id: Uuid,
    organization_name: String,
    email: String,
    first_name: String,
    last_name: String,
    role: String,
    license_number: Option<String>,
    license_state: Option<String>,
    is_verified: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

pub(super) async fn profile(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<Profile>, DbError> {
    let row = fetch_optional!(tx, ProfileRow, PROFILE, organization.uuid(), account.uuid())?;
    row.map(|row| {
        Ok(Profile {
            user_id: row.id.into(),
            organization_id: row.organization_id.into(),
            organization_name: row.organization_name,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            role: parse_role(row.role)?,
            license_number: row.license_number,
            license_state: row.license_state,
            is_verified: row.is_verified,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    })
    .transpose()
}

pub(super) fn parse_role(text: String) -> Result<Role, DbError> {
    Role::parse(&text).ok_or(DbError::Corrupt {
        what: "role",
        value: text,
    })
}
