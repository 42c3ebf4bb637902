// What a plugin's script may rely on: `import { keys, on, send, toast, tools } from "korrigo/api.js"`.

import { Keys } from "./keys.js";

export { openDialog } from "./dialog.js";
export { element, icon } from "./elements.js";
export { HttpError, SessionOver, Unreachable, send } from "./http.js";
export { Keys } from "./keys.js";
export { pollJob } from "./poll.js";
export { toast } from "./toast.js";
export { readWords } from "./words.js";

/** Shortcuts that plugins add: `keys.add("y", "Show the solution", run)`. A key that is taken is refused. */
export const keys = new Keys("plugins").listen();

/** Tools that plugins add to a work screen: the screen asks for them and listens for `korrigo:tool-added`. */
export const tools = {
  list: [],
  /** @param {{name: string, label: string, icon: string, key?: string, use: (context: object) => unknown}} tool */
  add(tool) {
    if (this.list.some(({ name }) => name === tool.name)) {
      console.warn(`There is a tool ${tool.name} already; this one was not added.`);
      return;
    }
    this.list.push(Object.freeze({ ...tool }));
    document.dispatchEvent(new CustomEvent("korrigo:tool-added", { detail: tool }));
  },
};

/**
 * Listens to what happens on the page: "copy-shown", "op", "save-state", "question", "tool-added", "job-end",
 * "session-over", "session-back". The function gets the event's detail.
 *
 * @returns {() => void} stops listening
 */
export function on(event, run) {
  const listener = ({ detail }) => run(detail);
  document.addEventListener(`korrigo:${event}`, listener);
  return () => document.removeEventListener(`korrigo:${event}`, listener);
}
