//! Where elements stand, who is signed in there, and what is left when they are gone.

use std::time::Duration;

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::program_for;
use goodword_tests::browser::widget::{in_banner, in_code, in_dialog, in_portal, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::eventually::within;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::setup::Setup;
use serde_json::json;

const PANEL: &str = "document.querySelector('goodword-share').shadowRoot.querySelector";

#[tokio::test]
async fn a_panel_on_the_page_after_a_purchase_says_so_in_its_links() {
    let site = Site::new("share").open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    let link = jane.until(&format!("{PANEL}('.link input')?.value")).await;
    jane.click(&format!("{PANEL}('[part=copy]')")).await;
    jane.wait(&format!("{PANEL}('[part=copy]').textContent === 'Copied'"))
        .await;
    let link = link.as_str().expect("a link");
    assert_eq!(jane.clipboard().await, format!("{link}?c=copy-0-thanks"));
    let remarks = jane.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn two_programs_share_a_page_and_each_element_has_its_own() {
    for page in ["programs", "no-wasm"] {
        let site = Site::new(page).open().await;
        let origin = site.url.trim_end_matches('/').to_owned();
        let discount = json!({ "kind": "percent", "basis_points": 2000 });
        let other = program_for(&origin, Setup::default().set("discount", discount)).await;
        let token = other.customer_token(&Person::new("jane"));
        let jane = Browser::open(Screen::Desktop).await;
        jane.goto(&site.url).await;
        jane.wait("window.goodword.program").await;
        let put = format!(
            "(document.getElementById('first') || document.body.append(Object.assign(document.createElement('goodword-share'), {{ id: 'first' }})),
              ((it) => {{ it.id = 'second'; it.dataset.program = '{}'; it.dataset.customer = '{token}'; document.body.append(it) }})(document.createElement('goodword-share')), 1)",
            other.id
        );
        jane.value(&put).await;
        let title = |id: &str| {
            format!("document.getElementById('{id}').shadowRoot?.querySelector('h2')?.textContent")
        };
        jane.wait(&format!("{} === 'Give 15%, get €5'", title("first")))
            .await;
        jane.wait(&format!("{} === 'Give 20%, get €5'", title("second")))
            .await;
        let link =
            "document.getElementById('second').shadowRoot.querySelector('.link input').value";
        assert!(jane.text(link).await.contains(&format!("/r/{}/", other.id)));
        assert!(jane.probe().await.errors.is_empty());
    }
}

#[tokio::test]
async fn what_the_page_says_later_holds_for_elements_of_another_program_too() {
    let site = Site::new("programs").person(None).open().await;
    let origin = site.url.trim_end_matches('/').to_owned();
    let other = program_for(&origin, Setup::default()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = other.code(&jane).await;
    let long_ago = other.now_ms() / 1000 - 60;
    let old = other.jwt(&ann).claim("exp", long_ago).mint();
    let fresh = other.customer_token(&ann);
    let visitor = Browser::open(Screen::Desktop).await;
    visitor.goto(&site.url).await;
    visitor.wait("window.goodword.program").await;
    let put = format!(
        "((it) => {{ it.dataset.program = '{}'; it.dataset.customer = '{old}'; document.body.append(it) }})(document.createElement('goodword-code'))",
        other.id
    );
    visitor.value(&put).await;
    visitor.wait(&in_code("input")).await;
    let says_later = format!(
        "(goodword('shop', {{ hasCart: () => true, apply: async () => 'applied' }}),
          goodword('expired', async (program) => {{ window.asked = program; return '{fresh}' }}))"
    );
    visitor.value(&says_later).await;
    visitor.type_into(&in_code("input"), &code).await;
    visitor.click(&in_code("button")).await;
    let said = says(&in_code("[role=status]"));
    visitor
        .wait(&format!("{said}.startsWith('15% off is in your cart')"))
        .await;
    assert_eq!(visitor.text("window.asked").await, other.id);
    visitor.leaves_the_page_alone().await;
}

#[tokio::test]
async fn the_portal_and_the_field_for_a_code_get_a_fresh_token_as_well() {
    let brings = |old: &str, fresh: &str| {
        format!("(goodword('expired', async () => '{fresh}'), goodword('customer', '{old}'), 1)")
    };
    for page in ["portal", "code"] {
        let site = Site::new(page).person(None).open().await;
        let code = site.program.code(&Person::new("jane")).await;
        let ann = Person::new("ann");
        let long_ago = site.program.now_ms() / 1000 - 60;
        let old = site.program.jwt(&ann).claim("exp", long_ago).mint();
        let fresh = site.program.customer_token(&ann);
        let visitor = Browser::open(Screen::Desktop).await;
        visitor.goto(&site.url).await;
        visitor.wait("window.goodword.program").await;
        visitor.value(&brings(&old, &fresh)).await;
        if page == "portal" {
            visitor.wait(&in_portal(".summary dl")).await;
        } else {
            visitor.wait(&in_code("input")).await;
            visitor.type_into(&in_code("input"), &code).await;
            visitor.click(&in_code("button")).await;
            let said = says(&in_code("[role=status]"));
            visitor
                .wait(&format!("{said}.startsWith('Your code for 15% off')"))
                .await;
        }
        visitor.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn a_token_that_has_expired_is_replaced_by_what_the_page_brings() {
    for page in ["plain", "no-wasm"] {
        let site = Site::new(page).person(None).open().await;
        let jane = Person::new("jane");
        let long_ago = site.program.now_ms() / 1000 - 60;
        let old = site.program.jwt(&jane).claim("exp", long_ago).mint();
        let fresh = site.program.customer_token(&jane);
        let visitor = Browser::open(Screen::Desktop).await;
        visitor.goto(&site.url).await;
        visitor.wait("window.goodword.program").await;
        let brings = format!(
            "(goodword('expired', async () => {{ window.asked = (window.asked || 0) + 1; return '{fresh}' }}), goodword('customer', '{old}'))"
        );
        visitor.value(&brings).await;
        visitor.open_dialog().await;
        assert_eq!(visitor.value("window.asked").await, 1, "{page}");
        visitor.leaves_the_page_alone().await;
        // A page that brings nothing, or fails, is told as ever.
        for nothing in [
            "() => undefined",
            "() => { throw 1 }",
            "() => Promise.reject()",
        ] {
            let brings = format!(
                "(goodword('expired', {nothing}), goodword('customer'), goodword('customer', '{old}'), goodword('open'))"
            );
            visitor.value(&brings).await;
            visitor.wait(&in_dialog("dialog[open] .unavailable")).await;
            visitor.leaves_the_page_alone().await;
        }
    }
}

/// The edge is asked once, and answers as often as it likes: a hundred turns are no flood. After ten of them nobody opens a
/// socket either, because browsers wait longer and longer before they open the next.
const ASK_ONCE: &str = "{
    const ask = fetch, known = {};
    window.fetch = async (url, ...rest) => {
        const key = String(url.url || url);
        if (!key.includes('/v1/')) return ask(url, ...rest);
        if (key.endsWith('/exposures')) return new Response('{}');
        known[key] = known[key] || ask(url, ...rest);
        const answer = (await known[key]).clone();
        return window.quiet && key.endsWith('/referrers') ? Response.json({ ...(await answer.json()), live: null }) : answer;
    };
}";

/// What the page holds after a collection: nodes, listeners, and bytes of the heap.
async fn held(browser: &Browser) -> [f64; 3] {
    browser.cdp("HeapProfiler.collectGarbage", json!({})).await;
    let dom = browser.cdp("Memory.getDOMCounters", json!({})).await;
    let heap = browser.cdp("Runtime.getHeapUsage", json!({})).await;
    [&dom["nodes"], &dom["jsEventListeners"], &heap["usedSize"]]
        .map(|number| number.as_f64().expect("a number"))
}

#[tokio::test]
async fn a_hundred_times_in_and_out_leaves_nothing_behind() {
    // The last three are plain JavaScript on every page.
    let all = ["share", "launcher", "invite", "code", "lead", "portal"];
    for (page, elements) in [("plain", &all[..]), ("no-wasm", &all[..3])] {
        for element in elements {
            let element = *element;
            let site = Site::new(page)
                .attributes(" data-placement=\"none\"")
                .open()
                .await;
            let address = if element == "invite" {
                // Of a friend of Jane's: her own link is nothing for her.
                let friend = site.program.code(&Person::new("ann")).await;
                format!("{}?gw={}", site.url, site.program.click(&friend).await)
            } else {
                site.url.clone()
            };
            let jane = Browser::open(Screen::Desktop).await;
            jane.before_every_page(ASK_ONCE).await;
            jane.goto(&address).await;
            jane.wait("window.goodword.program").await;
            if element == "invite" {
                // There is none before the edge has answered.
                jane.wait(&in_banner(".banner")).await;
            }
            let round = format!(
                "for (let turn = 0; turn < TURNS; turn += 1) {{
                    window.quiet = turn >= 10;
                    const it = document.createElement('goodword-{element}');
                    const ready = new Promise((done) => it.addEventListener('goodword:ready', done, {{ once: true }}));
                    document.body.append(it);
                    it.show();
                    await ready;
                    it.remove();
                    await new Promise((done) => setTimeout(done));
                }}"
            );
            let rounds = |turns: u32| {
                format!(
                    "(async () => {{ {} return true }})()",
                    round.replace("TURNS", &turns.to_string())
                )
            };
            // What is loaded and remembered once is no leak.
            assert_eq!(jane.value(&rounds(10)).await, true);
            jane.value("new Promise((done) => setTimeout(done, 1500))")
                .await;
            let before = held(&jane).await;
            assert_eq!(jane.value(&rounds(100)).await, true);
            // Sockets that are wanted no more open before they close.
            let what = format!("{page}, {element}, of {before:?}");
            within(Duration::from_secs(40), &what, async || {
                let now = held(&jane).await;
                let few = now[0] <= before[0] + 20.0 && now[1] <= before[1] + 5.0;
                (few && now[2] <= before[2] * 1.1 + 200_000.0).then_some(())
            })
            .await;
        }
    }
}
