import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listLightsCall, previewConfigCall, suggestRuleCall, yearTableCall } from '#shared/qa/api.ts';
import type { QaConfig } from '#shared/qa/config.ts';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import type { ConfigPreview } from '#shared/qa/page-schemas.ts';
import type { QaType } from '#shared/qa/controls.ts';
import type { Client, TestApp } from '#server/testing/app.ts';
import { footprint, statusesOf } from '#server/testing/footprint.ts';
import { relight } from '../relight.ts';
import { NOW, ROWS, read, startQaApp } from './testing.ts';

let test: TestApp;
let physicist: Client;

beforeAll(async () => {
  test = await startQaApp();
  await read(ROWS, NOW);
  physicist = await test.as('physicist');
});
afterAll(() => test.close());

const { rules, modules } = DEFAULT_QA_CONFIG;
const preview = (config: QaConfig): Promise<ConfigPreview> => physicist.call(previewConfigCall, { body: { config } });
const lightOfTomo = async (): Promise<string | undefined> => {
  await test.ctx.atomically('qa', () => relight(test.ctx, ['tomo1']));
  return (await physicist.call(listLightsCall)).find(({ machine }) => machine === 'tomo1')?.light;
};

describe('a preview of other rules', () => {
  it('is for those who may configure', async () => {
    const body = { config: DEFAULT_QA_CONFIG };
    const statuses = await statusesOf([
      [test.anonymous(), 'POST', '/api/qa/config/preview', body],
      [await test.as('technologist'), 'POST', '/api/qa/config/preview', body],
      [physicist, 'POST', '/api/qa/config/preview', {}],
    ]);
    expect(statuses).toEqual([401, 403, 400]);
  });

  it('of the same rules is empty, and changes nothing', async () => {
    const before = await footprint('qa_config');
    expect(await preview(DEFAULT_QA_CONFIG)).toEqual({ faults: [], controls: [], total: 0, periods: [], lights: [] });
    expect(await footprint('qa_config')).toEqual(before);
  });

  it('names the pattern that is none, and compares nothing', async () => {
    const { faults, total } = await preview({ ...DEFAULT_QA_CONFIG, rules: { ...rules, CQM: '(cqm' } });
    expect(faults).toMatchObject([{ rule: 'CQM' }]);
    expect(total).toBe(0);
  });

  it('tells what saving then does to controls, periods and lights', async () => {
    const config = {
      ...DEFAULT_QA_CONFIG,
      modules: { ...modules, CQS: [...modules.CQS, 4242] },
      rules: { ...rules, exclusion: `${rules.exclusion}|tomo1` },
    };
    expect(await lightOfTomo()).toBe('green');
    const told = await preview(config);
    expect(told.controls.map(({ control, machine, before, after, reason }) => [control.id, machine, before, after, reason])).toEqual([
      [31, 'tomo1', null, null, 'excluded'],
      [30, 'tomo1', 'CQH', null, 'excluded'],
      [8, 'versa-hd-1', null, 'CQS', null],
    ]);
    expect(told.periods).toEqual(
      expect.arrayContaining([
        { machine: 'tomo1', type: 'CQH', label: 'S47 2026', before: 'done', after: 'running' },
        { machine: 'versa-hd-1', type: 'CQS', label: 'S2 2026', before: 'running', after: 'done' },
      ]),
    );
    expect(told.periods).toHaveLength(2);
    expect(told.lights).toEqual([{ machine: 'tomo1', before: 'green', after: 'red' }]);
    const saved = await physicist.request('POST', '/api/qa/config', { version: 0, config, note: 'essai' });
    expect(saved.status).toBe(201);
    const { rows } = await physicist.call(yearTableCall, { query: { type: 'CQS', year: 2026 } });
    expect(rows.map(({ cells }) => cells[1]?.state)).toEqual(['done']);
    expect(await lightOfTomo()).toBe('red');
  });
});

describe('a suggestion of a rule', () => {
  const suggest = (control: number, type: QaType) => physicist.call(suggestRuleCall, { body: { control, type } });

  it('is the control’s module, where modules tell the machine’s types', async () => {
    await read(ROWS, NOW);
    const { current } = (await physicist.request<{ current: { config: QaConfig } }>('GET', '/api/qa/config')).body;
    const without = { ...current.config, modules, rules };
    await physicist.request('POST', '/api/qa/config', { version: 1, config: without, note: 'retour' });
    const { kind, config } = await suggest(8, 'CQM');
    expect(kind).toBe('module');
    expect(config.modules.CQM).toContain(4242);
  });

  it('is made of the words of the name elsewhere, without machines, dates and numbers, and gives the control its type', async () => {
    const { kind, config } = await suggest(31, 'CQH');
    expect(kind).toBe('name');
    expect(config.rules.CQH).toBe(`${rules.CQH}|étalonnage ?dose`);
    const { controls } = await preview(config);
    expect(controls.map(({ control, after }) => [control.id, after])).toEqual([[31, 'CQH']]);
  });

  it('is refused in words when no simple rule helps', async () => {
    const refused = await physicist.request<{ error: unknown }>('POST', '/api/qa/config/suggestion', { control: 7, type: 'CQH' });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('Aucune règle simple');
    const none = await physicist.request('POST', '/api/qa/config/suggestion', { control: 999, type: 'CQH' });
    expect(none.status).toBe(404);
  });
});
