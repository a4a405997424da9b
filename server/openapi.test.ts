import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './testing/app.ts';

let test: TestApp;

beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

it('every call is described, those of files by what they send', async () => {
  const { cookie } = await test.as('admin');
  const response = await fetch(`${test.url}/api/openapi.json`, { headers: { cookie } });
  expect(response.status).toBe(200);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
  const content = (path: string): unknown => paths[path]?.get?.responses['200']?.content;
  expect(content('/api/qa/report.pdf')).toEqual({ 'application/pdf': { schema: { type: 'string', format: 'binary' } } });
  expect(content('/api/qa/export.csv')).toEqual({ 'text/csv; charset=utf-8': { schema: { type: 'string' } } });
  expect(content('/api/qa/overview')).toMatchObject({ 'application/json': { schema: { type: 'object' } } });
  expect(Object.keys(paths).length).toBeGreaterThan(80);
});
