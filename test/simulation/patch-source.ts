import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROUNDS_MUTANTS } from './rounds-mutants.ts';
import { SOURCE_MUTANTS, type SourceMutant } from './source-mutants.ts';

// Loaded with `--import`, before anything that it patches: the first argument names the mutant.
const name = process.argv[2] ?? '';
const mutant = Object.entries<SourceMutant>({ ...SOURCE_MUTANTS, ...ROUNDS_MUTANTS }).find(
  ([each]) => each === name,
)?.[1];
assert.ok(mutant !== undefined, `there is no mutant "${name}"`);
const url = pathToFileURL(join(import.meta.dirname, '../..', mutant.file)).href;
registerHooks({
  load: (loaded, context, next) => {
    const module = next(loaded, context);
    if (loaded !== url) return module;
    const text = Buffer.from(module.source as Uint8Array).toString('utf8');
    const parts = text.split(mutant.find);
    assert.equal(parts.length, 2, `"${mutant.find}" does not stand once in ${mutant.file}`);
    return { ...module, source: parts.join(mutant.replace) };
  },
});
