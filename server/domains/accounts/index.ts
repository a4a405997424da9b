export { SESSION_COOKIE, identify, sessionsStillValid } from './identify.ts';
export { verifyPassword } from './own-password.ts';
export type { DemoAccounts } from './present.ts';
export { accountsPresenters } from './realtime.ts';
export { mountAccounts } from './routes.ts';
export { ensureFirstAdmin, ensureUser } from './users.ts';
