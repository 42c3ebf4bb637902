// The pages of the copy in one column: native scrolling, zoom by layout width.

import { pinch } from "./pinch.js";
import { Sheet } from "./sheet.js";

const WIDEST_FIT = 1180; // CSS px: wider lines are tiring to read
const MARGIN = 48;
const ZOOM_STEP = 1.2;
const SHARP_FROM = 1.3; // above this zoom the 200-dpi picture is fetched

/** Shows the pages of the workbench's copy and keeps their annotations painted. */
export class Viewer {
  sheets = [];
  #zoom = 1;
  #bench;
  #t;
  #describe;

  /**
   * @param {HTMLElement} view  the scrolling element
   * @param {{bench, t, describe: (value) => string, onPages?: () => void}} options
   */
  constructor(view, { bench, t, describe }) {
    this.view = view;
    this.#bench = bench;
    this.#t = t;
    this.#describe = describe;
    this.column = document.createElement("div");
    this.column.className = "pages";
    view.replaceChildren(this.column);
    bench.addEventListener("change", ({ detail }) => this.#paint(detail.keys));
    new ResizeObserver(() => this.#layout()).observe(view);
    view.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    pinch(view, this.column, (factor) => this.zoomBy(factor));
  }

  /** Lays out the copy's pages, with pictures that may have been fetched ahead (by page index). */
  open(images = []) {
    const { doc } = this.#bench;
    this.sheets = doc.pages.map((page, index) => {
      const label = this.#t("page", { n: index + 1, m: doc.pages.length, copy: doc.title });
      return new Sheet(page, { label, describe: this.#describe });
    });
    this.column.replaceChildren(...this.sheets.map((sheet, index) => this.#place(sheet, index)));
    this.#layout();
    this.sheets.forEach((sheet, index) => this.#picture(sheet, images[index]));
    this.#sharpen();
    this.#paint(this.#bench.entries("annot:").map(([key]) => key));
    this.view.scrollTo(0, 0);
  }

  /** The sheet of a page number of the document; undefined when the copy has no such page. */
  sheet(number) {
    return this.sheets.find((sheet) => sheet.page.n === number);
  }

  /** The sheet under an event's target. */
  sheetAt(target) {
    const box = target.closest?.(".sheet");
    return this.sheets.find((sheet) => sheet.box === box);
  }

  /** The page number that fills most of the screen. */
  get currentPage() {
    const middle = this.view.getBoundingClientRect().top + this.view.clientHeight / 3;
    const passed = this.sheets.filter((sheet) => sheet.box.getBoundingClientRect().top <= middle);
    return (passed.at(-1) ?? this.sheets[0])?.page.n;
  }

  /** Brings a page, or an annotation on it, into sight. */
  reveal(number, key = null) {
    const sheet = this.sheet(number);
    if (!sheet) return;
    sheet.box.closest(".blank")?.setAttribute("open", "");
    (sheet.nodes.get(key) ?? sheet.box).scrollIntoView({ block: key ? "center" : "start" });
  }

  /** One screen up (-1) or down (1), across pages. */
  scrollScreen(direction) {
    this.view.scrollBy({ top: direction * this.view.clientHeight * 0.9 });
  }

  /** The start of the page before (-1) or after (1) the one in sight. */
  stepPage(direction) {
    const at = this.sheets.findIndex((sheet) => sheet.page.n === this.currentPage);
    const sheet = this.sheets[at + direction];
    if (sheet) this.reveal(sheet.page.n);
  }

  /** The start (false) or the end (true) of the copy. */
  scrollToEnd(end) {
    this.view.scrollTo({ top: end ? this.view.scrollHeight : 0 });
  }

  zoomIn() {
    this.zoomBy(ZOOM_STEP);
  }

  zoomOut() {
    this.zoomBy(1 / ZOOM_STEP);
  }

  /** Fits the page to the width again. */
  fit() {
    this.zoomBy(1 / this.#zoom);
  }

  /** Zooms around the middle of what is seen. */
  zoomBy(factor) {
    const { view } = this;
    const y = (view.scrollTop + view.clientHeight / 2) / view.scrollHeight;
    const x = (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth;
    this.#zoom = Math.max(0.3, Math.min(4, this.#zoom * factor));
    this.#layout();
    view.scrollTop = y * view.scrollHeight - view.clientHeight / 2;
    view.scrollLeft = x * view.scrollWidth - view.clientWidth / 2;
    this.#sharpen();
  }

  #layout() {
    const fit = Math.min(this.view.clientWidth - MARGIN, WIDEST_FIT);
    for (const sheet of this.sheets) sheet.resize(Math.max(200, Math.round(fit * this.#zoom)));
  }

  /** A blank side is folded to a line that says so. */
  #place(sheet, index) {
    if (!sheet.page.blank || this.#bench.entries("annot:").some(([, value]) => value.page === sheet.page.n)) {
      return sheet.box;
    }
    const fold = document.createElement("details");
    fold.className = "blank";
    const line = document.createElement("summary");
    line.textContent = this.#t("page.blank", { n: index + 1 });
    fold.append(line, sheet.box);
    return fold;
  }

  async #picture(sheet, image = Object.assign(new Image(), { src: sheet.page.url })) {
    sheet.box.querySelector(".missing")?.remove();
    if (await sheet.show(image)) return;
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "btn";
    retry.textContent = this.#t("retry");
    retry.addEventListener("click", () => this.#picture(sheet));
    const notice = document.createElement("div");
    notice.className = "missing note note-warn";
    notice.setAttribute("role", "alert");
    notice.append(this.#t("page.missing"), retry);
    sheet.box.append(notice);
  }

  /** Large enough to see the difference: fetches the finer pictures, once. */
  #sharpen() {
    if (this.#zoom <= SHARP_FROM) return;
    for (const sheet of this.sheets.filter((each) => each.page.zoom && !each.sharp)) {
      sheet.sharp = true;
      sheet.show(Object.assign(new Image(), { src: sheet.page.zoom }));
    }
  }

  #paint(keys) {
    for (const key of keys) {
      if (!key.startsWith("annot:")) continue;
      const value = this.#bench.value(key);
      for (const sheet of this.sheets) {
        if (sheet.page.n === value?.page) sheet.draw(key, value);
        else if (sheet.nodes.has(key)) sheet.draw(key, null);
      }
    }
  }

  #wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY / 300));
  }
}
