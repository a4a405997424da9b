import { listDossiersCall, listMovesCall, moveDossierCall, readWorkflowCall, undoMoveCall } from '#shared/dossiers/api.ts';
import { listMachinesCall } from '#shared/machines/api.ts';
import { listLightsCall } from '#shared/qa/api.ts';
import { call } from '../api/index.ts';
import { live } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import type { Attempt } from './attempt.ts';
import type { DossiersSource } from './dossiers.svelte.ts';

/** The server, as the board's own states see it. */
export const dossiersSource: DossiersSource = {
  watch: (watcher) => live.watch('dossiers', watcher),
  list: (query, signal) => call(listDossiersCall, { query }, { signal }),
};

export const moves = {
  list: (id: string) => call(listMovesCall, { params: { id } }),
  move: ({ id, ...body }: Attempt) => call(moveDossierCall, { params: { id }, body }),
  undo: (id: string, version: number) => call(undoMoveCall, { params: { id }, body: { version } }),
};

/** The registry of machines, followed live. */
export function machinesResource() {
  return new LiveResource({
    topics: ['machines'],
    load: async (signal) => new Map((await call(listMachinesCall, {}, { signal })).map((machine) => [machine.id, machine])),
    apply: (machines, fact) =>
      fact.type === 'machine:changed' ? new Map(machines).set(fact.data.machine.id, fact.data.machine) : machines,
  });
}

/** The lights of the machines, followed live. */
export function lightsResource() {
  return new LiveResource({
    topics: ['qa'],
    load: async (signal) => new Map((await call(listLightsCall, {}, { signal })).map((light) => [light.machine, light])),
    apply: (lights, fact) => (fact.type === 'light:changed' ? new Map(lights).set(fact.data.light.machine, fact.data.light) : lights),
  });
}

/** The workflow in force, followed live. */
export function workflowResource() {
  return new LiveResource({
    topics: ['settings'],
    load: (signal) => call(readWorkflowCall, {}, { signal }),
    apply: (workflow, fact) => (fact.type === 'workflow:changed' ? fact.data.workflow : workflow),
  });
}
