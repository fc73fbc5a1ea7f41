//! What a program takes, what it makes of it, and what it refuses.

use super::address::AddressPolicy;
use super::{Program, Settings};
use crate::attribution::Evidence;
use crate::id::ProgramId;
use serde_json::{Value, json};

fn settings() -> Value {
    json!({
        "name": "Ember & Oak", "store_url": "https://shop.example", "currency": "EUR",
        "discount": {"kind": "percent", "basis_points": 1500},
        "reward": {"kind": "credit", "value": {"rule": "match_discount"}}
    })
}

fn program(changes: &[(&str, Value)]) -> Result<Program, String> {
    let mut json = settings();
    for (field, value) in changes {
        json[field] = value.clone();
    }
    let settings: Settings = serde_json::from_value(json).map_err(|error| error.to_string())?;
    let id = ProgramId::parse("acme").expect("id");
    Program::new(id, 1, settings, AddressPolicy::Public).map_err(|invalid| invalid.field.to_owned())
}

#[test]
fn channels_are_told_by_name_in_the_merchants_order() {
    let channels = json!(["email", "copy"]);
    let own = program(&[("channels", channels)]).expect("valid");
    assert_eq!(own.channel_names(), ["email", "copy"]);
    let usual = program(&[]).expect("valid");
    assert_eq!(
        usual.channel_names(),
        ["copy", "native", "whatsapp", "sms", "email"]
    );
}

#[test]
fn a_merchant_gets_the_documented_defaults() {
    let settings = program(&[]).expect("valid").settings;
    assert_eq!(
        (
            settings.window_days,
            settings.hold_days,
            settings.discount_valid_days
        ),
        (90, 14, 30)
    );
    assert_eq!(
        (
            settings.rewards_per_year_max,
            settings.live_discounts_per_code_max,
            settings.live_discounts_per_source_max
        ),
        (25, 200, 3)
    );
    assert!(settings.active);
    assert_eq!(settings.evidence_order, Evidence::ALL);
    assert_eq!(settings.first_orders, 1);
}

#[test]
fn lists_may_be_as_long_as_documented_and_no_longer() {
    let origins = |count| json!(vec!["https://shop.example"; count]);
    for (field, longest, longer) in [
        ("allowed_origins", origins(20), origins(21)),
        ("allowed_destinations", origins(20), origins(21)),
        (
            "discount_products",
            json!(vec!["mug"; 100]),
            json!(vec!["mug"; 101]),
        ),
        (
            "discount_collections",
            json!(vec!["home"; 100]),
            json!(vec!["home"; 101]),
        ),
    ] {
        assert!(program(&[(field, longest)]).is_ok(), "{field}");
        assert_eq!(program(&[(field, longer)]), Err(field.to_owned()));
    }
}

#[test]
fn each_broken_setting_is_named() {
    let cases = [
        ("name", json!(" ")),
        ("currency", json!("EURO")),
        ("store_url", json!("http://shop.example")),
        ("store_url", json!("javascript:alert(1)")),
        ("allowed_origins", json!(["https://shop.example/path"])),
        ("webhook_url", json!("https://127.0.0.1/hook")),
        ("webhook_url", json!("http://shop.example/hook")),
        ("window_days", json!(0)),
        ("hold_days", json!(4000)),
        ("minimum_order", json!(-1)),
        ("caps", json!([{"of": "count", "max": 0}])),
        ("caps", json!([{"of": "value", "max": 1, "days": 0}])),
        ("budget", json!(0)),
        ("budget_days", json!(30)),
        ("reward_expires_days", json!(0)),
        ("reward_schedule", json!({"kind": "months", "count": 0})),
        (
            "tiers",
            json!([{"from": 0, "reward": settings()["reward"]}]),
        ),
        (
            "milestones",
            json!([{"at": 2, "reward": settings()["reward"]}, {"at": 2, "reward": settings()["reward"]}]),
        ),
        (
            "reward_choices",
            json!([{"kind": "custom", "value": {"rule": "match_discount"}}]),
        ),
        (
            "invitee_reward",
            json!({"kind": "points", "value": {"rule": "match_discount"}}),
        ),
        ("first_orders", json!(0)),
        ("qualifies_by", json!({})),
        (
            "reward",
            json!({"kind": "credit", "value": {"rule": "fixed", "amount": 0, "currency": "EUR"}}),
        ),
        (
            "discount",
            json!({"kind": "percent", "basis_points": 1, "maximum": 0}),
        ),
        (
            "discount",
            json!({"kind": "free_item", "product": "mug", "name": " ", "value": 1, "currency": "EUR"}),
        ),
        ("discount_products", json!(vec!["mug"; 101])),
        ("evidence_order", json!(["staff", "bound", "staff"])),
    ];
    for (field, value) in cases {
        assert_eq!(
            program(&[(field, value.clone())]),
            Err(field.to_owned()),
            "{value}"
        );
    }
}

