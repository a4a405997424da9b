import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dossier, DossierCard } from '#shared/dossiers/schemas.ts';
import { startTestApp, type TestApp } from '#server/testing/app.ts';
import { Department } from '#server/testing/dossiers.ts';

let test: TestApp;
let staff: Department;
let treated: Dossier;
let prepared: Dossier;
let urgent: Dossier;
let closed: Dossier[];

beforeAll(async () => {
  test = await startTestApp();
  staff = new Department(test);
  treated = await staff.dossierIn('EN_TRAITEMENT');
  prepared = await staff.dossier({ pathology: 'Oropharynx', machineId: 'versa-hd-2' });
  urgent = await staff.dossier({ priority: 'urgent', machineId: null });
  closed = [await staff.dossierIn('CLOTURE'), await staff.dossierIn('CLOTURE')];
  await staff.light('green');
});
afterAll(() => test.close());

async function list(query: string, role: Parameters<Department['as']>[0] = 'physicist'): Promise<{ items: DossierCard[]; next?: string }> {
  const answer = await (await staff.as(role)).request<{ items: DossierCard[]; next?: string }>('GET', `/api/dossiers${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
}
const ids = async (query: string, role?: Parameters<Department['as']>[0]): Promise<string[]> =>
  (await list(query, role)).items.map(({ id }) => id);

describe('the list of dossiers', () => {
  it('holds the open ones, the longest in their status first; closed ones only when asked for, the last closed first', async () => {
    expect(await ids('')).toEqual([treated.id, prepared.id, urgent.id]);
    expect(await ids('?status=CLOTURE')).toEqual(closed.map(({ id }) => id).reverse());
  });

  it.each([
    ['status', '?status=EN_TRAITEMENT', () => [treated]],
    ['machine', '?machine=versa-hd-2', () => [prepared]],
    ['priority', '?priority=urgent', () => [urgent]],
    ['pathology, without accents and case', '?pathology=OROPHARYNX', () => [prepared]],
    ['two at once', '?machine=versa-hd-2&priority=urgent', () => []],
  ])('is filtered by %s', async (_name, query, expected) => {
    expect(await ids(query)).toEqual(expected().map(({ id }) => id));
  });

  it('is searched by number, IPP and the beginning of names, without accents and case', async () => {
    const { lastName, firstName, ipp } = prepared.patient;
    for (const q of [String(prepared.number), ipp.toLowerCase(), lastName.slice(0, 6).toLowerCase(), `${firstName} ${lastName}`]) {
      expect([q, await ids(`?q=${encodeURIComponent(q)}`)]).toEqual([q, expect.arrayContaining([prepared.id])]);
    }
    expect(await ids('?q=.*')).toHaveLength(3); // no letter, no digit: nothing was searched for
    expect(await ids('?q=zzzz')).toEqual([]);
  });

  it('knows what is blocked as the cards do: by a light, by its absence, and by time', async () => {
    expect(await ids('?blocked=true')).toEqual([]);
    await staff.light('red');
    expect(await ids('?blocked=true')).toEqual([treated.id]);
    expect((await list('?blocked=true')).items[0]?.blocked.map(({ rule }) => rule)).toEqual(['qa_machine_jour']);
    expect(await ids('?blocked=false')).toEqual([prepared.id, urgent.id]);
    await staff.light('green');
    const late = await staff.dossierIn('PRESCRIPTION_VALIDEE');
    test.clock.advance(25 * 3_600_000);
    staff = new Department(test); // sessions ended meanwhile
    expect((await ids('?blocked=true')).sort()).toEqual([treated.id, late.id].sort());
  });

  it('“à moi” are those whose next step forward is my role’s', async () => {
    expect(await ids('?mine=true', 'oncologist')).toContain(prepared.id);
    expect(await ids('?mine=true', 'dosimetrist')).toEqual([]);
  });

  it('comes page by page, each dossier once', async () => {
    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: { items: DossierCard[]; next?: string } = await list(`?limit=1${next && `&cursor=${next}`}`);
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toEqual(await ids(''));
  });

  it('is 401 for nobody, 403 for who may not read dossiers, 400 for a filter, a cursor or a limit that is none', async () => {
    expect((await test.anonymous().request('GET', '/api/dossiers')).status).toBe(401);
    for (const role of ['manager', 'admin'] as const)
      expect((await (await staff.as(role)).request('GET', '/api/dossiers')).status).toBe(403);
    for (const query of ['status=NULLE_PART', 'cursor=abc', 'limit=501', 'limit=0', 'mine=yes', 'what=ever']) {
      expect([query, (await (await staff.as('physicist')).request('GET', `/api/dossiers?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('shows the secretary no clinical content', async () => {
    const { items } = await list('', 'secretary');
    expect(items.map(({ pathology, protocol }) => [pathology, protocol])).toEqual(items.map(() => [null, null]));
  });
});
