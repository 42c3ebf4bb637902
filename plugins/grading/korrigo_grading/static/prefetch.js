// Documents and decoded pictures of the copies around this one: the next copy is there before it is asked for.

const LOW_MEMORY = 4; // GiB
const MOST = 3; // copies: 4 pages × 8.7 MB decoded each
const AFTER = 60; // ms: the copy on screen comes first

/** A few copies kept ready. */
export class Prefetch {
  #entries = new Map();
  #timer = 0;
  #connection;
  #url;

  /** @param {{connection, url: (copy: string) => string}} options  url of a copy's document */
  constructor({ connection, url }) {
    this.#connection = connection;
    this.#url = url;
  }

  /**
   * `{doc, images}` of a copy, at once when it is here. Rejects when it cannot be had.
   * The copy is taken out: what stays here would grow old.
   */
  take(copy) {
    const entry = this.#entry(copy);
    this.#entries.delete(copy);
    return entry.ready;
  }

  /**
   * Fetches, in a moment, the copies that are likely to be next, the likeliest first, and forgets all others.
   * On a device with little memory only the first.
   */
  expect(copies) {
    clearTimeout(this.#timer);
    const few = (navigator.deviceMemory ?? 8) <= LOW_MEMORY;
    this.#timer = setTimeout(() => {
      const wanted = [...new Set(copies.filter(Boolean))].slice(0, few ? 1 : MOST);
      for (const [copy, entry] of this.#entries) {
        if (wanted.includes(copy)) continue;
        entry.controller.abort();
        this.#entries.delete(copy);
      }
      for (const copy of wanted) this.#entry(copy).ready.catch(() => {});
    }, AFTER);
  }

  #entry(copy) {
    if (!this.#entries.has(copy)) {
      const controller = new AbortController();
      const entry = { controller, ready: this.#load(copy, controller.signal) };
      // What failed is asked for again next time.
      entry.ready.catch(() => this.#entries.get(copy) === entry && this.#entries.delete(copy));
      this.#entries.set(copy, entry);
    }
    return this.#entries.get(copy);
  }

  async #load(copy, signal) {
    const doc = await this.#connection.get(this.#url(copy), { signal });
    const images = doc.pages.map((page) => Object.assign(new Image(), { decoding: "sync", src: page.url }));
    // A picture that cannot be read must not keep the copy away: its page says so itself.
    const visible = images.filter((_, index) => !doc.pages[index].blank);
    await Promise.allSettled(visible.map((image) => image.decode()));
    return { doc, images };
  }
}
