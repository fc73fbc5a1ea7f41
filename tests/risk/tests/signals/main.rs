//! Each signal is raised by the ledger itself, from what the widget, the edge and the shop have told it.

mod story;

use goodword_risk_report::world::BEGINNING;
use goodword_risk_report::world::event::{Address, By, Claim, DAY, Device, MINUTE, Order, What};
use goodword_shared::risk::Signal;
use goodword_shared::risk::list::HashList;

use story::{JANE, NOWHERE, OTTO, Story};

fn card(order: &mut Order) {
    order.card = Some("card-1".into());
}

fn home(order: &mut Order) {
    order.address = Some(Address {
        country: "GB".into(),
        postal_code: "SW1A 2AB".into(),
        lines: "14 High Street".into(),
    });
}

fn in_janes_browser(claim: &mut Claim) {
    claim.device = Device { ip: None, ..JANE };
}

/// A browser that is nobody's yet.
fn in_one_browser(claim: &mut Claim) {
    claim.device.browser = Some(3);
}

#[track_caller]
fn raised(signals: &[String], signal: &str) {
    assert!(signals.iter().any(|one| one == signal), "{signals:?}");
}

#[track_caller]
fn only(signals: &[String], signal: &str) {
    assert_eq!(signals, [signal]);
}

#[test]
fn every_signal_has_a_test_here() {
    let tests = include_str!("main.rs");
    for signal in Signal::ALL {
        assert!(
            tests.contains(&format!("\"{}\"", signal.name())),
            "{signal:?}"
        );
    }
}

#[test]
fn a_friend_of_whom_nothing_is_known_raises_nothing() {
    let story = Story::new();
    assert_eq!(story.friend(|_| ()), Vec::<String>::new());
    assert_eq!(story.visitor(|_| ()), Vec::<String>::new());
}

#[test]
fn whoever_buys_under_their_own_customer_id_is_the_referrer() {
    let own = |order: &mut Order| order.customer = Some("jane".into());
    only(&Story::new().friend(own), "same_customer");
}

#[test]
fn whoever_buys_by_their_own_address_is_the_referrer() {
    let own = |order: &mut Order| order.email = Some("JANE@mail.example".into());
    only(&Story::new().friend(own), "same_email");
}

#[test]
fn whoever_buys_by_another_spelling_of_their_mailbox_is_the_referrer() {
    let own = |order: &mut Order| order.email = Some("jane+shop@mail.example".into());
    only(&Story::new().friend(own), "same_mailbox");
}

#[test]
fn a_card_of_the_referrers_is_seen_again() {
    let story = Story::new();
    story.plain(|order| {
        order.customer = Some("jane".into());
        card(order);
    });
    only(&story.friend(card), "same_payment");
}

#[test]
fn a_claim_in_the_browser_in_which_the_referrer_was_signed_in_is_seen() {
    only(&Story::new().visitor(in_janes_browser), "same_browser");
}

#[test]
fn an_address_of_the_referrers_is_seen_again_however_it_is_typed() {
    let story = Story::new();
    story.plain(|order| {
        order.customer = Some("jane".into());
        home(order);
    });
    let again = story.friend(|order| {
        home(order);
        if let Some(home) = &mut order.address {
            home.lines = "High St. 14".into();
        }
    });
    only(&again, "same_address");
}

#[test]
fn the_referrers_network_is_known_by_its_first_parts_at_the_checkout_and_at_the_claim() {
    let story = Story::new();
    let neighbour = Some([198, 51, 100, 200]);
    only(&story.friend(|order| order.ip = neighbour), "same_network");
    only(
        &story.visitor(|claim| claim.device.ip = neighbour),
        "same_network",
    );
    let elsewhere = Some([198, 51, 101, 7]);
    assert!(story.friend(|order| order.ip = elsewhere).is_empty());
}

#[test]
fn two_friends_with_one_card_are_a_pair_and_three_a_crowd() {
    let story = Story::new();
    assert!(story.friend(card).is_empty());
    only(&story.friend(card), "payment_pair");
    only(&story.friend(card), "payment_crowd");
}

#[test]
fn two_friends_in_one_browser_are_a_pair_and_three_a_crowd() {
    let story = Story::new();
    assert!(story.visitor(in_one_browser).is_empty());
    only(&story.visitor(in_one_browser), "browser_pair");
    only(&story.visitor(in_one_browser), "browser_crowd");
}

#[test]
fn four_friends_of_one_address_are_a_crowd() {
    let story = Story::new();
    for _ in 0..3 {
        assert!(story.friend(home).is_empty());
    }
    only(&story.friend(home), "address_crowd");
}

