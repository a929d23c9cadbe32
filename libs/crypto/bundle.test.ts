import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

test('a bundle finds its worker beside itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'btcfed-bundle-'));
  try {
    const program = `
      import { schemeByName } from ${JSON.stringify(join(here, 'scheme.ts'))};
      const scheme = schemeByName('slh-dsa-sha2-128f', { backend: 'portable' });
      const { publicKey } = await scheme.keyPairFromSeed(new Uint8Array(48));
      console.log(publicKey.length);
    `;
    await writeFile(join(folder, 'service.ts'), program);
    await build({
      entryPoints: [join(folder, 'service.ts'), join(here, 'portable-worker.ts')],
      entryNames: '[name]',
      outdir: join(folder, 'out'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    await writeFile(join(folder, 'out/package.json'), '{"type":"module"}');
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'out/service.js')], {
      cwd: folder,
    });
    assert.equal(stdout.trim(), '32');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
