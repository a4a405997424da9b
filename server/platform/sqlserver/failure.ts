/** Why a SQL Server could not be read. */
export type SqlFailureCode =
  | 'unreachable'
  | 'timeout'
  | 'certificate'
  | 'encryption'
  | 'login'
  | 'database'
  | 'permission'
  | 'schema'
  | 'cut'
  | 'stopped'
  | 'too-many'
  | 'refused';

/**
 * A reading that did not end well. It carries no message of the server or of the driver: those may quote names, statements and values. `detail` is a code of
 * the system (`ECONNREFUSED`) or of the server (`4060`), for the log.
 */
export class SqlFailure extends Error {
  readonly code: SqlFailureCode;
  readonly detail: string | undefined;
  constructor(code: SqlFailureCode, detail?: string) {
    super(detail === undefined ? code : `${code} (${detail})`);
    this.code = code;
    this.detail = detail;
  }
}

/** SQL Server's own numbers. */
const BY_NUMBER: Readonly<Record<number, SqlFailureCode>> = {
  18_456: 'login',
  18_452: 'login',
  18_470: 'login',
  18_486: 'login',
  18_487: 'login',
  18_488: 'login',
  4060: 'database',
  4064: 'database',
  911: 'database',
  229: 'permission',
  230: 'permission',
  916: 'permission',
  207: 'schema',
  208: 'schema',
};

const BY_DRIVER: Readonly<Record<string, SqlFailureCode>> = {
  ELOGIN: 'login',
  EENCRYPT: 'encryption',
  ETIMEOUT: 'timeout',
  ECANCEL: 'stopped',
  ECONNRESET: 'cut',
  ECLOSE: 'cut',
  EREQUEST: 'refused',
};

/** Codes of Node and OpenSSL for a certificate that is not the one awaited. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME|ERR_TLS_CERT/;
const TLS = /^(ERR_SSL|ERR_TLS|EPROTO)/;

/**
 * Says what went wrong, from the driver's error and the numbers the server sent before it (a refused login has its number only there).
 *
 * @param connected whether the login had succeeded: what breaks after that was cut in the middle.
 */
export function failureOf(error: unknown, numbers: readonly number[], connected: boolean): SqlFailure {
  if (error instanceof SqlFailure) return error;
  const chain = [...causes(error)];
  const known = [...numbersOf(chain), ...numbers].find((number) => BY_NUMBER[number] !== undefined);
  const byNumber = known === undefined ? undefined : BY_NUMBER[known];
  if (byNumber) return new SqlFailure(byNumber, String(known));
  const codes = chain.flatMap(codeOf);
  const certificate = codes.find((code) => CERTIFICATE.test(code));
  if (certificate !== undefined) return new SqlFailure('certificate', certificate);
  const tls = codes.find((code) => TLS.test(code));
  if (tls !== undefined) return new SqlFailure('encryption', tls);
  const driver = codes.find((code) => BY_DRIVER[code] !== undefined && !(code === 'ECONNRESET' && !connected));
  const code = driver === undefined ? undefined : BY_DRIVER[driver];
  if (code) return new SqlFailure(code, numbersOf(chain)[0]?.toString() ?? driver);
  return new SqlFailure(connected ? 'cut' : 'unreachable', codes.at(-1));
}

/** The error, its causes, and what several errors at once hold. */
function* causes(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const one of error.errors) yield* causes(one);
  if (error.cause !== error) yield* causes(error.cause);
}

function codeOf(error: Error): string[] {
  return 'code' in error && typeof error.code === 'string' ? [error.code] : [];
}

function numbersOf(chain: readonly Error[]): number[] {
  return chain.flatMap((error) => ('number' in error && typeof error.number === 'number' ? [error.number] : []));
}
