import { z } from 'zod';
import { MachineId } from '../machines/schemas.ts';
import { Id, Instant, Line } from '../schemas.ts';
import { Override, QaAct } from './schemas.ts';

/** How a machine can be away: it broke down (red), or it was planned (stopped). */
export const OUTAGE_KINDS = ['fault', 'downtime', 'maintenance'] as const;
export const OutageKind = z.enum(OUTAGE_KINDS);

/** A control that must be done before the machine goes back into service. */
export const ReturnControl = z.strictObject({ name: z.string(), done: QaAct.nullable() });

/**
 * A time in which a machine does not treat. `to` is the planned end; a fault has none. It is over at `ended`, signed by a physicist after the listed controls
 * (`hash` is that of what was signed); `cancelled` when what was planned did not happen. `lostMin` counts working hours only.
 */
export const Outage = z.strictObject({
  id: z.string(),
  machine: MachineId,
  kind: OutageKind,
  from: Instant,
  to: Instant.nullable(),
  why: z.string(),
  declared: QaAct,
  controls: z.array(ReturnControl),
  ended: QaAct.extend({ remark: z.string(), hash: z.string() }).nullable(),
  cancelled: QaAct.nullable(),
  lostMin: z.number().int().nonnegative(),
});
export type Outage = z.infer<typeof Outage>;

/** One tap on a tablet: the reason may follow. */
export const ReportFault = z.strictObject({ why: z.string().trim().max(300).default('') });
export const PlanOutage = z.strictObject({
  kind: z.enum(['downtime', 'maintenance']),
  from: Instant,
  to: Instant.nullable(),
  why: Line,
});
export const OutageParams = z.strictObject({ id: Id });
export const ListControls = z.strictObject({ controls: z.array(Line).max(30) });
export const TickControl = z.strictObject({ name: Line, done: z.boolean() });
export const ReturnToService = z.strictObject({ password: z.string().min(1).max(200), remark: z.string().trim().max(1000).default('') });
export const AskOverride = z.strictObject({ reason: z.string().trim().min(5).max(300) });

/** A machine's status: what keeps it from treating, what is planned, and the time it lost. */
export const MachineStatusReply = z.strictObject({
  machine: MachineId,
  current: Outage.nullable(),
  planned: z.array(Outage),
  past: z.array(Outage),
  lostMin: z.strictObject({ month: z.number().int(), year: z.number().int() }),
  override: Override.nullable(),
});
export type MachineStatusReply = z.infer<typeof MachineStatusReply>;
