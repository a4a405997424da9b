import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooMany } from './errors.ts';

export interface RateLimit {
  /** Counts an attempt; throws TooMany with the seconds to wait when there were too many. */
  take(key: string): Promise<void>;
  /** Takes one attempt back. */
  giveBack(key: string): Promise<void>;
  /** Forgets all attempts of a key. */
  forget(key: string): Promise<void>;
}

/** Counts attempts per key, `most` in a window of `seconds` from the first. In memory: a restart forgets, which an attacker cannot cause. */
export function createRateLimit({ most, seconds }: { most: number; seconds: number }): RateLimit {
  const limiter = new RateLimiterMemory({ points: most, duration: seconds });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
      } catch (refused) {
        if (refused instanceof RateLimiterRes) throw new TooMany(Math.ceil(refused.msBeforeNext / 1000));
        throw refused;
      }
    },
    giveBack: async (key) => void (await limiter.reward(key, 1)),
    forget: async (key) => void (await limiter.delete(key)),
  };
}
