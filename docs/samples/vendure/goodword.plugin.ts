// Goodword for Vendure 3: each order when its payment is settled, each refund, each cancellation.
//
// Grade: ran on the real shop, by hand (Vendure 3.7: paid, refunded, cancelled). Put `goodword.mjs` of `../node` where this finds it, and
// this class into `plugins` of your configuration.
import { OnApplicationBootstrap } from "@nestjs/common";
import { EventBus, Logger, Order, OrderService, OrderStateTransitionEvent, PluginCommonModule, RefundStateTransitionEvent, VendurePlugin } from "@vendure/core";
import { paid, refunded, report } from "../node/goodword.mjs";

@VendurePlugin({
  imports: [PluginCommonModule],
  compatibility: "^3.0.0",
  // The click that the order came by: your storefront says it with `setOrderCustomFields`.
  configuration: (config) => {
    config.customFields.Order.push({ name: "goodword", type: "string", nullable: true });
    return config;
  },
})
export class GoodwordPlugin implements OnApplicationBootstrap {
  constructor(private events: EventBus, private orders: OrderService) {}

  onApplicationBootstrap() {
    this.events.ofType(OrderStateTransitionEvent).subscribe(({ ctx, order, toState }) => {
      // The order of an event has neither its customer nor its lines loaded, and says so by throwing.
      if (toState === "PaymentSettled") tell(async () => paid(told((await this.orders.findOne(ctx, order.id))!)));
      // What a cancelled order says of amounts is what is left of it: none of that is told.
      if (toState === "Cancelled") tell(() => report(`${order.code}-cancelled`, { kind: "cancellation", order_id: order.code }));
    });
    this.events.ofType(RefundStateTransitionEvent).subscribe(({ order, refund, toState }) => {
      if (toState === "Settled") tell(() => refunded({ id: order.code, currency: order.currencyCode }, `${refund.id}`, refund.total));
    });
  }
}

// Vendure counts in hundredths, as most currencies do; `subTotal` is after discounts, without tax and shipping.
const told = (order: Order) => ({
  id: order.code,
  customer: { id: order.customer ? `${order.customer.id}` : null, email: order.customer?.emailAddress },
  currency: order.currencyCode,
  subtotal: order.subTotal,
  discount: -(order.discounts ?? []).reduce((sum, discount) => sum + discount.amount, 0),
  total: order.totalWithTax,
  codes: order.couponCodes,
  token: (order.customFields as { goodword?: string }).goodword,
});

// What a listener throws would end the server.
const tell = (what: () => Promise<unknown>) =>
  void Promise.resolve().then(what).catch((error) => Logger.error(String(error), "Goodword"));
