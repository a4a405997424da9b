const GAP_PX = 8;
const EDGE_PX = 8;

interface Box {
  left: number;
  right: number;
  top: number;
}

/** Where something of this size stands beside a box: at its right where there is room, else at its left, never outside the window. */
export function placeBeside(
  box: Box,
  size: { width: number; height: number },
  view: { width: number; height: number },
): { left: number; top: number } {
  const right = box.right + GAP_PX;
  const left = right + size.width + EDGE_PX <= view.width ? right : box.left - GAP_PX - size.width;
  return {
    left: clamp(left, EDGE_PX, view.width - size.width - EDGE_PX),
    top: clamp(box.top, EDGE_PX, view.height - size.height - EDGE_PX),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
