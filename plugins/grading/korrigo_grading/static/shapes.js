// How each kind of annotation is drawn on the screen. The graded PDF draws the same JSON by the same rules,
// in the same page units: what is changed here is changed there.
//
//   ink    {p: [[x, y], …], c, w}      constant width, quadratic curves through the mid-points
//   hi     {x, y, w, h, c}             highlighter: a rectangle that multiplies with the paper
//   box    {x, y, w, h, c}
//   line   {x, y, x2, y2, arrow, c}    arrow: a head at the second end
//   text   {x, y, t, size, c}          x, y: start of the first baseline; lines are broken at "\n"
//   stamp  {x, y, t, size, c}          ✓ ✗ ½ ? or any short text; x, y: start of its baseline
//   remark {x, y, ref, t, n, c}        a criterion pinned on the page: a disc with its number n, its text t beside
//   comment, error, bonus {x, y, t, size, c} or with {w, h}: text in the colour of its kind, under a box if it has one
//
// Anything else is kept and drawn as a dashed box, so that a plugin's annotations survive its removal.

export const PEN = "#c1121f";
export const HIGHLIGHTER = "#ffd400";
export const INK_WIDTH = 2.6;
export const TEXT_SIZE = 26;
export const STAMP_SIZE = 44;
export const LINE_HEIGHT = 1.25;
export const ARROW_HEAD = 16;
const REMARK_RADIUS = 13;
const REMARK_SIZE = 22;

// Marks that must look the same whatever fonts a machine has. 1 = the stamp's size; y 0 = the baseline.
const STAMP_PATHS = {
  "✓": [[[0.06, -0.33], [0.27, -0.08], [0.7, -0.7]]],
  "✗": [[[0.08, -0.66], [0.62, -0.06]], [[0.62, -0.66], [0.08, -0.06]]],
};
const STAMP_STROKE = 0.11;

const FLAVOURS = { comment: "#1d4f91", error: PEN, bonus: "#1a7f37" };

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with presentation attributes (allowed by the CSP, unlike `style`). */
export function svgElement(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** The path through a stroke's points: quadratic curves whose ends are the mid-points. */
export function inkPath(points) {
  const [first] = points;
  if (points.length === 1) return `M${first}h.1`;
  let path = `M${first}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i];
    const [nextX, nextY] = points[i + 1];
    path += `Q${x},${y} ${(x + nextX) / 2},${(y + nextY) / 2}`;
  }
  return `${path}L${points.at(-1)}`;
}

const polyline = (points) => `M${points.join("L")}`;

/** A line as drawn, and a wide invisible one over it: a thin stroke can be caught with a finger. */
function stroked(path, colour, width) {
  return [
    svgElement("path", { class: "grip", d: path, "stroke-width": Math.max(24, width) }),
    svgElement("path", { class: "stroke", d: path, stroke: colour, "stroke-width": width }),
  ];
}

function lines(text, x, y, size, colour) {
  const element = svgElement("text", { x, y, fill: colour, "font-size": size });
  text.split("\n").forEach((line, index) => {
    const span = svgElement("tspan", { x, y: y + index * size * LINE_HEIGHT });
    span.textContent = line;
    element.append(span);
  });
  return element;
}

function arrowHead({ x, y, x2, y2 }) {
  const angle = Math.atan2(y2 - y, x2 - x);
  const barb = (turn) => [x2 - ARROW_HEAD * Math.cos(angle + turn), y2 - ARROW_HEAD * Math.sin(angle + turn)];
  return [barb(0.45), [x2, y2], barb(-0.45)];
}

const painters = {
  ink: ({ p, c = PEN, w = INK_WIDTH }) => stroked(inkPath(p), c, w),

  hi: ({ x, y, w, h, c = HIGHLIGHTER }) => [svgElement("rect", { class: "hi", x, y, width: w, height: h, fill: c })],

  box({ x, y, w, h, c = PEN }) {
    return stroked(`M${x},${y}h${w}v${h}h${-w}Z`, c, INK_WIDTH);
  },

  line(value) {
    const path = polyline([[value.x, value.y], [value.x2, value.y2]]);
    return stroked(value.arrow ? path + polyline(arrowHead(value)) : path, value.c ?? PEN, INK_WIDTH);
  },

  text: ({ x, y, t, size = TEXT_SIZE, c = PEN }) => [lines(t, x, y, size, c)],

  stamp({ x, y, t, size = STAMP_SIZE, c = PEN }) {
    const strokes = STAMP_PATHS[t];
    if (!strokes) return [lines(t, x, y, size, c)];
    const place = ([px, py]) => [x + px * size, y + py * size];
    return stroked(strokes.map((points) => polyline(points.map(place))).join(""), c, STAMP_STROKE * size);
  },

  remark({ x, y, t = "", n = "•", c = PEN }) {
    const number = svgElement("text", { class: "remark-number", x, y: y + 6, "font-size": 18 });
    number.textContent = n;
    return [
      svgElement("circle", { cx: x, cy: y, r: REMARK_RADIUS, fill: c }),
      number,
      lines(t, x + REMARK_RADIUS + 7, y + 7, REMARK_SIZE, c),
    ];
  },
};

/** Words in the colour of their kind, under a box when the mark has one. */
function flavoured({ k, x, y, w, h, t = "", size = TEXT_SIZE, c = FLAVOURS[k] }) {
  if (w === undefined || h === undefined) return [lines(t, x, y, size, c)];
  return [...painters.box({ x, y, w, h, c }), lines(t, x, y + h + size, size, c)];
}

function unknown({ x = 40, y = 40, w = 120, h = 60 }) {
  return [svgElement("rect", { class: "unknown", x, y, width: w, height: h })];
}

/** Draws an annotation: a `<g>` in page units. */
export function drawShape(value) {
  const group = svgElement("g", { class: `annot annot-${value.k}` });
  const paint = painters[value.k] ?? (value.k in FLAVOURS ? flavoured : unknown);
  group.append(...paint(value));
  return group;
}

/** The words of an annotation, or "" when it has none. */
export const wordsOf = (value) => (value.k === "stamp" ? "" : (value.t ?? ""));
