// The annotation in hand: chosen with the pointer or with Tab, moved with arrows, removed with Delete.

import { moved } from "./geometry.js";
import { svgElement } from "./shapes.js";

const NUDGE = 2; // page units
const PUSH = 20;

/** One annotation at most; shown by a dashed frame around it. */
export class Selection {
  key = null;
  #bench;
  #viewer;
  #reachable = false;
  #frame = svgElement("rect", { class: "selection", "aria-hidden": "true" });

  /** @param {{bench, viewer, onEdit: (key: string) => void}} options  onEdit: the text is to be changed */
  constructor({ bench, viewer, onEdit }) {
    this.#bench = bench;
    this.#viewer = viewer;
    this.onEdit = onEdit;
    bench.addEventListener("open", () => this.choose(null));
    bench.addEventListener("change", () => this.#follow());
    viewer.view.addEventListener("focusin", (event) => {
      const node = event.target.closest("[data-target]");
      if (node) this.choose(node.dataset.target);
    });
    // The first press has chosen it; the event's own target is the page, which captured the pointer.
    viewer.view.addEventListener("dblclick", () => this.reachable && this.edit());
  }

  /** With the select tool annotations take part in the Tab order. */
  set reachable(on) {
    this.#reachable = on;
    if (!on) this.choose(null);
    this.#follow();
  }

  get reachable() {
    return this.#reachable;
  }

  choose(key) {
    if (this.key === key) return;
    this.key = key;
    this.#follow();
  }

  /** Moves the focus to the chosen annotation, or to the first one of the page in sight. */
  focus() {
    const sheet = this.#viewer.sheet(this.#viewer.currentPage);
    (this.#node ?? sheet?.svg.querySelector("[data-target]"))?.focus({ preventScroll: true });
  }

  /** Arrow keys: 2 page units, with Shift 20. Returns false when there is nothing to move. */
  move(dx, dy, far) {
    if (!this.key) return false;
    const by = far ? PUSH : NUDGE;
    this.#bench.edit([[this.key, moved(this.#bench.value(this.key), dx * by, dy * by)]]);
    return true;
  }

  remove() {
    if (!this.key) return false;
    this.#bench.edit([[this.key, null]]);
    return true;
  }

  /** A second one beside it, chosen. */
  duplicate() {
    if (!this.key) return false;
    const value = this.#bench.value(this.key);
    this.choose(this.#bench.put(value.page, moved(value, PUSH, PUSH)));
    return true;
  }

  edit() {
    if (!this.key) return false;
    this.onEdit(this.key);
    return true;
  }

  get #node() {
    return this.#viewer.sheets.map((sheet) => sheet.nodes.get(this.key)).find(Boolean);
  }

  /** Redraws the frame and the Tab order after anything has changed. */
  #follow() {
    const hadFocus = document.activeElement?.closest?.("[data-target]") || document.activeElement === document.body;
    const node = this.#node;
    if (!node) this.key = null;
    this.#frame.remove();
    for (const sheet of this.#viewer.sheets) {
      for (const each of sheet.nodes.values()) this.#tabStop(each, node);
    }
    if (!node) return;
    const { x, y, width, height } = node.getBBox();
    const frame = { x: x - 6, y: y - 6, width: width + 12, height: height + 12, rx: 4 };
    for (const [name, value] of Object.entries(frame)) this.#frame.setAttribute(name, value);
    node.parentNode.append(this.#frame);
    if (this.reachable && hadFocus && document.activeElement !== node) node.focus({ preventScroll: true });
  }

  #tabStop(node, chosen) {
    if (!this.reachable) {
      node.removeAttribute("tabindex");
      node.setAttribute("role", "img");
      return;
    }
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", node === chosen || !chosen ? "0" : "-1");
  }
}
