import mongoose from 'mongoose';
import type { Client } from './app.ts';

/** What acts leave behind: live events, audit entries of acts, and the rows of the collections named. Two equal footprints: nothing was written or published. */
export async function footprint(...collections: string[]): Promise<Record<string, unknown>> {
  const rows = async (name: string, filter = {}) => mongoose.connection.collection(name).find(filter).sort({ _id: 1 }).toArray();
  const acts = await rows('audit', { action: { $not: /^session\.|refused$|opened$|listed$/ } });
  const found: Record<string, unknown> = { events: (await rows('events')).length, acts: acts.map(({ action }) => action) };
  for (const name of collections) found[name] = await rows(name);
  return found;
}

/** The actions of the audit log, newest last; of one subject when it is named. */
export async function auditedActions(subject?: string): Promise<string[]> {
  const entries = await mongoose.connection
    .collection('audit')
    .find(subject === undefined ? {} : { subject })
    .sort({ at: 1, _id: 1 })
    .toArray();
  return entries.map((entry) => String(entry.action));
}

/** One request after another on a call; the statuses. */
export async function statusesOf(calls: readonly [Client, string, string, unknown?][]): Promise<number[]> {
  const statuses: number[] = [];
  for (const [client, method, path, body] of calls) statuses.push((await client.request(method, path, body)).status);
  return statuses;
}
