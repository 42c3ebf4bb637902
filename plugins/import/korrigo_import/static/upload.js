// Sending files in pieces: what is cut goes on, what was sent is recognised, a reload goes on with the same file.

import { element } from "korrigo/elements.js";
import { HttpError, send } from "korrigo/http.js";
import { readWords } from "korrigo/words.js";

const words = readWords("import-words");
const PIECE = 4 << 20;
const RETRY_MS = 3000;
const MB = 1 << 20;

/** The name under which an unfinished upload of this file is remembered. */
const fingerprint = (url, file) => `korrigo.upload ${url} ${file.name} ${file.size} ${file.lastModified}`;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Upload extends HTMLElement {
  #queue = Promise.resolve();

  connectedCallback() {
    this.url = this.getAttribute("url");
    this.list = this.querySelector("[data-list]");
    this.querySelector("input").addEventListener("change", ({ target }) => this.#add(target.files));
    addEventListener("dragover", (event) => {
      event.preventDefault();
      this.toggleAttribute("data-over", true);
    });
    addEventListener("dragleave", () => this.toggleAttribute("data-over", false));
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.toggleAttribute("data-over", false);
      this.#add(event.dataTransfer.files);
    });
  }

  #add(files) {
    for (const file of files) {
      const row = new Row(file);
      this.list.append(row.box);
      // One after the other: the first is worked on while the next is on its way.
      this.#queue = this.#queue.then(() => this.#one(file, row));
    }
    this.#queue = this.#queue.then(() => this.querySelector("[data-failed]") ?? location.reload());
  }

  async #one(file, row) {
    try {
      const same = await this.#send(file, row);
      row.done(same ? words("same") : words("sent"));
    } catch (error) {
      row.failed(words("failed", { why: error.message }));
    }
  }

  /** All pieces; the answer to the last one says whether the content was known. */
  async #send(file, row) {
    const key = fingerprint(this.url, file);
    let { url, offset } = await this.#begin(file, key);
    for (;;) {
      row.progress(offset, file.size);
      try {
        const answer = await send(url, {
          method: "PATCH", body: file.slice(offset, offset + PIECE),
          headers: { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" },
        });
        offset = answer.offset;
        if (answer.state === "received") {
          localStorage.removeItem(key);
          return answer.same;
        }
      } catch (error) {
        if (error instanceof HttpError && error.status === 409) offset = error.data.offset;
        else if (error instanceof HttpError && error.status < 500) throw error;
        else {
          row.say(words("waiting"));
          await pause(RETRY_MS);
        }
      }
    }
  }

  async #begin(file, key) {
    const known = localStorage.getItem(key);
    if (known) {
      try {
        const state = await send(known);
        if (state.state === "receiving") return { url: known, offset: state.offset };
      } catch {
        // Forgotten by the server: begin anew.
      }
    }
    const begun = await send(this.url, { json: { name: file.name, size: file.size } });
    localStorage.setItem(key, begun.url);
    return begun;
  }
}

/** One file on its way. */
class Row {
  constructor(file) {
    this.bar = element("progress.bar.bar-accent", { max: file.size, value: 0, "aria-label": words("uploading", { name: file.name }) });
    this.text = element("span.muted.small.num");
    this.box = element("li.panel", {}, element("b.clip", {}, file.name), this.bar, this.text);
  }

  progress(offset, size) {
    this.bar.value = offset;
    this.say(words("received", { n: Math.round((10 * offset) / MB) / 10, total: Math.round((10 * size) / MB) / 10 }));
  }

  say(text) {
    this.text.textContent = text;
  }

  done(text) {
    this.bar.value = this.bar.max;
    this.say(text);
  }

  failed(text) {
    this.box.toggleAttribute("data-failed", true);
    this.bar.classList.add("bar-bad");
    this.text.setAttribute("role", "alert");
    this.say(text);
  }
}

customElements.define("korrigo-upload", Upload);
