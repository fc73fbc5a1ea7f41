//! Bodies of the other routes, read as the Worker and the ledger object read them.

use goodword_edge::parsers;
use goodword_shared::id::ProgramId;
use goodword_shared::json;
use goodword_shared::program::address::AddressPolicy;
use goodword_shared::program::{Program, Settings};

use super::json_body::is_strict;
use super::{Form, Target};
use crate::verdict::{Class, Verdict, Violation, class_of, holds, same};

const TEXT: &str = "\"[A-Za-z0-9@. -]{0,20}\"|null";
const CUSTOMER: &str =
    "\\{\"id\":\"[a-z0-9]{1,4}\"(,\"email\":\"[a-z]{1,8}@[a-z]{1,8}\\.com\")?\\}|null";
const REWARD: &str = "\\{\"kind\":\"(credit|cash|points|custom|gift_card)\",\"value\":\\{\"rule\":\"(match_discount|fixed|percent)\"(,\"amount\":[0-9]{1,5},\"currency\":\"EUR\")?(,\"basis_points\":[0-9]{1,5})?\\}(,\"quantity\":[0-9])?(,\"description\":\"[a-z]{0,3}\")?\\}";
const DISCOUNT: &str = "\\{\"kind\":\"(percent|flat|free_shipping|free_item)\"(,\"basis_points\":[0-9]{1,5})?(,\"amount\":[0-9]{1,5},\"currency\":\"EUR\")?(,\"maximum\":[0-9]{1,4})?\\}";

const SETTING_WORDS: &[&str] = &[
    "\"program\":\"acme\"",
    "\"name\":\"Acme\"",
    "\"store_url\":\"https://shop.example/\"",
    "\"currency\":\"EUR\"",
    "\"discount\":{\"kind\":\"percent\",\"basis_points\":1500}",
    "\"discount\":{\"kind\":\"flat\",\"amount\":500,\"currency\":\"EUR\"}",
    "\"discount\":{\"kind\":\"free_shipping\"}",
    "\"discount\":{\"kind\":\"free_item\",\"product\":\"p1\",\"value\":1200,\"currency\":\"EUR\"}",
    "\"reward\":{\"kind\":\"credit\",\"value\":{\"rule\":\"match_discount\"}}",
    "{\"rule\":\"fixed\",\"amount\":500,\"currency\":\"EUR\"}",
    "{\"rule\":\"percent\",\"basis_points\":1000}",
    "\"reward_choices\":[]",
    "\"invitee_reward\":null",
    "\"reward_schedule\":{\"kind\":\"renewals\",\"count\":3}",
    "{\"kind\":\"months\",\"count\":6}",
    "\"reward_expires_days\":90",
    "\"review_rewards\":true",
    "\"risk\":{\"review\":30,\"block\":60,\"off\":[\"late_click\"],\"coupon_sites\":[\"deals.example\"]}",
    "\"tiers\":[{\"from\":2,\"reward\":",
    "\"milestones\":[{\"at\":3,\"reward\":",
    "\"caps\":[{\"of\":\"count\",\"max\":1,\"days\":30}]",
    "\"budget\":100000",
    "\"budget_days\":30",
    "\"window_days\":30",
    "\"attribution\":\"first_touch\"",
    "\"evidence_order\":[\"bound\",\"signed_token\"]",
    "\"hold_days\":0",
    "\"discount_valid_days\":30",
    "\"qualifies_by\":{\"on\":\"order\"}",
    "{\"events\":[\"registered\"]}",
    "\"first_orders\":2",
    "\"discount_products\":[\"p1\"]",
    "\"discount_collections\":[\"c1\"]",
    "\"minimum_order\":1000",
    "\"channels\":[\"copy\",\"email\"]",
    "\"webhook_url\":\"https://shop.example/hook\"",
    "\"active\":false",
    "\"allowed_origins\":[\"https://shop.example\"]",
    "\"allowed_destinations\":[\"https://b.example\"]",
    "\"kind\":\"cash\"",
    "\"kind\":\"gift_card\"",
    "\"description\":\"a tree\"",
    "\"quantity\":100",
    "\"maximum\":157",
];

