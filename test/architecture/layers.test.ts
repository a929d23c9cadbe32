import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { importsIn, importsOf, reachableFrom, sourceFiles } from './import-graph.ts';
import { MAY_IMPORT, PURE } from './layers.ts';
import { folderOf, impureWords, refusedImports, type Table } from './rules.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const files = sourceFiles(ROOT);
const pureFiles = files.filter((file) => (folderOf(file, MAY_IMPORT) ?? '') in PURE);

/** The folders that an intruder in the edge of a signer must not find there. */
const BEHIND_THE_SOCKET = [
  'services/signer/key',
  'services/signer/record',
  'services/signer/running',
  'libs/chain',
  'libs/crypto',
  'libs/custody',
  'libs/files',
  'libs/membership',
  'libs/protocol',
  'libs/protocols',
  'libs/sqlite',
];

/** Names of refusals and of kinds, lengths, and the version of the program: no rule of signing is in them. */
const WORDS = [
  'libs/chain/software-version.ts',
  'libs/custody/refusal-reason.ts',
  'libs/membership/limits.ts',
  'libs/protocol/dbft/statement-words.ts',
  'libs/protocol/hotstuff/statement-words.ts',
  'libs/protocol/pbft/statement-words.ts',
  'libs/protocol/vote/kind-name.ts',
  'libs/protocols/default-protocol.ts',
  'libs/protocols/statement-words.ts',
];

/** The files in `folder` that `file` needs, beside words. */
function reachedIn(folder: string, file: string): readonly string[] {
  return [...reachableFrom(ROOT, file)].filter(
    (target) => target.startsWith(`${folder}/`) && !WORDS.includes(target),
  );
}

describe('architecture', () => {
  test('every file lies in a folder of the table', () => {
    assert.deepEqual(
      files.filter((file) => folderOf(file, MAY_IMPORT) === undefined),
      [],
    );
  });

  test('every import is one that the table allows', () => {
    assert.deepEqual(
      refusedImports(
        files.flatMap((file) => importsOf(ROOT, file)),
        MAY_IMPORT,
      ),
      [],
    );
  });

  test('what is pure reaches no package and no built-in, save the hash function', () => {
    assert.ok(pureFiles.length > 20);
    for (const file of pureFiles) {
      const outside = [...reachableFrom(ROOT, file)].filter((target) => /^(npm|node):/.test(target));
      assert.deepEqual(
        outside.filter((target) => target !== 'node:crypto'),
        [],
        file,
      );
    }
  });

  test('what is pure uses no clock, no chance and no promise', () => {
    for (const file of pureFiles) {
      assert.deepEqual(impureWords(readFileSync(`${ROOT}${file}`, 'utf8')), [], file);
    }
  });

  test('the process that holds the key reaches no peer-to-peer or event code, and no other service', () => {
    const reached = [...reachableFrom(ROOT, 'services/signer/main.ts')];
    assert.ok(reached.length > 20);
    const forbidden =
      /^(npm:(libp2p|@libp2p\/|nats|@nats-io\/|@multiformats\/)|libs\/events|services\/(?!signer\/))/;
    assert.deepEqual(
      reached.filter((target) => forbidden.test(target)),
      [],
    );
  });

  test('the core of the signer reaches no network but its socket, and nothing that it does not need', () => {
    // Metrics and spans are loaded when an address is set for them, which the core refuses (services/signer/config.test.ts).
    const refused = ['libs/service/service-metrics.ts', 'libs/service/service-tracer.ts'];
    const reached = [...reachableFrom(ROOT, 'services/signer/main-core.ts', refused)];
    assert.ok(reached.includes('node:sqlite') && reached.includes('libs/custody/decide.ts'));
    assert.deepEqual(reached.filter((target) => target.startsWith('npm:')).sort(), [
      'npm:@bufbuild/protobuf',
      'npm:pino',
      'npm:zod',
    ]);
    const network =
      /^(libs\/(grpc|events|metrics\/(?!metrics\.ts)|settings|pki)|node:(tls|http|https|http2|dgram|dns))/;
    assert.deepEqual(
      reached.filter((target) => network.test(target)),
      [],
    );
    // The socket is the only place that opens one.
    const nets = files.filter(
      (file) => reached.includes(file) && importsOf(ROOT, file).some(({ target }) => target === 'node:net'),
    );
    assert.deepEqual(nets, ['services/signer/socket/frame-server.ts']);
  });

  test('the edge of the signer reaches no key, no record and no rule', () => {
    const reached = reachableFrom(ROOT, 'services/signer/main-edge.ts');
    assert.ok(reached.has('npm:@grpc/grpc-js') && !reached.has('node:sqlite'));
    for (const folder of BEHIND_THE_SOCKET)
      assert.deepEqual(reachedIn(folder, 'services/signer/main-edge.ts'), [], folder);
  });

  test('the core of the signer reaches each of them, so the rule about its edge says something', () => {
    for (const folder of BEHIND_THE_SOCKET)
      assert.notDeepEqual(reachedIn(folder, 'services/signer/main-core.ts'), [], folder);
  });

  test('a signer that runs reaches no command on the files of one that does not, and no proof of a client', () => {
    for (const folder of ['services/signer/ceremony', 'libs/client']) {
      for (const main of ['main', 'main-core', 'main-edge'])
        assert.deepEqual(reachedIn(folder, `services/signer/${main}.ts`), [], folder);
      assert.notDeepEqual(reachedIn(folder, 'services/cli/main.ts'), [], folder);
    }
  });

  test('no service reaches the code of another, nor of the tool', () => {
    for (const service of ['config', 'gateway', 'signer', 'consensus']) {
      const others = [...reachableFrom(ROOT, `services/${service}/main.ts`)].filter(
        (target) => target.startsWith('services/') && !target.startsWith(`services/${service}/`),
      );
      assert.deepEqual(others, [], service);
    }
  });
});