#[test]
fn no_points_are_none() {
    let mut reward = settings()["reward"].clone();
    reward["quantity"] = json!(0);
    let settings = program(&[("reward", reward)]).expect("valid").settings;
    assert_eq!(settings.reward.quantity, None);
    assert_eq!(settings.reward.thing(), None);
}

#[test]
fn events_earn_fixed_rewards_only() {
    let events = ("qualifies_by", json!({"events": ["registered"]}));
    assert_eq!(program(std::slice::from_ref(&events)), Err("reward".into()));
    let fixed =
        json!({"kind": "credit", "value": {"rule": "fixed", "amount": 5, "currency": "EUR"}});
    assert!(program(&[events, ("reward", fixed)]).is_ok());
}

#[test]
fn unknown_and_fractional_settings_are_refused() {
    assert!(program(&[("windowdays", json!(3))]).is_err());
    assert!(program(&[("minimum_order", json!(1.5))]).is_err());
    assert!(
        program(&[(
            "discount",
            json!({"kind": "percent", "basis_points": 1500, "x": 1})
        )])
        .is_err()
    );
}

#[test]
fn settings_survive_storage_in_normal_form() {
    let program = program(&[("store_url", json!("https://SHOP.example"))]).expect("valid");
    assert_eq!(program.settings.store_url, "https://shop.example/");
    let json = serde_json::to_string(&program.settings).expect("json");
    let again: Settings = crate::json::parse(&json).expect("settings");
    assert_eq!(again, program.settings);
}

#[test]
fn events_have_no_amount_that_a_share_could_be_taken_of_by_any_reward() {
    let fixed =
        json!({"kind": "credit", "value": {"rule": "fixed", "amount": 500, "currency": "EUR"}});
    let share = json!({"kind": "credit", "value": {"rule": "percent", "basis_points": 100}});
    let events = json!({"events": ["registered"]});
    let with = |field: &str, value: &Value| {
        program(&[
            ("qualifies_by", events.clone()),
            ("reward", fixed.clone()),
            (field, value.clone()),
        ])
        .map(drop)
    };
    for (field, of) in [
        ("reward", (|reward| reward) as fn(Value) -> Value),
        ("reward_choices", |reward| json!([reward])),
        ("tiers", |reward| json!([{"from": 1, "reward": reward}])),
        ("invitee_reward", |reward| reward),
        ("milestones", |reward| json!([{"at": 1, "reward": reward}])),
    ] {
        assert_eq!(with(field, &of(fixed.clone())), Ok(()));
        assert_eq!(with(field, &of(share.clone())), Err(field.to_owned()));
    }
}

#[test]
fn the_whole_program_of_the_guide_is_valid() {
    let guide = include_str!("../../../API.md");
    let (_, example) = guide
        .split_once("### A whole program")
        .expect("the chapter");
    let (_, example) = example.split_once("```json").expect("an example");
    let (example, _) = example.split_once("```").expect("its end");
    let settings: Settings = crate::json::parse(example).expect("settings");
    let id = ProgramId::parse("acme").expect("an id");
    let program = Program::new(id, 1, settings, AddressPolicy::Public).expect("valid");
    assert_eq!(program.settings.tiers.len(), 1);
}
