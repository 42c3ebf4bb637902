// What a pointer does on a page, tool by tool.
//
// A pen always draws; a finger scrolls unless the person chose to draw with it; a palm never draws.

import { distance, inside, moved, rectangle } from "./geometry.js";
import { HIGHLIGHTER, PEN, INK_WIDTH, STAMP_SIZE, TEXT_SIZE } from "./shapes.js";
import { simplify } from "./simplify.js";
import { STAMPS } from "./tools.js";

const SMALLEST = 6; // page units: a smaller drag is a slip of the hand

/**
 * Drawing tools. Each is given the sheet, the first point and the desk, and answers with what to do at each
 * move (the points since the last) and at the end.
 */
const drawing = {
  pen(sheet, first, { tools, bench, question }) {
    const { c, w } = tools.pen;
    const points = [first];
    const wet = sheet.wet();
    wet.strokeStyle = c;
    wet.lineWidth = w;
    return {
      move(fresh) {
        wet.beginPath();
        wet.moveTo(...points.at(-1));
        for (const point of fresh) wet.lineTo(...point);
        wet.stroke();
        points.push(...fresh);
      },
      end: () => bench.put(sheet.page.n, { k: "ink", q: question(), p: simplify(points), c, w }),
    };
  },

  hi(sheet, first, desk) {
    return dragged(sheet, first, desk, {
      preview(wet, a, b) {
        const { x, y, w, h } = rectangle(a, b);
        wet.fillStyle = HIGHLIGHTER;
        wet.globalAlpha = 0.4;
        wet.fillRect(x, y, w, h);
        wet.globalAlpha = 1;
      },
      value: (a, b) => ({ k: "hi", ...rectangle(a, b), c: HIGHLIGHTER }),
    });
  },

  box(sheet, first, desk) {
    return dragged(sheet, first, desk, {
      preview(wet, a, b) {
        const { x, y, w, h } = rectangle(a, b);
        wet.strokeRect(x, y, w, h);
      },
      value: (a, b) => ({ k: "box", ...rectangle(a, b), c: PEN }),
    });
  },

  line(sheet, first, desk, event) {
    const arrow = !event.shiftKey;
    return dragged(sheet, first, desk, {
      preview(wet, a, b) {
        wet.beginPath();
        wet.moveTo(...a);
        wet.lineTo(...b);
        wet.stroke();
      },
      value([x, y], [x2, y2]) {
        return { k: "line", x: Math.round(x), y: Math.round(y), x2: Math.round(x2), y2: Math.round(y2), arrow, c: PEN };
      },
    });
  },

  /** Whole annotations under the stroke; one gesture, one undo step. */
  erase(sheet, first, { bench }) {
    const caught = new Set();
    const grab = (point) => {
      const bounds = sheet.svg.getBoundingClientRect();
      const at = [bounds.left + point[0] * sheet.scale, bounds.top + point[1] * sheet.scale];
      for (const element of document.elementsFromPoint(...at)) {
        const node = element.closest?.("[data-target]");
        if (!node || !sheet.svg.contains(node)) continue;
        caught.add(node.dataset.target);
        node.classList.add("going");
      }
    };
    grab(first);
    return {
      move: (fresh) => fresh.forEach(grab),
      end: () => caught.size && bench.edit([...caught].map((key) => [key, null])),
      cancel: () => caught.forEach((key) => sheet.nodes.get(key)?.classList.remove("going")),
    };
  },

  /** Picks what is under the pointer and moves it along. */
  select(sheet, first, { bench, selection }, event) {
    const node = event.target.closest("[data-target]");
    selection.choose(node?.dataset.target ?? null);
    if (!node) return null;
    const { target: key } = node.dataset;
    let shift = [0, 0];
    return {
      move(fresh) {
        const [x, y] = fresh.at(-1);
        shift = [x - first[0], y - first[1]];
        if (!bench.readonly) node.setAttribute("transform", `translate(${shift})`);
      },
      end() {
        if (distance(shift, [0, 0]) > 2) bench.edit([[key, moved(bench.value(key), ...shift)]]);
        else node.removeAttribute("transform");
      },
      cancel: () => node.removeAttribute("transform"),
    };
  },
};

