import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

/** Facts of one burst lead to one fetch: a synchronisation may change forty machines at once. */
const BURST_MS = 150;

/** Whether a fact may change controls, periods or what was written to them. */
export function changesPeriods(fact: Fact): boolean {
  if (fact.type === 'qa:source') return fact.data.controls;
  return fact.type === 'qa:period' || fact.type === 'qa:config' || fact.type === 'qa:outage';
}

/** A state of quality control that is fetched anew when a fact concerns it, and may be changed in place before. */
export function followQa<T>(
  load: (signal: AbortSignal) => Promise<T>,
  concerns: (fact: Fact) => boolean,
  apply: (data: T, fact: Fact) => T = (data) => data,
): LiveResource<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const resource: LiveResource<T> = new LiveResource<T>({
    topics: ['qa'],
    load,
    apply: (data, fact) => {
      if (concerns(fact)) {
        clearTimeout(timer);
        timer = setTimeout(() => void resource.reload(), BURST_MS);
      }
      return apply(data, fact);
    },
  });
  return resource;
}
