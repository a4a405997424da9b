import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** OWASP's second choice for Argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** The hash of a password that nobody knows: an unknown user's sign-in takes as long as a known one's. */
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$KDwPHQsDpQQrl4MMpQthnA$4YjLbB2eFVDvZhNFErY7f3rYdlO4ND1rl-wjZBhG-vU';

/** Hashes a password; the result carries its parameters, so that stronger ones can come later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(
    'argon2id',
    parametersOf(password, salt, { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES }, HASH_BYTES),
  );
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Whether a password is the one of a hash. Without a hash it takes the same time and says no. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored ?? DECOY);
  if (!parts) throw new Error('a stored password hash has an unknown form');
  const [, memory, passes, parallelism, salt = '', hash = ''] = parts;
  const expected = Buffer.from(hash, 'base64url');
  const costs = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const given = await derive('argon2id', parametersOf(password, Buffer.from(salt, 'base64url'), costs, expected.length));
  return timingSafeEqual(given, expected) && stored !== undefined;
}

type Costs = Pick<Argon2Parameters, 'memory' | 'passes' | 'parallelism'>;

function parametersOf(password: string, nonce: Buffer, costs: Costs, tagLength: number): Argon2Parameters {
  // The same letters typed on two keyboards may be composed differently.
  return { message: password.normalize('NFC'), nonce, tagLength, ...costs };
}
