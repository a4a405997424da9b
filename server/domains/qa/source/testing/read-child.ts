// Reads in a process of another time zone: `TZ` counts only at the start of one. Prints the wall clocks it read.
import { ArtiscanTables } from '#shared/qa/artiscan.ts';
import type { WallClock } from '#shared/qa/controls.ts';
import type { SqlServer } from '#server/platform/sqlserver/index.ts';
import { artiscanSource } from '../artiscan.ts';

// Written by the test that starts this.
const { server, since, until } = JSON.parse(process.argv[2] ?? '') as { server: SqlServer; since: WallClock; until: WallClock };
const source = artiscanSource({ server, tables: () => ArtiscanTables.parse({}), now: () => new Date(0) });
const { controls } = await source.read({ since, until }, new AbortController().signal);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
process.stdout.write(JSON.stringify({ zone, walls: controls.map(({ at }) => at) }));
