//! Codes of the shop's own, and orders that are placed before they are paid for.

use serde_json::json;

use super::reports::placed;
use super::{Case, Stage, keyed, order, terms};
use crate::call::Act;
use crate::model::terms::Terms;
use crate::violation::Check;

/// All of them.
pub const CASES: [Case; 6] = [
    ("claim by click, of a code of the shop", 0, |stage| {
        stage.upload(true)?;
        Ok(stage.claim().into())
    }),
    ("claim that waits for a code", 0, |stage| {
        stage.upload(false)?;
        Ok(stage.claim().into())
    }),
    ("claim again, once there is a code", 0, |stage| {
        stage.upload(false)?;
        stage.first(stage.claim())?;
        stage.upload(true)?;
        Ok(stage.claim().into())
    }),
    ("codes are uploaded, with a key", 0, |_| {
        Ok(keyed(uploads()))
    }),
    ("order that is placed, with a key", 0, |stage| {
        Ok(keyed(Act::Report(placed(&stage.click.token))))
    }),
    ("order that was placed before", 0, |stage| {
        stage.first(Act::Report(placed(&stage.click.token)))?;
        Ok(Act::Report(order(None, &[])).into())
    }),
];

fn uploads() -> Act {
    Act::Merchant(
        json!({ "AddCodes": { "codes": ["ONCE-0001", "ONCE-0002"], "expires_at": null } }),
    )
}

impl Stage {
    /// The shop's own codes are given to claims, if there are any.
    fn upload(&mut self, codes: bool) -> Check {
        let uploaded = Terms {
            uploaded: true,
            ..terms(0)
        };
        self.first(Act::Settings(uploaded.to_json()))?;
        if codes {
            self.first(uploads())?;
        }
        Ok(())
    }
}
