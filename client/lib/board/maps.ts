// States are replaced as a whole ($state.raw), so these never change what they are given.

export function emptyMap<K, V>(): ReadonlyMap<K, V> {
  return new Map();
}

/** An instant as cards write it. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** The same map with an entry more. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

/** The same map without an entry; the very same when there is none. */
export function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}

/** Timers by name: setting one again starts it anew. */
export class Timers {
  #running = new Map<string, ReturnType<typeof setTimeout>>();

  set(name: string, act: () => void, ms: number): void {
    this.clear(name);
    const done = () => {
      this.#running.delete(name);
      act();
    };
    this.#running.set(name, setTimeout(done, ms));
  }

  clear(name: string): void {
    clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }

  stop(): void {
    for (const name of this.#running.keys()) this.clear(name);
  }
}
