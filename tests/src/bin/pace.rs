//! How long a shopper on a slow phone waits for the banner and for the dialog, as `cargo xtask bench pages` asks: `pace RELEASE PAIRS`.
//!
//! Each time is taken from the moment at which the browser asks for the tag's script until the first frame in which the view stands, on a
//! processor four times as slow and the line that developer tools call "fast 3G", with nothing in the cache; and beside it
//! the same for the floor.

use std::env::args;
use std::path::Path;

use goodword_tests::browser::carrier::Carrier;
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_banner, in_dialog};
use goodword_tests::browser::window::Browser;
use serde_json::json;

/// As many times slower is the processor.
const PROCESSOR: u32 = 4;

/// Milliseconds until an answer begins, and bytes a second.
const LATENCY_MS: f64 = 562.5;
const DOWN: u32 = 180_000;
const UP: u32 = 84_375;

/// What a page says that opens the dialog before there is one.
const OPEN: &str = "window.goodword = function () { (goodword.q = goodword.q || []).push(arguments) }; goodword('open')";

#[tokio::main]
async fn main() {
    let [_, release, pairs] = &args().collect::<Vec<_>>()[..] else {
        panic!("pace RELEASE PAIRS");
    };
    let pairs: usize = pairs.parse().expect("a number of pairs");
    let carrier = Carrier::start(Path::new(release)).await;
    let invited = Site::new("plain")
        .person(None)
        .edge(&carrier.url)
        .open()
        .await;
    let known = Site::new("plain").edge(&carrier.url).open().await;
    let banner = slow_phone(&in_banner(".banner"), "").await;
    for pair in 0..=pairs {
        let url = invited.invitation().await;
        compare("banner", pair, &banner, &url, &carrier).await;
    }
    drop(banner);
    let dialog = slow_phone(&in_dialog("dialog[open] [part=copy]"), OPEN).await;
    for pair in 0..=pairs {
        compare("dialog", pair, &dialog, &known.url, &carrier).await;
    }
}

/// A phone that notes down when this view stands, in every page.
async fn slow_phone(view: &str, first: &str) -> Browser {
    let phone = Browser::open(Screen::Phone).await;
    // Looking for it before it is mounted would take its time away.
    let look = format!(
        "{first};
        document.addEventListener('goodword:ready', function look() {{
          requestAnimationFrame({view} ? () => {{ window.there ??= performance.now() }} : look);
        }})"
    );
    phone.before_every_page(&look).await;
    phone.cdp("Network.enable", json!({})).await;
    let line = json!({
        "offline": false, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP,
    });
    phone.cdp("Network.emulateNetworkConditions", line).await;
    let rate = json!({ "rate": PROCESSOR });
    phone.cdp("Emulation.setCPUThrottlingRate", rate).await;
    phone
}

/// Prints how long the view took, and how long the floor; every other pair begins with the floor, and the first only warms up.
async fn compare(what: &str, pair: usize, phone: &Browser, url: &str, carrier: &Carrier) {
    let ours = async || waited(phone, url, "/widget.js").await;
    let floor = format!("{}/floor/{what}", carrier.url);
    let floor = async || waited(phone, &floor, "/stub.js").await;
    let (ours, floor) = if pair.is_multiple_of(2) {
        let first = ours().await;
        (first, floor().await)
    } else {
        let first = floor().await;
        (ours().await, first)
    };
    if pair > 0 {
        println!("pace: {what} {ours:.1} {floor:.1}");
    }
}

/// Milliseconds from the question for the script until there is what it is for.
async fn waited(phone: &Browser, url: &str, script: &str) -> f64 {
    phone.goto("about:blank").await;
    phone.cdp("Network.clearBrowserCache", json!({})).await;
    phone.goto(url).await;
    phone.wait("window.there").await;
    let asked = format!(
        "performance.getEntriesByType('resource').find((it) => it.name.endsWith('{script}')).startTime"
    );
    let waited = phone.value(&format!("there - {asked}")).await;
    waited.as_f64().expect("milliseconds")
}
