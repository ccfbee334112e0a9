//! Fields of a [`super::Form`]: label above, hint, error below, tied together for screen readers.

use leptos::prelude::*;

use super::FormState;

/// What every field works out first: its id, what it shows, its error.
struct Wiring {
    id: String,
    hint_id: Option<String>,
    error_id: String,
    value: String,
    error: Option<String>,
}

impl Wiring {
    fn new(name: &'static str, value: String, hint: &str) -> Self {
        let form = use_context::<FormState>();
        let form = form.as_ref();
        let id = form.map_or_else(|| name.to_owned(), |form| form.id_of(name));
        Self {
            hint_id: (!hint.is_empty()).then(|| format!("{id}-hint")),
            error_id: format!("{id}-error"),
            value: form.and_then(|form| form.typed(name)).unwrap_or(value),
            error: form.and_then(|form| form.error_of(name)),
            id,
        }
    }
    fn described_by(&self) -> String {
        match &self.hint_id {
            Some(hint) => format!("{hint} {}", self.error_id),
            None => self.error_id.clone(),
        }
    }
}

/// Label, control, hint and error, in this order.
fn around(wiring: Wiring, label: &'static str, optional: bool, hint: &'static str, control: AnyView) -> AnyView {
    let Wiring {
        id,
        hint_id,
        error_id,
        error,
        ..
    } = wiring;
    let wrong = error.is_some();
    view! {
        <div class="field" class:wrong=wrong>
            <label for=id>{label}{optional.then(|| view! { <span class="optional">" optional"</span> })}</label>
            {hint_id.map(|id| view! { <p class="hint" id=id>{hint}</p> })}
            {control}
            <p class="error" id=error_id>{error}</p>
        </div>
    }
    .into_any()
}

/// A line of text, or with `rows` a block of it.
#[component]
pub fn Field(
    /// The form struct's field.
    name: &'static str,
    label: &'static str,
    /// What is on record; what was typed before an error wins over it.
    #[prop(optional, into)]
    value: String,
    #[prop(optional)] hint: &'static str,
    /// The input's type: `text`, `email`, `password`, `url`, `tel`, `color` …
    #[prop(default = "text")]
    kind: &'static str,
    /// Says so beside the label.
    #[prop(optional)]
    optional: bool,
    /// Lines; 0 is an ordinary input.
    #[prop(optional)]
    rows: u32,
    /// Longest text, in UTF-16 units as browsers count.
    #[prop(optional)]
    max: Option<u32>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] placeholder: Option<&'static str>,
) -> impl IntoView {
    let wiring = Wiring::new(name, value, hint);
    let invalid = wiring.error.is_some().then_some("true");
    let max = max.map(|max| max.to_string());
    let (id, described, required) = (wiring.id.clone(), wiring.described_by(), (!optional).then_some("true"));
    let control = if rows > 0 {
        view! {
            <textarea
                id=id name=name rows=rows.to_string() maxlength=max placeholder=placeholder
                aria-describedby=described aria-invalid=invalid aria-required=required
                inner_html=escape(&wiring.value)
            ></textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                id=id name=name type=kind value=wiring.value.clone() maxlength=max placeholder=placeholder
                autocomplete=autocomplete inputmode=inputmode
                aria-describedby=described aria-invalid=invalid aria-required=required
            />
        }
        .into_any()
    };
    around(wiring, label, optional, hint, control)
}

/// Text as the inside of an element, for `inner_html`.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// One of a select's choices: value and label.
pub type Choice = (String, String);

/// One of several. The choice whose value is `value` is selected.
#[component]
pub fn SelectField(
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] hint: &'static str,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let wiring = Wiring::new(name, value, hint);
    let invalid = wiring.error.is_some().then_some("true");
    let option = |(value, label): Choice| {
        let selected = value == wiring.value;
        view! { <option value=value selected=selected>{label}</option> }
    };
    let options = choices.into_iter().map(option).collect_view();
    let control = view! {
        <select id=wiring.id.clone() name=name aria-describedby=wiring.described_by() aria-invalid=invalid>
            {options}
        </select>
    };
    let control = control.into_any();
    around(wiring, label, optional, hint, control)
}

/// A box to tick: the form has the name with the value `on`, or not at all.
#[component]
pub fn CheckField(name: &'static str, label: &'static str, #[prop(optional)] checked: bool) -> impl IntoView {
    let form = use_context::<FormState>();
    let typed = form
        .as_ref()
        .filter(|form| form.has_draft())
        .map(|form| form.typed(name).is_some());
    let checked = typed.unwrap_or(checked);
    view! {
        <label class="check">
            <input type="checkbox" name=name checked=checked/>
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// A file to send, in a form with `files=true`.
#[component]
pub fn FileField(
    name: &'static str,
    label: &'static str,
    /// As in the `accept` attribute: `.pdf,.docx`
    accept: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let wiring = Wiring::new(name, String::new(), hint);
    let (id, described, required) = (wiring.id.clone(), wiring.described_by(), (!optional).then_some("true"));
    let invalid = wiring.error.is_some().then_some("true");
    let control = view! {
        <input
            class="file" id=id name=name type="file" accept=accept
            aria-describedby=described aria-invalid=invalid aria-required=required
        />
    };
    around(wiring, label, optional, hint, control.into_any())
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn typed_text_cannot_leave_its_box() {
        assert_eq!(escape("</textarea><b>&lt;"), "&lt;/textarea>&lt;b>&amp;lt;");
    }
}
