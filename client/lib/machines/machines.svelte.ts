import { listMachinesCall } from '#shared/machines/api.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import { listLightsCall, setLightCall } from '#shared/qa/api.ts';
import { blocks } from '#shared/qa/lights.ts';
import type { Light, SetLight } from '#shared/qa/schemas.ts';
import type { z } from 'zod';
import { call, failureText } from '../api/index.ts';
import { live, type Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { machineLights } from './machine-lights.ts';

export type HandLight = z.infer<typeof SetLight>['light'];

/** A light under way of being set by hand: the first tap chose the colour. */
interface Setting {
  machine: string;
  light: HandLight;
}

/** Machines in service with their lights, and the light that is being set by hand. */
export class MachinesState {
  machines = new LiveResource<Machine[]>({
    topics: ['machines'],
    load: (signal) => call(listMachinesCall, {}, { signal }),
    apply: withMachine,
  });
  lights = new LiveResource<Light[]>({ topics: ['qa'], load: (signal) => call(listLightsCall, {}, { signal }), apply: withLightOf });
  setting = $state<Setting>();
  reason = $state('');
  failure = $state<string>();
  busy = $state(false);
  ready = $derived(this.machines.data !== undefined && this.lights.data !== undefined);
  /** A light ends at midnight by itself: it is judged at the server's time, each second. */
  rows = $derived(machineLights(this.machines.data ?? [], this.lights.data ?? [], live.now));
  blocking = $derived(this.rows.filter((row) => blocks(row.light.light)).length);
  error = $derived(this.machines.error ?? this.lights.error);
  nextTryAt = $derived(this.machines.nextTryAt ?? this.lights.nextTryAt);

  start(): () => void {
    const ends = [this.machines.start(), this.lights.start()];
    return () => ends.forEach((end) => end());
  }

  reload(): void {
    void this.machines.reload();
    void this.lights.reload();
  }

  /** First tap: the colour. The same again gives up. */
  choose(machine: string, light: HandLight): void {
    const same = this.setting?.machine === machine && this.setting.light === light;
    this.setting = same ? undefined : { machine, light };
    this.failure = undefined;
  }

  /** Second tap: the reason. True when the light is set. */
  async set(reason: string): Promise<boolean> {
    const { setting } = this;
    if (!setting || this.busy) return false;
    this.busy = true;
    this.failure = undefined;
    try {
      const light = await call(setLightCall, { params: { machineId: setting.machine }, body: { light: setting.light, reason } });
      if (this.lights.data) this.lights.set(withLight(this.lights.data, light));
      this.cancel();
      return true;
    } catch (error) {
      this.failure = failureText(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  cancel(): void {
    this.setting = undefined;
    this.reason = '';
    this.failure = undefined;
  }
}

function withMachine(machines: Machine[], fact: Fact): Machine[] {
  if (fact.type !== 'machine:changed') return machines;
  const { machine } = fact.data;
  const known = machines.find((one) => one.id === machine.id);
  if (!known) return [...machines, machine];
  return known.version > machine.version ? machines : machines.map((one) => (one === known ? machine : one));
}

function withLightOf(lights: Light[], fact: Fact): Light[] {
  return fact.type === 'light:changed' ? withLight(lights, fact.data.light) : lights;
}

/** A light has no version: the one determined later holds. */
function withLight(lights: Light[], light: Light): Light[] {
  const known = lights.find((one) => one.machine === light.machine);
  if (known?.asOf && light.asOf && Date.parse(known.asOf) > Date.parse(light.asOf)) return lights;
  return [...lights.filter((one) => one !== known), light];
}
