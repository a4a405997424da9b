import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { MachineFields, MachineId, type Machine } from '#shared/machines/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, NotFound } from '#server/platform/errors.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { MachineModel, type MachineRow } from './model.ts';
import { presentMachine } from './present.ts';

type NewMachine = MachineFields & { id: string };

/**
 * Adds a machine to the registry, available from now on.
 *
 * @throws Conflict `machine.exists`
 */
export async function createMachine(ctx: Context, { id, ...fields }: NewMachine): Promise<Machine> {
  try {
    return await ctx.atomically('machines', async () => {
      const status = { code: 'available', by: ctx.actor.name, since: ctx.now(), why: null } as const;
      const row: MachineRow = { _id: id, version: 1, ...stored(fields), status };
      await MachineModel.insertMany([row], { lean: true });
      return announce(ctx, 'machine.created', row);
    });
  } catch (error) {
    if (isDuplicate(error)) throw new Conflict('machine.exists');
    throw error;
  }
}

/**
 * Changes a machine of the registry on condition of the version that the user saw.
 *
 * @throws Conflict `machine.changed` with the current state.
 */
export async function changeMachine(
  ctx: Context,
  id: string,
  { version, ...fields }: MachineFields & { version: number },
): Promise<Machine> {
  return ctx.atomically('machines', async () => {
    const row = await MachineModel.findOneAndUpdate(
      { _id: id, version },
      { $set: stored(fields), $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (row) return announce(ctx, 'machine.changed', row);
    const current = await MachineModel.findById(id).lean();
    if (!current) throw new NotFound('machine');
    throw new Conflict('machine.changed', { current: presentMachine(current) });
  });
}

/** Adds a machine unless there is one of that identifier: for the demo and for tests. */
export async function ensureMachine(ctx: Context, fields: z.input<typeof MachineFields> & { id: string }): Promise<Machine> {
  const existing = await MachineModel.findById(fields.id).lean();
  if (existing) return presentMachine(existing);
  return createMachine(ctx, MachineFields.extend({ id: MachineId }).parse(fields));
}

/** Sets a machine as a settings file has it: adds it, or changes it whatever its version is. What is the same already is left alone. */
export async function putMachine(ctx: Context, { id, ...fields }: NewMachine): Promise<Machine> {
  return ctx.atomically('machines', async () => {
    const row = await MachineModel.findById(id).lean();
    if (!row) return createMachine(ctx, { id, ...fields });
    const { version, status: _status, id: _id, ...current } = presentMachine(row);
    const parsed = MachineFields.parse(fields);
    if (isDeepStrictEqual(MachineFields.parse(current), parsed)) return presentMachine(row);
    return changeMachine(ctx, id, { ...parsed, version });
  });
}

/** Says what a machine can do now, with who says so and why. What is the same already is left alone. */
export async function setMachineStatus(
  ctx: Context,
  id: string,
  { code, why }: { code: Machine['status']['code']; why: string },
): Promise<void> {
  await ctx.atomically('machines', async () => {
    const current = await MachineModel.findById(id).lean();
    if (!current) throw new NotFound('machine');
    if (current.status.code === code && (current.status.why ?? '') === why) return;
    const status = { code, by: ctx.actor.name, since: ctx.now(), why: why === '' ? null : why };
    const row = await MachineModel.findOneAndUpdate(
      { _id: id },
      { $set: { status }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (row) await announce(ctx, 'machine.status', row);
  });
}

async function announce(ctx: Context, action: string, row: MachineRow): Promise<Machine> {
  const machine = presentMachine(row);
  const fact = { type: 'machine:changed', data: { machine } };
  await ctx.record({
    action,
    subject: `machine:${machine.id}`,
    details: { version: machine.version, active: machine.active },
    live: [
      { topic: 'machines', ...fact },
      { topic: 'wall', ...fact },
    ],
  });
  return machine;
}

function stored({ artiscanObjectId, ...fields }: MachineFields): Omit<MachineRow, '_id' | 'version' | 'status'> {
  return { ...fields, artiscanObjectId: artiscanObjectId ?? null };
}
