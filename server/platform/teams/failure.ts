export type TeamsFailureCode =
  'refused' | 'limited' | 'server' | 'timeout' | 'unreachable' | 'certificate' | 'proxy' | 'interrupted' | 'too-large';

/** A card that did not arrive, or may not have. It carries no address and no content: errors of HTTP clients do. */
export class TeamsFailure extends Error {
  constructor(code: TeamsFailureCode, status: number | null = null, retryAfterMs: number | null = null) {
    super(status === null ? code : `${code} (${status})`);
    this.name = 'TeamsFailure';
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
  readonly code: TeamsFailureCode;
  /** Of HTTP, when there was an answer. */
  readonly status: number | null;
  /** What the answer asked to wait. */
  readonly retryAfterMs: number | null;
}

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'];
const INTERRUPTED = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_BAD_RESPONSE'];
const LATE = ['ETIMEDOUT', 'ERR_CANCELED'];
const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;

/** What a failed try was, without anything of the request. */
export function teamsFailure(error: unknown, late: boolean): TeamsFailure {
  if (error instanceof TeamsFailure) return error;
  const answer = answerOf(error);
  if (answer) return new TeamsFailure(codeOfStatus(answer.status), answer.status, retryAfterMs(answer.headers));
  if (late) return new TeamsFailure('timeout');
  const codes = codesOf(error);
  if (codes.some((code) => code.startsWith('ERR_PROXY'))) return new TeamsFailure('proxy');
  if (codes.some((code) => CERTIFICATE.test(code))) return new TeamsFailure('certificate');
  if (codes.some((code) => LATE.includes(code))) return new TeamsFailure('timeout');
  if (codes.some((code) => UNREACHABLE.includes(code))) return new TeamsFailure('unreachable');
  return new TeamsFailure(codes.some((code) => INTERRUPTED.includes(code)) ? 'interrupted' : 'unreachable');
}

function codeOfStatus(status: number): TeamsFailureCode {
  if (status === 429) return 'limited';
  if (status === 407) return 'proxy';
  if (status === 413) return 'too-large';
  return status >= 500 || status === 408 || status === 425 ? 'server' : 'refused';
}

/** `Retry-After` in seconds or as a date. */
function retryAfterMs(headers: unknown): number | null {
  const value = typeof headers === 'object' && headers !== null && 'retry-after' in headers ? headers['retry-after'] : undefined;
  if (typeof value !== 'string') return null;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function answerOf(error: unknown): { status: number; headers: unknown } | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined;
  const { response } = error;
  if (typeof response !== 'object' || response === null || !('status' in response) || typeof response.status !== 'number') {
    // The library makes an error of its own of a 400 with a message, and leaves the answer out.
    return 'isMicrosoftTeamsError' in error ? { status: 400, headers: {} } : undefined;
  }
  return { status: response.status, headers: 'headers' in response ? response.headers : {} };
}

/** The codes of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let one = error, depth = 0; typeof one === 'object' && one !== null && depth < 4; depth++) {
    if ('code' in one && typeof one.code === 'string') codes.push(one.code);
    one = 'cause' in one ? one.cause : undefined;
  }
  return codes;
}
