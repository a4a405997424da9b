import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const TOOLS = [
  ['docker', 'compose'],
  ['docker-compose'], // the older one, as Debian has it
] as const;

const ran = ([command, ...before]: readonly [string, ...string[]], ...args: string[]) =>
  spawnSync(command, [...before, ...args], { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env.PATH } });
const tool = TOOLS.find((candidate) => ran(candidate, 'version').status === 0);

it.skipIf(tool === undefined)('the compose file is accepted, with all processes of a site behind one port', () => {
  const { status, stdout, stderr } = ran(tool ?? TOOLS[0], '--file', 'compose.yaml', 'config');
  expect(stderr).not.toMatch(/error|invalid|unsupported/i);
  expect(status).toBe(0);
  for (const name of ['mongo1', 'mongo2', 'mongo3', 'set', 'web', 'jobs', 'dicom', 'proxy'])
    expect(stdout).toMatch(new RegExp(`^  ${name}:$`, 'm'));
  for (const role of ['web', 'jobs', 'dicom']) expect(stdout).toMatch(new RegExp(`VIGIE_ROLES: ${role}$`, 'm'));
  expect(stdout.match(/replicas: 2$/gm)).toHaveLength(2);
});
