//! `GET /r/CODE`: from a share link to the store, as fast as the platform lets us.
//!
//! [`from_memory`] is called synchronously by the Worker's entry and answers most clicks without a promise, a parsed URL
//! or a read. Where only the code is not known, it says what to ask KV, and [`from_kv`] goes on with what KV said: the entry
//! waits for that, so that a click through KV makes no promise on this side either. Whatever else there is they leave to
//! [`resolve`]: isolate memory, then KV, then the ledger. A redirect fails open: the visitor reaches the store, at worst
//! without a token.

use std::rc::Rc;

use goodword_shared::channel::{Way, parse_way};
use goodword_shared::code::ReferralCode;
use goodword_shared::id::ClickId;
use goodword_shared::part;
use goodword_shared::program::address::{destination, with_token};
use goodword_shared::risk::arrival::{Ad, Provenance, ad, host_of, is_coupon_site};
use goodword_shared::time::Millis;
use goodword_shared::token::{Click, sign};
use percent_encoding::percent_decode_str;
use worker::{Headers, Response};

use crate::adapters::codes;
use crate::app::App;
use crate::clock::real_now;
use crate::config::MISSES;
use crate::counts::{Counted, count};
use crate::entropy::fill_random;
use crate::error::AppError;
use crate::memory::{self, CodeMemory, LiveProgram};
use crate::preview::preview_page;
use crate::visitor::{is_followed, is_previewer};

/// The path under which share links live.
const PREFIX: &str = "/r/";

/// A share link, read from a URL.
pub(crate) struct ShareLink<'a> {
    /// `None` in the short form.
    pub(crate) program: Option<&'a str>,
    pub(crate) code: &'a str,
    pub(crate) query: &'a str,
}

/// Answers a click from memory with where it leads, or with the key under which KV knows whether the code is somebody's; or
/// leaves it.
pub(crate) fn from_memory(path: &str, agent: String, referer: Option<&str>) -> Option<String> {
    let link = read_link(path)?;
    in_program(&link, |program, now| {
        match memory::code(program, link.code, now) {
            Some(CodeMemory::Known(code)) => landing(program, &link, code, (agent, referer), now),
            Some(CodeMemory::Missing | CodeMemory::NotInKv) => None,
            None => {
                // What KV would say of a click that is left to `resolve` anyway, `resolve` asks.
                let asks =
                    plain_way(link.query).is_some() && memory::program(program, now).is_some();
                let code = ReferralCode::parse(link.code).ok().filter(|_| asks)?;
                Some(codes::key(program, code.as_str()))
            }
        }
    })
}

/// Answers a click after KV has said whether it knows the code, or has not been heard; or leaves it.
pub(crate) fn from_kv(
    path: &str,
    agent: String,
    referer: Option<&str>,
    known: Option<bool>,
) -> Option<String> {
    let link = read_link(path)?;
    // A mistyped code was never asked for.
    let code = ReferralCode::parse(link.code).ok()?;
    in_program(&link, |program, now| {
        let found = match known {
            Some(true) => CodeMemory::Known(code.clone()),
            Some(false) => CodeMemory::NotInKv,
            // Fail open: a token for a code that is nobody's is worth nothing, a lost referral is worth a reward.
            None => return landing(program, &link, code, (agent, referer), now),
        };
        memory::remember_code(program, link.code, found, now);
        known?.then(|| landing(program, &link, code, (agent, referer), now))?
    })
}

/// Goes on with the program of a link, if it is remembered, and its time.
fn in_program<T>(link: &ShareLink<'_>, body: impl FnOnce(&str, Millis) -> Option<T>) -> Option<T> {
    let body = |program: &str| body(program, crate::clock::now(program));
    match link.program {
        Some(program) => body(program),
        None => memory::with_default_program(body),
    }
}

/// Where a person's plain click leads; counts it.
fn landing(
    program: &str,
    link: &ShareLink<'_>,
    code: ReferralCode,
    (agent, referer): (String, Option<&str>),
    now: Millis,
) -> Option<String> {
    let way = plain_way(link.query)?;
    let live = memory::program(program, now)?;
    if !live.record.offer.active || is_previewer(Some(agent)) {
        return None;
    }
    // A query that names an advertisement is not plain.
    let from = came(&live, referer, None);
    let token = token(&live, code, way, from, now)?;
    let (head, tail) = &live.landing;
    let (channel, variant) = (way.channel, way.variant);
    count(program, Counted::Clicked, "link", channel, variant, now);
    Some([head.as_str(), &token, tail, &token].concat())
}

