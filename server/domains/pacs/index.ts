export { pacsPresenters } from './realtime.ts';
