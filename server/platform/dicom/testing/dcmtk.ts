import { execFile, spawnSync } from 'node:child_process';

/** Whether DCMTK's programs are there. In CI they must be. */
export function hasDcmtk(): boolean {
  const found = spawnSync('echoscu', ['--version']).status === 0;
  if (!found && process.env.CI) throw new Error('DCMTK is not installed: the tests against a real peer cannot run');
  if (!found) process.stderr.write('\n!! DCMTK is not installed (Debian: dcmtk): the tests against a real peer are SKIPPED\n\n');
  return found;
}

/** Runs one of DCMTK's programs, or another one; its exit code and all it said. */
export function dcmtk(program: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, TCP_NODELAY: '1' }, maxBuffer: 64 << 20, timeout: 60_000, encoding: 'latin1' } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error && typeof error.code === 'number' ? error.code : Number(error !== null);
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** Every element of a file's data set as DCMTK reads it, values in full; without file meta information. */
export async function dump(file: string): Promise<string[]> {
  const { output } = await dcmtk('dcmdump', ['-q', '+L', '+E', file]);
  return output
    .split('\n')
    .filter((line) => /^ *\([0-9a-f]{4},/.test(line) && !line.startsWith('(0002,') && !/^\([0-9a-f]{4},0000\)/.test(line));
}
