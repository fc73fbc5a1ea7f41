//! The one type of view: a DOM element that is built as it is described.
//!
//! Leptos' `view!` gives every element a type of its own, and every type its own code to build, rebuild, mount and
//! unmount: for this widget that is 16 KB of brotli. Here all elements are [`El`], which is a Leptos view like any other
//! (it is mounted by Leptos, and what changes in it is driven by Leptos' effects), but has that code once. It also never
//! touches `innerHTML`, so it runs where Trusted Types are enforced, and text is always a text node.

use leptos::prelude::on_cleanup;
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, Node};

use crate::host;
use crate::local::Local;
use crate::model::phrase::{Phrase, Piece};

const SVG: &str = "http://www.w3.org/2000/svg";

#[wasm_bindgen]
extern "C" {
    // Without `catch`: the names are ours, and the bindings are half as long.
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create(tag: &str) -> Element;
    #[wasm_bindgen(js_namespace = document, js_name = createElementNS)]
    fn create_in(namespace: &str, tag: &str) -> Element;

    #[derive(Clone)]
    type Target;
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set(this: &Target, name: &str, value: &str);
    #[wasm_bindgen(method, js_name = append)]
    fn append_text(this: &Target, text: &str);
    #[wasm_bindgen(method, js_name = append)]
    fn append_element(this: &Target, child: &Element);
    #[wasm_bindgen(method, js_name = replaceChildren)]
    fn empty(this: &Target);
    #[wasm_bindgen(method, js_name = addEventListener)]
    fn listen(this: &Target, event: &str, listener: &JsValue);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn unlisten(this: &Target, event: &str, listener: &JsValue);
}

/// An element under construction.
pub(crate) struct El(Element);

/// A new element.
pub(crate) fn el(tag: &str) -> El {
    El(create(tag))
}

/// A picture of 24 by 24, drawn with lines.
pub(crate) fn icon(path: &str) -> El {
    let picture = El(create_in(SVG, "svg"))
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true");
    picture.child(El(create_in(SVG, "path")).attr("d", path))
}

fn target(element: &Element) -> &Target {
    element.unchecked_ref()
}

impl El {
    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        target(&self.0).set(name, value);
        self
    }

    pub(crate) fn class(self, name: &str) -> Self {
        self.attr("class", name)
    }

    /// Adds a text node.
    pub(crate) fn text(self, text: &str) -> Self {
        target(&self.0).append_text(text);
        self
    }

    /// Adds the words of a key.
    pub(crate) fn word(self, key: &str) -> Self {
        self.text(&host::word(key))
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "children are made where they are added"
    )]
    pub(crate) fn child(self, child: Self) -> Self {
        target(&self.0).append_element(&child.0);
        self
    }

    /// Adds the child if there is one.
    pub(crate) fn maybe(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Listens for as long as the element is there.
    pub(crate) fn on(self, event: &'static str, listener: impl Fn(Event) + 'static) -> Self {
        listen(&self.0, event, Box::new(listener));
        self
    }

    /// Runs `update` now, and again whenever a signal that it has read changes.
    pub(crate) fn live(self, update: impl Fn(&Element) + 'static) -> Self {
        self.live_boxed(Box::new(update))
    }

    fn live_boxed(self, update: Box<dyn Fn(&Element)>) -> Self {
        let element = self.0.clone();
        let effect = RenderEffect::new(move |_| update(&element));
        on_cleanup(move || drop(effect));
        self
    }

    /// Shows a phrase that changes.
    pub(crate) fn live_phrase(self, phrase: impl Fn() -> Phrase + 'static) -> Self {
        self.live(move |element| show(element, &phrase()))
    }

    /// Shows children that change. What they are made of ends with them, but the focus stays among them.
    pub(crate) fn live_children(self, children: impl Fn(El) -> El + 'static) -> Self {
        self.live(move |element| {
            let held = host::holds_focus(element);
            target(element).empty();
            children(El(element.clone()));
            if held {
                host::take_focus(element);
            }
        })
    }

    /// Says a phrase.
    pub(crate) fn phrase(self, phrase: &Phrase) -> Self {
        show(&self.0, phrase);
        self
    }

    /// The element itself.
    pub(crate) fn element(&self) -> &Element {
        &self.0
    }
}

/// Listens until the view that is being built ends. The listener goes before what it refers to: what Rust holds of the
/// page and the page of Rust would keep each other alive for good.
pub(crate) fn listen(place: &EventTarget, event: &'static str, listener: Box<dyn Fn(Event)>) {
    let listener = Closure::wrap(listener);
    let target: &Target = place.unchecked_ref();
    target.listen(event, listener.as_ref());
    let kept = Local::new((target.clone(), listener));
    on_cleanup(move || {
        let (target, listener) = kept.take();
        target.unlisten(event, listener.as_ref());
    });
}

/// Replaces what an element says. Each value gets an element of its own direction.
pub(crate) fn show(element: &Element, phrase: &Phrase) {
    let target = target(element);
    target.empty();
    let template = host::word_for(phrase.key, phrase.number());
    for piece in phrase.pieces(&template) {
        match piece {
            Piece::Word(text) => target.append_text(text),
            Piece::Value(text) => target.append_element(&el("bdi").text(text).0),
        }
    }
}

impl Mountable for El {
    fn unmount(&mut self) {
        self.0.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        let _ = parent.insert_before(&self.0, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.0.parent_element();
        if let Some(parent) = &parent {
            child.mount(parent, Some(&self.0));
        }
        parent.is_some()
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.0.clone()]
    }
}

impl Render for El {
    type State = Self;

    fn build(self) -> Self {
        self
    }

    fn rebuild(self, state: &mut Self) {
        let mut old = std::mem::replace(state, self);
        old.insert_before_this(state);
        old.unmount();
    }
}

impl AddAnyAttr for El {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self {
        attribute.build(&self.0);
        self
    }
}

// Elements are never rendered to a string: there is no server side to this widget.
impl RenderHtml for El {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self {
        self
    }

    fn into_owned(self) -> Self {
        self
    }
}
