// Flagging a copy for the coordinator, with the reason.

/** The small form in the panel: opened by a key or a button, closed by Enter, Escape or its buttons. */
export class FlagForm {
  #bench;

  /** @param {HTMLFormElement} form  with an input named "reason" and a button `data-act="unflag"` */
  constructor(form, { bench }) {
    this.form = form;
    this.field = form.elements.reason;
    this.#bench = bench;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(this.field.value.trim() || null);
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
    form.querySelector("[data-act=unflag]").addEventListener("click", () => this.#save(null));
    bench.addEventListener("open", () => (form.hidden = true));
  }

  open() {
    if (this.#bench.readonly) return;
    this.field.value = this.#bench.value("flag") ?? "";
    this.form.hidden = false;
    this.field.focus();
  }

  #save(reason) {
    this.#bench.edit([["flag", reason]]);
    this.#close();
  }

  #close() {
    this.form.hidden = true;
    document.activeElement?.blur();
  }
}
