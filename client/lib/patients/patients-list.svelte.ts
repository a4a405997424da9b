import { listPatientsCall } from '#shared/patients/api.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { call } from '../api/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

const PAGE = 100;
const MOST = 500;
const TYPING_MS = 250;

interface Loaded {
  items: Patient[];
  next?: string | undefined;
}

/** The list of patients, by name from the start of what is typed; it follows what others create and correct. */
export class PatientsList {
  text = $state('');
  loadingMore = $state(false);
  moreFailed = $state.raw<unknown>();
  resource = new LiveResource<Loaded>({
    topics: ['patients'],
    load: (signal) => call(listPatientsCall, { query: { q: this.text, limit: this.#size() } }, { signal }),
    apply: (loaded, fact) => applyFact(loaded, fact, this.text),
  });
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): () => void {
    const stop = this.resource.start();
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  /** Searches when the person stops typing. */
  search(text: string): void {
    if (text === this.text) return;
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.resource.reload(), TYPING_MS);
  }

  async more(): Promise<void> {
    const loaded = this.resource.data;
    if (!loaded?.next || this.loadingMore) return;
    this.loadingMore = true;
    this.moreFailed = undefined;
    const text = this.text;
    try {
      const page = await call(listPatientsCall, { query: { q: text, limit: PAGE, cursor: loaded.next } });
      const now = this.resource.data;
      if (text === this.text && now?.next === loaded.next) this.resource.set({ items: [...now.items, ...page.items], next: page.next });
    } catch (error) {
      this.moreFailed = error;
    } finally {
      this.loadingMore = false;
    }
  }

  /** After a gap as much is fetched again as was in view. */
  #size(): number {
    return Math.min(MOST, Math.max(PAGE, this.resource?.data?.items.length ?? 0));
  }
}

/** The list after a fact: a correction shows in its place, a new patient where his name belongs. */
export function applyFact(loaded: Loaded, fact: Fact, text: string): Loaded {
  if (fact.type !== 'patient:created' && fact.type !== 'patient:changed') return loaded;
  const { patient } = fact.data;
  const known = loaded.items.find((one) => one.id === patient.id);
  if (known) {
    if (known.version >= patient.version) return loaded;
    return { ...loaded, items: loaded.items.map((one) => (one === known ? patient : one)) };
  }
  if (fact.type === 'patient:changed' || !startsWith(patient, text)) return loaded;
  const at = loaded.items.findIndex((one) => plain(one.lastName) > plain(patient.lastName));
  if (at >= 0) return { ...loaded, items: loaded.items.toSpliced(at, 0, patient) };
  // Behind the last one in view: with the next page when there is one.
  return loaded.next === undefined ? { ...loaded, items: [...loaded.items, patient] } : loaded;
}

/** As the server searches: the start of IPP or names, without accents and case. */
function startsWith({ ipp, lastName, firstName }: Patient, text: string): boolean {
  const wanted = plain(text);
  return [ipp, lastName, firstName, `${lastName}${firstName}`].some((word) => plain(word).startsWith(wanted));
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^\p{Letter}\p{Number}]/gu, '')
    .toLowerCase();
}
