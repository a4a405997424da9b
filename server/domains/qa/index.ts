export { qaPresenters } from './realtime.ts';
export { mountQa } from './routes.ts';
export { currentLight, currentLights, setLight } from './service.ts';
