// What a stroke becomes before it is stored: fewer points, and integers.

/**
 * Ramer–Douglas–Peucker: the points that a stroke needs to stay within `tolerance` of what was drawn.
 *
 * @param {number[][]} points  [x, y] in page units
 * @param {number} tolerance   page units; 0.6 is finer than a pen (0.13 mm on A4)
 * @returns {number[][]} a subset of the points, rounded to integers, first and last kept
 */
export function simplify(points, tolerance = 0.6) {
  const last = points.length - 1;
  const kept = new Set([0, last]);
  const spans = last > 1 ? [[0, last]] : [];
  while (spans.length) {
    const [from, to] = spans.pop();
    const { index, distance } = farthest(points, from, to);
    if (distance > tolerance) {
      kept.add(index);
      spans.push([from, index], [index, to]);
    }
  }
  return points.filter((_, index) => kept.has(index)).map(([x, y]) => [Math.round(x), Math.round(y)]);
}

/** The point between `from` and `to` that lies farthest from the segment joining them. */
function farthest(points, from, to) {
  const [ax, ay] = points[from];
  const [dx, dy] = [points[to][0] - ax, points[to][1] - ay];
  const length = Math.hypot(dx, dy);
  let found = { index: from, distance: 0 };
  for (let index = from + 1; index < to; index++) {
    const [px, py] = [points[index][0] - ax, points[index][1] - ay];
    // A closed loop ends where it began: then the distance is to that point.
    const distance = length ? Math.abs(dy * px - dx * py) / length : Math.hypot(px, py);
    if (distance > found.distance) found = { index, distance };
  }
  return found;
}
