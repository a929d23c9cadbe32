import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, test } from 'node:test';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Where the engine and the protocols that it hosts meet. */
const SEAM = [
  'libs/protocol/*.ts',
  'libs/protocol/{vote,hosting}/**/*.ts',
  'libs/{engine,protocols,peer-wire,replica}/**/*.ts',
];

/** Folders that are the protocols' own, of generated code, known answers, tests and documents. */
const ALLOWED = [
  'libs/protocol/{dbft,hotstuff,pbft,rounds}/**',
  'libs/simulation/{dbft,hotstuff,pbft}/**',
  'libs/custody/{learn-rounds.ts,tables/**}',
  'libs/crypto/known-answers.json',
  'libs/peer-wire/hotstuff*.ts',
  'libs/{custody-model,proto}/**',
  'proto/btcfed/hotstuff/**',
  'test/**',
  '**/*.test.ts',
  '**/*.md',
];

/** The registry: there the names of protocols stand, and the default once. */
const REGISTRY = [
  'libs/protocols/protocols.ts',
  'libs/protocols/hosted-protocols.ts',
  'libs/protocols/default-protocol.ts',
  'libs/protocols/statement-words.ts',
  'libs/peer-wire/protocol-wires.ts',
  'libs/simulation/subjects/hosted-subjects.ts',
];

const LIST_BYTES_MAX = 16 * 1024 * 1024;
const LIST_MS_MAX = 60_000;

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;
const TEXT = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
const IMPORT = /^(?:import|export)\b[^;]*\bfrom\b[^;]*;/gm;

/** Casts, and types that say nothing, in the code of a file. */
function castsIn(source: string): readonly string[] {
  const code = source.replaceAll(COMMENT, '').replaceAll(IMPORT, '').replaceAll(TEXT, "''");
  return [...code.matchAll(/\bas (?!const\b)[\w'[{(]+|\bany\b/g)].map(([text]) => text);
}

/** Every file of the repository, whatever it is. */
function tracked(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: LIST_BYTES_MAX,
    timeout: LIST_MS_MAX,
  });
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

function codeIn(patterns: readonly string[], exclude: readonly string[]): readonly string[] {
  return globSync([...patterns], { cwd: ROOT, exclude: [...exclude] }).sort();
}

describe('the seam between the engine and the protocols', () => {
  test('has no cast and no type that says nothing: what a protocol gives is what the engine takes', () => {
    const files = codeIn(SEAM, ['**/*.test.ts']);
    assert.ok(files.length > 150);
    const found = files.flatMap((file) =>
      castsIn(readFileSync(join(ROOT, file), 'utf8')).map((text) => `${file}: ${text}`),
    );
    assert.deepEqual(found, []);
  });

  test('is watched by a rule that notices casts, and neither words nor imports', () => {
    assert.deepEqual(castsIn('const a = b as View; // as such'), ['as View']);
    assert.deepEqual(castsIn('function f(a: any) {}'), ['any']);
    assert.deepEqual(castsIn('const a = <T,>(b: T) => b as unknown as T;'), ['as unknown', 'as T']);
    assert.deepEqual(castsIn("import { A as B } from './a.ts';\nconst a = ['any'] as const;"), []);
    assert.deepEqual(castsIn('/** As any leader. */ assert(a, `as any`);'), []);
  });

  test('keeps the name of a protocol in its own folder and in the registry', () => {
    const name = new RegExp([...FOUNDING_PROTOCOLS.keys()].join('|'), 'i');
    const named = tracked().filter((file) => name.test(readFileSync(join(ROOT, file), 'utf8')));
    const isAllowed = (file: string) => [...ALLOWED, ...REGISTRY].some((place) => matchesGlob(file, place));
    const outside = named.filter((file) => !isAllowed(file));
    assert.deepEqual(outside, []);
    for (const place of REGISTRY) assert.ok(named.includes(place), `${place} is of the registry no more`);
  });
});
