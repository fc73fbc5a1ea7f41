//! A request as far as a ledger wants to know it, and the command that it is.
//!
//! The Worker reads a request, so that what is not as documented wakes no ledger. The ledger object is given its parts as
//! they came, reads them again, and carries the command out: one description of every body, and none of the way between.

mod command;

use std::borrow::Cow;

use goodword_shared::money::MINOR_UNITS_MAX;

pub(crate) use command::parse;

use crate::body::fingerprint;
use crate::router::{Found, Route};

/// The parts of a request. What it does not have is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// Method, upper case.
    pub(crate) method: String,
    /// Absolute URL.
    pub(crate) url: String,
    /// The body as text; empty where the method has none.
    pub(crate) body: String,
    /// The caller's address.
    pub(crate) network: Option<String>,
    /// What follows `Authorization: Bearer`.
    pub(crate) bearer: Option<String>,
    /// `webhook-id`, `webhook-timestamp` and `webhook-signature`, when all are there.
    pub(crate) signed: Option<[String; 3]>,
    /// `Idempotency-Key`.
    pub(crate) idempotency_key: Option<String>,
}

impl Request {
    /// The parts one by one, for the way to the object.
    pub(crate) fn parts(&self) -> [Option<&str>; 9] {
        let signed = |index: usize| {
            let signed = self.signed.as_ref()?;
            signed.get(index).map(String::as_str)
        };
        [
            Some(&self.method),
            Some(&self.url),
            Some(&self.body),
            self.network.as_deref(),
            self.bearer.as_deref(),
            self.idempotency_key.as_deref(),
            signed(0),
            signed(1),
            signed(2),
        ]
    }

    /// The request again, out of its parts.
    pub(crate) fn from_parts(parts: &mut dyn Iterator<Item = Option<String>>) -> Self {
        let mut next = || parts.next().flatten();
        Self {
            method: next().unwrap_or_default(),
            url: next().unwrap_or_default(),
            body: next().unwrap_or_default(),
            network: next(),
            bearer: next(),
            idempotency_key: next(),
            signed: signed(next(), next(), next()),
        }
    }

    /// The query as it is.
    fn query(&self) -> &str {
        self.url.split_once('?').map_or("", |(_, query)| query)
    }

    /// A word in a query such as `state=dead&after=3`.
    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.query().split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key == name).then_some(value)
        })
    }
}

/// Within what an idempotency key is used, and the text that tells two requests of one key apart; `None` where a repeated
/// request does nothing new anyway.
pub(crate) fn scope<'a>(
    request: &'a Request,
    found: &'a Found,
    route: Route,
) -> Option<(Cow<'static, str>, &'a str)> {
    let name = match route {
        Route::CreateProgram => "programs",
        Route::ChangeSettings => "settings",
        Route::CreateKey => "keys",
        // There is no body: the key, or the delivery, in the path is what tells two requests apart.
        Route::RevokeKey => return Some(("revoked keys".into(), found.parameter(1))),
        Route::ReplayQuarantined => {
            return Some(("replayed quarantine".into(), found.parameter(1)));
        }
        Route::DropQuarantined => return Some(("dropped quarantine".into(), found.parameter(1))),
        Route::Replay => return Some(("replayed delivery".into(), found.parameter(1))),
        Route::ReplaySince => "replayed deliveries",
        Route::Enrol => "referrers",
        Route::EnrolMany => "referrers/bulk",
        Route::RequestProof => "proofs",
        Route::RedeemProof => "redeemed proofs",
        Route::Claim => "claims",
        Route::Touch => "touches",
        Route::Order => "orders",
        Route::Event => "events",
        Route::TakeCredit => "credits",
        Route::AddBlocks => "blocks",
        Route::AddCodes => "codes",
        Route::RemoveBlock => return Some(("removed blocks".into(), found.parameter(1))),
        Route::Review => {
            let name = format!("reviews/{}/{}", found.parameter(1), found.parameter(2));
            return Some((name.into(), &request.body));
        }
        Route::ErasePerson => "erased people",
        Route::StepReward => {
            let name = format!("rewards/{}/{}", found.parameter(1), found.parameter(2));
            return Some((name.into(), &request.body));
        }
        // The answer is for nobody else than whose token it is.
        Route::ChooseReward | Route::WriteNote => {
            let token = request.bearer.as_deref().unwrap_or_default();
            let what = match found.route {
                Ok(Route::WriteNote) => "notes",
                _ => "chosen rewards",
            };
            let name = format!("{what}/{}", fingerprint("", token));
            return Some((name.into(), &request.body));
        }
        #[cfg(feature = "test-clock")]
        Route::SetClock => "clock",
        _ => return None,
    };
    Some((name.into(), &request.body))
}

/// The three headers of a signed message, when all are there.
pub(crate) fn signed(
    id: Option<String>,
    timestamp: Option<String>,
    signature: Option<String>,
) -> Option<[String; 3]> {
    Some([id?, timestamp?, signature?])
}

/// A number that the ledger can compare with: the runtime rounds what is larger.
fn storable(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.unsigned_abs() <= MINOR_UNITS_MAX.unsigned_abs()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{Request, scope};
    use crate::router::find;

    const URL: &str = "https://refer.example/v1/programs/acme";

    /// A request about the program `acme`.
    pub(super) fn request(method: &str, path: &str, body: &str) -> Request {
        Request {
            method: method.into(),
            url: format!("{URL}{path}"),
            body: body.into(),
            ..Request::default()
        }
    }

    #[test]
    fn a_request_survives_the_way_to_the_object() {
        let whole = Request {
            network: Some("192.0.2.1".into()),
            bearer: Some("key".into()),
            signed: Some(["1".into(), "2".into(), "3".into()]),
            idempotency_key: Some("once".into()),
            ..request("POST", "/orders", "{\"a\":\"\\u0000\"}")
        };
        for request in [whole, request("GET", "/log", "")] {
            let mut parts = request
                .parts()
                .into_iter()
                .map(|part| part.map(str::to_owned));
            assert_eq!(Request::from_parts(&mut parts), request);
        }
    }

    #[test]
    fn two_of_three_headers_are_no_signature() {
        let mut parts = ["POST", "u", "b", "n", "k", "i", "id", "1"]
            .into_iter()
            .map(|part| Some(part.to_owned()));
        assert_eq!(Request::from_parts(&mut parts).signed, None);
    }

    #[test]
    fn a_key_counts_within_its_route_and_without_a_body_by_its_path() {
        let scoped = |method: &str, path: &str, body: &str| {
            let request = request(method, path, body);
            let found = find(method, &format!("/v1/programs/acme{path}")).expect("a path");
            let route = found.route.clone().expect("a route");
            scope(&request, &found, route).map(|(name, text)| (name.into_owned(), text.to_owned()))
        };
        let of = |name: &str, text: &str| Some((name.to_owned(), text.to_owned()));
        assert_eq!(scoped("POST", "/claims", "{}"), of("claims", "{}"));
        assert_eq!(scoped("DELETE", "/keys/k1", ""), of("revoked keys", "k1"));
        assert_eq!(
            scoped("POST", "/deliveries/7/replay", "x"),
            of("replayed delivery", "7")
        );
        assert_eq!(
            scoped("POST", "/rewards/r1/void", "{}"),
            of("rewards/r1/void", "{}")
        );
        let chosen = scoped("PUT", "/referrers/me/reward", "{}");
        assert!(chosen.is_some_and(|(name, _)| name.starts_with("chosen rewards/")));
        assert_eq!(scoped("GET", "/log", ""), None);
        assert_eq!(scoped("POST", "/discounts/check", "{}"), None);
    }
}
