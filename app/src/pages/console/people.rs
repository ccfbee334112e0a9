//! The people of the organization: who they are, what they may do, who is invited.

use domain::tenancy::Role;
use leptos::{prelude::*, server_fn::ServerFn};

use super::parts::saved_note;
use crate::{
    checks::Check,
    fns::people::{
        ChangeMember, InvitationLink, InvitationRow, Invite, MemberRow, PeopleView, RevokeInvitation, SignOutMember,
        get_people,
    },
    ui::{
        Badge, Banner, Card, Cell, Confirm, CopyButton, Field, Form, Kind, Mood, PageHead, SelectField, Submit, Table,
        TimeText, load, shown,
    },
};

/// What a role is called, and what it means.
const fn called(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Owner => ("Owner", "everything, and handing the organization over"),
        Role::Admin => ("Admin", "everything, with brand and people"),
        Role::Realtor => ("Realtor", "bots, properties, knowledge, codes, conversations, leads"),
        Role::Operator => ("Operator", "the platform"),
    }
}

#[component]
pub fn PeoplePage() -> impl IntoView {
    let people = load(|| (), |()| get_people());
    view! {
        <PageHead title="People" lead="Who works with you here, and what each of you may do."/>
        {saved_note()}
        {shown(people, page)}
    }
    .into_any()
}

fn page(people: PeopleView) -> AnyView {
    let (manage, transfer) = (people.may_manage, people.may_transfer);
    let invitations = (!people.invitations.is_empty()).then(|| invited(people.invitations));
    let invite = manage.then(invite_form);
    let columns: &[&str] = match manage {
        true => &["Name", "Role", "Since", "Change"],
        false => &["Name", "Role", "Since"],
    };
    view! {
        {people.link.map(link)}
        <Card class="list">
            <Table caption="People" columns>
                {people.members.into_iter().map(|member| row(member, manage, transfer)).collect_view()}
            </Table>
        </Card>
        {invitations}
        {invite}
    }
    .into_any()
}

/// What became of the newest invitation.
fn link(link: InvitationLink) -> AnyView {
    let address = link.address.map(|address| {
        view! {
            <p>"This demo sends no mail. Give them the link yourself; it is shown to you alone."</p>
            <p class="link-to-send"><code>{address.clone()}</code><CopyButton text=address label="Copy"/></p>
        }
    });
    view! {
        <Banner mood=Mood::Good>
            <p>"A letter with a link went to "<strong>{link.email}</strong>". The link works once, within a week."</p>
            {address}
        </Banner>
    }
    .into_any()
}

fn row(member: MemberRow, manage: bool, transfer: bool) -> AnyView {
    let (role, _) = called(member.role);
    let me = member.is_me.then_some(" (you)");
    let off = (!member.is_active).then(|| view! { <Badge mood=Mood::Warn text="Switched off"/> });
    let fixed = member.is_me || member.role == Role::Owner;
    let forms = (manage && !fixed).then(|| forms(&member, transfer));
    let change = manage.then(|| match forms {
        Some(forms) => view! { <Cell label="Change"><div class="actions">{forms}</div></Cell> }.into_any(),
        None => view! { <td></td> }.into_any(),
    });
    view! {
        <tr>
            <Cell label="Name"><div class="row-main"><span><strong>{member.name}</strong>{me}</span><span class="muted">{member.email}</span></div></Cell>
            <Cell label="Role">{role}{off}</Cell>
            <Cell label="Since"><TimeText when=member.joined/></Cell>
            {change}
        </tr>
    }
    .into_any()
}

/// What can be done with a member: another role, off or on, the organization itself.
fn forms(member: &MemberRow, transfer: bool) -> AnyView {
    let to = |what: &'static str, value: &str| vec![("id", member.id.clone()), (what, value.to_owned())];
    let other = match member.role {
        Role::Admin => Role::Realtor,
        _ => Role::Admin,
    };
    let (now, then) = match member.is_active {
        true => ("Switch off", "no"),
        false => ("Switch on", "yes"),
    };
    let role = member.is_active.then(|| {
        view! {
            <Form to=ChangeMember::PATH hidden=to("role", other.as_str())>
                <Submit kind=Kind::Secondary>{format!("Make {}", called(other).0.to_lowercase())}</Submit>
            </Form>
        }
    });
    let sign_out = member.is_active.then(|| {
        view! {
            <Form to=SignOutMember::PATH hidden=vec![("id", member.id.clone())]>
                <Submit kind=Kind::Quiet>"Sign out everywhere"</Submit>
            </Form>
        }
    });
    let question = format!(
        "{} becomes the owner and is named on every page buyers see; you become an admin.",
        member.name
    );
    let transfer = (transfer && member.is_active).then(|| {
        let hidden = to("role", Role::Owner.as_str());
        view! { <Confirm to=ChangeMember::PATH hidden label="Hand over…" action="Hand the organization over" question/> }
    });
    view! {
        {role}
        {sign_out}
        <Form to=ChangeMember::PATH hidden=to("active", then)>
            <Submit kind=Kind::Quiet>{now}</Submit>
        </Form>
        {transfer}
    }
    .into_any()
}

fn invited(invitations: Vec<InvitationRow>) -> AnyView {
    let row = |invitation: InvitationRow| {
        view! {
            <tr>
                <Cell label="Address">{invitation.email}</Cell>
                <Cell label="As">{called(invitation.role).0}</Cell>
                <Cell label="By">{invitation.invited_by}</Cell>
                <Cell label="Until"><TimeText when=invitation.expires/></Cell>
                <Cell label="Change">
                    <Form to=RevokeInvitation::PATH hidden=vec![("id", invitation.id)]>
                        <Submit kind=Kind::Quiet>"Withdraw"</Submit>
                    </Form>
                </Cell>
            </tr>
        }
    };
    view! {
        <Card title="Invited">
            <Table caption="Open invitations" columns=&["Address", "As", "By", "Until", "Change"]>
                {invitations.into_iter().map(row).collect_view()}
            </Table>
        </Card>
    }
    .into_any()
}

fn invite_form() -> AnyView {
    let roles = [Role::Realtor, Role::Admin].map(|role| {
        let (name, means) = called(role);
        (role.as_str().to_owned(), format!("{name}: {means}"))
    });
    view! {
        <Card title="Invite somebody">
            <Form to=Invite::PATH check=Check::Invite>
                <Field name="email" label="Email" kind="email" autocomplete="off" max=254 hint="The invitation holds for this address only."/>
                <SelectField name="role" label="As" choices=roles.to_vec() value="realtor"/>
                <Submit>"Invite"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}
