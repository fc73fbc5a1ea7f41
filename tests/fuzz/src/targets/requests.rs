//! Requests as a ledger is told of them: heads of reports, parts of everything else, and what their queries ask for.

use goodword_edge::parsers::{self, Taken, bearer, passed_on, report_head, taken};

use super::{Form, Target};
use crate::verdict::{Class, Verdict, class_of, holds, same};

/// What stands in a report's head for a header that is not there.
const ABSENT: &str = "\0";

const BASE: &str = "https://refer.example/v1/programs/acme";

/// Program, URL, address, the three headers of the signature, and the idempotency key, a line each.
pub(super) const REPORT_HEAD: Target = Target::text("report_head", head)
    .with(&[
        "acme\n",
        "https://refer.example/v1/programs/acme/orders\n",
        "203.0.113.9\n",
        "msg_1\n",
        "1800000000\n",
        "v1,abc=\n",
        "\0\n",
        "\n",
        "\r",
    ])
    .like(Form::Text(
        "[a-z]{0,4}\n(https://x\\.example/[a-z]{0,3})?\n(1\\.2\\.3\\.4|\u{0})\n([a-z]{0,3}|\u{0})\n([0-9]{0,3}|\u{0})\n([a-z]{0,3}|\u{0})\n([a-z]{0,3}|\u{0})",
    ));

/// Method and path in the first line, headers in the next ones up to an empty one, and the body.
pub(super) const REQUEST: Target = Target::text("request", request)
    .with(&[
        "GET /",
        "POST /orders\n",
        "POST /claims\n",
        "POST /keys\n",
        "DELETE /keys/k1\n",
        "PUT /settings\n",
        "POST /rewards/r1/void\n",
        "POST /reviews/r1/approve\n",
        "GET /log?after=3\n",
        "GET /exports/orders\n",
        "GET /referrers/me\n",
        "authorization: Bearer key\n",
        "idempotency-key: once\n",
        "cf-connecting-ip: 203.0.113.9\n",
        "webhook-id: 1\n",
        "webhook-timestamp: 2\n",
        "webhook-signature: 3\n",
        "\n",
        "\n\n",
        "{\"token\":\"t\"}",
        "{\"kind\":\"api\"}",
    ])
    .like(Form::Text(
        "(GET|POST|PUT|DELETE) /(orders|claims|keys|log|rewards/r1/void|settings)(\\?after=[0-9]{0,3})?\n(authorization: Bearer [a-z]{0,9}\n)?(idempotency-key: [a-z\"]{0,9}\n)?(cf-connecting-ip: 203\\.0\\.113\\.[0-9]{1,3}\n)?\n(\\{\\}|\\{\"kind\":\"api\"\\}|\\{\"token\":\"[a-z]{1,4}\"\\})?",
    ));

/// A list of the API with its query.
pub(super) const QUERY: Target = Target::text("query", query)
    .with(&[
        "rewards?state=pending&after=rw_1",
        "referrals?state=",
        "touches?customer=c%2F1",
        "deliveries?state=dead",
        "deliveries?state=waiting",
        "log?after=3",
        "facts?after=9007199254740993",
        "versions?after=-1",
        "reviews",
        "blocks",
        "referrers",
        "&after=",
        "after",
        "=",
        "&",
        "%",
        "%FF",
        "%00",
        "+",
        "?",
        "#",
    ])
    .like(Form::Text(
        "(log|facts|touches|rewards|deliveries|referrals|referrers|reviews|blocks|versions)\\?(after=-?[0-9]{0,17})?(&state=[a-z]{0,4})?(&customer=[a-z%0-9+]{0,6})?",
    ));

/// Days that are asked of the tally, or a batch of counts.
pub(super) const TALLY: Target = Target::text("tally", tally)
    .with(&[
        "from=20700&to=20782",
        "&",
        "to=4294967295",
        "to=4294967296",
        "from=+1",
        "from=%31",
        "[[{\"day\":20782,\"kind\":\"shown\",\"placement\":\"share\",\"channel\":\"sms\",\"variant\":2},3]]",
        "\"kind\":\"clicked\"",
        "[]",
        ",",
    ])
    .like(Form::Text(
        "(from=[+-]?[0-9]{0,11})?&(to=[0-9]{0,11})?|\\[(\\[\\{\"day\":[0-9]{1,6},\"kind\":\"(shown|claimed)\",\"placement\":\"[a-z]{0,3}\",\"channel\":\"sms\",\"variant\":[0-9]{1,3}\\},[0-9]{1,11}\\])?\\]",
    ));

