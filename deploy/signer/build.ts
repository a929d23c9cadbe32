import {
  chmodSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from '#services/launcher/adapters/bundler.ts';

/**
 * `npm run build:signer -- --out DIR`: edge, core and the operator's `btcfed` as one JavaScript file each, and the Node
 * that runs this, with units and documents. A host that signs needs this folder and nothing else; and without TypeScript the core runs with
 * `--jitless`.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string' } } });
if (values.out === undefined) throw new Error('--out: expected the folder to write to');
const out = resolve(values.out);
const entries = {
  'signer-core': 'services/signer/main-core.ts',
  'signer-edge': 'services/signer/main-edge.ts',
  btcfed: 'services/cli/main.ts',
};
const PROGRAM_MODE = 0o755;
/** Found by its own place, also through a link in /usr/local/bin. */
const COMMAND = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/node" "$here/btcfed.js" "$@"
`;
const { folder } = await bundle({ root, entries, cacheFolder: join(root, '.cache/signer') });
mkdirSync(out, { recursive: true });
for (const name of Object.keys(entries)) {
  const text = readFileSync(join(folder, `${name}.js`), 'utf8');
  // Files that packages read are copied beside: the bundle names them where they lie in this checkout.
  const moved = text
    .split(`"${join(root, 'node_modules')}/`)
    .map((piece, index) => (index === 0 ? piece : piece.replace('"', '")')))
    .join('(import.meta.dirname + "/node_modules/');
  writeFileSync(join(out, `${name}.js`), moved);
}
for (const file of globSync(
  [
    'deploy/signer/*.service',
    'deploy/signer/token.conf',
    'deploy/signer/{seccomp.json,Containerfile}',
    'services/signer/*.md',
  ],
  { cwd: root },
)) {
  copyFileSync(join(root, file), join(out, basename(file)));
}
for (const file of globSync('node_modules/grpc-health-check/**/*.proto', { cwd: root })) {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  cpSync(join(root, file), join(out, file));
}
writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');
writeFileSync(join(out, 'btcfed'), COMMAND);
copyFileSync(process.execPath, join(out, 'node'));
for (const program of ['node', 'btcfed']) chmodSync(join(out, program), PROGRAM_MODE);
process.stdout.write(`${out}: ${readdirSync(out).join(', ')}\n`);
