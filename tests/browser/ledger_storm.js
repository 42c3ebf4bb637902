// Runs in the page: random interleavings of edits, lost answers, a colleague's writes, stale documents, reloads and
// choices, against a server that follows the rule of /ops. Ends with one state everywhere, or throws what went wrong.
async ({ seeds, steps }) => {
  const { Ledger } = await import("korrigo_grading/ledger.js");
  const KEYS = ["score:a", "score:b", "annot:1"];
  const COPY = "copy";
  const check = (condition, message) => {
    if (!condition) throw new Error(message);
  };
  const generator = (seed) => () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;

  class Server {
    targets = {};
    revisions = {};
    written = [];
    version = 0;

    apply(by, ops) {
      return ops.map((op) => this.#one(by, op));
    }

    #one(by, { id, target, value, base }) {
      const current = this.targets[target];
      if (id in this.revisions) {
        const rev = this.revisions[id];
        return { id, status: "ok", rev, ...(current.rev !== rev && { current: { ...current } }) };
      }
      check(Number.isInteger(base), "an op left without the revision it is based on");
      if ((current?.rev ?? 0) === base) {
        this.version += 1;
        this.targets[target] = { rev: this.version, value, by };
        this.revisions[id] = this.version;
        this.written.push(`${target}=${value}`);
        return { id, status: "ok", rev: this.version };
      }
      if (current.value === value) {
        this.revisions[id] = current.rev;
        return { id, status: "ok", rev: current.rev };
      }
      return { id, status: "conflict", current: { ...current } };
    }
  }

  const met = { conflicts: 0, replays: 0, reloads: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const random = generator(seed * 7919);
    const server = new Server();
    const disk = new Map();
    const mine = {};
    let others = 0;
    const fresh = () => new Ledger({
      me: { id: "me", name: "Me" },
      tab: "tab",
      async write({ put = [], remove = [] }) {
        for (const id of remove) disk.delete(id);
        for (const op of put) disk.set(op.id, structuredClone(op));
      },
    });
    let ledger = fresh();

    const send = ({ answerArrives }) => {
      const batch = ledger.ready(new Set());
      if (!batch) return;
      for (const op of batch.ops) op.sent = true;
      const results = server.apply("Me", structuredClone(batch.ops));
      if (!answerArrives) return void (met.replays += 1);
      met.conflicts += ledger.settle(COPY, batch.ops, results).filter(({ kind }) => kind === "conflict").length;
    };
    const choose = (keepMine) => {
      for (const [key, target] of ledger.targets(COPY)) {
        if (!target.conflict) continue;
        const keep = keepMine ?? random() < 0.5;
        if (!keep) delete mine[key];
        ledger.resolve(COPY, key, keep);
      }
    };
    const colleague = (key) => {
      const base = server.targets[key]?.rev ?? 0;
      server.apply("Other", [{ id: `other${(others += 1)}`, target: key, value: 5000 + Math.floor(random() * 1000), base }]);
    };
    const documents = [{}];
    const learn = () => {
      documents.push(structuredClone(server.targets));
      // Any document of the past may arrive now: it was fetched ahead, or was slow.
      ledger.learn(COPY, structuredClone(documents[Math.floor(random() * documents.length)]));
    };
    let seen = {};
    const checkRevisions = (where) => {
      for (const [key, { rev }] of ledger.targets(COPY)) {
        check(rev >= (seen[key] ?? 0), `${where}: the revision of ${key} went down`);
        seen[key] = rev;
      }
    };
    const reload = () => {
      met.reloads += 1;
      seen = {};
      ledger = fresh();
      ledger.learn(COPY, structuredClone(server.targets));
      ledger.adopt([...disk.values()].map((op) => structuredClone(op)).sort((a, b) => a.at - b.at));
    };

    for (let step = 0; step < steps; step++) {
      const dice = random();
      const key = KEYS[Math.floor(random() * KEYS.length)];
      if (dice < 0.35) ledger.edit(COPY, key, (mine[key] = Math.floor(random() * 1000)));
      else if (dice < 0.45 && key !== "annot:1") colleague(key);
      else if (dice < 0.8) send({ answerArrives: random() > 0.3 });
      else if (dice < 0.86) reload();
      else if (dice < 0.92) learn();
      else choose(null);
      checkRevisions(`seed ${seed}`);
    }
    for (let round = 0; round < 50; round++) {
      send({ answerArrives: true });
      choose(true);
    }
    ledger.learn(COPY, structuredClone(server.targets));

    const where = `seed ${seed}`;
    check(disk.size === 0, `${where}: ops were left on the device`);
    const { unsent, conflicts } = ledger.counts();
    check(unsent === 0 && conflicts === 0, `${where}: ${unsent} unsent, ${conflicts} conflicts at the end`);
    for (const key of KEYS) {
      const stored = server.targets[key]?.value ?? null;
      check(ledger.value(COPY, key) === stored, `${where}: the screen and the server differ on ${key}`);
      const reached = !(key in mine) || stored === mine[key] || server.written.includes(`${key}=${mine[key]}`);
      check(reached, `${where}: my last value of ${key} never reached the server`);
    }
  }
  return met;
}
