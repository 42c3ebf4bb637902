// htmx as Korrigo uses it: the session's token on every request, and an error in words when one fails.

import { toast } from "./toast.js";
import { words } from "./words.js";

document.addEventListener("htmx:config:request", ({ detail }) => {
  detail.ctx.request.headers["X-CSRF-Token"] = document.body.dataset.csrf;
});
document.addEventListener("htmx:error", () => toast(words("error.unreachable"), { bad: true }));
