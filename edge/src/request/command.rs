//! Which command a request is: its route, its parameters and its body, parsed once into types.

use goodword_shared::id::ProgramId;
use goodword_shared::json::{Fields, Read};
use goodword_shared::money::MINOR_UNITS_MAX;
use goodword_shared::order::invalid_body;
use goodword_shared::program::Settings;
use goodword_shared::program::reward::Reward;
use goodword_shared::rejection::Rejection;
use goodword_shared::reward::{MerchantStep, Side};
use goodword_shared::time::Millis;

use super::{Request, storable};
use crate::error::AppError;
use crate::ledger::protocol::{BulkCustomer, Command, PersonName, QuarantineStep};
use crate::router::{Found, Route};

impl Request {
    /// Program and command.
    pub(crate) fn command(
        &self,
        found: &Found,
        route: Route,
    ) -> Result<(ProgramId, Command), AppError> {
        if route == Route::CreateProgram {
            return created(&self.body);
        }
        let program =
            ProgramId::parse(found.parameter(0)).map_err(|_| Rejection::UnknownProgram)?;
        let command = self.of_program(route, found.parameter(1), found.parameter(2))?;
        Ok((program, command))
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table: each route with the command that it is"
    )]
    fn of_program(&self, route: Route, first: &str, second: &str) -> Result<Command, AppError> {
        let body = self.body.as_str();
        let id = || first.to_owned();
        Ok(match route {
            Route::Enrol => enrolment(body)?,
            Route::EnrolMany => {
                let Bulk { customers } = parse(body)?;
                Command::EnrolMany { customers }
            }
            Route::ImportCustomers => Command::ImportCustomers { lines: body.into() },
            Route::ReadReferrer => Command::ReadReferrer {
                customer_token: self.customer_token()?,
            },
            Route::ChooseReward => {
                let customer_token = self.customer_token()?;
                let Choice { reward } = parse(body)?;
                Command::ChooseReward {
                    customer_token,
                    reward,
                }
            }
            Route::WriteNote => {
                let customer_token = self.customer_token()?;
                let Note { note } = parse(body)?;
                Command::WriteNote {
                    customer_token,
                    note,
                }
            }
            Route::RequestProof => {
                let ProofRequest { email } = parse(body)?;
                Command::RequestProof { email }
            }
            Route::RedeemProof => {
                let Redeemed { secret } = parse(body)?;
                Command::RedeemProof { secret }
            }
            Route::Invitation => Command::ReadInvitation {
                token: id(),
                customer_token: self.bearer.clone(),
            },
            Route::Claim => Command::Claim(parse(body)?),
            Route::CheckDiscount => Command::CheckDiscount(parse(body)?),
            Route::AddCodes => Command::AddCodes(parse(body)?),
            Route::ReadCodes => Command::ReadCodes,
            Route::Touch => Command::EnterTouch(parse(body)?),
            Route::ListReferrers => Command::ListReferrers {
                after: self.after_id(),
            },
            Route::ListReferrals => Command::ListReferrals {
                state: self.word("state").map(str::to_owned),
                after: self.after_id(),
            },
            Route::ListTouches => Command::ListTouches {
                customer_id: self.customer_id()?,
                after: self.after()?,
            },
            Route::Order => Command::Report { body: body.into() },
            Route::Event => Command::Event { body: body.into() },
            Route::ReadOrder => Command::ReadOrder { id: id() },
            Route::ExplainOrder => Command::ExplainOrder { id: id() },
            Route::ReadSettings => Command::ReadSettings,
            Route::Tally => Command::ReadTally,
            Route::ListVersions => Command::ListVersions {
                after: self.after()?,
            },
            Route::ReadVersion => Command::ReadVersion {
                number: first.parse().map_err(|_| Rejection::NotFound)?,
            },
            Route::ChangeSettings => Command::ChangeSettings {
                settings: parse(body)?,
            },
            Route::DryRun => Command::DryRun(parse(body)?),
            Route::ListKeys => Command::ListKeys,
            Route::CreateKey => Command::CreateKey(parse(body)?),
            Route::RevokeKey => Command::RevokeKey { id: id() },
            Route::ListRewards => Command::ListRewards {
                state: self.word("state").map(str::to_owned),
                after: self.word("after").map(str::to_owned),
            },
            Route::ReadReward => Command::ReadReward { id: id() },
            Route::StepReward => step(first, second, body)?,
            Route::ListReviews => Command::ListReviews {
                after: self.after_id(),
            },
            Route::Review => review(first, second, body)?,
            Route::ListBlocks => Command::ListBlocks {
                after: self.after_id(),
            },
            Route::AddBlocks => Command::AddBlocks(parse(body)?),
            Route::RemoveBlock => Command::RemoveBlock { id: id() },
            Route::TakeCredit => Command::TakeCredit(parse(body)?),
            Route::ReadCredit => Command::ReadCredit { customer_id: id() },
            Route::ReadLog => Command::ReadLog {
                after: self.after()?,
            },
            Route::ReadFacts => Command::ReadFacts {
                after: self.after()?,
            },
            Route::Export => Command::Export {
                table: first.to_owned(),
                after: self.word("after").map(str::to_owned),
            },
            Route::ListQuarantine => Command::ListQuarantine {
                after: self.after_id(),
            },
            Route::ReadQuarantined => quarantined(first, QuarantineStep::Read),
            Route::ReplayQuarantined => quarantined(first, QuarantineStep::Replay),
            Route::DropQuarantined => quarantined(first, QuarantineStep::Drop),
            Route::ListDeliveries => Command::ListDeliveries {
                dead: self.dead()?,
                after: self.after()?,
            },
            Route::ReplaySince => since(body)?,
            Route::Replay => Command::Replay {
                id: storable(first).ok_or(Rejection::NotFound)?,
            },
            Route::ExportPerson => Command::ExportPerson(parse(body)?),
            Route::ErasePerson => {
                let Erasure { customer } = parse(body)?;
                Command::ErasePerson(customer)
            }
            Route::ProgramRecord => Command::ProgramRecord,
            Route::Resolve => Command::Resolve { code: id() },
            #[cfg(feature = "test-clock")]
            Route::SetClock => {
                let Offset { offset_ms } = parse(body)?;
                Command::SetClock { offset_ms }
            }
            Route::CreateProgram
            | Route::ListPrograms
            | Route::Front
            | Route::Health
            | Route::Offer
            | Route::Live
            | Route::Hook
            | Route::Exposures => return Err(AppError::NoRoute),
        })
    }

    /// Where to go on; a number that is none would begin anew, page after page.
    fn after(&self) -> Result<i64, AppError> {
        let Some(text) = self.word("after") else {
            return Ok(0);
        };
        storable(text).ok_or_else(|| {
            AppError::QueryInvalid("after: expected the number of the last one read".into())
        })
    }

    /// After which id to go on.
    fn after_id(&self) -> String {
        self.word("after").unwrap_or_default().to_owned()
    }

    /// The shop's id of a customer, which may need percent-encoding.
    fn customer_id(&self) -> Result<String, AppError> {
        let word = self.word("customer").unwrap_or_default();
        let decoded = percent_encoding::percent_decode_str(word).decode_utf8();
        match decoded {
            Ok(id) if !id.is_empty() => Ok(id.into_owned()),
            _ => Err(AppError::QueryInvalid(
                "customer: expected the shop's id of a customer, percent-encoded".into(),
            )),
        }
    }

    fn dead(&self) -> Result<bool, Rejection> {
        match self.word("state") {
            None | Some("dead") => Ok(true),
            Some("waiting") => Ok(false),
            Some(_) => Err(Rejection::InvalidBody(
                "state: expected dead or waiting".into(),
            )),
        }
    }

    fn customer_token(&self) -> Result<String, Rejection> {
        self.bearer.clone().ok_or(Rejection::CustomerTokenInvalid)
    }
}

