//! The edge over HTTP: every command, every refusal, every promise that can be seen from outside.
//!
//! One real Worker serves all of these at once; each test has a program, a network and a clock of its own. The modules
//! mirror the edge's handlers and its ledger, and their tests say what a shop, a visitor or an attacker gets.

mod api {
    mod attribution;
    mod authorisation;
    mod bad_addresses;
    mod bad_bodies;
    mod bad_customer_tokens;
    mod bad_orders;
    mod bad_tokens;
    mod base_path;
    mod books;
    mod bulk;
    mod caps;
    mod claims;
    mod clicks;
    mod cors;
    mod credit;
    mod cron;
    mod currencies;
    mod deliveries;
    mod discounts;
    mod enumeration;
    mod events;
    mod exports;
    mod exposures;
    mod facts;
    mod faults;
    mod floods;
    mod formats;
    mod heads;
    mod history;
    mod holds;
    mod hooks;
    mod idempotency;
    mod invitations;
    mod inviter_notes;
    mod keys;
    mod kill_switch;
    mod limits;
    mod lists;
    mod live;
    mod log;
    mod names;
    mod numbers;
    mod orders;
    mod outages;
    mod people;
    mod pool;
    mod previews;
    mod programs;
    mod proofs;
    mod public_map;
    mod redirects;
    mod referrers;
    mod restarts;
    mod retention;
    mod reviews;
    mod rewards;
    mod risk;
    mod risk_later;
    mod samples;
    mod security;
    mod settings;
    mod social_proof;
    mod subscriptions;
    mod touches;
    mod undo;
    mod webhooks;
    mod whole_loop;
}
