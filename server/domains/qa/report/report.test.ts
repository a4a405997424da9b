import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, TestApp } from '#server/testing/app.ts';
import { statusesOf } from '#server/testing/footprint.ts';
import { PASSWORD } from '#server/testing/app.ts';
import { renderPdf } from '#server/platform/pdf/index.ts';
import type { Context } from '#server/platform/context.ts';
import { NOW, ROWS, read, row, startQaApp } from '../pages/testing.ts';
import { reportOf } from './index.ts';

let test: TestApp;
let physicist: Client;

const PATH = '/api/qa/report.pdf';
const SITE = { name: 'Institut de test' };
const SPAN = { from: '2026-11-01', to: '2026-11-30' };

beforeAll(async () => {
  test = await startQaApp();
  await read([...ROWS, row(40, '2026-11-12T08:00', { conform: false, name: `Long ${'x'.repeat(3000)}` })], NOW);
  physicist = await test.as('physicist');
});
afterAll(() => test.close());

/** What stands in the document, in one text. */
async function told(ctx: Context, query: typeof SPAN & { machine?: string }): Promise<string> {
  const { blocks } = await reportOf(ctx, query, SITE);
  return blocks.map((block) => (block.kind === 'table' ? block.rows.map((cells) => cells.join(' | ')).join('\n') : block.text)).join('\n');
}

const contextAt = (locale: 'fr' | 'en'): Context => ({ ...test.ctx, locale, now: () => NOW });

describe('the report of a span of days', () => {
  it('is for those who may read, of a machine of the registry, over two years at most', async () => {
    const statuses = await statusesOf([
      [test.anonymous(), 'GET', `${PATH}?from=2026-11-01&to=2026-11-30`],
      [physicist, 'GET', `${PATH}?from=2026-11-30&to=2026-11-01`],
      [physicist, 'GET', `${PATH}?from=2020-11-30&to=2026-11-01`],
      [physicist, 'GET', `${PATH}?from=2026-11-01&to=2026-11-30&machine=no-such-machine`],
    ]);
    expect(statuses).toEqual([401, 400, 400, 404]);
  });

  it('tells controls, justifications with their earlier wordings, releases and signed returns to service', async () => {
    const place = { machine: 'versa-hd-1', type: 'CQM', period: '2026-10-01' };
    const made = await physicist.request<{ id: string }>('POST', '/api/qa/justifications', { ...place, text: 'Pas de physicien' });
    await physicist.request('PUT', `/api/qa/justifications/${made.body.id}`, { text: 'Physicien absent' });
    await physicist.request('POST', '/api/qa/remarks', { ...place, type: 'CQH', period: '2026-11-09', text: 'Fantôme prêté' });
    await physicist.request('POST', '/api/qa/controls/40/release', { reason: 'Dérive connue' });
    const fault = await physicist.request<{ id: string; controls: { name: string }[] }>('POST', '/api/qa/machines/versa-hd-1/fault', {
      why: 'Magnétron',
    });
    for (const { name } of fault.body.controls)
      await physicist.request('POST', `/api/qa/outages/${fault.body.id}/controls`, { name, done: true });
    const end = await physicist.request<{ ended: { hash: string } }>('POST', `/api/qa/outages/${fault.body.id}/return`, {
      password: PASSWORD,
      remark: 'Rodage fait',
    });
    expect(end.status).toBe(200);
    const text = await told(contextAt('fr'), { from: '2026-10-01', to: '2026-11-30', machine: 'versa-hd-1' });
    expect(text).toContain('Du 01/10/2026 au 30/11/2026');
    expect(text).toContain('Règles de classement : celles d’origine (version 0)');
    expect(text).toMatch(/2026-11 \| fait \| 04\/11\/2026 09:00 \| 3 \| CQM \| conforme/);
    expect(text).toContain('2026-10 | en retard, justifié');
    expect(text).toContain('Physicien absent');
    expect(text).toMatch(/Avant la modification de Test physicist le .+ : Pas de physicien/);
    expect(text).toContain('Fantôme prêté');
    expect(text).toMatch(/non conforme, levé par Test physicist le .+ : Dérive connue/);
    expect(text).toMatch(/Remise en service signée par Test physicist le .+ : Rodage fait/);
    expect(text).toContain(`Empreinte SHA-256 de ce qui est signé : ${end.body.ended.hash}`);
    expect(text).not.toContain('TOMO1');
    const english = await told(contextAt('en'), { from: '2026-10-01', to: '2026-11-30', machine: 'versa-hd-1' });
    expect(english).toContain('From 01/10/2026 to 30/11/2026');
    expect(english).toContain('Return to service signed by Test physicist');
  });

  it('is a PDF, the same bytes for the same data at the same time', async () => {
    const { cookie } = physicist;
    const response = await fetch(`${test.url}${PATH}?from=2026-11-01&to=2026-11-30`, { headers: { cookie } });
    expect(response.headers.get('content-type')).toBe('application/pdf');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    const [one, two] = [
      await renderPdf(await reportOf(contextAt('fr'), SPAN, SITE)),
      await renderPdf(await reportOf(contextAt('fr'), SPAN, SITE)),
    ];
    expect(one.equals(two)).toBe(true);
  });

  it.runIf(hasPdftotext())('says on its pages what was collected, with page numbers', async () => {
    const bytes = await renderPdf(await reportOf(contextAt('fr'), SPAN, SITE));
    const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: bytes }).toString();
    expect(text).toContain('Institut de test');
    expect(text).toMatch(/Page 1 sur \d+/);
    expect(text).toContain('TOMO1');
    expect(text).toContain('périodes et contrôles');
  });
});

function hasPdftotext(): boolean {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
