import type { Context } from './context.ts';

type Listener<T> = (ctx: Context, fact: T) => Promise<void>;

/**
 * A domain event: how a domain speaks uphill, to domains that it may not import. The owner publishes inside its act; listeners run in the same
 * transaction, so that either all of it happened or nothing did. Declared in the owner's `index.ts`.
 */
export interface Signal<T> {
  readonly name: string;
  listen(listener: Listener<T>): void;
  publish(ctx: Context, fact: T): Promise<void>;
}

/** Declares a domain event by its name, as `patient.changed`. */
export function signal<T>(name: string): Signal<T> {
  const listeners = new Set<Listener<T>>();
  return {
    name,
    listen: (listener) => void listeners.add(listener),
    async publish(ctx, fact) {
      for (const listener of listeners) await listener(ctx, fact);
    },
  };
}
