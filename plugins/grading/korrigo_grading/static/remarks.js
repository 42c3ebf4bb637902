// The list of remarks: every annotation with words, as ordinary text. It is the way in without eyes or mouse.

import { element } from "korrigo/elements.js";

import { button } from "./elements.js";
import { wordsOf } from "./shapes.js";

/** Keeps the list and its count in step with the copy. */
export class Remarks {
  #bench;

  /** @param {{list: HTMLElement, count: HTMLElement}} parts  @param {{bench, viewer, t, labelOf}} options */
  constructor({ list, count }, { bench, viewer, t, labelOf }) {
    this.list = list;
    this.count = count;
    this.#bench = bench;
    this.viewer = viewer;
    this.t = t;
    this.labelOf = labelOf;
    bench.addEventListener("open", () => this.#paint());
    bench.addEventListener("change", () => this.#paint());
  }

  #paint() {
    const order = (value) => value.page * 10000 + (value.y ?? 0);
    const found = this.#bench.entries("annot:")
      .filter(([, value]) => wordsOf(value))
      .sort(([, a], [, b]) => order(a) - order(b));
    this.count.textContent = found.length;
    this.list.replaceChildren(...found.map(([key, value]) => this.#line(key, value)));
    this.list.parentElement.hidden = found.length === 0;
  }

  #line(key, value) {
    const index = this.#bench.doc.pages.findIndex((page) => page.n === value.page);
    const where = this.t("remark.where", { page: index + 1, question: this.labelOf(value.q) ?? "–" });
    const go = () => this.viewer.reveal(value.page, key);
    return element("li", {}, button(".remark", {}, go,
      element("span", {}, wordsOf(value)), element("small", {}, where)));
  }
}
