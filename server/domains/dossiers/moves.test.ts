import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody, Refusal } from '#shared/errors.ts';
import { PATH, type Status } from '#shared/dossiers/statuses.ts';
import type { Dossier, DossierChanged, Move } from '#shared/dossiers/schemas.ts';
import { startTestApp, type Answer, type TestApp } from '#server/testing/app.ts';
import { Department, MOVER } from '#server/testing/dossiers.ts';

let test: TestApp;
let staff: Department;

beforeAll(async () => {
  test = await startTestApp();
  staff = new Department(test);
});
afterAll(() => test.close());

const transition = async (role: Parameters<Department['as']>[0], dossier: Dossier, body: object): Promise<Answer<ErrorBody>> =>
  (await staff.as(role)).request('POST', `/api/dossiers/${dossier.id}/transition`, body);

const rulesIn = (answer: Answer<ErrorBody>): string[] => (answer.body.error.details as Refusal[]).map(({ rule }) => rule).sort();

/** Everything that an act writes: to show that a refusal wrote and published nothing. */
async function footprint(): Promise<Record<string, number>> {
  const names = ['dossiers', 'dossierhistory', 'events', 'audit'];
  const counts = await Promise.all(
    names.map((name) => mongoose.connection.collection(name).countDocuments({ action: { $not: /^session\.|opened$|listed$/ } })),
  );
  return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]));
}

async function read(dossier: Dossier): Promise<Dossier> {
  const answer = await (await staff.as('physicist')).request<Dossier>('GET', `/api/dossiers/${dossier.id}`);
  return answer.body;
}

