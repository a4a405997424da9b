import type { Refusal } from '#shared/errors.ts';
import type { ErrorCode } from '#shared/messages/words.ts';

/** An answer that is not a success. The message is found by the code, in the caller's language. */
export class AppError extends Error {
  constructor(status: number, code: ErrorCode, details?: unknown, options?: ErrorOptions) {
    super(code, options);
    this.status = status;
    this.code = code;
    this.details = details;
  }
  readonly status: number;
  readonly code: ErrorCode;
  readonly details: unknown;
}

/** 400: the request is not what the contract says; `details` lists the faults. */
export class Invalid extends AppError {
  constructor(details: unknown) {
    super(400, 'invalid', details);
  }
}

/** 401: who calls is not known. */
export class Unauthenticated extends AppError {
  constructor(code: ErrorCode = 'session.none') {
    super(401, code);
  }
}

/** 403: who calls may not. */
export class Forbidden extends AppError {
  constructor(code: ErrorCode = 'forbidden') {
    super(403, code);
  }
}

/** 404: no such record, or none that the caller may see. */
export class NotFound extends AppError {
  constructor(kind: string) {
    super(404, 'not-found', { kind });
  }
}

/** 409: somebody else changed it, or it exists already. */
export class Conflict extends AppError {
  constructor(code: ErrorCode, details?: unknown) {
    super(409, code, details);
  }
}

/** 422: a rule is not met; `details` lists every unmet condition. */
export class RuleBroken extends AppError {
  constructor(code: ErrorCode, details: readonly Refusal[]) {
    super(422, code, details);
  }
}

/** 429: too many attempts; `retryAfterSeconds` until the next one counts. */
export class TooMany extends AppError {
  constructor(retryAfterSeconds: number) {
    super(429, 'too-many', { retryAfterSeconds });
    this.retryAfterSeconds = retryAfterSeconds;
  }
  readonly retryAfterSeconds: number;
}

/** 503: something this answer depends on is away. */
export class Unavailable extends AppError {
  constructor(cause: unknown) {
    super(503, 'unavailable', undefined, { cause });
  }
}