const SETTING_FORM: &[(&str, &str)] = &[
    ("name", "\"[A-Za-z ]{1,12}\""),
    (
        "store_url",
        "\"https://[a-z]{1,8}\\.(example|com)/[a-z?=#]{0,6}\"",
    ),
    ("currency", "\"EUR\"|\"JPY\"|\"[A-Z]{3}\""),
    ("discount", DISCOUNT),
    ("reward", REWARD),
    ("window_days", "[0-9]{1,4}"),
    ("hold_days", "[0-9]{1,4}"),
    ("first_orders", "[0-9]"),
    ("minimum_order", "[0-9]{1,6}"),
    ("channels", "\\[(\"(copy|qr|sms|fax)\")?\\]"),
    ("active", "true|false"),
];

pub(super) const SETTINGS: Target = Target::text("settings", settings)
    .with(SETTING_WORDS)
    .like(Form::Object(SETTING_FORM));
pub(super) const PROGRAM: Target = Target::text("program", program).with(SETTING_WORDS);
pub(super) const ENROLMENT: Target = Target::text("enrolment", |body| post("referrers", body))
    .with(&[
        "\"customer_token\":\"a.b.c\"",
        "\"email\":\"jane@shop.example\"",
        "\"name\":\"Jane\"",
        ":null",
    ])
    .like(Form::Object(&[
        ("customer_token", TEXT),
        ("email", TEXT),
        ("name", TEXT),
    ]));
pub(super) const CLAIM: Target = Target::text("claim", |body| post("claims", body))
    .with(&[
        "\"token\":\"AQEB\"",
        "\"code\":\"COFFEE\"",
        "\"customer_token\":\"a.b.c\"",
        "\"claim_id\":\"0123456789abcdef\"",
        "\"browser\":\"0123456789abcdef\"",
        "\"cart\":true",
        "\"referrer\":\"https://deals.example/\"",
    ])
    .like(Form::Object(&[
        ("token", TEXT),
        ("code", TEXT),
        ("customer_token", TEXT),
        ("claim_id", TEXT),
        ("browser", TEXT),
        ("cart", "true|false|null"),
        ("referrer", TEXT),
    ]));
pub(super) const TOUCH: Target = Target::text("touch", |body| post("touches", body))
    .with(&[
        "\"customer\":{\"id\":\"c1\"}",
        "\"email\":\"jane@shop.example\"",
        "\"code\":\"COFFEE\"",
        "\"reason\":\"told us\"",
        "\"at\":1",
    ])
    .like(Form::Object(&[
        ("customer", CUSTOMER),
        ("code", TEXT),
        ("reason", TEXT),
        ("at", "[0-9]{1,13}"),
    ]));
pub(super) const PERSON: Target = Target::text("person", |body| {
    post("people/erase", body)?;
    post("people/export", body)
})
.with(&[
    "\"customer\":{\"id\":\"c1\"}",
    "\"email\":\"jane@shop.example\"",
    "\"after\":\"a/order/1001\"",
])
.like(Form::Object(&[("customer", CUSTOMER), ("after", TEXT)]));
pub(super) const REWARD_CHOICE: Target = Target::text("reward_choice", reward_choice)
    .with(SETTING_WORDS)
    .like(Form::Object(&[("reward", REWARD)]));
pub(super) const REWARD_STEP: Target = Target::text("reward_step", |body| {
    ["approve", "reject", "fulfil", "fail", "redeem", "void"]
        .into_iter()
        .try_fold(Class::Borrowed(""), |_, step| {
            post(&format!("rewards/r1/{step}"), body)
        })
})
.with(&[
    "\"reason\":\"fraud\"",
    "\"reason\":null",
    "\"note\":\"he called\"",
    " ",
])
.like(Form::Object(&[("reason", TEXT), ("note", TEXT)]));
pub(super) const BULK: Target = Target::text("bulk", |body| post("referrers/bulk", body))
    .with(&[
        "\"customers\":[",
        "{\"customer_id\":\"c1\"}",
        "\"email\":\"a@b.example\"",
        "\"name\":null",
        "]",
    ])
    .like(Form::Object(&[(
        "customers",
        "\\[(\\{\"customer_id\":\"[a-z]{1,3}\"\\}){0,2}\\]",
    )]));
