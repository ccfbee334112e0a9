//! Where one is in a sequence of steps.

use leptos::prelude::*;

/// A step: its name, its address where it can be gone to, and whether nothing is left to do there.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: &'static str,
    pub href: Option<String>,
    pub done: bool,
}

/// The steps with the `current` one (from 0) marked.
#[component]
pub fn Stepper(steps: Vec<Step>, current: usize) -> impl IntoView {
    let step = |(number, step): (usize, Step)| {
        let state = if step.done && number != current { "done" } else { "" };
        let marked = (number == current).then_some("step");
        let name = match step.href.filter(|_| number != current) {
            Some(href) => view! { <a href=href>{step.name}</a> }.into_any(),
            None => view! { <span>{step.name}</span> }.into_any(),
        };
        view! { <li class=state aria-current=marked>{name}</li> }
    };
    let steps = steps.into_iter().enumerate().map(step).collect_view();
    view! { <nav aria-label="Steps"><ol class="stepper">{steps}</ol></nav> }.into_any()
}
