import type { Env, Scope } from './expression.ts';
import type { Doc, Value } from './model.ts';

/** What a pipeline needs from the engine. */
export interface Host {
  /** The documents of a collection (of the same database) that satisfy a filter; none when there is no such collection. */
  find(coll: string, filter: Doc): Iterable<Doc>;
  readonly now: Date;
  /** The command's `let`. */
  readonly vars?: ReadonlyMap<string, Value>;
}

/** One run of a pipeline. */
export interface Run {
  readonly env: Env;
  readonly host: Host;
}

/** A compiled stage or pipeline. */
export type Stage = (source: Iterable<Doc>, run: Run) => Iterable<Doc>;

export type CompilePipeline = (pipeline: readonly Value[], scope: Scope) => Stage;
