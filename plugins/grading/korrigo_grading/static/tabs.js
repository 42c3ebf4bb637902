// Other tabs of this browser on the grading screen. They share the store of unsent ops.

const ANSWER_WITHIN = 200; // ms

/** Knows which tabs live, so that nobody takes over the ops of a tab that is still at work. */
export class Tabs {
  #channel = new BroadcastChannel("korrigo-grading");
  #onTaken;

  /** @param {string} id  this tab  @param {(copy: string) => void} onTaken  another tab has taken a copy over */
  constructor(id, onTaken = () => {}) {
    this.id = id;
    this.#onTaken = onTaken;
    this.#channel.onmessage = ({ data }) => this.#hear(data);
  }

  #hear(message) {
    if (message.ask === "alive") this.#channel.postMessage({ alive: this.id });
    if (message.taken) this.#onTaken(message.taken);
  }

  /** Tells the other tabs that this one now holds the lease of a copy. */
  tellTaken(copy) {
    this.#channel.postMessage({ taken: copy });
  }

  /** The ids of the other living tabs. */
  others() {
    const channel = new BroadcastChannel("korrigo-grading");
    const found = new Set();
    return new Promise((resolve) => {
      channel.onmessage = ({ data }) => data.alive && data.alive !== this.id && found.add(data.alive);
      channel.postMessage({ ask: "alive" });
      setTimeout(() => {
        channel.close();
        resolve(found);
      }, ANSWER_WITHIN);
    });
  }
}
