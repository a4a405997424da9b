export { SCREEN_COOKIE, identifyScreen, screensStillValid } from './identify.ts';
export { screensPresenters } from './realtime.ts';
export { mountScreens } from './routes.ts';
