//! Every URL there is, on one screen: who may call it, and what it asks for.
//!
//! A route for pages answers only to origins that the program lists; a route for servers has no cross-origin answer at all.
//! The table is read twice: by the Worker, which serves the request, and by the ledger object, which is given the request
//! as it came. So both understand the same, and nothing is translated in between.

use goodword_shared::scope::Scope;

use crate::error::AppError;

use Caller::{Anyone, Customer, Merchant, Page, Platform, Shop, Worker};
use Scope::{Admin, Operate, Read};

/// Who calls a route, which is also what the ledger takes for a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Whoever wants to.
    Anyone,
    /// A page of an origin that the program lists.
    Page,
    /// Such a page, with a customer's token as its bearer key.
    Customer,
    /// A server with a bearer key of the merchant's, whose scope is at least this.
    Merchant(Scope),
    /// The shop's server, which signs what it says.
    Shop,
    /// A platform, which signs in its own way what it says.
    Platform,
    /// The Worker itself, and nobody outside.
    Worker,
}

impl Caller {
    /// Whether a browser sends it from a page.
    pub(crate) const fn is_page(self) -> bool {
        matches!(self, Page | Customer)
    }
}

/// What a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Front,
    Health,
    CreateProgram,
    Offer,
    Enrol,
    EnrolMany,
    ImportCustomers,
    ReadReferrer,
    ListReferrers,
    ListReferrals,
    ListTouches,
    ChooseReward,
    WriteNote,
    RequestProof,
    RedeemProof,
    Live,
    Exposures,
    Invitation,
    Claim,
    CheckDiscount,
    AddCodes,
    ReadCodes,
    Touch,
    Order,
    Event,
    ReadOrder,
    ExplainOrder,
    ReadSettings,
    ListPrograms,
    ListVersions,
    ReadVersion,
    ChangeSettings,
    DryRun,
    ListKeys,
    CreateKey,
    RevokeKey,
    ListRewards,
    ReadReward,
    StepReward,
    ListReviews,
    Review,
    ListBlocks,
    AddBlocks,
    RemoveBlock,
    TakeCredit,
    ReadCredit,
    ReadLog,
    ReadFacts,
    Export,
    ListQuarantine,
    ReadQuarantined,
    ReplayQuarantined,
    DropQuarantined,
    Hook,
    ListDeliveries,
    ReplaySince,
    Replay,
    Tally,
    ExportPerson,
    ErasePerson,
    ProgramRecord,
    Resolve,
    #[cfg(feature = "test-clock")]
    SetClock,
}

