//! Every language in a real page: its words, its direction, its plurals and money; and the merchant's own words.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{
    LAUNCHER, copy_button, in_banner, in_code, in_dialog, in_lead, says,
};
use goodword_tests::browser::window::Browser;
use serde_json::json;

/// What each language calls the launcher and the copy button; the rest is compared by key in the widget's own tests.
const LANGUAGES: [(&str, &str, &str); 15] = [
    ("en", "Invite friends", "Copy link"),
    ("de-AT", "Freunde einladen", "Link kopieren"),
    ("fr", "Inviter des amis", "Copier le lien"),
    ("es-MX", "Invita a amigos", "Copiar enlace"),
    ("pt-BR", "Convidar amigos", "Copiar link"),
    ("it", "Invita gli amici", "Copia il link"),
    ("nl", "Vrienden uitnodigen", "Link kopiëren"),
    ("pl", "Zaproś znajomych", "Kopiuj link"),
    ("sv", "Bjud in vänner", "Kopiera länk"),
    ("ja", "友だちを招待", "リンクをコピー"),
    ("ko", "친구 초대", "링크 복사"),
    ("zh-CN", "邀请好友", "复制链接"),
    ("ar", "ادعُ أصدقاءك", "نسخ الرابط"),
    ("he", "להזמין חברים", "העתקת הקישור"),
    ("hi", "दोस्तों को बुलाएँ", "लिंक कॉपी करें"),
];

#[tokio::test]
async fn every_language_says_everything_in_its_own_words_and_fetches_no_other() {
    let site = Site::new("language").open().await;
    let jane = Browser::open(Screen::Phone).await;
    for (tag, launcher, copy) in LANGUAGES {
        jane.goto(&format!("{}?lang={tag}", site.url)).await;
        jane.wait(&format!("{} === {launcher:?}", says(LAUNCHER)))
            .await;
        jane.open_dialog().await;
        assert_eq!(jane.text(&says(&copy_button())).await, copy, "{tag}");
        let shown = jane
            .text(&format!("{}.textContent", in_dialog("dialog")))
            .await;
        assert!(
            !shown.contains('{') && !shown.contains("undefined"),
            "{tag}: {shown}"
        );
        let code = jane.text(&says(&in_code(".asked"))).await;
        assert!(!code.contains('{') && !code.is_empty(), "{tag}: {code}");
        jane.wait(&in_lead("form")).await;
        let lead = jane.text(&says(&in_lead(".introduction"))).await;
        assert!(!lead.contains('{') && !lead.is_empty(), "{tag}: {lead}");
        let wide = format!("{0}.scrollWidth <= {0}.clientWidth", in_dialog("dialog"));
        assert_eq!(jane.value(&wide).await, true, "{tag} scrolls sideways");
        let link = format!("getComputedStyle({}).direction", in_dialog(".link input"));
        assert_eq!(jane.text(&link).await, "ltr", "{tag}: a link");
        let direction = format!("getComputedStyle({}).direction", in_dialog("dialog"));
        let expected = if ["ar", "he"].contains(&tag) {
            "rtl"
        } else {
            "ltr"
        };
        assert_eq!(jane.text(&direction).await, expected, "{tag}");
        let fetched = jane.fetched_from(&site.program.edge.url).await;
        let words: Vec<_> = fetched
            .iter()
            .filter(|(name, _)| {
                name.rsplit_once('.')
                    .is_some_and(|(_, kind)| kind == "json")
            })
            .collect();
        assert_eq!(words.len(), usize::from(tag != "en"), "{tag}: {fetched:?}");
        jane.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn numbers_decide_how_a_sentence_goes_on() {
    let points = |many: u32| json!({ "kind": "points", "quantity": many, "value": { "rule": "fixed", "amount": 100, "currency": "EUR" } });
    for (many, polish) in [(1, "1 punkt"), (3, "3 punkty"), (5, "5 punktów")] {
        let site = Site::new("language")
            .set("reward", points(many))
            .open()
            .await;
        let jane = Browser::open(Screen::Desktop).await;
        jane.goto(&format!("{}?lang=pl", site.url)).await;
        jane.open_dialog().await;
        let title = jane.text(&says(&in_dialog("h2"))).await;
        assert!(title.ends_with(polish), "{title}");
    }
}

#[tokio::test]
async fn a_language_that_cannot_be_had_and_one_that_nobody_has_written_are_english() {
    let site = Site::new("language").open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.before_every_page(
        "{ const ask = fetch; window.fetch = (url, ...rest) => String(url.url || url).endsWith('.json') ? Promise.reject() : ask(url, ...rest) }",
    )
    .await;
    for tag in ["de", "cs"] {
        jane.goto(&format!("{}?lang={tag}", site.url)).await;
        jane.open_dialog().await;
        assert_eq!(jane.text(&says(&copy_button())).await, "Copy link", "{tag}");
        let remarks = jane.leaves_the_page_alone().await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn an_invitation_is_told_in_the_language_of_the_page() {
    for (page, tag) in [("plain", "he"), ("no-wasm", "he")] {
        let site = Site::new(page)
            .person(None)
            .attributes(&format!(" data-locale=\"{tag}\""))
            .open()
            .await;
        let ann = Browser::open(Screen::Phone).await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says("מתנה מאת Jane: 15% הנחה על ההזמנה הראשונה")
            .await;
        let root = format!("[{0}.lang, {0}.dir]", in_banner(".goodword"));
        assert_eq!(ann.value(&root).await, json!(["he", "rtl"]));
        ann.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn a_merchant_may_say_it_otherwise() {
    let site = Site::new("words").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    jane.wait(&format!("{} === 'A cup for you?'", says(LAUNCHER)))
        .await;
    // A link of the page's own opens the dialog, wherever in it the click lands.
    jane.click("document.querySelector('[data-goodword-open] span')")
        .await;
    jane.wait(&in_dialog("dialog[open] .link input")).await;
    let title = jane.text(&says(&in_dialog("h2"))).await;
    assert_eq!(title, "A cup for a cup: 15% for €5");
    assert_eq!(jane.text(&says(&copy_button())).await, "Grab the link");
    jane.leaves_the_page_alone().await;
}
