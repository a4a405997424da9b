import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooMany } from '#server/platform/errors.ts';

const WINDOW_S = 15 * 60;

/** Attempts at one account from one address, and from one address at all. A success is not counted. */
const PER_ACCOUNT = 10;
const PER_ADDRESS = 100;

export type SignInLimits = ReturnType<typeof createSignInLimits>;

/** Counts attempts to sign in. In memory: a restart forgets, which an attacker cannot cause. */
export function createSignInLimits() {
  const accounts = new RateLimiterMemory({ points: PER_ACCOUNT, duration: WINDOW_S, keyPrefix: 'account' });
  const addresses = new RateLimiterMemory({ points: PER_ADDRESS, duration: WINDOW_S, keyPrefix: 'address' });
  return {
    /** Counts an attempt before its password is looked at: many at once count too. Throws TooMany. */
    async attempt(username: string, address: string): Promise<void> {
      await take(addresses, address);
      await take(accounts, `${username}|${address}`);
    },
    async success(username: string, address: string): Promise<void> {
      await accounts.delete(`${username}|${address}`);
      await addresses.reward(address, 1);
    },
  };
}

const confirmations = new RateLimiterMemory({ points: PER_ACCOUNT, duration: WINDOW_S, keyPrefix: 'confirmation' });

/** The same for a password that a signed-in person gives again. */
export const confirmationLimit = {
  attempt: (userId: string): Promise<void> => take(confirmations, userId),
  success: async (userId: string): Promise<void> => void (await confirmations.delete(userId)),
};

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) throw new TooMany(Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}
