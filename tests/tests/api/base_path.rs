//! An edge below a path of a host that is the shop's own.

use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;

#[tokio::test]
async fn all_of_it_answers_below_the_path_and_links_lead_there() {
    let own = OwnEdge::start_below("/refer").await;
    let edge = own.edge();
    let shop = Setup::default().create(&edge).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let view = shop.enrol(&jane).await;
    let link = view["link"].as_str().expect("a link");
    let base = format!("{}/r/{}/", edge.url, shop.id);
    assert!(link.starts_with(&base), "{link}");
    let invited = shop.invite(&jane).await;
    shop.order("1001", &ann)
        .with_code(&invited.code)
        .accepted()
        .await;
    assert_eq!(shop.credit(&jane).await, 500);
    files_are_served(&shop).await;
}

async fn files_are_served(shop: &Program) {
    for (path, kind) in [
        ("/widget.js", "text/javascript"),
        ("/console/review", "text/html"),
        ("/console/review.css", "text/css"),
        ("/openapi.yaml", "yaml"),
    ] {
        let file = shop.edge.call("GET", path).send().await;
        assert_eq!(file.status, 200, "{path}");
        let told = file.header("content-type").unwrap_or_default();
        assert!(told.contains(kind), "{path} is {told}");
        assert_eq!(
            file.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
    }
    let nothing = shop.edge.call("GET", "/nothing").send().await;
    nothing.problem(404, "no_route");
}
