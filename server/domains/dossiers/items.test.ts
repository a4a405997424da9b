import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody, Refusal } from '#shared/errors.ts';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { PASSWORD, startTestApp, type Answer, type TestApp } from '#server/testing/app.ts';
import { CHECKLIST, Department, PLAN, PRESCRIPTION } from '#server/testing/dossiers.ts';
import { hashOf } from './canonical.ts';

type Role = Parameters<Department['as']>[0];

let test: TestApp;
let staff: Department;

beforeAll(async () => {
  test = await startTestApp();
  staff = new Department(test);
});
afterAll(() => test.close());

const put = async (role: Role, path: string, body: object): Promise<Answer<Dossier & ErrorBody>> =>
  (await staff.as(role)).request('PUT', path, body);
const post = async (role: Role, path: string, body: object): Promise<Answer<Dossier & ErrorBody>> =>
  (await staff.as(role)).request('POST', path, body);
const rulesIn = (answer: Answer<ErrorBody>): string[] => (answer.body.error.details as Refusal[]).map(({ rule }) => rule).sort();
const history = (dossier: Dossier): Promise<number> =>
  mongoose.connection.collection('dossierhistory').countDocuments({ dossier: dossier.id });

describe('an item', () => {
  it('records who ticked it, in which role, with what evidence; and is unticked again', async () => {
    const dossier = await staff.dossier();
    const ticked = await staff.tick('secretary', dossier, 'identity_validated', 'Carte vitale vue');
    const seen = await (await staff.as('physicist')).request<Dossier>('GET', `/api/dossiers/${dossier.id}`);
    expect(seen.body.items.find(({ code }) => code === 'identity_validated')).toMatchObject({
      done: true,
      by: 'Test secretary',
      role: 'secretary',
      evidence: 'Carte vitale vue',
    });
    const { body } = await put('technologist', `/api/dossiers/${dossier.id}/items/identity_validated`, {
      done: false,
      version: ticked.version,
    });
    expect(body.items.find(({ code }) => code === 'identity_validated')?.done).toBe(false);
  });

  it.each<[Role, string, object, number, string[]]>([
    ['physicist', 'identity_validated', { done: true }, 422, ['role']],
    ['technologist', 'prescription_signed', { done: true }, 422, ['signature']],
    ['technologist', 'prescription_signed', { done: false }, 422, ['revoke']],
    ['technologist', 'qa_machine_jour', { done: true }, 422, ['computed']],
    ['technologist', 'sessions_completed', { done: true }, 422, ['computed']],
    ['oncologist', 'final_report', { done: true }, 422, ['evidence']],
    ['oncologist', 'no_such_item', { done: true }, 400, []],
    ['admin', 'identity_validated', { done: true }, 403, []],
  ])('is refused to %s for %s with %j', async (role, code, body, status, rules) => {
    const dossier = await staff.dossier();
    const answer = await put(role, `/api/dossiers/${dossier.id}/items/${code}`, { ...body, version: dossier.version });
    expect(answer.status).toBe(status);
    if (status === 422) expect(rulesIn(answer)).toEqual(rules);
    expect(await history(dossier)).toBe(1);
  });
});

describe('a signature', () => {
  it('asks for the password again and keeps the hash of what was signed', async () => {
    const dossier = await staff.prescribe(await staff.dossierIn('PRESCRIPTION_VALIDEE'));
    const body = { item: 'prescription_signed', version: dossier.version };
    const path = `/api/dossiers/${dossier.id}/signatures`;
    const wrong = await post('oncologist', path, { ...body, password: 'not mine' });
    expect([wrong.status, wrong.body.error.code]).toEqual([403, 'password.wrong']);
    const signed = await post('oncologist', path, { ...body, password: PASSWORD, comment: 'vu' });
    expect(signed.status).toBe(200);
    const { prescription, signatures } = signed.body;
    const { revision: _r, written: _w, ...content } = prescription ?? { revision: 0, written: null };
    expect(signatures).toMatchObject([
      { item: 'prescription_signed', role: 'oncologist', comment: 'vu', hash: hashOf(content), ended: null },
    ]);
  });

  it.each<[Role, string, string[]]>([
    ['oncologist', 'prescription_signed', ['prescription']],
    ['physicist', 'prescription_signed', ['prescription', 'role']],
    ['physicist', 'qa_dosimetrie', ['plan']],
    ['oncologist', 'signature_oncologue', ['plan', 'prescription']],
    ['oncologist', 'qa_dosimetrie', ['plan', 'role']],
  ])('of %s on %s of an empty dossier is refused with every reason', async (role, item, rules) => {
    const dossier = await staff.dossier();
    const answer = await post(role, `/api/dossiers/${dossier.id}/signatures`, { item, password: PASSWORD, version: dossier.version });
    expect([answer.status, rulesIn(answer)]).toEqual([422, rules]);
  });

  it('breaks visibly when what was signed changes, and its item is put back', async () => {
    const dossier = await staff.dossierIn('PRET_POUR_TRAITEMENT');
    const same = await staff.prescribe(dossier);
    expect(same.signatures.every(({ ended }) => ended === null)).toBe(true);
    const changed = await staff.prescribe(same, { plannedStart: '2026-12-08' as never });
    const ended = changed.signatures.filter((signature) => signature.ended?.why === 'broken').map(({ item }) => item);
    expect(ended.sort()).toEqual(['prescription_signed', 'signature_oncologue']);
    expect(changed.items.filter(({ code, done }) => done && ended.some((item) => item === code))).toEqual([]);
    expect(changed.blocked.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['prescription_signed', 'signature_oncologue']));
  });

  it('given anew replaces the one before, which stays to be read', async () => {
    const dossier = await staff.dossierIn('CONTOURS_VALIDES');
    const again = await staff.sign('oncologist', dossier, 'prescription_signed');
    expect(again.signatures.map(({ ended }) => ended?.why ?? null)).toEqual(['replaced', null]);
  });
});

