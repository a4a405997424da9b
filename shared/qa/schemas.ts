import { z } from 'zod';
import { Day, Instant, Line, Role } from '../schemas.ts';
import { MachineId, QA_TYPES } from '../machines/schemas.ts';
import type { WallClock as WallClockText } from './controls.ts';
import type { LightReason as Reason } from './machine-light.ts';

/** What a machine's light can say. Source: `qa.md`, "Light of a machine, now". */
export const LIGHTS = ['green', 'amber', 'red', 'stopped', 'justified', 'unknown', 'none'] as const;
export const LightColour = z.enum(LIGHTS);
export type LightColour = z.infer<typeof LightColour>;

export const QaTypeCode = z.enum(QA_TYPES);

/** A local date-time of the site, `2026-10-25T02:30:00.000`: digits without zone. */
export const WallClock = z.custom<WallClockText>(
  (text) => typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/.test(text),
);

/** Who did something, in which role, when. */
export const QaAct = z.strictObject({ by: z.string(), role: Role.nullable(), at: Instant });
export type QaAct = z.infer<typeof QaAct>;

/** Two people of two roles let sessions start on a machine that is blocked: asked by one, in force once the other confirms, until the site's midnight. */
export const Override = z.strictObject({ reason: z.string(), asked: QaAct, confirmed: QaAct.nullable(), until: Instant });
export type Override = z.infer<typeof Override>;

/** Why a light is what it is, for those who say it in their own language: `lightSentence` of the messages. */
export const LightReason = z.custom<Reason>((value) => typeof value === 'object' && value !== null && 'code' in value);

/**
 * A machine's light. `reasons` say why in the site's language and `why` in codes; `asOf` is when it was determined and `until` when it must no longer be
 * believed: from then on it is unknown. `set` tells who determines it: the rules of quality control, or a physicist's hand. `silentSince`: since when
 * the source that feeds it cannot be read.
 */
export const Light = z.strictObject({
  machine: MachineId,
  light: LightColour,
  reasons: z.array(z.string()),
  why: z.array(LightReason),
  asOf: Instant.nullable(),
  until: Instant.nullable(),
  by: z.string().nullable(),
  set: z.enum(['rules', 'hand']).nullable(),
  silentSince: Instant.nullable(),
  override: Override.nullable(),
});
export type Light = z.infer<typeof Light>;

export const MachineParams = z.strictObject({ machineId: MachineId });
export const SetLight = z.strictObject({
  light: z.enum(['green', 'amber', 'red']),
  reason: z.string().trim().min(1).max(300),
});
export const LightsQuery = z.strictObject({ date: Day.optional() });

/** A daily control entered by hand. `day` is today's unless told. */
export const EnterDaily = z.strictObject({
  machine: MachineId,
  day: Day.optional(),
  outcome: z.enum(['pass', 'fail']),
  remark: z.string().trim().max(1000).default(''),
});
export const DailyEntry = QaAct.extend({
  id: z.string(),
  machine: MachineId,
  day: Day,
  outcome: z.enum(['pass', 'fail']),
  remark: z.string(),
});
export type DailyEntry = z.infer<typeof DailyEntry>;

/** What people write to a period of a machine and a type; `period` is its first day. Every earlier wording stays. */
export const PeriodParams = z.strictObject({ machine: MachineId, type: QaTypeCode, period: Day });
const Written = QaAct.extend({
  id: z.string(),
  text: z.string(),
  edits: z.array(z.strictObject({ text: z.string(), by: z.string(), at: Instant })),
});
export const Remark = Written;
export type Remark = z.infer<typeof Remark>;
/** A physicist's justification of a missed period. It may expire, and be withdrawn. */
export const Justification = Written.extend({ expires: Instant.nullable(), withdrawn: QaAct.nullable() });
export type Justification = z.infer<typeof Justification>;

export const WriteRemark = PeriodParams.extend({ text: z.string().trim().min(1).max(2000) });
export const WriteJustification = WriteRemark.extend({ expires: Day.nullable().default(null) });
export const Reword = z.strictObject({ text: z.string().trim().min(1).max(2000) });
export const Withdraw = z.strictObject({ reason: Line });