/// Method, path, caller, purpose. The first parameter of a path is the program.
#[rustfmt::skip]
const ROUTES: &[(&str, &str, Caller, Route)] = &[
    ("GET", "/", Anyone, Route::Front),
    ("GET", "/healthz", Anyone, Route::Health),
    ("GET", "/v1/programs", Merchant(Admin), Route::ListPrograms),
    ("POST", "/v1/programs", Merchant(Admin), Route::CreateProgram),

    ("GET", "/v1/programs/{program}", Page, Route::Offer),
    ("POST", "/v1/programs/{program}/referrers", Page, Route::Enrol),
    ("GET", "/v1/programs/{program}/referrers/me", Customer, Route::ReadReferrer),
    ("PUT", "/v1/programs/{program}/referrers/me/reward", Customer, Route::ChooseReward),
    ("PUT", "/v1/programs/{program}/referrers/me/note", Customer, Route::WriteNote),
    ("POST", "/v1/programs/{program}/referrers/proof", Page, Route::RequestProof),
    ("POST", "/v1/programs/{program}/referrers/proof/redeem", Page, Route::RedeemProof),
    ("GET", "/v1/programs/{program}/live/{channel}", Page, Route::Live),
    ("POST", "/v1/programs/{program}/exposures", Page, Route::Exposures),
    ("GET", "/v1/programs/{program}/invitations/{token}", Page, Route::Invitation),
    ("POST", "/v1/programs/{program}/claims", Page, Route::Claim),

    ("POST", "/v1/programs/{program}/orders", Shop, Route::Order),
    ("POST", "/v1/programs/{program}/events", Shop, Route::Event),
    ("GET", "/v1/programs/{program}/orders/{order}", Merchant(Read), Route::ReadOrder),
    ("GET", "/v1/programs/{program}/orders/{order}/explanation", Merchant(Read), Route::ExplainOrder),
    ("POST", "/v1/programs/{program}/discounts/check", Merchant(Operate), Route::CheckDiscount),
    ("POST", "/v1/programs/{program}/discounts/codes", Merchant(Operate), Route::AddCodes),
    ("GET", "/v1/programs/{program}/discounts/codes", Merchant(Read), Route::ReadCodes),
    ("POST", "/v1/programs/{program}/touches", Merchant(Operate), Route::Touch),
    ("GET", "/v1/programs/{program}/touches", Merchant(Read), Route::ListTouches),
    ("GET", "/v1/programs/{program}/referrers", Merchant(Read), Route::ListReferrers),
    ("POST", "/v1/programs/{program}/referrers/bulk", Merchant(Operate), Route::EnrolMany),
    ("POST", "/v1/programs/{program}/customers/import", Merchant(Operate), Route::ImportCustomers),
    ("GET", "/v1/programs/{program}/referrals", Merchant(Read), Route::ListReferrals),
    ("GET", "/v1/programs/{program}/settings", Merchant(Read), Route::ReadSettings),
    ("PUT", "/v1/programs/{program}/settings", Merchant(Admin), Route::ChangeSettings),
    ("GET", "/v1/programs/{program}/settings/versions", Merchant(Read), Route::ListVersions),
    ("GET", "/v1/programs/{program}/settings/versions/{version}", Merchant(Read), Route::ReadVersion),
    ("POST", "/v1/programs/{program}/settings/dry-run", Merchant(Admin), Route::DryRun),
    ("GET", "/v1/programs/{program}/keys", Merchant(Read), Route::ListKeys),
    ("POST", "/v1/programs/{program}/keys", Merchant(Admin), Route::CreateKey),
    ("DELETE", "/v1/programs/{program}/keys/{key}", Merchant(Admin), Route::RevokeKey),
    ("GET", "/v1/programs/{program}/rewards", Merchant(Read), Route::ListRewards),
    ("GET", "/v1/programs/{program}/rewards/{reward}", Merchant(Read), Route::ReadReward),
    ("POST", "/v1/programs/{program}/rewards/{reward}/{step}", Merchant(Operate), Route::StepReward),
    ("GET", "/v1/programs/{program}/reviews", Merchant(Read), Route::ListReviews),
    ("POST", "/v1/programs/{program}/reviews/{referral}/{verdict}", Merchant(Operate), Route::Review),
    ("GET", "/v1/programs/{program}/blocks", Merchant(Read), Route::ListBlocks),
    ("POST", "/v1/programs/{program}/blocks", Merchant(Operate), Route::AddBlocks),
    ("DELETE", "/v1/programs/{program}/blocks/{block}", Merchant(Operate), Route::RemoveBlock),
    ("POST", "/v1/programs/{program}/credits/take", Merchant(Operate), Route::TakeCredit),
    ("GET", "/v1/programs/{program}/credits/{customer}", Merchant(Read), Route::ReadCredit),
    ("GET", "/v1/programs/{program}/log", Merchant(Read), Route::ReadLog),
    ("GET", "/v1/programs/{program}/facts", Merchant(Read), Route::ReadFacts),
    ("GET", "/v1/programs/{program}/exports/{table}", Merchant(Operate), Route::Export),
    ("GET", "/v1/programs/{program}/quarantine", Merchant(Operate), Route::ListQuarantine),
    ("GET", "/v1/programs/{program}/quarantine/{delivery}", Merchant(Operate), Route::ReadQuarantined),
    ("DELETE", "/v1/programs/{program}/quarantine/{delivery}", Merchant(Operate), Route::DropQuarantined),
    ("POST", "/v1/programs/{program}/quarantine/{delivery}/replay", Merchant(Operate), Route::ReplayQuarantined),
    ("GET", "/v1/programs/{program}/deliveries", Merchant(Read), Route::ListDeliveries),
    ("POST", "/v1/programs/{program}/deliveries/replay", Merchant(Operate), Route::ReplaySince),
    ("POST", "/v1/programs/{program}/deliveries/{delivery}/replay", Merchant(Operate), Route::Replay),
    ("GET", "/v1/programs/{program}/tally", Merchant(Read), Route::Tally),
    ("POST", "/v1/programs/{program}/people/export", Merchant(Operate), Route::ExportPerson),
    ("POST", "/v1/programs/{program}/people/erase", Merchant(Admin), Route::ErasePerson),

    ("POST", "/in/{program}/{platform}", Platform, Route::Hook),

    ("GET", "/ledger/{program}/record", Worker, Route::ProgramRecord),
    ("GET", "/ledger/{program}/codes/{code}", Worker, Route::Resolve),
    #[cfg(feature = "test-clock")]
    ("POST", "/test/clock/{program}", Anyone, Route::SetClock),
];

