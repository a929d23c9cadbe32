import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { runProgram } from '../program.ts';

/** Runs `btcfed sim` inside this process. */
async function sim(args: string) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram(['sim', ...args.split(' ')], {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root: new URL('../../..', import.meta.url).pathname,
    node: process.execPath,
    readInput: () => assert.fail('read input'),
    interruption: () => assert.fail('started something'),
    sinceStartMs: () => 0,
  });
  return { code, out, notes: notes.join('\n') };
}

describe('btcfed sim', () => {
  test('counts what broke, as one JSON object', async () => {
    const { code, out, notes } = await sim('--members 4 --seeds 6 --from 5 --nodes replicas --json');
    assert.equal(code, 0, notes);
    const { scenariosPerSecond, ...facts } = JSON.parse(out.join(''));
    assert.ok(scenariosPerSecond > 0);
    assert.deepEqual(facts, {
      mode: 'seeds',
      protocol: 'hotstuff',
      members: 4,
      runs: 6,
      forks: 0,
      stalls: 0,
      doubleSigns: 0,
      otherViolations: 0,
      failures: [],
    });
  });

  test('splits its seeds over threads and shards without losing one', async () => {
    const [first, second] = await Promise.all([
      sim('--seeds 7 --shard 1/2 --jobs 2 --nodes replicas --json'),
      sim('--seeds 7 --shard 2/2 --nodes replicas --json'),
    ]);
    assert.equal(JSON.parse(first.out.join('')).runs + JSON.parse(second.out.join('')).runs, 7);
  });

  test('writes the hash of each seed, the same whoever ran it, and begins nothing without a place for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'btcfed-hashes-'));
    const hashes = async (name: string, more: string) => {
      const { code } = await sim(`--seeds 2 --from 20 --trace-hashes ${join(folder, name)} ${more}`);
      assert.equal(code, 0);
      return readFileSync(join(folder, name), 'utf8').split('\n');
    };
    const once = await hashes('one', '--nodes replicas');
    assert.deepEqual(
      once.map((line) => line.replace(/ [0-9a-f]{16}$/, '')),
      ['20', '21', ''],
    );
    assert.equal(new Set(once).size, 3);
    assert.deepEqual(await hashes('two', '--nodes replicas --jobs 2'), once);
    assert.notDeepEqual(await hashes('three', '--nodes replicas --members 5'), once);
    const { code, notes } = await sim(`--trace-hashes ${join(folder, 'none', 'file')}`);
    assert.deepEqual([code, /--trace-hashes: ENOENT/.test(notes)], [EXIT_CODES.usage, true]);
    assert.equal((await sim('--trace-hashes x --replay 3')).code, 64);
    rmSync(folder, { recursive: true });
  });

  test('replays a seed, with every event when asked', async () => {
    const { code, out } = await sim('--members 5 --replay 3 --trace --json --actors twin,silent');
    assert.equal(code, 0);
    const facts = JSON.parse(out.at(-1) ?? '');
    assert.equal(facts.repeats, true);
    assert.equal(facts.plan.members, 5);
    assert.ok(out.length > 100);
  });

  test('runs whole nodes alone or none, and lies beside the protocol by their names', async () => {
    const whole = await sim('--nodes whole --actors range-liar,snapshot-poisoner --replay 3 --json');
    const { plan, violations } = JSON.parse(whole.out.at(-1) ?? '');
    assert.deepEqual(violations, []);
    assert.ok(plan.whole !== null && plan.whole !== undefined);
    const replicas = await sim('--nodes replicas --replay 3 --json');
    assert.equal(JSON.parse(replicas.out.at(-1) ?? '').plan.whole, undefined);
  });

  test('runs in safety mode, in liveness mode, and every seed twice when asked', async () => {
    for (const mode of ['safety', 'liveness']) {
      const { code, out, notes } = await sim(`--members 4 --seeds 4 --mode ${mode} --repeat 1 --json`);
      assert.equal(code, 0, notes);
      assert.equal(JSON.parse(out.join('')).runs, 4);
    }
    const { out } = await sim('--mode safety --replay 2 --json');
    assert.equal(JSON.parse(out.at(-1) ?? '').plan.endsWithFaults, true);
  });

  test('runs every crash point of a member and of all', async () => {
    const { code, out } = await sim('--crash exhaustive --blocks 1 --shard 1/40 --json');
    const { runs, mode } = JSON.parse(out.join(''));
    assert.deepEqual([code, mode], [0, 'crash']);
    assert.ok(runs > 10);
  });

  test('runs every Twins scenario, a sample of larger ones, and those of a file', async () => {
    const all = await sim('--twins exhaustive --views 2 --shard 1/6 --json');
    assert.equal(JSON.parse(all.out.join('')).runs, 96);
    const sample = await sim('--twins sample --members 7 --seeds 3 --json');
    assert.deepEqual([sample.code, JSON.parse(sample.out.join('')).runs], [0, 3]);
    const file = await sim('--scenario test/vectors/twins/hidden-lock.json --json');
    assert.deepEqual([file.code, JSON.parse(file.out.join('')).mode], [0, 'scenarios']);
  });

  test('searches a table of the signer within an extent, and says how far it came', async () => {
    const { code, out, notes } = await sim('--signer-model --protocol pbft --views 2 --heights 1 --json');
    const { isAsMeant, rules, survivors, walks, tables } = JSON.parse(out.join(''));
    assert.deepEqual([code, isAsMeant, rules, survivors, walks], [0, true, [], [], []], notes);
    const [{ protocol, views, heights, bound, end, broken }] = tables;
    assert.deepEqual([protocol, views, heights, end, broken], ['pbft', 2, 1, 'closed', null]);
    assert.match(bound, /^closed: all \d+ states$/);
    assert.match(notes, /as meant pbft, 2 views of one height: nothing breaks, closed/);
  });

  test('walks through a table at random, and goes on by the number of the next walk', async () => {
    const args = '--signer-model --protocol dbft --views 3 --heights 2 --json';
    const whole = JSON.parse((await sim(`${args} --walks 30 --from 5`)).out.join('')).walks[0];
    const [first, rest] = [
      JSON.parse((await sim(`${args} --walks 10 --from 5`)).out.join('')).walks[0],
      JSON.parse((await sim(`${args} --walks 20 --from 15`)).out.join('')).walks[0],
    ];
    assert.deepEqual([whole.walks, whole.next, first.next, whole.broken], [30, 35, 15, null]);
    assert.equal(first.signatures + rest.signatures, whole.signatures);
  });

  for (const [args, sentence] of [
    ['--protocol raft', /unknown protocol "raft"; known: hotstuff/],
    ['--members 65', /whole number from 1 to 64, or with --model latency to 512, not 65/],
    ['--members 3', /3 members are too few/],
    ['--seeds many', /whole number/],
    ['--seeds 1.5', /whole number/],
    ['--from=-1', /whole number/],
    ['--replay x', /whole number/],
    ['--repeat 0', /whole number/],
    ['--mode calm', /Allowed choices are safety, liveness/],
    ['--nodes half', /Allowed choices are whole, replicas/],
    ['--jobs 0', /whole number/],
    ['--actors twin,ghost', /unknown actor "ghost"/],
    ['--faults loss,rain', /unknown fault "rain"; known: loss, /],
    ['--without crash.x', /--without takes .* not "crash.x"/],
    ['--crash some', /Allowed choices are exhaustive/],
    ['--mutants --shard 1/2', /cannot be used with/],
    ['--twins all', /Allowed choices are exhaustive, sample/],
    ['--twins exhaustive --members 10', /too many scenarios of 10 members/],
    ['--scenario /does/not/exist', /there is no such file/],
    ['--scenario README.md', /README.md is not JSON/],
    ['--twins sample --replay 1', /cannot be used with/],
    ['--trace', /--trace needs --replay/],
    ['--shard 3/2', /--shard takes .* not "3\/2"/],
    ['--shard 0/2', /--shard takes/],
    ['--walks 3', /--walks is an option of --signer-model/],
    ['--heap-gib 3', /--heap-gib is an option of --signer-model/],
    ['--signer-model --protocol raft', /takes a protocol of rounds \(pbft, dbft, phased\), not "raft"/],
    ['--signer-model --protocol hotstuff', /not "hotstuff"; without --protocol it runs all/],
    [
      '--signer-model --protocol dbft --views 5',
      /5 views of one height are more than .* dbft can hold: use --walks/,
    ],
    ['--signer-model --views 1', /two views or more/],
    ['--signer-model --heights 9', /whole number from 1 to 8/],
    ['--wrong', /unknown option '--wrong'/],
    ['more', /too many arguments/],
  ] as const) {
    test(`E2E-05 refuses ${args} in one sentence`, async () => {
      const { code, out, notes } = await sim(args);
      assert.equal(code, EXIT_CODES.usage);
      assert.deepEqual(out, []);
      assert.match(notes, sentence);
      assert.match(notes, /^btcfed: [^\n]+$/);
    });
  }
});
