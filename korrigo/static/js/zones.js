// Named rectangles that a person draws on a picture: with the pointer, or with the keyboard alone.

import { element } from "./elements.js";

/** The picture is so many units wide. */
export const WIDTH = 1000;
const LEAST = 10;
const STEP = 2;
const LONG_STEP = 20;
const CORNERS = ["nw", "ne", "sw", "se"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Zones over a picture. Fires "change" when one was drawn, moved or taken away, "choose" when another is chosen.
 *
 * A zone is `[x, y, width, height]` in units of a thousandth of the picture's width.
 */
export class Zones extends EventTarget {
  #before = [];
  #painting = false;
  #resizing = false;

  /**
   * @param {HTMLElement} stage  holds the picture, and nothing else
   * @param {Record<string, string>} labels  what each zone is called, by its name
   */
  constructor(stage, labels) {
    super();
    this.stage = stage;
    this.labels = labels;
    this.names = Object.keys(labels);
    this.current = this.names[0];
    this.boxes = {};
    this.layer = element("div.zones");
    stage.append(this.layer);
    this.layer.addEventListener("pointerdown", (event) => this.#press(event));
    this.layer.addEventListener("keydown", (event) => this.#key(event));
    this.layer.addEventListener("focusin", ({ target }) => target.dataset.zone && !this.#painting && this.choose(target.dataset.zone));
  }

  /** Shows a picture with its zones; what was done before cannot be taken back any more. */
  async show(url, boxes) {
    const image = element("img", { src: url, alt: "", draggable: "false" });
    this.stage.querySelector("img")?.remove();
    this.stage.prepend(image);
    await image.decode().catch(() => {});
    this.height = image.naturalWidth ? (WIDTH * image.naturalHeight) / image.naturalWidth : WIDTH;
    this.#before = [];
    this.boxes = structuredClone(boxes);
    this.#paint();
  }

  choose(name) {
    if (!this.names.includes(name) || name === this.current) return;
    this.current = name;
    this.#mark();
    this.dispatchEvent(new Event("choose"));
  }

  /** Puts a zone somewhere, within the picture; null takes it away. */
  set(name, box) {
    this.#remember();
    this.#put(name, box && this.#within(box));
  }

  /** Takes the last change back; false when there is none. */
  undo() {
    const before = this.#before.pop();
    if (!before) return false;
    this.boxes = before;
    this.#paint();
    this.dispatchEvent(new Event("change"));
    return true;
  }

  /** Moves the focus to a zone, when it is there. */
  focus(name = this.current) {
    this.layer.querySelector(`[data-zone="${name}"]`)?.focus();
  }

  #remember() {
    this.#before.push(structuredClone(this.boxes));
  }

  #put(name, box) {
    if (box) this.boxes[name] = box;
    else delete this.boxes[name];
    this.#paint();
    this.dispatchEvent(new Event("change"));
  }

  #within([x, y, width, height]) {
    const wide = Math.min(Math.max(width, LEAST), WIDTH);
    const high = Math.min(Math.max(height, LEAST), this.height);
    const place = [Math.min(Math.max(x, 0), WIDTH - wide), Math.min(Math.max(y, 0), this.height - high), wide, high];
    return place.map((value) => Math.round(value * 10) / 10);
  }

  #paint() {
    const focused = this.layer.contains(document.activeElement);
    this.#painting = true;
    this.layer.replaceChildren(...Object.entries(this.boxes).map(([name, box]) => this.#zone(name, box)));
    this.#mark();
    if (focused) this.focus();
    this.#painting = false;
  }

  #zone(name, [x, y, width, height]) {
    const zone = element("div.zone", { "data-zone": name, tabindex: "0", role: "group", "aria-label": this.labels[name] },
      element("span", { "aria-hidden": "true" }, this.labels[name]), ...CORNERS.map((corner) => element("i", { "data-corner": corner })));
    Object.assign(zone.style, { left: `${x / 10}%`, width: `${width / 10}%`, top: `${(100 * y) / this.height}%`, height: `${(100 * height) / this.height}%` });
    return zone;
  }

  #mark() {
    for (const zone of this.layer.children) zone.toggleAttribute("data-current", zone.dataset.zone === this.current);
  }

  #at(event) {
    const frame = this.layer.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * WIDTH, ((event.clientY - frame.top) / frame.height) * this.height];
  }

  #press(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const name = event.target.closest("[data-zone]")?.dataset.zone;
    if (name) this.choose(name);
    const from = this.#at(event);
    const drag = this.#drag(event.target.dataset.corner, name && this.boxes[this.current], from);
    const before = structuredClone(this.boxes);
    let moved = false;
    const move = (next) => {
      const to = this.#at(next);
      moved ||= Math.hypot(to[0] - from[0], to[1] - from[1]) > STEP;
      if (moved) this.#put(this.current, this.#within(drag(to)));
    };
    const end = () => {
      this.layer.removeEventListener("pointermove", move);
      if (moved) this.#before.push(before);
      this.focus();
    };
    this.layer.setPointerCapture(event.pointerId);
    this.layer.addEventListener("pointermove", move);
    this.layer.addEventListener("lostpointercapture", end, { once: true });
  }

  /** From where the pointer is to the zone: a new one, one that is moved, or one whose corner is pulled. */
  #drag(corner, box, from) {
    if (box && !corner) return (to) => [box[0] + to[0] - from[0], box[1] + to[1] - from[1], box[2], box[3]];
    const still = box
      ? [corner.includes("w") ? box[0] + box[2] : box[0], corner.includes("n") ? box[1] + box[3] : box[1]]
      : from;
    return (to) => [Math.min(still[0], to[0]), Math.min(still[1], to[1]), Math.abs(to[0] - still[0]), Math.abs(to[1] - still[1])];
  }

  #key(event) {
    const box = this.boxes[event.target.dataset.zone];
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? LONG_STEP : STEP;
      const [x, y] = [arrow[0] * step, arrow[1] * step];
      this.set(this.current, this.#resizing ? [box[0], box[1], box[2] + x, box[3] + y] : [box[0] + x, box[1] + y, box[2], box[3]]);
    } else if (event.key.toLowerCase() === "r") this.#resizing = !this.#resizing;
    else if (event.key === "Delete" || event.key === "Backspace") this.set(this.current, null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
