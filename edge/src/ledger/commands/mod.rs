//! What a ledger does, one use case a file: decode, load a snapshot, let `shared` decide, write everything, answer.

pub(crate) mod apply_change;
pub(crate) mod attribution_record;
pub(crate) mod bind;
pub(crate) mod check_discount;
pub(crate) mod claim;
pub(crate) mod create_program;
pub(crate) mod dry_run;
pub(crate) mod enrol;
pub(crate) mod enter_touch;
pub(crate) mod evidence;
pub(crate) mod explain_order;
pub(crate) mod keys;
pub(crate) mod mature;
pub(crate) mod people;
pub(crate) mod program_record;
pub(crate) mod read_invitation;
pub(crate) mod read_log;
pub(crate) mod read_order;
pub(crate) mod record_event;
pub(crate) mod record_order;
pub(crate) mod record_undo;
pub(crate) mod referrer_view;
pub(crate) mod report;
pub(crate) mod resolve;
pub(crate) mod settings;
