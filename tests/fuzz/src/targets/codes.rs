//! Referral codes, channels, and ids.

use goodword_shared::channel::{Channel, Placement, Way, parse_way};
use goodword_shared::code::{
    CODE_LENGTH, CODE_LENGTH_MAX, InvalidCode, ReferralCode, WORD_LENGTH_MIN,
};
use goodword_shared::event::EventKind;
use goodword_shared::id::{ExternalId, ProgramId};
use goodword_shared::money::Currency;
use goodword_shared::{json, name};

use super::{Form, Target, with_one_changed};
use crate::verdict::{Class, Verdict, holds, same};

pub(super) const CODE: Target = Target::text("referral_code", code)
    .like(Form::Text("[0-9A-Za-z -]{0,24}"))
    .with(&["I", "L", "O", "U", "il", "o0", "COFFEE", "-", " "]);

pub(super) const CHANNEL: Target = Target::text("channel", channel)
    .like(Form::Text(
        "(link|copy|native|whatsapp|sms|email|qr|telegram|x|facebook|linkedin|[a-z]{0,9})(-[0-9]{0,4})?",
    ))
    .with(&[
        "link",
        "copy",
        "native",
        "whatsapp",
        "sms",
        "email",
        "qr",
        "telegram",
        "x",
        "facebook",
        "linkedin",
        "-2",
        "-255",
        "-1-share",
        "-0-portal",
        "-thanks",
        "-+2",
        "-256",
    ]);

pub(super) const IDS: Target = Target::text("ids", ids)
    .like(Form::Text("[a-z0-9_-]{0,40}|[A-Z]{3}|[\\PC]{0,140}"))
    .with(&["acme", "EUR", "JPY", "registered", "_", "#1001/É"]);

fn code(text: &str) -> Verdict {
    let read = ReferralCode::parse(text);
    let code = match read {
        Ok(code) => code,
        Err(InvalidCode::Shape) => return Ok("no code".into()),
        Err(InvalidCode::CheckSymbol) => return Ok("another check symbol".into()),
    };
    let normal = code.as_str();
    let symbol = |b: u8| (b.is_ascii_uppercase() && !b"ILO".contains(&b)) || b.is_ascii_digit();
    let length = WORD_LENGTH_MIN..=CODE_LENGTH_MAX;
    holds(
        "a code has 4 to 20 symbols without look-alikes",
        length.contains(&normal.len()) && normal.bytes().all(symbol),
        || normal.to_owned(),
    )?;
    let again = Ok(code.clone());
    same(
        "a normal form is its own normal form",
        &ReferralCode::parse(normal),
        &again,
    )?;
    let spelt: Vec<String> = normal.to_lowercase().chars().map(String::from).collect();
    let spelt = spelt.join("-").replace('1', "l").replace('0', "o");
    same(
        "a code survives lower case, dashes and look-alikes",
        &ReferralCode::parse(&spelt),
        &again,
    )?;
    if normal.len() != CODE_LENGTH {
        return Ok("a word".into());
    }
    let wrong = ReferralCode::parse(&with_one_changed(normal));
    same(
        "one wrong symbol is noticed",
        &wrong,
        &Err(InvalidCode::CheckSymbol),
    )?;
    Ok("a generated code".into())
}

fn channel(text: &str) -> Verdict {
    let way = parse_way(text);
    let Way {
        channel,
        variant,
        placement,
    } = way;
    let mut printed = format!("{}-{variant}", channel.name());
    if let Some(place) = placement {
        printed = format!("{printed}-{}", place.name());
        same(
            "a placement is that of its number",
            &Placement::from_number(place as u8),
            &placement,
        )?;
    }
    same(
        "what is printed is read as the same",
        &parse_way(&printed),
        &way,
    )?;
    same(
        "a channel is that of its number",
        &Channel::from_number(channel as u8),
        &channel,
    )?;
    if let Some(plain) = goodword_edge::parsers::plain_way(&format!("c={text}")) {
        same("both ways of a click read the same", &plain, &way)?;
    }
    Ok(Class::Owned(format!(
        "{} {} {}",
        channel.name(),
        variant > 0,
        placement.is_some()
    )))
}

fn ids(text: &str) -> Verdict {
    let program = ProgramId::parse(text).ok();
    let external = ExternalId::parse(text).ok();
    let kind = EventKind::try_from(text.to_owned()).ok();
    let currency = Currency::parse(text).ok();
    let texts = [
        program.as_ref().map(ProgramId::as_str),
        external.as_ref().map(ExternalId::as_str),
        kind.as_ref().map(EventKind::as_str),
        currency.as_ref().map(Currency::as_str),
    ];
    for read in texts.into_iter().flatten() {
        same("an id is kept as it was written", &read, &text)?;
    }
    let as_json = serde_json::to_string(text).unwrap_or_default();
    same(
        "a program is read from JSON alike",
        &json::parse(&as_json).ok(),
        &program,
    )?;
    same(
        "an id is read from JSON alike",
        &json::parse(&as_json).ok(),
        &external,
    )?;
    same(
        "an event is read from JSON alike",
        &json::parse(&as_json).ok(),
        &kind,
    )?;
    same(
        "a currency is read from JSON alike",
        &json::parse(&as_json).ok(),
        &currency,
    )?;
    if let Some(id) = &external {
        let clean = !id.as_str().chars().any(name::is_hidden) && id.as_str().len() <= 512;
        holds("an id of the shop is short and visible", clean, || {
            format!("{id:?}")
        })?;
    }
    let any_currency = currency.is_some_and(|currency| currency.exponent() <= 3);
    holds(
        "a currency has up to three decimals",
        any_currency || currency.is_none(),
        || text.into(),
    )?;
    let which = [
        program.is_some(),
        external.is_some(),
        kind.is_some(),
        currency.is_some(),
    ];
    Ok(Class::Owned(format!("{which:?}")))
}
