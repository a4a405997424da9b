import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium of this machine: named in CHROMIUM, or in its usual place. */
export const BROWSER = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place)) ?? '';

/** Without these a headless browser asks the network for things that have no place in a test. */
export const FLAGS: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
