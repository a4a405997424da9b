import {
  enterDailyCall,
  justifyCall,
  releaseControlCall,
  rewordJustificationCall,
  rewordRemarkCall,
  withdrawJustificationCall,
  writeRemarkCall,
} from '#shared/qa/api.ts';
import type { DailyEntry } from '#shared/qa/schemas.ts';
import { call } from '../api/index.ts';
import { Act } from './act.svelte.ts';
import type { PeriodKey } from './year.svelte.ts';

/** What is written to a period. Each act says whether it was done; why not stays beside it. */
export class PeriodActs {
  readonly remark = new Act();
  readonly justification = new Act();
  readonly daily = new Act();
  readonly release = new Act();
  readonly #key: PeriodKey;
  readonly #done: () => void;

  constructor(key: PeriodKey, done: () => void) {
    this.#key = key;
    this.#done = done;
  }

  writeRemark(text: string): Promise<boolean> {
    return this.#run(this.remark, () => call(writeRemarkCall, { body: { ...this.#key, text } }));
  }

  rewordRemark(id: string, text: string): Promise<boolean> {
    return this.#run(this.remark, () => call(rewordRemarkCall, { params: { id }, body: { text } }));
  }

  justify(text: string, expires: string | null): Promise<boolean> {
    return this.#run(this.justification, () => call(justifyCall, { body: { ...this.#key, text, expires } }));
  }

  rewordJustification(id: string, text: string): Promise<boolean> {
    return this.#run(this.justification, () => call(rewordJustificationCall, { params: { id }, body: { text } }));
  }

  withdraw(id: string, reason: string): Promise<boolean> {
    return this.#run(this.justification, () => call(withdrawJustificationCall, { params: { id }, body: { reason } }));
  }

  enterDaily(outcome: DailyEntry['outcome'], remark: string): Promise<boolean> {
    const { machine, period: day } = this.#key;
    return this.#run(this.daily, () => call(enterDailyCall, { body: { machine, day, outcome, remark } }));
  }

  releaseControl(control: number, reason: string): Promise<boolean> {
    return this.#run(this.release, async () => {
      await call(releaseControlCall, { params: { control }, body: { reason } });
      return true;
    });
  }

  async #run(act: Act, send: () => Promise<unknown>): Promise<boolean> {
    const done = (await act.run(send)) !== undefined;
    if (done) this.#done();
    return done;
  }
}
