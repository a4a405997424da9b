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
    this.codeName = codeNames.get(code) ?? `Location${code}`;
    this.extra = extra;
  }
}

const codeNames: ReadonlyMap<number, string> = new Map(
  `1 InternalError, 2 BadValue, 9 FailedToParse, 14 TypeMismatch, 15 Overflow, 16 InvalidLength, 17 ProtocolError, 22 InvalidBSON,
  26 NamespaceNotFound, 27 IndexNotFound, 28 PathNotViable, 40 ConflictingUpdateOperators, 43 CursorNotFound, 48 NamespaceExists,
  50 MaxTimeMSExpired, 52 DollarPrefixedFieldName, 53 InvalidIdField, 54 NotSingleValueField, 56 EmptyFieldName, 59 CommandNotFound,
  66 ImmutableField, 67 CannotCreateIndex, 72 InvalidOptions, 73 InvalidNamespace, 85 IndexOptionsConflict, 86 IndexKeySpecsConflict,
  100 UnsatisfiableWriteConcern, 112 WriteConflict, 146 ExceededMemoryLimit, 168 InvalidPipelineOperator, 171 CannotIndexParallelArrays,
  225 TransactionTooOld, 238 NotImplemented, 251 NoSuchTransaction, 263 OperationNotSupportedInTransaction,
  292 QueryExceededMemoryLimitNoDiskUseAllowed, 10334 BSONObjectTooLarge, 11000 DuplicateKey`
    .split(/,\s+/)
    .map((entry) => entry.split(' '))
    .map(([code, name = '']) => [Number(code), name]),
);

/** 238: the engine knows what was asked but does not have it. */
export function refuse(what: string): CommandError {
  return new CommandError(238, `${what} is not supported by the embedded database; set MONGODB_URI`);
}

const failing =
  (code: number) =>
  (message: string): CommandError =>
    new CommandError(code, message);

/** 2: a value that makes no sense where it stands. */
export const badValue = failing(2);
/** 9: the command, update or stage has not the form it must have. */
export const failedToParse = failing(9);
/** 14: a value of another type was needed. */
export const typeMismatch = failing(14);
/** 28: a path leads through a value that is no document. */
export const pathNotViable = failing(28);
