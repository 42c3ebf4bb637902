// Which copy comes next. The server hands copies out (it skips what is finished and what others hold);
// this keeps the order of the sitting, so that one can go back, and go on without network.

const AHEAD = 3;

/** The order of copies of this sitting, and how far the work is. Event `progress`. */
export class Queue extends EventTarget {
  #order;
  #finished = new Set();
  /** The server's last answer: copies to do after `after`. */
  #open = { after: null, ids: [] };
  #connection;
  #url;

  #settled;

  /**
   * @param {{ids: string[], done: number, total: number}} queue
   * @param {{current: string, connection, url, settled: () => boolean}} options  settled: whether the server has all
   *   my work; while it has not, its count of finished copies is older than ours
   */
  constructor({ ids, done, total }, { current, connection, url, settled }) {
    super();
    this.#order = ids.includes(current) ? [...ids] : [current, ...ids];
    this.done = done;
    this.total = total;
    this.#connection = connection;
    this.#url = url;
    this.#settled = settled;
  }

  /** The copy `offset` places from this one, as far as it is known. */
  around(copy, offset) {
    return this.#order[this.#order.indexOf(copy) + offset] ?? null;
  }

  previous(copy) {
    return this.around(copy, -1);
  }

  /** The next copy, finished or not; null at the end. */
  async next(copy) {
    if (!this.around(copy, 1)) await this.lookAhead(copy);
    return this.around(copy, 1);
  }

  /** The next copy that is not finished; null when there are no more. */
  async nextOpen(copy) {
    const known = this.expected(copy);
    if (known) return known;
    const answered = await this.lookAhead(copy);
    // Without network: the order of the sitting, without what this device knows to be finished.
    if (answered) return this.expected(copy);
    return this.#order.slice(this.#order.indexOf(copy) + 1).find((id) => this.#isOpen(id)) ?? null;
  }

  /** The next copy to do after this one, as the server has said; null when it has not. */
  expected(copy) {
    if (this.#open.after !== copy) return null;
    return this.#open.ids.find((id) => id !== copy && this.#isOpen(id)) ?? null;
  }

  /** Asks what comes after a copy. Returns whether there was an answer. */
  async lookAhead(copy) {
    const counted = this.#settled();
    try {
      const { ids, done, total } = await this.#connection.get(this.#address(copy));
      for (const id of ids) if (!this.#order.includes(id)) this.#order.push(id);
      this.#open = { after: copy, ids };
      if (counted) Object.assign(this, { done, total });
      this.#tell();
      return true;
    } catch {
      return false;
    }
  }

  /** Notes whether a copy is finished. `mine`: just now and here, so the count has not heard of it yet. */
  note(copy, finished, { mine = false } = {}) {
    if (mine && finished !== this.#finished.has(copy)) this.done += finished ? 1 : -1;
    if (finished) this.#finished.add(copy);
    else this.#finished.delete(copy);
    this.#tell();
  }

  #isOpen(copy) {
    return !this.#finished.has(copy);
  }

  #address(copy) {
    const url = new URL(this.#url, location.href);
    url.searchParams.set("after", copy);
    url.searchParams.set("n", AHEAD);
    return url.href;
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("progress"));
  }
}
