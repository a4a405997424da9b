import { cancelOutageCall, enterDailyCall, reportFaultCall, setLightCall } from '#shared/qa/api.ts';
import type { DailyEntry, SetLight } from '#shared/qa/schemas.ts';
import type { Outage } from '#shared/qa/status-schemas.ts';
import type { z } from 'zod';
import { call } from '../api/index.ts';
import { m } from '../i18n/index.ts';
import { Act } from './act.svelte.ts';
import type { OverviewState } from './overview.svelte.ts';
import { withLight } from './overview-rows.ts';

export type HandLight = z.infer<typeof SetLight>['light'];

/** What is open under a machine's line. */
export type Opened =
  | { kind: 'hand'; machine: string; light: HandLight }
  | { kind: 'daily'; machine: string }
  | { kind: 'fault'; machine: string; outage: Outage | undefined };

/** Acts on a machine from the overview, one line open at a time. */
export class RowActs {
  opened = $state.raw<Opened>();
  /** The reason of a light set by hand, kept while it is typed. */
  reason = $state('');
  readonly act = new Act();
  readonly #overview: OverviewState;

  constructor(overview: OverviewState) {
    this.#overview = overview;
  }

  close(): void {
    this.opened = undefined;
    this.reason = '';
    this.act.clear();
  }

  /** First tap: the colour. The same again gives up. */
  choose(machine: string, light: HandLight): void {
    const { opened } = this;
    if (opened?.kind === 'hand' && opened.machine === machine && opened.light === light) return this.close();
    this.#open({ kind: 'hand', machine, light });
  }

  /** Opens the daily control, or closes it. */
  daily(machine: string): void {
    if (this.opened?.kind === 'daily' && this.opened.machine === machine) this.close();
    else this.#open({ kind: 'daily', machine });
  }

  /** Second tap: the reason. */
  async setLight(reason: string): Promise<void> {
    const { opened } = this;
    if (opened?.kind !== 'hand') return;
    const set = await this.act.run(() =>
      call(setLightCall, { params: { machineId: opened.machine }, body: { light: opened.light, reason } }),
    );
    if (!set) return;
    const { resource } = this.#overview;
    if (resource.data) resource.set(withLight(resource.data, set));
    this.close();
  }

  enterDaily(machine: string, outcome: DailyEntry['outcome'], remark: string): Promise<DailyEntry | undefined> {
    return this.act.run(() => call(enterDailyCall, { body: { machine, outcome, remark } }));
  }

  /** One tap: the machine is down. What follows (a reason, or that it was a mistake) is asked afterwards. */
  async fault(machine: string): Promise<void> {
    if (this.act.busy) return;
    this.#open({ kind: 'fault', machine, outage: undefined });
    const outage = await this.act.run(() => call(reportFaultCall, { params: { machineId: machine }, body: { why: '' } }));
    if (outage) this.opened = { kind: 'fault', machine, outage };
  }

  /** The reason of the fault that was reported: it is reported again with it, and stays the same one. */
  async explain(machine: string, why: string): Promise<void> {
    const outage = await this.act.run(() => call(reportFaultCall, { params: { machineId: machine }, body: { why } }));
    if (outage) this.close();
  }

  async undoFault(outage: Outage): Promise<void> {
    const body = { reason: m.qa.fault.undoReason };
    if (await this.act.run(() => call(cancelOutageCall, { params: { id: outage.id }, body }))) this.close();
  }

  #open(opened: Opened): void {
    this.act.clear();
    this.reason = '';
    this.opened = opened;
  }
}