pub(super) const DISCOUNT_CHECK: Target =
    Target::text("discount_check", |body| post("discounts/check", body))
        .with(&[
            "\"discount_code\":\"GW1\"",
            "\"currency\":\"EUR\"",
            "\"subtotal\":100",
            "\"lines\":[{\"product\":\"p\",\"subtotal\":1}]",
            "\"customer\":{\"id\":\"c\"}",
        ])
        .like(Form::Object(&[
            ("discount_code", TEXT),
            ("currency", "\"EUR\""),
            ("subtotal", "-?[0-9]{1,6}"),
            ("customer", CUSTOMER),
        ]));
pub(super) const DISCOUNT_CODES: Target =
    Target::text("discount_codes", |body| post("discounts/codes", body))
        .with(&[
            "\"codes\":[\"ONCE-0001\",\"ONCE-0002\"]",
            "\"expires_at\":1764060060000",
            "\"expires_at\":null",
        ])
        .like(Form::Object(&[
            ("codes", "\\[(\"[A-Z0-9-]{4,9}\")?\\]"),
            ("expires_at", "-?[0-9]{1,18}"),
        ]));
pub(super) const CREDIT_TAKE: Target =
    Target::text("credit_take", |body| post("credits/take", body))
        .with(&[
            "\"take_id\":\"t1\"",
            "\"customer_id\":\"c1\"",
            "\"amount\":100",
            "\"currency\":\"EUR\"",
        ])
        .like(Form::Object(&[
            ("take_id", TEXT),
            ("customer_id", TEXT),
            ("amount", "-?[0-9]{1,18}"),
            ("currency", "\"EUR\""),
        ]));
pub(super) const BLOCKS: Target = Target::text("blocks", |body| post("blocks", body))
    .with(&[
        "{\"entries\":[",
        "{\"kind\":\"email\",\"value\":\"jane@shop.example\"}",
        "\"kind\":\"customer\"",
        "\"kind\":\"payment\"",
        "\"kind\":\"domain\"",
        "\"kind\":\"network\"",
        "\"value\":\"203.0.113.0/24\"",
    ])
    .like(Form::Object(&[(
        "entries",
        "\\[(\\{\"kind\":\"(email|customer|rain)\",\"value\":\"[a-z@.]{0,9}\"\\})?\\]",
    )]));
pub(super) const REVIEW: Target = Target::text("review", |body| {
    ["approve", "reject"]
        .into_iter()
        .try_fold(Class::Borrowed(""), |_, verdict| {
            post(&format!("reviews/r1/{verdict}"), body)
        })
})
.with(&["\"note\":\"a couple\"", "\"note\":null", " "])
.like(Form::Object(&[("note", TEXT)]));
pub(super) const KEYS_AND_REPLAYS: Target = Target::text("keys_and_replays", |body| {
    let key = post("keys", body)?;
    let replay = post("deliveries/replay", body)?;
    Ok(Class::Owned(format!("{key}, {replay}")))
})
.with(&[
    "\"kind\":\"api\"",
    "\"since\":1800000000000",
    "\"since\":-1",
])
.like(Form::Object(&[("kind", TEXT), ("since", "-?[0-9]{1,17}")]));
pub(super) const EXPOSURES: Target = Target::text("exposures", exposures)
    .with(&["{\"kind\":\"shown\",\"placement\":\"share\"}", "\"clicked\"", "\"dismissed\"", "\"channel\":\"sms\"", "\"variant\":2"])
    .like(Form::Text("\\{\"events\":\\[(\\{\"kind\":\"(shown|shared|claimed)\",\"placement\":\"(portal|x)\"(,\"variant\":[0-9]{1,3})?\\})?\\]\\}"));

/// Bodies about proofs of addresses.
pub(super) const PROOF_BODY: Target = Target::text("proof_body", proof_body)
    .with(&[
        "\"email\":\"jane@shop.example\"",
        "\"secret\":\"0123456789abcdef0123456789abcdef\"",
        ":null",
        "{}",
    ])
    .like(Form::Object(&[
        ("email", "\"[a-z@.]{0,12}\"|null"),
        ("secret", "\"[a-f0-9]{0,12}\"|null"),
    ]));

const PROGRAM_URL: &str = "https://refer.example/v1/programs/acme";