/// A path that there is.
#[derive(Debug)]
pub(crate) struct Found {
    /// Who may call.
    pub(crate) caller: Caller,
    /// What is asked for; the methods that there are, as `Allow` names them, when it is none of them.
    pub(crate) route: Result<Route, String>,
    /// What stands for the names in braces, percent-decoded.
    parameters: Vec<String>,
}

impl Found {
    /// A parameter; the first is the program.
    pub(crate) fn parameter(&self, index: usize) -> &str {
        self.parameters.get(index).map_or("", String::as_str)
    }
}

/// Finds a path, without its query, and what a method asks for there.
pub(crate) fn find(method: &str, path: &str) -> Result<Found, AppError> {
    let segments = decoded(path)?;
    let mut found: Option<Found> = None;
    for &(its_method, its_path, caller, route) in ROUTES {
        let Some(parameters) = parameters(its_path, &segments) else {
            continue;
        };
        if its_method == method {
            return Ok(Found {
                caller,
                route: Ok(route),
                parameters,
            });
        }
        match &mut found {
            Some(Found {
                route: Err(methods),
                ..
            }) => {
                methods.push_str(", ");
                methods.push_str(its_method);
            }
            _ => {
                found = Some(Found {
                    caller,
                    route: Err(its_method.to_owned()),
                    parameters,
                });
            }
        }
    }
    let mut found = found.ok_or(AppError::NoRoute)?;
    if let Err(methods) = &mut found.route
        && found.caller.is_page()
    {
        methods.push_str(", OPTIONS");
    }
    Ok(found)
}

/// Segments of a path, percent-decoded; a path that is not UTF-8 is none of ours.
fn decoded(path: &str) -> Result<Vec<String>, AppError> {
    path.trim_start_matches('/')
        .split('/')
        .map(|segment| {
            let decoded = percent_encoding::percent_decode_str(segment).decode_utf8();
            decoded
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| AppError::NoRoute)
        })
        .collect()
}

/// What stands for the names in braces of a route, if these are its segments.
fn parameters(route: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut parameters = Vec::new();
    let mut segments = segments.iter();
    for name in route.trim_start_matches('/').split('/') {
        let segment = segments.next()?;
        if name.starts_with('{') {
            parameters.push(segment.clone());
        } else if name != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use goodword_shared::scope::Scope;

    use super::{Caller, Found, Route, find};
    use crate::error::AppError;

    fn found(method: &str, path: &str) -> Found {
        find(method, path).expect("a path that there is")
    }

    #[test]
    fn a_route_is_found_with_its_parameters_decoded() {
        let found = found("GET", "/v1/programs/acme/orders/a%2Fb/explanation");
        assert_eq!(found.route, Ok(Route::ExplainOrder));
        assert_eq!(found.caller, Caller::Merchant(Scope::Read));
        assert_eq!(found.parameters, ["acme", "a/b"]);
    }

    #[test]
    fn the_methods_of_a_path_are_named_to_whoever_uses_another() {
        for (method, path, methods) in [
            ("DELETE", "/v1/programs/acme/settings", "GET, PUT"),
            ("DELETE", "/v1/programs", "GET, POST"),
            ("GET", "/v1/programs/acme/claims", "POST, OPTIONS"),
            ("POST", "/v1/programs/acme/referrers/me", "GET, OPTIONS"),
            ("POST", "/v1/programs/acme/keys/key_1", "DELETE"),
        ] {
            let methods: Result<Route, String> = Err(methods.into());
            assert_eq!(found(method, path).route, methods, "{method} {path}");
        }
    }

    #[test]
    fn a_name_in_a_path_does_not_hide_what_stands_beside_it() {
        let take = found("POST", "/v1/programs/acme/credits/take");
        assert_eq!(take.route, Ok(Route::TakeCredit));
        let read = found("GET", "/v1/programs/acme/credits/take");
        assert_eq!(read.route, Ok(Route::ReadCredit));
    }

    #[test]
    fn a_path_that_is_not_there_has_no_route() {
        for path in [
            "/v1",
            "/index.html",
            "/v1/programs/acme/",
            "/v1/programs/acme/orders/1/2/3",
            "/v1/programs/acme/orders/%FF",
            "/v2/programs",
        ] {
            let missing = find("GET", path);
            assert!(matches!(missing, Err(AppError::NoRoute)), "{path}");
        }
    }

    #[test]
    fn what_only_the_worker_may_ask_is_marked() {
        for path in ["/ledger/acme/record", "/ledger/acme/codes/COFFEE"] {
            assert_eq!(found("GET", path).caller, Caller::Worker);
        }
    }
}
