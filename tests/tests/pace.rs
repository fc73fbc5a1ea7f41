//! How long a shopper on a slow phone waits for the banner and for the dialog: measured, and never asserted. `cargo xtask bench pages` runs it
//! on the release, and says what is asked.
//!
//! Each time is taken from the moment at which the browser asks for the tag's script until the first frame in which the view stands, on a
//! processor four times as slow and the line that developer tools call "fast 3G", with nothing in the cache; and beside it
//! the same for the floor.

use std::env::var;
use std::path::PathBuf;

use goodword_tests::browser::carrier::Carrier;
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_banner, in_dialog};
use goodword_tests::browser::window::Browser;
use serde_json::{Value, json};

/// As many times slower is the processor.
const PROCESSOR: u32 = 4;

/// Milliseconds until an answer begins, and bytes a second.
const LATENCY_MS: f64 = 562.5;
const DOWN: u32 = 180_000;
const UP: u32 = 84_375;

/// What a page says that opens the dialog before there is one.
const OPEN: &str = "window.goodword = function () { (goodword.q = goodword.q || []).push(arguments) }; goodword('open')";

#[tokio::test]
#[ignore = "it only measures: cargo xtask bench pages"]
async fn a_slow_phone_waits() {
    let release = PathBuf::from(var("GOODWORD_RELEASE").expect("a release, compressed"));
    let pairs: usize = var("GOODWORD_PAIRS")
        .expect("pairs")
        .parse()
        .expect("pairs");
    let carrier = Carrier::start(&release).await;
    let invited = Site::new("plain")
        .person(None)
        .edge(&carrier.url)
        .open()
        .await;
    let known = Site::new("plain").edge(&carrier.url).open().await;
    let banner = slow_phone(&in_banner(".banner"), "").await;
    for _ in 0..pairs {
        let url = invited.invitation().await;
        compare("banner", &banner, &url, &carrier).await;
    }
    drop(banner);
    let dialog = slow_phone(&in_dialog("dialog[open] [part=copy]"), OPEN).await;
    for _ in 0..pairs {
        compare("dialog", &dialog, &known.url, &carrier).await;
    }
}

/// A phone that notes down when this view stands, in every page.
async fn slow_phone(view: &str, first: &str) -> Browser {
    let phone = Browser::open(Screen::Phone).await;
    // Before anything is there, asking for it throws.
    let look = format!(
        "{first};
        (function look() {{
          let stands;
          try {{ stands = {view} }} catch (error) {{ stands = false }}
          requestAnimationFrame(stands ? () => {{ window.there = performance.now() }} : look);
        }})()"
    );
    phone.before_every_page(&look).await;
    let nothing = Value::Object(serde_json::Map::new());
    phone.cdp("Network.enable", nothing).await;
    let line = json!({
        "offline": false, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP,
    });
    phone.cdp("Network.emulateNetworkConditions", line).await;
    let rate = json!({ "rate": PROCESSOR });
    phone.cdp("Emulation.setCPUThrottlingRate", rate).await;
    phone
}

/// Prints how long the view took, and how long the floor.
async fn compare(what: &str, phone: &Browser, url: &str, carrier: &Carrier) {
    let ours = waited(phone, url, "/widget.js").await;
    let floor = waited(phone, &format!("{}/floor", carrier.url), "/stub.js").await;
    println!("pace: {what} {ours:.1} {floor:.1}");
}

/// Milliseconds from the question for the script until there is what it is for.
async fn waited(phone: &Browser, url: &str, script: &str) -> f64 {
    phone.goto("about:blank").await;
    let nothing = Value::Object(serde_json::Map::new());
    phone.cdp("Network.clearBrowserCache", nothing).await;
    phone.goto(url).await;
    phone.wait("window.there").await;
    let asked = format!(
        "performance.getEntriesByType('resource').find((it) => it.name.endsWith('{script}')).startTime"
    );
    let waited = phone.value(&format!("there - {asked}")).await;
    waited.as_f64().expect("milliseconds")
}
