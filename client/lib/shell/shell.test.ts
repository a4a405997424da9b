import { describe, expect, test, vi } from 'vitest';
import { homeOf, pageAt, pagesOf } from './pages.ts';
import { shortcuts } from './shortcuts.svelte.ts';

describe('pages', () => {
  test('a page that a role may not open is absent', () => {
    expect(pagesOf('physicist').map((page) => page.name)).toEqual(['dossiers', 'patients', 'machines', 'pacs']);
    expect(pagesOf('manager').map((page) => page.name)).toEqual(['machines', 'admin']);
    expect(pagesOf('admin').map((page) => page.name)).toEqual(['machines', 'pacs', 'admin']);
    expect(pagesOf(undefined)).toEqual([]);
  });

  test('every role may open its home', () => {
    for (const role of [
      'technologist',
      'physicist',
      'oncologist',
      'dosimetrist',
      'coordinator',
      'secretary',
      'manager',
      'admin',
    ] as const) {
      expect(pagesOf(role).map((page) => page.href)).toContain(homeOf(role));
    }
  });

  test('an address belongs to its page, not to one that begins alike', () => {
    expect(pageAt('/dossiers/66f0')?.name).toBe('dossiers');
    expect(pageAt('/dossiers-x')).toBeUndefined();
  });
});

describe('shortcuts', () => {
  const go = vi.fn();
  const around = { role: 'physicist' as const, go };

  test('g and a letter go to a page that the role may open, within a moment', () => {
    expect(shortcuts.press('g', around, 0)).toBe(true);
    shortcuts.press('p', around, 500);
    expect(go).toHaveBeenLastCalledWith('/patients');
    shortcuts.press('g', around, 1000);
    expect(shortcuts.press('a', around, 1200)).toBe(false);
    shortcuts.press('g', around, 2000);
    shortcuts.press('d', around, 9000);
    expect(go).toHaveBeenCalledTimes(1);
  });

  test('what the page in view offers answers, and stops with the page', () => {
    const create = vi.fn();
    const leave = shortcuts.register({ create });
    expect(shortcuts.press('n', around, 0)).toBe(true);
    expect(create).toHaveBeenCalledTimes(1);
    leave();
    expect(shortcuts.press('n', around, 0)).toBe(false);
  });
});
