// Tools that other plugins add to the toolbar (`tools.add(…)` of korrigo/api.js).

import { keys, on, tools } from "korrigo/api.js";
import { icon } from "korrigo/elements.js";

import { button } from "./elements.js";

/**
 * Gives each of them a button and its key.
 *
 * @param {HTMLElement} bar  the toolbar
 * @param {() => object} context  what a tool is given when it is used: `{copy, question, put(page, value)}`
 */
export function showPluginTools(bar, context) {
  const add = ({ label, icon: picture, key, use }) => {
    const run = () => use(context());
    const title = key ? `${label} (${key.toUpperCase()})` : label;
    bar.append(button(".btn.btn-icon.btn-quiet", { "aria-label": label, title }, run, icon(picture)));
    if (key) keys.add(key, label, run);
  };
  tools.list.forEach(add);
  on("tool-added", add);
}
