//! One place that shares: it fetches what the panel shows, keeps it fresh, and reports what was done with it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use goodword_shared::api::ReferrerView;
use leptos::prelude::{ArcRwSignal, Set, Update, WithUntracked};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use web_sys::js_sys::Promise;

use crate::client::{self, Failure};
use crate::config::Config;
use crate::host::{self, Page};
use crate::live::Live;
use crate::model::message;
use crate::model::offer::Format;
use crate::model::share::{Phase, Share};

/// What was fetched longer ago than this is fetched again before it is shown.
const FRESH_MS: f64 = 2_000.0;
/// The customer's token is good no longer, and the page may have another.
const EXPIRED: &str = "customer_token_expired";
/// How long "Copied" stays.
const SAID_MS: u32 = 2_500;

/// Amounts as the browser writes them.
pub(crate) const FORMAT: Format = Format {
    money: host::money,
    percent: host::percent,
    word: host::word,
    word_for: host::word_for,
};

/// The state of one share panel and what can be done with it.
pub(crate) struct Sharing {
    page: Page,
    config: Config,
    /// Which of the panel's faces is shown.
    pub(crate) phase: ArcRwSignal<Phase>,
    /// What is known.
    pub(crate) share: ArcRwSignal<Share>,
    /// The key of what was just done, for eyes and screen readers; empty after a while.
    pub(crate) said: ArcRwSignal<&'static str>,
    /// News while somebody looks.
    pub(crate) live: Rc<Live>,
    /// The message as the referrer has edited it; until then each channel has its own.
    edited: RefCell<Option<String>>,
    fetched_at: Cell<f64>,
    /// A request is under way, and whether another is wanted after it.
    asking: Cell<bool>,
    again: Cell<bool>,
    looking: Cell<bool>,
    shared: Cell<bool>,
}

impl Sharing {
    /// A panel that begins to load at once.
    pub(crate) fn start(page: Page, config: Config) -> Rc<Self> {
        let sharing = Rc::new_cyclic(|weak: &Weak<Self>| {
            let weak = weak.clone();
            Self {
                page,
                config,
                phase: ArcRwSignal::new(Phase::Loading),
                share: ArcRwSignal::new(Share::new()),
                said: ArcRwSignal::new(""),
                live: Live::new(move || {
                    if let Some(sharing) = weak.upgrade() {
                        sharing.refresh();
                    }
                }),
                edited: RefCell::default(),
                fetched_at: Cell::new(0.0),
                asking: Cell::new(true),
                again: Cell::new(false),
                looking: Cell::new(false),
                shared: Cell::new(false),
            }
        });
        spawn_local(Rc::clone(&sharing).load(true));
        sharing
    }

    /// Starts afresh after a failure.
    pub(crate) fn retry(self: &Rc<Self>) {
        if !self.asking.replace(true) {
            self.phase.set(Phase::Loading);
            spawn_local(Rc::clone(self).load(false));
        }
    }

    /// Somebody looks at the panel now.
    pub(crate) fn opened(self: &Rc<Self>) {
        self.looking.set(true);
        self.shared.set(false);
        self.page.report("shown", "");
        let stale = host::now() - self.fetched_at.get() > FRESH_MS;
        match self.share.with_untracked(|share| share.phase) {
            Phase::Failed => self.retry(),
            Phase::Ready if stale => self.refresh(),
            _ => {}
        }
        self.listen();
    }

    /// Nobody does any more.
    pub(crate) fn closed(&self) {
        self.end();
        if !self.shared.get() {
            self.page.report("dismissed", "");
        }
    }

    /// The panel is taken away.
    pub(crate) fn end(&self) {
        self.looking.set(false);
        self.live.away();
    }

    /// Something may have changed: asks, and asks once more if told again meanwhile.
    fn refresh(self: &Rc<Self>) {
        if self.asking.replace(true) {
            self.again.set(true);
        } else {
            spawn_local(Rc::clone(self).ask(JsValue::UNDEFINED));
        }
    }

    async fn load(self: Rc<Self>, first: bool) {
        let first = |what| {
            if first {
                self.page.first(what)
            } else {
                JsValue::UNDEFINED
            }
        };
        let offer = client::program(&self.config.api, first("program")).await;
        if let Ok(offer) = offer {
            self.share.update(|share| share.offered(offer));
        }
        let referrer = first("referrer");
        self.ask(referrer).await;
    }

    async fn ask(self: Rc<Self>, mut first: JsValue) {
        loop {
            let mut answer = self.referrer(first).await;
            first = JsValue::UNDEFINED;
            let expired = matches!(&answer, Err(failure) if failure.code() == EXPIRED);
            if expired && host::is_true(self.page.renew()).await {
                answer = self.referrer(JsValue::UNDEFINED).await;
            }
            self.arrived(answer);
            if !self.again.replace(false) {
                break;
            }
        }
        self.asking.set(false);
    }

