//! What the shop sells, and for how much. Prices live here and nowhere else that counts.

/// Every price of the shop, in this currency's minor unit. Prices are final: a small business that charges no tax, and
/// delivery is free, so an order's subtotal after discounts is its total.
pub const CURRENCY: &str = "EUR";

/// The shop's own discount code, and its worth in basis points. It is nobody's referral: it shows that a code the buyer
/// chose is never pushed out by ours.
pub const HOUSE_CODE: (&str, i64) = ("SUNDAY", 500);

/// One thing on the shelf.
#[derive(Debug)]
pub struct Product {
    /// Its id in the API and in the page.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Its price in cents.
    pub price: i64,
}

/// The shelf, in the order of the page.
pub const PRODUCTS: [Product; 4] = [
    Product {
        id: "house-beans",
        name: "Hearth, house beans",
        price: 2000,
    },
    Product {
        id: "decaf",
        name: "Dusk, decaf",
        price: 1150,
    },
    Product {
        id: "mug",
        name: "Oak mug",
        price: 1600,
    },
    Product {
        id: "filter-papers",
        name: "Filter papers",
        price: 450,
    },
];

/// The product of this id, if the shop sells it.
pub fn product(id: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}

#[cfg(test)]
mod tests {
    use super::PRODUCTS;

    #[test]
    fn the_page_shows_the_products_and_the_prices_that_the_till_charges() {
        let page = include_str!("../../../index.html");
        let shown: Vec<&str> = page
            .split("class=\"card\" data-product=\"")
            .skip(1)
            .collect();
        assert_eq!(shown.len(), PRODUCTS.len());
        for (product, card) in PRODUCTS.iter().zip(shown) {
            let price = format!("€{}.{:02}", product.price / 100, product.price % 100);
            let start = format!("{}\"", product.id);
            assert!(
                card.starts_with(&start),
                "{} is not next on the page",
                product.id
            );
            assert!(
                card.contains(&price),
                "{} is not shown at {price}",
                product.id
            );
        }
    }
}