describe('the rules notice', () => {
  const table: Table = {
    'libs/a': [],
    'libs/a/deep': ['libs/a'],
    'libs/b': ['libs/a', 'node:fs'],
    'libs/b/main.ts': ['libs/b/other.ts'],
    'libs/c': ['node:*', 'npm:@scope/x'],
  };
  const judge = (file: string, source: string): string[] => refusedImports(importsIn(source, file), table);

  for (const [name, file, source] of [
    ['a folder that is not listed', 'libs/a/x.ts', "import { y } from '../b/y.ts';"],
    ['a type', 'libs/a/x.ts', "import type { Y } from '#libs/b/y.ts';"],
    ['an export from elsewhere', 'libs/a/x.ts', "export { y } from '#libs/b/y.ts';"],
    ['an import for its effect', 'libs/a/x.ts', "import '#libs/b/y.ts';"],
    ['an import on the way', 'libs/a/x.ts', "const y = await import('#libs/b/y.ts');"],
    ['an import over several lines', 'libs/a/x.ts', "import {\n  y,\n  z,\n} from '../b/y.ts';"],
    ['a built-in', 'libs/a/x.ts', "import { y } from 'node:fs';"],
    ['a built-in under its old name', 'libs/a/x.ts', "import { y } from 'fs';"],
    ['another built-in than the one listed', 'libs/b/x.ts', "import { y } from 'node:net';"],
    ['a package', 'libs/b/x.ts', "import { y } from 'zod';"],
    ['a part of a package', 'libs/a/x.ts', "import { y } from '@scope/x/y';"],
    ['the folder above its own', 'libs/a/x.ts', "import { y } from './deep/y.ts';"],
    ['the own folder, for a file with a line of its own', 'libs/b/main.ts', "import { y } from './y.ts';"],
    ['a folder that exists nowhere', 'libs/new/x.ts', "import { y } from '../a/y.ts';"],
  ] as const) {
    test(`${name}`, () => {
      assert.equal(judge(file, source).length, 1);
    });
  }

  for (const [name, file, source] of [
    ['the own folder', 'libs/a/x.ts', "import { y } from './y.ts';"],
    ['a listed folder', 'libs/b/x.ts', "import { y } from '#libs/a/y.ts';"],
    ['a listed file', 'libs/b/main.ts', "import { y } from './other.ts';"],
    ['any built-in', 'libs/c/x.ts', "import { y } from 'node:net';"],
    ['a part of a listed package', 'libs/c/x.ts', "import { y } from '@scope/x/y';"],
  ] as const) {
    test(`and let pass ${name}`, () => {
      assert.deepEqual(judge(file, source), []);
    });
  }

  test('a clock, chance and promises, but not their names in comments and texts', () => {
    for (const source of [
      'Date.now()',
      'Math.random()',
      'async () => {}',
      'new Promise(x)',
      'setTimeout(x)',
    ]) {
      assert.equal(impureWords(source).length, 1, source);
    }
    assert.deepEqual(impureWords("/** await Date.now() */ const x = 'await'; // async"), []);
  });
});
