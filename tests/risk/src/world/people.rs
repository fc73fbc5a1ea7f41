//! People with what identifies them: addresses, cards, homes, browsers, networks.

use super::event::{Address, DAY, HOUR};
use crate::rng::Rng;

const FIRST: [&str; 40] = [
    "jane", "omar", "lena", "tom", "maria", "yusuf", "chloe", "ivan", "priya", "noah", "emma",
    "luca", "sofia", "ben", "aisha", "marco", "nina", "peter", "hana", "david", "julia", "felix",
    "anna", "karl", "olga", "hugo", "mila", "jonas", "zoe", "paul", "ines", "leo", "clara", "erik",
    "sara", "max", "ella", "finn", "rosa", "tim",
];
const LAST: [&str; 40] = [
    "miller",
    "khan",
    "schmidt",
    "rossi",
    "garcia",
    "dubois",
    "novak",
    "silva",
    "jensen",
    "kowalski",
    "brown",
    "wilson",
    "fischer",
    "weber",
    "moreau",
    "ferrari",
    "lopez",
    "nilsson",
    "virtanen",
    "papadopoulos",
    "oconnor",
    "murphy",
    "deboer",
    "peeters",
    "huber",
    "keller",
    "varga",
    "popescu",
    "ivanov",
    "yilmaz",
    "ali",
    "singh",
    "chen",
    "tanaka",
    "kim",
    "nguyen",
    "martin",
    "bernard",
    "lange",
    "wolf",
];
const STREETS: [&str; 24] = [
    "High Street",
    "Church Lane",
    "Station Road",
    "Park Avenue",
    "Mill Lane",
    "Queen's Road",
    "Hauptstraße",
    "Bahnhofstraße",
    "Gartenweg",
    "Am Markt",
    "Schulstraße",
    "Lindenallee",
    "Rue de la Paix",
    "Avenue Foch",
    "Via Roma",
    "Calle Mayor",
    "Kirchplatz",
    "Ringstraße",
    "Elm Street",
    "Oak Drive",
    "Main Street",
    "Victoria Road",
    "Green Lane",
    "King Street",
];
/// Providers, each so many times as it is common.
const PROVIDERS: [&str; 20] = [
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "outlook.com",
    "outlook.com",
    "hotmail.com",
    "icloud.com",
    "icloud.com",
    "yahoo.com",
    "yahoo.co.uk",
    "gmx.de",
    "web.de",
    "proton.me",
    "fastmail.com",
    "orange.fr",
    "wp.pl",
];
/// Networks of homes in one region, and those from which all its phones come.
const HOME_NETWORKS: i64 = 900;
const PHONE_NETWORKS: i64 = 60;

/// Somebody.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The shop's customer id, if they have an account.
    pub customer: Option<String>,
    /// Their address.
    pub email: String,
    /// Their card, if they pay by one.
    pub card: Option<String>,
    /// Where they live.
    pub home: Address,
    /// Their network at home.
    pub ip: [u8; 4],
    /// Their browser, if the page may keep anything in it.
    pub browser: Option<u64>,
    /// How often in a thousand they are on the network at home.
    pub at_home: i64,
}

impl Person {
    /// Somebody new.
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let number = rng.draw();
        Self {
            customer: rng.chance(550).then(|| format!("c{number:x}")),
            email: email(rng),
            card: card(rng),
            home: home(rng),
            ip: home_ip(rng),
            browser: browser(rng),
            at_home: 650,
        }
    }

    /// Somebody new with an account, as whoever shares has.
    pub(crate) fn with_account(rng: &mut Rng) -> Self {
        let mut person = Self::new(rng);
        person.customer = Some(format!("c{:x}", rng.draw()));
        person
    }

    /// Somebody new who lives there too.
    pub(crate) fn housemate(&self, rng: &mut Rng) -> Self {
        let mut person = Self::new(rng);
        person.home = retyped(rng, &self.home);
        person.ip = self.ip;
        person.at_home = 800;
        person
    }
}

