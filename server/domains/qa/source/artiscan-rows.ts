import type { ArtiscanTables } from '#shared/qa/artiscan.ts';
import { parseWallClock, type Control } from '#shared/qa/controls.ts';
import type { Cell } from '#server/platform/sqlserver/index.ts';
import type { Reading, RowFault } from './port.ts';

/** Longer names are cut: rules look at their words, and nobody reads more. */
const MAX_NAME = 4000;

/** Gathers rows (id, machine, module, name, date, then the columns of conformity) into controls, each study once. */
export function gatherRows({ conformity }: Pick<ArtiscanTables, 'conformity'>): {
  add: (cells: readonly Cell[]) => void;
  gathered: () => Pick<Reading, 'controls' | 'faults'>;
} {
  const controls = new Map<number, Control>();
  const faults = new Map<string, string>();
  const judges = conformity.map(({ conformWhen }) => new Set(conformWhen.map(asText)));
  let rows = 0;
  return {
    add(cells) {
      rows++;
      const control = controlOf(cells, judge(judges, cells.slice(5)));
      if (typeof control === 'string') {
        const id = wholeNumber(cells[0]);
        faults.set(id === undefined ? `row ${rows}` : `study ${id}`, control);
        return;
      }
      const known = controls.get(control.id);
      controls.set(control.id, known ? { ...known, conform: both(known.conform, control.conform) } : control);
    },
    gathered: () => ({
      controls: [...controls.values()].sort((one, other) => one.id - other.id),
      faults: [...faults].map(([where, fault]) => ({ where, fault })),
    }),
  };
}

/** The control, or which part keeps the row from being one: missing, not there in any calendar, or too long for a whole number. */
function controlOf([id, object, module, name, date]: readonly Cell[], conform: boolean | null): Control | RowFault['fault'] {
  const studyId = wholeNumber(id);
  if (studyId === undefined) return 'id';
  const objectId = wholeNumber(object);
  if (objectId === undefined) return 'machine';
  const moduleId = isNull(module) ? null : wholeNumber(module);
  if (moduleId === undefined) return 'module';
  const at = isNull(date) ? null : parseWallClock(String(date));
  if (at === undefined) return 'date';
  return { id: studyId, objectId, moduleId, name: isNull(name) ? '' : String(name).slice(0, MAX_NAME), at, conform };
}

function isNull(cell: Cell | undefined): cell is null | undefined {
  return cell === null || cell === undefined;
}

function wholeNumber(cell: Cell | undefined): number | undefined {
  const value = typeof cell === 'string' && /^-?\d+$/.test(cell) ? Number(cell) : cell;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

function judge(judges: readonly ReadonlySet<string>[], cells: readonly Cell[]): boolean | null {
  const verdicts = judges.map((conforming, index) => {
    const cell = cells[index] ?? null;
    return cell === null ? null : conforming.has(asText(cell));
  });
  return verdicts.length === 0 ? null : verdicts.reduce(both);
}

/** What is not conform wins, then what is not known. */
function both(one: boolean | null, other: boolean | null): boolean | null {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}

function asText(cell: string | number | boolean): string {
  const text = String(cell).normalize('NFC').trim().toLowerCase();
  if (text === 'true') return '1';
  return text === 'false' ? '0' : text;
}