    async fn referrer(&self, first: JsValue) -> Result<ReferrerView, Failure> {
        let token = self.page.customer().unwrap_or_default();
        client::referrer(&self.config.api, first, &token).await
    }

    fn arrived(&self, answer: Result<ReferrerView, Failure>) {
        let known = self.share.with_untracked(|share| share.referrer.is_some());
        match answer {
            Ok(referrer) => {
                self.fetched_at.set(host::now());
                self.share.update(|share| share.arrived(referrer, FORMAT));
            }
            Err(failure) => {
                self.share.update(Share::failed);
                self.page.emit("error", "code", failure.code());
            }
        }
        // The panel is built once, and what is in it follows by itself.
        if !known {
            let phase = self.share.with_untracked(|share| share.phase);
            self.phase.set(phase);
            self.listen();
        }
    }

    /// Listens for news, if there is a channel and somebody to tell.
    fn listen(&self) {
        let url = self.share.with_untracked(|share| {
            let path = share.referrer.as_ref()?.live.as_ref()?.get(1..)?;
            // http becomes ws, https becomes wss.
            Some(["ws", self.config.base.get(4..)?, path].concat())
        });
        if let Some(url) = url.filter(|_| self.looking.get()) {
            self.live.look(url);
        }
    }

    /// The message as it would go out on this channel.
    pub(crate) fn outgoing(&self, channel: &str) -> String {
        let edited = self.edited.borrow();
        match &*edited {
            Some(text) => message::outgoing(text, &self.link(), &self.way(channel)),
            None => self.letter(channel, &self.channel_link(channel)),
        }
    }

    fn letter(&self, channel: &str, link: &str) -> String {
        let achievement = &self.config.achievement;
        self.share
            .with_untracked(|share| match share.letter(achievement, FORMAT) {
                Some(letter) => letter.on(channel, link),
                // What the program offers was not to be had: the edge's own words tell it as well.
                None => share
                    .referrer
                    .as_ref()
                    .map_or_else(String::new, |one| message::with_link(&one.message, link)),
            })
    }

    /// A channel, with the message's variant and this place, as a share link names them.
    fn way(&self, channel: &str) -> String {
        let Config { variant, place, .. } = &self.config;
        [channel, "-", variant, "-", place].concat()
    }

    /// The message as the referrer has it now.
    pub(crate) fn draft(&self) -> String {
        let edited = self.edited.borrow().clone();
        edited.unwrap_or_else(|| self.letter("", &self.link()))
    }

    /// The referrer has edited the message.
    pub(crate) fn edited(&self, message: String) {
        self.edited.replace(Some(message));
    }

    /// The plain share link.
    pub(crate) fn link(&self) -> String {
        self.of_referrer(|referrer| referrer.link.clone())
    }

    /// The share link of this channel.
    pub(crate) fn channel_link(&self, channel: &str) -> String {
        message::channel_link(&self.link(), &self.way(channel))
    }

    /// The referral code, for word of mouth.
    pub(crate) fn code(&self) -> String {
        self.of_referrer(|referrer| referrer.code.clone())
    }

    fn of_referrer(&self, read: impl Fn(&ReferrerView) -> String) -> String {
        self.share
            .with_untracked(|share| share.referrer.as_ref().map(read))
            .unwrap_or_default()
    }

    /// Copies the link, from inside the click.
    pub(crate) fn copy(self: &Rc<Self>, field: &Element) {
        let copied = host::copy(&self.channel_link("copy"), field);
        let sharing = Rc::clone(self);
        spawn_local(async move {
            let copied = host::is_true(copied).await;
            sharing.say(if copied { "copied" } else { "copyByHand" });
            sharing.shared("copy");
        });
    }

    /// Opens the share sheet, from inside the click.
    pub(crate) fn native(self: &Rc<Self>) {
        self.shared_if(host::share(&self.outgoing("native")), "native");
    }

    /// Shows the link to whoever stands beside, or takes it away again.
    pub(crate) fn qr(self: &Rc<Self>, tile: &Element) {
        let [name, hint, sorry] = ["qr", "qrHint", "unavailableHint"].map(host::word);
        let drawn = host::toggle_qr(tile, &self.channel_link("qr"), &name, &hint, &sorry);
        self.shared_if(drawn, "qr");
    }

    /// The link has gone out if this resolves to true.
    fn shared_if(self: &Rc<Self>, done: Promise, channel: &'static str) {
        let sharing = Rc::clone(self);
        spawn_local(async move {
            if host::is_true(done).await {
                sharing.shared(channel);
            }
        });
    }

    /// The link has gone out on this channel.
    pub(crate) fn shared(&self, channel: &str) {
        self.shared.set(true);
        self.page.report("shared", channel);
        self.page.emit("shared", "channel", channel);
    }

    fn say(self: &Rc<Self>, key: &'static str) {
        self.said.set(key);
        // What has to be done by hand is said for as long as it takes.
        if key == "copied" {
            let sharing = Rc::clone(self);
            host::later(SAID_MS, move || sharing.said.set(""));
        }
    }
}
