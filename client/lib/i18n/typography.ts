const BEFORE = / (?=[:;?!%»])/g;
const AFTER = /« /g;

/** French text with a no-break space before : ; ? ! % » and after «, so that no line begins with a mark. */
export function spaced(text: string): string {
  return text.replace(BEFORE, '\u00A0').replace(AFTER, '«\u00A0');
}

/** The same for every text of a dictionary, those that functions make too: who writes a message need not think of it. */
export function spacedAll<T>(value: T): T {
  return dressed(value) as T; // same shape: only characters within texts change
}

function dressed(value: unknown): unknown {
  if (typeof value === 'string') return spaced(value);
  if (typeof value === 'function') return (...given: unknown[]) => dressed(Reflect.apply(value, undefined, given));
  if (Array.isArray(value)) return value.map(dressed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, dressed(one)]));
}
