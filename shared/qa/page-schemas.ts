import { z } from 'zod';
import { MachineId } from '../machines/schemas.ts';
import { Day, Instant, Line } from '../schemas.ts';
import type { LeftOutReason } from './classify.ts';
import { QaConfig } from './config.ts';
import { DailyEntry, Justification, Light, LightColour, QaAct, QaTypeCode, Remark, WallClock } from './schemas.ts';

/** The state of the source of controls. `failure.code` as in the messages; the last good data stay, dated by `lastReadAt`. */
export const SourceState = z.strictObject({
  kind: z.enum(['artiscan', 'csv']).nullable(),
  /** Until when the data are known; null: never read. */
  lastReadAt: Instant.nullable(),
  lastTriedAt: Instant.nullable(),
  failure: z.strictObject({ code: z.string(), since: Instant }).nullable(),
  /** What the database lacks, by name. */
  missing: z.array(z.string()),
  /** Rows that cannot be a control: where, and why. */
  faults: z.array(z.strictObject({ where: z.string(), fault: z.string() })),
  controls: z.number().int(),
  /** How many the last reading brought, changed or took away. */
  changed: z.number().int(),
});
export type SourceState = z.infer<typeof SourceState>;

const State = z.enum(['done', 'missed', 'running', 'none']);
const Rate = z.number().nullable();

/** Where a type stands for a machine now: its running period, or the last one where none runs. */
export const TypeProgress = z.strictObject({
  type: QaTypeCode,
  state: State,
  justified: z.boolean(),
  conform: z.boolean().nullable(),
  dueSoon: z.boolean(),
  label: z.string(),
  to: Day,
});

export const Overview = z.strictObject({
  source: SourceState,
  year: z.strictObject({ year: z.number().int(), week: z.number().int(), weeks: z.number().int() }),
  unclassified: z.number().int(),
  machines: z.array(
    z.strictObject({
      machine: MachineId,
      light: Light,
      types: z.array(TypeProgress),
      /** Percent of the last twelve months, daily controls apart; null for a machine without a type. */
      rate: Rate,
      latest: WallClock.nullable(),
    }),
  ),
});
export type Overview = z.infer<typeof Overview>;

export const CellOut = z.strictObject({ state: State, justified: z.boolean(), controls: z.number().int(), remarks: z.number().int() });
const PeriodOut = z.strictObject({ label: z.string(), from: Day, to: Day });

export const TableQuery = z.strictObject({ type: QaTypeCode, year: z.coerce.number().int().min(1900).max(2200).optional() });
/** A year's table: `rows[].cells` stand in the order of `periods`; null where the site did not judge yet. */
export const YearTable = z.strictObject({
  type: QaTypeCode,
  year: z.number().int(),
  years: z.array(z.number().int()),
  periods: z.array(PeriodOut),
  rows: z.array(
    z.strictObject({
      machine: MachineId,
      done: z.number().int(),
      missed: z.number().int(),
      rate: Rate,
      cells: z.array(CellOut.nullable()),
    }),
  ),
});
export type YearTable = z.infer<typeof YearTable>;

export const MachineYearQuery = z.strictObject({ machine: MachineId, year: z.coerce.number().int().min(1900).max(2200).optional() });
/** The year of one machine on one axis: its types with all their periods. */
export const MachineYear = z.strictObject({
  machine: MachineId,
  year: z.number().int(),
  years: z.array(z.number().int()),
  types: z.array(
    z.strictObject({
      type: QaTypeCode,
      done: z.number().int(),
      missed: z.number().int(),
      rate: Rate,
      cells: z.array(CellOut.extend(PeriodOut.shape)),
    }),
  ),
});
export type MachineYear = z.infer<typeof MachineYear>;

const ControlOut = z.strictObject({
  id: z.number().int(),
  objectId: z.number().int(),
  moduleId: z.number().int().nullable(),
  name: z.string(),
  at: WallClock.nullable(),
  conform: z.boolean().nullable(),
});

/** Everything about one period: its controls, what people wrote, its justification, daily entries by hand. */
export const PeriodDetail = z.strictObject({
  machine: MachineId,
  type: QaTypeCode,
  period: PeriodOut,
  cell: CellOut,
  controls: z.array(ControlOut.extend({ released: QaAct.nullable() })),
  entries: z.array(DailyEntry),
  remarks: z.array(Remark),
  justifications: z.array(Justification),
});
export type PeriodDetail = z.infer<typeof PeriodDetail>;

