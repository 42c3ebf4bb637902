// Two fingers zoom. While the gesture lasts the column is only transformed (no layout); its end is one layout.

/**
 * @param {HTMLElement} view     takes the touches
 * @param {HTMLElement} column   is scaled meanwhile
 * @param {(factor: number) => void} onZoom  called once, at the end
 */
export function pinch(view, column, onZoom) {
  let start = 0;
  let factor = 1;

  const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

  view.addEventListener("touchstart", (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    start = spread(event.touches);
    factor = 1;
  }, { passive: false });

  view.addEventListener("touchmove", (event) => {
    if (!start || event.touches.length !== 2) return;
    event.preventDefault();
    factor = spread(event.touches) / start;
    column.style.transform = `scale(${factor})`;
  }, { passive: false });

  const end = () => {
    if (!start) return;
    start = 0;
    column.style.transform = "";
    onZoom(factor);
  };
  view.addEventListener("touchend", end);
  view.addEventListener("touchcancel", end);
}
