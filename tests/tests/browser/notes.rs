//! What inviters say to their friends, as both sides see it.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_banner, in_portal, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use serde_json::{Value, json};

use super::names::fits;

const ARABIC: &str = "أفضل قهوة في المدينة";

/// Jane says this to whoever follows her link.
async fn jane_says(site: &OpenSite, note: &str) {
    let jane = Person::new("jane").with_name("Jane");
    let token = site.program.customer_token(&jane);
    let call = site.program.call("PUT", "/referrers/me/note");
    let call = call.bearer(&token).json(&json!({ "note": note }));
    call.send().await.expect(200);
}

#[tokio::test]
async fn a_friend_reads_the_note_with_the_offer_until_they_accept() {
    let long = "W".repeat(200);
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).person(None).open().await;
        for note in ["Best beans & a \"mug\" 👩🏽", ARABIC, &long] {
            jane_says(&site, note).await;
            let ann = Browser::open(Screen::Phone).await;
            ann.goto(&site.invitation().await).await;
            ann.banner_says("Jane gave you 15% off your first order")
                .await;
            assert_eq!(ann.text(&says(&in_banner("q"))).await, note);
            fits(&ann, &in_banner(".banner")).await;
            ann.click(&in_banner("[part=accept]")).await;
            ann.wait(&format!("!{}", in_banner("q"))).await;
            let remarks = ann.leaves_the_page_alone().await;
            assert!(remarks.is_empty(), "{remarks:?}");
        }
    }
}

#[tokio::test]
async fn jane_writes_her_note_on_her_own_page_and_takes_it_back() {
    let site = Site::new("portal")
        .attributes(" data-placement=\"none\"")
        .open()
        .await;
    let (area, said) = (in_portal("#note"), says(&in_portal("#kept")));
    for screen in Screen::ALL {
        let jane = Browser::open(screen).await;
        jane.goto(&site.url).await;
        jane.wait(&area).await;
        assert_eq!(jane.text(&format!("{area}.value")).await, "");
        let save = async |note: &str, answer: &str| {
            jane.value(&format!("{area}.value = {note:?}")).await;
            jane.click(&in_portal("[part=note-save]")).await;
            jane.wait(&format!("{said}.startsWith({answer:?})")).await;
        };
        save("Try the espresso", "Saved").await;
        assert_eq!(told(&site).await, "Try the espresso");
        jane.value(&format!("{area}.dispatchEvent(new InputEvent('input'))"))
            .await;
        jane.wait(&format!("{said}.startsWith('They see it')"))
            .await;
        let long = "👩🏽".repeat(101);
        save(&long, "Please leave links out").await;
        save("Win at https://x.example", "Please leave links out").await;
        assert_eq!(told(&site).await, "Try the espresso");
        jane.reload().await;
        jane.wait(&format!("{area}?.value === 'Try the espresso'"))
            .await;
        save("", "Saved").await;
        assert_eq!(told(&site).await, Value::Null);
        let wide = "document.documentElement.scrollWidth > innerWidth";
        assert_eq!(jane.value(wide).await, false);
        let probe = jane.probe().await;
        assert!(probe.errors.is_empty() && probe.shift == 0.0, "{probe:?}");
    }
}

/// What a friend of Jane's is told now.
async fn told(site: &OpenSite) -> Value {
    let code = site.program.code(&Person::new("jane")).await;
    let token = site.program.click(&code).await;
    eventually("an invitation", async || {
        let answer = site.program.invitation(&token).await;
        (answer.status == 200).then(|| answer.json()["note"].clone())
    })
    .await
}

#[tokio::test]
async fn where_a_program_shows_no_notes_none_can_be_written() {
    let site = Site::new("portal")
        .attributes(" data-placement=\"none\"")
        .set("inviter_notes", false)
        .open()
        .await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.wait(&in_portal(".summary dl")).await;
    assert_eq!(
        jane.value(&format!("!{}", in_portal("#note"))).await,
        json!(true)
    );
}
