//! What an invitee does: follows a link, looks at the offer, takes it.

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::person::Person;
use super::program::{BROWSER, Program, text};
use crate::store::ids::session_id;

/// A discount in the hands of an invitee.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The referrer's code.
    pub code: String,
    /// The click's token.
    pub token: String,
    /// The single-use discount code.
    pub discount_code: String,
}

impl Program {
    /// A person's visit to what follows `/r/{program}/`, not yet sent.
    pub fn visit(&self, tail: &str) -> Call {
        self.visit_as("GET", tail)
    }

    /// The same by another method.
    pub fn visit_as(&self, method: &str, tail: &str) -> Call {
        let path = format!("/r/{}/{tail}", self.id);
        self.call_edge(method, &path).header("user-agent", BROWSER)
    }

    /// Follows a referrer's link and returns the click's token.
    pub async fn click(&self, code: &str) -> String {
        let answer = self.visit(code).send().await;
        token_of(answer.location()).unwrap_or_else(|| panic!("no token from {answer:?}"))
    }

    /// What a click offers.
    pub async fn invitation(&self, token: &str) -> Answer {
        let tail = format!("/invitations/{token}");
        self.call("GET", &tail).send().await
    }

    /// The click of a friend of Jane's who has followed her link.
    pub async fn click_on_janes(&self) -> String {
        let code = self.code(&Person::new("jane").with_name("Jane")).await;
        self.click(&code).await
    }

    /// What takes the offer of a click, not yet sent.
    pub fn claim_call(&self, token: &str) -> Call {
        self.call("POST", "/claims")
            .json(&json!({ "token": token }))
    }

    /// Takes the offer of a click.
    pub async fn claim(&self, token: &str) -> Value {
        self.claim_call(token).send().await.expect(201)
    }

    /// What takes the offer of a typed code, not yet sent.
    pub fn claim_code_call(&self, code: &str) -> Call {
        self.claim_code_with(code, &session_id())
    }

    /// The same under an id of the page's making.
    pub fn claim_code_with(&self, code: &str, claim_id: &str) -> Call {
        let body = json!({ "code": code, "claim_id": claim_id });
        self.call("POST", "/claims").json(&body)
    }

    /// Takes the offer of a click as a customer whom the shop knows.
    pub async fn claim_as(&self, token: &str, visitor: &Person) -> Answer {
        let body = json!({ "token": token, "customer_token": self.customer_token(visitor) });
        self.call("POST", "/claims").json(&body).send().await
    }

    /// A friend follows the referrer's link and takes the offer.
    pub async fn invite(&self, referrer: &Person) -> Invitation {
        let code = self.code(referrer).await;
        let token = self.click(&code).await;
        let discount_code = text(&self.claim(&token).await["discount_code"]);
        Invitation {
            code,
            token,
            discount_code,
        }
    }

    fn call_edge(&self, method: &str, path: &str) -> Call {
        // The same network as every other call of this program.
        self.edge.call(method, path).network(self.network())
    }
}

/// The token in the address that a click leads to: it must be the same in query and fragment.
pub fn token_of(location: &str) -> Option<String> {
    let (page, fragment) = location.split_once('#')?;
    let (_, in_fragment) = fragment.rsplit_once("gw=")?;
    let (_, query) = page.split_once('?')?;
    let in_query = query.split('&').find_map(|pair| pair.strip_prefix("gw="))?;
    (in_query == in_fragment).then(|| in_fragment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::token_of;

    #[test]
    fn a_token_stands_in_query_and_fragment_alike() {
        let token = |location| token_of(location);
        assert_eq!(
            token("https://a.b/?x=1&gw=T#top&gw=T").as_deref(),
            Some("T")
        );
        assert_eq!(token("https://a.b/?gw=T#gw=U"), None);
        assert_eq!(token("https://a.b/?gw=T"), None);
        assert_eq!(token("https://a.b/"), None);
    }
}
