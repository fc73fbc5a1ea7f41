//! Shops that nobody here wrote, run as their merchants run them, with what a merchant adds for a referral program.
#![expect(
    clippy::missing_panics_doc,
    reason = "tools of tests panic with what went wrong"
)]

pub mod oscar;
pub mod oscar_buyer;
pub mod visitor;