/** A drag from one point to another, previewed on the wet layer. */
function dragged(sheet, first, { bench, tools, question }, { preview, value }) {
  let last = first;
  return {
    move(fresh) {
      last = inside(fresh.at(-1), sheet.page);
      const wet = sheet.wet();
      wet.strokeStyle = PEN;
      wet.lineWidth = INK_WIDTH;
      preview(wet, first, last);
    },
    end() {
      if (distance(first, last) < SMALLEST) return;
      bench.put(sheet.page.n, { ...value(first, last), q: question() });
      tools.used();
    },
  };
}

/** Tools that put something down where one clicks; a finger's tap is a click too, its scroll is not. */
function place(sheet, [x, y], { bench, tools, question, writeText }) {
  if (STAMPS[tools.name]) {
    // The point is the middle of the mark; x, y is the start of its baseline.
    const at = { x: Math.round(x - STAMP_SIZE * 0.36), y: Math.round(y + STAMP_SIZE * 0.36) };
    bench.put(sheet.page.n, { k: "stamp", q: question(), ...at, t: STAMPS[tools.name] });
    tools.used();
  } else if (tools.name === "text") {
    writeText(sheet, { x: Math.round(x), y: Math.round(y + TEXT_SIZE * 0.35) });
  } else if (tools.name === "remark") {
    const { question: q, ref, t, n } = tools.criterion;
    bench.put(sheet.page.n, { k: "remark", q, x: Math.round(x), y: Math.round(y), ref, t, n });
    tools.used();
  }
}

/**
 * Listens on the viewer. `desk` is `{bench, viewer, tools, selection, question(), writeText(sheet, at),
 * onPen()}`; `onPen` hears of the first pen of this page.
 */
export function listenToPointers(desk) {
  const { viewer, tools, bench } = desk;
  let penSeen = false;
  let penDown = false;

  viewer.view.addEventListener("pointerdown", (event) => {
    const sheet = viewer.sheetAt(event.target);
    const begin = drawing[tools.name];
    if (event.pointerType === "pen" && !penSeen) {
      penSeen = true;
      desk.onPen();
    }
    if (!sheet || !begin || event.button !== 0 || event.target.closest("textarea, button")) return;
    if (event.pointerType === "touch" && tools.name !== "select" && (penSeen || !tools.fingerDraws)) return;
    if (bench.readonly && tools.name !== "select") return;
    penDown = event.pointerType === "pen";
    const gesture = begin(sheet, sheet.pointOf(event), desk, event);
    if (gesture) follow(sheet, event, gesture, () => (penDown = false));
  });

  viewer.view.addEventListener("click", (event) => {
    const sheet = viewer.sheetAt(event.target);
    if (!sheet || bench.readonly || event.target.closest("textarea, button")) return;
    place(sheet, sheet.pointOf(event), desk);
  });

  // The browser would pan with the pen as with a finger: it must draw.
  viewer.view.addEventListener("touchstart", (event) => {
    // Not for tools that act on a click: without its default a touch makes none.
    if (!drawing[tools.name] || !viewer.sheetAt(event.target)) return;
    const stylus = [...event.changedTouches].some((touch) => touch.touchType === "stylus");
    const fingerInks = tools.fingerDraws && !penSeen && event.touches.length === 1;
    if (penDown || stylus || fingerInks) event.preventDefault();
  }, { passive: false });
}

/** Follows one pointer until it is lifted; a cancelled gesture leaves nothing. */
function follow(sheet, start, gesture, done) {
  const { svg } = sheet;
  svg.setPointerCapture(start.pointerId);
  const mine = (handler) => (event) => event.pointerId === start.pointerId && handler(event);

  const move = mine((event) => {
    // Absent over plain HTTP, and empty in some browsers.
    const parts = event.getCoalescedEvents?.() ?? [];
    gesture.move((parts.length ? parts : [event]).map((part) => sheet.pointOf(part)));
  });
  const finish = mine((event) => {
    svg.removeEventListener("pointermove", move);
    svg.removeEventListener("pointerup", finish);
    svg.removeEventListener("pointercancel", finish);
    if (event.type === "pointerup") gesture.end();
    else gesture.cancel?.();
    sheet.dry();
    done();
  });
  svg.addEventListener("pointermove", move);
  svg.addEventListener("pointerup", finish);
  svg.addEventListener("pointercancel", finish);
}
