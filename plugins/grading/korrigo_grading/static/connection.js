// Requests of the grading screen; and what to think when the session is over.

import { ask } from "korrigo/http.js";

export class Connection {
  #me;
  #sessionUrl;

  /** @param {{me: {id: string}, sessionUrl: string}} options */
  constructor({ me, sessionUrl }) {
    this.#me = me;
    this.#sessionUrl = sessionUrl;
  }

  /** POSTs JSON; resolves with the Response whatever its status, rejects when there was no answer. */
  post(url, body, { keepalive = false } = {}) {
    return ask(url, { json: body, keepalive });
  }

  /** GETs JSON; rejects on anything but success, with the status on the error. */
  async get(url, { signal } = {}) {
    const response = await ask(url, { signal });
    if (!response.ok) throw Object.assign(new Error(`${response.status} for ${url}`), { status: response.status });
    return response.json();
  }

  /**
   * Asks who is signed in: "alive" (the token is renewed), "renewed" (alive, and the token had changed),
   * "over" (nobody), "other" (somebody else: my work must not be sent as theirs). Rejects without network.
   */
  async check() {
    const response = await fetch(this.#sessionUrl, { credentials: "same-origin", cache: "no-store" });
    if (response.status === 401) return "over";
    if (!response.ok) throw new Error(`${response.status} for ${this.#sessionUrl}`);
    const { csrf, user } = await response.json();
    if (!user) return "over";
    if ((user.id ?? user) !== this.#me.id) return "other";
    // The page's token is everybody's: the shell's own requests use it too.
    const renewed = csrf !== document.body.dataset.csrf;
    document.body.dataset.csrf = csrf;
    return renewed ? "renewed" : "alive";
  }
}
