// Who holds the copy. A lease is advisory: it prevents double work; revisions prevent loss.
// So an expired lease or an offline grader costs nothing, and without an answer the work goes on.

const HEARTBEAT = 20000; // ms; the server lets a lease go after 60 s

/** Event `lease`: `detail` is null while the lease is ours, or `{by, since, lost}` when somebody else has it. */
export class Lease extends EventTarget {
  copy = null;
  #held = false;
  #connection;
  #url;
  #token;

  /** @param {{connection, url: (copy: string) => string, token: string}} options  token: this tab's */
  constructor({ connection, url, token }) {
    super();
    this.#connection = connection;
    this.#url = url;
    this.#token = token;
    setInterval(() => this.renew(), HEARTBEAT);
    addEventListener("focus", () => this.renew());
    addEventListener("pagehide", () => this.release());
    addEventListener("pageshow", (event) => event.persisted && this.renew());
  }

  /** Lets the copy in hand go and asks for another. */
  hold(copy) {
    if (this.copy && this.copy !== copy) this.release();
    this.copy = copy;
    this.#held = false;
    return this.renew();
  }

  /** Asks nobody; the other screen hears of it at its next heartbeat. */
  take() {
    return this.#ask({ take: true });
  }

  renew() {
    return this.copy ? this.#ask({}) : null;
  }

  release() {
    if (!this.copy || !this.#held) return;
    this.#held = false;
    this.#connection.post(this.#url(this.copy), { token: this.#token, release: true }, { keepalive: true })
      .catch(() => {});
  }

  async #ask(extra) {
    const { copy } = this;
    let response;
    let holder = null;
    try {
      response = await this.#connection.post(this.#url(copy), { token: this.#token, ...extra });
      if (response.status === 423) holder = await response.json();
    } catch {
      return;
    }
    if (copy !== this.copy || (!response.ok && !holder)) return;
    const detail = holder && { by: holder.by, since: holder.since, lost: this.#held };
    this.#held = !holder;
    this.dispatchEvent(new CustomEvent("lease", { detail }));
    if (extra.take && !holder) this.dispatchEvent(new CustomEvent("taken", { detail: copy }));
  }
}
