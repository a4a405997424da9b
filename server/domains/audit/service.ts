import { createHash } from 'node:crypto';
import { Types, type QueryFilter } from 'mongoose';
import type { z } from 'zod';
import type { AuditEntry, AuditQuery } from '#shared/audit/schemas.ts';
import { plainText } from '#shared/text.ts';
import type { Actor, Context, Fact } from '#server/platform/context.ts';
import { Invalid } from '#server/platform/errors.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { AuditModel, type AuditRow } from './model.ts';
import { presentEntry } from './present.ts';

/** Who did what, when and from where. */
export interface NewEntry {
  actor: Actor;
  from: string;
  at: Date;
  fact: Pick<Fact, 'action' | 'subject' | 'details'>;
}

/** Writes an entry; inside an act, in the act's own transaction. */
export async function writeAudit(entry: NewEntry): Promise<void> {
  await AuditModel.insertMany([rowOf(entry)], { lean: true });
}

/** Writes an entry that stays although the act is refused: a refused sign-in, a wrong password. Never part of a transaction. */
export async function auditOutside(entry: NewEntry): Promise<void> {
  await AuditModel.insertMany([rowOf(entry)], { lean: true, session: null });
}

/** An opening of a record or a list of patients. */
export interface Access {
  action: string;
  subject?: string;
  /** Minutes within which the same person's same access is written once. */
  windowMin: number;
  /** What tells one access from another besides action and subject, as a view's filters; kept as a digest only. */
  key?: string;
  details?: Readonly<Record<string, unknown>>;
}

const MINUTE_MS = 60_000;

/**
 * Writes down who opened or listed what: one entry per person, access and window. Two requests at once write one: the unique index on the
 * window decides, not the look before it.
 */
export async function auditAccess(ctx: Context, { action, subject, windowMin, key, details }: Access): Promise<void> {
  const at = ctx.now();
  const windowMs = windowMin * MINUTE_MS;
  const digest = createHash('sha256')
    .update(JSON.stringify([ctx.actor.kind, ctx.actor.id, ctx.actor.role, action, subject, key]))
    .digest('base64url');
  const window = Math.floor(at.getTime() / windowMs);
  const keyOf = (number: number) => `${digest}:${number}`;
  const lately = { accessKey: { $in: [keyOf(window), keyOf(window - 1)] }, at: { $gt: new Date(at.getTime() - windowMs) } };
  if (await AuditModel.exists(lately).session(null)) return;
  const row = rowOf({
    actor: ctx.actor,
    from: ctx.from,
    at,
    fact: { action, ...(subject ? { subject } : {}), ...(details ? { details } : {}) },
  });
  try {
    await AuditModel.insertMany([{ ...row, accessKey: keyOf(window) }], { lean: true, session: null });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

type Query = z.output<typeof AuditQuery>;

/**
 * The log, newest first. `actor` is a user's identifier or whole name (case and accents aside), `action` the beginning of a name.
 */
export async function listAudit({ limit, cursor, ...filters }: Query): Promise<{ items: AuditEntry[]; next?: string }> {
  const rows = await AuditModel.find({ ...matching(filters), ...(cursor ? olderThan(cursor) : {}) })
    .sort({ at: -1, _id: -1 })
    .limit(limit + 1)
    .lean();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(presentEntry), ...(rows.length > limit && last ? { next: cursorOf(last) } : {}) };
}

function matching({ actor, action, subject, from, to }: Omit<Query, 'limit' | 'cursor'>): QueryFilter<AuditRow> {
  return {
    ...(actor ? byActor(actor) : {}),
    ...(action ? { action: { $gte: action, $lt: `${action}\u{FFFF}` } } : {}),
    ...(subject ? { subject } : {}),
    ...(from || to ? { at: { ...(from ? { $gte: new Date(from) } : {}), ...(to ? { $lt: new Date(to) } : {}) } } : {}),
  };
}

function byActor(actor: string): QueryFilter<AuditRow> {
  return /^[0-9a-f]{24}$/.test(actor) ? { actorId: actor } : { actorKey: plainText(actor) };
}

function cursorOf(row: AuditRow): string {
  return `${row.at.getTime()}.${row._id.toHexString()}`;
}

function olderThan(cursor: string): QueryFilter<AuditRow> {
  const [, time, id] = /^(\d{1,15})\.([0-9a-f]{24})$/.exec(cursor) ?? [];
  if (!time || !id) throw new Invalid([{ where: 'query', path: 'cursor', message: 'not a cursor of this list' }]);
  const at = new Date(Number(time));
  return { $or: [{ at: { $lt: at } }, { at, _id: { $lt: new Types.ObjectId(id) } }] };
}

function rowOf({ actor, from, at, fact }: NewEntry): AuditRow {
  return {
    _id: new Types.ObjectId(),
    at,
    actor: actor.name,
    actorKey: plainText(actor.name),
    actorId: actor.id,
    role: actor.role,
    action: fact.action,
    subject: fact.subject ?? null,
    from,
    details: { ...fact.details },
  };
}
