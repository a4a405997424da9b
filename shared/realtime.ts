import type { DossierEvents } from './dossiers/events.ts';
import type { MachineEvents } from './machines/events.ts';
import type { NotificationEvents } from './notifications/events.ts';
import type { PacsEvents } from './pacs/events.ts';
import type { PatientEvents } from './patients/events.ts';
import type { QaEvents } from './qa/events.ts';
import type { ScreenEvents } from './screens/events.ts';
import type { SettingsEvents } from './accounts/events.ts';
import type { TopicEvent } from './topics.ts';

export { PLAIN_TOPICS, parseTopic, type PlainTopic, type Topic, type TopicEvent } from './topics.ts';

/** Answer to `watch`. `stale`: too much was missed to send it; fetch the state anew. */
export type WatchReply = { ok: true; revision: number; stale?: true } | { ok: false; code: string };

/** Every 10 s: the server's time, its build and the revisions of the topics that this client watches. */
export interface Heartbeat {
  at: string;
  build: string;
  revisions: Record<string, number>;
}

/** Milliseconds without a heartbeat after which a screen says that it may be wrong. */
export const SILENCE_MS = 30_000;
export const HEARTBEAT_MS = 10_000;

export interface ClientToServer {
  watch: (request: { topic: string; last?: number }, reply: (answer: WatchReply) => void) => void;
  unwatch: (request: { topic: string }, reply?: (answer: { ok: boolean }) => void) => void;
}

/** Facts of every domain, by the name of the Socket.IO event. */
export interface FactEvents
  extends DossierEvents, MachineEvents, NotificationEvents, PacsEvents, PatientEvents, QaEvents, ScreenEvents, SettingsEvents {
  hidden: (event: TopicEvent<undefined>) => void;
}

export interface ServerToClient extends FactEvents {
  heartbeat: (beat: Heartbeat) => void;
  /** The session ended or changed on the server; the client asks anew who it is. */
  'session:ended': (why: { code: string }) => void;
}

/** Data of a fact, by its type. */
export type FactData<T extends keyof FactEvents> = Parameters<FactEvents[T]>[0]['data'];
