// What one looks at: the header large, the copy's pages below; and the next header, fetched ahead.

/** Shows a copy's pictures. */
export class Scan {
  page = 0;
  #ahead = new Map();

  /** @param {{crop: HTMLImageElement, page: HTMLImageElement, number: HTMLElement}} parts  @param {{t}} options */
  constructor({ crop, page, number }, { t }) {
    this.parts = { crop, page, number };
    this.t = t;
    page.addEventListener("load", () => this.#skipHeader());
  }

  open(copy) {
    this.copy = copy;
    this.page = 0;
    const { crop } = this.parts;
    crop.parentElement.hidden = !copy.crop;
    if (copy.crop) crop.src = copy.crop;
    crop.alt = this.t("crop.alt", { copy: copy.title });
    this.#ahead.delete(copy.id);
    this.#show();
  }

  /** Turns to another page of the copy, round and round. */
  turn(step) {
    const { length } = this.copy.pages;
    if (!length) return;
    this.page = (this.page + step + length) % length;
    this.#show();
  }

  /** Fetches and decodes the pictures that come next, so that they are painted at once. */
  expect(copies) {
    for (const copy of copies) {
      if (!copy?.crop || this.#ahead.has(copy.id)) continue;
      const image = Object.assign(new Image(), { src: copy.crop });
      this.#ahead.set(copy.id, image);
      image.decode().catch(() => this.#ahead.delete(copy.id));
    }
  }

  /** The header is already above, larger: the first page begins where it ends. */
  #skipHeader() {
    const { crop, page } = this.parts;
    const header = crop.naturalWidth ? (crop.naturalHeight / crop.naturalWidth) * page.clientWidth : 0;
    page.parentElement.scrollTop = this.page === 0 ? header * 0.9 : 0;
  }

  #show() {
    const { page, number } = this.parts;
    const { pages } = this.copy;
    const values = { n: this.page + 1, m: pages.length, copy: this.copy.title };
    page.hidden = !pages.length;
    if (pages.length) page.src = pages[this.page];
    page.alt = this.t("page.alt", values);
    number.textContent = pages.length ? this.t("page.number", values) : "";
  }
}
