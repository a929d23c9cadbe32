import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Core, gaveUp, sent } from '#test/support/hotstuff/hotstuff-harness.ts';
import { importsOf, reachableFrom } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** The parts of the engine as the requirement names them (C4, level 4), the file of each, and its export. */
const PARTS: Readonly<Record<string, readonly [file: string, name: string]>> = {
  coordinator: ['libs/engine/engine.ts', 'Engine'],
  'message handler': ['libs/protocol/hotstuff/receiving.ts', 'takeMessage'],
  'phase manager': ['libs/protocol/hotstuff/collecting.ts', 'collectVote'],
  'view manager': ['libs/protocol/hotstuff/pacemaker.ts', 'enterView'],
  'leader election': ['libs/protocol/leader/round-robin.ts', 'roundRobin'],
  'block tree': ['services/consensus/adapters/chain-store/undecided-blocks.ts', 'UndecidedBlocks'],
  'voting rule': ['libs/protocol/hotstuff/voting.ts', 'isSafe'],
  'safety rules': ['libs/custody/decide.ts', 'decide'],
  Block: ['libs/chain/block.ts', 'Block'],
  Vote: ['libs/protocol/hotstuff/message.ts', 'Vote'],
  QC: ['libs/protocol/certificate.ts', 'QuorumCertificate'],
};

test('HS-69 every part of the engine has one file that exports it', () => {
  for (const [part, [file, name]] of Object.entries(PARTS)) {
    assert.ok(existsSync(join(ROOT, file)), `${part}: ${file}`);
    const declared = new RegExp(
      `^export (?:abstract )?(?:class|function|interface|type|const) ${name}\\b`,
      'm',
    );
    assert.match(readFileSync(join(ROOT, file), 'utf8'), declared, part);
  }
  const files = Object.values(PARTS).map(([file]) => file);
  assert.equal(new Set(files).size, files.length, 'no file is two parts');
});

test('HS-69 a timeout is a matter of the view manager, and elects the leader of the next view', () => {
  for (const failed of [1, 2, 3, 4, 5, 6, 7]) {
    const core = new Core({ me: (failed + 2) % 4, work: false });
    const timeoutCertificate = gaveUp(failed);
    const effects = core.receive(0, { kind: 'timeout-certificate', timeoutCertificate });
    const elected = effects.flatMap((each) =>
      each.kind === 'entered' ? [[each.position.view, each.leader]] : [],
    );
    assert.deepEqual(elected, [[BigInt(failed + 1), (failed + 1) % 4]]);
    assert.deepEqual(sent(effects), [`new-view ${(failed + 1) % 4}`], 'its leader is told');
  }
});

test('HS-69 the parts are joined as the requirement draws them: the coordinator drives the protocol, which knows none of it', () => {
  const [engine] = PARTS['coordinator'] ?? assert.fail();
  // The coordinator is handed the protocol of its epoch from the registry, and knows no other way to one.
  const reached = new Set(
    [engine, 'libs/protocols/hosted-protocols.ts'].flatMap((file) => [...reachableFrom(ROOT, file)]),
  );
  const ofProtocol = [...reachableFrom(ROOT, engine)].filter((file) =>
    file.startsWith('libs/protocol/hotstuff/'),
  );
  // The table of votes, by which anybody judges evidence, and the numbers that a genesis may say.
  const known = ['founding-terms.ts', 'signing-bytes.ts', 'vote-table.ts'].map(
    (file) => `libs/protocol/hotstuff/${file}`,
  );
  assert.deepEqual(ofProtocol.sort(), known);
  for (const part of [
    'message handler',
    'phase manager',
    'view manager',
    'voting rule',
    'Block',
    'Vote',
    'QC',
  ]) {
    assert.ok(reached.has(PARTS[part]?.[0] ?? ''), `${part} is part of what the coordinator runs`);
  }
  for (const [part, [file]] of Object.entries(PARTS)) {
    if (!file.startsWith('libs/protocol/') && !file.startsWith('libs/chain/')) continue;
    const outside = [...reachableFrom(ROOT, file)].filter((each) => each.startsWith('services/'));
    assert.deepEqual(outside, [], part);
  }
  assert.ok(
    importsOf(ROOT, 'libs/protocol/hotstuff/description.ts').some(({ target }) =>
      target.endsWith('round-robin.ts'),
    ),
  );
});
