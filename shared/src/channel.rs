//! The ways in which a link is shared, and from where.

use serde::{Deserialize, Serialize};

use crate::json::Read;

/// A share channel. The number is part of the click token, where it has four bits: never reuse one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Read)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Channel {
    /// The bare link, or a channel this version does not know.
    #[default]
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
    /// Telegram.
    Telegram = 7,
    /// X.
    X = 8,
    /// Facebook.
    Facebook = 9,
    /// LinkedIn.
    LinkedIn = 10,
}

/// Where the widget shows something. The number is part of the click token, where it has four bits, and zero is none of
/// these: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Placement {
    /// The dialog behind the floating button.
    Launcher = 1,
    /// The panel in a page.
    Share = 2,
    /// A portal for referrers.
    Portal = 3,
    /// The invitation of a visitor.
    Invite = 4,
    /// A field for a code.
    Code = 5,
    /// The page after a purchase.
    Thanks = 6,
}

/// How a link was shared: what a click tells of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// By which channel.
    pub channel: Channel,
    /// Which variant of the message.
    pub variant: u8,
    /// From where, if the link says so.
    pub placement: Option<Placement>,
}

const PLACEMENTS: [Placement; 6] = [
    Placement::Launcher,
    Placement::Share,
    Placement::Portal,
    Placement::Invite,
    Placement::Code,
    Placement::Thanks,
];

const ALL: [Channel; 11] = [
    Channel::Link,
    Channel::Copy,
    Channel::Native,
    Channel::WhatsApp,
    Channel::Sms,
    Channel::Email,
    Channel::Qr,
    Channel::Telegram,
    Channel::X,
    Channel::Facebook,
    Channel::LinkedIn,
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
            Self::Telegram => "telegram",
            Self::X => "x",
            Self::Facebook => "facebook",
            Self::LinkedIn => "linkedin",
        }
    }
}

impl Placement {
    /// The placement of a name, if it is one.
    pub fn from_name(name: &str) -> Option<Self> {
        PLACEMENTS.into_iter().find(|place| place.name() == name)
    }

    /// The placement of a token's number.
    pub fn from_number(number: u8) -> Option<Self> {
        PLACEMENTS.into_iter().find(|place| *place as u8 == number)
    }

    /// The name used in URLs, JSON and counts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Launcher => "launcher",
            Self::Share => "share",
            Self::Portal => "portal",
            Self::Invite => "invite",
            Self::Code => "code",
            Self::Thanks => "thanks",
        }
    }
}

/// What the `c` parameter of a share link names: `whatsapp`, `whatsapp-2`, or `whatsapp-2-share`.
pub fn parse_way(text: &str) -> Way {
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next().unwrap_or_default();
    Way {
        channel: Channel::from_name(next()),
        variant: next().parse().unwrap_or_default(),
        placement: Placement::from_name(next()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Channel, PLACEMENTS, Placement, Way, parse_way};

    #[test]
    fn every_channel_survives_its_name_and_its_four_bits() {
        for channel in ALL {
            assert_eq!(Channel::from_name(channel.name()), channel);
            assert_eq!(Channel::from_number(channel as u8), channel);
            assert!((channel as u8) < 16);
        }
    }

    #[test]
    fn every_placement_survives_its_name_and_its_four_bits() {
        for placement in PLACEMENTS {
            assert_eq!(Placement::from_name(placement.name()), Some(placement));
            assert_eq!(Placement::from_number(placement as u8), Some(placement));
            assert!((1..16).contains(&(placement as u8)));
        }
        assert_eq!(Placement::from_number(0), None);
        assert_eq!(Placement::from_name(""), None);
    }

    #[test]
    fn variant_and_placement_follow_dashes_and_nonsense_is_the_bare_link() {
        let way = |channel, variant, placement| Way {
            channel,
            variant,
            placement,
        };
        for (text, wanted) in [
            ("whatsapp", way(Channel::WhatsApp, 0, None)),
            ("whatsapp-2", way(Channel::WhatsApp, 2, None)),
            (
                "whatsapp-2-share",
                way(Channel::WhatsApp, 2, Some(Placement::Share)),
            ),
            (
                "linkedin-1-portal",
                way(Channel::LinkedIn, 1, Some(Placement::Portal)),
            ),
            ("whatsapp-999", way(Channel::WhatsApp, 0, None)),
            (
                "copy--thanks",
                way(Channel::Copy, 0, Some(Placement::Thanks)),
            ),
            ("copy-1-thanks-1", way(Channel::Copy, 1, None)),
            ("<script>", Way::default()),
        ] {
            assert_eq!(parse_way(text), wanted, "{text}");
        }
    }
}
