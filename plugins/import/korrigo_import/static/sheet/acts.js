// What is done on the sheet: one call an act, one after the other, each with its undo.

import { HttpError, send } from "korrigo/http.js";
import { toast } from "korrigo/toast.js";

const POLL = { busy: 2000, idle: 15000 };

/** Events: `changed` after the sheet has taken an answer in. */
export class Acts extends EventTarget {
  #waiting = Promise.resolve();
  #acting = 0;

  constructor(sheet, boot, words) {
    super();
    Object.assign(this, { sheet, words, urls: boot.urls, undoable: boot.undo, redoable: boot.redo });
  }

  /** One act. Resolves to whether it was done. */
  act(kind, more) {
    return this.#inTurn(async () => {
      const answer = await this.#send(this.urls.act, { act: kind, ...more });
      if (!answer) return false;
      if (answer.undo) {
        this.undoable.push(answer.undo);
        this.redoable = [];
      }
      this.#say(`done.${kind === "fate" ? more.fate : kind}`, answer, answer.undo ? [this.words("act.undo"), () => this.undo()] : null);
      return true;
    });
  }

  undo() {
    return this.#turn(this.undoable, () => this.redoable, "undone", ["act.redo", () => this.redo()], "undo.none");
  }

  redo() {
    return this.#turn(this.redoable, () => this.undoable, "redone", ["act.undo", () => this.undo()], "redo.none");
  }

  #turn(from, into, done, [label, run], none) {
    return this.#inTurn(async () => {
      const token = from.pop();
      if (!token) return toast(this.words(none));
      const answer = await this.#send(this.urls.undo, { token });
      if (!answer) return false;
      into().push(answer.redo);
      this.#say(done, answer, [this.words(label), run]);
      return true;
    });
  }

  /** Asks again and again what others did, and what was read meanwhile. */
  poll() {
    const again = () => setTimeout(look, this.sheet.busy || !this.sheet.counts.sides ? POLL.busy : POLL.idle);
    const look = async () => {
      if (!document.hidden && !this.#acting) await this.#look().catch(() => null);
      again();
    };
    again();
    document.addEventListener("visibilitychange", () => !document.hidden && this.#look().catch(() => null));
  }

  async #look() {
    const { version, counts, busy } = this.sheet;
    const answer = await send(`${this.urls.changes}?since=${version}&sides=${counts.sides}`);
    if (this.#acting || this.sheet.version !== version) return;
    if (answer.version !== version || answer.whole || answer.busy !== busy) this.#take(answer);
  }

  #inTurn(run) {
    this.#acting += 1;
    const done = this.#waiting.then(run).finally(() => (this.#acting -= 1));
    this.#waiting = done.catch(() => null);
    return done;
  }

  /** The answer; null when it was not done, and the person has been told why. */
  async #send(url, data) {
    try {
      const answer = await send(url, { json: { ...data, version: this.sheet.version } });
      this.#take(answer);
      return answer;
    } catch (error) {
      if (error instanceof HttpError && error.status === 412) {
        this.#take(error.data);
        toast(this.words("stale"), { bad: true });
      } else toast(error.message, { bad: true });
      return null;
    }
  }

  #take(answer) {
    this.sheet.take(answer);
    this.dispatchEvent(new CustomEvent("changed"));
  }

  #say(word, { told = [] }, act) {
    toast([this.words(word), ...told].join(" "), { act: act ?? undefined, seconds: told.length ? 0 : undefined });
  }
}
