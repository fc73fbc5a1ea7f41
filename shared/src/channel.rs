//! The ways in which a link is shared.

use serde::{Deserialize, Serialize};

/// A share channel. The number is part of the click token: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Channel {
    /// The bare link, or a channel this version does not know.
    Link = 0,
    /// Copied to the clipboard.
    Copy = 1,
    /// The device's own share sheet.
    Native = 2,
    /// WhatsApp.
    WhatsApp = 3,
    /// A text message.
    Sms = 4,
    /// An e-mail draft.
    Email = 5,
    /// A QR code.
    Qr = 6,
}

const ALL: [Channel; 7] = [
    Channel::Link,
    Channel::Copy,
    Channel::Native,
    Channel::WhatsApp,
    Channel::Sms,
    Channel::Email,
    Channel::Qr,
];

impl Channel {
    /// The channel of a name such as `whatsapp`; unknown names are the bare link, because a click must never fail.
    pub fn from_name(name: &str) -> Self {
        ALL.into_iter()
            .find(|channel| channel.name() == name)
            .unwrap_or(Self::Link)
    }

    /// The channel of a token's number.
    pub fn from_number(number: u8) -> Self {
        ALL.into_iter()
            .find(|channel| *channel as u8 == number)
            .unwrap_or(Self::Link)
    }

    /// The name used in URLs, JSON and counts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Copy => "copy",
            Self::Native => "native",
            Self::WhatsApp => "whatsapp",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Qr => "qr",
        }
    }
}

/// Channel and variant as the `c` parameter of a share link names them: `whatsapp` or `whatsapp-2`.
pub fn parse_channel(text: &str) -> (Channel, u8) {
    match text.rsplit_once('-') {
        Some((name, variant)) => (
            Channel::from_name(name),
            variant.parse().unwrap_or_default(),
        ),
        None => (Channel::from_name(text), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Channel, parse_channel};

    #[test]
    fn every_channel_survives_its_name_and_its_number() {
        for channel in ALL {
            assert_eq!(Channel::from_name(channel.name()), channel);
            assert_eq!(Channel::from_number(channel as u8), channel);
        }
    }

    #[test]
    fn a_variant_follows_the_dash_and_nonsense_is_the_bare_link() {
        assert_eq!(parse_channel("whatsapp-2"), (Channel::WhatsApp, 2));
        assert_eq!(parse_channel("whatsapp-999"), (Channel::WhatsApp, 0));
        assert_eq!(parse_channel("<script>"), (Channel::Link, 0));
    }
}
