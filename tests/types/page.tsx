// A page with the plain script tag, as a merchant would write it in TypeScript. What is wrong must be refused: an expected
// error that does not come is an error itself.
/// <reference types="goodword-widget/goodword" />

async function page(): Promise<void> {
  const open: boolean | undefined = await goodword("open");
  await goodword("customer", "a.b.c");
  await window.goodword("customer");
  await goodword("expired", async () => "d.e.f");
  await goodword("shop", { hasCart: () => true, apply: async () => "applied" });
  await goodword("on", "shared", ({ channel }) => channel.toUpperCase());
  goodword.q?.push(["open"], [() => {}, ["open"]]);
  const program: string | undefined = goodword.program;

  // @ts-expect-error there is no such method
  await goodword("opne");
  // @ts-expect-error there is no such answer
  await goodword("shop", { hasCart: () => true, apply: async () => "done" });
  // @ts-expect-error there is no such event
  await goodword("on", "bought", () => {});
  // @ts-expect-error a claim has no channel
  await goodword("on", "claimed", ({ channel }) => channel);
  console.log(open, program);
}

document.addEventListener("goodword:applied", (event) => event.detail.code.trim());
document.querySelector("goodword-share")?.addEventListener("goodword:error", (event) => event.detail.code.trim());
// @ts-expect-error an error has no kind
window.addEventListener("goodword:error", (event) => event.detail.kind);

const panel: HTMLElement = document.createElement("goodword-share");
const written = <goodword-share data-theme="dark" className="mine" />;
const code = <goodword-code name="friend" />;
const lead = <goodword-lead data-action="/leads" data-achievement="ten years" />;
document.addEventListener("goodword:lead", (event) => event.detail.id.trim());
const need = (lead: GoodwordLead) => lead.need.trim();
// @ts-expect-error only a field has a name in a form
const named = <goodword-share name="friend" />;
// @ts-expect-error there is no such theme
const wrong = <goodword-launcher data-theme="pink" />;

console.log(written, page, panel, written, need, code, lead, named, wrong);
