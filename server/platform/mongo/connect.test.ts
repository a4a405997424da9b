import { expect, test } from 'vitest';
import { refuseStandalone } from './connect.ts';

test('a standalone server is refused, with the command that makes it a replica set', () => {
  const standalone = { isWritablePrimary: true, maxWireVersion: 21, ok: 1 };
  expect(() => refuseStandalone(standalone)).toThrow(/standalone server.*--replSet rs0.*rs\.initiate\(\)/);
});

test('members of a replica set and routers of a sharded cluster are taken', () => {
  expect(() => refuseStandalone({ setName: 'rs0', ok: 1 })).not.toThrow();
  expect(() => refuseStandalone({ msg: 'isdbgrid', ok: 1 })).not.toThrow();
});
