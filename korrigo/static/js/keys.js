// One registry for every shortcut of the page: it runs them and prints the help, so the two cannot differ.
//
// A key is written "n", "?", "shift+f", "ctrl+z", "escape", "space", "arrowdown": letters and signs match what the
// keyboard prints. "code:Digit1" matches the physical key, because on a French keyboard the row of digits gives
// & é " ' ( without Shift. Two letters with a blank ("g e") are pressed one after the other.

import { words } from "./words.js";

const SINGLE = "korrigo.single-keys";
const REMAP = "korrigo.keys";
const SEQUENCE_MS = 1200;
const RESERVED = new Set(["?", "ctrl+k"]);
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

/** Letters and signs alone can be turned off (WCAG 2.1.4); keys with a name (Enter, arrows) and Ctrl keys cannot. */
export const singleKeys = {
  get on() {
    return localStorage.getItem(SINGLE) !== "off";
  },
  set on(value) {
    localStorage.setItem(SINGLE, value ? "on" : "off");
  },
};

/** The person's own keys: `{"screen n": "j"}`, from "<scope> <key as the program has it>" to the key wanted. */
export const remap = {
  read() {
    try {
      return JSON.parse(localStorage.getItem(REMAP) ?? "{}");
    } catch {
      return {};
    }
  },
  set(scope, key, wanted) {
    const all = this.read();
    if (wanted) all[`${scope} ${key}`] = wanted;
    else delete all[`${scope} ${key}`];
    localStorage.setItem(REMAP, JSON.stringify(all));
  },
  clear() {
    localStorage.removeItem(REMAP);
  },
};

/** The scopes that listen on this page, the last one first: a screen's key hides the shell's. */
const scopes = [];
let pending = "";
let pendingUntil = 0;

/** The shortcuts of one scope. */
export class Keys {
  list = [];

  /** @param {string} scope  "shell", "screen", or a plugin's name */
  constructor(scope = "screen") {
    this.scope = scope;
  }

  /**
   * Adds a shortcut. A key that is taken in this scope, or reserved, is refused and said in the console.
   *
   * @param {string|string[]} specs
   * @param {string} label  what help says; empty for keys that help does not list
   * @param {(event: KeyboardEvent) => unknown} run  may return false: the key then keeps its usual meaning
   * @param {{show?: string, field?: boolean, group?: string, hint?: boolean}} options  `field`: also while typing
   */
  add(specs, label, run, { show, field = false, group = "", hint = false } = {}) {
    const mine = remap.read();
    const asked = [specs].flat().map((spec) => mine[`${this.scope} ${spec}`] ?? spec);
    const free = asked.filter((spec) => hint || !this.#taken(normal(spec)));
    if (!free.length) return this;
    const changed = mine[`${this.scope} ${[specs].flat()[0]}`];
    this.list.push({
      specs: new Set(hint ? [] : free.map(normal)), label, run, field, group, show: (!changed && show) || written(free[0]),
    });
    return this;
  }

  /** Takes a shortcut away. */
  remove(spec) {
    this.list = this.list.filter((entry) => !entry.specs.has(normal(spec)));
  }

  /** From now on the keys of this scope act. */
  listen() {
    if (!scopes.includes(this)) scopes.unshift(this);
    return this;
  }

  /** The keys of this scope are silent again. */
  rest() {
    if (scopes.includes(this)) scopes.splice(scopes.indexOf(this), 1);
  }

  /** The entry that an event runs, if any. */
  match(event, typing) {
    const names = namesOf(event);
    const modified = event.ctrlKey || event.metaKey;
    return this.list.find((entry) => (entry.field || !typing) && (modified || singleKeys.on || named(event))
      && names.some((name) => entry.specs.has(name)));
  }

  #taken(spec) {
    const other = this.list.find((entry) => entry.specs.has(spec));
    if (!other && (this.scope === "shell" || !RESERVED.has(spec))) return false;
    console.warn(`The key ${spec} is taken${other ? ` by “${other.label}”` : ""}; it was not added to ${this.scope}.`);
    return true;
  }
}

/** Every listening shortcut that has a label, by scope and group: `[{scope, group, label, show, run}]`. */
export function listed() {
  return scopes.flatMap(({ scope, list }) => list.filter(({ label }) => label).map((entry) => ({ scope, ...entry })));
}

const normal = (spec) => (spec.startsWith("code:") ? spec : spec.toLowerCase().replace(/(^|\+) $/, "$1space"));

/** How a key is written for people. */
function written(spec) {
  return normal(spec).replace(/^code:/, "").split(/\+(?=.)| /)
    .map((part) => words(`key.${part}`).replace(/^key\./, "").replace(/^\w/, (letter) => letter.toUpperCase()))
    .join(" ");
}

/** Enter, arrows, Escape, Space: no character is typed with them. */
const named = (event) => event.key.length > 1 || event.key === " ";

/** The names under which an event may be registered. */
function namesOf(event) {
  const modified = event.ctrlKey || event.metaKey;
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const letter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
  // Shift is part of how a sign is typed ("?"), but says something of its own with letters and named keys.
  const shift = event.shiftKey && (modified || letter || named(event));
  const name = `${modified ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
  if (modified || event.altKey) return [name];
  const names = [name, `code:${event.shiftKey ? "Shift+" : ""}${event.code}`];
  if (pending && performance.now() < pendingUntil) {
    names.unshift(`${pending} ${key}`, `${pending} code:${event.code}`.replace(/code:Digit/, ""));
  }
  return names;
}

const begins = (name) => scopes.some(({ list }) => list.some(({ specs }) => [...specs].some((spec) => spec.startsWith(`${name} `))));

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || !event.key || document.querySelector("dialog[open]")) return;
  if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const typing = Boolean(event.target.closest?.(FIELDS));
  for (const scope of scopes) {
    const entry = scope.match(event, typing);
    if (entry) {
      pending = "";
      if (entry.run(event) !== false) event.preventDefault();
      return;
    }
  }
  const name = event.key.toLowerCase();
  pending = !typing && !event.ctrlKey && !event.metaKey && singleKeys.on && begins(name) ? name : "";
  pendingUntil = performance.now() + SEQUENCE_MS;
});
