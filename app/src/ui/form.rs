//! Forms, one way for all of them.
//!
//! 1. Write a server function with plain text arguments: `#[server(prefix = "/_fn", endpoint = "bot/rename")]`; a form
//!    struct of `domain` goes in as `#[server(flatten)] form: PurposeForm`. It returns `Result<(), AppError>`: `Err` with
//!    the fault of the domain's `check()`; before `Ok(())` it may say where to go next with `leptos_axum::redirect`.
//! 2. In the page, with `use leptos::{prelude::*, server_fn::ServerFn}`: `<Form to=RenameBot::PATH
//!    hidden=vec![("id", id)] check=Check::Purpose>`, inside it `<Field name="name" …/>` with the names of the struct's
//!    fields, and `<Submit>"Save"</Submit>`. The check runs in the browser before anything is sent; leave it out where
//!    there is none, and the form is a plain one.
//! 3. That is all. The page is made on the server; the form's [`Life`] island marks wrong fields, puts the focus on the
//!    first, says the fault, and goes to the next page when the server accepts. Where a form adds something and stays,
//!    `renews` names the part of the page to draw again.
//!    A form with a [`super::FileField`] has `files=true`, and the server crate answers it in place of a server function.
//! 4. Without scripts, and for forms without a check, the same function is posted to. `ssr::visit` keeps what was typed,
//!    with the fault, in the session as a draft of that page and that function, goes back to the page, and the fields
//!    come filled and marked. A draft ends when the form succeeds; its fault, when any form of the page does. The values in `hidden` tell the forms of a list apart.

use domain::{Fault, FaultCode, fault::FieldFault};
use leptos::{html, prelude::*};
use serde::{Deserialize, Serialize};

use super::{Banner, Mood};
use crate::{browser, checks::Check};

/// The names and values of a form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A field of a form struct, out of what was typed.
pub trait FromTyped {
    fn from_typed(value: Option<&str>) -> Self;
}

impl FromTyped for String {
    fn from_typed(value: Option<&str>) -> Self {
        value.unwrap_or_default().to_owned()
    }
}

impl FromTyped for Option<String> {
    fn from_typed(value: Option<&str>) -> Self {
        value.map(str::to_owned)
    }
}

/// Builds a form struct from what was typed: `typed!(values => PurposeForm { name, description })`.
#[macro_export]
macro_rules! typed {
    ($values:expr => $form:ident { $($field:ident),+ $(,)? }) => {
        $form { $($field: $crate::ui::form::FromTyped::from_typed($values.get(stringify!($field)))),+ }
    };
}

/// What a form that failed without scripts was filled in with, and why it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The server function's address.
    pub to: String,
    pub typed: Typed,
    /// Until something else on the page succeeds.
    pub fault: Option<Fault>,
}

/// The form around a field, in context, while the page is made.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    fault: Option<Fault>,
    typed: Typed,
    id: String,
}

impl FormState {
    /// An id for a field, no other form's on the page; the browser finds it by the same rule.
    pub(super) fn id_of(&self, field: &str) -> String {
        format!("{}-{field}", self.id)
    }
    /// What was typed before, if this form has a draft.
    pub(super) fn typed(&self, field: &str) -> Option<String> {
        self.typed.get(field).map(str::to_owned)
    }
    /// True when a draft is shown: a box that is missing in it was not ticked.
    pub(super) fn has_draft(&self) -> bool {
        !self.typed.0.is_empty()
    }
    pub(super) fn error_of(&self, field: &str) -> Option<String> {
        self.fault.as_ref()?.for_field(field).map(str::to_owned)
    }
}

/// A form that posts to a server function, with scripts or without. The head of this module says how to make one.
#[component]
pub fn Form(
    /// The server function's address: `RenameBot::PATH`.
    to: &'static str,
    /// What goes with it unseen, such as the id of what is changed.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    #[prop(optional)] check: Option<Check>,
    /// The id of what is drawn again when it succeeds and the page stays: for forms that add something.
    #[prop(optional)]
    renews: &'static str,
    /// True where a field of it is a file.
    #[prop(optional)]
    files: bool,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let state = begin(to, &hidden);
    let (id, fault) = (state.id.clone(), state.fault.clone());
    provide_context(state);
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let fault = match check {
        Some(check) => view! { <Life id check fault renews=renews.to_owned()/> }.into_any(),
        None => view! { <div class="form-fault">{fault.map(|fault| said(&id, fault, None))}</div> }.into_any(),
    };
    let enctype = files.then_some("multipart/form-data");
    view! {
        <form class=format!("form {class}") method="post" action=to enctype=enctype novalidate>
            {hidden.collect_view()}
            {fault}
            {children()}
        </form>
    }
    .into_any()
}

