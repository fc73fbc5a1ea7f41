// What the platforms' own libraries say of a signature. One question a line comes in, one answer a line goes out:
// { do: "sign" | "verify", platform, secret, body, id?, header?, seconds? } -> { header } | { good }
import "@shopify/shopify-api/adapters/node";

import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";

import { Paddle } from "@paddle/paddle-node-sdk";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";

const stripe = new Stripe("sk_test_none");
const paddle = new Paddle("none");

const shop = (secret) =>
  shopifyApi({
    apiKey: "none",
    apiSecretKey: secret,
    apiVersion: Object.values(ApiVersion).at(-1),
    hostName: "shop.example",
    hostScheme: "https",
    isEmbeddedApp: true,
    logger: { level: 0 },
  });

// Shopify's and Paddle's libraries only check: what is signed here is what their documents say, by Node's own HMAC.
const hmac = (secret, text, encoding) => createHmac("sha256", secret).update(text).digest(encoding);

const standard = (name) => (asked) => ({
  [`${name}-id`]: asked.id,
  [`${name}-timestamp`]: String(asked.seconds),
  [`${name}-signature`]: asked.header,
});

const libraries = {
  stripe: {
    sign: ({ secret, body, seconds }) =>
      stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds }),
    verify: ({ secret, body, header }) => Boolean(stripe.webhooks.constructEvent(body, header, secret)),
  },
  shopify: {
    sign: ({ secret, body }) => hmac(secret, body, "base64"),
    verify: async ({ secret, body, header }) => {
      const headers = {
        "x-shopify-hmac-sha256": header,
        "x-shopify-topic": "orders/paid",
        "x-shopify-api-version": "2025-01",
        "x-shopify-shop-domain": "shop.myshopify.com",
        "x-shopify-webhook-id": "1",
      };
      const said = await shop(secret).webhooks.validate({
        rawBody: body,
        rawRequest: { method: "POST", url: "/", headers },
        rawResponse: {},
      });
      return said.valid;
    },
  },
  paddle: {
    sign: ({ secret, body, seconds }) => `ts=${seconds};h1=${hmac(secret, `${seconds}:${body}`, "hex")}`,
    verify: ({ secret, body, header }) => paddle.webhooks.isSignatureValid(body, secret, header),
  },
  standardwebhooks: {
    sign: ({ secret, body, id, seconds }) => new Webhook(secret).sign(id, new Date(seconds * 1000), body),
    verify: (asked) => Boolean(new Webhook(asked.secret).verify(asked.body, standard("webhook")(asked))),
  },
  svix: {
    sign: ({ secret, body, id, seconds }) => new Svix(secret).sign(id, new Date(seconds * 1000), body),
    verify: (asked) => Boolean(new Svix(asked.secret).verify(asked.body, standard("svix")(asked))),
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const library = libraries[asked.platform];
  let answer;
  if (asked.do === "sign") {
    answer = { header: await library.sign(asked) };
  } else {
    try {
      answer = { good: await library.verify(asked) };
    } catch {
      answer = { good: false };
    }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
