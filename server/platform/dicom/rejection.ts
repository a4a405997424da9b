import type { RefusalReason } from './observer.ts';

/** What A-ASSOCIATE-RJ says: PS3.8 table 9-21. */
export interface Rejection {
  /** 1 permanent, 2 transient. */
  readonly result: 1 | 2;
  /** 1 the service user, 2 the service provider (ACSE), 3 the service provider (presentation). */
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

export const REJECT = {
  refused: { result: 1, source: 1, reason: 1 },
  applicationContext: { result: 1, source: 1, reason: 2 },
  callingAeNotRecognised: { result: 1, source: 1, reason: 3 },
  calledAeNotRecognised: { result: 1, source: 1, reason: 7 },
  protocolVersion: { result: 1, source: 2, reason: 2 },
  congestion: { result: 2, source: 3, reason: 1 },
  localLimit: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, Rejection>;

const TEXTS: readonly (readonly [Rejection, RefusalReason, string])[] = [
  [REJECT.applicationContext, 'application context not supported', 'application context name not supported'],
  [REJECT.callingAeNotRecognised, 'calling AE not recognised', 'calling AE title not recognised'],
  [REJECT.calledAeNotRecognised, 'called AE not recognised', 'called AE title not recognised'],
  [REJECT.protocolVersion, 'refused', 'protocol version not supported'],
  [REJECT.congestion, 'temporary congestion', 'temporary congestion'],
  [REJECT.localLimit, 'local limit exceeded', 'local limit exceeded'],
];

interface Numbers {
  readonly result: number;
  readonly source: number;
  readonly reason: number;
}

/** The kind of a refusal, for the monitor. */
export function refusalReason(rejection: Numbers): RefusalReason {
  return find(rejection)?.[1] ?? 'refused';
}

/** A refusal in words, as `called AE title not recognised`; the numbers when the standard has no words for them. */
export function rejectionText(rejection: Numbers): string {
  const known = find(rejection)?.[2];
  if (known) return known;
  if (rejection.source === 1 && rejection.reason === 1) return 'no reason given';
  return `result ${rejection.result}, source ${rejection.source}, reason ${rejection.reason}`;
}

function find(rejection: Numbers): (typeof TEXTS)[number] | undefined {
  return TEXTS.find(([known]) => known.source === rejection.source && known.reason === rejection.reason);
}
