//! Shops that anybody can make. One is of plain pages, as django-oscar 4.2 was seen to behave: the form for vouchers is on the basket's
//! page alone, and only where there is something in it; a POST is answered 302 whether it worked or not; a code that
//! is posted twice leaves a message on the next page. The other draws its cart by itself and has no form that could be posted.

use super::{Answer, Call, Cart, Platform, undrawn};

/// Plain pages.
pub const FORM: Platform = Platform {
    adapter: "apply-form.js",
    says: "",
    head: "",
    class: "",
    body: r#"<a href="/basket/">Basket</a> CART"#,
    add: r#"await fetch("/basket/add/1/", { method: "POST" }); location.href = "/basket/""#,
    answer: form,
    draw,
};

fn form(cart: &mut Cart, call: &Call) -> Option<Answer> {
    match call.path.as_str() {
        "/basket/add/1/" => cart.items += 1,
        "/basket/vouchers/add/" => {
            let code = call.field("code").unwrap_or_default().to_uppercase();
            let again = cart.codes.contains(&code);
            if call.field("csrfmiddlewaretoken") == Some("t0ken") {
                let taken = cart.put(&code);
                let said = match (again, taken) {
                    (true, _) => format!("You have already added the {code} voucher"),
                    (_, true) => format!("Voucher '{code}' added to basket"),
                    _ => format!("No voucher found with code '{code}'"),
                };
                cart.carried = said.into();
            }
        }
        _ => return None,
    }
    Some(Answer::To("/basket/"))
}

fn draw(cart: &mut Cart, path: &str) -> String {
    if path != "/basket/" {
        return String::new();
    }
    if cart.items == 0 {
        return "<p>Your basket is empty.</p>".to_owned();
    }
    // It is said once.
    let said = cart.carried.take();
    let said = said.as_str().unwrap_or_default();
    let removals = cart.codes.iter().map(|code| {
        format!(
            r#"<tr><td>{code}</td><td><form action="/basket/vouchers/1/remove/" method="post"><button>Remove</button></form></td></tr>"#
        )
    });
    format!(
        r#"<div id="messages"><div class="alert alert-info">{said}</div></div>
<form action="/basket/" method="post"><input type="hidden" name="form-0-id" value="1">
<input type="number" name="form-0-quantity" value="{}"></form>
<table id="totals">{}</table>
<form id="voucher_form" action="/basket/vouchers/add/" method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="t0ken">
<input type="text" name="code" id="id_code"><button type="submit">Add voucher</button></form>"#,
        cart.items,
        removals.collect::<String>()
    )
}

/// A page that is drawn by its script, which alone knows what was typed.
pub const DRAWN: Platform = Platform {
    adapter: "apply-dom.js",
    says: "",
    head: "",
    class: "",
    body: r#"<main id="app"></main><script nonce="own">
  // As frameworks do that keep a field's value themselves: what is set on the field, and not said by an event, is not known.
  let cart = { items: 0, codes: [] };
  let typed = "";
  const draw = () => {
    const box = "<div><input id=coupon placeholder='Discount code'><button id=use type=button>Apply</button></div>";
    app.innerHTML = cart.items ? "<p>Items <b>" + cart.items + "</b></p>" + cart.codes.map((one) => "<p>Discount (" + one + ")</p>").join("") + (cart.codes.length ? "" : box) : "<p>Empty</p>";
    const field = document.getElementById("coupon");
    if (!field) return;
    field.addEventListener("input", () => { typed = field.value; });
    document.getElementById("use").addEventListener("click", async () => { if (typed) await said("codes", { code: typed }); });
  };
  const said = async (what, body) => { cart = await (await post("/api/cart/" + what, body)).json(); typed = ""; draw(); };
  setTimeout(() => said("see", {}));
</script>"#,
    add: r#"await said("items", {})"#,
    answer: drawn,
    draw: undrawn,
};

fn drawn(cart: &mut Cart, call: &Call) -> Option<Answer> {
    match call.path.strip_prefix("/api/cart/")? {
        "items" => cart.items += 1,
        "codes" => {
            let code = call.json()["code"].as_str().unwrap_or_default().to_owned();
            cart.put(&code);
        }
        _ => {}
    }
    Some(super::json(
        serde_json::json!({ "items": cart.items, "codes": cart.codes }),
    ))
}
