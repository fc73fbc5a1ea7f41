//! Who sends a user agent: a person's browser, or a program that reads pages for somebody.
//!
//! All browsers begin alike, for historical reasons, and libraries and tools do not: that alone tells most programs. Of those
//! that begin like a browser, most say by a usual word what they are, and the others are named in `lists/previewers.txt`, which
//! `cargo xtask lists` makes of the vendored list of crawlers. A person who is taken for a program has lost a referral, so names
//! that are in the user agents of people (`lists/browsers.txt`) are not among them.

use crate::part;

/// How the user agents of browsers begin, in lower case; the last two are proxies in front of small telephones.
const BROWSERS: [&str; 3] = ["mozilla/", "opera/", "ucweb/"];

/// Words by which programs say that they are none, in lower case. A browser has no address of a page about itself.
const WORDS: [&str; 7] = [
    "bot",
    "compatible;",
    "crawl",
    "http",
    "lighthouse",
    "preview",
    "spider",
];

/// A brand of telephones.
const NO_BOT: &str = "cubot";

/// Parts of the user agents of programs that nothing else tells.
const NAMES: &str = include_str!("../../lists/previewers.txt");

/// Whether a program sends this user agent. None at all is no browser's either.
pub fn is_program(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    says_so(&agent) || NAMES.lines().any(|name| part::has(&agent, name))
}

/// Whether a program can be told without its name, by a user agent in lower case.
pub fn says_so(agent: &str) -> bool {
    let agent = agent.replace(NO_BOT, "");
    !BROWSERS.iter().any(|start| agent.starts_with(start))
        || WORDS.iter().any(|word| part::has(&agent, word))
}

#[cfg(test)]
mod tests {
    use super::{NAMES, is_program};
    use crate::risk::list::lines;

    /// User agents of crawlers as they were published, and of people's browsers.
    const CRAWLERS: &str = include_str!("../../lists/crawler-agents.txt");
    const PEOPLE: &str = include_str!("../../lists/browsers.txt");

    #[test]
    fn every_published_crawler_is_told_but_those_that_come_as_people() {
        let all: Vec<&str> = lines(CRAWLERS).collect();
        let missed: Vec<&&str> = all.iter().filter(|agent| !is_program(agent)).collect();
        println!(
            "number: crawlers told {} of {} published user agents, by {} names",
            all.len() - missed.len(),
            all.len(),
            NAMES.lines().count()
        );
        assert!(all.len() > 2_000, "only {}", all.len());
        // What people's telephones and Facebook's own browser send, and nothing of a crawler's.
        let as_people = |agent: &str| {
            ["AP3A.240617.008", "MetaIAB Facebook"]
                .iter()
                .any(|part| agent.contains(part))
        };
        for agent in &missed {
            assert!(as_people(agent), "{agent}");
        }
        assert!(missed.len() <= 2, "{missed:?}");
    }

    #[test]
    fn no_browser_of_people_is_taken_for_a_program() {
        let all: Vec<&str> = lines(PEOPLE).collect();
        println!(
            "number: user agents of people, none of which is a program's {}",
            all.len()
        );
        assert!(all.len() >= 40, "only {}", all.len());
        for agent in all {
            assert!(!is_program(agent), "{agent}");
        }
    }

    #[test]
    fn libraries_and_tools_are_programs_and_so_is_who_says_nothing() {
        for agent in [
            "",
            "node",
            "undici",
            "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
            "axios/1.7.9",
            "python-requests/2.32.3",
            "Python-urllib/3.12",
            "python-httpx/0.28.1",
            "Python/3.12 aiohttp/3.11.11",
            "curl/8.5.0",
            "Wget/1.24.5",
            "Go-http-client/2.0",
            "okhttp/4.12.0",
            "Java/21.0.5",
            "Java-http-client/21.0.5",
            "Apache-HttpClient/5.4 (Java/21)",
            "libwww-perl/6.77",
            "PostmanRuntime/7.43.0",
            "Dalvik/2.1.0 (Linux; U; Android 15; Pixel 9 Build/AP4A.250105.002)",
            "WhatsApp/2.23.20.0",
            "Pinterest/0.2 (+https://www.pinterest.com/)",
        ] {
            assert!(is_program(agent), "{agent}");
        }
    }

    #[test]
    fn the_names_are_short_sorted_and_in_lower_case() {
        let names: Vec<&str> = NAMES.lines().collect();
        assert!(names.is_sorted_by(|one, next| one < next));
        for name in names {
            assert!(
                name.len() >= 4 && name == name.trim().to_ascii_lowercase(),
                "{name}"
            );
        }
    }
}
