/** A word kept on this device; undefined when there is none or storage is forbidden. */
export function kept(key: string): string | undefined {
  try {
    return globalThis.localStorage?.getItem(key) ?? undefined;
  } catch {
    return undefined; // private windows and some policies throw: the choice then lasts as long as the page
  }
}

export function keep(key: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(key, value);
  } catch {
    // see above
  }
}
