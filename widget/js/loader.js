// The loader: the one script that every page of a shop carries, at most 3 KB. It reads its own tag, finds an invitation,
// and fetches the rest only when there is something to show. Whatever goes wrong here, the page never notices.

import { installCommands } from "./commands.js";
import { readConfig } from "./config.js";
import { defineElements, showInvitation, showLauncher } from "./elements.js";
import { takeToken } from "./landing.js";
import { note } from "./note.js";

try {
  const config = readConfig(document.currentScript || document.querySelector("script[data-program]"));
  if (window.goodword && window.goodword.program) note("the tag is here twice");
  else if (!config) note("the tag needs data-program and src");
  else {
    const token = takeToken(config);
    defineElements(config);
    installCommands(config);
    showLauncher();
    if (token) showInvitation(token);
  }
} catch (error) {
  note(error);
}
