// Goodword for any server on Node 20 or newer, with nothing but Node: an order that was paid, and a refund.
//
// Grade: ran against the edge (`tests/tests/api/samples.rs`).
import { createHmac } from "node:crypto";

const { GOODWORD_URL, GOODWORD_PROGRAM, GOODWORD_ORDERS_KEY } = process.env;

// Throws where it is not taken: keep the report, and send it again later. What was told before counts once.
export async function report(name, body) {
  const text = JSON.stringify(body);
  const now = Math.floor(Date.now() / 1000);
  const key = Buffer.from(GOODWORD_ORDERS_KEY.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${name}.${now}.${text}`).digest("base64");
  const answer = await fetch(`${GOODWORD_URL}/v1/programs/${GOODWORD_PROGRAM}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json", "webhook-id": name, "webhook-timestamp": `${now}`, "webhook-signature": `v1,${signature}` },
    body: text,
  });
  if (!answer.ok) throw new Error(`${name} was not taken: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// Amounts are integers in the currency's smallest unit; `subtotal` is after discounts, without tax and shipping.
export const paid = ({ id, customer, currency, subtotal, discount, total, codes, token }) =>
  report(`${id}-paid`, { kind: "order", order_id: id, customer, currency, subtotal, discount, total, discount_codes: codes, token });

export const refunded = ({ id, currency }, refund, amount) =>
  report(`${id}-${refund}`, { kind: "refund", order_id: id, refund_id: refund, amount, currency });
