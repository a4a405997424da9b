import { listMovesCall, moveDossierCall, readDossierCall, readWorkflowCall, undoMoveCall } from '#shared/dossiers/api.ts';
import type { Dossier, Move } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import type { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { listMachinesCall } from '#shared/machines/api.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import { listLightsCall } from '#shared/qa/api.ts';
import { lightAt } from '#shared/qa/lights.ts';
import type { Light, LightColour } from '#shared/qa/schemas.ts';
import { ApiError, call } from '../api/index.ts';
import { m, words } from '../i18n/index.ts';
import type { Fact } from '../live/facts.ts';
import { live } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { session } from '../session/session.svelte.ts';
import { Acts } from './acts.svelte.ts';
import { changedParts, type Part } from './changed-parts.ts';
import { History } from './history.svelte.ts';
import { gateAt } from './lights.ts';

/** How long the ring of somebody else's change stays. */
const ARRIVAL_MS = 4000;

/** One dossier as the page follows it: the dossier itself, the lights, the workflow, the steps from here, and what is done here. */
export class DossierState {
  readonly id: string;
  readonly history: History;
  readonly acts: Acts;
  readonly dossierFeed: LiveResource<Dossier | null>;
  readonly #machines: LiveResource<Machine[]>;
  readonly #lights: LiveResource<Light[]>;
  readonly #workflow: LiveResource<Workflow>;
  readonly #moves: LiveResource<Move[]>;
  /** What somebody else just changed, and who. */
  arrived = $state.raw<{ by: string; parts: readonly Part[] }>();
  /** When the steps from here were judged last (server's clock). */
  movesAt = $state<number>();
  #arrival: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string) {
    this.id = id;
    this.history = new History(id);
    this.dossierFeed = new LiveResource<Dossier | null>({
      topics: [`dossier:${id}`],
      load: (signal) => this.#read(signal),
      apply: (data, fact) => this.#apply(data, fact),
    });
    this.#machines = new LiveResource({ topics: ['machines'], load: (signal) => call(listMachinesCall, {}, { signal }) });
    this.#lights = new LiveResource({ topics: ['qa'], load: (signal) => call(listLightsCall, {}, { signal }), apply: withNewLight });
    this.#workflow = new LiveResource({
      topics: ['settings'],
      load: (signal) => call(readWorkflowCall, {}, { signal }),
      apply: (data, fact) => (fact.type === 'workflow:changed' ? fact.data.workflow : data),
    });
    this.#moves = new LiveResource({ topics: [`dossier:${id}`, 'qa', 'settings'], load: (signal) => this.#judge(signal) });
    this.acts = new Acts({ version: () => this.dossier?.version ?? 0, take: (dossier) => this.#take(dossier) });
  }

  /** Follows the dossier and what it depends on until the returned function is called. */
  start(): () => void {
    const ends = [this.dossierFeed, this.#machines, this.#lights, this.#workflow].map((one) => one.start());
    return () => {
      for (const end of ends) end();
      clearTimeout(this.#arrival);
    };
  }

  /** Follows what only an existing dossier has: its steps and its history. */
  startRest(): () => void {
    const ends = [this.#moves.start(), this.history.start()];
    return () => {
      for (const end of ends) end();
    };
  }

  get dossier(): Dossier | undefined {
    return this.dossierFeed.data ?? undefined;
  }

  get workflow(): Workflow | undefined {
    return this.#workflow.data;
  }

  get moves(): Move[] {
    return this.#moves.data ?? [];
  }

  get judging(): boolean {
    return this.#moves.loading;
  }

  /** Machines in service, in the registry's order. */
  get machines(): Machine[] {
    return (this.#machines.data ?? []).filter((machine) => machine.active);
  }

  /** The light of the dossier's machine now; one that ended is unknown by itself. */
  get light(): Light | undefined {
    const id = this.dossier?.machine?.id;
    const lights = this.#lights.data;
    return id === undefined || !lights ? undefined : currentLight(lights, id, live.coarse);
  }

  /** What the light means for a session: an override lets it start. */
  get gate(): LightColour {
    return gateAt(this.light, live.coarse);
  }

  /** Until when the own last move can be taken back (epoch ms). */
  get undoUntil(): number | undefined {
    const until = this.dossier?.undoUntil;
    return until ? Date.parse(until) : undefined;
  }

  machineName = (id: string): string => this.#machines.data?.find((machine) => machine.id === id)?.name ?? id;

  move(target: Status, comment?: string): Promise<boolean> {
    return this.acts.run({
      area: 'move',
      wanted: m.dossier.moveTo(words().statuses[target]),
      now: this.#where,
      send: (version) => call(moveDossierCall, { params: { id: this.id }, body: { target, version, comment } }),
    });
  }

  undo(): Promise<boolean> {
    return this.acts.run({
      area: 'move',
      wanted: m.ui.undo,
      now: this.#where,
      send: (version) => call(undoMoveCall, { params: { id: this.id }, body: { version } }),
    });
  }

  #where = (): string => (this.dossier ? words().statuses[this.dossier.status] : '');

  /** Judges the steps from here anew. */
  async judge(): Promise<void> {
    await this.#moves.reload();
  }

  async #read(signal: AbortSignal): Promise<Dossier | null> {
    try {
      return await call(readDossierCall, { params: { id: this.id } }, { signal });
    } catch (error) {
      // An address that names no dossier is an answer, not a failure to be tried again.
      if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return null;
      throw error;
    }
  }

  async #judge(signal: AbortSignal): Promise<Move[]> {
    const moves = await call(listMovesCall, { params: { id: this.id } }, { signal });
    this.movesAt = live.serverTime();
    return moves;
  }

  #take(dossier: Dossier): void {
    const held = this.dossier;
    if (held && dossier.version < held.version) return;
    this.dossierFeed.set(dossier);
  }

  #apply(held: Dossier | null, fact: Fact): Dossier | null {
    if (fact.type !== 'dossier:moved' && fact.type !== 'dossier:changed' && fact.type !== 'dossier:created') return held;
    const { dossier, by } = fact.data;
    // What the own call answered with knows more: until when the move can be taken back.
    if (!dossier || (held && dossier.version <= held.version)) return held;
    if (held && by !== session.current?.user.name) this.#arrive(by, changedParts(held, dossier));
    return dossier;
  }

  #arrive(by: string, parts: readonly Part[]): void {
    this.arrived = { by, parts };
    clearTimeout(this.#arrival);
    this.#arrival = setTimeout(() => (this.arrived = undefined), ARRIVAL_MS);
  }
}

/** A light that ended is unknown from then on. */
function currentLight(lights: readonly Light[], machine: string, at: number): Light {
  const now = new Date(at);
  return lightAt(
    lights.find((light) => light.machine === machine),
    machine,
    now,
  );
}

function withNewLight(lights: Light[], fact: Fact): Light[] {
  if (fact.type !== 'light:changed') return lights;
  const { light } = fact.data;
  return [...lights.filter((one) => one.machine !== light.machine), light];
}
