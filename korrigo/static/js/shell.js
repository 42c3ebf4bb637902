// What every page has: menus that close, help, the palette, keys that lead elsewhere.

import { openHelp } from "./dialog.js";
import { Keys } from "./keys.js";
import { openPalette } from "./palette.js";
import "./poll.js";
import "./tray.js";
import { words } from "./words.js";

const follow = (selector) => () => {
  const link = document.querySelector(selector);
  if (!link) return false;
  link.click();
  return true;
};

const keys = new Keys("shell");
keys.add("?", words("help.title"), openHelp, { show: "?" });
keys.add("ctrl+k", words("palette.label"), openPalette, { show: "Ctrl K", field: true });
keys.add("/", words("keys.search"), () => {
  const field = document.querySelector("main [type=search]");
  field?.focus();
  return Boolean(field);
});
keys.add("g e", words("keys.exams"), follow(".brand"), { show: "G E" });
keys.add("g a", words("keys.admin"), follow("[data-go=admin]"), { show: "G A" });
if (document.querySelector(".tabs a")) keys.add("g 1…9", words("keys.tab"), () => false, { show: "G 1…9", hint: true });
for (let tab = 1; tab <= 9; tab += 1) keys.add(`g ${tab}`, "", follow(`.tabs a:nth-of-type(${tab})`));
for (const act of document.querySelectorAll("[data-key]")) {
  // A page's own acts: a link or button that says its letter.
  keys.add(act.dataset.key, act.textContent.trim() || act.getAttribute("aria-label"), () => act.click());
}
keys.listen();

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) openHelp();
  if (event.target.closest("[data-open-palette]")) openPalette();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
    event.preventDefault();
  }
}, { capture: true });

/** One-time links and the like: a button beside a field that copies it, where the browser lets it. */
document.addEventListener("click", (event) => {
  const field = document.getElementById(event.target.closest("[data-copy]")?.dataset.copy);
  if (!field) return;
  field.select();
  navigator.clipboard?.writeText(field.value).catch(() => {});
});