/// A fault, with a way to each field that it names; `id` is what their ids begin with.
fn said(id: &str, fault: Fault, way_on: Option<AnyView>) -> AnyView {
    let place = |field: &FieldFault| format!("#{id}-{}", field.field);
    let message = match fault.fields.as_slice() {
        [one] => view! { <a href=place(one)>{one.name()}</a>": "{one.message.clone()} }.into_any(),
        _ => fault.message.into_any(),
    };
    let list = (fault.fields.len() > 1).then(|| {
        let rows = fault.fields.iter().map(|field| {
            view! { <li><a href=place(field)>{field.name()}</a>": "{field.message.clone()}</li> }
        });
        view! { <ul>{rows.collect_view()}</ul> }
    });
    view! { <Banner mood=Mood::Bad>{message}{list}{way_on}</Banner> }.into_any()
}

/// A session that ended under a form, or that must prove itself: doing so elsewhere leaves what was typed where it is.
fn sign_in_elsewhere(fault: &Fault) -> Option<AnyView> {
    let (href, what) = match fault.code {
        FaultCode::Unauthorized => ("/sign-in", "Sign in on a new page"),
        FaultCode::ProofNeeded => ("/console/confirm", "Confirm it on a new page"),
        _ => return None,
    };
    Some(view! { " " <a href=href target="_blank" rel="noopener">{what}</a>", then send this again." }.into_any())
}

/// Whether this page is shown again because a form to this address failed.
pub fn has_failed(to: &str) -> bool {
    drafts_of_request()
        .iter()
        .any(|draft| draft.to == to && draft.fault.is_some())
}

fn begin(to: &str, hidden: &[(&'static str, String)]) -> FormState {
    let mine = |draft: &Draft| {
        // Nothing is known of what was too large to be read.
        let unread = draft.typed.0.is_empty();
        draft.to == to
            && hidden
                .iter()
                .all(|(name, value)| unread || draft.typed.get(name).is_none_or(|typed| typed == value))
    };
    let draft = drafts_of_request().into_iter().find(mine);
    let (typed, fault) = draft.map(|draft| (draft.typed, draft.fault)).unzip();
    let fault = fault.flatten();
    let mut id = to.trim_start_matches('/').replace(['/', '_'], "-");
    for (_, value) in hidden {
        id.push('-');
        id.extend(value.chars().filter(char::is_ascii_alphanumeric).take(40));
    }
    FormState {
        fault,
        typed: typed.unwrap_or_default(),
        id,
    }
}

fn drafts_of_request() -> Vec<Draft> {
    #[cfg(feature = "ssr")]
    return crate::ssr::drafts();
    #[cfg(not(feature = "ssr"))]
    Vec::new()
}

/// The form's life in the browser, and the place where its fault is said.
#[island]
fn Life(
    /// What the ids of the form's fields begin with.
    id: String,
    check: Check,
    fault: Option<Fault>,
    renews: String,
) -> impl IntoView {
    let fault = RwSignal::new(fault);
    let here = NodeRef::<html::Div>::new();
    let prefix = id.clone();
    Effect::new(move |_| {
        if let Some(here) = here.get() {
            let (id, renews) = (prefix.clone(), renews.clone());
            browser::enliven(&here, &id, check, &renews, move |said| fault.set(said));
        }
    });
    let shown = move || {
        fault.get().map(|fault| {
            let way_on = sign_in_elsewhere(&fault);
            said(&id, fault, way_on)
        })
    };
    view! { <div class="form-fault" node_ref=here>{shown}</div> }
}

#[cfg(test)]
mod tests {
    use domain::account::Registration;

    use super::*;

    #[test]
    fn a_form_struct_is_built_by_the_names_of_its_fields() {
        let pairs = [("email", "a@b.example"), ("license_state", "IL"), ("other", "x")];
        let typed = Typed(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        let form = typed!(typed => Registration {
            org_name, first_name, last_name, email, password, license_number, license_state,
        });
        assert_eq!((form.email.as_str(), form.org_name.as_str()), ("a@b.example", ""));
        assert_eq!((form.license_state.as_deref(), form.license_number), (Some("IL"), None));
    }
}
