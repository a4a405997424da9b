import { z } from 'zod';
import { ClearanceSchema } from '../dossiers/schemas.ts';
import { Status } from '../dossiers/workflow-schemas.ts';
import { Machine } from '../machines/schemas.ts';
import { Light } from '../qa/schemas.ts';
import { Id, Instant, Line, Version } from '../schemas.ts';

/**
 * What a screen may show of people, decided by the server: 0 counts only, 1 initials and number. Names (2) are for workstations:
 * on these screens they come with a later page.
 */
export const PrivacyLevel = z.union([z.literal(0), z.literal(1)]);
export type PrivacyLevel = z.infer<typeof PrivacyLevel>;

/** A dossier as a wall may see it: no name, IPP, birth date or pathology. `initials` and `number` are null at level 0. */
export const WallDossier = z.strictObject({
  /** Opaque; tells one dossier from another, leads nowhere. */
  key: Id,
  version: Version,
  number: z.number().int().positive().nullable(),
  initials: z.string().nullable(),
  status: Status,
  enteredAt: Instant,
  dueAt: Instant.nullable(),
  clearance: ClearanceSchema,
});
export type WallDossier = z.infer<typeof WallDossier>;

/** What a wall shows at first; from then on it follows the topic `wall`. */
export const WallSnapshot = z.strictObject({
  at: Instant,
  site: z.strictObject({ name: z.string(), timezone: z.string() }),
  level: PrivacyLevel,
  /** Every open dossier. */
  dossiers: z.array(WallDossier),
  closedThisMonth: z.number().int().nonnegative(),
  machines: z.array(Machine),
  lights: z.array(Light),
});
export type WallSnapshot = z.infer<typeof WallSnapshot>;

/** A screen asks to be opened: it shows `code` to an administrator and keeps `secret` to itself. */
export const Pairing = z.strictObject({ code: z.string(), secret: z.string(), expiresAt: Instant });

/** Where a pairing stands; when it is opened, the answer sets the cookie `vigie_screen`. */
export const PairingState = z.strictObject({ state: z.enum(['waiting', 'opened', 'expired']) });

export const OpenScreen = z.strictObject({
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z0-9]{6}$/, 'a code has six letters or digits'),
  name: Line,
  level: PrivacyLevel.default(1),
});

export const Screen = z.strictObject({
  id: Id,
  version: Version,
  name: z.string(),
  level: PrivacyLevel,
  openedBy: z.string(),
  openedAt: Instant,
  lastSeenAt: Instant.nullable(),
  closed: z.boolean(),
});
export type Screen = z.infer<typeof Screen>;
