//! A page on which there is nothing to do pays for one small file.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{LAUNCHER, in_banner};
use goodword_tests::browser::window::Browser;

#[tokio::test]
async fn a_page_with_nothing_to_do_loads_the_loader_alone() {
    let site = Site::new("plain").person(None).open().await;
    for screen in Screen::ALL {
        let visitor = Browser::open(screen).await;
        // A busy machine makes a long task out of anything, now and then; one of ours would be there every time.
        let mut long = Vec::new();
        for _ in 0..4 {
            visitor.goto(&site.url).await;
            visitor.wait("window.goodword.program").await;
            assert!(visitor.leaves_the_page_alone().await.is_empty());
            let fetched = visitor.fetched_from(&site.program.edge.url).await;
            let names: Vec<_> = fetched.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["/widget.js"]);
            long.push(visitor.probe().await.long_tasks.len());
        }
        assert!(long.contains(&0), "long tasks each time: {long:?}");
        assert_eq!(
            visitor
                .value("document.querySelectorAll('body *').length")
                .await,
            8
        );
    }
}

#[tokio::test]
async fn a_launcher_alone_fetches_nothing_more() {
    let site = Site::new("plain").open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.wait(LAUNCHER).await;
    assert!(jane.leaves_the_page_alone().await.is_empty());
    let fetched = jane.fetched_from(&site.program.edge.url).await;
    let names: Vec<_> = fetched.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["/widget.js"]);
}

#[tokio::test]
async fn an_invitation_fetches_its_banner_and_no_webassembly() {
    let site = Site::new("plain").person(None).open().await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&site.invitation().await).await;
    ann.wait(&in_banner(".banner")).await;
    let fetched = ann.fetched_from(&site.program.edge.url).await;
    let files = fetched
        .iter()
        .filter_map(|(name, _)| name.split_once("/assets/"));
    let mut files: Vec<_> = files
        .filter_map(|(_, name)| name.split('/').nth(1))
        .collect();
    files.sort_unstable();
    files.dedup();
    assert_eq!(files, ["invite.js", "style.js"]);
    assert!(ann.leaves_the_page_alone().await.is_empty());
}
