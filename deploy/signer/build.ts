import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from '#services/cli/adapters/bundler.ts';

/**
 * `npm run build:signer -- --out DIR`: edge and core as one JavaScript file each. A host that signs needs this folder
 * and Node, and no packages; and without TypeScript the core runs with `--jitless`.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string' } } });
if (values.out === undefined) throw new Error('--out: expected the folder to write to');
const out = resolve(values.out);
const entries = {
  'signer-core': 'services/signer/main-core.ts',
  'signer-edge': 'services/signer/main-edge.ts',
};
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
for (const file of globSync('node_modules/{grpc-health-check,@grpc/reflection}/**/*.proto', { cwd: root })) {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  cpSync(join(root, file), join(out, file));
}
writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');
process.stdout.write(`${out}: ${readdirSync(out).join(', ')}\n`);