#[test]
fn four_friends_on_one_network_are_a_crowd() {
    let story = Story::new();
    let there = |order: &mut Order| order.ip = Some([192, 0, 2, 1]);
    for _ in 0..3 {
        assert!(story.friend(there).is_empty());
    }
    only(&story.friend(there), "network_crowd");
}

#[test]
fn a_card_of_another_customers_is_known() {
    let story = Story::new();
    story.plain(card);
    only(&story.friend(card), "known_payment");
}

#[test]
fn a_browser_in_which_another_customer_was_signed_in_is_known() {
    let story = Story::new();
    let theirs = |claim: &mut Claim| claim.device.browser = OTTO.browser;
    only(&story.visitor(theirs), "known_browser");
}

#[test]
fn a_card_and_an_address_are_known_for_a_year_and_not_for_ever() {
    let mine = |order: &mut Order| {
        order.customer = Some("jane".into());
        card(order);
        home(order);
    };
    let (known, forgotten) = (Story::new(), Story::new());
    for (story, days) in [(&known, 390), (&forgotten, 410)] {
        story.plain(mine);
        story.wait(days * DAY);
    }
    let both = |order: &mut Order| {
        card(order);
        home(order);
    };
    assert_eq!(known.friend(both), ["same_payment", "same_address"]);
    assert!(forgotten.friend(both).is_empty());
}

#[test]
fn a_network_is_forgotten_after_its_four_weeks() {
    let (known, forgotten) = (Story::new(), Story::new());
    known.wait(12 * DAY);
    forgotten.wait(30 * DAY);
    let there = |order: &mut Order| order.ip = JANE.ip;
    only(&known.friend(there), "same_network");
    assert!(forgotten.friend(there).is_empty());
}

#[test]
fn a_browser_is_forgotten_after_its_four_weeks() {
    let story = Story::new();
    story.wait(30 * DAY);
    assert!(story.visitor(in_janes_browser).is_empty());
}

#[test]
fn another_customer_of_one_home_whom_somebody_else_has_invited_is_known() {
    let story = Story::new();
    let there = |order: &mut Order| {
        home(order);
        order.ip = Some([192, 0, 2, 1]);
    };
    let mut first = story.order(By::Code("otto".into()));
    there(&mut first);
    assert!(story.signals(first).is_empty());
    only(&story.friend(there), "known_address");
}

#[test]
fn somebody_who_has_bought_by_another_spelling_is_no_new_customer() {
    let story = Story::new();
    story.plain(|order| order.email = Some("ann@mail.example".into()));
    let again = |order: &mut Order| order.email = Some("ann+2@mail.example".into());
    only(&story.friend(again), "existing_customer");
}

#[test]
fn a_customer_of_before_the_program_is_no_new_one() {
    let story = Story::new();
    let imported = story.shop.borrow().import("ann@mail.example", BEGINNING);
    imported.expect("imported");
    let again = |order: &mut Order| order.email = Some("ann@mail.example".into());
    only(&story.friend(again), "existing_customer");
}

#[test]
fn somebody_whose_second_order_it_is_is_who_they_are() {
    let story = Story::new();
    let ann = |order: &mut Order| order.email = Some("ann@mail.example".into());
    story.plain(ann);
    assert!(story.friend(ann).is_empty());
}

#[test]
fn an_address_of_a_throw_away_domain_is_told_by_the_list() {
    let domains = HashList::of(["thrown.example"].into_iter());
    goodword_edge::learn_domains(&domains.pack());
    let story = Story::new();
    let thrown = |order: &mut Order| order.email = Some("box@m1.thrown.example".into());
    only(&story.friend(thrown), "disposable_mailbox");
}

#[test]
fn a_page_that_collects_codes_is_seen_by_the_redirect_and_said_by_the_page() {
    let from = |claim: &mut Claim| claim.referer = Some("www.retailmenot.com".into());
    raised(&Story::new().visitor(from), "coupon_site");
    let typed = |claim: &mut Claim| {
        from(claim);
        claim.click = None;
    };
    raised(&Story::new().visitor(typed), "coupon_site");
}

#[test]
fn a_code_to_which_others_have_come_from_such_a_page_has_leaked() {
    let story = Story::new();
    story.visitor(|claim| claim.referer = Some("www.retailmenot.com".into()));
    only(&story.friend(|_| ()), "leaked_code");
}

#[test]
fn a_click_on_an_advertisement_is_told_by_its_query() {
    only(
        &Story::new().visitor(|claim| query(claim, "gclid")),
        "paid_ad",
    );
}

