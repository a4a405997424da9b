import type { Value } from './model.ts';

/** An answer of MongoDB that is an error: its number and name are part of the protocol, so that drivers and Mongoose tell errors apart. */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the reply or of the write error (keyPattern, keyValue, errorLabels). */
  readonly extra: ReadonlyMap<string, Value> | undefined;

  constructor(code: number, message: string, extra?: ReadonlyMap<string, Value>) {
    super(message);
    this.code = code;
    this.codeName = names.get(code) ?? `Location${code}`;
    this.extra = extra;
  }
}

const names: ReadonlyMap<number, string> = new Map([
  [1, 'InternalError'],
  [2, 'BadValue'],
  [9, 'FailedToParse'],
  [11, 'UserNotFound'],
  [14, 'TypeMismatch'],
  [16, 'InvalidLength'],
  [20, 'IllegalOperation'],
  [26, 'NamespaceNotFound'],
  [27, 'IndexNotFound'],
  [28, 'PathNotViable'],
  [40, 'ConflictingUpdateOperators'],
  [43, 'CursorNotFound'],
  [48, 'NamespaceExists'],
  [50, 'MaxTimeMSExpired'],
  [52, 'DollarPrefixedFieldName'],
  [53, 'InvalidIdField'],
  [54, 'NotSingleValueField'],
  [56, 'EmptyFieldName'],
  [59, 'CommandNotFound'],
  [66, 'ImmutableField'],
  [67, 'CannotCreateIndex'],
  [72, 'InvalidOptions'],
  [73, 'InvalidNamespace'],
  [85, 'IndexOptionsConflict'],
  [86, 'IndexKeySpecsConflict'],
  [112, 'WriteConflict'],
  [115, 'CommandNotSupported'],
  [146, 'ExceededMemoryLimit'],
  [168, 'InvalidPipelineOperator'],
  [171, 'CannotIndexParallelArrays'],
  [225, 'TransactionTooOld'],
  [238, 'NotImplemented'],
  [241, 'ConversionFailure'],
  [244, 'TransactionAborted'],
  [251, 'NoSuchTransaction'],
  [256, 'TransactionCommitted'],
  [263, 'OperationNotSupportedInTransaction'],
  [10107, 'NotWritablePrimary'],
  [10334, 'BSONObjectTooLarge'],
  [11000, 'DuplicateKey'],
  [11600, 'InterruptedAtShutdown'],
  [11601, 'Interrupted'],
]);

/** 238: the engine knows what was asked but does not have it; `hint` says what may be used in its place. */
export function refuse(what: string, hint?: string): CommandError {
  return new CommandError(
    238,
    `${what} is not supported by the embedded database; ${hint === undefined ? '' : `${hint}, or `}set MONGODB_URI`,
  );
}

/** 2: a value that makes no sense where it stands. */
export function badValue(message: string): CommandError {
  return new CommandError(2, message);
}

/** 9: the command, update or stage has not the form it must have. */
export function failedToParse(message: string): CommandError {
  return new CommandError(9, message);
}

/** 14: a value of another type was needed. */
export function typeMismatch(message: string): CommandError {
  return new CommandError(14, message);
}

/** 28: a path leads through a value that is no document. */
export function pathNotViable(message: string): CommandError {
  return new CommandError(28, message);
}

/** 66: _id never changes. */
export function immutableField(path: string): CommandError {
  return new CommandError(66, `Performing an update on the path '${path}' would modify the immutable field '${path}'`);
}
