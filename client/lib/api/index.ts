export { call } from './call.ts';
export { ApiError, Offline, detailsOf, failureText, refusalsIn } from './failures.ts';
