/** Fewer months than this make no trend. */
const LEAST = 3;

/** How many points of rate are gained a month, by the straight line that lies nearest to the months; undefined for too few. */
export function trendOf(months: readonly (number | null)[]): number | undefined {
  const points = months.flatMap((rate, month) => (rate === null ? [] : [{ month, rate }]));
  if (points.length < LEAST) return undefined;
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const month = meanOf(points.map((one) => one.month));
  const rate = meanOf(points.map((one) => one.rate));
  const spread = points.reduce((sum, one) => sum + (one.month - month) ** 2, 0);
  return points.reduce((sum, one) => sum + (one.month - month) * (one.rate - rate), 0) / spread;
}
