// Goodword for Medusa 2, as `src/subscribers/goodword.ts`: each order when its payment is captured, each refund, each cancellation.
//
// Grade: from documents. Put `goodword.mjs` of `../node` where this finds it. Where Medusa's event bus is Redis, what throws is tried again.
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework";
import { paid, refunded, report } from "../node/goodword.mjs";

export const config: SubscriberConfig = { event: ["payment.captured", "payment.refunded", "order.canceled"] };

const ORDER = ["id", "email", "customer_id", "total", "item_subtotal", "discount_subtotal", "metadata", "promotions.code"];
const FIELDS = ["currency_code", "refunds.*", ...ORDER.map((field) => `payment_collection.order.${field}`)];

export default async function goodword({ event: { name, data }, container }: SubscriberArgs<{ id: string }>) {
  if (name === "order.canceled") return void (await report(`${data.id}-canceled`, { kind: "cancellation", order_id: data.id }));
  const query = container.resolve("query");
  const { data: [payment] } = await query.graph({ entity: "payment", fields: FIELDS, filters: { id: data.id } });
  const { payment_collection: { order }, currency_code, refunds } = payment as any;
  const currency = currency_code.toUpperCase();
  // Medusa counts in whole units with decimals.
  const { maximumFractionDigits: digits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  const minor = (amount: unknown) => Math.round(Number(amount) * 10 ** digits!);
  const id = order.id;
  if (name === "payment.captured") {
    const customer = { id: order.customer_id, email: order.email };
    const [subtotal, discount] = [minor(order.item_subtotal - order.discount_subtotal), minor(order.discount_subtotal)];
    const codes = (order.promotions ?? []).map((promotion: { code: string }) => promotion.code);
    // Your storefront keeps the click in the cart's metadata, which becomes the order's.
    await paid({ id, customer, currency, subtotal, discount, total: minor(order.total), codes, token: order.metadata?.goodword });
  }
  // The event names the payment and not the refund: all of them are told, and those that were told before count once.
  for (const refund of name === "payment.refunded" ? refunds : []) await refunded({ id, currency }, refund.id, minor(refund.amount));
}
