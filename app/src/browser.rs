//! What only a browser can do. On the server the same functions exist and do nothing, so that islands need no switches.

#[cfg(feature = "hydrate")]
pub use client::*;
#[cfg(not(feature = "hydrate"))]
pub use inert::*;

#[cfg(feature = "hydrate")]
mod client {
    use std::{cell::Cell, rc::Rc, time::Duration};

    use domain::Fault;
    use leptos::{
        ev::SubmitEvent,
        prelude::{document, request_animation_frame, set_interval, window},
        server_fn::{
            client::{Client, browser::BrowserClient},
            error::FromServerFnError,
            request::ClientReq,
            response::ClientRes,
        },
        task::spawn_local,
    };
    use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
    use web_sys::{
        DomParser, Element, Event, EventTarget, File, FormData, HtmlElement, HtmlFormElement, HtmlIFrameElement,
        HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, Node, SupportedType, UrlSearchParams,
    };

    use crate::{
        AppError,
        checks::{BYTES, Check},
        layout::BALANCE,
        ui::Typed,
    };

    type Request = <BrowserClient as Client<AppError>>::Request;

    /// Takes over the sending of the form around `inside`: the check first, then the server function; wrong fields are
    /// marked, and the fault is told to `tell`. Fields are found by `id` and their name.
    pub fn enliven(inside: &HtmlElement, id: &str, check: Check, renews: &str, tell: impl Fn(Option<Fault>) + 'static) {
        let Some(form) = around(inside) else { return };
        let form = Rc::new(LiveForm {
            form,
            id: id.to_owned(),
            check,
            renews: renews.to_owned(),
            busy: Cell::new(false),
            tell: Box::new(tell),
        });
        let (target, left) = (form.form.clone(), Rc::clone(&form));
        listen(&target, "submit", move |event| {
            if let Ok(event) = event.dyn_into::<SubmitEvent>() {
                Rc::clone(&form).submit(&event);
            }
        });
        // A page that is left may be kept as it is, and come back with the back button.
        listen(&window(), "pagehide", move |_| left.be_busy(false));
    }

    fn around(inside: &Element) -> Option<HtmlFormElement> {
        inside.closest("form").ok()??.dyn_into().ok()
    }

    /// Listens for as long as the page is open.
    fn listen(target: &EventTarget, event: &str, heard: impl FnMut(Event) + 'static) {
        let heard = Closure::<dyn FnMut(Event)>::new(heard);
        // Refused for names of events that are none.
        let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
        heard.forget();
    }

    struct LiveForm {
        form: HtmlFormElement,
        id: String,
        check: Check,
        renews: String,
        busy: Cell<bool>,
        tell: Box<dyn Fn(Option<Fault>)>,
    }

    impl LiveForm {
        fn submit(self: Rc<Self>, event: &SubmitEvent) {
            event.prevent_default();
            if self.busy.get() {
                return;
            }
            let typed = typed(&self.form, event);
            if let Err(fault) = self.check.run(&typed) {
                return self.refuse(fault);
            }
            self.be_busy(true);
            spawn_local(async move {
                let outcome = match self.form.enctype() == FILES {
                    true => post_files(&self.form).await,
                    false => post(&self.form.action(), &typed).await,
                };
                match outcome {
                    Err(error) => {
                        self.be_busy(false);
                        self.refuse(error.into_fault());
                    }
                    // Busy until the next page is there.
                    Ok(Some(next)) => go(&next),
                    Ok(None) if self.renews.is_empty() => reload(),
                    Ok(None) => {
                        self.be_busy(false);
                        self.mark(None);
                        self.form.reset();
                        renew(&self.renews).await;
                    }
                }
            });
        }

        fn be_busy(&self, busy: bool) {
            self.busy.set(busy);
            for button in all(&self.form, "button[type=submit]") {
                let _ = match busy {
                    true => button.set_attribute("aria-busy", "true"),
                    false => button.remove_attribute("aria-busy"),
                };
            }
        }

