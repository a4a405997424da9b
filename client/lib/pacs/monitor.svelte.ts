import {
  abortAssociationCall,
  admitRefusalCall,
  echoPeersCall,
  ignoreRefusalCall,
  listAssociationsCall,
  listPeerLightsCall,
  listRefusalsCall,
  readPacsStatusCall,
} from '#shared/pacs/api.ts';
import type { Association, PacsRefusal, PacsStatus, PeerLight } from '#shared/pacs/schemas.ts';
import { call, failureText } from '../api/index.ts';
import { live, type Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { inView, stuckOf, withAssociations } from './associations.ts';
import { merged } from './merge.ts';

/** The status is computed when it is asked for: it is asked for while somebody looks. */
const STATUS_EVERY_MS = 30_000;
const MOST_RUNNING = 200;

export interface MonitorData {
  /** When it was read, server's clock. */
  at: number;
  status: PacsStatus;
  associations: Association[];
  /** The one that ended last before this was fetched. */
  last: Association | undefined;
  refusals: PacsRefusal[];
  lights: PeerLight[];
}

/** What a part of the page says beside itself when an act did not happen. */
type Area = 'echo' | 'abort' | `refusal:${string}`;

/** Who talks to us, live. */
export class Monitor {
  resource = new LiveResource<MonitorData>({ topics: ['pacs'], load: read, apply: applyFact });
  data = $derived(this.resource.data);
  view = $derived(inView(this.data?.associations ?? [], live.now));
  running = $derived(this.data?.associations.filter((one) => one.endedAt === null).length ?? 0);
  stuck = $derived(stuckOf(this.data?.associations ?? [], live.now));
  mute = $derived(this.data?.lights.filter((one) => one.light === 'mute') ?? []);
  silent = $derived(this.data?.lights.filter((one) => one.silent !== null) ?? []);
  busy = $state.raw<Area>();
  failures = $state<Partial<Record<Area, string>>>({});

  start(): () => void {
    const stop = this.resource.start();
    const timer = setInterval(() => void this.#refreshStatus(), STATUS_EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }

  echo(): Promise<boolean> {
    return this.#act('echo', () => call(echoPeersCall));
  }

  abort(id: string): Promise<boolean> {
    return this.#act('abort', () => call(abortAssociationCall, { params: { id } }));
  }

  admit(id: string): Promise<boolean> {
    return this.#act(`refusal:${id}`, async () => {
      await call(admitRefusalCall, { params: { id }, body: {} });
      this.#drop(id);
    });
  }

  ignore(id: string): Promise<boolean> {
    return this.#act(`refusal:${id}`, async () => {
      await call(ignoreRefusalCall, { params: { id } });
      this.#drop(id);
    });
  }

  clear(area: Area): void {
    this.failures[area] = undefined;
  }

  #drop(id: string): void {
    const { data } = this;
    if (data) this.resource.set({ ...data, refusals: data.refusals.filter((one) => one.id !== id) });
  }

  async #refreshStatus(): Promise<void> {
    if (!live.connected || this.resource.loading) return;
    try {
      const status = await call(readPacsStatusCall);
      if (this.data) this.resource.set({ ...this.data, status });
    } catch {
      // The next one, or the next fact, tells it: the stamp shows the age meanwhile.
    }
  }

  async #act(area: Area, act: () => Promise<unknown>): Promise<boolean> {
    if (this.busy !== undefined) return false;
    this.busy = area;
    this.failures[area] = undefined;
    try {
      await act();
      return true;
    } catch (error) {
      this.failures[area] = failureText(error);
      return false;
    } finally {
      this.busy = undefined;
    }
  }
}

async function read(signal: AbortSignal): Promise<MonitorData> {
  const [status, running, ended, refusals, lights] = await Promise.all([
    call(readPacsStatusCall, {}, { signal }),
    call(listAssociationsCall, { query: { state: 'running', limit: MOST_RUNNING } }, { signal }),
    call(listAssociationsCall, { query: { state: 'ended', limit: 1 } }, { signal }),
    call(listRefusalsCall, {}, { signal }),
    call(listPeerLightsCall, {}, { signal }),
  ]);
  const at = live.serverTime();
  const associations = withAssociations([], running.items, new Date(at).toISOString());
  return { at, status, associations, last: ended.items[0], refusals, lights: byTitle(lights) };
}

/** The state after a fact. */
export function applyFact(data: MonitorData, fact: Fact): MonitorData {
  switch (fact.type) {
    case 'pacs:associations':
      return withChanged(data, fact.data.changed, fact.at);
    case 'pacs:status':
      return { ...data, status: fact.data.status };
    case 'pacs:lights':
      return { ...data, lights: byTitle(merged(data.lights, fact.data.changed, (one) => one.peer)) };
    case 'pacs:peers':
      return { ...data, lights: data.lights.filter((one) => !fact.data.removed.includes(one.peer)) };
    case 'pacs:refusals':
      return { ...data, refusals: openOf(merged(data.refusals, fact.data.changed, (one) => one.id)) };
    default:
      return data;
  }
}

function withChanged(data: MonitorData, changed: Association[], at: string): MonitorData {
  const ended = changed.filter((one) => one.endedAt !== null).sort((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? ''));
  return { ...data, associations: withAssociations(data.associations, changed, at), last: ended.at(-1) ?? data.last };
}

function openOf(refusals: PacsRefusal[]): PacsRefusal[] {
  return refusals.filter((one) => one.state === 'open').sort((a, b) => b.lastAt.localeCompare(a.lastAt));
}

function byTitle(lights: PeerLight[]): PeerLight[] {
  return lights.toSorted((a, b) => a.aeTitle.localeCompare(b.aeTitle));
}
