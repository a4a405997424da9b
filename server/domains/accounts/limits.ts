import { createRateLimit } from '#server/platform/rate-limit.ts';

const WINDOW_S = 15 * 60;

/** Attempts at one account from one address, and from one address at all. A success is not counted. */
const PER_ACCOUNT = 10;
const PER_ADDRESS = 100;

export type SignInLimits = ReturnType<typeof createSignInLimits>;

/** Counts attempts to sign in. */
export function createSignInLimits() {
  const accounts = createRateLimit({ most: PER_ACCOUNT, seconds: WINDOW_S });
  const addresses = createRateLimit({ most: PER_ADDRESS, seconds: WINDOW_S });
  return {
    /** Counts an attempt before its password is looked at: many at once count too. Throws TooMany. */
    async attempt(username: string, address: string): Promise<void> {
      await addresses.take(address);
      await accounts.take(`${username}|${address}`);
    },
    async success(username: string, address: string): Promise<void> {
      await accounts.forget(`${username}|${address}`);
      await addresses.giveBack(address);
    },
  };
}

/** The same, by user, for a password that a signed-in person gives again. */
export const confirmationLimit = createRateLimit({ most: PER_ACCOUNT, seconds: WINDOW_S });
