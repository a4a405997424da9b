export { machinesPresenters } from './realtime.ts';
export { allMachines, isActive, loadRegistry, machineName, machineRef, readMachines } from './registry.ts';
export { mountMachines } from './routes.ts';
export { ensureMachine, putMachine, setMachineStatus } from './service.ts';
