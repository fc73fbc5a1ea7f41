// A page that is bundled.
import { load } from "goodword-widget";

const goodword = load({ src: "https://refer.shop.example/widget.js", program: "acme", theme: "dark" });
const open: Promise<boolean | undefined> = goodword("open");
// @ts-expect-error a tag needs its program
load({ src: "https://refer.shop.example/widget.js" });
// @ts-expect-error there is no such method
goodword("opne");

console.log(open);
