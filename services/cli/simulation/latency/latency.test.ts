import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { runProgram } from '../../program.ts';
import { COST_NAMES } from './cost-names.ts';

/** Runs `btcfed sim --model latency` inside this process. */
async function model(args: string) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram(['sim', ...args.split(' ')], {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root: new URL('../../../..', import.meta.url).pathname,
    node: process.execPath,
    readInput: () => assert.fail('read input'),
    interruption: () => assert.fail('started something'),
    sinceStartMs: () => 0,
  });
  return { code, out, notes: notes.join('\n') };
}

/** Nothing is measured: a run says the same again. */
const GIVEN = COST_NAMES.map((name) => `--cost ${name}=${name.endsWith('Factor') ? 1 : 0.5}`).join(' ');
const RUN = `--model latency --json --decisions 2 ${GIVEN}`;

async function rowsOf(args: string) {
  const { code, out, notes } = await model(`${RUN} ${args}`);
  assert.equal(code, 0, notes);
  return JSON.parse(out.join(''));
}

describe('btcfed sim --model latency', () => {
  test('reports decisions after no, one and three failed views, on hosts of four and of two cores', async () => {
    const { mode, protocol, members, scheme, network, hosts, rows } = await rowsOf(
      '--members 7 --scheme slh-dsa-sha2-256s',
    );
    assert.deepEqual([mode, protocol, members, network, hosts], ['latency', 'hotstuff', 7, '1gbit', 'own']);
    assert.equal(scheme, 'slh-dsa-sha2-256s');
    const places = rows.map(({ cores, failedViews }: { cores: number; failedViews: number }) => [
      cores,
      failedViews,
    ]);
    assert.deepEqual(places, [
      [4, 0],
      [4, 1],
      [4, 3],
      [2, 0],
      [2, 1],
      [2, 3],
    ]);
    for (const row of rows) {
      const { p50Ms, p99Ms, timeoutMs, restP50Ms, leaderUplinkBytes, busiestUplinkBytes, busiestCpuMs } = row;
      assert.ok(p99Ms >= p50Ms && p50Ms > timeoutMs && restP50Ms > 100, JSON.stringify(row));
      assert.ok(busiestUplinkBytes >= leaderUplinkBytes && leaderUplinkBytes > 29_792);
      assert.ok(busiestCpuMs > 0);
    }
  });

  test('says the same again for the same seed and costs, and something else on a slower line', async () => {
    const [one, again, slower] = [
      await rowsOf('--members 4 --cores 4 --from 7'),
      await rowsOf('--members 4 --cores 4 --from 7'),
      await rowsOf('--members 4 --cores 4 --from 7 --network 100mbit'),
    ];
    assert.deepEqual(one.rows, again.rows);
    assert.ok(slower.rows[0].p50Ms > one.rows[0].p50Ms + 20);
    assert.equal(slower.rows[0].leaderUplinkBytes, one.rows[0].leaderUplinkBytes);
  });

  test('takes numbers of the protocol, and ends with 1 where no decision comes', async () => {
    const { rows, parameters } = await rowsOf(
      '--members 4 --parameter view_timeout_ms=9000 --failed-views 1',
    );
    assert.equal(parameters.view_timeout_ms, 9_000);
    assert.equal(rows[0].timeoutMs, 9_000);
    const short = '--parameter view_timeout_ms=100 --parameter view_timeout_ms_max=100 --failed-views 0';
    const { code, out, notes } = await model(`${RUN} --members 4 ${short}`);
    assert.equal(code, EXIT_CODES.failed);
    assert.match(notes, /never: \d+ views/);
    assert.ok(JSON.parse(out.join('')).rows[0].undecided.views > 3);
  });

  test('shows what votes to all save: the line of the leader, and time', async () => {
    const [leader, all] = [
      await rowsOf('--members 21 --cores 4 --failed-views 0 --parameter vote_path=leader'),
      await rowsOf('--members 21 --cores 4 --failed-views 0 --parameter vote_path=all'),
    ];
    assert.deepEqual([leader.parameters.vote_path, all.parameters.vote_path], [undefined, 1]);
    assert.ok(all.rows[0].busiestUplinkBytes < leader.rows[0].leaderUplinkBytes / 5);
    assert.ok(all.rows[0].p50Ms < leader.rows[0].p50Ms);
  });

  test('has a table and the costs for people', async () => {
    const { code, out, notes } = await model(`${RUN.replace('--json ', '')} --members 4 --failed-views 0`);
    assert.equal(code, 0);
    assert.match(notes, /\| cores \| failed views \| p50 ms \|/);
    assert.deepEqual(
      out.map((line) => line.split(':')[0]),
      COST_NAMES.toSorted(
        (a, b) => out.findIndex((l) => l.startsWith(`${a}:`)) - out.findIndex((l) => l.startsWith(`${b}:`)),
      ),
    );
  });

  for (const [args, sentence] of [
    ['--model speed', /Allowed choices are latency/],
    ['--model latency --members 513', /whole number from 1 to 512/],
    ['--model latency --members 3', /3 members are too few/],
    ['--model latency --protocol raft', /unknown protocol "raft"; known: hotstuff/],
    ['--model latency --scheme rsa', /Expected one of slh-dsa-sha2-128s/],
    ['--model latency --network modem', /Allowed choices are 1gbit, 100mbit, local/],
    ['--model latency --hosts many', /Allowed choices are own, shared/],
    ['--model latency --cores 0', /whole number from 1 to 256/],
    ['--model latency --cores 4,x', /whole number from 1 to 256/],
    ['--model latency --failed-views 17', /whole number from 0 to 16/],
    ['--model latency --decisions 0', /whole number from 1 to 1000/],
    ['--model latency --parameter view_timeout_ms', /Expected NAME=VALUE/],
    ['--model latency --parameter speed=3', /--parameter speed: unknown; the protocol has view_timeout_ms/],
    [
      '--model latency --parameter view_timeout_ms=5',
      /--parameter view_timeout_ms: expected a whole number from 100/,
    ],
    ['--model latency --cost signMs=-1', /Expected NAME=VALUE with a number/],
    ['--model latency --cost tea=1', /--cost: unknown cost "tea"; known: signMs, /],
    ['--model latency --mutants', /cannot be used with/],
    ['--cores 4', /--cores is an option of --model latency/],
    ['--cost signMs=3', /--cost is an option of --model latency/],
    ['--members 128', /whole number from 1 to 64, or with --model latency to 512, not 128/],
  ] as const) {
    test(`refuses ${args} in one sentence`, async () => {
      const { code, out, notes } = await model(args);
      assert.equal(code, EXIT_CODES.usage);
      assert.deepEqual(out, []);
      assert.match(notes, sentence);
      assert.match(notes, /^btcfed: [^\n]+$/);
    });
  }
});
