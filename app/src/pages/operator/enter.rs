//! How operators come in.

use domain::{
    Fault,
    operator::{OperatorSignIn, SetUpForm},
};
use engine::operator::Invited;
use leptos::prelude::*;

use super::{Frame, document, field, said};

/// Address, password and code, all at once.
pub fn sign_in(frame: &Frame, typed: &OperatorSignIn, fault: Option<&Fault>) -> String {
    let body = view! {
        {said(fault)}
        <form class="form" method="post" action="/operator/sign-in">
            {field("email", "Email", "email", &typed.email)}
            {field("password", "Password", "password", "")}
            {field("code", "Code of your app", "text", "")}
            <button class="btn btn-primary" type="submit">"Sign in"</button>
        </form>
        <p class="muted">"A session lasts half an hour."</p>
    };
    document(frame, "Operators", body.into_any())
}

/// The app, a name and a password, for whoever holds the link.
pub fn set_up(frame: &Frame, token: &str, invited: &Invited, typed: &SetUpForm, fault: Option<&Fault>) -> String {
    let letters: Vec<char> = invited.enrolment.secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    let body = view! {
        {said(fault)}
        <p>"You look after Porchlight as "<strong>{invited.email.clone()}</strong>". Take this into your authenticator app first."</p>
        <div class="totp-picture" inner_html=invited.enrolment.picture.clone()></div>
        <p>"Without a camera, type it: "<code class="totp-secret">{groups.join(" ")}</code></p>
        <form class="form" method="post" action=format!("/operator/set-up/{token}")>
            {field("name", "Your name", "text", &typed.name)}
            {field("password", "Password, at least 12 characters", "password", "")}
            {field("code", "The code that the app shows now", "text", "")}
            <button class="btn btn-primary" type="submit">"Begin"</button>
        </form>
    };
    document(frame, "Set up your access", body.into_any())
}
