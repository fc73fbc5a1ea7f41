//! The message that goes with the link, and the link that says which way it went.

/// Stands for the share link in the message that the edge prepares.
const LINK: &str = "{link}";

/// The message as it is shown for editing, with the plain share link in it.
pub(crate) fn draft(message: &str, link: &str) -> String {
    match cut(message, LINK) {
        Some((before, after)) => [before, link, after].concat(),
        None => message.to_owned(),
    }
}

/// The share link of one channel.
pub(crate) fn channel_link(link: &str, channel: &str) -> String {
    let joint = if link.contains('?') { "&c=" } else { "?c=" };
    [link, joint, channel].concat()
}

/// What is sent on a channel: the edited message with that channel's link, which is added where it was deleted.
pub(crate) fn outgoing(edited: &str, link: &str, channel: &str) -> String {
    let sent = channel_link(link, channel);
    match cut(edited, link) {
        Some((before, after)) => [before, sent.as_str(), after].concat(),
        None if edited.trim_ascii_end().is_empty() => sent,
        None => [edited.trim_ascii_end(), " ", sent.as_str()].concat(),
    }
}

/// The text on both sides of `mark`. The standard search is made for long texts, and ten times as long as this.
fn cut<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = text
        .as_bytes()
        .windows(mark.len().max(1))
        .position(|piece| piece == mark.as_bytes())?;
    let after = at.checked_add(mark.len())?;
    Some((text.get(..at)?, text.get(after..)?))
}

#[cfg(test)]
mod tests {
    use super::{channel_link, draft, outgoing};

    const URL: &str = "http://localhost:8787/r/7K3M9QX2A";

    #[test]
    fn the_message_carries_the_link_of_its_channel() {
        let shown = draft("Try this: {link} (I get €5.)", URL);
        assert_eq!(
            outgoing(&shown, URL, "whatsapp"),
            "Try this: http://localhost:8787/r/7K3M9QX2A?c=whatsapp (I get €5.)"
        );
    }

    #[test]
    fn a_link_that_was_deleted_comes_back_at_the_end() {
        assert_eq!(
            outgoing("Have a look\n", URL, "sms"),
            format!("Have a look {URL}?c=sms")
        );
        assert_eq!(outgoing("  ", URL, "sms"), format!("{URL}?c=sms"));
    }

    #[test]
    fn a_message_without_a_place_for_the_link_is_kept_as_it_is() {
        assert_eq!(draft("Hello", URL), "Hello");
        assert_eq!(outgoing("Hello", "", "sms"), "Hello ?c=sms");
    }

    #[test]
    fn a_link_with_a_query_keeps_it() {
        assert_eq!(
            channel_link("https://e.st/r/A?to=/x", "copy"),
            "https://e.st/r/A?to=/x&c=copy"
        );
    }
}
