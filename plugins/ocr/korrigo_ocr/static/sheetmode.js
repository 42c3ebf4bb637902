// Sheet mode: twelve headers a screen with the name that was read under each. One looks, takes the wrong ones
// out, and accepts what is shown; nothing is accepted that was not on screen.

import { element } from "korrigo/elements.js";

import { decided } from "./copies.js";

const A_SCREEN = 12;

/** Events: `accept` with `{pairs: [[copy, student]], out: [copy]}`; `close`. */
export class SheetMode extends EventTarget {
  #cells = [];
  #out = new Set();
  /** Copies that have been on a screen that was accepted. */
  #seen = new Set();

  /** @param {{box, grid, button}} parts  @param {{copies, roster, t}} options */
  constructor({ box, grid, button }, { copies, roster, t }) {
    super();
    Object.assign(this, { box, grid, button, copies, roster, t });
    grid.addEventListener("click", (event) => this.#toggle(event.target.closest("[data-copy]")));
    grid.addEventListener("keydown", (event) => this.#key(event));
    button.addEventListener("click", () => this.accept());
  }

  get isOpen() {
    return !this.box.hidden;
  }

  /** The sure proposals that nobody has looked at yet: open, or accepted by the machine alone. */
  get sure() {
    return this.copies.all.filter((copy) => {
      const student = this.#proposal(copy);
      return copy.verdict === "auto" && copy.crop && !this.#seen.has(copy.id) && this.#unlooked(copy)
        && student && !this.copies.bearer(student, copy.id);
    });
  }

  #unlooked(copy) {
    return !decided(copy) || (copy.student && copy.automatic);
  }

  open() {
    this.box.hidden = false;
    this.#fill();
  }

  close() {
    this.box.hidden = true;
    this.dispatchEvent(new CustomEvent("close"));
  }

  #proposal(copy) {
    return copy.student ?? copy.candidates[0]?.student ?? null;
  }

  #fill() {
    const shown = this.sure.slice(0, A_SCREEN);
    if (!shown.length) return this.close();
    this.#out.clear();
    this.#cells = shown.map((copy, index) => this.#cell(copy, index));
    this.grid.replaceChildren(...this.#cells);
    this.#count();
    this.#cells[0].focus();
    return null;
  }

  #cell(copy, index) {
    const student = this.roster.get(this.#proposal(copy));
    const name = element("span.sheet-name", {}, element("b", {}, student.last), ` ${student.first}`);
    return element("button.sheet-cell", { "data-copy": copy.id, "aria-pressed": "true", tabindex: index ? "-1" : "0" },
      element("img", { src: copy.crop, alt: "" }), name,
      element("small", {}, [copy.title, student.birth].filter(Boolean).join(" · ")));
  }

  #toggle(cell) {
    if (!cell) return;
    const { copy } = cell.dataset;
    if (!this.#out.delete(copy)) this.#out.add(copy);
    cell.setAttribute("aria-pressed", String(!this.#out.has(copy)));
    this.#count();
  }

  #count() {
    this.button.firstChild.textContent = this.t("sheet.accept", { n: this.#cells.length - this.#out.size });
  }

  #key(event) {
    const columns = getComputedStyle(this.grid).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const at = this.#cells.indexOf(document.activeElement);
    if (event.key === "Delete" || event.key === "Backspace") this.#toggle(this.#cells[at]);
    else if (step && this.#cells[at + step]) {
      this.#cells[at].tabIndex = -1;
      this.#cells[at + step].tabIndex = 0;
      this.#cells[at + step].focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Accepts what is shown, except what was taken out, and shows the next screen. */
  accept() {
    const shown = this.#cells.map((cell) => this.copies.get(cell.dataset.copy));
    for (const copy of shown) this.#seen.add(copy.id);
    const kept = shown.filter((copy) => !this.#out.has(copy.id));
    const pairs = kept.map((copy) => [copy, this.#proposal(copy)]);
    const out = shown.filter((copy) => this.#out.has(copy.id));
    this.dispatchEvent(new CustomEvent("accept", { detail: { pairs, out } }));
    this.#fill();
  }
}
