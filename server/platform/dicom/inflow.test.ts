import { expect, test } from 'vitest';
import { Inflow } from './inflow.ts';

const BYTES = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

test.each([1, 2, 3, 4, 7, 10])('what came in pieces of %i bytes is read as if it had come at once', (size) => {
  const inflow = new Inflow();
  for (let at = 0; at < BYTES.length; at += size) inflow.append(BYTES.subarray(at, at + size));
  expect(inflow.bytes).toBe(10);
  inflow.skip(1);
  expect(inflow.reach(10)).toBe(false);
  expect(inflow.reach(8)).toBe(true);
  expect([inflow.u8(0), inflow.u16(1, true), inflow.u32(4, false)]).toEqual([2, 0x0304, 0x09080706]);
  expect([...inflow.take(4)]).toEqual([2, 3, 4, 5]);
  const rest: number[] = [];
  for (let some = inflow.takeSome(3); some; some = inflow.takeSome(3)) {
    expect(some.length).toBeLessThanOrEqual(3);
    rest.push(...some);
  }
  expect(rest).toEqual([6, 7, 8, 9, 10]);
  expect(inflow.bytes).toBe(0);
});

test('what is left of memory that is another’s is kept as a copy', () => {
  const inflow = new Inflow();
  inflow.append(Buffer.from([1, 2]));
  const lent = Buffer.from(Uint8Array.of(3, 4, 5).buffer);
  inflow.append(lent);
  inflow.skip(3);
  inflow.keep(lent);
  lent.fill(0);
  expect([...inflow.take(2)]).toEqual([4, 5]);
});

test('more than has come is not taken', () => {
  const inflow = new Inflow();
  inflow.append(Buffer.from([1]));
  expect([inflow.reach(2), inflow.take(2).length, inflow.bytes]).toEqual([false, 0, 1]);
});
