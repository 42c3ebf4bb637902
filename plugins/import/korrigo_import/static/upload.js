// Sending files in pieces: what is cut goes on, what was sent is recognised, a reload goes on with the same file.

import { element } from "korrigo/elements.js";
import { HttpError, send } from "korrigo/http.js";
import "korrigo/poll.js";
import { readWords } from "korrigo/words.js";
import { zipped } from "./zip.js";

const words = readWords("import-words");
const PIECE = 4 << 20;
const RETRY_MS = 3000;
const MB = 1 << 20;
/** The speed is said after so long. */
const LEARN_S = 2;
/** Pictures of one page each: several that are dropped together are one pile. */
const PICTURE = /\.(jpe?g|png|heic)$/i;

/** The name under which an unfinished upload of this file is remembered. */
const fingerprint = (url, file) => `korrigo.upload ${url} ${file.name} ${file.size} ${file.lastModified}`;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Upload extends HTMLElement {
  #queue = Promise.resolve();
  #left = 0;

  connectedCallback() {
    this.url = this.getAttribute("url");
    this.list = this.querySelector("[data-list]");
    this.input = this.querySelector("input");
    this.input.addEventListener("change", ({ target }) => {
      this.#add([...target.files]);
      target.value = "";
    });
    addEventListener("dragover", (event) => {
      event.preventDefault();
      this.toggleAttribute("data-over", true);
    });
    addEventListener("dragleave", () => this.toggleAttribute("data-over", false));
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.toggleAttribute("data-over", false);
      this.#add([...event.dataTransfer.files]);
    });
    addEventListener("beforeunload", (event) => {
      if (this.querySelector("[data-sending]")) event.preventDefault();
    });
    this.addEventListener("korrigo:job-end", () => this.#ended());
  }

  async #add(files) {
    const pictures = files.filter((file) => PICTURE.test(file.name));
    const alone = pictures.length > 1 ? files.filter((file) => !pictures.includes(file)) : files;
    if (pictures.length > 1) alone.push(await zipped(pictures, words("pile", { n: pictures.length })));
    for (const file of alone) {
      const row = new Row(file);
      this.list.append(row.box);
      this.#left += 1;
      // One after the other: the first is worked on while the next is on its way.
      this.#queue = this.#queue.then(() => this.#one(file, row));
    }
  }

  async #one(file, row) {
    if (row.removed) return this.#ended(1);
    try {
      const answer = await this.#send(file, row);
      if (answer) row.done(answer.same ? words("same") : words("sent"), answer.same ? null : answer.batch.job);
    } catch (error) {
      row.failed(words("failed", { why: error.message }));
    }
    return this.#ended(1);
  }

  /** The page shows all files anew once everything was sent and read. */
  #ended(sent = 0) {
    this.#left -= sent;
    const busy = this.#left || this.querySelector("[data-failed], korrigo-job:not([data-state=done])");
    if (!busy) location.reload();
  }

  /** All pieces; the answer to the last one says whether the content was known.  Nothing for a file taken away. */
  async #send(file, row) {
    const key = fingerprint(this.url, file);
    let { url, offset } = await this.#begin(file, key);
    row.sending(true);
    for (;;) {
      row.progress(offset, file.size);
      await row.going;
      if (row.removed) return row.sending(false);
      try {
        const answer = await send(url, {
          method: "PATCH", body: file.slice(offset, offset + PIECE),
          headers: { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" },
        });
        offset = answer.offset;
        if (answer.state === "received") {
          localStorage.removeItem(key);
          row.sending(false);
          return answer;
        }
      } catch (error) {
        if (error instanceof HttpError && error.status === 409) offset = error.data.offset;
        else if (error instanceof HttpError && error.status < 500) {
          row.sending(false);
          throw error;
        } else {
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

/** One file on its way: one bar for what was received, another for what was read of it. */
class Row {
  removed = false;
  going = Promise.resolve();
  #go = null;
  #first = null;

  constructor(file) {
    const label = words("uploading", { name: file.name });
    this.bar = element("progress.bar.bar-accent", { max: file.size, value: 0, "aria-label": label });
    this.text = element("span.muted.small.num");
    this.hold = element("button.btn.btn-small", { "aria-keyshortcuts": "P" }, words("pause"));
    this.take = element("button.btn.btn-small", { "aria-keyshortcuts": "Delete" }, words("remove"));
    this.box = element("li.panel", { tabindex: 0, "aria-label": label },
      element("div.row.between", {}, element("b.clip", {}, file.name), element("span.row", {}, this.hold, this.take)),
      this.bar, this.text);
    this.hold.addEventListener("click", () => this.#toggle());
    this.take.addEventListener("click", () => this.#remove());
    this.box.addEventListener("keydown", (event) => {
      if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.toLowerCase() === "p") this.#toggle();
      else if (event.key === "Delete") this.#remove();
    });
  }

  #toggle() {
    if (this.#go) {
      this.#go();
      this.#go = null;
    } else this.going = new Promise((go) => (this.#go = go));
    this.hold.textContent = this.#go ? words("resume") : words("pause");
  }

  #remove() {
    this.removed = true;
    this.#go?.();
    this.box.remove();
  }

  sending(yes) {
    this.box.toggleAttribute("data-sending", yes);
  }

  progress(offset, size) {
    this.bar.value = offset;
    const now = performance.now();
    this.#first ??= { offset, now };
    const seconds = (now - this.#first.now) / 1000;
    const rate = (offset - this.#first.offset) / seconds;
    const mb = (bytes) => Math.round((10 * bytes) / MB) / 10;
    const counts = { n: mb(offset), total: mb(size) };
    if (seconds < LEARN_S || !rate) this.say(words("received", counts));
    else this.say(words("rate", { ...counts, rate: mb(rate), seconds: Math.ceil((size - offset) / rate) }));
  }

  say(text) {
    this.text.textContent = text;
  }

  done(text, job) {
    this.bar.value = this.bar.max;
    this.say(text);
    this.#over();
    if (job) this.box.append(element("korrigo-job", { url: job }));
  }

  failed(text) {
    this.box.toggleAttribute("data-failed", true);
    this.bar.classList.add("bar-bad");
    this.text.setAttribute("role", "alert");
    this.say(text);
    this.#over();
  }

  #over() {
    this.hold.remove();
    this.take.remove();
  }
}

customElements.define("korrigo-upload", Upload);
