// Rows and tiles. A row that has not changed keeps its elements, and so its pictures and the place of the page.

import { element, icon } from "korrigo/elements.js";
import { marksOf } from "./model.js";

const WIDTH = 124;
const PICTURES = { turned: "rotate", "cut.here": "scissors", header: "identify", "fate.blank": "blank", "fate.duplicate": "duplicate",
  "fate.foreign": "foreign", "fate.discarded": "bin", "fate.waiting": "clock" };

/** Which sides a filter shows. */
const SHOWN = {
  all: () => true,
  blank: (side) => side.fate === "blank",
  bin: (side) => side.fate === "discarded",
  aside: (side) => ["duplicate", "foreign", "waiting"].includes(side.fate),
};

export class Tiles {
  show = "all";
  failed = new Set();
  #made = new Map();

  /** @param {HTMLElement} root  @param {Sheet} sheet  @param {Function} words */
  constructor(root, sheet, words) {
    Object.assign(this, { root, sheet, words });
    root.addEventListener("error", ({ target }) => this.#broken(target), true);
    root.addEventListener("load", ({ target }) => target.closest(".tile")?.setAttribute("data-drawn", ""), true);
  }

  /** Brings the page up to date. */
  paint() {
    const rows = this.#rows();
    const kept = new Map();
    const nodes = rows.map(([key, content, make]) => {
      const known = this.#made.get(key);
      const node = known?.content === content ? known.node : make();
      kept.set(key, { content, node });
      return node;
    });
    this.#made = kept;
    const wanted = new Set(nodes);
    for (const node of [...this.root.children]) if (!wanted.has(node)) node.remove();
    let next = this.root.firstElementChild;
    for (const node of nodes) {
      if (node === next) next = next.nextElementSibling;
      else this.root.insertBefore(node, next);
    }
  }

  /** `[key, what it depends on, () => element]` of every row that the filter shows. */
  #rows() {
    const { sheet, show } = this;
    const rows = [];
    const pile = show === "all" || show === "look" ? sheet.ofPile : [];
    if (pile.length) rows.push(["pile", JSON.stringify(pile), () => this.#pile(pile)]);
    for (const copy of sheet.rows) {
      const sides = copy.sides.filter((side) => this.#shows(side, sheet.look(copy)));
      if (!sides.length) continue;
      const found = sheet.inCopy(copy);
      const content = JSON.stringify([copy, found, sides.length, sheet.expected, show, sides.filter(({ id }) => this.failed.has(id)).length]);
      rows.push([copy.id, content, () => this.#copy(copy, sides, found)]);
    }
    const beside = sheet.beside.filter((side) => this.#shows(side, sheet.onSide(side.id).length > 0));
    if (beside.length) {
      const found = beside.flatMap(({ id }) => sheet.onSide(id));
      rows.push(["loose", JSON.stringify([beside, found, show]), () => this.#loose(beside, found)]);
    }
    return rows;
  }

  #shows(side, look) {
    return this.show === "look" ? look : SHOWN[this.show](side);
  }

  #copy(copy, sides, found) {
    const { sheet, words } = this;
    const pages = copy.sides.length;
    const states = { grading: "pen", finalising: "lock", graded: "lock", failed: "lock" };
    const state = states[copy.state] || (copy.state === "staging" && !sheet.look(copy))
      ? element("span.chip.chip-plain", {}, icon(states[copy.state] ?? "clock", "i i-small"), words(`state.${copy.state}`)) : null;
    const odd = sheet.odd(copy) ? element("span.chip.chip-warn", {}, words("expected", { n: pages, m: sheet.expected })) : null;
    const right = found.length || copy.state === "staging"
      ? element("button.btn.btn-small.push", { "data-valid": copy.id }, icon("check"), words("valid"), element("kbd", {}, "V")) : null;
    const cut = sheet.cutHere(copy);
    return element("div.copy", { id: `copy-${copy.id}`, "data-copy": copy.id, "data-look": sheet.look(copy), role: "group", "aria-label": words("copy", { n: copy.serial }) },
      element("header", {}, element("h2", {}, words("copy", { n: copy.serial })), element("span.muted.mono", {}, copy.code), state, odd, right),
      this.#list(words("copy", { n: copy.serial }), sides),
      ...found.map((one) => this.#finding(one)),
      cut ? this.#suggestion(cut, copy.sides.indexOf(cut) + 1) : null,
      ...sides.filter(({ id }) => this.failed.has(id)).map((side) => this.#retry(side)));
  }

  #loose(sides, found) {
    return element("div.copy.copy-loose", { id: "loose", "data-loose": true, role: "group", "aria-label": this.words("loose") },
      element("header", {}, element("h2", {}, this.words("loose")), element("span.muted", {}, this.words("pages", { n: sides.length }))),
      this.#list(this.words("loose"), sides), ...found.map((one) => this.#finding(one)),
      ...sides.filter(({ id }) => this.failed.has(id)).map((side) => this.#retry(side)));
  }

  #pile(found) {
    return element("div.copy.copy-pile", { "data-look": true, role: "group", "aria-label": this.words("pile") },
      element("header", {}, element("h2", {}, this.words("pile"))), ...found.map((one) => this.#finding(one)));
  }

  #list(label, sides) {
    return element("div.tiles", { role: "listbox", "aria-multiselectable": "true", "aria-orientation": "horizontal", "aria-label": label },
      ...sides.map((side) => this.#tile(side)));
  }

  #tile(side) {
    const { sheet, words } = this;
    const copy = sheet.copyOf(side.id);
    const number = copy ? copy.sides.indexOf(side) + 1 : null;
    const label = number ? words("page", { n: number }) : words("scan", { n: side.page });
    const marks = marksOf(sheet, side);
    const spoken = marks.map(([word]) => words(`spoken.${word}`).replace(/^spoken\./, "")).map((word) => words(word, { n: side.turned }));
    const failed = this.failed.has(side.id);
    // Lazy before it has an address: else it is fetched at once.
    const image = failed ? element("span.unreadable", {}, icon("error"), words("unreadable"))
      : element("img", { loading: "lazy", decoding: "async", alt: "", width: WIDTH, height: Math.round((WIDTH * side.h) / side.w), src: side.thumb });
    return element("div.tile", {
      id: `side-${side.id}`, "data-side": side.id, "data-fate": side.fate, "data-look": sheet.onSide(side.id).length > 0, draggable: "true",
      role: "option", "aria-selected": "false", tabindex: "-1", title: side.reason,
      "aria-label": [copy ? words("copy", { n: copy.serial }) : words("loose"), label, ...spoken, failed ? words("unreadable") : null].filter(Boolean).join(", "),
    }, element("span.picture", { "data-n": side.n }, image, this.#marks(marks, side)), element("span.caption", {}, label));
  }

  #marks(marks, side) {
    return element("span.marks", {}, ...marks.map(([word, tone]) => element(`span.chip.chip-plain.chip-${tone}`, {},
      PICTURES[word] ? icon(PICTURES[word], "i i-small") : tone === "warn" ? icon("warn", "i i-small") : null,
      this.words(word, { n: side.turned }))));
  }

  #finding(found) {
    const { words, sheet } = this;
    const copy = found.side ? sheet.copyOf(found.side) : null;
    const side = found.side ? sheet.side(found.side) : null;
    const where = copy ? words("page", { n: copy.sides.indexOf(side) + 1 }) : side ? words("scan", { n: side.page }) : null;
    const accept = found.does ? element("button.btn.btn-small", { "data-finding": found.id, "data-do": "accept" },
      icon("check", "i i-small"), words(`does.${found.does}`), element("kbd", {}, "A")) : null;
    return element("div.finding", {}, icon("warn", "i i-small"), element("span", {}, where ? element("b", {}, where) : null, where ? " · " : null, found.message),
      accept, element("button.btn.btn-small", { "data-finding": found.id, "data-do": "dismiss" }, words("dismiss")));
  }

  #suggestion(side, number) {
    return element("div.finding", {}, icon("scissors", "i i-small"), element("span", {}, this.words("cut.why", { n: number })),
      element("button.btn.btn-small", { "data-cut": side.id }, icon("scissors", "i i-small"), this.words("act.cut"), element("kbd", {}, "A")));
  }

  #retry(side) {
    return element("div.finding", {}, icon("error", "i i-small"), element("span", {}, this.words("unreadable.why", { n: side.page })),
      element("button.btn.btn-small", { "data-retry": side.id }, icon("retry", "i i-small"), this.words("retry")));
  }

  #broken(image) {
    const id = image.closest?.(".tile")?.dataset.side;
    if (!id) return;
    this.failed.add(id);
    this.paint();
    this.root.dispatchEvent(new CustomEvent("painted"));
  }

  /** Asks for the picture of a side again. */
  retry(id) {
    const side = this.sheet.side(id);
    const url = new URL(side.thumb, location.href);
    url.searchParams.set("again", Date.now());
    side.thumb = url.pathname + url.search;
    this.failed.delete(id);
    this.paint();
  }
}
