#!/usr/bin/env node
// `npx vigie …`. Plain JavaScript, so that an old Node says what it lacks instead of failing on a type.
import path from 'node:path';

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Vigie needs Node 24 or later; this is Node ${process.versions.node}. Run it by npm (npm run, npx), which brings its own.\n`,
  );
  process.exit(1);
}
// What was compiled once is not compiled again, as in `npm start`. Asked for here: an old Node has no such function.
const { enableCompileCache } = await import('node:module');
enableCompileCache(path.resolve(import.meta.dirname, '../node_modules/.cache/compiled'));
await import('./vigie.ts');
