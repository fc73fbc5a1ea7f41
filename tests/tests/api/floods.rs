//! Many at once: capped, with a clear status, and nothing lost.

use futures_util::{StreamExt, stream};
use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network};
use goodword_tests::harness::setup::Setup;
use serde_json::json;

/// Claims a code so many times, sixteen at once, each from the network that `network` names.
async fn claim_often(
    shop: &Program,
    code: &str,
    times: usize,
    network: impl Fn() -> String,
) -> Vec<Answer> {
    let calls = (0..times).map(|_| shop.claim_code_call(code).network(&network()).send());
    stream::iter(calls).buffer_unordered(16).collect().await
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

#[tokio::test]
async fn a_thousand_claims_on_one_code_mint_two_hundred_discounts() {
    let own = OwnEdge::start("demo").await;
    let shop = Program::fresh(&own.edge()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let answers = claim_often(&shop, &code, 1_000, fresh_network).await;
    assert_eq!((count(&answers, 201), count(&answers, 429)), (200, 800));
    let refused = answers
        .iter()
        .find(|answer| answer.status == 429)
        .expect("one");
    refused.problem(429, "too_many_discounts_for_code");
    assert_eq!(shop.enrol(&jane).await["progress"]["claimed"], 200);
    let token = shop.click(&code).await;
    let claim = shop.claim_call(&token).send().await;
    claim.problem(429, "too_many_discounts_for_code");
    shop.invite(&Person::new("omar")).await;
    shop.advance_days(31).await;
    shop.claim_code_call(&code).send().await.expect(201);
}

#[tokio::test]
async fn one_network_gets_three_discounts_of_a_code() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let one = || shop.network().to_owned();
    let answers = claim_often(&shop, &code, 40, one).await;
    assert_eq!((count(&answers, 201), count(&answers, 429)), (3, 37));
    let refused = answers
        .iter()
        .find(|answer| answer.status == 429)
        .expect("one");
    refused.problem(429, "too_many_discounts_for_source");
    let neighbour = shop.network().replace("::1", ":ffff::2");
    let same = shop.claim_code_call(&code).network(&neighbour).send().await;
    same.problem(429, "too_many_discounts_for_source");
    shop.claim_code_call(&code)
        .network(&fresh_network())
        .send()
        .await
        .expect(201);
    shop.invite(&Person::new("omar")).await;
}

#[tokio::test]
async fn a_discount_that_was_used_makes_room_for_another() {
    let setup = Setup::default().set("live_discounts_per_code_max", 1);
    let shop = setup.create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let next = shop.click(&invited.code).await;
    shop.claim_call(&next)
        .send()
        .await
        .problem(429, "too_many_discounts_for_code");
    let order = shop.order("1001", &Person::new("ann"));
    order
        .with_discounts(&[&invited.discount_code])
        .accepted()
        .await;
    shop.claim(&next).await;
}

#[tokio::test]
async fn one_network_claims_and_counts_only_so_often() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let token = shop.click(&code).await;
    let shown = json!({ "events": [{ "kind": "shown", "placement": "launcher" }] });
    let expose = || shop.call("POST", "/exposures").json(&shown);
    // Sixty a minute of each; the minute may turn once while they come.
    let calls = (0..140).map(|_| expose().send());
    let exposed: Vec<_> = stream::iter(calls).buffer_unordered(16).collect().await;
    let calls = (0..140).map(|_| shop.claim_call(&token).send());
    let claimed: Vec<_> = stream::iter(calls).buffer_unordered(16).collect().await;
    for (answers, created) in [(exposed, 202), (claimed, 201)] {
        let (refused, served): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status == 429);
        assert!((60..=120).contains(&served.len()), "{}", served.len());
        assert!(served.iter().any(|answer| answer.status == created));
        let problem = refused.first().expect("some are refused");
        problem.problem(429, "too_many_requests");
        assert_eq!(problem.header("retry-after"), Some("60"));
    }
    let elsewhere = fresh_network();
    expose().network(&elsewhere).send().await.expect(202);
    shop.claim_call(&token)
        .network(&elsewhere)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn an_address_that_guesses_credentials_is_shut_out_and_nobody_else() {
    let shop = Program::fresh(&Edge::shared()).await;
    let guess = |at: usize| {
        let guess = shop.call("GET", "/settings");
        guess.bearer(&format!("gw_api_guess{at}")).send()
    };
    let answers: Vec<Answer> = stream::iter((0..160).map(guess))
        .buffer_unordered(8)
        .collect()
        .await;
    let (told, refused) = (count(&answers, 401), count(&answers, 429));
    assert_eq!(told + refused, 160);
    // A minute of the limiter's may begin in between.
    assert!(refused > 0 && told <= 250, "{told} guesses were judged");
    let good = || shop.merchant("GET", "/settings");
    good().send().await.problem(429, "too_many_requests");
    good().network(&fresh_network()).send().await.expect(200);
}