/// A query, and what `Accept` says in the next line.
pub(super) const EXPORT_FORMAT: Target = Target::text("export_format", format)
    .with(&[
        "format=csv",
        "format=json",
        "format=",
        "&",
        "\ntext/csv",
        "\ntext/csv;q=1, */*",
        "\napplication/json",
        "CSV",
    ])
    .like(Form::Text(
        "(after=[a-z]{0,3}&)?(format=(csv|json|CSV|[a-z]{0,4}))?(\n(text/csv|text/html|\\*/\\*))?",
    ));

fn head(text: &str) -> Verdict {
    let read = report_head(text);
    let written = read.clone().map(|part| part.unwrap_or(ABSENT.to_owned()));
    same(
        "a head is read again as itself",
        &report_head(&written.join("\n")),
        &read,
    )?;
    let one_line = |part: &Option<String>| part.as_ref().is_none_or(|part| !part.contains('\n'));
    holds(
        "no part has a line break",
        read.iter().all(one_line),
        || format!("{read:?}"),
    )?;
    let lines: Vec<&str> = text.split('\n').collect();
    if lines.len() >= read.len() {
        let longer = format!("{text}\nmore");
        same(
            "what follows the head is none of it",
            &report_head(&longer),
            &read,
        )?;
    }
    // Two of three headers are no signature, and three are what was sent.
    let sent = lines.get(3..6).unwrap_or_default();
    let all = sent.len() == 3 && !sent.contains(&ABSENT);
    let signed: Vec<&str> = read
        .iter()
        .skip(3)
        .take(3)
        .flatten()
        .map(String::as_str)
        .collect();
    let expected = if all { sent } else { &[] };
    same(
        "a signature has three headers or none",
        &signed.as_slice(),
        &expected,
    )?;
    Ok(Class::Owned(format!(
        "{} {}",
        signed.len(),
        read.iter().flatten().count()
    )))
}

/// The parts of what is written as a request, in the order of the ledger.
fn parts(text: &str) -> [Option<String>; 9] {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let (method, path) = line.split_once(' ').unwrap_or(("GET", line));
    let header = |name: &str| {
        let mut headers = headers.lines().filter_map(|line| line.split_once(": "));
        let found = headers.find(|(known, _)| *known == name);
        found.map(|(_, value)| value.to_owned())
    };
    [
        Some(method.to_owned()),
        Some(format!("{BASE}{path}")),
        Some(body.to_owned()),
        header("cf-connecting-ip"),
        header("authorization").as_deref().and_then(bearer),
        header("idempotency-key"),
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
    ]
}

fn request(text: &str) -> Verdict {
    let parts = parts(text);
    let again = passed_on(&parts);
    same(
        "a request is passed on as itself",
        &passed_on(&again),
        &again,
    )?;
    let read = taken(&parts);
    same(
        "it does not matter how often it was passed on",
        &taken(&again),
        &read,
    )?;
    let mut bare = parts.clone();
    for optional in [3, 5] {
        if let Some(part) = bare.get_mut(optional) {
            *part = None;
        }
    }
    let bare = taken(&bare);
    let read = match read {
        Ok(read) => read,
        Err(told) => {
            let of_key = told.contains("IdempotencyKey");
            holds(
                "only a key can be wrong where the rest is good",
                of_key || bare.is_err(),
                || told.clone(),
            )?;
            return Ok(class_of(&told));
        }
    };
    let unkeyed = Taken {
        idempotency: None,
        network: None,
        ..read.clone()
    };
    same("key and network change nothing else", &bare, &Ok(unkeyed))?;
    holds(
        "nobody is the administrator by chance",
        read.credential != "Admin",
        || read.credential.clone(),
    )?;
    let keyed = read.idempotency.is_some();
    holds(
        "a key counts where one was sent",
        !keyed || parts[5].is_some(),
        || format!("{read:?}"),
    )?;
    let kind = read.credential.split(['(', ' ']).next().unwrap_or_default();
    Ok(Class::Owned(format!("{kind} {keyed}")))
}

