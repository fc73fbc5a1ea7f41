//! How people buy at the shop of django-oscar: by its own pages, with a browser or without scripts.

use super::visitor::Visitor;
use crate::browser::window::Browser;

/// What a guest fills in on the way to the till.
const ADDRESS: [(&str, &str); 6] = [
    ("first_name", "Ann"),
    ("last_name", "Canarydoe"),
    ("line1", "Canary Lane 1"),
    ("line4", "Berlin"),
    ("postcode", "10115"),
    ("country", "DE"),
];

impl Visitor {
    /// Puts a product into the basket.
    pub async fn put_in(&mut self, product: &str) {
        let all = self.open("/catalogue/").await;
        let tail = all.between(&format!("href=\"/catalogue/{product}"), "\"");
        let page = self.open(&format!("/catalogue/{product}{tail}")).await;
        let action = format!(
            "/basket/add/{}/",
            page.between("action=\"/basket/add/", "/\"")
        );
        self.submit(&page, &action, &[("quantity", "1")]).await;
    }

    /// Types a voucher into the basket's form.
    pub async fn use_voucher(&mut self, code: &str) {
        let basket = self.open("/basket/").await;
        self.submit(&basket, "/basket/vouchers/add/", &[("code", code)])
            .await;
    }

    /// Buys what is in the basket as a guest, and returns the order's number.
    pub async fn buy_as(&mut self, email: &str) -> String {
        let gate = self.open("/checkout/").await;
        let guest = [("username", email), ("options", "anonymous")];
        let page = self.submit(&gate, "/checkout/", &guest).await;
        let action = page.path.clone();
        self.submit(&page, &action, &ADDRESS).await;
        let preview = self.open("/checkout/preview/").await;
        let thanks = self
            .submit(&preview, "/checkout/preview/", &[("action", "place_order")])
            .await;
        number(&thanks.html).unwrap_or_else(|| panic!("no order in {thanks:?}"))
    }
}

/// The order's number on the page of thanks.
fn number(html: &str) -> Option<String> {
    let (_, rest) = html.split_once("order number is")?;
    let digits = rest.trim_start_matches(|symbol: char| !symbol.is_ascii_digit());
    let end = digits.find(|symbol: char| !symbol.is_ascii_digit())?;
    Some(digits[..end].to_owned())
}

impl Browser {
    /// Puts a product of the shop at this address into its basket.
    pub async fn oscar_put_in(&self, shop: &str, product: &str) {
        self.goto(&format!("{shop}/catalogue/")).await;
        self.click(&format!(
            "document.querySelector('h3 a[href^=\"/catalogue/{product}\"]')"
        ))
        .await;
        self.wait("location.pathname !== '/catalogue/'").await;
        self.click("document.querySelector('#add_to_basket_form button')")
            .await;
        self.wait("document.querySelector('.alert-success')").await;
    }

    /// Buys what is in the basket as a guest, and returns the order's number.
    pub async fn oscar_buy_as(&self, shop: &str, email: &str) -> String {
        self.goto(&format!("{shop}/checkout/")).await;
        self.type_into("document.querySelector('#id_username')", email)
            .await;
        self.click("document.querySelector('[name=options][value=anonymous]')")
            .await;
        self.click("document.querySelector('form.card button[type=submit]')")
            .await;
        self.wait("document.querySelector('#new_shipping_address')")
            .await;
        for (field, text) in ADDRESS {
            let field = format!("document.querySelector('#new_shipping_address [name={field}]')");
            // A shop that sends to one country only asks for none.
            if self.text(&format!("{field}.type")).await == "text" {
                self.type_into(&field, text).await;
            }
        }
        self.click("document.querySelector('#new_shipping_address [type=submit]')")
            .await;
        self.wait("location.pathname.includes('/payment')").await;
        self.goto(&format!("{shop}/checkout/preview/")).await;
        self.click("document.querySelector('#place-order')").await;
        self.wait("location.pathname.includes('/thank-you/')").await;
        let html = self.text("document.body.innerHTML").await;
        number(&html).expect("an order's number")
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn the_number_is_found_behind_its_words() {
        let html = "<p>Your order number is <strong>100001</strong>.</p>";
        assert_eq!(number(html).as_deref(), Some("100001"));
        assert_eq!(number("<p>Thanks</p>"), None);
    }
}