/// Answers a click with whatever it takes. 1. The program must be known (else unknown_program). 2. `to` must be allowed
/// (else destination_not_allowed). 3. A preview gets a page. 4. What some page loads by itself gets no token.
/// 5. A known code gets a token; an unknown one the store's front page.
pub(crate) async fn resolve(app: &App, link: ShareLink<'_>) -> Result<Response, AppError> {
    let live = match link.program {
        Some(program) => app.program(program).await?,
        None => app.default_program().await?,
    };
    let query: Vec<(String, String)> = form_urlencoded::parse(link.query.as_bytes())
        .into_owned()
        .collect();
    let value = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let store = &live.record.offer.store_url;
    let target = match value("to") {
        None => store.clone(),
        Some(to) => destination(store, &live.record.allowed_destinations, to)
            .ok_or(AppError::DestinationNotAllowed)?,
    };
    let typed = percent_decode_str(link.code).decode_utf8_lossy();
    let code = match ReferralCode::parse(&typed) {
        // A mistyped code is refused here, before anything is looked up.
        Err(_) => None,
        Ok(code) => known(app, &live, link.code, code).await,
    };
    let Some(code) = code.filter(|_| live.record.offer.active) else {
        return plain_redirect(store);
    };
    if app.header("sec-purpose").is_some() {
        // A browser shows a prefetched page when the person taps the link: a success would swallow the click.
        return Err(AppError::Unavailable);
    }
    if !is_person(app.request()) {
        return preview_page(&live, app.url());
    }
    if !is_followed(|name| app.header(name)) {
        return plain_redirect(&target);
    }
    let way = value("c").map(parse_way).unwrap_or_default();
    let now = crate::clock::now(live.id.as_str());
    let names = query.iter().map(|(name, _)| name.as_str());
    let from = came(&live, app.header("referer").as_deref(), ad(names));
    let Some(token) = token(&live, code, way, from, now) else {
        return plain_redirect(&target);
    };
    count(
        live.id.as_str(),
        Counted::Clicked,
        "link",
        way.channel,
        way.variant,
        now,
    );
    app.flush_counts();
    plain_redirect(&with_token(&target, &token))
}

/// Program, code and query of a path below `/r/`.
pub(crate) fn read_link(path: &str) -> Option<ShareLink<'_>> {
    let rest = path.strip_prefix(PREFIX)?;
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    // Whatever has passed a link on may have put a slash at its end.
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (program, code) = match rest.split_once('/') {
        Some((program, code)) => (Some(program), code),
        None => (None, rest),
    };
    let fits = !code.is_empty() && !code.contains('/');
    fits.then_some(ShareLink {
        program,
        code,
        query,
    })
}

/// The path and query of an absolute URL.
pub(crate) fn path_of(url: &str) -> Option<&str> {
    let (_, rest) = part::cut(url, "://")?;
    rest.get(rest.find('/')?..)
}

/// The way that a query names which has nothing else; `None` leaves anything unusual to the slow path.
pub(crate) fn plain_way(query: &str) -> Option<Way> {
    if query.is_empty() {
        return Some(Way::default());
    }
    let name = query.strip_prefix("c=")?;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain.then(|| parse_way(name))
}

/// Whether a person follows the link in a browser: no preview, no prefetch, no bare HEAD.
fn is_person(request: &web_sys::Request) -> bool {
    let headers = request.headers();
    let header = |name| headers.get(name).ok().flatten();
    request.method() == "GET" && !is_previewer(header("user-agent"))
}

/// The code, if it is somebody's: from memory, then KV, then the ledger, which only so many misses may reach.
async fn known(
    app: &App,
    live: &Rc<LiveProgram>,
    asked: &str,
    code: ReferralCode,
) -> Option<ReferralCode> {
    let program = live.id.as_str();
    let now = crate::clock::now(program);
    let remembered = memory::code(program, asked, now);
    match &remembered {
        Some(CodeMemory::Known(code)) => return Some(code.clone()),
        Some(CodeMemory::Missing) => return None,
        Some(CodeMemory::NotInKv) | None => {}
    }
    let in_kv = match remembered {
        Some(_) => Ok(false),
        None if is_guessing(&app.network()) => return None,
        None => codes::known(&app.env, program, code.as_str()).await,
    };
    let found = match in_kv {
        Ok(true) => true,
        Ok(false) => match ask_ledger(app, live, &code).await {
            Ok(found) => found,
            // Nobody was asked, so nothing is known and nothing remembered: the next visitor may ask.
            Err(AppError::TooManyRequests) => return None,
            // Fail open: a token for a code that is nobody's is worth nothing, a lost referral is worth a reward.
            Err(_) => return Some(code),
        },
        Err(_) => return Some(code),
    };
    let found = found.then_some(code);
    let memory = found.clone().map_or(CodeMemory::Missing, CodeMemory::Known);
    memory::remember_code(program, asked, memory, now);
    found
}

