//! One's own account: where one is signed in, the password, second factors.

use domain::security::Security;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::parts::{count, saved_note};
use crate::{
    checks::Check,
    fns::security::{
        AddPasskey, BeginFactor, BeginNewPasskey, BeginPasskeyProof, ChangePassword, ConfirmFactor, EndOtherSessions,
        EndSession, EnrolmentView, IdentityView, LinkProvider, PasskeyView, Prove, ProveByPasskey, RemoveFactor,
        RemovePasskey, RenewCodes, SecurityView, SessionView, UnlinkProvider, get_enrolment, get_proof, get_security,
    },
    fns::support::{GrantSupport, SupportView, WithdrawSupport, get_support},
    ui::{
        Badge, Banner, Card, Cell, Ceremony, Confirm, Field, Form, Kind, Mood, PageHead, PasskeyForm, Submit, Table,
        TimeText, load, shown,
    },
};

#[component]
pub fn SecurityPage() -> impl IntoView {
    let security = load(|| (), |()| get_security());
    let support = load(|| (), |()| get_support());
    view! {
        <PageHead title="Your account" lead="Your password, your second factor, and where you are signed in."/>
        {saved_note()}
        {shown(security, page)}
        {shown(support, support_access)}
    }
    .into_any()
}

/// Who of Porchlight may read what buyers said, until when.
fn support_access(view: SupportView) -> AnyView {
    if let Some(grant) = view.grant {
        let withdraw = view.may_change.then(|| {
            view! { <Form to=WithdrawSupport::PATH><Submit kind=Kind::Secondary>"Withdraw it now"</Submit></Form> }
        });
        return view! {
            <Card title="Support access">
                <p>{grant.granted_by}" lets Porchlight’s support read conversations and leads until "{grant.until.exact}": “"{grant.reason}"”. Each look is in the audit log."</p>
                {withdraw}
            </Card>
        }
        .into_any();
    }
    if !view.may_change {
        return ().into_any();
    }
    view! {
        <Card title="Support access">
            <p class="muted">"Nobody of Porchlight reads what your buyers say, unless you let support look. It ends by itself, and each look is in the audit log."</p>
            <Form to=GrantSupport::PATH check=Check::Grant>
                <Field name="reason" label="What for" max=300/>
                <Field name="minutes" label="Minutes" value="60" inputmode="numeric" hint="60 at most."/>
                <Submit>"Let support look"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

fn page(view: SecurityView) -> AnyView {
    let codes = (!view.codes.is_empty()).then(|| recovery_codes(view.codes));
    view! {
        {codes}
        <p><a href="/console/licence">"Your licence"</a>" · "<a href="/console/api-keys">"API keys"</a></p>
        <div class="halves">
            {factor(&view.security)}
            {password(view.security.email.clone())}
        </div>
        {passkeys(&view.security, view.passkeys)}
        {recovery(&view.security)}
        {view.provider.map(|name| provider(name, view.identities))}
        {sessions(view.sessions)}
    }
    .into_any()
}

/// Shown once.
fn recovery_codes(codes: Vec<String>) -> AnyView {
    view! {
        <Banner mood=Mood::Good>
            <p><strong>"Your recovery codes."</strong>" Each lets you in once when your phone is lost. Print them or write them down now: they are not shown again."</p>
            <ul class="recovery-codes">{codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ul>
        </Banner>
    }
    .into_any()
}

fn factor(security: &Security) -> AnyView {
    if !security.has_totp {
        return view! {
            <Card title="Second factor">
                <p>"With an authenticator app on your phone, nobody gets in who has only learned your password."</p>
                <p><a class="btn" href="/console/security/factor">"Set up an app"</a></p>
            </Card>
        }
        .into_any();
    }
    let may_go = !security.is_factor_required || !security.passkeys.is_empty();
    let remove = may_go.then(|| {
        let question = match security.passkeys.is_empty() {
            true => "From then on your password alone lets people in.",
            false => "From then on a passkey is asked for.",
        };
        view! { <Confirm to=RemoveFactor::PATH hidden=vec![] label="Take it away…" action="Take the second factor away" question/> }
    });
    view! {
        <Card title="Second factor">
            <p>"An authenticator app is asked for at sign-in."</p>
            <div class="actions">
                <a class="btn btn-quiet" href="/console/security/factor">"Another phone"</a>
                {remove}
            </div>
        </Card>
    }
    .into_any()
}

/// Passkeys, where this server can have them.
fn passkeys(security: &Security, passkeys: Vec<PasskeyView>) -> AnyView {
    if !security.takes_passkeys {
        return ().into_any();
    }
    let row = |passkey: PasskeyView| {
        let used = match passkey.used {
            Some(when) => view! { <TimeText when/> }.into_any(),
            None => "not yet".into_any(),
        };
        let question = format!(
            "“{}” does not sign in any more. Remove it on your device, too.",
            passkey.name
        );
        view! {
            <tr>
                <Cell label="Name">{passkey.name}</Cell>
                <Cell label="Added"><TimeText when=passkey.added/></Cell>
                <Cell label="Last used">{used}</Cell>
                <Cell label="Change"><Confirm to=RemovePasskey::PATH hidden=vec![("id", passkey.id)] label="Remove…" action="Remove the passkey" question/></Cell>
            </tr>
        }
    };
    let table = (!passkeys.is_empty()).then(|| {
        view! {
            <Table caption="Passkeys" columns=&["Name", "Added", "Last used", "Change"]>
                {passkeys.into_iter().map(row).collect_view()}
            </Table>
        }
    });
    view! {
        <Card title="Passkeys" class="list">
            <p class="muted">"A passkey signs you in without your password, or stands in for the code after it. Your device keeps it and opens it with your finger, your face or a PIN."</p>
            {table}
            {new_passkey()}
        </Card>
    }
    .into_any()
}

/// The form for a new passkey.
pub fn new_passkey() -> AnyView {
    view! {
        <PasskeyForm to=AddPasskey::PATH begin=BeginNewPasskey::PATH ceremony=Ceremony::Create label="Add a passkey">
            <Field name="name" label="What you call it" value="This device" max=60/>
        </PasskeyForm>
    }
    .into_any()
}

/// The identities at the sign-in provider.
fn provider(name: String, identities: Vec<IdentityView>) -> AnyView {
    let row = |identity: IdentityView| {
        let question = format!("“{}” does not sign in any more. Your password does.", identity.email);
        view! {
            <tr>
                <Cell label="Identity">{identity.email}</Cell>
                <Cell label="Linked"><TimeText when=identity.linked/></Cell>
                <Cell label="Change"><Confirm to=UnlinkProvider::PATH hidden=vec![("id", identity.id)] label="Unlink…" action="Unlink it" question/></Cell>
            </tr>
        }
    };
    let table = (!identities.is_empty()).then(|| {
        view! {
            <Table caption="Linked identities" columns=&["Identity", "Linked", "Change"]>
                {identities.into_iter().map(row).collect_view()}
            </Table>
        }
    });
    view! {
        <Card title="Sign-in provider" class="list">
            <p class="muted">"What you link here signs you in, in place of your password."</p>
            {table}
            <Form to=LinkProvider::PATH><Submit kind=Kind::Secondary>"Link "{name}</Submit></Form>
        </Card>
    }
    .into_any()
}

/// What is left for when phone and keys are lost.
fn recovery(security: &Security) -> AnyView {
    if !security.has_factor() {
        return ().into_any();
    }
    let left = count(
        security.recovery_codes,
        "recovery code is left",
        "recovery codes are left",
    );
    view! {
        <Card title="Recovery codes">
            <p>{left}". Each lets you in once when your phone and your keys are lost."</p>
            <Confirm to=RenewCodes::PATH hidden=vec![] label="New recovery codes…" action="Make new codes" question="The codes you have now hold no more."/>
        </Card>
    }
    .into_any()
}

fn password(email: String) -> AnyView {
    view! {
        <Card title="Password">
            <p class="muted">"You sign in with "{email}"."</p>
            <Form to=ChangePassword::PATH check=Check::Password>
                <Field name="current_password" label="Password now" kind="password" autocomplete="current-password"/>
                <Field name="password" label="New password" kind="password" autocomplete="new-password" hint="Long beats complicated: a short sentence works well."/>
                <Submit>"Change the password"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

fn sessions(sessions: Vec<SessionView>) -> AnyView {
    let others = sessions.iter().any(|session| !session.is_this).then(|| {
        view! {
            <Form to=EndOtherSessions::PATH>
                <Submit kind=Kind::Secondary>"Sign out everywhere else"</Submit>
            </Form>
        }
    });
    let row = |session: SessionView| {
        let this = session
            .is_this
            .then(|| view! { " " <Badge mood=Mood::Good text="This one"/> });
        let end = (!session.is_this).then(|| {
            view! {
                <Form to=EndSession::PATH hidden=vec![("id", session.id)]>
                    <Submit kind=Kind::Quiet>"Sign out"</Submit>
                </Form>
            }
        });
        view! {
            <tr>
                <Cell label="On">{session.on}{this}</Cell>
                <Cell label="From">{session.address.unwrap_or_else(|| "unknown".into())}</Cell>
                <Cell label="Since"><TimeText when=session.since/></Cell>
                <Cell label="Last used"><TimeText when=session.seen/></Cell>
                <Cell label="Change">{end}</Cell>
            </tr>
        }
    };
    view! {
        <Card title="Where you are signed in" class="list">
            <Table caption="Sessions" columns=&["On", "From", "Since", "Last used", "Change"]>
                {sessions.into_iter().map(row).collect_view()}
            </Table>
            {others}
        </Card>
    }
    .into_any()
}

/// Setting up an app, for somebody who is in already.
#[component]
pub fn EnrolPage() -> impl IntoView {
    view! {
        <PageHead title="Set up an authenticator app" lead="Any app for time-based codes will do. The one you use now holds until the new one is confirmed."/>
        <Card><Enrol/></Card>
    }
    .into_any()
}

/// First a button, as a page that is only looked at changes nothing; then the code to scan, and what the app shows.
#[component]
pub fn Enrol() -> impl IntoView {
    let begun = load(|| (), |()| get_enrolment());
    shown(begun, |begun| match begun {
        None => view! {
            <Form to=BeginFactor::PATH>
                <Submit>"Begin"</Submit>
            </Form>
        }
        .into_any(),
        Some(enrolment) => enrol(enrolment),
    })
}

fn enrol(enrolment: EnrolmentView) -> AnyView {
    view! {
        <ol class="steps-in-words">
            <li>"Open your authenticator app and scan this code."
                <div class="totp-code" role="img" aria-label="A code for your authenticator app" inner_html=enrolment.picture></div>
                <p class="muted">"On the phone itself, or without a camera, type in this secret: "<code class="totp-secret">{enrolment.secret}</code></p>
            </li>
            <li>"Type the six digits that the app shows now."
                <Form to=ConfirmFactor::PATH>
                    <Field name="code" label="Code" autocomplete="one-time-code" max=20/>
                    <Submit>"Confirm"</Submit>
                </Form>
            </li>
        </ol>
    }
    .into_any()
}

/// Proving again who one is, before something that would give an account away.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let next = use_query_map().get_untracked().get("next").unwrap_or_default();
    let proof = load(|| (), |()| get_proof());
    view! {
        <PageHead title="Is it still you?" lead="This can give an account away, so we ask once more. It holds for five minutes."/>
        {shown(proof, move |security| prove(&security, next.clone()))}
    }
    .into_any()
}

fn prove(security: &Security, next: String) -> AnyView {
    let (has_totp, has_factor) = (security.has_totp, security.has_factor());
    let passkey = (!security.passkeys.is_empty()).then(|| {
        let hidden = vec![("next", next.clone())];
        view! { <PasskeyForm to=ProveByPasskey::PATH begin=BeginPasskeyProof::PATH ceremony=Ceremony::Get hidden label="Use a passkey"/> }
    });
    view! {
        <Card>
            {passkey}
            <Form to=Prove::PATH hidden=vec![("next", next)]>
                {match has_factor {
                    true if !has_totp => view! { <Field name="code" label="One of your recovery codes" autocomplete="one-time-code" max=40/> }.into_any(),
                    true => view! { <Field name="code" label="The code your app shows" autocomplete="one-time-code" max=40/> }.into_any(),
                    false => view! { <Field name="password" label="Your password" kind="password" autocomplete="current-password"/> }.into_any(),
                }}
                <Submit>"Go on"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}
