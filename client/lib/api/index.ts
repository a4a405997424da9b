export { call } from './call.ts';
export { ApiError, Offline, failureText, refusalsIn } from './failures.ts';
