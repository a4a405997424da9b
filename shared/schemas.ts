import { z } from 'zod';
import { ROLES } from './roles.ts';

/** 24 hexadecimal digits: a record's identifier. */
export const Id = z.string().regex(/^[0-9a-f]{24}$/, 'an identifier has 24 hexadecimal digits');

/** ISO 8601 UTC instant, as `2026-11-20T14:05:08.000Z`. */
export const Instant = z.iso.datetime();

/** Calendar day, as `1958-03-02`: a birth date is a day, never an instant. */
export const Day = z.iso.date();

/** Number that rises by one with every change of a record; given back with a write, so that nobody overwrites what he has not seen. */
export const Version = z.number().int().nonnegative();

/** One line of text typed by a person. */
export const Line = z.string().trim().min(1).max(200);

/** Free text typed by a person. */
export const Text = z.string().trim().max(4000);

/** Parameters of a call on one record. */
export const IdParams = z.strictObject({ id: Id });

/** A page of a list that grows: `next` is the cursor of the following page, absent on the last one. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.string().optional() });
}

/** Query of a list that pages by cursor. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});

/** Reply without content. */
export const Nothing = z.void();

export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Names of the published prototype, accepted wherever a role is read from outside. */
const ALIASES: Readonly<Record<string, Role>> = {
  manipulateur: 'technologist',
  physicien: 'physicist',
  oncologue: 'oncologist',
  dosimetrist: 'dosimetrist',
  coordination: 'coordinator',
};

/** A role as outside systems write it: our code, or the prototype's name for it. */
export const RoleFromOutside = z.preprocess(
  (value) => (typeof value === 'string' && Object.hasOwn(ALIASES, value) ? ALIASES[value] : value),
  Role,
);
