// Lists of pupils: a file is dropped, a name is cut by one key, an absence is noted by one key.  All of it works without.

import { Keys } from "korrigo/keys.js";
import { readWords } from "korrigo/words.js";

const words = readWords("roster-words");
const WAYS = 6;

/** A file that is dropped anywhere on the page is sent at once. */
function takeDrops(form) {
  const over = (on) => form.toggleAttribute("data-over", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  addEventListener("dragleave", () => over(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!event.dataTransfer.files.length) return;
    form.elements.file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

/** The group of choices that has the focus. */
const group = () => document.activeElement?.closest("[data-ways]");

/** Somebody looked at this cut: a proposal ("=2") becomes what they chose ("2"). */
function confirm(radio) {
  radio.value = radio.value.replace(/^=/, "");
  radio.closest("[data-ways]").toggleAttribute("data-done", true);
}

/** Chooses the nth way of the focused group and goes to the next one; false when there is no such way. */
function choose(place) {
  const here = group();
  const radio = here?.querySelectorAll("input[type=radio]")[place];
  if (!radio) return false;
  radio.checked = true;
  if (here.matches("[data-cut]")) confirm(radio);
  const all = [...document.querySelectorAll("[data-ways]")];
  const next = all[all.indexOf(here) + 1];
  (next?.querySelector("input:checked") ?? next?.querySelector("input") ?? radio).focus();
  return true;
}

/** Moves the focus from one pupil's button to another's; false when there is none. */
function walk(step) {
  const buttons = [...document.querySelectorAll("[data-absence]")];
  const here = document.activeElement?.closest("#pupils tr")?.querySelector("[data-absence]");
  const next = here ? buttons[buttons.indexOf(here) + step] : buttons.at(step > 0 ? 0 : -1);
  next?.focus();
  return Boolean(next);
}

function markAbsent() {
  const button = document.activeElement?.closest("#pupils tr")?.querySelector("[data-absence]");
  button?.click();
  return Boolean(button);
}

const form = document.querySelector("[data-drop]");
if (form) takeDrops(form);

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-cut] input")) confirm(target);
});

// The page is replaced in part: what acts on it listens above.
document.addEventListener("click", ({ target }) => {
  const name = target.closest("[data-tick]")?.dataset.tick;
  if (name) for (const box of document.querySelectorAll(`input[name="${name}"]:enabled`)) box.checked = true;
});
for (const button of document.querySelectorAll("[data-tick]")) button.hidden = false;
document.addEventListener("htmx:after:swap", () => {
  for (const button of document.querySelectorAll("[data-tick]")) button.hidden = false;
});

const keys = new Keys("screen");
for (let place = 0; place < WAYS; place += 1) {
  keys.add([String(place + 1), `code:Digit${place + 1}`], place ? "" : words("choose"), () => choose(place), { show: "1 … 6" });
}
keys.add("a", words("absent"), markAbsent);
keys.add("j", words("next"), () => walk(1));
keys.add("k", words("prev"), () => walk(-1));
keys.add("/", words("find"), () => {
  const field = document.getElementById("q");
  field?.focus();
  return Boolean(field);
});
keys.listen();