/// Whether codes that nobody knows came from a network too often of late. Then whatever code is not remembered is looked up
/// nowhere, so that guessing costs no reads either.
pub(crate) fn is_guessing(network: &str) -> bool {
    memory::is_shut_out(&guesses(network), real_now())
}

/// Under which name a network that guesses codes is remembered, apart from callers who guess credentials.
fn guesses(network: &str) -> String {
    format!("codes/{network}")
}

async fn ask_ledger(
    app: &App,
    live: &Rc<LiveProgram>,
    code: &ReferralCode,
) -> Result<bool, AppError> {
    let below = app.require_below_limit(MISSES, "codes").await;
    below.inspect_err(|_| memory::shut_out(&guesses(&app.network()), real_now()))?;
    let answer = app
        .ask(&live.id, &format!("codes/{}", code.as_str()))
        .await?;
    match answer.status {
        200 => {
            // The next data centre finds it in KV.
            if let Err(error) = codes::write(&app.env, &live.id, code.as_str()).await {
                worker::console_warn!("[goodword] a code was not written to KV: {error}");
            }
            Ok(true)
        }
        404 => Ok(false),
        status => Err(AppError::Internal(format!("a ledger answered {status}"))),
    }
}

/// From where a click came: it travels with the token, because nothing else is kept of it.
pub(crate) fn came(live: &LiveProgram, referer: Option<&str>, ad: Option<Ad>) -> Provenance {
    let own = &live.record.coupon_sites;
    Provenance {
        coupon_site: referer.is_some_and(|referer| is_coupon_site(host_of(referer), own)),
        ad,
    }
}

fn token(
    live: &LiveProgram,
    code: ReferralCode,
    way: Way,
    from: Provenance,
    now: Millis,
) -> Option<String> {
    let key = live.token_key.as_ref()?;
    let mut id = [0; 12];
    fill_random(&mut id);
    let click = Click {
        program: live.id.clone(),
        code,
        id: ClickId(id),
        at: now,
        way,
        from,
    };
    Some(sign(&click, key))
}

fn plain_redirect(location: &str) -> Result<Response, AppError> {
    let headers = Headers::new();
    headers.set("location", location)?;
    headers.set("cache-control", "no-store")?;
    headers.set("referrer-policy", "strict-origin")?;
    headers.set("x-robots-tag", "noindex")?;
    Ok(Response::empty()?.with_status(302).with_headers(headers))
}

#[cfg(test)]
mod tests {
    use super::{path_of, plain_way, read_link};
    use goodword_shared::channel::{Channel, Placement, Way};

    #[test]
    fn short_and_long_links_are_read() {
        let link = read_link("/r/acme/7K3M9QX2A?c=sms").expect("a link");
        assert_eq!(
            (link.program, link.code, link.query),
            (Some("acme"), "7K3M9QX2A", "c=sms")
        );
        let link = read_link("/r/7K3M9QX2A#x").expect("a link");
        assert_eq!(
            (link.program, link.code, link.query),
            (None, "7K3M9QX2A", "")
        );
        for (slashed, program) in [
            ("/r/7K3M9QX2A/", None),
            ("/r/acme/7K3M9QX2A/", Some("acme")),
            ("/r/acme/7K3M9QX2A/?c=sms", Some("acme")),
        ] {
            let link = read_link(slashed).expect("a link");
            assert_eq!((link.program, link.code), (program, "7K3M9QX2A"));
        }
        for bad in [
            "/r/",
            "/r//",
            "/r/a/b/c",
            "/x/7K3M9QX2A",
            "/r/a//",
            "/r/a/b/c/",
        ] {
            assert!(read_link(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn only_a_plain_way_stays_on_the_fast_path() {
        let way = Way {
            channel: Channel::WhatsApp,
            variant: 2,
            placement: Some(Placement::Share),
        };
        assert_eq!(plain_way("c=whatsapp-2-share"), Some(way));
        assert_eq!(plain_way(""), Some(Way::default()));
        for unusual in ["c=a&to=/x", "to=/x", "c=%41", "utm=1"] {
            assert_eq!(plain_way(unusual), None, "{unusual}");
        }
    }

    #[test]
    fn the_path_of_a_url_begins_at_its_third_slash() {
        assert_eq!(path_of("https://a.example/r/X?c=1"), Some("/r/X?c=1"));
        assert_eq!(path_of("nonsense"), None);
    }
}
