import type { Context as KoaContext, Next } from 'koa';
import type { ErrorBody } from '#shared/errors.ts';
import type { Locale } from '#shared/accounts/schemas.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { AppError, TooMany, Unavailable } from '../errors.ts';
import type { Log } from '../log.ts';

/** Answers every failure in one form; what was not foreseen is logged with its stack and told to nobody else. */
export function answerFailures(log: Log, siteLocale: Locale) {
  return async (koa: KoaContext, next: Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      const failure = asAppError(error);
      if (failure.status >= 500) log.error({ err: rootOf(error), method: koa.method, route: koa.state.route }, 'request failed');
      koa.status = failure.status;
      koa.body = bodyOf(failure, localeOf(koa, siteLocale));
      if (failure instanceof TooMany) koa.set('Retry-After', String(failure.retryAfterSeconds));
    }
  };
}

/** The language of an answer: what the client asks for, else the site's. */
export function localeOf(koa: KoaContext, siteLocale: Locale): Locale {
  const accepted = koa.get('accept-language') ? koa.acceptsLanguages(['fr', 'en']) : false;
  return accepted === 'fr' || accepted === 'en' ? accepted : siteLocale;
}

/** The body of a failure's answer. */
export function bodyOf(failure: AppError, locale: Locale): ErrorBody {
  const message = wordsOf(locale).errors[failure.code];
  return { error: { code: failure.code, message, ...(failure.details === undefined ? {} : { details: failure.details }) } };
}

const DATABASE_AWAY = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  // A transaction whose link went in its middle: its session is over.
  'MongoExpiredSessionError',
  'MongoTransactionError',
  'MongooseServerSelectionError',
]);

/**
 * What members of a set answer while the primary changes or they stop (not primary, interrupted, shutting down, no primary in time), and what either
 * database answers when its disk is full (14031) or it no longer knows a transaction (251): nothing was done, and the same will succeed later.
 */
const NOT_NOW = new Set<unknown>([91, 133, 189, 251, 10_107, 11_600, 11_602, 13_435, 13_436, 14_031]);

/** What the system says of a link that has just gone: the driver hands on what happens while it writes as it is. */
const LINK_GONE = new Set<unknown>(
  'EPIPE ECONNRESET ECONNREFUSED ETIMEDOUT ENETUNREACH EHOSTUNREACH ERR_STREAM_DESTROYED ERR_STREAM_WRITE_AFTER_END'.split(' '),
);
/** What the driver writes on errors that say nothing of the command itself: the same may succeed when it is asked again. */
const PASSING = new Set<unknown>(['TransientTransactionError', 'RetryableWriteError', 'UnknownTransactionCommitResult']);

function isAway(error: Error): boolean {
  if (DATABASE_AWAY.has(error.name)) return true;
  if ('code' in error && LINK_GONE.has(error.code)) return true;
  if (error.name.startsWith('Mongo') && hasPassed(error)) return true;
  return error.cause instanceof Error && isAway(error.cause);
}

function hasPassed(error: Error): boolean {
  if ('code' in error && NOT_NOW.has(error.code)) return true;
  const labels: unknown = 'errorLabels' in error ? error.errorLabels : undefined;
  return Array.isArray(labels) && labels.some((label) => PASSING.has(label));
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return new AppError(500, 'internal');
  if (isAway(error)) return new Unavailable(error);
  const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
  if (status === 413) return new AppError(413, 'too-large');
  if (status === 415) return new AppError(415, 'media-type');
  if (status >= 400 && status < 500) return new AppError(400, 'invalid');
  return new AppError(500, 'internal', undefined, { cause: error });
}

function rootOf(error: unknown): unknown {
  return error instanceof AppError && error.cause ? error.cause : error;
}
