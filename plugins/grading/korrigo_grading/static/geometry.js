// Where annotations lie, in page units: the page is 1000 units wide, its origin top left as shown upright.

export const PAGE_WIDTH = 1000;

/** The height of a page in page units: 1414 for A4. */
export const pageHeight = (page) => Math.round((PAGE_WIDTH * page.h) / page.w);

/** The same annotation, `dx` to the right and `dy` down, on integers. */
export function moved(value, dx, dy) {
  const x = (number) => Math.round(number + dx);
  const y = (number) => Math.round(number + dy);
  if (value.k === "ink") return { ...value, p: value.p.map(([px, py]) => [x(px), y(py)]) };
  const shifted = { ...value, x: x(value.x), y: y(value.y) };
  return value.k === "line" ? { ...shifted, x2: x(value.x2), y2: y(value.y2) } : shifted;
}

/** The rectangle with these two corners, whatever their order, on integers: `{x, y, w, h}`. */
export function rectangle([ax, ay], [bx, by]) {
  return {
    x: Math.round(Math.min(ax, bx)),
    y: Math.round(Math.min(ay, by)),
    w: Math.round(Math.abs(bx - ax)),
    h: Math.round(Math.abs(by - ay)),
  };
}

/** The distance between two points. */
export const distance = ([ax, ay], [bx, by]) => Math.hypot(bx - ax, by - ay);

/** A point held inside the page. */
export function inside([x, y], page) {
  return [Math.max(0, Math.min(PAGE_WIDTH, x)), Math.max(0, Math.min(pageHeight(page), y))];
}
