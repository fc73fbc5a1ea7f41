/**
 * Paddle: buttons say by attributes what its checkout opens with. A page that opens it by a call of its own tells the `shop` hook.
 * Grade: from documents. Source: https://developer.paddle.com/paddlejs/html-data-attributes
 */

import { linked } from "./links.js";

export const make = (tools) =>
  linked(tools, ".paddle_button", ({ dataset }, code, token) => {
    if (!dataset.discountCode && !dataset.discountId) dataset.discountCode = code;
    const custom = JSON.parse(dataset.customData || "{}");
    if (token && !custom.goodword) dataset.customData = JSON.stringify({ ...custom, goodword: token });
  });
