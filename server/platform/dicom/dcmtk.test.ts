import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CT, sample, sampleCt, sampleRtStruct, writeDataset } from '#server/testing/dicom.ts';
import { echo } from './client.ts';
import { writeFileMeta } from './file.ts';
import { dcmtk, dump, hasDcmtk } from './testing/dcmtk.ts';
import { startLoopback, type Loopback } from './testing/loopback.ts';

const J2K = '1.2.840.10008.1.2.4.90';

describe.skipIf(!hasDcmtk())('with DCMTK as the peer', () => {
  let loopback: Loopback;
  let folder: string;
  const at = (name: string) => join(folder, name);
  const port = () => String(loopback.server.port);

  beforeAll(async () => {
    loopback = await startLoopback();
    folder = await mkdtemp(join(tmpdir(), 'vigie-dcmtk-'));
  });
  afterAll(async () => {
    await loopback.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function stored(sopInstanceUid: string): Promise<string> {
    const path = loopback.accepted.find((instance) => instance.sopInstanceUid === sopInstanceUid)?.path;
    expect(path).toBeDefined();
    return Promise.resolve(join(loopback.root, path ?? ''));
  }

  /** Sends a file, and compares what was stored with it, element by element. */
  async function sendAndCompare(name: string, sopInstance: string, option: readonly string[]): Promise<void> {
    const sent = await dcmtk('storescu', ['-aec', 'VIGIE', ...option, '127.0.0.1', port(), at(name)]);
    expect(sent).toEqual({ code: 0, output: '' });
    const elements = await dump(await stored(sopInstance));
    expect(elements.length).toBeGreaterThan(15);
    expect(elements).toEqual(await dump(at(name)));
  }

  test('echoscu is answered', async () => {
    expect(await dcmtk('echoscu', ['-aec', 'VIGIE', '127.0.0.1', port()])).toEqual({ code: 0, output: '' });
  });

  test('a wrong called title, and an unknown calling one, are rejected with their reason', async () => {
    const called = await dcmtk('echoscu', ['-aec', 'OTHER', '127.0.0.1', port()]);
    expect(called.code).not.toBe(0);
    expect(called.output).toContain('Called AE Title Not Recognized');
    const calling = await dcmtk('echoscu', ['-aet', 'STRANGER', '-aec', 'VIGIE', '127.0.0.1', port()]);
    expect(calling.output).toContain('Calling AE Title Not Recognized');
    expect(loopback.told.refused.map(({ reason }) => reason)).toEqual(['called AE not recognised', 'calling AE not recognised']);
  });

  test('commands without their right are answered 0x0124, not authorised', async () => {
    const ct = sampleCt({ patient: 90 });
    await writeFile(at('ct90.dcm'), ct.file);
    const sent = await dcmtk('storescu', ['-v', '-aet', 'NORIGHTS', '-aec', 'VIGIE', '127.0.0.1', port(), at('ct90.dcm')]);
    expect(sent.output).toMatch(/0x0?124/);
    const asked = await dcmtk('echoscu', ['-v', '-aet', 'NORIGHTS', '-aec', 'VIGIE', '127.0.0.1', port()]);
    expect(asked.output).toMatch(/0x0?124/);
    expect(loopback.accepted.some(({ sopInstanceUid }) => sopInstanceUid === ct.sopInstance)).toBe(false);
  });

  test('a CT image and a structure set come whole, uncompressed, in implicit and explicit encoding', async () => {
    const ct = sampleCt({ patient: 2, size: 128 });
    const implicit = sampleCt({ patient: 2, instance: 2, transferSyntax: '1.2.840.10008.1.2' });
    const big = sampleCt({ patient: 2, instance: 3, transferSyntax: '1.2.840.10008.1.2.2' });
    const rt = sampleRtStruct({ patient: 2 });
    await writeFile(at('ct.dcm'), ct.file);
    await writeFile(at('implicit.dcm'), implicit.file);
    await writeFile(at('big.dcm'), big.file);
    await writeFile(at('rt.dcm'), rt.file);
    await sendAndCompare('ct.dcm', ct.sopInstance, ['-xe']);
    await sendAndCompare('implicit.dcm', implicit.sopInstance, ['-xi']);
    await sendAndCompare('big.dcm', big.sopInstance, ['-xb']);
    await sendAndCompare('rt.dcm', rt.sopInstance, ['-xe']);
  });

  test('JPEG, RLE and deflated objects keep their transfer syntax', async () => {
    const cases = [
      ['dcmcjpeg', ['+e1'], '-xs', '1.2.840.10008.1.2.4.70'],
      ['dcmcrle', [], '-xr', '1.2.840.10008.1.2.5'],
      ['dcmconv', ['+td'], '-xd', '1.2.840.10008.1.2.1.99'],
    ] as const;
    for (const [index, [program, options, propose, syntax]] of cases.entries()) {
      const ct = sampleCt({ patient: 3, instance: index + 1, size: 128 });
      await writeFile(at('plain.dcm'), ct.file);
      const made = await dcmtk(program, [...options, at('plain.dcm'), at(`${program}.dcm`)]);
      expect(made.code, made.output).toBe(0);
      await sendAndCompare(`${program}.dcm`, ct.sopInstance, [propose]);
      const instance = loopback.accepted.find(({ sopInstanceUid }) => sopInstanceUid === ct.sopInstance);
      expect(instance?.transferSyntaxUid).toBe(syntax);
      expect(instance?.header.values.PatientID).toBe('P000003');
    }
  });

  test('a JPEG 2000 object comes whole', async () => {
    const ct = sampleCt({ patient: 4, transferSyntax: J2K, change: { 0x7fe00010: null } });
    const fragment = Buffer.from('ff4fff5100290000', 'hex');
    const pixels = Buffer.concat([
      Buffer.from('e07f10004f420000ffffffff', 'hex'),
      Buffer.from('feff00e000000000', 'hex'),
      Buffer.from('feff00e008000000', 'hex'),
      fragment,
      Buffer.from('feffdde000000000', 'hex'),
    ]);
    await writeFile(at('j2k.dcm'), Buffer.concat([ct.file, pixels]));
    await sendAndCompare('j2k.dcm', ct.sopInstance, ['-xv']);
  });

  test('an object longer than the buffer comes whole', async () => {
    const ct = sampleCt({ patient: 5, size: 1200 });
    await writeFile(at('large.dcm'), ct.file);
    await sendAndCompare('large.dcm', ct.sopInstance, ['-xe']);
  });

  test('300 associations in a row, then 20 at once, are served', async () => {
    const many = await dcmtk('echoscu', ['-aec', 'VIGIE', '--repeat', '300', '127.0.0.1', port()]);
    expect(many.code, many.output).toBe(0);
    for (let n = 0; n < 300; n += 1) {
      const { ok, cause } = await echo({ host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'X', calledAeTitle: 'VIGIE' });
      expect(cause).toBeUndefined();
      expect(ok).toBe(true);
    }
    const before = loopback.accepted.length;
    const sent = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const files: string[] = [];
        for (let instance = 1; instance <= 5; instance++) {
          files.push(at(`many-${n}-${instance}.dcm`));
          await writeFile(files.at(-1) ?? '', sampleCt({ patient: 100 + n, instance, size: 128 }).file);
        }
        return dcmtk('storescu', ['-aec', 'VIGIE', '127.0.0.1', port(), ...files]);
      }),
    );
    expect(sent.filter(({ code }) => code !== 0)).toEqual([]);
    expect(loopback.accepted.length - before).toBe(100);
    expect(loopback.server.running()).toEqual([]);
    expect(loopback.told.ended.every(({ reason }) => reason === 'released')).toBe(true);
  }, 60_000);

  test('by TLS, with and without a certificate of the caller', async () => {
    const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    await dcmtk('openssl', [...certificate, '-keyout', at('k.pem'), '-out', at('c.pem')]);
    const [key, cert] = await Promise.all([readFile(at('k.pem')), readFile(at('c.pem'))]);
    const secure = await startLoopback({ tls: { key, cert, ca: cert, requireClientCertificate: true } });
    try {
      const ct = sampleCt({ patient: 6, size: 256 });
      await writeFile(at('tls.dcm'), ct.file);
      const known = ['+tls', at('k.pem'), at('c.pem'), '+cf', at('c.pem'), '-aec', 'VIGIE', '127.0.0.1', String(secure.server.port)];
      expect(await dcmtk('echoscu', known)).toEqual({ code: 0, output: '' });
      expect(await dcmtk('storescu', [...known, at('tls.dcm')])).toEqual({ code: 0, output: '' });
      expect(await dump(join(secure.root, secure.accepted[0]?.path ?? ''))).toEqual(await dump(at('tls.dcm')));
      expect(secure.told.opened[0]?.tls).toBe(true);

      const unknown = await dcmtk('echoscu', ['+tla', '-ic', '-aec', 'VIGIE', '127.0.0.1', String(secure.server.port)]);
      expect(unknown.code).not.toBe(0);
      const plain = await dcmtk('echoscu', ['-to', '3', '-aec', 'VIGIE', '127.0.0.1', String(secure.server.port)]);
      expect(plain.code).not.toBe(0);
      expect(secure.told.opened).toHaveLength(2);
      const ours = { host: '127.0.0.1', port: secure.server.port, callingAeTitle: 'X', calledAeTitle: 'VIGIE' };
      expect(await echo({ ...ours, tls: { ca: cert, key, cert, verify: false } })).toMatchObject({ ok: true });
    } finally {
      await secure.close();
    }
  }, 60_000);

  test('what DCMTK reads of a file of ours has our implementation and its source', async () => {
    const file = Buffer.concat([
      writeFileMeta({ sopClassUid: CT, sopInstanceUid: '1.2.3', transferSyntaxUid: '1.2.840.10008.1.2.1', sourceAeTitle: 'SCANNER' }),
      writeDataset(sample(CT, []).dataset.length === 0 ? [{ tag: 0x00080060, vr: 'CS', value: 'CT' }] : [], '1.2.840.10008.1.2.1'),
    ]);
    await writeFile(at('meta.dcm'), file);
    const { output, code } = await dcmtk('dcmdump', ['+P', '0002,0016', '+P', '0002,0013', '+P', '0008,0060', at('meta.dcm')]);
    expect(code).toBe(0);
    expect(output).toContain('[SCANNER]');
    expect(output).toContain('[VIGIE_1]');
    expect(output).toContain('[CT]');
  });
});
