import { listHistoryCall } from '#shared/dossiers/api.ts';
import type { HistoryEntry } from '#shared/dossiers/schemas.ts';
import { call } from '../api/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { joined } from './history-pages.ts';

const PAGE = 20;

interface HistoryPage {
  items: HistoryEntry[];
  next?: string | undefined;
}

/** The history of a dossier: its newest page follows by itself, older ones are fetched when asked for. */
export class History {
  #id: string;
  #newest: LiveResource<HistoryPage>;
  #older = $state.raw<HistoryEntry[]>([]);
  #next = $state<string>();
  /** Why the last older page could not be read. */
  olderError = $state.raw<unknown>();
  fetching = $state(false);

  constructor(id: string) {
    this.#id = id;
    this.#newest = new LiveResource({ topics: [`dossier:${id}`], load: (signal) => this.#read(undefined, signal) });
  }

  start(): () => void {
    return this.#newest.start();
  }

  get entries(): HistoryEntry[] | undefined {
    return this.#newest.data && joined(this.#newest.data.items, this.#older);
  }

  get error(): unknown {
    return this.#newest.error;
  }

  get more(): boolean {
    return this.#cursor !== undefined;
  }

  reload(): void {
    void this.#newest.reload();
  }

  async readOlder(): Promise<void> {
    const cursor = this.#cursor;
    if (cursor === undefined || this.fetching) return;
    this.fetching = true;
    this.olderError = undefined;
    try {
      const page = await this.#read(cursor);
      this.#older = joined(this.entries ?? [], page.items);
      this.#next = page.next;
    } catch (error) {
      this.olderError = error;
    } finally {
      this.fetching = false;
    }
  }

  get #cursor(): string | undefined {
    return this.#older.length > 0 ? this.#next : this.#newest.data?.next;
  }

  #read(cursor: string | undefined, signal?: AbortSignal): Promise<HistoryPage> {
    return call(listHistoryCall, { params: { id: this.#id }, query: { limit: PAGE, cursor } }, signal ? { signal } : {});
  }
}
