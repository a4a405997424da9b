/** A list in which those that changed stand in their places, and new ones at the end. */
export function merged<T>(list: readonly T[], changed: readonly T[], keyOf: (one: T) => string): T[] {
  const news = new Map(changed.map((one) => [keyOf(one), one]));
  const kept = list.map((one) => {
    const key = keyOf(one);
    const newer = news.get(key);
    news.delete(key);
    return newer ?? one;
  });
  return [...kept, ...news.values()];
}