#[tokio::test]
async fn an_address_that_sends_forged_reports_is_shut_out_and_no_shop_is() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = |id: String| shop.order(&id, &Person::new("ann")).report();
    let forged = |at: usize| order(format!("forged{at}")).signature("v1,AAAA").send();
    let answers: Vec<Answer> = stream::iter((0..260).map(forged))
        .buffer_unordered(8)
        .collect()
        .await;
    let (told, refused) = (count(&answers, 401), count(&answers, 429));
    assert_eq!(told + refused, 260);
    assert!(refused > 0, "{told} were judged");
    order("good".into())
        .send()
        .await
        .problem(429, "too_many_requests");
    // Good reports are not counted, however many come.
    let elsewhere = fresh_network();
    let good = |at: usize| {
        let report = order(format!("good{at}")).call();
        report.network(&elsewhere).send()
    };
    let answers: Vec<Answer> = stream::iter((0..260).map(good))
        .buffer_unordered(8)
        .collect()
        .await;
    assert_eq!(count(&answers, 201), 260);
}

#[tokio::test]
async fn a_caller_that_guesses_programs_is_shut_out_with_its_whole_line() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    let line = format!("2001:db8:{:x}:7", std::process::id() % 0xffff);
    let guess = |at: usize| {
        let path = format!("/v1/programs/guess{at}/settings");
        let guess = edge.call("GET", &path);
        guess
            .bearer("gw_api_guess")
            .network(&format!("{line}::{at:x}"))
            .send()
    };
    let answers: Vec<Answer> = stream::iter((0..260).map(guess))
        .buffer_unordered(8)
        .collect()
        .await;
    let (told, refused) = (count(&answers, 404), count(&answers, 429));
    assert_eq!(told + refused, 260);
    assert!(refused > 0, "{told} were judged");
    let good = |network: &str| shop.merchant("GET", "/settings").network(network).send();
    good(&format!("{line}:ffff::1"))
        .await
        .problem(429, "too_many_requests");
    good("2001:db8:ffff:8::1").await.expect(200);
}

#[tokio::test]
async fn customers_with_a_page_left_open_are_not_shut_out() {
    let shop = Program::fresh(&Edge::shared()).await;
    let late = shop.jwt(&Person::new("jane")).claim("exp", 1_700_000_000);
    let late = late.mint();
    let ask = || shop.call("GET", "/referrers/me").bearer(&late).send();
    let answers: Vec<Answer> = stream::iter((0..260).map(|_| ask()))
        .buffer_unordered(8)
        .collect()
        .await;
    assert_eq!(count(&answers, 401), 260);
}

#[tokio::test]
async fn one_network_reads_so_many_invitations_a_minute() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let reads = (0..260).map(|_| shop.invitation(&token));
    let answers: Vec<Answer> = stream::iter(reads).buffer_unordered(8).collect().await;
    let (read, refused) = (count(&answers, 200), count(&answers, 429));
    assert_eq!(read + refused, 260);
    assert!(read >= 120 && refused > 0, "{read} were read");
    let elsewhere = shop.call("GET", &format!("/invitations/{token}"));
    elsewhere.network(&fresh_network()).send().await.expect(200);
}
