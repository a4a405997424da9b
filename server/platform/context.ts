import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import type { Locale } from '#shared/accounts/schemas.ts';
import { may, type Right, type Role } from '#shared/roles.ts';
import { Unavailable } from './errors.ts';
import type { EventLog, NewEvent } from './events.ts';
import { createKeyedQueue } from './queue.ts';

/** Who acts. A `screen` sees the wall and nothing else; a `key` administers; `system` is the application itself. */
export interface Actor {
  kind: 'user' | 'token' | 'key' | 'screen' | 'system';
  /** Identifier of the user or screen; null for the key and the system. */
  id: string | null;
  name: string;
  role: Role | null;
}

/** What an act leaves behind: an audit entry, and what it announces live. */
export interface Fact {
  /** Name of the act, as `dossier.moved`. */
  action: string;
  /** What was acted on, as `dossier:66f…`. */
  subject?: string;
  /** For the audit log; never names, comments or clinical content. */
  details?: Readonly<Record<string, unknown>>;
  live?: readonly NewEvent[];
}

/** First parameter of every service function: who acts, from where, at what time, and how an act is committed. */
export interface Context {
  actor: Actor;
  locale: Locale;
  /** Address of the caller. */
  from: string;
  now(): Date;
  /** Whether the actor holds a right. */
  may(right: Right): boolean;
  /**
   * Runs an act as ONE transaction: its changes, audit entries and live events are committed together or not at all; then the events
   * are emitted. Acts of one queue (a topic's name) run one after another. Called inside an act, it joins that act.
   */
  atomically<T>(queue: string, act: () => Promise<T>): Promise<T>;
  /** Writes down a fact of the act that runs. */
  record(fact: Fact): Promise<void>;
  /** Tells live what nobody did, as how far a transfer is: events without an audit entry, committed with the act that runs. */
  announce(live: readonly NewEvent[]): void;
}

/** Whether an actor holds a right: by the role he works in. */
export function actorMay(actor: Actor, right: Right): boolean {
  if (actor.kind === 'screen') return right === 'wall:read';
  if (actor.kind === 'system') return true;
  return actor.role !== null && may(actor.role, right);
}

export const SYSTEM: Actor = { kind: 'system', id: null, name: 'Vigie', role: null };

interface ContextDeps {
  connection: Connection;
  events: EventLog;
  now: () => Date;
  /** Writes an audit entry, inside the transaction that runs. */
  writeAudit: (entry: { actor: Actor; from: string; at: Date; fact: Fact }) => Promise<void>;
  /** Tests only: waits between commit and emission, so that a kill can fall there. */
  pauseAfterCommitMs?: number;
}

/** No attempt of a transaction begins after this (the driver would go on for two minutes): an act holds up every other act on its topic. */
const ACT_ATTEMPTS_MS = 3500;
const ACT_OPTIONS = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const;

export type ContextFactory = (caller: Pick<Context, 'actor' | 'locale' | 'from'>) => Context;

/** Makes the contexts of a process. */
export function createContexts(deps: ContextDeps): ContextFactory {
  const { connection, events, now } = deps;
  const inQueue = createKeyedQueue();
  const running = new AsyncLocalStorage<NewEvent[]>();

  async function atomically<T>(queue: string, act: () => Promise<T>): Promise<T> {
    if (running.getStore()) return act();
    return inQueue(queue, async () => {
      const latest = performance.now() + ACT_ATTEMPTS_MS;
      let attempts = 0;
      const done = await connection.transaction(async () => {
        attempts += 1;
        if (attempts > 1 && performance.now() > latest) throw new Unavailable(new Error(`no end after ${attempts - 1} attempts`));
        const announced: NewEvent[] = [];
        const result = await running.run(announced, act);
        return { result, stored: await events.append(announced) };
      }, ACT_OPTIONS);
      if (deps.pauseAfterCommitMs) await sleep(deps.pauseAfterCommitMs);
      for (const event of done.stored) events.offer(event);
      return done.result;
    });
  }

  return (caller) => ({
    ...caller,
    now,
    may: (right) => actorMay(caller.actor, right),
    atomically,
    async record(fact) {
      const announced = running.getStore();
      if (!announced) throw new Error(`${fact.action} was recorded outside an act`);
      await deps.writeAudit({ actor: caller.actor, from: caller.from, at: now(), fact });
      announced.push(...(fact.live ?? []));
    },
    announce(live) {
      const announced = running.getStore();
      if (!announced) throw new Error('an event was announced outside an act');
      announced.push(...live);
    },
  });
}