        fn refuse(&self, fault: Fault) {
            let first = fault.fields.first().map(|field| format!("{}-{}", self.id, field.field));
            self.mark(Some(&fault));
            (self.tell)(Some(fault));
            if let Some(first) = first {
                focus(&first);
            }
        }

        /// Marks the fields of a fault as wrong, and no others.
        fn mark(&self, fault: Option<&Fault>) {
            for field in all(&self.form, ".field.wrong") {
                let _ = field.class_list().remove_1("wrong");
                for control in all(&field, "[aria-invalid]") {
                    let _ = control.remove_attribute("aria-invalid");
                }
                for error in all(&field, ".error") {
                    error.set_text_content(None);
                }
            }
            if fault.is_none() {
                (self.tell)(None);
            }
            for wrong in fault.into_iter().flat_map(|fault| &fault.fields) {
                let id = format!("{}-{}", self.id, wrong.field);
                let Some(control) = document().get_element_by_id(&id) else {
                    continue;
                };
                let _ = control.set_attribute("aria-invalid", "true");
                if let Ok(Some(field)) = control.closest(".field") {
                    let _ = field.class_list().add_1("wrong");
                }
                if let Some(error) = document().get_element_by_id(&format!("{id}-error")) {
                    error.set_text_content(Some(&wrong.message));
                }
            }
        }
    }

    fn all(inside: &Element, selector: &str) -> Vec<Element> {
        let found = nodes(inside, selector).into_iter();
        found.filter_map(|node| node.dyn_into().ok()).collect()
    }

    /// As nodes, because what is in a frame is an element of that frame's window, not of this one.
    fn nodes(inside: &Element, selector: &str) -> Vec<Node> {
        let found = inside.query_selector_all(selector).ok();
        let count = found.as_ref().map_or(0, web_sys::NodeList::length);
        (0..count).filter_map(|i| found.as_ref()?.item(i)).collect()
    }

