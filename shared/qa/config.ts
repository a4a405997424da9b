import { z } from 'zod';
import { Day } from '../schemas.ts';
import { ArtiscanTables } from './artiscan.ts';
import { TYPES_IN_ORDER } from './controls.ts';

const Modules = z.array(z.number().int().positive()).max(500);

/** The text of a name rule, without its word edges. Empty: the rule matches nothing. Whether it compiles is the server's to say. */
const Pattern = z.string().trim().max(500);

const Hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'an hour is written 08:30');

/** What a site decides about its controls. Machines and the types they need stand in the registry. Source: `qa.md`, "Configuration". */
export const QaConfig = z
  .strictObject({
    modules: z.strictObject({ CQH: Modules, CQM: Modules, CQS: Modules, CQQ: Modules }),
    rules: z.strictObject({ exclusion: Pattern, CQH: Pattern, CQM: Pattern, CQS: Pattern, CQQ: Pattern }),
    /** The hour, on the site's clock, from which the daily control of the day is missing. */
    dueHour: Hour,
    /** Hours of a working day: a day whose hours are all declared down is no working day of that machine. */
    workingHours: z.strictObject({ from: Hour, to: Hour }).refine(({ from, to }) => from < to, 'the working day ends before it begins'),
    weekendCountsForEndingWeek: z.boolean(),
    sourceLimitHours: z.number().min(1).max(720),
    /** First day that is judged; null: 1 January of the year of the first plausible control. */
    from: Day.nullable(),
    /** How Artiscan's tables are named here, and which columns tell conformity; absent: as Artiscan is delivered, conformity not known. */
    artiscan: ArtiscanTables.optional(),
  })
  .superRefine((config, ctx) => {
    for (const { module, types } of modulesTwice(config)) {
      ctx.addIssue({ code: 'custom', path: ['modules'], message: `module ${module} stands under ${types.join(' and ')}` });
    }
  });
export type QaConfig = z.infer<typeof QaConfig>;

/** Modules that stand under two types (or twice under one): such a module would say nothing of the type. */
function modulesTwice({ modules }: { modules: Readonly<Record<'CQH' | 'CQM' | 'CQS' | 'CQQ', readonly number[]>> }): {
  module: number;
  types: string[];
}[] {
  const typesOf = new Map<number, string[]>();
  for (const type of TYPES_IN_ORDER) for (const module of modules[type]) typesOf.set(module, [...(typesOf.get(module) ?? []), type]);
  return [...typesOf].filter(([, types]) => types.length > 1).map(([module, types]) => ({ module, types }));
}
