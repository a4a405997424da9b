import type { Control } from './controls.ts';

/**
 * Joins the rows of one study: one that joins several results counts once. One result that is not conform makes it so; one that is not known leaves it
 * unknown. `contradicting` are rows whose machine, module, name or date differ from the first row of their number, which is the one that counts.
 */
export function distinct(rows: readonly Control[]): { controls: Control[]; contradicting: Control[] } {
  const byId = new Map<number, Control>();
  const contradicting: Control[] = [];
  for (const row of rows) {
    const first = byId.get(row.id);
    if (!first) byId.set(row.id, row);
    else if (!sameStudy(first, row)) contradicting.push(row);
    else if (first.conform !== row.conform) byId.set(row.id, { ...first, conform: joined(first.conform, row.conform) });
  }
  return { controls: [...byId.values()], contradicting };
}

function sameStudy(a: Control, b: Control): boolean {
  return a.objectId === b.objectId && a.moduleId === b.moduleId && a.name === b.name && a.at === b.at;
}

function joined(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}
