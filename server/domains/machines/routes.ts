import { changeMachineCall, createMachineCall, listMachinesCall } from '#shared/machines/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { readMachines } from './registry.ts';
import { changeMachine, createMachine } from './service.ts';

/** The calls on the registry of machines. */
export function mountMachines(api: Api): void {
  serve(api, listMachinesCall, 'machines:read', () => readMachines());
  serve(api, createMachineCall, 'machines:write', (ctx, { body }) => createMachine(ctx, body));
  serve(api, changeMachineCall, 'machines:write', (ctx, { params, body }) => changeMachine(ctx, params.id, body));
}
