import { SILENCE_MS } from '#shared/realtime.ts';
import { readPacsSummaryCall } from '#shared/pacs/api.ts';
import type { PacsSummary } from '#shared/pacs/schemas.ts';
import { wallCall } from '#shared/screens/api.ts';
import type { WallSnapshot } from '#shared/screens/schemas.ts';
import { ApiError, call } from '../api/index.ts';
import { locale } from '../i18n/index.ts';
import { live } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { session } from '../session/session.svelte.ts';
import { isNight, reloadDue, shiftAt } from './kiosk.ts';
import { applyFact, blockedOf, countsOf, fitBeside, machinesOf, monthIsOver } from './wall.ts';

const SECOND_MS = 1000;
/** Nothing on a wall changes faster than this but the clock. */
const STEP_MS = 5000;
/** Without a link the wall asks by HTTP, so that it learns that it was closed, and has the state as soon as anything answers. */
const ASK_AFTER_MS = 2000;
const ASK_EVERY_MS = 5000;
const CONNECT_AGAIN_MS = 3000;
const REFUSED = [401, 403];

/** What a wall shows and how it lives: nobody ever touches it, so everything that may go wrong heals here by itself. */
export class WallState {
  resource = new LiveResource<WallSnapshot>({
    topics: ['wall'],
    load: async (signal) => {
      const snapshot = await call(wallCall, {}, { signal });
      locale.ofSite({ locale: locale.current, timezone: snapshot.site.timezone });
      return snapshot;
    },
    apply: applyFact,
  });
  /** Reception, told on the same topic; the wall does without it when it cannot be read. */
  pacs = new LiveResource<PacsSummary>({
    topics: ['wall'],
    load: (signal) => call(readPacsSummaryCall, {}, { signal }),
    apply: (summary, fact) => (fact.type === 'pacs:summary' ? fact.data.summary : summary),
  });
  /** The server's time in steps: what blocked dossiers and lights are computed for. */
  step = $derived(Math.floor(live.now / STEP_MS) * STEP_MS);
  blocked = $derived(this.resource.data ? blockedOf(this.resource.data, this.step) : []);
  counts = $derived(this.resource.data ? countsOf(this.resource.data, this.blocked) : []);
  beside = $derived(fitBeside(this.counts));
  machines = $derived(this.resource.data ? machinesOf(this.resource.data, this.step) : { shown: [], others: 0, blocking: 0 });
  /** When the server confirmed last that all this is so. */
  seenAt = $derived.by(() => {
    const fetched = this.resource.data && Date.parse(this.resource.data.at);
    const confirmed = live.confirmedAt('wall');
    return confirmed === undefined || fetched === undefined ? (confirmed ?? fetched) : Math.max(confirmed, fetched);
  });
  /** The tiles alone are old: the server is heard, but does not confirm them. */
  old = $derived(this.seenAt !== undefined && live.now - this.seenAt > SILENCE_MS);
  /** The administrator closed this screen, or it was never opened. */
  refused = $derived(this.resource.error instanceof ApiError && REFUSED.includes(this.resource.error.status));
  shift = $derived(shiftAt(this.step));
  night = $derived(isNight(this.step, locale.timezone));
  #device = $state(Date.now());
  /** Seconds until the next try to reach the server; undefined while one runs. */
  nextTryInS = $derived.by(() => {
    const at = this.resource.nextTryAt ?? this.#askedAt + ASK_EVERY_MS;
    return this.resource.loading ? undefined : Math.max(1, Math.ceil((at - this.#device) / SECOND_MS));
  });
  #startedAt: number | undefined;
  #askedAt = $state(0);
  #unlinkedAt: number | undefined;
  #connecting: ReturnType<typeof setTimeout> | undefined;

  /** Lives until the returned function is called. */
  start(): () => void {
    const stops = [this.resource.start(), this.pacs.start()];
    const timer = setInterval(() => this.#look(), SECOND_MS);
    this.#connect();
    return () => {
      for (const stop of stops) stop();
      clearInterval(timer);
      clearTimeout(this.#connecting);
      if (session.status !== 'signed') live.stop(); // a person's session keeps its own connection
    };
  }

  #connect(): void {
    live.start().catch(() => {
      // The code of the connection could not be loaded: the server went away just then.
      live.stop();
      this.#connecting = setTimeout(() => this.#connect(), CONNECT_AGAIN_MS);
    });
  }

  #look(): void {
    this.#device = Date.now();
    const now = live.serverTime();
    const { data } = this.resource;
    if (live.connected) this.#unlinkedAt = undefined;
    else this.#askWithoutLink();
    if (!data || !live.connected || !live.heard) return;
    this.#startedAt ??= now;
    // Only while the server answers: a page that reloads into nothing would need somebody to press a key.
    if (reloadDue(this.#startedAt, now, locale.timezone)) location.reload();
    else if (monthIsOver(data, now)) this.#ask();
  }

  #askWithoutLink(): void {
    this.#unlinkedAt ??= Date.now();
    if (Date.now() - this.#unlinkedAt >= ASK_AFTER_MS && this.resource.nextTryAt === undefined) this.#ask();
  }

  #ask(): void {
    if (this.resource.loading || Date.now() - this.#askedAt < ASK_EVERY_MS) return;
    this.#askedAt = Date.now();
    void this.resource.reload();
  }
}
