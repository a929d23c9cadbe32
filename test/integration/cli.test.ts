import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { transactionOf } from '#libs/chain/transaction.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { runProgram } from '#services/cli/program.ts';
import { CLIENT_LIMITS } from '#services/consensus/adapters/client/limits.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { CLIENT_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';

// The commands that talk to a member, against its client API over real gRPC. The chain behind it is in memory.

const log = memoryLogger();
const member = memoryMember();
const api = clientApi(member.ports, CLIENT_LIMITS);
const service = bindService(ConsensusServiceDefinition, api.handlers, { log, statusByCode: CLIENT_STATUS });
const server = grpcServer({ address: '127.0.0.1:0', services: [service], log });

interface Person {
  readonly signal: AbortSignal;
  readonly told: () => void;
}

const PATIENT: Person = { signal: new AbortController().signal, told: () => {} };

async function run(
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
  { signal, told }: Person = PATIENT,
) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram([...args, '--address', server.boundAddress()], {
    terminal: {
      out: (line) => {
        out.push(line);
        told();
      },
      note: (line) => notes.push(line),
      isInteractive: false,
    },
    env: {},
    root: '/nowhere',
    node: process.execPath,
    readInput: async () => input,
    interruption: () => ({
      signal,
      onImpatience: () => assert.fail('started something'),
      onHangUp: () => assert.fail('started something'),
    }),
    sinceStartMs: () => 0,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

const pear = Buffer.from('pear');
const plum = Buffer.from('plum');

describe('btcfed talks to a member', () => {
  before(async () => {
    await api.start();
    await server.start();
    member.chain.append(pear);
  });
  after(async () => {
    await api.stop();
    await server.stop();
  });

  test('tx submit takes hex or stdin, and prints the same hash for the same bytes', async () => {
    const hash = transactionOf(plum).hash;
    assert.deepEqual(await run(['tx', 'submit'], plum), { code: 0, out: hash, notes: '' });
    const again = await run(['tx', 'submit', '--hex', plum.toString('hex').toUpperCase(), '--json']);
    assert.deepEqual(JSON.parse(again.out), { hash, state: 'pending' });
  });

  test('tx submit --wait returns when it is final, with its place', async () => {
    const fig = Buffer.from('fig');
    const waiting = run(['tx', 'submit', '--wait', '--json'], fig);
    setTimeout(() => member.chain.append(fig), 30);
    const { code, out } = await waiting;
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), { hash: transactionOf(fig).hash, state: 'final', height: 2, index: 0 });
  });

  test('tx submit --batch prints a line for each, and ends with 1 when one is refused', async () => {
    const [sloe, large] = [Buffer.from('sloe'), Buffer.alloc(101)];
    const lines = [sloe, pear, large].map((each) => each.toString('hex')).join('\n');
    const hashes = [sloe, pear, large].map((each) => transactionOf(each).hash);
    const refused = 'transaction above the limit of the genesis, transaction_bytes_max: it has 101 bytes';
    const { code, out, notes } = await run(['tx', 'submit', '--batch', '-'], Buffer.from(lines));
    assert.deepEqual(out.split('\n'), [
      `${hashes[0]} pending`,
      `${hashes[1]} final`,
      `${hashes[2]} refused: ${refused} (code CONSENSUS_TRANSACTION_TOO_LARGE)`,
    ]);
    assert.deepEqual([code, notes], [1, '3 handed in: 1 final, 1 pending, 1 refused']);
  });

  test('tx submit --batch --wait tells the place of each; --json is an object a line', async () => {
    const [date, lime] = [Buffer.from('date'), Buffer.from('lime')];
    const batch = JSON.stringify({ transactions: [date.toString('hex'), lime.toString('hex')] });
    const waiting = run(['tx', 'submit', '--batch', '-', '--wait', '--json'], Buffer.from(batch));
    setTimeout(() => member.chain.append(date, lime), 30);
    const { code, out } = await waiting;
    const { height } = member.chain.tip();
    assert.deepEqual(
      [code, ...out.split('\n').map((line) => JSON.parse(line))],
      [
        0,
        ...[date, lime].map((each, index) => ({
          index,
          hash: transactionOf(each).hash,
          state: 'final',
          height: Number(height),
          position: index,
        })),
      ],
    );
  });

  test('tx submit --batch ends with 2 when one is not final in time, and refuses a bad line with its number', async () => {
    const batch = Buffer.from(Buffer.from('late').toString('hex'));
    const args = ['tx', 'submit', '--batch', '-', '--wait', '--timeout', '1'];
    const { code, out } = await run(args, batch);
    assert.deepEqual([code, out], [2, `${transactionOf(Buffer.from('late')).hash} pending`]);
    const bad = await run(['tx', 'submit', '--batch', '-'], Buffer.from('00\nxy'));
    assert.deepEqual(
      [bad.code, bad.notes],
      [1, 'btcfed: stdin: line 2 is not hex: "xy"; nothing was handed in'],
    );
  });

  test('tx submit --batch --wait that a person stops says what became of each, and ends with 130', async () => {
    const [sorb, guava] = [Buffer.from('sorb'), Buffer.from('guava')];
    const lines = Buffer.from([sorb, guava].map((each) => each.toString('hex')).join('\n'));
    const person = new AbortController();
    const reason = new CliError('stopped on request', { code: 'CLI_INTERRUPTED', signal: 'SIGINT' });
    const waiting = run(['tx', 'submit', '--batch', '-', '--wait'], lines, {
      signal: person.signal,
      told: () => person.abort(reason),
    });
    setTimeout(() => member.chain.append(sorb), 30);
    const { code, out, notes } = await waiting;
    const { height } = member.chain.tip();
    assert.deepEqual(out.split('\n'), [
      `${transactionOf(sorb).hash} final at height ${height}, index 0`,
      `${transactionOf(guava).hash} pending`,
    ]);
    assert.deepEqual(
      [code, ...notes.split('\n')],
      [
        130,
        'of 2: 1 final, 1 pending, 0 refused, 0 without an answer; the same file again brings in those that are missing',
        'btcfed: stopped on request',
      ],
    );
  });

  test('tx get tells pending, final and unknown apart by its exit code', async () => {
    const pending = await run(['tx', 'get', transactionOf(plum).hash]);
    assert.deepEqual([pending.code, pending.out], [2, `pending\n${plum.toString('hex')}`]);
    const final = await run(['tx', 'get', transactionOf(pear).hash, '--json']);
    assert.equal(final.code, 0);
    const { state, transaction, height } = JSON.parse(final.out);
    assert.deepEqual([state, transaction, height], ['final', pear.toString('hex'), 1]);
    const unknown = await run(['tx', 'get', '00'.repeat(32)]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.notes, /^btcfed: the member says NOT_FOUND: [^\n]+$/);
  });

  for (const [args, code] of [
    [['tx', 'get', '00'.repeat(32)], 'CONSENSUS_TRANSACTION_UNKNOWN'],
    [['tx', 'submit', '--hex', '00'.repeat(101)], 'CONSENSUS_TRANSACTION_TOO_LARGE'],
    [['block', 'get', '99'], 'CONSENSUS_BLOCK_NOT_FINAL'],
  ] as const) {
    test(`${args[0]} ${args[1]} tells the code of the refusal ${code}, with --json as a field too`, async () => {
      const text = await run(args);
      assert.deepEqual([text.code > 0, text.out], [true, '']);
      assert.match(text.notes, new RegExp(`^btcfed: the member says [^\\n]+ \\(code ${code}\\)$`));
      const json = await run([...args, '--json']);
      const message = text.notes.slice('btcfed: '.length, text.notes.indexOf(' (code '));
      assert.deepEqual(JSON.parse(json.out), { error: { code, message } });
      assert.deepEqual([json.code, json.notes], [text.code, text.notes]);
    });
  }

  test('tx wait has exit code 2 when the transaction is not final in time', async () => {
    const { code, notes } = await run(['tx', 'wait', transactionOf(plum).hash, '--timeout', '1']);
    assert.deepEqual(
      [code, notes],
      [2, 'btcfed: the transaction is not final after 1 s; it may still become final'],
    );
  });

  test('a refused transaction has exit code 1 and the reason', async () => {
    const { code, notes } = await run(['tx', 'submit'], Buffer.alloc(101));
    assert.equal(code, 1);
    assert.match(notes, /INVALID_ARGUMENT: transaction above the limit of the genesis/);
  });

  test('block get shows blocks by height and the newest, and has exit code 2 above it', async () => {
    assert.match(
      (await run(['block', 'get', '1'])).out,
      new RegExp(`height        1\n(.*\n)+  ${pear.toString('hex')}$`),
    );
    assert.equal(
      JSON.parse((await run(['block', 'get', '--json'])).out).height,
      Number(member.chain.tip().height),
    );
    assert.deepEqual(
      JSON.parse((await run(['block', 'get', '1', '--json', '--header-only'])).out).transactions,
      [],
    );
    assert.equal((await run(['block', 'get', '99'])).code, 2);
  });

  test('status and validators say who it is and who decides', async () => {
    const status = await run(['status']);
    assert.equal(status.code, 0);
    assert.match(status.out, /^member {8}alpha \(number 2\) of test-chain$/m);
    const { members, quorum } = JSON.parse((await run(['validators', '--json'])).out);
    assert.deepEqual([members.length, quorum.commitWeight], [4, 3]);
  });

  test('TW-2.9.4 status tells height, round, phase and leader, and the votes as they are when it is asked', async () => {
    const before = member.status;
    const tally = { ...before.tally(), leaving: { members: 2, weight: 2n } };
    member.status = { ...before, tally: () => tally };
    const [text, json] = [await run(['status']), await run(['status', '--json'])];
    member.status = before;
    assert.match(text.out, /^view {10}7 of height 1, led by member 3, phase prepare$/m);
    assert.match(text.out, /^votes {9}proposal seen; prepare 2, commit 0; 3 needed; 2 to leave the view$/m);
    assert.deepEqual(JSON.parse(json.out).tally, {
      ...{ height: 1, view: 7, proposalSeen: true, needed: 3, neededWeight: 3, votesToAll: true },
      steps: [
        { step: 'prepare', members: 2, weight: 2, blockWeight: 2 },
        { step: 'commit', members: 0, weight: 0, blockWeight: 0 },
      ],
      ...{ leaving: 2, leavingWeight: 2 },
    });
    assert.match((await run(['status'])).out, /; 1 to leave the view$/m);
  });

  test('F-48 status has exit code 5 when the member is halted or its signer is locked, and says why', async () => {
    const before = member.status;
    member.status = { ...before, mode: 'halted', haltReason: 'the record is lost' };
    const { code, out } = await run(['status']);
    member.status = { ...before, signerFault: 'the key is locked' };
    assert.equal((await run(['status'])).code, 5);
    member.status = before;
    assert.equal(code, 5);
    assert.match(out, /^mode {10}halted: the record is lost$/m);
  });

  test('F-40 status says who is away when no quorum is reachable, and has exit code 4', async () => {
    const before = member.status;
    const quorum = { ...before.quorum, reachable: 2, reachableWeight: 2n, away: ['beta', 'delta'] };
    member.status = { ...before, quorum };
    const text = await run(['status']);
    const json = await run(['status', '--json']);
    member.status = before;
    const reach = '2 of 4 members reachable, 3 needed; away: beta, delta';
    assert.deepEqual([text.code, json.code], [4, 4]);
    assert.match(text.out, new RegExp(`^mode {10}no quorum: ${reach}$`, 'm'));
    assert.match(text.out, new RegExp(`^quorum {8}${reach}$`, 'm'));
    const { reached, away } = JSON.parse(json.out).quorum;
    assert.deepEqual([reached, away], [false, ['beta', 'delta']]);
    assert.match((await run(['status'])).out, /^quorum {8}4 of 4 members reachable, 3 needed$/m);
  });

  test('F-42 tx submit --wait prints the hash before it waits, and has it in JSON when it fails', async () => {
    const kiwi = Buffer.from('kiwi');
    const { hash } = transactionOf(kiwi);
    const args = ['tx', 'submit', '--wait', '--timeout', '1'];
    const reason = 'the transaction is not final after 1 s; it may still become final';
    assert.deepEqual(await run(args, kiwi), { code: 2, out: hash, notes: `btcfed: ${reason}` });
    const { code, out } = await run([...args, '--json'], kiwi);
    assert.equal(code, 2);
    const error = { code: 'CLI_NOT_THERE', message: reason };
    assert.deepEqual(JSON.parse(out), { hash, state: 'pending', error });
  });

  test('watch prints blocks from a height on, one JSON object a line', async () => {
    const { code, out } = await run(['watch', '--from', '1', '--count', '2', '--json']);
    const blocks = out.split('\n').map((line) => JSON.parse(line));
    assert.equal(code, 0);
    assert.deepEqual(
      blocks.map(({ height }) => height),
      [1, 2],
    );
    assert.deepEqual(blocks[0].transactionHashes, [transactionOf(pear).hash]);
  });
});