/// An address that somebody uses for years.
pub(super) fn email(rng: &mut Rng) -> String {
    let (first, last) = (rng.pick(&FIRST), rng.pick(&LAST));
    let number = rng.between(1, 2_999);
    let local = match rng.between(0, 5) {
        0 => format!("{first}.{last}{number}"),
        1 => format!("{first}{last}{number}"),
        2 => format!("{last}.{first}.{number}"),
        3 => format!("{first}{number}.{last}"),
        4 => format!("{first}{}{number}", last.len()),
        _ => format!("{last}{number}{first}"),
    };
    if rng.chance(80) {
        return format!("{first}@{last}-{number}.example");
    }
    format!("{local}@{}", rng.pick(&PROVIDERS))
}

/// The fingerprint of a card; one in seven pays by something that has none.
pub(super) fn card(rng: &mut Rng) -> Option<String> {
    rng.chance(860).then(|| new_card(rng))
}

/// The fingerprint of another card.
pub(super) fn new_card(rng: &mut Rng) -> String {
    format!("card-{:016x}", rng.draw())
}

/// A browser; one visitor in twelve lets nothing be kept.
pub(super) fn browser(rng: &mut Rng) -> Option<u64> {
    rng.chance(920).then(|| rng.draw())
}

/// How long a tab lives in a browser: the page's id of it lives no longer. Phones keep tabs for weeks, most desks are tidied
/// once a day or with every errand.
pub(super) fn tab_life(browser: u64) -> i64 {
    match Rng::new(browser).between(0, 99) {
        0..=34 => 60 * DAY,
        35..=64 => 2 * DAY,
        _ => 4 * HOUR,
    }
}

/// The id that the page has in a browser at a time: another one for every tab.
pub(super) fn tab(browser: u64, at: i64) -> u64 {
    let life = tab_life(browser);
    let opened = Rng::new(!browser).between(0, life - 1);
    let number = at.saturating_add(opened).div_euclid(life);
    Rng::new(browser ^ number.unsigned_abs()).draw()
}

/// A home.
pub(super) fn home(rng: &mut Rng) -> Address {
    let (street, house) = (rng.pick(&STREETS), rng.between(1, 180));
    let lines = if rng.chance(400) {
        format!("{house} {street}\nFlat {}", rng.between(1, 24))
    } else {
        format!("{street} {house}")
    };
    Address {
        country: rng.pick(&["GB", "DE", "FR", "US"]).to_owned(),
        postal_code: format!("{:05}", rng.between(10_000, 10_400)),
        lines,
    }
}

/// The same address, typed by somebody else or on another day.
pub(super) fn retyped(rng: &mut Rng, address: &Address) -> Address {
    let mut other = address.clone();
    if rng.chance(300) {
        other.lines = other.lines.to_lowercase().replace("flat ", "apt. ");
    }
    if rng.chance(250) {
        other.lines = other
            .lines
            .replace("straße", "str.")
            .replace("Street", "St");
    }
    if rng.chance(200) {
        other.lines = other.lines.replace('\n', ", ");
    }
    if rng.chance(100) {
        other.postal_code = format!(" {}", other.postal_code);
    }
    if rng.chance(40) {
        // The flat, or what else comes last, is forgotten.
        let kept = other.lines.rsplit_once([' ', '\n']);
        other.lines = kept.map_or_else(String::new, |(front, _)| front.to_owned());
    }
    other
}

/// A network address at some home.
pub(super) fn home_ip(rng: &mut Rng) -> [u8; 4] {
    network(rng, 81, HOME_NETWORKS)
}

/// A network address of some phone: many share few networks.
pub(super) fn phone_ip(rng: &mut Rng) -> [u8; 4] {
    network(rng, 46, PHONE_NETWORKS)
}

fn network(rng: &mut Rng, first: u8, count: i64) -> [u8; 4] {
    let [high, low] = u16::try_from(rng.between(0, count - 1))
        .unwrap_or_default()
        .to_be_bytes();
    [first, high, low, host(rng)]
}

/// Another address on the same network.
pub(super) fn neighbour(rng: &mut Rng, ip: [u8; 4]) -> [u8; 4] {
    [ip[0], ip[1], ip[2], host(rng)]
}

fn host(rng: &mut Rng) -> u8 {
    u8::try_from(rng.between(1, 254)).unwrap_or(1)
}