#[test]
fn a_code_to_which_many_have_come_through_advertisements_is_advertised() {
    let story = Story::new();
    for _ in 0..3 {
        story.visitor(|claim| query(claim, "msclkid"));
    }
    only(&story.friend(|_| ()), "advertised_code");
}

#[test]
fn a_mark_that_stands_on_shared_posts_too_weighs_little() {
    only(
        &Story::new().visitor(|claim| query(claim, "fbclid")),
        "social_ad",
    );
}

#[test]
fn a_click_with_a_full_cart_is_late() {
    only(
        &Story::new().visitor(|claim| claim.cart = true),
        "late_click",
    );
}

#[test]
fn a_code_whose_clicks_are_late_is_put_there_by_a_program() {
    let story = Story::new();
    for _ in 0..3 {
        story.visitor(|claim| claim.cart = true);
    }
    only(&story.visitor(|_| ()), "late_code");
}

#[test]
fn the_codes_of_two_referrers_tried_in_one_browser_are_two() {
    let story = Story::new();
    story.claim(|claim| typed_in_one_browser(claim, "otto"));
    let signals = story.visitor(|claim| typed_in_one_browser(claim, "jane"));
    only(&signals, "codes_two");
}

#[test]
fn the_codes_of_three_referrers_tried_in_one_browser_are_many() {
    let story = Story::new();
    story.tell(What::Enrolled {
        customer: "eva".into(),
        email: None,
        code: "eva".into(),
        device: NOWHERE,
    });
    for code in ["otto", "eva"] {
        story.claim(|claim| typed_in_one_browser(claim, code));
    }
    let signals = story.visitor(|claim| typed_in_one_browser(claim, "jane"));
    only(&signals, "codes_many");
}

#[test]
fn ten_conversions_in_a_day_are_a_burst_of_the_referrers() {
    let story = Story::new();
    for _ in 0..10 {
        assert!(story.friend(|_| ()).is_empty());
        story.wait(MINUTE);
    }
    only(&story.friend(|_| ()), "referrer_burst");
}

#[test]
fn fifty_uses_in_a_day_are_a_burst_of_the_code() {
    let story = Story::new();
    for _ in 0..49 {
        story.friend(|_| ());
        story.wait(MINUTE);
    }
    raised(&story.friend(|_| ()), "code_burst");
}

#[test]
fn a_referrer_whose_orders_come_back_is_seen() {
    let story = Story::new();
    for _ in 0..2 {
        let order = story.order(By::Code("jane".into()));
        let id = order.id;
        assert!(story.signals(order).is_empty());
        story.tell(What::Undone { order: id });
    }
    only(&story.friend(|_| ()), "taken_back");
}

#[test]
fn a_buyer_on_the_block_list_is_found_by_their_mailbox() {
    let story = Story::new();
    story.block("email", "max@mail.example");
    let listed = |order: &mut Order| order.email = Some("max+1@mail.example".into());
    only(&story.friend(listed), "listed_buyer");
}

#[test]
fn a_referrer_on_the_block_list_is_found_by_their_customer_id() {
    let story = Story::new();
    story.block("customer", "jane");
    only(&story.friend(|_| ()), "listed_referrer");
}

#[test]
fn a_card_on_the_block_list_is_found() {
    let story = Story::new();
    story.block("payment", "card-1");
    only(&story.friend(card), "listed_payment");
}

#[test]
fn a_domain_on_the_block_list_is_found_above_that_of_the_address() {
    let story = Story::new();
    story.block("domain", "bad.example");
    let listed = |order: &mut Order| order.email = Some("max@mail.bad.example".into());
    only(&story.friend(listed), "listed_domain");
}

#[test]
fn a_network_on_the_block_list_is_found() {
    let story = Story::new();
    story.block("network", "192.0.2.0/24");
    only(
        &story.friend(|order| order.ip = Some([192, 0, 2, 77])),
        "listed_network",
    );
}

fn query(claim: &mut Claim, name: &str) {
    if let Some(click) = &mut claim.click {
        click.query.push(name.to_owned());
    }
}

fn typed_in_one_browser(claim: &mut Claim, code: &str) {
    in_one_browser(claim);
    claim.click = None;
    code.clone_into(&mut claim.code);
}

#[test]
fn a_code_that_is_claimed_in_the_checkout_counts_and_a_click_in_it_comes_too_late() {
    let story = Story::new();
    let verdict = |change: fn(&mut Claim)| {
        let by = story.claim(change);
        story.wait(MINUTE);
        let mut order = story.order(by);
        order.checkout_at = Some(story.now.get() - 2 * MINUTE);
        story.signals(order)
    };
    assert!(verdict(|claim| claim.click = None).is_empty());
    only(&verdict(|_| ()), "after_checkout");
}