fn query(text: &str) -> Verdict {
    let list = |text: &str| parsers::command("GET", &format!("{BASE}/{text}"), Some("a.b.c"), "");
    let read = list(text);
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    // Nobody's name at the end, or at the beginning, asks for nothing.
    for with_more in [
        format!("{path}?{query}&zz=1"),
        format!("{path}?zz=1&{query}"),
    ] {
        same(
            "a name that nobody knows asks for nothing",
            &list(&with_more),
            &read,
        )?;
    }
    // The first of two is the one that counts.
    let named = |name: &str| {
        query
            .split('&')
            .any(|pair| pair.split_once('=').is_some_and(|(key, _)| key == name))
    };
    for name in ["after", "state", "customer"] {
        if named(name) {
            let twice = format!("{path}?{query}&{name}=9");
            same("the first of two counts", &list(&twice), &read)?;
        }
    }
    let command = match read {
        Ok(command) => command,
        Err(told) => return Ok(class_of(&told)),
    };
    let (_, said) = command.split_once(": ").unwrap_or_default();
    let numbered = said.split_once("after: ").map(|(_, rest)| rest);
    let number = numbered.and_then(|rest| rest.trim_end_matches(" }").parse::<i64>().ok());
    if let Some(number) = number {
        let fits = number.unsigned_abs() <= 9_007_199_254_740_991;
        holds("a number is one that can be compared", fits, || {
            command.clone()
        })?;
        let anew = format!("{path}?after={number}&{query}");
        same(
            "a number is read again as itself",
            &list(&anew).as_ref(),
            &Ok(&command),
        )?;
    }
    let name = said.split([' ', '(']).next().unwrap_or_default();
    Ok(Class::Owned(format!(
        "{name} {}",
        said.matches("None").count()
    )))
}

fn tally(text: &str) -> Verdict {
    if text.trim_start().starts_with('[') {
        return batch(text);
    }
    let today = 20_782;
    let url = format!("{BASE}/tally?{text}");
    let (from, to) = match parsers::tally_days(&url, today) {
        Ok(days) => days,
        Err(told) => return Ok(class_of(&told)),
    };
    holds("days are in their order", from <= to, || {
        format!("{from} {to}")
    })?;
    let asked = format!("https://tally/?from={from}&to={to}");
    same(
        "days are read again as themselves",
        &parsers::tally_days(&asked, 0),
        &Ok((from, to)),
    )?;
    let there = (
        parsers::tally_day(&asked, "from"),
        parsers::tally_day(&asked, "to"),
    );
    same(
        "the tally reads what the Worker has read",
        &there,
        &(i64::from(from), i64::from(to)),
    )?;
    // Whatever it is, it is a number or the first of all days.
    let _ = parsers::tally_day(&url, "from");
    Ok(Class::Owned(format!("days {}", to == today)))
}

fn batch(text: &str) -> Verdict {
    let Some((count, written)) = parsers::tally_batch(text) else {
        return Ok("no counts".into());
    };
    let again = parsers::tally_batch(&written);
    same(
        "counts are read again as themselves",
        &again,
        &Some((count, written)),
    )?;
    Ok(Class::Owned(format!("counts {}", count.min(2))))
}

fn format(text: &str) -> Verdict {
    let (query, accept) = text.split_once('\n').unwrap_or((text, ""));
    let url = format!("{BASE}/exports/orders?{query}");
    let (plain, accepted) = (
        parsers::is_csv(&url, None),
        parsers::is_csv(&url, Some(accept)),
    );
    let asked = parsers::word(&url, "format");
    let expected = match asked.as_deref() {
        Some("csv") => Ok(true),
        Some("json") | None => Ok(false),
        Some(_) => Err(()),
    };
    same(
        "the query says what is asked for",
        &plain.clone().map_err(|_| ()),
        &expected,
    )?;
    if asked.is_some() {
        same(
            "what is accepted counts where the query says nothing",
            &accepted,
            &plain,
        )?;
    }
    Ok(match accepted {
        Ok(csv) => Class::Owned(format!("{csv} {}", asked.is_some())),
        Err(told) => class_of(&told),
    })
}
