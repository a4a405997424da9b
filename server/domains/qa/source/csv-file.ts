import { CsvError, parse, type Info } from 'csv-parse/sync';
import { parseWallClock, type Control, type WallClock } from '#shared/qa/controls.ts';

/** Columns of an export, as the query of `qa.md` names them. Their order is free, others are passed over. */
export const CSV_COLUMNS = ['Id_ControleStudy', 'Id_Object', 'Id_UserModule', 'Name', 'StudyDate'] as const;
type Column = (typeof CSV_COLUMNS)[number];

/**
 * What is wrong with a file or one of its lines. After a fault of the whole file (`empty`, `encoding`, `separator`, `columns`, `quotes`) there are no
 * controls. A line with a bad number is left out; one with a bad date is kept without date, so that it is listed and not lost.
 */
export interface CsvFault {
  readonly line: number;
  readonly code: 'empty' | 'encoding' | 'separator' | 'columns' | 'quotes' | 'fields' | 'number' | 'date';
  /** The columns missing, the column of the bad value, or the separator found. */
  readonly column: string;
  /** The beginning of the bad value. */
  readonly value: string;
}

export interface CsvControls {
  readonly controls: Control[];
  readonly faults: CsvFault[];
}

const SEPARATOR = ';';
const OTHER_SEPARATORS = [',', '\t', '|'];
const MOST_FAULTS = 1000;
const LONGEST_RECORD = 1_000_000;

/** Faults after which a file says nothing at all. */
export function isFileFault({ code }: CsvFault): boolean {
  return code !== 'fields' && code !== 'number' && code !== 'date';
}

/** Reads an export of controls: `;` between columns, UTF-8 with or without BOM, UTF-16 with BOM or Windows-1252, dates on the site's clock. */
export function parseControlsCsv(bytes: Uint8Array): CsvControls {
  const text = decoded(bytes);
  if (text === undefined) return refused(1, 'encoding');
  const [heading = ''] = text.split(/\r?\n/, 1);
  if (text.trim() === '') return refused(1, 'empty');
  const missing = missingIn(heading, SEPARATOR);
  if (missing.length > 0) {
    const other = OTHER_SEPARATORS.find((separator) => missingIn(heading, separator).length === 0);
    return other ? refused(1, 'separator', other) : refused(1, 'columns', missing.join(', '));
  }
  try {
    return readRows(text);
  } catch (error) {
    if (error instanceof CsvError) return refused(Number(error['lines'] ?? 1), 'quotes');
    throw error;
  }
}

interface Row {
  readonly record: string[];
  readonly info: Info;
}

function readRows(text: string): CsvControls {
  const options = { delimiter: SEPARATOR, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, info: true };
  const rows = parse(text, { ...options, max_record_size: LONGEST_RECORD }) as unknown as Row[]; // the form that `info` gives
  const [heading, ...lines] = rows;
  const places = placesOf(heading?.record ?? []);
  const controls: Control[] = [];
  const faults: CsvFault[] = [];
  const add = (fault: CsvFault): void => {
    if (faults.length < MOST_FAULTS) faults.push(fault);
  };
  for (const { record, info } of lines) {
    if (record.every((value) => value.trim() === '')) continue;
    const control = controlOf(record, places, (fault) => add({ line: info.lines, ...fault }));
    if (control) controls.push(control);
  }
  return { controls, faults };
}

type Add = (fault: Omit<CsvFault, 'line'>) => void;

function controlOf(record: readonly string[], places: ReadonlyMap<string, number>, add: Add): Control | undefined {
  const value = (column: Column): string => record[places.get(column.toLowerCase()) ?? -1]?.trim() ?? '';
  if (Math.max(...places.values()) >= record.length) {
    add({ code: 'fields', column: '', value: String(record.length) });
    return undefined;
  }
  const number = (column: Column): number | undefined => {
    const text = value(column);
    if (/^\d{1,15}$/.test(text)) return Number(text);
    add({ code: 'number', column, value: text.slice(0, 40) });
    return undefined;
  };
  const [id, objectId] = [number('Id_ControleStudy'), number('Id_Object')];
  const moduleId = isNull(value('Id_UserModule')) ? null : number('Id_UserModule');
  if (id === undefined || objectId === undefined || moduleId === undefined) return undefined;
  const name = value('Name');
  return { id, objectId, moduleId, name: isNull(name) ? '' : name, at: dateOf(value('StudyDate'), add), conform: null };
}

function dateOf(text: string, add: Add): WallClock | null {
  if (isNull(text)) return null;
  // As Excel in French writes it: 20/11/2026 08:15.
  const at = parseWallClock(text.replace(/^(\d{2})\/(\d{2})\/(\d{4})/, '$3-$2-$1'));
  if (at) return at;
  add({ code: 'date', column: 'StudyDate', value: text.slice(0, 40) });
  return null;
}

function isNull(value: string): boolean {
  return value === '' || value.toUpperCase() === 'NULL';
}

function missingIn(heading: string, separator: string): Column[] {
  const places = placesOf(heading.split(separator).map((name) => name.replace(/^\s*"(.*)"\s*$/, '$1')));
  return CSV_COLUMNS.filter((column) => !places.has(column.toLowerCase()));
}

function placesOf(heading: readonly string[]): Map<string, number> {
  const wanted = new Set<string>(CSV_COLUMNS.map((column) => column.toLowerCase()));
  const all = heading.map((name, place) => [name.trim().toLowerCase(), place] as const);
  return new Map(all.filter(([name]) => wanted.has(name)));
}

/** The text of a file; undefined when it is none. Bytes that are not UTF-8 are Windows-1252, as Excel writes CSV by default. */
function decoded(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function refused(line: number, code: CsvFault['code'], column = ''): CsvControls {
  return { controls: [], faults: [{ line, code, column, value: '' }] };
}
