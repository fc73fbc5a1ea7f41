//! The two screens on which everything is tested.

use serde_json::{Value, json};

/// A size of screen, and what comes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 390 by 844, two device pixels for each, touched.
    Phone,
    /// 1280 by 800, with a mouse.
    Desktop,
}

impl Screen {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Phone, Self::Desktop];

    /// For file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        }
    }

    /// Width and height in CSS pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1280, 800),
        }
    }

    /// As `Emulation.setDeviceMetricsOverride` takes it.
    pub(super) fn metrics(self) -> Value {
        let (width, height) = self.size();
        let phone = self == Self::Phone;
        let scale = if phone { 2 } else { 1 };
        json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone })
    }
}
