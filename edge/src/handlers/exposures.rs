//! `POST /v1/programs/{program}/exposures`: what was shown, dismissed and shared. Counted, never stored.

use goodword_shared::channel::{Channel, Placement};
use goodword_shared::json::Read;
use goodword_shared::rejection::Rejection;
use worker::Response;

use super::json;
use crate::app::App;
use crate::config::WRITES;
use crate::counts::{Counted, count};
use crate::error::AppError;
use crate::memory::LiveProgram;
use crate::request::parse;

/// Events in one request.
const EVENTS_MAX: usize = 50;

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Exposures {
    events: Vec<Exposure>,
}

/// One thing that happened on a page.
#[derive(Debug, Read)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exposure {
    kind: Counted,
    placement: String,
    channel: Option<String>,
    #[serde(default)]
    variant: u8,
}

/// 1. Not too often from one network (else too_many_requests). 2. At most 50 events. 3. Each is counted. Clicks and claims
///    are counted by the edge itself, so they are refused here.
pub(crate) async fn record(
    app: &App,
    live: &LiveProgram,
    text: &str,
) -> Result<Response, AppError> {
    app.require_below_limit(WRITES, "exposures").await?;
    let events = read(text)?;
    let program = live.id.as_str();
    let now = crate::clock::now(program);
    for event in &events {
        // Anything else is one of a kind, so that nobody can fill the tables with names.
        let placement = Placement::from_name(&event.placement);
        let placement = placement.map_or("other", Placement::name);
        let channel = event
            .channel
            .as_deref()
            .map_or(Channel::Link, Channel::from_name);
        count(program, event.kind, placement, channel, event.variant, now);
    }
    app.flush_counts();
    json(202, "{}".into())
}

/// The events of a body.
pub(crate) fn read(text: &str) -> Result<Vec<Exposure>, AppError> {
    let Exposures { events } = parse(text)?;
    let own = |event: &Exposure| matches!(event.kind, Counted::Clicked | Counted::Claimed);
    if events.len() > EVENTS_MAX || events.iter().any(own) {
        let text = "events: at most 50, each shown, dismissed or shared";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    Ok(events)
}