describe('prescription and plan', () => {
  it('agree with the dose within 1 %', async () => {
    const dossier = await staff.dossier();
    const path = `/api/dossiers/${dossier.id}/prescription`;
    const answer = await put('oncologist', path, { ...PRESCRIPTION, totalDoseGy: 6.1, version: dossier.version });
    expect([answer.status, answer.body.error.details]).toEqual([400, [{ where: 'body', path: 'totalDoseGy', message: 'dose' }]]);
    expect((await put('oncologist', path, { ...PRESCRIPTION, totalDoseGy: 6.05, version: dossier.version })).status).toBe(200);
  });

  it('are written by their roles only, on the version seen', async () => {
    const dossier = await staff.dossier();
    for (const role of ['physicist', 'technologist', 'secretary', 'admin'] as const) {
      expect((await put(role, `/api/dossiers/${dossier.id}/prescription`, { ...PRESCRIPTION, version: dossier.version })).status).toBe(403);
    }
    expect((await put('oncologist', `/api/dossiers/${dossier.id}/plan`, { ...PLAN, version: dossier.version })).status).toBe(403);
    expect((await put('oncologist', `/api/dossiers/${dossier.id}/prescription`, { ...PRESCRIPTION, version: 99 })).status).toBe(409);
  });

  it('the plan gives one result for each constraint, and a machine of the registry', async () => {
    const dossier = await staff.prescribe(await staff.dossier());
    const path = `/api/dossiers/${dossier.id}/plan`;
    const without = await put('dosimetrist', path, { ...PLAN, results: [], version: dossier.version });
    expect([without.status, rulesIn(without)]).toEqual([422, ['constraints_count']]);
    const elsewhere = await put('dosimetrist', path, { ...PLAN, machineId: 'no-such-machine', version: dossier.version });
    expect([elsewhere.status, rulesIn(elsewhere)]).toEqual([422, ['machine_unknown']]);
  });
});

describe('a session', () => {
  const start = (dossier: Dossier, checklist: object = CHECKLIST): Promise<Answer<Dossier & ErrorBody>> =>
    post('technologist', `/api/dossiers/${dossier.id}/sessions`, { checklist, version: dossier.version });

  it('does not start outside treatment, without its check-list, on a machine that blocks, twice at once, or beyond the fractions', async () => {
    const early = await start(await staff.dossier(), {});
    expect(rulesIn(early)).toEqual(expect.arrayContaining(['checklist', 'prescription', 'qa_dosimetrie', 'status']));
    const dossier = await staff.dossierIn('EN_TRAITEMENT');
    await staff.light('red');
    expect(rulesIn(await start(dossier))).toEqual(['qa_machine_jour']);
    await staff.light('green');
    expect(rulesIn(await start(dossier, { ...CHECKLIST, identity_again: false }))).toEqual(['checklist']);
    const running = await start(dossier);
    expect(running.status).toBe(201);
    expect(rulesIn(await start(running.body))).toEqual(['session_running']);
    const ended = await (
      await staff.as('technologist')
    ).request<Dossier>('PATCH', `/api/dossiers/${dossier.id}/sessions/1`, { status: 'done' });
    const second = await staff.treat(ended.body);
    expect(rulesIn(await start(second))).toEqual(['fractions']);
  });

  it('that is interrupted asks for a note, does not count as done, and ends once', async () => {
    const dossier = await staff.dossierIn('EN_TRAITEMENT');
    const running = await start(dossier);
    const end = async (body: object): Promise<Answer<Dossier & ErrorBody>> =>
      (await staff.as('technologist')).request('PATCH', `/api/dossiers/${dossier.id}/sessions/1`, body);
    expect(rulesIn(await end({ status: 'interrupted' }))).toEqual(['note']);
    const { body } = await end({ status: 'interrupted', note: 'Patient fatigué' });
    expect(body.sessions.done).toBe(0);
    expect(body.sessionList).toMatchObject([{ status: 'interrupted', note: 'Patient fatigué' }]);
    expect(rulesIn(await end({ status: 'done' }))).toEqual(['session_ended']);
    expect(running.status).toBe(201);
  });
});

describe('a closed dossier', () => {
  it('does not change any more', async () => {
    const closed = await staff.dossierIn('CLOTURE');
    const answers = [
      await put('technologist', `/api/dossiers/${closed.id}/items/identity_validated`, { done: false, version: closed.version }),
      await put('oncologist', `/api/dossiers/${closed.id}/prescription`, { ...PRESCRIPTION, version: closed.version }),
      await (
        await staff.as('technologist')
      ).request<ErrorBody>('PATCH', `/api/dossiers/${closed.id}`, { priority: 'urgent', version: closed.version }),
    ];
    for (const answer of answers) expect([answer.status, rulesIn(answer)]).toEqual([422, ['closed']]);
  });
});