fn quarantined(id: &str, step: QuarantineStep) -> Command {
    let id = id.to_owned();
    Command::Quarantined { id, step }
}

/// A body as a value of a type.
pub(crate) fn parse<T: Read>(body: &str) -> Result<T, Rejection> {
    goodword_shared::json::parse(body).map_err(|error| invalid_body(&error))
}

/// A new program: the body names it beside its settings.
fn created(body: &str) -> Result<(ProgramId, Command), AppError> {
    let mut fields = Fields::parse(body).map_err(|error| invalid_body(&error))?;
    let id = fields
        .take("program")
        .and_then(|json| goodword_shared::json::parse::<ProgramId>(json).ok());
    let id = id.ok_or_else(|| {
        Rejection::InvalidBody("program: expected an id of a-z, 0-9 and dashes, at most 32".into())
    })?;
    let settings: Box<Settings> = parse(&fields.into_json())?;
    Ok((id, Command::CreateProgram { settings }))
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    customer_token: Option<String>,
    browser: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

/// The customer of a token, or the guest of an address.
fn enrolment(body: &str) -> Result<Command, Rejection> {
    match parse(body)? {
        Enrolment {
            customer_token: Some(customer_token),
            browser,
            email: None,
            name: None,
        } => Ok(Command::Enrol {
            customer_token,
            browser,
        }),
        Enrolment {
            customer_token: None,
            browser: None,
            email: Some(email),
            name,
        } => Ok(Command::EnrolGuest { email, name }),
        _ => Err(Rejection::InvalidBody(
            "expected either customer_token or email".into(),
        )),
    }
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Bulk {
    customers: Vec<BulkCustomer>,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct ProofRequest {
    email: String,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Redeemed {
    secret: String,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Choice {
    reward: Box<Reward>,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Note {
    note: String,
}

#[derive(Default, Read)]
#[serde(deny_unknown_fields)]
struct Said {
    reason: Option<String>,
    note: Option<String>,
}

/// What the merchant says of a reward, perhaps with a reason and a note.
fn step(reward: &str, name: &str, body: &str) -> Result<Command, AppError> {
    let step = MerchantStep::from_name(name).ok_or(AppError::NoRoute)?;
    let said: Said = if body.trim().is_empty() {
        Said::default()
    } else {
        parse(body)?
    };
    Ok(Command::StepReward {
        id: reward.into(),
        step,
        reason: said.reason,
        note: said.note,
    })
}

#[derive(Default, Read)]
#[serde(deny_unknown_fields)]
struct Word {
    side: Option<Side>,
    note: Option<String>,
}

/// The merchant's word on a referral or on one side of it, perhaps with a note.
fn review(referral: &str, verdict: &str, body: &str) -> Result<Command, AppError> {
    let approved = match verdict {
        "approve" => true,
        "reject" => false,
        _ => return Err(AppError::NoRoute),
    };
    let word: Word = if body.trim().is_empty() {
        Word::default()
    } else {
        parse(body)?
    };
    Ok(Command::Review {
        referral: referral.into(),
        approved,
        side: word.side,
        note: word.note,
    })
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Erasure {
    customer: PersonName,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Since {
    since: Millis,
}

/// All dead letters of deliveries that were made since a time.
fn since(body: &str) -> Result<Command, Rejection> {
    let Since { since } = parse(body)?;
    if since.0.unsigned_abs() > MINOR_UNITS_MAX.unsigned_abs() {
        return Err(Rejection::InvalidBody(
            "since: expected Unix milliseconds".into(),
        ));
    }
    Ok(Command::ReplaySince { since })
}

#[cfg(feature = "test-clock")]
#[derive(Read)]
struct Offset {
    offset_ms: i64,
}

#[cfg(test)]
mod tests {
    use goodword_shared::rejection::Rejection;

    use crate::error::AppError;
    use crate::ledger::protocol::Command;
    use crate::request::Request;
    use crate::request::tests::request;
    use crate::router::find;

    fn command(request: &Request) -> Result<Command, AppError> {
        let (_, path) = request.url.split_once("example").expect("a path");
        let path = path.split('?').next().expect("a path");
        let found = find(&request.method, path)?;
        let route = found.route.clone().map_err(AppError::MethodNotAllowed)?;
        let (program, command) = request.command(&found, route)?;
        assert_eq!(program.as_str(), "acme");
        Ok(command)
    }

    #[test]
    fn a_query_says_where_to_go_on() {
        let asked = request("GET", "/deliveries?state=waiting&after=7", "");
        let waiting = command(&asked).expect("a command");
        assert!(matches!(
            waiting,
            Command::ListDeliveries {
                dead: false,
                after: 7
            }
        ));
        let begun = command(&request("GET", "/log", "")).expect("a command");
        assert!(matches!(begun, Command::ReadLog { after: 0 }));
    }

    #[test]
    fn a_query_that_goes_on_after_no_number_is_refused() {
        for path in ["/log", "/facts", "/deliveries"] {
            for after in ["9007199254740993", "x", "1.0", ""] {
                let refused = command(&request("GET", &format!("{path}?after={after}"), ""));
                assert!(
                    matches!(refused, Err(AppError::QueryInvalid(_))),
                    "{path} {after}"
                );
            }
        }
    }

    #[test]
    fn a_body_that_is_not_as_documented_is_no_command() {
        for (method, path, body) in [
            ("POST", "/claims", "{"),
            ("POST", "/claims", r#"{"token":"t","token":"t"}"#),
            (
                "POST",
                "/referrers",
                r#"{"customer_token":"t","email":"a@b.example"}"#,
            ),
            (
                "POST",
                "/deliveries/replay",
                r#"{"since":9007199254740993}"#,
            ),
            ("POST", "/rewards/r1/void", r#"{"why":"x"}"#),
            ("GET", "/deliveries?state=alive", ""),
        ] {
            let refused = command(&request(method, path, body));
            assert!(
                matches!(&refused, Err(AppError::Rejected(Rejection::InvalidBody(_)))),
                "{path} {body}: {refused:?}"
            );
        }
    }

    #[test]
    fn a_step_takes_a_reason_or_no_body_at_all() {
        for body in ["", " ", r#"{"reason":"fraud"}"#] {
            let stepped = command(&request("POST", "/rewards/r1/void", body));
            assert!(matches!(stepped, Ok(Command::StepReward { .. })), "{body}");
        }
        let unknown = command(&request("POST", "/rewards/r1/keep", ""));
        assert!(matches!(unknown, Err(AppError::NoRoute)));
    }

    #[test]
    fn the_name_of_a_new_program_stands_in_its_body() {
        let created = Request {
            method: "POST".into(),
            url: "https://refer.example/v1/programs".into(),
            body: r#"{"program":"acme","name":"Acme","store_url":"https://shop.example/",
                "currency":"EUR","discount":{"kind":"percent","basis_points":1500},
                "reward":{"kind":"credit","value":{"rule":"match_discount"}}}"#
                .into(),
            ..Request::default()
        };
        let command = command(&created).expect("a command");
        assert!(matches!(command, Command::CreateProgram { .. }));
    }
}
