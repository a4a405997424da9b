import {
  askOverrideCall,
  cancelOutageCall,
  confirmOverrideCall,
  endOverrideCall,
  listControlsCall,
  machineStatusCall,
  planOutageCall,
  reportFaultCall,
  returnToServiceCall,
  tickControlCall,
} from '#shared/qa/api.ts';
import type { MachineStatusReply, Outage } from '#shared/qa/status-schemas.ts';
import { call } from '../api/index.ts';
import { m } from '../i18n/index.ts';
import { Act } from './act.svelte.ts';
import { followQa } from './follow.svelte.ts';

type Kind = 'downtime' | 'maintenance';

/** What keeps one machine from treating, and every act on that. */
export class MachineStatusState {
  readonly machine: string;
  resource;
  readonly fault = new Act();
  readonly planning = new Act();
  readonly controls = new Act();
  readonly returning = new Act();
  readonly override = new Act();
  /** Two boxes ticked at once are sent one after the other. */
  #ticked: Promise<Outage | undefined> = Promise.resolve(undefined);

  constructor(machine: string) {
    this.machine = machine;
    this.resource = followQa<MachineStatusReply>(
      (signal) => call(machineStatusCall, { params: { machineId: machine } }, { signal }),
      (fact) =>
        (fact.type === 'qa:outage' && fact.data.outage.machine === machine) ||
        (fact.type === 'light:changed' && fact.data.light.machine === machine),
    );
  }

  report(why: string): Promise<Outage | undefined> {
    return this.#run(this.fault, () => call(reportFaultCall, { params: this.#params, body: { why } }));
  }

  /** The fault was a mistake. */
  undo(outage: Outage): Promise<Outage | undefined> {
    return this.cancel(outage, m.qa.fault.undoReason, this.fault);
  }

  plan(kind: Kind, from: string, to: string | null, why: string): Promise<Outage | undefined> {
    return this.#run(this.planning, () => call(planOutageCall, { params: this.#params, body: { kind, from, to, why } }));
  }

  cancel({ id }: Outage, reason: string, act: Act = this.planning): Promise<Outage | undefined> {
    return this.#run(act, () => call(cancelOutageCall, { params: { id }, body: { reason } }));
  }

  list({ id }: Outage, controls: string[]): Promise<Outage | undefined> {
    return this.#run(this.controls, () => call(listControlsCall, { params: { id }, body: { controls } }));
  }

  tick({ id }: Outage, name: string, done: boolean): Promise<Outage | undefined> {
    const tick = () => this.#run(this.controls, () => call(tickControlCall, { params: { id }, body: { name, done } }));
    return (this.#ticked = this.#ticked.then(tick));
  }

  giveBack({ id }: Outage, password: string, remark: string): Promise<Outage | undefined> {
    return this.#run(this.returning, () => call(returnToServiceCall, { params: { id }, body: { password, remark } }));
  }

  askOverride(reason: string) {
    return this.#run(this.override, () => call(askOverrideCall, { params: this.#params, body: { reason } }));
  }

  confirmOverride() {
    return this.#run(this.override, () => call(confirmOverrideCall, { params: this.#params }));
  }

  endOverride() {
    return this.#run(this.override, () => call(endOverrideCall, { params: this.#params }));
  }

  get #params() {
    return { machineId: this.machine };
  }

  async #run<T>(act: Act, send: () => Promise<T>): Promise<T | undefined> {
    const done = await act.run(send);
    if (done !== undefined) void this.resource.reload();
    return done;
  }
}
