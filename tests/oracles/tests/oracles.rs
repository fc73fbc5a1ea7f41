//! What we take for signed is what the platforms' own libraries take, and nothing else.

use std::time::{SystemTime, UNIX_EPOCH};

use goodword_oracles::{Library, Ours, Party, Rng, is_taken};
use goodword_shared::time::Millis;

/// Changed messages a party.
const FORGERIES: usize = 10_000;

/// Of these, how many its library judges as well.
const JUDGED_BY_BOTH: usize = 400;

const BODY: &str = r#"{"event_id":"evt_1","event_type":"transaction.completed","id":"evt_1","object":"event",
"data":{"id":"txn_1","total":"19.90","note":"grüße, 友達"}}"#;

fn now() -> Millis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    Millis(i64::try_from(since.as_millis()).expect("a time"))
}

#[test]
fn oracles_and_we_take_what_the_other_signs() {
    let mut library = Library::start();
    for party in Party::ALL {
        let (old, new) = (party.secret(1), party.secret(2));
        let seconds = now().seconds();
        let theirs = Ours {
            header: library.signs(party, &new, BODY, seconds),
            seconds,
        };
        let both = [old.clone(), new.clone()];
        assert!(
            is_taken(party, &theirs, BODY.as_bytes(), &both, now()),
            "{party:?}"
        );
        assert!(
            !is_taken(party, &theirs, BODY.as_bytes(), &[old], now()),
            "{party:?}"
        );
        let ours = party.sign(&new, BODY, seconds);
        assert!(
            library.takes(party, &new, BODY, (&ours.header, seconds)),
            "{party:?}"
        );
        assert!(!library.takes(party, &party.secret(3), BODY, (&ours.header, seconds)));
    }
}

#[test]
fn oracles_and_we_refuse_what_is_stale_or_ahead() {
    let mut library = Library::start();
    for party in Party::ALL.into_iter().filter(|party| party.is_timed()) {
        let secret = party.secret(1);
        for off in [-3_600, -310, 310, 3_600] {
            let seconds = now().seconds() + off;
            let ours = party.sign(&secret, BODY, seconds);
            let secrets = [secret.clone()];
            assert!(
                !is_taken(party, &ours, BODY.as_bytes(), &secrets, now()),
                "{party:?} {off}"
            );
            // Two of the libraries take any time that is ahead of theirs.
            if off < 0 {
                assert!(
                    !library.takes(party, &secret, BODY, (&ours.header, seconds)),
                    "{party:?} {off}"
                );
            }
        }
    }
}

#[test]
fn no_changed_message_is_taken_where_an_oracle_refuses_it() {
    let mut library = Library::start();
    let (mut tried, mut taken, mut judged) = (0_usize, 0_usize, 0_usize);
    for party in Party::ALL {
        let secret = party.secret(1);
        let secrets = [party.secret(4), secret.clone()];
        let at = now();
        let good = party.sign(&secret, BODY, at.seconds());
        let mut rng = Rng(1);
        for count in 0..FORGERIES {
            let (ours, body) = forged(&mut rng, party, &good);
            let is_same = ours == good && body == BODY.as_bytes();
            assert!(!is_same, "a forgery differs");
            tried += 1;
            let we = is_taken(party, &ours, &body, &secrets, at);
            taken += usize::from(we);
            assert!(!we, "{party:?} took {ours:?}");
            let Ok(body) = std::str::from_utf8(&body) else {
                continue;
            };
            if count % (FORGERIES / JUDGED_BY_BOTH) == 0 {
                judged += 1;
                let they = library.takes(party, &secret, body, (&ours.header, ours.seconds));
                assert!(!they, "{party:?}: its library takes {ours:?}");
            }
        }
    }
    println!(
        "number: oracles: {tried} forged messages of {} parties, {taken} taken; {judged} judged by their own libraries too",
        Party::ALL.len()
    );
}

/// One to three bits changed in body or header, the header of another body or another party, or another time.
fn forged(rng: &mut Rng, party: Party, good: &Ours) -> (Ours, Vec<u8>) {
    let mut body = BODY.as_bytes().to_vec();
    let mut ours = good.clone();
    match rng.below(8) {
        0 => ours = party.sign(&party.secret(1), "{}", good.seconds),
        1 => {
            let other =
                Party::ALL[(rng.below(Party::ALL.len() - 1) + 1 + at_of(party)) % Party::ALL.len()];
            ours.header = other.sign(&other.secret(9), BODY, good.seconds).header;
        }
        2 if party.is_timed() => {
            let moved = good.seconds + 1 + i64::try_from(rng.below(200)).unwrap_or_default();
            ours.header = good
                .header
                .replace(&good.seconds.to_string(), &moved.to_string());
            ours.seconds = moved;
        }
        3 | 4 => {
            let mut header = good.header.clone().into_bytes();
            flip(rng, &mut header);
            match String::from_utf8(header) {
                // A header holds no control characters, and its ends are cut off.
                Ok(header) if header.trim() == header && !header.chars().any(char::is_control) => {
                    ours.header = header;
                }
                _ => flip(rng, &mut body),
            }
        }
        _ => flip(rng, &mut body),
    }
    if ours == *good && body == BODY.as_bytes() {
        flip(rng, &mut body);
    }
    (ours, body)
}

fn at_of(party: Party) -> usize {
    Party::ALL
        .iter()
        .position(|one| *one == party)
        .unwrap_or_default()
}

fn flip(rng: &mut Rng, bytes: &mut [u8]) {
    let before = bytes.to_vec();
    for _ in 0..=rng.below(3) {
        let bit = rng.below(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    if bytes == before {
        bytes[0] ^= 1;
    }
}