describe('a move', () => {
  it('is 401 for nobody, 403 for who may not move dossiers at all, 404 for no dossier, 400 for an unknown status', async () => {
    const dossier = await staff.dossier();
    const body = { target: 'PRESCRIPTION_VALIDEE', version: dossier.version };
    const before = await footprint();
    expect((await test.anonymous().request('POST', `/api/dossiers/${dossier.id}/transition`, body)).status).toBe(401);
    for (const role of ['secretary', 'manager', 'admin'] as const) expect((await transition(role, dossier, body)).status).toBe(403);
    expect((await transition('oncologist', { ...dossier, id: '0'.repeat(24) }, body)).status).toBe(404);
    expect((await transition('oncologist', { ...dossier, id: 'nonsense' }, body)).status).toBe(400);
    expect((await transition('oncologist', dossier, { ...body, target: 'NULLE_PART' })).status).toBe(400);
    expect((await transition('oncologist', dossier, { ...body, more: true })).status).toBe(400);
    expect(await footprint()).toEqual(before);
  });

  it('that meets no condition comes back with ALL of them, in words, and leaves nothing', async () => {
    const dossier = await staff.dossier();
    const before = await footprint();
    const answer = await transition('physicist', dossier, { target: 'PRESCRIPTION_VALIDEE', version: dossier.version });
    expect(answer.status).toBe(422);
    expect(answer.body.error.code).toBe('dossier.transition');
    expect(rulesIn(answer)).toEqual(['exams_imported', 'identity_validated', 'role']);
    for (const { message } of answer.body.error.details as Refusal[]) expect(message).toMatch(/^[A-ZÀ-Ý«].*\.$/u);
    expect(await footprint()).toEqual(before);
    expect((await read(dossier)).version).toBe(dossier.version);
  });

  it('speaks the language of the caller', async () => {
    const dossier = await staff.dossier();
    const client = await staff.as('physicist');
    const body = { target: 'PRESCRIPTION_VALIDEE', version: dossier.version };
    const path = `/api/dossiers/${dossier.id}/transition`;
    const [french, english] = await Promise.all(
      ['fr', 'en'].map((language) => client.request<ErrorBody>('POST', path, body, { 'accept-language': language })),
    );
    expect(french?.body.error.message).toBe('Le déplacement est refusé.');
    expect(english?.body.error.message).toBe('The move is refused.');
  });

  it('of a stale version is told who changed what, before any rule is judged', async () => {
    const seen = await staff.dossier();
    await staff.tick('technologist', seen, 'identity_validated');
    const before = await footprint();
    const answer = await transition('oncologist', seen, { target: 'CLOTURE', version: seen.version });
    expect(answer.status).toBe(409);
    expect(answer.body.error.code).toBe('dossier.changed');
    const details = answer.body.error.details as DossierChanged;
    expect(details.current.version).toBe(seen.version + 1);
    expect(details.changes).toMatchObject([{ by: 'Test technologist', role: 'technologist', what: 'dossier.item-ticked' }]);
    expect(await footprint()).toEqual(before);
  });

  it('by two people at once is made once; the other is told', async () => {
    const dossier = await staff.prepare(await staff.dossier());
    const body = { target: 'PRESCRIPTION_VALIDEE', version: dossier.version };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => transition('oncologist', dossier, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect((await read(dossier)).version).toBe(dossier.version + 1);
  });

  it('takes the prototype’s names, and ticks of its context what the caller may tick', async () => {
    const dossier = await staff.dossier();
    const body = {
      cible: 'PRESCRIPTION_VALIDEE',
      contexte: { identity_validated: true, exams_imported: true },
      commentaire: 'bonjour',
      version: dossier.version,
    };
    const byPhysicist = await transition('physicist', dossier, body);
    expect(rulesIn(byPhysicist)).toEqual(['exams_imported', 'identity_validated', 'role']);
    const byTechnologist = await transition('technologist', dossier, body);
    expect(rulesIn(byTechnologist)).toEqual(['role']);
  });
});

describe('the whole path', () => {
  it('is walked from creation to closure by the right people, each step seen by a watcher with a revision that rises by one', async () => {
    const watcher = await test.watcher(await staff.as('coordinator'));
    const { ok } = await watcher.watch('dossiers');
    expect(ok).toBe(true);
    const closed = await staff.dossierIn('CLOTURE');
    expect(closed).toMatchObject({ status: 'CLOTURE', blocked: [], sessions: { done: 2, prescribed: 2 } });
    await watcher.until((event) => event.type === 'dossier:moved' && (event.data as { card: Dossier }).card.status === 'CLOTURE');
    const moves = watcher.received
      .filter(({ type }) => type === 'dossier:moved')
      .map(({ data }) => (data as { card: Dossier }).card.status);
    expect(moves).toEqual(PATH.slice(1));
    const revisions = watcher.received.map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, index) => (revisions[0] ?? 0) + index));
    watcher.close();
  });

  it.each(PATH.slice(1))('into %s is refused without what it needs, by its own person', async (target) => {
    const from = PATH[PATH.indexOf(target) - 1] ?? 'A_PREPARER';
    const dossier = await staff.dossierIn(from);
    if (target === 'EN_TRAITEMENT') await staff.light('red');
    const answer = await transition(MOVER[target], dossier, { target, version: dossier.version });
    expect(answer.status).toBe(422);
    expect(rulesIn(answer)).not.toContain('role');
    expect(rulesIn(answer).length).toBeGreaterThan(0);
  });
});

describe('a move back', () => {
  it('asks for a comment with visible characters', async () => {
    const dossier = await staff.dossierIn('PRESCRIPTION_VALIDEE');
    for (const comment of [undefined, '', '   ', '\u200b']) {
      const answer = await transition('oncologist', dossier, { target: 'A_PREPARER', version: dossier.version, comment });
      expect([answer.status, rulesIn(answer)]).toEqual([422, ['comment']]);
    }
  });

  it('lists before it is confirmed what it revokes, then revokes exactly that', async () => {
    const dossier = await staff.dossierIn('PRET_POUR_TRAITEMENT');
    const { body: moves } = await (await staff.as('physicist')).request<Move[]>('GET', `/api/dossiers/${dossier.id}/moves`);
    const back = moves.find(({ target }) => target === 'PLAN_VALIDE');
    expect(back).toMatchObject({ direction: 'back', allowed: true, revokes: ['signature_oncologue'] });
    const moved = await staff.move('physicist', dossier, 'PLAN_VALIDE', 'Isocentre à revoir.');
    expect(moved.items.filter(({ done }) => done).map(({ code }) => code)).not.toContain('signature_oncologue');
    expect(moved.signatures.find(({ item }) => item === 'signature_oncologue')?.ended).toMatchObject({
      why: 'revoked',
      by: 'Test physicist',
    });
    expect(moved.signatures.find(({ item }) => item === 'qa_dosimetrie')?.ended).toBeNull();
  });

  it('to À reprendre contourage unticks the locked contours and what follows, and goes on to Contours validés', async () => {
    const dossier = await staff.prepare(await staff.dossierIn('PLAN_EN_REVUE'));
    const moved = await staff.move('physicist', dossier, 'A_REPRENDRE_CONTOURAGE', 'PTV trop proche.');
    const done = moved.items.filter((item) => item.done).map(({ code }) => code);
    expect(done).toContain('prescription_signed');
    expect(done).not.toContain('contours_locked');
    expect(done).not.toContain('qa_dosimetrie');
    expect((await staff.move('oncologist', moved, 'CONTOURS_VALIDES')).status).toBe('CONTOURS_VALIDES');
  });
});

