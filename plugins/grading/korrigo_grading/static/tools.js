// The toolbar: which tool is in hand, with which pen, and whether it stays there after use.

import { INK_WIDTH, PEN } from "./shapes.js";

export const PENS = [
  { name: "pen.red", c: PEN, w: INK_WIDTH },
  { name: "pen.thick", c: PEN, w: 5 },
  { name: "pen.green", c: "#1b7f3b", w: INK_WIDTH },
];

/** What each stamp tool puts down. */
export const STAMPS = { right: "✓", wrong: "✗", half: "½", query: "?" };

/** The tool that stays in hand when one was for a single use. */
const RESTING = "select";

/**
 * The state of the toolbar, painted on its buttons (`data-tool`).
 * Event `tool`: another tool, pen or habit.
 */
export class Tools extends EventTarget {
  name = "pen";
  /** The criterion that the next click pins on the page, with the tool "remark". */
  criterion = null;
  #pen = 0;
  #bar;

  /** @param {HTMLElement} bar  role=toolbar, with buttons `data-tool` and `data-act` */
  constructor(bar) {
    super();
    this.#bar = bar;
    this.keep = localStorage.getItem("korrigo.keep-tool") !== "no";
    this.fingerDraws = localStorage.getItem("korrigo.finger-draws") === "yes";
    bar.addEventListener("click", (event) => {
      const name = event.target.closest("[data-tool]")?.dataset.tool;
      if (name) this.take(name);
    });
    bar.addEventListener("keydown", (event) => this.#rove(event));
    this.#paint();
  }

  get pen() {
    return PENS[this.#pen];
  }

  take(name, criterion = null) {
    this.name = name;
    this.criterion = criterion;
    this.#paint();
  }

  /** A mark was put down: the tool stays, or the hand is free again. */
  used() {
    if (!this.keep || this.name === "remark") this.take(RESTING);
  }

  nextPen() {
    this.#pen = (this.#pen + 1) % PENS.length;
    this.take("pen");
  }

  toggleKeep() {
    this.keep = !this.keep;
    localStorage.setItem("korrigo.keep-tool", this.keep ? "yes" : "no");
    this.#paint();
  }

  toggleFinger() {
    this.fingerDraws = !this.fingerDraws;
    localStorage.setItem("korrigo.finger-draws", this.fingerDraws ? "yes" : "no");
    this.#paint();
  }

  #paint() {
    const press = (button, on) => button?.setAttribute("aria-pressed", String(on));
    for (const button of this.#bar.querySelectorAll("[data-tool]")) press(button, button.dataset.tool === this.name);
    press(this.#bar.querySelector("[data-act=keep]"), this.keep);
    press(this.#bar.querySelector("[data-act=finger]"), this.fingerDraws);
    this.#bar.dataset.pen = this.#pen;
    this.dispatchEvent(new CustomEvent("tool"));
  }

  /** Arrow keys move inside a toolbar; Tab leaves it. */
  #rove(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...this.#bar.querySelectorAll("button:not(:disabled)")].filter((b) => b.offsetParent);
    const at = buttons.indexOf(event.target.closest("button"));
    buttons[(at + step + buttons.length) % buttons.length].focus();
    event.preventDefault();
    event.stopPropagation();
  }
}
