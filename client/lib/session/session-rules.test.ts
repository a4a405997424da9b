import { describe, expect, test, vi } from 'vitest';
import { IDLE_MS, IdleWatch } from './idle.ts';
import { safeNext } from './next.ts';

describe('the lock of a shared console', () => {
  test('comes after five idle minutes and not before', () => {
    const onIdle = vi.fn();
    const watch = new IdleWatch(onIdle, 0);
    watch.check(IDLE_MS - 1);
    expect(onIdle).not.toHaveBeenCalled();
    watch.touch(IDLE_MS - 1);
    watch.check(IDLE_MS + 60_000);
    expect(onIdle).not.toHaveBeenCalled();
    watch.check(2 * IDLE_MS);
    expect(onIdle).toHaveBeenCalledTimes(1);
  });
});

describe('the page after sign-in', () => {
  test.each([
    ['/dossiers/66f0?tab=plan#items', '/dossiers/66f0?tab=plan#items'],
    [null, '/home'],
    ['', '/home'],
    ['https://elsewhere.example/', '/home'],
    ['//elsewhere.example/', '/home'],
    ['/\\elsewhere.example', '/home'],
    ['javascript:alert(1)', '/home'],
    ['/sign-in?next=/sign-in', '/home'],
  ])('of %j is %s', (next, path) => expect(safeNext(next, '/home')).toBe(path));
});
