// Requests with the session's token, JSON both ways, and errors that say what happened.

import { element } from "./elements.js";
import { words } from "./words.js";

/** The server answered, but not with success. `status`, `data` (its JSON, if any), `reference`. */
export class HttpError extends Error {
  constructor(status, data) {
    super(data?.detail || data?.title || words("error.status", { status }));
    this.name = "HttpError";
    this.status = status;
    this.data = data;
    this.reference = data?.reference ?? "";
  }
}

/** There was no answer: no network, or no server. */
export class Unreachable extends Error {
  constructor(cause) {
    super(words("error.unreachable"), { cause });
    this.name = "Unreachable";
  }
}

/** Nobody is signed in any more. A bar on the page asks to sign in again; the work stays where it is. */
export class SessionOver extends HttpError {
  name = "SessionOver";
}

/**
 * Sends a request and reads the JSON that comes back (null when there is none).
 *
 * Rejects with {@link HttpError}, {@link Unreachable} or {@link SessionOver}. A token that went stale is renewed
 * once, without anybody noticing.
 *
 * @param {string} url
 * @param {{method?: string, json?: unknown, body?: BodyInit, headers?: object, signal?: AbortSignal,
 *          keepalive?: boolean}} options  `json` or `body` make it a POST unless `method` says otherwise
 */
export async function send(url, options = {}) {
  let response = await ask(url, options);
  if ((response.status === 403 || response.status === 401) && (await renew())) response = await ask(url, options);
  const data = await jsonOf(response);
  if (response.ok) return data;
  if (response.status === 401) {
    sessionOver();
    throw new SessionOver(401, data);
  }
  throw new HttpError(response.status, data);
}

/** The same, but the answer comes with its status and headers: for 304 and 412. */
export async function ask(url, { method, json, body, headers = {}, signal, keepalive } = {}) {
  const sends = json !== undefined || body !== undefined;
  try {
    return await fetch(url, {
      method: method ?? (sends ? "POST" : "GET"),
      credentials: "same-origin",
      signal,
      keepalive,
      headers: {
        Accept: "application/json",
        "X-CSRF-Token": document.body.dataset.csrf,
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: json === undefined ? body : JSON.stringify(json),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(error);
  }
}

async function jsonOf(response) {
  if (!response.headers.get("Content-Type")?.includes("json")) return null;
  return response.json().catch(() => null);
}

/** Reads the session again; true when there is a new token and somebody is signed in. */
async function renew() {
  const response = await fetch(document.body.dataset.session, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  const state = response?.ok ? await jsonOf(response) : null;
  if (!state?.user || state.user.id !== document.body.dataset.user) return false;
  const renewed = state.csrf !== document.body.dataset.csrf;
  document.body.dataset.csrf = state.csrf;
  return renewed;
}

/** Asks to sign in again, in another tab; goes away by itself once that has happened. */
function sessionOver() {
  if (document.getElementById("session-over")) return;
  document.dispatchEvent(new CustomEvent("korrigo:session-over"));
  const link = element("a", { href: document.body.dataset.signin, target: "_blank", rel: "opener" }, words("session.signin"));
  const bar = element("div.note.note-warn", { id: "session-over", role: "alert" }, words("session.over"), " ", link);
  document.querySelector("main").before(bar);
  const look = async () => {
    if (!(await renew())) return;
    bar.remove();
    removeEventListener("focus", look);
    document.dispatchEvent(new CustomEvent("korrigo:session-back"));
  };
  addEventListener("focus", look);
}
