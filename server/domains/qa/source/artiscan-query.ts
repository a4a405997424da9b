import type { Parameter, Query } from '#server/platform/sqlserver/index.ts';
import type { FoundTables } from './artiscan-schema.ts';
import type { Range } from './port.ts';

/** What each type can hold at least: an earlier limit is no limit. */
const EARLIEST = { datetime: '1753-01-01', smalldatetime: '1900-01-01', datetime2: '0001-01-01', date: '0001-01-01', nvarchar: '' };

/**
 * The reading's SELECT. DISTINCT because a study joins all its results; without a machine filter, or unknown machines would never be seen; without a
 * limit there is no condition on the date at all, so that controls without one are read too.
 */
export function controlsQuery({ names, dateType }: FoundTables, { since, until }: Range): Query {
  const studied = [names.id, names.object, names.module, names.name, names.date].map((column) => `s.${quoted(column)}`);
  const judged = names.conformity.map((column, index) => `r.${quoted(column)} AS judged_${index}`);
  const limits: { condition: string; parameter: Parameter }[] = [];
  const add = (name: string, operator: string, wall: string): void => {
    if (wall < EARLIEST[dateType]) return;
    // Whole seconds: a `datetime` has thirds of a hundredth of them, and a limit between two would be rounded.
    const value = `${wall.slice(0, 19)}.000`;
    limits.push({ condition: `s.${quoted(names.date)} ${operator} @${name}`, parameter: { name, type: dateType, value } });
  };
  if (since !== undefined) add('since', '>=', since);
  if (until !== undefined) add('until', '<', until);
  const where = limits.length === 0 ? '' : `\nWHERE ${limits.map(({ condition }) => condition).join(' AND ')}`;
  return {
    text: `SELECT DISTINCT ${[...studied, ...judged].join(', ')}
FROM ${quoted(names.schema)}.${quoted(names.studies)} AS s
INNER JOIN ${quoted(names.schema)}.${quoted(names.results)} AS r ON r.${quoted(names.resultStudy)} = s.${quoted(names.id)}${where}`,
    parameters: limits.map(({ parameter }) => parameter),
  };
}

/** An identifier in brackets, those inside it doubled: whatever the configuration says, it stays a name. */
export function quoted(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}
