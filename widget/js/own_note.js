// What the customer says to their friends: a sentence or two, which come with the offer under their first name.

import { get } from "./ask.js";
import { button, el } from "./plain.js";
import { word } from "./words.js";

/** The longest note that the edge keeps, in code points, of which a picture may have several. */
const LONGEST = 200;

/** The field for it, with what is said to friends so far. */
export function noteEditor(page, written) {
  const area = el("textarea", { id: "note", rows: 2, value: written, dir: "auto", "aria-describedby": "kept" });
  const said = el("p", { id: "kept", className: "hint", role: "status" }, word("noteHint"));
  const say = (key, wrong) => {
    said.textContent = word(key);
    said.className = wrong ? "hint wrong" : "hint";
    area.setAttribute("aria-invalid", !!wrong);
  };
  const save = button(word("noteSave"), "primary", async () => {
    if (save.ariaBusy) return;
    save.ariaBusy = true;
    // What is said twice in the same words is read out only where there was something else in between.
    say("loading");
    const told = [...area.value].length > LONGEST ? "noteRefused" : await keep(page, area.value);
    say(told, told != "noteKept");
    save.ariaBusy = null;
  });
  save.part = "note-save";
  area.oninput = () => say("noteHint");
  return el("div", { className: "note", part: "note" }, el("label", { for: "note" }, word("note")), area, save, said);
}

/** Has the edge keep it, with a fresh token where the old one has expired; says by a key what came of it. */
async function keep(page, note, again) {
  const authorization = "Bearer " + page.customer;
  try {
    const answer = await get(page.api + "/referrers/me/note", {
      method: "PUT",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ note }),
    });
    if (answer.ok) return "noteKept";
    const { code } = await answer.json();
    if (code == "customer_token_expired" && !again && (await page.renew())) return keep(page, note, true);
    return code == "invalid_body" ? "noteRefused" : "unavailableHint";
  } catch (error) {
    return "failedHint";
  }
}
