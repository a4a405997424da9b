import { expect, test } from 'vitest';
import { pageAsItIs, pageOfToday } from './database-page.ts';

test('docs/database.md shows the lists of the engine as they are today (node scripts/quality/database-page.ts)', async () => {
  expect(pageAsItIs()).toBe(await pageOfToday());
});
