import { z } from 'zod';
import { Instant, Line, Version } from '../schemas.ts';

export const MACHINE_KINDS = ['linac', 'tomotherapy', 'ct', 'petct', 'spect', 'spectct'] as const;
export const MACHINE_STATUSES = ['available', 'degraded', 'down', 'maintenance'] as const;
export const QA_TYPES = ['CQH', 'CQM', 'CQS', 'CQQ'] as const;

/** A machine's identifier in the one registry, as `versa-hd-1`: every domain refers to it and to nothing else. */
export const MachineId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and hyphens, at most 40');

export const MachineParams = z.strictObject({ id: MachineId });

/** What an administrator edits of a machine. `colour` is `#RRGGBB`; minutes in `gapMin` and `prepMin`. */
export const MachineFields = z.strictObject({
  name: Line,
  shortName: z.string().trim().min(1).max(20),
  colour: z.string().regex(/^#[0-9A-Fa-f]{6}$/, 'a colour is written #RRGGBB'),
  kind: z.enum(MACHINE_KINDS),
  room: z.string().trim().max(60).default(''),
  active: z.boolean().default(true),
  artiscanObjectId: z.number().int().positive().optional(),
  byNameOnly: z.boolean().default(false),
  dicom: z
    .strictObject({
      aeTitles: z.array(z.string().trim().min(1).max(16)).max(20).default([]),
      stationNames: z.array(z.string().trim().min(1).max(64)).max(20).default([]),
      modelNames: z.array(z.string().trim().min(1).max(64)).max(20).default([]),
    })
    .default({ aeTitles: [], stationNames: [], modelNames: [] }),
  qaTypes: z.array(z.enum(QA_TYPES)).max(4).default([]),
  slotsPerWeekday: z.array(z.number().int().min(0).max(200)).length(5).default([0, 0, 0, 0, 0]),
  gapMin: z.number().int().min(0).max(240).default(0),
  prepMin: z.number().int().min(0).max(240).default(0),
});
export type MachineFields = z.infer<typeof MachineFields>;

/** Status of a machine with who set it, since when and why. */
export const MachineStatus = z.strictObject({
  code: z.enum(MACHINE_STATUSES),
  by: z.string().optional(),
  since: Instant,
  why: z.string().optional(),
});

export const Machine = MachineFields.extend({ id: MachineId, version: Version, status: MachineStatus });
export type Machine = z.infer<typeof Machine>;

/** A machine as others show it: name and swatch. */
export const MachineRef = z.strictObject({ id: MachineId, name: z.string(), shortName: z.string(), colour: z.string() });
export type MachineRef = z.infer<typeof MachineRef>;
