// One scanned page: the picture, the annotations over it in page units, and a canvas for ink that is still wet.
// Rewriting a growing SVG path at each move repaints the page; a canvas line does not.

import { PAGE_WIDTH, pageHeight } from "./geometry.js";
import { drawShape, svgElement } from "./shapes.js";

const MAX_DENSITY = 2; // a 3x screen would need 35 MB a page

/** A page on screen. `describe(value)` gives the accessible name of an annotation. */
export class Sheet {
  #wet = false;

  /** @param {object} page  from the document  @param {{label: string, describe: Function}} words */
  constructor(page, { label, describe }) {
    this.page = page;
    this.describe = describe;
    this.nodes = new Map();
    this.box = document.createElement("div");
    this.box.className = "sheet";
    this.box.dataset.page = page.n;
    this.image = null;
    this.label = label;
    this.svg = svgElement("svg", {
      class: "ink", viewBox: `0 0 ${PAGE_WIDTH} ${pageHeight(page)}`, role: "group", "aria-label": label,
    });
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.box.append(this.svg, this.canvas);
  }

  /** Puts a picture under the annotations; the one before stays until this one can be painted. */
  async show(image) {
    image.alt = this.label;
    image.draggable = false;
    const before = this.image;
    this.image = image;
    if (!before) this.box.prepend(image);
    try {
      await image.decode();
      if (before && this.image === image) before.replaceWith(image);
      return true;
    } catch {
      if (this.image === image && before) this.image = before;
      return false;
    }
  }

  /** Lays the page out `width` CSS pixels wide. */
  resize(width) {
    this.width = width;
    this.box.style.width = `${width}px`;
    this.box.style.height = `${(width * this.page.h) / this.page.w}px`;
  }

  /** CSS pixels in one page unit. */
  get scale() {
    return this.box.clientWidth / PAGE_WIDTH;
  }

  /** The place of a pointer event, in page units. */
  pointOf(event) {
    const bounds = this.svg.getBoundingClientRect();
    const unit = PAGE_WIDTH / bounds.width;
    return [(event.clientX - bounds.left) * unit, (event.clientY - bounds.top) * unit];
  }

  /** Draws, redraws or (value null) removes an annotation. */
  draw(key, value) {
    const before = this.nodes.get(key);
    if (!value) {
      before?.remove();
      this.nodes.delete(key);
      return;
    }
    const node = drawShape(value);
    node.dataset.target = key;
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", this.describe(value));
    if (before) before.replaceWith(node);
    else this.svg.append(node);
    this.nodes.set(key, node);
  }

  clear() {
    for (const key of [...this.nodes.keys()]) this.draw(key, null);
  }

  /** Clears the wet layer, if anything was drawn on it. */
  dry() {
    if (this.#wet) this.wet();
    this.#wet = false;
  }

  /** The wet layer, cleared, scaled so that it is drawn in page units. */
  wet() {
    this.#wet = true;
    const density = Math.min(devicePixelRatio || 1, MAX_DENSITY);
    const width = Math.round(this.box.clientWidth * density);
    if (this.canvas.width !== width) {
      this.canvas.width = width;
      this.canvas.height = Math.round(this.box.clientHeight * density);
    }
    const context = this.canvas.getContext("2d", { desynchronized: true });
    const scale = width / PAGE_WIDTH;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, PAGE_WIDTH, pageHeight(this.page));
    context.lineCap = context.lineJoin = "round";
    return context;
  }
}
