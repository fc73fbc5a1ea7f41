//! Who is in the shop: one session for each browser, known by a cookie that no script can read.
//!
//! A session is opened by the first act (something put into the cart, a sign-in), never by a look around. It is locked
//! while a request of it runs, so two taps on "Pay" cannot make two orders.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use tokio::sync::Mutex as AsyncMutex;

use super::account::Customer;
use super::app::App;
use super::cart::Cart;
use super::ids::{lock, session_id};

const COOKIE_NAME: &str = "ember_oak";

/// One day, in seconds.
const COOKIE_LIFETIME: u32 = 24 * 60 * 60;

/// Memory is bounded: the oldest session goes when one more would be too many.
const MOST_SESSIONS: usize = 10_000;

/// What the shop remembers of one browser.
#[derive(Debug, Default)]
pub struct Session {
    /// What the buyer chose.
    pub cart: Cart,
    /// Who signed in.
    pub customer: Option<Customer>,
    /// The last order paid here.
    pub last_order: Option<String>,
    /// Codes the buyer took out: no script may put them back.
    pub declined: Vec<String>,
}

/// A session that requests share.
pub type SharedSession = Arc<AsyncMutex<Session>>;

/// All sessions, by id.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    by_id: HashMap<String, (u64, SharedSession)>,
    opened: u64,
}

impl Sessions {
    /// The session that the request's cookie names, if it is open.
    pub fn find(&self, headers: &HeaderMap) -> Option<SharedSession> {
        let id = cookie(headers, COOKIE_NAME)?;
        let open = lock(&self.open);
        open.by_id.get(&id).map(|(_, session)| Arc::clone(session))
    }

    /// Gives the session a new id, so that one planted before a sign-in is worth nothing after it.
    pub fn rename(&self, headers: &HeaderMap, session: &SharedSession) -> HeaderValue {
        self.close(headers);
        self.insert(Arc::clone(session))
    }

    /// Ends the session: its id, its cart and its sign-in are gone.
    pub fn end(&self, headers: &HeaderMap) -> HeaderValue {
        self.close(headers);
        set_cookie("", 0)
    }

    fn close(&self, headers: &HeaderMap) {
        if let Some(id) = cookie(headers, COOKIE_NAME) {
            lock(&self.open).by_id.remove(&id);
        }
    }

    fn insert(&self, session: SharedSession) -> HeaderValue {
        let id = session_id();
        let mut open = lock(&self.open);
        if open.by_id.len() >= MOST_SESSIONS {
            let oldest = open.by_id.iter().min_by_key(|(_, (opened, _))| *opened);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                open.by_id.remove(&oldest);
            }
        }
        open.opened += 1;
        let opened = open.opened;
        open.by_id.insert(id.clone(), (opened, session));
        set_cookie(&id, COOKIE_LIFETIME)
    }
}

/// A request that needs a session: the one of its cookie, or a new one.
#[derive(Debug)]
pub struct Visit {
    /// The session.
    pub session: SharedSession,
    cookie: Option<HeaderValue>,
}

impl Visit {
    /// The answer, with the cookie if the browser does not have it yet.
    pub fn answer(self, body: impl IntoResponse) -> Response {
        let mut response = body.into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        response
    }

    /// Sends this cookie in place of any earlier one.
    #[must_use]
    pub fn with_cookie(mut self, cookie: HeaderValue) -> Self {
        self.cookie = Some(cookie);
        self
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        if let Some(session) = app.sessions.find(&parts.headers) {
            return Ok(Self {
                session,
                cookie: None,
            });
        }
        let session = SharedSession::default();
        let cookie = app.sessions.insert(Arc::clone(&session));
        Ok(Self {
            session,
            cookie: Some(cookie),
        })
    }
}

/// A cookie of the request.
pub(super) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
}

/// `Lax` keeps other sites from posting in the buyer's name; no `Secure`, because the demo runs on plain http.
fn set_cookie(id: &str, lifetime: u32) -> HeaderValue {
    let cookie = format!("{COOKIE_NAME}={id}; Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Lax");
    // Ids are hex, so this cannot fail; an empty header would merely set nothing.
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::{HeaderMap, HeaderValue};

    use super::{MOST_SESSIONS, Sessions, SharedSession};

    /// What the browser sends back after this `Set-Cookie`.
    fn sent_back(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        let header = format!("theme=dark; {pair}");
        HeaderMap::from_iter([("cookie".parse().unwrap(), header.parse().unwrap())])
    }

    #[test]
    fn a_session_is_found_by_its_cookie_and_by_no_other() {
        let sessions = Sessions::default();
        let session = SharedSession::default();
        let mine = sent_back(&sessions.insert(Arc::clone(&session)));
        assert!(Arc::ptr_eq(&sessions.find(&mine).unwrap(), &session));
        assert!(sessions.find(&HeaderMap::new()).is_none());
        let guess = sent_back(&HeaderValue::from_static("ember_oak=0123456789abcdef"));
        assert!(sessions.find(&guess).is_none());
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        let cookie = Sessions::default().insert(SharedSession::default());
        let cookie = cookie.to_str().unwrap();
        assert!(
            cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"),
            "{cookie}"
        );
    }

    #[test]
    fn a_renamed_session_keeps_its_content_and_loses_its_old_id() {
        let sessions = Sessions::default();
        let session = SharedSession::default();
        let before = sent_back(&sessions.insert(Arc::clone(&session)));
        let after = sent_back(&sessions.rename(&before, &session));
        assert!(sessions.find(&before).is_none());
        assert!(Arc::ptr_eq(&sessions.find(&after).unwrap(), &session));
    }

    #[test]
    fn an_ended_session_is_gone() {
        let sessions = Sessions::default();
        let mine = sent_back(&sessions.insert(SharedSession::default()));
        let cookie = sessions.end(&mine);
        assert!(cookie.to_str().unwrap().contains("Max-Age=0"));
        assert!(sessions.find(&mine).is_none());
    }

    #[test]
    fn one_session_too_many_closes_the_oldest() {
        let sessions = Sessions::default();
        let first = sent_back(&sessions.insert(SharedSession::default()));
        let second = sent_back(&sessions.insert(SharedSession::default()));
        for _ in 0..MOST_SESSIONS - 1 {
            sessions.insert(SharedSession::default());
        }
        assert!(sessions.find(&first).is_none());
        assert!(sessions.find(&second).is_some());
    }
}
