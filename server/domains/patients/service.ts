import { Types, type QueryFilter } from 'mongoose';
import type { z } from 'zod';
import type { ChangePatient, CreatePatient, Patient, PatientsQuery } from '#shared/patients/schemas.ts';
import { auditAccess } from '#server/domains/audit/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, Invalid, NotFound } from '#server/platform/errors.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { signal } from '#server/platform/signal.ts';
import { ippKey, keysOf, similarTo, startingWith } from './keys.ts';
import { PatientModel, type PatientRow } from './model.ts';
import { presentPatient } from './present.ts';

/** A patient was created; published inside the act. */
export const patientCreated = signal<Patient>('patient.created');
/** An identity was corrected; published inside the act, so that copies of it change with it. */
export const patientChanged = signal<Patient>('patient.changed');

/** Minutes within which the same access of the same person is written down once. Source: `common.md`. */
const ACCESS_WINDOW_MIN = 5;
const MOST_CANDIDATES = 20;

/**
 * Creates a patient.
 *
 * @throws Conflict `patient.exists` for an IPP that is taken, `patient.similar` with the candidates unless the user has confirmed.
 */
export async function createPatient(ctx: Context, { confirmed, ...identity }: CreatePatient): Promise<Patient> {
  const row: PatientRow = { _id: new Types.ObjectId(), version: 1, ...identity, ...keysOf(identity), createdAt: ctx.now() };
  return orExists(row, () =>
    ctx.atomically('patients', async () => {
      await refuseDuplicates(row, { similarToo: confirmed !== true });
      await PatientModel.insertMany([row], { lean: true });
      const patient = presentPatient(row);
      await announce(ctx, 'created', patient);
      await patientCreated.publish(ctx, patient);
      return patient;
    }),
  );
}

/**
 * Corrects a patient's identity. Who has confirmed a likeness once is not asked again as long as names and birth date stay.
 *
 * @throws Conflict `patient.changed` with the current state; `patient.exists` and `patient.similar` as for a new one.
 */
export async function changePatient(ctx: Context, id: string, { confirmed, version, ...identity }: ChangePatient): Promise<Patient> {
  const keys = keysOf(identity);
  return orExists(keys, () =>
    ctx.atomically('patients', async () => {
      const before = await rowOf(id);
      if (before.version !== version) throw changed(before);
      const similarToo = confirmed !== true && isAnother(before, { ...identity, ...keys });
      await refuseDuplicates({ _id: before._id, ...identity, ...keys }, { similarToo });
      const row = await PatientModel.findOneAndUpdate(
        { _id: before._id, version },
        { $set: { ...identity, ...keys }, $inc: { version: 1 } },
        { returnDocument: 'after' },
      ).lean();
      if (!row) throw changed(await rowOf(id));
      const patient = presentPatient(row);
      await announce(ctx, 'changed', patient);
      await patientChanged.publish(ctx, patient);
      return patient;
    }),
  );
}

/** One patient; the opening is written down. */
export async function readPatient(ctx: Context, id: string): Promise<Patient> {
  const patient = presentPatient(await rowOf(id));
  await auditAccess(ctx, { action: 'patient.opened', subject: `patient:${id}`, windowMin: ACCESS_WINDOW_MIN });
  return patient;
}

/** Patients by name, from the start of IPP or names; the list is written down, once per filter. */
export async function listPatients(
  ctx: Context,
  { q, limit, cursor }: z.output<typeof PatientsQuery>,
): Promise<{ items: Patient[]; next?: string }> {
  const filters = [q ? startingWith(q) : {}, cursor === undefined ? {} : await after(cursor)];
  const rows = await PatientModel.find({ $and: filters })
    .sort({ lastNameKey: 1, _id: 1 })
    .limit(limit + 1)
    .lean();
  const items = rows.slice(0, limit).map(presentPatient);
  const last = items.at(-1);
  await auditAccess(ctx, { action: 'patients.listed', windowMin: ACCESS_WINDOW_MIN, key: q ?? '', details: { filtered: Boolean(q) } });
  return { items, ...(rows.length > limit && last ? { next: last.id } : {}) };
}

/** A patient by his identifier, for domains above; nothing is written down. */
export async function findPatient(id: string): Promise<Patient | undefined> {
  const row = await PatientModel.findById(id).lean();
  return row ? presentPatient(row) : undefined;
}

/** A patient by the IPP that an outside system wrote, case and spaces aside; nothing is written down. */
export async function findPatientByIpp(ipp: string): Promise<Patient | undefined> {
  const row = await PatientModel.findOne({ ippKey: ippKey(ipp) }).lean();
  return row ? presentPatient(row) : undefined;
}

type Identity = Pick<PatientRow, '_id' | 'birthDate' | 'ippKey' | 'lastNameKey' | 'firstNameKey'>;

/** Two creations at once write the same topic's counter: the second is tried again and sees the first. */
async function refuseDuplicates(identity: Identity, { similarToo }: { similarToo: boolean }): Promise<void> {
  const others = { _id: { $ne: identity._id } };
  const same = await PatientModel.find({ ippKey: identity.ippKey, ...others }).lean();
  if (same.length > 0) throw new Conflict('patient.exists', candidates(same));
  if (!similarToo) return;
  const similar = await PatientModel.find({ ...similarTo(identity), ...others })
    .sort({ lastNameKey: 1, _id: 1 })
    .limit(MOST_CANDIDATES)
    .lean();
  if (similar.length > 0) throw new Conflict('patient.similar', candidates(similar));
}

/** The unique index on the IPP has the last word. */
async function orExists<T>({ ippKey }: Pick<PatientRow, 'ippKey'>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new Conflict('patient.exists', candidates(await PatientModel.find({ ippKey }).lean()));
  }
}

async function announce(ctx: Context, what: 'created' | 'changed', patient: Patient): Promise<void> {
  await ctx.record({
    action: `patient.${what}`,
    subject: `patient:${patient.id}`,
    details: { version: patient.version },
    live: [{ topic: 'patients', type: `patient:${what}`, data: { patient } }],
  });
}

async function rowOf(id: string): Promise<PatientRow> {
  const row = await PatientModel.findById(id).lean();
  if (!row) throw new NotFound('patient');
  return row;
}

function isAnother(before: PatientRow, now: Omit<Identity, '_id'>): boolean {
  return before.lastNameKey !== now.lastNameKey || before.firstNameKey !== now.firstNameKey || before.birthDate !== now.birthDate;
}

function changed(current: PatientRow): Conflict {
  return new Conflict('patient.changed', { current: presentPatient(current) });
}

function candidates(rows: readonly PatientRow[]): { candidates: Patient[] } {
  return { candidates: rows.map(presentPatient) };
}

/** The cursor is the last patient's identifier: a name has no place in an address. */
async function after(cursor: string): Promise<QueryFilter<PatientRow>> {
  const last = /^[0-9a-f]{24}$/.test(cursor) ? await PatientModel.findById(cursor).lean() : null;
  if (!last) throw new Invalid([{ where: 'query', path: 'cursor', message: 'not a cursor of this list' }]);
  const { lastNameKey, _id } = last;
  return { $or: [{ lastNameKey: { $gt: lastNameKey } }, { lastNameKey, _id: { $gt: _id } }] };
}
