// Which pages are chosen, which one has the focus, and how keys and the mouse change that.

export class Selection extends EventTarget {
  chosen = new Set();
  /** The page with the focus, also while the focus is elsewhere. */
  at = null;
  #anchor = null;
  #light = false;

  constructor(root) {
    super();
    this.root = root;
  }

  get tiles() {
    return [...this.root.querySelectorAll(".tile")];
  }

  tile(id) {
    return document.getElementById(`side-${id}`);
  }

  /** The pages that an act is about: the chosen ones as they stand on the sheet, else the one with the focus. */
  get ids() {
    const chosen = this.tiles.map((tile) => tile.dataset.side).filter((id) => this.chosen.has(id));
    return chosen.length ? chosen : this.at && this.tile(this.at) ? [this.at] : [];
  }

  /** One page, and no other. What was chosen by a click alone is given up by the next step. */
  only(id) {
    this.chosen = new Set([id]);
    this.#light = true;
    this.#anchor = id;
    this.focus(id);
  }

  toggle(id) {
    if (this.chosen.has(id)) this.chosen.delete(id);
    else this.chosen.add(id);
    this.#light = false;
    this.#anchor = id;
    this.focus(id);
  }

  /** Everything between the anchor and a page. */
  extend(id) {
    const ids = this.tiles.map((tile) => tile.dataset.side);
    this.#anchor ??= this.at ?? id;
    const [first, last] = [ids.indexOf(this.#anchor), ids.indexOf(id)].sort((one, other) => one - other);
    this.chosen = new Set(ids.slice(Math.max(first, 0), last + 1));
    this.#light = false;
    this.focus(id);
  }

  set(ids) {
    this.chosen = new Set(ids);
    this.#light = false;
    this.paint();
  }

  clear() {
    this.chosen.clear();
    this.#anchor = null;
    this.paint();
  }

  focus(id, { scroll = true } = {}) {
    this.at = id;
    this.paint();
    this.tile(id)?.focus({ preventScroll: !scroll });
  }

  /** A step sideways: the neighbour in reading order. */
  step(by, extend) {
    const tiles = this.tiles;
    const now = tiles.findIndex((tile) => tile.dataset.side === this.at);
    this.#go(tiles[now < 0 ? 0 : Math.min(tiles.length - 1, Math.max(0, now + by))], extend);
  }

  /** A step up or down: the nearest page in the next line of pictures. */
  line(by, extend) {
    const tiles = this.tiles;
    const now = tiles.findIndex((tile) => tile.dataset.side === this.at);
    if (now < 0) return this.#go(tiles[0], extend);
    const here = tiles[now].getBoundingClientRect();
    const below = (box) => (by > 0 ? box.top - here.bottom : here.top - box.bottom);
    const middle = ({ left, right }) => Math.abs((left + right - here.left - here.right) / 2);
    let best = null;
    for (let place = now + by; tiles[place]; place += by) {
      const box = tiles[place].getBoundingClientRect();
      if (below(box) < -here.height / 2) continue;
      const found = { tile: tiles[place], gap: below(box), off: middle(box) };
      if (best && found.gap > best.gap + here.height / 2 && Math.abs(place - now) > 60) break;
      if (!best || found.gap < best.gap - here.height / 2 || (Math.abs(found.gap - best.gap) <= here.height / 2 && found.off < best.off)) best = found;
    }
    this.#go(best?.tile, extend);
  }

  #go(tile, extend) {
    if (!tile) return;
    if (extend) return this.extend(tile.dataset.side);
    if (this.#light) this.chosen.clear();
    this.#anchor = tile.dataset.side;
    this.focus(tile.dataset.side);
  }

  /** Shows it on the tiles: chosen ones, and the one that Tab leads to. */
  paint() {
    const tiles = this.tiles;
    for (const id of this.chosen) if (!this.tile(id)) this.chosen.delete(id);
    const entry = this.tile(this.at) ?? tiles[0];
    for (const tile of tiles) {
      const on = String(this.chosen.has(tile.dataset.side));
      if (tile.getAttribute("aria-selected") !== on) tile.setAttribute("aria-selected", on);
      if (tile.tabIndex !== (tile === entry ? 0 : -1)) tile.tabIndex = tile === entry ? 0 : -1;
    }
    this.dispatchEvent(new CustomEvent("change"));
  }
}