    /// The names and values of a form that is being sent, the pressed button's included.
    fn typed(form: &HtmlFormElement, event: &SubmitEvent) -> Typed {
        let mut typed = Typed::default();
        let entries = FormData::new_with_form(form).ok();
        if let Some(Ok(Some(entries))) = entries.map(|entries| js_sys::try_iter(&entries)) {
            for entry in entries.flatten() {
                let pair = js_sys::Array::from(&entry);
                let (Some(name), value) = (pair.get(0).as_string(), pair.get(1)) else {
                    continue;
                };
                if let Some(text) = value.as_string() {
                    typed.0.push((name, text));
                } else if let Some(file) = value.dyn_ref::<File>() {
                    typed.0.push((name, file.name()));
                    typed.0.push((BYTES.into(), file.size().to_string()));
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
    async fn post(to: &str, typed: &Typed) -> Result<Option<String>, AppError> {
        let body = UrlSearchParams::new().map(|params| {
            for (name, value) in &typed.0 {
                params.append(name, value);
            }
            String::from(params.to_string())
        });
        let body = body.unwrap_or_default();
        let kind = "application/x-www-form-urlencoded";
        send(<Request as ClientReq<AppError>>::try_new_post(
            to,
            kind,
            "application/json",
            body,
        )?)
        .await
    }

    /// The same for a form with a file.
    async fn post_files(form: &HtmlFormElement) -> Result<Option<String>, AppError> {
        let body = FormData::new_with_form(form).map_err(|_| AppError::from(Fault::internal()))?;
        send(<Request as ClientReq<AppError>>::try_new_post_multipart(
            &form.action(),
            "application/json",
            body.into(),
        )?)
        .await
    }

    async fn send(request: Request) -> Result<Option<String>, AppError> {
        let response = <BrowserClient as Client<AppError>>::send(request).await?;
        if ClientRes::<AppError>::status(&response) >= 400 {
            return Err(AppError::de(ClientRes::<AppError>::try_into_bytes(response).await?));
        }
        let goes_on = ClientRes::<AppError>::has_redirect(&response);
        Ok(goes_on.then(|| ClientRes::<AppError>::location(&response)))
    }

    /// Puts the focus on an element, once what was just changed has been drawn.
    fn focus(id: &str) {
        let id = id.to_owned();
        request_animation_frame(move || {
            let element = document()
                .get_element_by_id(&id)
                .and_then(|element| element.dyn_into::<HtmlElement>().ok());
            if let Some(element) = element {
                // An element that cannot take the focus leaves it where it is.
                let _ = element.focus();
            }
        });
    }

    /// Loads another page of this site, or this one anew.
    fn go(path: &str) {
        // Refused only for malformed addresses; the page then stays.
        let _ = window().location().assign(path);
    }

    fn reload() {
        // Refused to sandboxed pages only; the page then stays.
        let _ = window().location().reload();
    }

    /// Draws a part of this page again as the server has it now.
    async fn renew(id: &str) {
        let page = async {
            let here = window().location().href().ok()?;
            let request = <Request as ClientReq<AppError>>::try_new_get(&here, "text/html", "text/html", "").ok()?;
            let response = <BrowserClient as Client<AppError>>::send(request).await.ok()?;
            let text = ClientRes::<AppError>::try_into_string(response).await.ok()?;
            DomParser::new()
                .ok()?
                .parse_from_string(&text, SupportedType::TextHtml)
                .ok()
        };
        let Some(page) = page.await else { return };
        if let (Some(old), Some(new)) = (document().get_element_by_id(id), page.get_element_by_id(id)) {
            let is_over = old.has_attribute(LIVE) && !new.has_attribute(LIVE);
            let _ = old.replace_with_with_node_1(&new);
            // What was done may have cost something.
            if let (Some(old), Some(new)) = (document().get_element_by_id(BALANCE), page.get_element_by_id(BALANCE)) {
                let _ = old.replace_with_with_node_1(&new);
            }
            if is_over {
                renew_frames();
            }
        }
    }

    const FILES: &str = "multipart/form-data";
    const LIVE: &str = "data-live";

    /// What was learned shows in the preview.
    fn renew_frames() {
        for frame in document()
            .document_element()
            .map(|page| all(&page, "iframe"))
            .unwrap_or_default()
        {
            if let Ok(frame) = frame.dyn_into::<HtmlIFrameElement>() {
                frame.set_src(&frame.src());
            }
        }
    }

    /// Draws a part of this page again while it says that something is going on in it. Not under somebody's hands:
    /// what was unfolded in it stays as it is.
    pub fn renew_if_live(id: &str) {
        thread_local! {
            static ASKING: Cell<bool> = const { Cell::new(false) };
        }
        let part = document().get_element_by_id(id);
        let live = part.is_some_and(|part| part.has_attribute(LIVE) && all(&part, "details[open]").is_empty());
        if live && !ASKING.replace(true) {
            let id = id.to_owned();
            spawn_local(async move {
                renew(&id).await;
                ASKING.set(false);
            });
        }
    }

    /// Calls `tick` every second for as long as the page is open.
    pub fn every_second(tick: impl Fn() + 'static) {
        set_interval(tick, Duration::from_secs(1));
    }

    /// Tells every change of the page's field with this name.
    pub fn on_input(name: &str, changed: impl Fn(String) + 'static) {
        let field = document().query_selector(&format!("input[name={name}]")).ok().flatten();
        let field = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field {
            let told = field.clone();
            listen(&field, "input", move |_| changed(told.value()));
        }
    }

    /// Shows what is typed into this page's fields in the frames found by `frames`, where a text there follows the field
    /// (`data-typed`). What is emptied leaves the last text standing.
    pub fn mirror(frames: &'static str) {
        let page = || document().document_element();
        let found = move || page().map(|page| all(&page, frames)).unwrap_or_default();
        let show = move |field: &Element, typed: String| {
            let Some(name) = field.get_attribute("name").filter(|_| !typed.trim().is_empty()) else {
                return;
            };
            let inside = found().into_iter().filter_map(|frame| {
                let frame = frame.dyn_into::<HtmlIFrameElement>().ok()?;
                frame.content_document()?.document_element()
            });
            for text in inside.flat_map(|page| nodes(&page, &format!("[data-typed={name}]"))) {
                text.set_text_content(Some(&typed));
            }
        };
        let show_all = move || {
            let fields = page().map(|page| all(&page, "input[name], textarea[name]"));
            for field in fields.unwrap_or_default() {
                if let Some((now, _)) = values(&field).filter(|(now, before)| now != before) {
                    show(&field, now);
                }
            }
        };
        listen(&document(), "input", move |event| {
            let field: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
            if let Some((field, (now, _))) = field.and_then(|field| values(&field).map(|values| (field, values))) {
                show(&field, now);
            }
        });
        // Somebody may have typed before this ran, and before the frame was there.
        for frame in found() {
            listen(&frame, "load", move |_| show_all());
        }
        show_all();
    }

    /// What stands in a field, and what stood there when the page came.
    fn values(field: &Element) -> Option<(String, String)> {
        match (
            field.dyn_ref::<HtmlInputElement>(),
            field.dyn_ref::<HtmlTextAreaElement>(),
        ) {
            (Some(input), _) => Some((input.value(), input.default_value())),
            (_, Some(area)) => Some((area.value(), area.default_value().unwrap_or_default())),
            _ => None,
        }
    }

    /// `/` and Ctrl-K put the focus into a field, unless something is being typed.
    pub fn on_search_keys(id: &str) {
        let id = id.to_owned();
        listen(&window(), "keydown", move |event| {
            let Ok(event) = event.dyn_into::<KeyboardEvent>() else {
                return;
            };
            let typing = document()
                .active_element()
                .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
            let asked = match event.key().as_str() {
                "/" => !typing,
                "k" => event.ctrl_key() || event.meta_key(),
                _ => false,
            };
            // On a narrow screen the field is not there to be seen.
            let field = document()
                .get_element_by_id(&id)
                .and_then(|field| field.dyn_into::<HtmlElement>().ok());
            if asked && field.is_some_and(|field| field.offset_width() > 0) {
                event.prevent_default();
                focus(&id);
            }
        });
    }

    /// Escape, and a press anywhere else, fold up what these selectors find.
    pub fn on_leaving(open: &'static str) {
        let fold = |unless: Option<Node>| {
            for details in document()
                .document_element()
                .map(|page| all(&page, open))
                .unwrap_or_default()
            {
                if !details.contains(unless.as_ref()) || unless.is_none() {
                    let _ = details.remove_attribute("open");
                }
            }
        };
        listen(&window(), "keydown", move |event| {
            if event
                .dyn_into::<KeyboardEvent>()
                .is_ok_and(|event| event.key() == "Escape")
            {
                fold(None);
            }
        });
        listen(&window(), "pointerdown", move |event| {
            fold(event.target().and_then(|target| target.dyn_into().ok()));
        });
    }

    pub fn copy(text: &str) {
        if let Ok(navigator) = js_sys::Reflect::get(&window(), &JsValue::from_str("navigator"))
            && let Some(navigator) = navigator.dyn_ref::<web_sys::Navigator>()
            && js_sys::Reflect::has(navigator, &JsValue::from_str("clipboard")).unwrap_or(false)
        {
            let _ = navigator.clipboard().write_text(text);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod inert {
    use domain::Fault;

    use crate::checks::Check;

    pub fn enliven<E>(_inside: &E, _id: &str, _check: Check, _renews: &str, _tell: impl Fn(Option<Fault>) + 'static) {}
    pub fn renew_if_live(_id: &str) {}
    pub fn every_second(_tick: impl Fn() + 'static) {}
    pub fn on_input(_name: &str, _changed: impl Fn(String) + 'static) {}
    pub fn mirror(_frames: &str) {}
    pub fn on_search_keys(_id: &str) {}
    pub fn on_leaving(_open: &'static str) {}
    pub fn copy(_text: &str) {}
}
