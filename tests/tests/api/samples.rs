//! The samples for plain servers, run as they are: their reports are believed, and those with another key are not.

use std::path::Path;

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use serde_json::{Value, json};
use tokio::process::Command;

/// What a server of the merchant's does with a sample: it hands it an order.
struct Language {
    program: &'static str,
    file: &'static str,
    /// Calls `paid` or `refunded` of the sample that is named first, as the second word says, with the order that follows.
    calling: &'static [&'static str],
}

const NODE: Language = Language {
    program: "node",
    file: "node/goodword.mjs",
    calling: &[
        "--input-type=module",
        "-e",
        "const [file, act, order] = process.argv.slice(1);
         const { paid, refunded } = await import(file);
         const answer = act === 'paid' ? await paid(JSON.parse(order)) : await refunded(JSON.parse(order), 'r1', 1700);
         console.log(JSON.stringify(answer));",
    ],
};

const PYTHON: Language = Language {
    program: "python3",
    file: "python/goodword.py",
    calling: &[
        "-B",
        "-c",
        "import json, os.path, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
import goodword
order = json.loads(sys.argv[3])
print(json.dumps(goodword.paid(order) if sys.argv[2] == 'paid' else goodword.refunded(order, 'r1', 1700)))",
    ],
};

const PHP: Language = Language {
    program: "php",
    file: "php/goodword.php",
    calling: &[
        "-r",
        "require $argv[1];
         $order = json_decode($argv[3], true);
         echo json_encode($argv[2] === 'paid' ? goodword_paid($order) : goodword_refunded($order, 'r1', 1700));",
        "--",
    ],
};

const RUBY: Language = Language {
    program: "ruby",
    file: "ruby/goodword.rb",
    calling: &[
        "-e",
        "require ARGV[0]
         order = JSON.parse(ARGV[2])
         answer = ARGV[1] == 'paid' ? Goodword.paid(order) : Goodword.refunded(order, 'r1', 1700)
         puts JSON.generate(answer)",
    ],
};

#[tokio::test]
async fn the_sample_for_node_reports_what_is_believed() {
    assert!(
        reports_what_is_believed(NODE).await,
        "the edge needs it too"
    );
}

#[tokio::test]
async fn the_sample_for_python_reports_what_is_believed() {
    assert!(
        reports_what_is_believed(PYTHON).await,
        "the tests need it too"
    );
}

#[tokio::test]
async fn the_sample_for_php_reports_what_is_believed() {
    reports_what_is_believed(PHP).await;
}

#[tokio::test]
async fn the_sample_for_ruby_reports_what_is_believed() {
    reports_what_is_believed(RUBY).await;
}

/// False where this machine does not have the language.
async fn reports_what_is_believed(language: Language) -> bool {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let order = json!({
        "id": "1001", "customer": Person::new("ann").json(), "currency": "EUR", "subtotal": 1_700, "discount": 300,
        "total": 1_700, "codes": [invited.discount_code], "token": invited.token,
    });
    let forged = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let Some(refusal) = language.calls("paid", &order, &shop, forged).await else {
        print_number(&format!(
            "{} is not on this machine: its sample was not run",
            language.program
        ));
        return false;
    };
    let refusal = refusal.expect_err("another key");
    assert!(refusal.contains("401"), "{refusal}");
    assert_eq!(shop.count_logged("order.recorded").await, 0);

    let calls = async |act| {
        let called = language.calls(act, &order, &shop, &shop.keys.orders).await;
        called
            .expect("it was here")
            .unwrap_or_else(|error| panic!("{error}"))
    };
    let decided = calls("paid").await;
    assert_eq!(decided["attributed"], true, "{decided}");
    assert_eq!(decided["evidence"].as_array().map(Vec::len), Some(2));
    assert_eq!(calls("paid").await["outcome"], "exists");
    assert_eq!(shop.credit(&jane).await, 500);
    let undone = calls("refunded").await;
    assert_eq!(
        [&undone["outcome"], &undone["order_known"]],
        [&json!("created"), &json!(true)]
    );
    assert_eq!(shop.credit(&jane).await, 0);
    true
}

impl Language {
    /// What the sample returns, or all that it says when it fails. `None` where there is no such language.
    async fn calls(
        &self,
        act: &str,
        order: &Value,
        shop: &Program,
        key: &str,
    ) -> Option<Result<Value, String>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
        let ran = Command::new(self.program)
            .args(self.calling)
            .arg(root.join("docs/samples").join(self.file))
            .args([act, &order.to_string()])
            .env("GOODWORD_URL", &shop.edge.url)
            .env("GOODWORD_PROGRAM", &shop.id)
            .env("GOODWORD_ORDERS_KEY", key)
            .output()
            .await
            .ok()?;
        let said = [&ran.stdout[..], &ran.stderr[..]].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if !ran.status.success() {
            return Some(Err(said));
        }
        Some(serde_json::from_slice(&ran.stdout).map_err(|error| format!("{error}: {said}")))
    }
}
