import type { FactData, FactEvents, TopicEvent } from '#shared/realtime.ts';
import { ROLES } from '#shared/roles.ts';
import type { Actor } from '../context.ts';
import type { StoredEvent } from '../events.ts';

/** Who watches, as far as a presentation may depend on it: everybody of one class receives the same. */
export type Viewer = { kind: 'role'; role: NonNullable<Actor['role']> } | { kind: 'screen'; level: 0 | 1 };

/** What a viewer may see of a fact; undefined: he receives the revision, hidden. */
export type Presenter<T extends keyof FactEvents> = (data: FactData<T>, viewer: Viewer) => unknown;
export type Presenters = { [T in Exclude<keyof FactEvents, 'hidden'>]: Presenter<T> };

/** Every class of viewers: a fact is presented once for each that watches. */
export const CLASSES: ReadonlyMap<string, Viewer> = new Map(
  [...ROLES.map((role): Viewer => ({ kind: 'role', role })), ...([0, 1] as const).map((level): Viewer => ({ kind: 'screen', level }))].map(
    (viewer) => [classOf(viewer), viewer],
  ),
);

/** The name of a viewer's class. */
export function classOf(viewer: Viewer): string {
  return viewer.kind === 'role' ? viewer.role : `screen${viewer.level}`;
}

/** A stored fact as a viewer receives it: presented, or hidden with its revision alone. */
export function present(presenters: Presenters, event: StoredEvent, viewer: Viewer): TopicEvent {
  const presenter = presenters[event.type as keyof Presenters] as ((data: unknown, viewer: Viewer) => unknown) | undefined; // by the stored name
  const data = presenter?.(event.data, viewer);
  const envelope = { topic: event.topic, revision: event.revision, at: event.at.toISOString() };
  return data === undefined ? { ...envelope, type: 'hidden', data: undefined } : { ...envelope, type: event.type, data };
}
