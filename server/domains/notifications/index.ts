export { weeklyJob } from './jobs.ts';
export type { AlertMeans } from './means.ts';
export { enqueueAlert, type Alert } from './outbox.ts';
export { createQaAlerts, type QaAlerts } from './qa-alerts.ts';
export { notificationsPresenters } from './realtime.ts';
export { mountNotifications } from './routes.ts';
export { ensureChannel, ensureSettingsChannel } from './service.ts';
export { startDelivering, type Delivering } from './worker.ts';
