//! A page that is made by a bundler: the package puts the tag in, and what was said before is heard.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::reserved_port;
use goodword_tests::browser::widget::in_dialog;
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;

const MODULE: &str = include_str!("../../../widget/npm/index.js");

/// Imports the package in the page, and says the rest with its `load`.
fn import(rest: &str) -> String {
    let module = serde_json::to_string(MODULE).expect("a string");
    format!(
        "import(URL.createObjectURL(new Blob([{module}], {{ type: 'text/javascript' }}))).then(({{ load }}) => {rest})"
    )
}

#[tokio::test]
async fn the_package_brings_the_widget_once_and_answers_what_was_asked_before() {
    let site = Site::new("bundled").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    let tag = format!(
        "load({{ src: '{}/widget.js', program: '{}', customer: '{}' }})",
        site.program.edge.url,
        site.program.id,
        site.program.customer_token(&Person::new("jane"))
    );
    let opened = jane.value(&import(&format!("{tag}('open')"))).await;
    assert_eq!(opened, true);
    jane.wait(&in_dialog("dialog[open] .link input")).await;
    let again = jane
        .value(&import(&format!("{tag}('close').then(() => true)")))
        .await;
    assert_eq!(again, true);
    jane.wait(&format!("!{}", in_dialog("dialog[open]"))).await;
    let tags = "document.querySelectorAll('script[data-program]').length";
    assert_eq!(jane.value(tags).await, 1);
    assert!(jane.leaves_the_page_alone().await.is_empty());
}

#[tokio::test]
async fn a_script_that_cannot_be_had_leaves_nobody_waiting() {
    let site = Site::new("bundled").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    let tag = format!(
        "load({{ src: 'http://127.0.0.1:{}/widget.js', program: 'acme' }})",
        reserved_port()
    );
    let answers = format!(
        "(async (goodword) => [await goodword('open'), await goodword('close')].length)({tag})"
    );
    assert_eq!(jane.value(&import(&answers)).await, 2);
}
