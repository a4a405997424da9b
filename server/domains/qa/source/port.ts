import type { Control, WallClock } from '#shared/qa/controls.ts';
import type { SourceFailureCode } from '#shared/qa/source-failures.ts';

/** Half-open on wall clocks. Without a limit everything is read, controls without a date included. */
export interface Range {
  since?: WallClock;
  until?: WallClock;
}

/** A row or a line that is wrong in a part. It says where, never its contents. */
export interface RowFault {
  /** `study 12`, `row 5`, `file.csv:12`. */
  where: string;
  /** Artiscan: the part without which it is no control (`id`, `machine`, `module`, `date`). CSV: the code of `CsvFault`. */
  fault: string;
  column?: string;
}

export interface Reading {
  /** Each study once, by id. */
  controls: Control[];
  faults: RowFault[];
  /** Until when these data are known: whether they are stale is judged on this, not on when they were read. */
  asOf: Date;
}

/** What is missing in a source's form, or is there as something else. */
export interface SchemaFault {
  kind: 'table' | 'column' | 'type';
  table: string;
  column?: string;
  /** The type that was found. */
  found?: string;
}

/** Where controls come from. One reading is one connection; there is no second try, and nothing is ever written to a source. */
export interface QaSource {
  readonly kind: 'artiscan' | 'csv';
  /**
   * Reads the controls of a range. Renamed, re-dated and deleted ones can be followed only by reading everything.
   *
   * @throws SourceFailure; then nothing that was read counts.
   */
  read(range: Range, signal: AbortSignal): Promise<Reading>;
  /**
   * Looks whether the source has the form that is read: [] when it has.
   *
   * @throws SourceFailure when it cannot be looked at.
   */
  check(signal: AbortSignal): Promise<SchemaFault[]>;
}

/** A source that cannot be read. Neither credentials nor contents are in it: it may be logged whole. */
export class SourceFailure extends Error {
  readonly code: SourceFailureCode;
  readonly detail: string | undefined;
  readonly faults: readonly SchemaFault[];
  constructor(code: SourceFailureCode, { detail, faults = [] }: { detail?: string; faults?: readonly SchemaFault[] } = {}) {
    super([code, detail, ...faults.map(sayFault)].filter((part) => part !== undefined).join(': '));
    this.code = code;
    this.detail = detail;
    this.faults = faults;
  }
}

/** A fault in the words of who administers the database. */
export function sayFault({ kind, table, column, found }: SchemaFault): string {
  if (kind === 'table') return `table ${table} is missing, or the login may not read it`;
  if (kind === 'column') return `column ${table}.${column} is missing`;
  return `column ${table}.${column} has the type ${found}, which is not read`;
}
