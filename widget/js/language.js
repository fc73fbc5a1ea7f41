// Words of other languages: a small file for each, fetched only where the page is in one of them.

import { get } from "./ask.js";

const LANGUAGES = /^(de|fr|es|pt|it|nl|pl|sv|ja|ko|zh|ar|he|hi)\b/i;

/** Resolves to the words of this page's language; to none where they are built in or cannot be had. */
export const wordsFor = (config) => (config.words = config.words || load(config));

async function load({ files, locale }) {
  const language = LANGUAGES.exec(locale);
  try {
    return language ? await (await get(files + language[0].toLowerCase() + ".json")).json() : {};
  } catch (error) {
    return {};
  }
}
