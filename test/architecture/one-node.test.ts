import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const GIT_MS_MAX = 60_000;

/** Parts of a node, and the one file that makes each: all other code that runs a node uses `Node`. */
const MADE_IN: Readonly<Record<string, string>> = {
  'new Engine(': 'libs/engine/node.ts',
  'new Epochs(': 'libs/engine/node.ts',
  'new MembershipBook(': 'libs/engine/node.ts',
  'new NodeGrowth(': 'libs/engine/node.ts',
  'new Execution(': 'libs/engine/node-growth.ts',
  'new AutoSuspension(': 'libs/engine/node-suspension.ts',
  'new PeerAccounts(': 'libs/engine/node-seat.ts',
  'new SignaturePool(': 'libs/engine/node-seat.ts',
  'new EvidenceDesk(': 'libs/engine/engine-desks.ts',
  'new MembershipDesk(': 'libs/engine/engine-desks.ts',
  'new TransactionDesk(': 'libs/engine/engine-desks.ts',
  // The list of messages that pass from senders of any epoch.
  "'blocks-request': 31": 'libs/peer-wire/peer-envelope.ts',
};

/** Tests of a part alone make it themselves. */
const OF_ITSELF = /^libs\/engine\/.*\.test\.ts$|^test\/integration\/vote-flood\.test\.ts$/;

function filesWith(text: string): readonly string[] {
  const files = execFileSync('git', ['ls-files', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: GIT_MS_MAX,
  });
  return files
    .trim()
    .split('\n')
    .filter((file) => !OF_ITSELF.test(file) && file !== 'test/architecture/one-node.test.ts')
    .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes(text));
}

for (const [text, file] of Object.entries(MADE_IN)) {
  test(`F-67 F-71 F-72: "${text}" stands in ${file} alone, so production, simulator and tests run the same node`, () => {
    assert.deepEqual(filesWith(text), [file]);
  });
}

test('F-67: production and the simulator alone put a world around a node; the federations of tests are presets of the simulator', () => {
  assert.deepEqual(filesWith('new Node('), [
    'libs/simulation/nodes/whole-node.ts',
    // A node over the store of production, whose application a test holds back.
    'services/consensus/adapters/executed-chain.test.ts',
    'services/consensus/member.ts',
  ]);
});

/**
 * The values of the engine that other folders may import: the node, its application, and the words of all rooms.
 * Types are free.
 */
const OPEN = /^libs\/engine\/(node\.ts|application\/append-only-log\.ts|ports\/)/;
/** The model of latencies is of replicas: it names and completes certificates by the very parts that a node has for that. */
const OF_LATENCIES =
  /^libs\/simulation\/latency\/[^ ]+ → libs\/engine\/(references\/|timing\/teller-rests\.ts)/;
const VALUE_IMPORTS = /^(?:import|export) (?!type )(?<names>[^;]*?) from '#(?<target>libs\/engine\/[^']+)'/gm;

function valuesTaken(source: string): readonly string[] {
  return [...source.matchAll(VALUE_IMPORTS)].map(({ groups }) => groups?.['target'] ?? '');
}

test('nobody outside the engine builds its desks, its book or its accounts: they take the node and its ports', () => {
  const taken = sourceFiles(ROOT)
    .filter((file) => !file.startsWith('libs/engine/'))
    .flatMap((file) =>
      valuesTaken(readFileSync(join(ROOT, file), 'utf8'))
        .filter((target) => !OPEN.test(target))
        .map((target) => `${file} → ${target}`)
        .filter((arrow) => !OF_LATENCIES.test(arrow)),
    );
  assert.deepEqual(taken, []);
});

test('the rule notices a value of a room, and lets its types pass', () => {
  const room = '#libs/engine/sync/catch-up.ts';
  assert.equal(valuesTaken(`import { CatchUp } from '${room}';`).length, 1);
  assert.equal(valuesTaken(`import {\n  CatchUp,\n  type Lie,\n} from '${room}';`).length, 1);
  assert.equal(valuesTaken(`import type { CatchUpStatus } from '${room}';`).length, 0);
});
