#!/usr/bin/env node
// `npx vigie …`. Plain JavaScript, so that an old Node says what it lacks instead of failing on a type.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Vigie needs Node 24 or later; this is Node ${process.versions.node}. Run it by npm (npm run, npx), which brings its own.\n`,
  );
  process.exit(1);
}
await import('./vigie.ts');
