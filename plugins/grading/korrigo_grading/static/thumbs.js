// The strip of small pages: where one is, and where marks are.

/** Keeps the strip in step with the viewer and the workbench. */
export class Thumbs {
  #buttons = new Map();
  #viewer;
  #bench;

  /** @param {HTMLElement} strip  @param {{viewer, bench, t}} options */
  constructor(strip, { viewer, bench, t }) {
    this.strip = strip;
    this.t = t;
    this.#viewer = viewer;
    this.#bench = bench;
    bench.addEventListener("open", () => this.#build());
    bench.addEventListener("change", () => this.#count());
    let waiting = false;
    viewer.view.addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        this.mark();
      });
    }, { passive: true });
  }

  #build() {
    this.#buttons.clear();
    for (const [index, page] of this.#bench.doc.pages.entries()) {
      const image = Object.assign(new Image(), { src: page.thumb, alt: "" });
      const button = document.createElement("button");
      button.type = "button";
      button.className = "thumb";
      const number = document.createElement("span");
      number.className = "thumb-number";
      number.textContent = index + 1;
      const count = document.createElement("span");
      count.className = "thumb-count";
      button.append(image, number, count);
      button.classList.toggle("thumb-blank", Boolean(page.blank));
      button.addEventListener("click", () => this.#viewer.reveal(page.n));
      this.#buttons.set(page.n, { button, count, index });
    }
    this.strip.replaceChildren(...[...this.#buttons.values()].map(({ button }) => button));
    this.#count();
  }

  #count() {
    const marks = this.#bench.entries("annot:");
    for (const [page, { button, count, index }] of this.#buttons) {
      const n = marks.filter(([, value]) => value.page === page).length;
      count.textContent = n || "";
      button.setAttribute("aria-label", this.t(n ? "thumb.marks" : "thumb", { page: index + 1, n }));
    }
  }

  /** Marks the page in sight as the current one. */
  mark() {
    const current = this.#viewer.currentPage;
    for (const [page, { button }] of this.#buttons) {
      if (page === current) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  }
}
