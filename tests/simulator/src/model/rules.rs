//! The rules on which branches of the product differ, one switch each, so that the model follows when one is changed.

/// Whether an order that names no buyer at all can earn a reward.
pub const ANONYMOUS_ORDERS_EARN: bool = false;

/// Whether a click that an order has used still names its referrer on a later order.
pub const CLICK_SERVES_MANY_ORDERS: bool = false;

/// Whether a buyer is judged by all that their record knows, or only by what this order says of them.
pub const RECORDS_ARE_JUDGED_WHOLE: bool = true;

/// Whether a stopped program still answers a claim that was made before.
pub const STOPPED_PROGRAMS_ANSWER_OLD_CLAIMS: bool = false;

/// Whether a refund, cancellation or dispute that is reported again leaves a line in the log.
pub const REPEATED_UNDOS_ARE_LOGGED: bool = true;

/// Whether refunds that together exceed the largest amount there is are still facts like any other.
pub const HUGE_REFUNDS_ADD_UP: bool = true;
