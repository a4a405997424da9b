import type { Migration } from '#server/platform/mongo/migrations.ts';

/**
 * Every change of what is stored, in order; one is added at the end and never changed afterwards. The first marks the form of 0.1: data that bears a
 * higher number was written by a newer Vigie and is not touched.
 */
export const MIGRATIONS: readonly Migration[] = [{ version: 1, name: 'first form', run: () => Promise.resolve() }];
