import { z } from 'zod';
import { endpoint } from '../http.ts';
import { Version } from '../schemas.ts';
import { Machine, MachineFields, MachineId, MachineParams } from './schemas.ts';

export const listMachinesCall = endpoint({
  method: 'get',
  path: '/api/machines',
  summary: 'The registry of machines, inactive ones included',
  reply: z.array(Machine),
});

export const createMachineCall = endpoint({
  method: 'post',
  path: '/api/admin/machines',
  summary: 'Adds a machine to the registry',
  body: MachineFields.extend({ id: MachineId }),
  reply: Machine,
  status: 201,
});

export const changeMachineCall = endpoint({
  method: 'put',
  path: '/api/admin/machines/:id',
  summary: 'Changes a machine of the registry',
  params: MachineParams,
  body: MachineFields.extend({ version: Version }),
  reply: Machine,
});
