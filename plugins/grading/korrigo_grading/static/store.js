// Unsent ops on this device: IndexedDB, so that they survive the tab, the browser and the machine's power.

const DATABASE = "korrigo-grading";
const OPS = "ops";

/** Ops as they lie in the store. Every method rejects when the browser cannot keep anything. */
export class OpStore {
  #database = null;

  /** Opens the database, making it on first use. */
  async open() {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(OPS, { keyPath: "id" });
    this.#database = await settled(request);
    // Another tab with a newer version of the page must not wait for this one.
    this.#database.onversionchange = () => this.#database.close();
  }

  /** All ops, oldest first. */
  async all() {
    const request = this.#database.transaction(OPS, "readonly").objectStore(OPS).getAll();
    return (await settled(request)).sort((a, b) => a.at - b.at);
  }

  /** Keeps the ops of `put` and forgets the ids of `remove`: both or neither. Resolves once on disk. */
  write({ put = [], remove = [] }) {
    if (!this.#database) return Promise.reject(new Error("The browser's database is not open."));
    const transaction = this.#database.transaction(OPS, "readwrite", { durability: "strict" });
    const ops = transaction.objectStore(OPS);
    for (const id of remove) ops.delete(id);
    for (const op of put) ops.put(op);
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}
