//! One's own account: where one is signed in, the password, the second factor.

use domain::security::Security;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::parts::{count, saved_note};
use crate::{
    checks::Check,
    fns::security::{
        BeginFactor, ChangePassword, ConfirmFactor, EndOtherSessions, EndSession, EnrolmentView, Prove, RemoveFactor,
        RenewCodes, SecurityView, SessionView, get_enrolment, get_proof, get_security,
    },
    fns::support::{GrantSupport, SupportView, WithdrawSupport, get_support},
    ui::{Badge, Banner, Card, Cell, Confirm, Field, Form, Kind, Mood, PageHead, Submit, Table, TimeText, load, shown},
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
            {password(view.security.email)}
        </div>
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
    let left = count(
        security.recovery_codes,
        "recovery code is left",
        "recovery codes are left",
    );
    let remove = (!security.is_factor_required).then(|| {
        let question = "From then on your password alone lets people in.";
        view! { <Confirm to=RemoveFactor::PATH hidden=vec![] label="Take it away…" action="Take the second factor away" question/> }
    });
    view! {
        <Card title="Second factor">
            <p>"An authenticator app is asked for at sign-in. "{left}"."</p>
            <div class="actions">
                <Confirm to=RenewCodes::PATH hidden=vec![] label="New recovery codes…" action="Make new codes" question="The codes you have now hold no more."/>
                <a class="btn btn-quiet" href="/console/security/factor">"Another phone"</a>
                {remove}
            </div>
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
                <Field name="password" label="New password" kind="password" autocomplete="new-password" hint="At least 12 characters; a short sentence works well."/>
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
    let has_totp = security.has_totp;
    view! {
        <Card>
            <Form to=Prove::PATH hidden=vec![("next", next)]>
                {match has_totp {
                    true => view! { <Field name="code" label="The code your app shows" autocomplete="one-time-code" max=40/> }.into_any(),
                    false => view! { <Field name="password" label="Your password" kind="password" autocomplete="current-password"/> }.into_any(),
                }}
                <Submit>"Go on"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}