/// What a body is that is posted to a path of a program.
pub(super) fn post(path: &str, body: &str) -> Verdict {
    command("POST", &format!("{PROGRAM_URL}/{path}"), None, body)
}

fn command(method: &str, url: &str, bearer: Option<&str>, body: &str) -> Verdict {
    let read = |body: &str| parsers::command(method, url, bearer, body);
    let command = match read(body) {
        Ok(command) => command,
        Err(error) => return Ok(class_of(&error)),
    };
    // A step that is given no reason needs no body.
    if !body.trim().is_empty() {
        is_strict(body, &command, |body| read(body).ok())?;
    }
    Ok(Class::Owned(format!(
        "a command {}",
        command.matches("None").count()
    )))
}

fn reward_choice(body: &str) -> Verdict {
    // What the same page sends of the same person.
    let note = format!("{PROGRAM_URL}/referrers/me/note");
    command("PUT", &note, Some("a.b.c"), body)?;
    command(
        "PUT",
        &format!("{PROGRAM_URL}/referrers/me/reward"),
        Some("a.b.c"),
        body,
    )
}

fn proof_body(body: &str) -> Verdict {
    let asked = post("referrers/proof", body)?;
    let redeemed = post("referrers/proof/redeem", body)?;
    let both = asked.starts_with("a command") && redeemed.starts_with("a command");
    holds("a body asks for a proof or brings one", !both, || {
        body.to_owned()
    })?;
    Ok(Class::Owned(format!("{asked}, {redeemed}")))
}

fn exposures(body: &str) -> Verdict {
    match parsers::exposures(body) {
        Ok(events) => {
            is_strict(body, &events, |body| parsers::exposures(body).ok())?;
            let count = events.matches("Exposure").count();
            holds("a request has at most fifty events", count <= 50, || {
                count.to_string()
            })?;
            Ok(if count == 0 { "no events" } else { "events" }.into())
        }
        Err(error) => Ok(class_of(&error)),
    }
}

fn settings(body: &str) -> Verdict {
    let class = command("PUT", &format!("{PROGRAM_URL}/settings"), None, body)?;
    let dry_run = post("settings/dry-run", &format!("{{\"settings\":{body}}}"))?;
    let Ok(settings) = json::parse::<Settings>(body) else {
        return Ok(class);
    };
    holds(
        "a dry run takes what settings are",
        dry_run.starts_with("a command"),
        || dry_run.into(),
    )?;
    survives_its_json(&settings)?;
    checked(settings)
}

/// What follows from the rules about settings.
fn checked(settings: Settings) -> Verdict {
    let Ok(id) = ProgramId::parse("acme") else {
        return Ok("no program".into());
    };
    let make = |settings, policy| Program::new(id.clone(), 1, settings, policy);
    let program = match make(settings.clone(), AddressPolicy::Public) {
        Ok(program) => program,
        Err(invalid) => return Ok(Class::Owned(format!("invalid: {}", invalid.field))),
    };
    survives_its_json(&program.settings)?;
    let again = make(program.settings.clone(), AddressPolicy::Public);
    same(
        "checked settings are as good when checked again",
        &again.as_ref(),
        &Ok(&program),
    )?;
    let lax = make(settings, AddressPolicy::LoopbackToo);
    same(
        "what is good in public is good at home",
        &lax.as_ref(),
        &Ok(&program),
    )?;
    let offer = program.offer();
    let printed = serde_json::to_string(&offer).unwrap_or_default();
    same(
        "an offer survives its JSON",
        &json::parse(&printed).ok(),
        &Some(offer),
    )?;
    let minimum = program.minimum_order().minor();
    same(
        "the least order is as written",
        &minimum,
        &program.settings.minimum_order,
    )?;
    Ok("good settings".into())
}

fn survives_its_json(settings: &Settings) -> Result<(), Violation> {
    let printed = serde_json::to_string(settings).unwrap_or_default();
    let read = json::parse::<Settings>(&printed);
    same(
        "settings survive their JSON",
        &read.as_ref().ok(),
        &Some(settings),
    )
}

fn program(body: &str) -> Verdict {
    command("POST", "https://refer.example/v1/programs", None, body)
}
