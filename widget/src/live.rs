//! News as it happens: a socket while somebody is looking, a look when they come back.
//!
//! The socket says only that something has changed; what it is comes by the same request as before. Where no socket can be
//! had, or it has ended, the next attempt follows after a growing pause, and every return to the page asks as well.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::WebSocket;
use web_sys::js_sys::Function;

use crate::host;

const FIRST_PAUSE_MS: u32 = 2_000;
const LONGEST_PAUSE_MS: u32 = 60_000;

/// One live channel.
pub(crate) struct Live {
    changed: Box<dyn Fn()>,
    /// Where to listen; empty while nobody looks.
    url: Cell<String>,
    socket: Cell<Option<WebSocket>>,
    pause_ms: Cell<u32>,
}

impl Live {
    /// A channel that calls `changed` whenever it is worth asking again.
    pub(crate) fn new(changed: impl Fn() + 'static) -> Rc<Self> {
        Rc::new(Self {
            changed: Box::new(changed),
            url: Cell::default(),
            socket: Cell::default(),
            pause_ms: Cell::new(FIRST_PAUSE_MS),
        })
    }

    /// Somebody looks: listens at `url`.
    pub(crate) fn look(self: &Rc<Self>, url: String) {
        self.away();
        self.url.set(url);
        self.connect();
    }

    /// Nobody looks any more.
    pub(crate) fn away(&self) {
        self.url.take();
        self.hang_up();
    }

    /// The page was hidden, or is seen again.
    pub(crate) fn seen(self: &Rc<Self>) {
        if document().hidden() {
            self.hang_up();
        } else {
            self.resume();
        }
    }

    fn is_wanted(&self) -> bool {
        let url = self.url.take();
        let wanted = !url.is_empty();
        self.url.set(url);
        wanted
    }

    fn connect(self: &Rc<Self>) {
        self.hang_up();
        let url = self.url.take();
        let socket = WebSocket::new(&url).ok().filter(|_| !url.is_empty());
        self.url.set(url);
        let Some(socket) = socket else {
            return;
        };
        let live = Rc::clone(self);
        socket.set_onmessage(Some(&handler(move || {
            live.pause_ms.set(FIRST_PAUSE_MS);
            (live.changed)();
        })));
        let live = Rc::clone(self);
        socket.set_onclose(Some(&handler(move || live.lost())));
        self.socket.set(Some(socket));
    }

    /// The line went dead by itself.
    fn lost(self: &Rc<Self>) {
        self.hang_up();
        let pause = self.pause_ms.get();
        self.pause_ms
            .set(pause.saturating_mul(2).min(LONGEST_PAUSE_MS));
        let live = Rc::clone(self);
        host::later(pause, move || live.resume());
    }

    /// Listens again if somebody looks and the line is dead, and asks for what was not heard in the meantime.
    fn resume(self: &Rc<Self>) {
        let socket = self.socket.take();
        let dead = socket.is_none() && !document().hidden();
        self.socket.set(socket);
        if dead && self.is_wanted() {
            self.connect();
            (self.changed)();
        }
    }

    fn hang_up(&self) {
        if let Some(socket) = self.socket.take() {
            // Its last words are nobody's business; this also frees the handlers.
            socket.set_onmessage(None);
            socket.set_onclose(None);
            if socket.ready_state() == WebSocket::CONNECTING {
                // Closed before it is open, it would complain on the page's console.
                let opening = socket.clone();
                let closing = Closure::once_into_js(move || {
                    let _ = opening.close();
                });
                socket.set_onopen(Some(closing.unchecked_ref()));
            } else {
                let _ = socket.close();
            }
        }
    }
}

fn handler(run: impl Fn() + 'static) -> Function {
    Closure::wrap(Box::new(run) as Box<dyn Fn()>)
        .into_js_value()
        .unchecked_into()
}