describe('undo', () => {
  const undo = async (role: Parameters<Department['as']>[0], dossier: Dossier): Promise<Answer<Dossier & ErrorBody>> =>
    (await staff.as(role)).request('POST', `/api/dossiers/${dossier.id}/undo`, { version: dossier.version });

  it('of one’s own last move restores everything, without a comment, and is audited', async () => {
    const before = await staff.dossierIn('PRET_POUR_TRAITEMENT');
    const moved = await staff.move('physicist', before, 'PLAN_VALIDE', 'Erreur.');
    expect(moved.undoUntil).not.toBeNull();
    const { status, body } = await undo('physicist', moved);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: before.status,
      enteredAt: before.enteredAt,
      items: before.items,
      signatures: before.signatures,
      path: before.path,
    });
    expect(
      await mongoose.connection.collection('audit').countDocuments({ action: 'dossier.move-undone', subject: `dossier:${before.id}` }),
    ).toBe(1);
  });

  it('works from Clôturé too', async () => {
    const closed = await staff.dossierIn('CLOTURE');
    expect((await undo('oncologist', closed)).body.status).toBe('EN_TRAITEMENT');
  });

  it.each([
    ['another’s move', 'undo_nothing', async (dossier: Dossier) => Promise.resolve({ role: 'oncologist' as const, dossier })],
    [
      'a move that something followed',
      'undo_nothing',
      async (dossier: Dossier) => ({ role: 'dosimetrist' as const, dossier: await staff.plan(dossier) }),
    ],
    [
      'a move of more than 10 s ago',
      'undo_late',
      async (dossier: Dossier) => {
        test.clock.advance(10_001);
        return Promise.resolve({ role: 'dosimetrist' as const, dossier });
      },
    ],
  ])('of %s is refused', async (_name, rule, meanwhile) => {
    const { role, dossier } = await meanwhile(await staff.dossierIn('PLAN_EN_REVUE'));
    const answer = await undo(role, dossier);
    expect([answer.status, rulesIn(answer)]).toEqual([422, [rule]]);
  });
});

describe('treatment', () => {
  it('waits for the machine: red, then unknown after midnight, then green', async () => {
    const dossier = await staff.dossierIn('PRET_POUR_TRAITEMENT');
    const target: Status = 'EN_TRAITEMENT';
    await staff.light('red');
    const red = await transition('technologist', dossier, { target, version: dossier.version });
    expect(rulesIn(red)).toEqual(['qa_machine_jour']);
    expect((red.body.error.details as Refusal[])[0]?.message).toContain('Versa HD 1');
    await staff.light('green');
    test.clock.advance(25 * 3_600_000);
    staff = new Department(test); // sessions ended meanwhile
    const unknown = await transition('technologist', dossier, { target, version: dossier.version });
    expect((unknown.body.error.details as Refusal[])[0]?.params).toMatchObject({ light: 'unknown' });
    await staff.light('amber');
    expect((await transition('technologist', dossier, { target, version: dossier.version })).status).toBe(200);
  });
});
