//! Forms, one way for all of them.
//!
//! 1. Write a server function with plain text arguments: `#[server(prefix = "/_fn", endpoint = "bot/rename")]`; a form
//!    struct of `domain` goes in as `#[server(flatten)] form: PurposeForm`. It returns `Result<(), AppError>`: `Err` with
//!    the fault of the domain's `check()`; before `Ok(())` it may say where to go next with `leptos_axum::redirect`.
//! 2. In the page, with `use leptos::{prelude::*, server_fn::ServerFn}`: `<Form to=RenameBot::PATH hidden=vec![("id", id)] check=|typed| typed!(typed => PurposeForm { name,
//!    description }).check().map(drop)>`, inside it `<Field name="name" …/>` with the names of the struct's fields, and
//!    `<Submit>"Save"</Submit>`. `check` runs in the browser before anything is sent; leave it out where there is none.
//! 3. That is all. Fields find their own error and what was typed; the form shows the fault's message, is busy while it
//!    is sent, puts the focus on the first wrong field, and everything made with [`super::load`] reads again when it
//!    succeeds. Around a form that adds something and stays (`clears=true`), read with [`super::load_once`].
//! 4. Without scripts the same function is posted to. `ssr::visit` keeps what was typed, with the fault, in the session
//!    as a draft of that page and that function, goes back to the page, and the fields come filled and marked. A draft
//!    ends when the form succeeds. The values in `hidden` tell the forms of a list apart.

use domain::Fault;
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use serde::{Deserialize, Serialize};

use super::{Banner, Mood};
use crate::browser;

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
    pub fault: Fault,
}

/// The drafts of the page that was asked for. Made once, by `App`.
#[derive(Clone, Copy, Debug)]
pub struct Drafts(RwSignal<Vec<Draft>>);

/// Counts the forms that succeeded; whatever is read from the server reads again when it moves.
#[derive(Clone, Copy, Debug)]
pub struct Saved(pub RwSignal<u32>);

/// Puts [`Drafts`] and [`Saved`] into context: the server's drafts travel to the browser with the page.
pub fn provide_forms() {
    let drafts = SharedValue::new(drafts_of_request).into_inner();
    provide_context(Drafts(RwSignal::new(drafts)));
    provide_context(Saved(RwSignal::new(0)));
}

fn drafts_of_request() -> Vec<Draft> {
    #[cfg(feature = "ssr")]
    return crate::ssr::drafts();
    #[cfg(not(feature = "ssr"))]
    Vec::new()
}

/// The browser's half of a check: the same rules as on the server.
pub type Check = fn(&Typed) -> Result<(), Fault>;

/// The form around a field or a button, in context.
#[derive(Clone, Copy, Debug)]
pub struct FormState {
    pub fault: RwSignal<Option<Fault>>,
    pub busy: RwSignal<bool>,
    typed: StoredValue<Typed>,
    id: StoredValue<String>,
}

impl FormState {
    /// An id for a field, the same on the server and in the browser, no other form's on the page.
    pub(super) fn id_of(self, field: &str) -> String {
        self.id.with_value(|id| format!("{id}-{field}"))
    }
    /// What was typed before, if this form has a draft.
    pub(super) fn typed(self, field: &str) -> Option<String> {
        self.typed.with_value(|typed| typed.get(field).map(str::to_owned))
    }
    /// True when a draft is shown: a box that is missing in it was not ticked.
    pub(super) fn has_draft(self) -> bool {
        self.typed.with_value(|typed| !typed.0.is_empty())
    }
    pub(super) fn error_of(self, field: &str) -> Option<String> {
        self.fault
            .with(|fault| fault.as_ref()?.for_field(field).map(str::to_owned))
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
    /// Load the next page anew instead of stepping there: after signing in.
    #[prop(optional)]
    reload: bool,
    /// Empty the fields when it succeeds and the page stays: for forms that add something.
    #[prop(optional)]
    clears: bool,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let state = begin(to, &hidden);
    provide_context(state);
    let submit = submission(to, check, After { reload, clears }, state);
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form class=format!("form {class}") method="post" action=to novalidate on:submit=submit>
            {hidden.collect_view()}
            <div class="form-fault">
                {move || state.fault.get().map(|fault| view! { <Banner mood=Mood::Bad>{fault.message}</Banner> })}
            </div>
            {children()}
        </form>
    }
    .into_any()
}

fn begin(to: &str, hidden: &[(&'static str, String)]) -> FormState {
    let mine = |draft: &Draft| {
        draft.to == to
            && hidden
                .iter()
                .all(|(name, value)| draft.typed.get(name) == Some(value.as_str()))
    };
    let drafts = use_context::<Drafts>();
    let draft = drafts.and_then(|drafts| drafts.0.with_untracked(|all| all.iter().find(|d| mine(d)).cloned()));
    let (typed, fault) = draft.map(|draft| (draft.typed, draft.fault)).unzip();
    let mut id = to.trim_start_matches('/').replace(['/', '_'], "-");
    for (_, value) in hidden {
        id.push('-');
        id.extend(value.chars().filter(char::is_ascii_alphanumeric).take(40));
    }
    FormState {
        fault: RwSignal::new(fault),
        busy: RwSignal::new(false),
        typed: StoredValue::new(typed.unwrap_or_default()),
        id: StoredValue::new(id),
    }
}

/// What a form that succeeded does with the page.
#[derive(Clone, Copy)]
struct After {
    reload: bool,
    clears: bool,
}

/// What happens in the browser when a form is sent.
fn submission(
    to: &'static str,
    check: Option<Check>,
    after: After,
    state: FormState,
) -> impl Fn(SubmitEvent) + 'static {
    let navigate = use_navigate();
    let (drafts, saved) = (use_context::<Drafts>(), use_context::<Saved>());
    let refuse = move |fault: Fault| {
        let first = fault.fields.first().map(|field| state.id_of(&field.field));
        state.fault.set(Some(fault));
        if let Some(id) = first {
            browser::focus(&id);
        }
    };
    move |event: SubmitEvent| {
        event.prevent_default();
        if state.busy.get_untracked() {
            return;
        }
        let (typed, form) = (browser::typed(&event), browser::form_of(&event));
        if let Some(Err(fault)) = check.map(|check| check(&typed)) {
            return refuse(fault);
        }
        state.busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let outcome = browser::post(to, &typed).await;
            match outcome {
                Err(error) => {
                    state.busy.set(false);
                    refuse(error.into_fault());
                }
                Ok(Some(next)) if after.reload => browser::go(&next),
                Ok(next) => {
                    state.busy.set(false);
                    state.fault.set(None);
                    if let Some(drafts) = drafts {
                        drafts.0.update(|all| all.retain(|draft| draft.to != to));
                    }
                    if after.clears {
                        browser::clear(&form);
                    }
                    if let Some(next) = next {
                        navigate(&next, Default::default());
                    }
                    if let Some(saved) = saved {
                        saved.0.update(|count| *count += 1);
                    }
                }
            }
        });
    }
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
