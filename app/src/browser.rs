//! What only a browser can do. On the server the same functions exist and do nothing, so that pages need no switches.

#[cfg(feature = "hydrate")]
pub use client::*;
#[cfg(not(feature = "hydrate"))]
pub use inert::*;

#[cfg(feature = "hydrate")]
mod client {
    use leptos::{
        ev::SubmitEvent,
        prelude::{document, set_interval_with_handle, window},
        server_fn::{
            client::{Client, browser::BrowserClient},
            error::FromServerFnError,
            request::ClientReq,
            response::ClientRes,
        },
    };
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

    use crate::{AppError, ui::Typed};

    type Request = <BrowserClient as Client<AppError>>::Request;

    /// The form that is being sent.
    pub type FormElement = Option<HtmlFormElement>;

    pub fn form_of(event: &SubmitEvent) -> FormElement {
        event.current_target()?.dyn_into().ok()
    }

    /// Puts every field back to what the page came with.
    pub fn clear(form: &FormElement) {
        if let Some(form) = form {
            form.reset();
        }
    }

    /// The names and values of a form that is being sent, the pressed button's included.
    pub fn typed(event: &SubmitEvent) -> Typed {
        let mut typed = Typed::default();
        let Some(data) = form_of(event).and_then(|form| FormData::new_with_form(&form).ok()) else {
            return typed;
        };
        if let Ok(Some(entries)) = js_sys::try_iter(&data) {
            for entry in entries.flatten() {
                let pair = js_sys::Array::from(&entry);
                // A file has no text; forms with files are plain ones and never come here.
                if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
                    typed.0.push((name, value));
                }
            }
        }
        if let Some(button) = event.submitter()
            && let (Some(name), Some(value)) = (button.get_attribute("name"), button.get_attribute("value"))
        {
            typed.0.push((name, value));
        }
        typed
    }

    /// Sends a form to a server function. `Some` is where the server wants to go next.
    pub async fn post(to: &str, typed: &Typed) -> Result<Option<String>, AppError> {
        let body = UrlSearchParams::new().map(|params| {
            for (name, value) in &typed.0 {
                params.append(name, value);
            }
            String::from(params.to_string())
        });
        let body = body.unwrap_or_default();
        let kind = "application/x-www-form-urlencoded";
        let request = <Request as ClientReq<AppError>>::try_new_post(to, kind, "application/json", body)?;
        let response = <BrowserClient as Client<AppError>>::send(request).await?;
        if ClientRes::<AppError>::status(&response) >= 400 {
            return Err(AppError::de(ClientRes::<AppError>::try_into_bytes(response).await?));
        }
        let goes_on = ClientRes::<AppError>::has_redirect(&response);
        Ok(goes_on.then(|| ClientRes::<AppError>::location(&response)))
    }

    /// Puts the focus on an element, once what was just changed has been drawn.
    pub fn focus(id: &str) {
        let id = id.to_owned();
        leptos::prelude::request_animation_frame(move || {
            let element = document()
                .get_element_by_id(&id)
                .and_then(|element| element.dyn_into::<HtmlElement>().ok());
            if let Some(element) = element {
                // An element that cannot take the focus leaves it where it is.
                let _ = element.focus();
            }
        });
    }

    /// Loads another page of this site.
    pub fn go(path: &str) {
        // Refused only for malformed addresses; the page then stays.
        let _ = window().location().assign(path);
    }

    pub fn copy(text: &str) {
        if let Ok(navigator) = js_sys::Reflect::get(&window(), &JsValue::from_str("navigator"))
            && let Some(navigator) = navigator.dyn_ref::<web_sys::Navigator>()
            && js_sys::Reflect::has(navigator, &JsValue::from_str("clipboard")).unwrap_or(false)
        {
            let _ = navigator.clipboard().write_text(text);
        }
    }

    /// Calls `tick` every second for as long as the component that asked for it lives.
    pub fn every_second(tick: impl Fn() + 'static) {
        if let Ok(handle) = set_interval_with_handle(tick, std::time::Duration::from_secs(1)) {
            leptos::prelude::on_cleanup(move || handle.clear());
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod inert {
    use leptos::ev::SubmitEvent;

    use crate::{AppError, ui::Typed};

    pub type FormElement = ();

    pub fn form_of(_event: &SubmitEvent) -> FormElement {}
    pub fn clear(_form: &FormElement) {}
    pub fn typed(_event: &SubmitEvent) -> Typed {
        Typed::default()
    }
    pub async fn post(_to: &str, _typed: &Typed) -> Result<Option<String>, AppError> {
        Ok(None)
    }
    pub fn focus(_id: &str) {}
    pub fn go(_path: &str) {}
    pub fn copy(_text: &str) {}
    pub fn every_second(_tick: impl Fn() + 'static) {}
}
