import { overviewCall } from '#shared/qa/api.ts';
import type { Overview } from '#shared/qa/page-schemas.ts';
import { machinesResource } from '../board/sources.ts';
import { call } from '../api/index.ts';
import { live, type Fact } from '../live/index.ts';
import { siteDay } from './days.ts';
import { changesPeriods, followQa } from './follow.svelte.ts';
import { overviewRows, withLight } from './overview-rows.ts';

/** The overview, which stands in the layout: its source shows on every page of quality control. */
export class OverviewState {
  resource = followQa<Overview>(
    (signal) => call(overviewCall, {}, { signal }),
    (fact) => changesPeriods(fact) || fact.type === 'light:changed',
    withFact,
  );
  machines = machinesResource();
  source = $derived(this.resource.data?.source);
  ready = $derived(this.resource.data !== undefined && this.machines.data !== undefined);
  error = $derived(this.resource.error ?? this.machines.error);
  nextTryAt = $derived(this.resource.nextTryAt ?? this.machines.nextTryAt);
  /** A light ends by itself: it is judged at the server's time, each second. */
  rows = $derived(this.resource.data && this.machines.data ? overviewRows(this.machines.data.values(), this.resource.data, live.now) : []);
  /** Today on the site's calendar. */
  today = $derived(siteDay(live.coarse));

  start(): () => void {
    const ends = [this.resource.start(), this.machines.start()];
    return () => ends.forEach((end) => end());
  }

  reload(): void {
    void this.resource.reload();
    void this.machines.reload();
  }

  nameOf(machine: string): string {
    return this.machines.data?.get(machine)?.name ?? machine;
  }

  colourOf(machine: string): string {
    return this.machines.data?.get(machine)?.colour ?? 'var(--ink-3)';
  }
}

function withFact(overview: Overview, fact: Fact): Overview {
  if (fact.type === 'light:changed') return withLight(overview, fact.data.light);
  return fact.type === 'qa:source' ? { ...overview, source: fact.data.source } : overview;
}