export const RatesQuery = z.strictObject({ year: z.coerce.number().int().min(1900).max(2200).optional() });
/** Rates of a year per machine and type with their mean, and month by month for the trend. */
export const Rates = z.strictObject({
  year: z.number().int(),
  years: z.array(z.number().int()),
  types: z.array(
    z.strictObject({
      type: QaTypeCode,
      mean: Rate,
      months: z.array(Rate),
      machines: z.array(
        z.strictObject({ machine: MachineId, rate: Rate, done: z.number().int(), missed: z.number().int(), months: z.array(Rate) }),
      ),
    }),
  ),
});
export type Rates = z.infer<typeof Rates>;

export const CalendarQuery = z.strictObject({
  from: Day,
  to: Day,
  type: QaTypeCode.optional(),
  machine: MachineId.optional(),
  q: z.string().trim().max(100).optional(),
});
/** Controls done between two days, at most 2,000; `more` says that there are more. */
export const Calendar = z.strictObject({
  items: z.array(ControlOut.extend({ machine: MachineId, type: QaTypeCode })),
  holidays: z.array(Day),
  more: z.boolean(),
});
export type Calendar = z.infer<typeof Calendar>;

export const LeftOut = z.custom<LeftOutReason>((value) => typeof value === 'string');
export const UnclassifiedQuery = z.strictObject({
  reason: z.string().max(40).optional(),
  q: z.string().trim().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  skip: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
/** What was left out, and what counts but deserves a look; the latest first. */
export const Unclassified = z.strictObject({
  items: z.array(z.strictObject({ control: ControlOut, reason: LeftOut, machine: MachineId.nullable(), type: QaTypeCode.nullable() })),
  total: z.number().int(),
  counts: z.record(z.string(), z.number().int()),
});
export type Unclassified = z.infer<typeof Unclassified>;

/** A version of the rules: what it says, from which day it holds, who made it and why. */
export const ConfigVersion = z.strictObject({ version: z.number().int(), config: QaConfig, note: z.string(), made: QaAct });
export type ConfigVersion = z.infer<typeof ConfigVersion>;
export const ConfigReply = z.strictObject({ current: ConfigVersion, former: z.array(ConfigVersion) });
export const SaveConfig = z.strictObject({ version: z.number().int(), config: QaConfig, note: Line });
export const PreviewConfig = z.strictObject({ config: QaConfig });
/** What other rules would change in the last 90 days. */
export const ConfigPreview = z.strictObject({
  faults: z.array(z.strictObject({ rule: z.string(), message: z.string() })),
  controls: z.array(
    z.strictObject({
      control: ControlOut,
      machine: MachineId.nullable(),
      before: QaTypeCode.nullable(),
      after: QaTypeCode.nullable(),
      reason: z.string().nullable(),
    }),
  ),
  total: z.number().int(),
  periods: z.array(z.strictObject({ machine: MachineId, type: QaTypeCode, label: z.string(), before: State, after: State })),
  lights: z.array(z.strictObject({ machine: MachineId, before: LightColour, after: LightColour })),
});
export type ConfigPreview = z.infer<typeof ConfigPreview>;
export const SuggestRule = z.strictObject({ control: z.coerce.number().int(), type: QaTypeCode });
/** The rules with the smallest change that gives a control its type: its module added, or its name. */
export const Suggestion = z.strictObject({ kind: z.enum(['module', 'name']), config: QaConfig });

/** A CSV export of the source, its bytes in base64 (their encoding is found out). `whole`: it replaces everything that was read from files. */
export const UploadCsv = z.strictObject({ name: Line, whole: z.boolean().default(false), base64: z.base64().max(60_000_000) });
export const Uploaded = z.strictObject({
  controls: z.number().int(),
  faults: z.array(z.strictObject({ where: z.string(), fault: z.string() })),
});

export const ReportQuery = z.strictObject({ from: Day, to: Day, machine: MachineId.optional() });
export const ReleaseControl = z.strictObject({ reason: Line });
export const ControlParams = z.strictObject({ control: z.coerce.number().int() });
