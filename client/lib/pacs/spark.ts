/** Two figures after the point: enough for a screen. */
const round = (value: number) => Math.round(value * 100) / 100;

/**
 * The path of a line through values, oldest first, in a box of `width` by `height` with room for its stroke. Fewer than `slots` values stand at
 * the right: what is newest is always there. Zero lies on the ground line.
 */
export function linePath(values: readonly number[], { width, height, slots }: { width: number; height: number; slots: number }): string {
  if (values.length === 0) return '';
  const pad = 1.5;
  const most = Math.max(1, ...values);
  const step = slots > 1 ? width / (slots - 1) : 0;
  const first = width - step * (values.length - 1);
  const points = values.map((value, index) => {
    const y = height - pad - (value / most) * (height - 2 * pad);
    return `${String(round(first + index * step))} ${String(round(y))}`;
  });
  const [start = ''] = points;
  return points.length === 1 ? `M${String(round(first - step))} ${start.split(' ')[1] ?? ''}L${start}` : `M${points.join('L')}`;
}

/** The path of bars for values, oldest first, the newest at the right; a value above zero is seen. */
export function barsPath(values: readonly number[], { width, height, slots }: { width: number; height: number; slots: number }): string {
  const most = Math.max(1e-9, ...values);
  const step = width / slots;
  const bar = step * 0.72;
  return values
    .slice(-slots)
    .map((value, index, all) => {
      if (value <= 0) return '';
      const x = round(width - (all.length - index) * step);
      const tall = round(Math.max(1, (value / most) * height));
      return `M${String(x)} ${String(height)}v${String(-tall)}h${String(round(bar))}v${String(tall)}z`;
    })
    .join('');
}
