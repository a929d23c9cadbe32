import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { digestBytes, toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { SignerGate } from './signer-gate.ts';

const CHAIN = toDigest('ab'.repeat(32));
const KEY = Uint8Array.of(1, 2, 3);
const STATEMENT = blockStatement('prepare', toView(5n), { height: toHeight(1n), digest: CHAIN });

interface Facts {
  readonly publicKey?: Uint8Array;
  readonly chainDigest?: Uint8Array;
  readonly lastView?: bigint;
  readonly lastInstance?: bigint;
  readonly lastEpoch?: bigint;
  /** Calls that fail before one is answered. */
  readonly away?: number;
  readonly recordedView?: bigint;
  readonly recordedInstance?: bigint;
  readonly recordedEpoch?: bigint;
  /** Whether the federation knows this member. */
  readonly isMember?: boolean;
  readonly mode?: string;
  /** The word of the signer about a certificate. */
  readonly proves?: () => Promise<boolean>;
}

function gate({
  publicKey = KEY,
  chainDigest = digestBytes(CHAIN),
  lastView = 5n,
  lastInstance = 0n,
  lastEpoch = 0n,
  away = 0,
  recordedView = 5n,
  recordedInstance = 0n,
  recordedEpoch = 0n,
  isMember = true,
  mode = 'active',
  proves = async () => true,
}: Facts) {
  const halted: string[] = [];
  const causes: string[] = [];
  const sessions: string[] = [];
  const answers: SignatureAnswer[] = [];
  let missed = 0;
  const known = { isMember };
  const built = new SignerGate({
    signer: {
      async describe() {
        missed += 1;
        if (missed <= away) {
          throw new RemoteError('away', {
            code: 'REMOTE_CALL_FAILED',
            method: 'GetSigner',
            status: 'UNAVAILABLE',
          });
        }
        const facts = {
          scheme: '',
          protocol: 'hotstuff',
          publicKey,
          chainDigest,
          lastView,
          lastEpoch,
          signatureCount: 1n,
        };
        return {
          ...facts,
          backend: 'native',
          mode,
          session: 0n,
          auditHead: undefined,
          epoch: lastEpoch,
          locked: false,
          fault: '',
          lockView: 0n,
          provenView: 0n,
          startCount: 1n,
          verifier: undefined,
          certificateBytesMax: 0n,
          lastInstance,
        };
      },
      openSession: async () => {
        sessions.push('opened');
      },
      follow: () => assert.fail('nobody follows here'),
      sign: (_order, done) => done({ kind: 'signed', signature: Uint8Array.of(9) }),
      prove: proves,
      stop: () => {},
    },
    chainDigest: CHAIN,
    ownKey: () => (known.isMember ? { name: 'm0', publicKey: KEY } : undefined),
    epoch: () => toEpoch(recordedEpoch),
    recorded: () => ({ epoch: recordedEpoch, instance: recordedInstance, view: toView(recordedView) }),
    halt: (reason, cause) => {
      halted.push(reason);
      causes.push(cause);
    },
    log: memoryLogger(),
  });
  const order = { statement: STATEMENT, grounds: {}, epoch: toEpoch(recordedEpoch) };
  const ask = (): void => built.sign(order, (answer) => answers.push(answer));
  return { gate: built, halted, causes, sessions, answers, known, ask };
}

describe('the way to the signer', () => {
  test('is closed until the signer was judged, and what was asked for meanwhile goes through then', async () => {
    const { gate: closed, answers, ask } = gate({ away: 2 });
    ask();
    await turn();
    assert.deepEqual(answers, []);
    await closed.start();
    await turn();
    assert.equal(answers.length, 1);
    await closed.stop();
  });

  test('opens for a signer that never signed', async () => {
    const { gate: open, answers, ask, halted } = gate({ lastView: 0n, recordedView: 0n });
    await open.start();
    ask();
    await turn();
    assert.equal(answers.length, 1);
    assert.deepEqual(halted, []);
    await open.stop();
  });

  for (const [name, recordedView] of [
    ['is new', 0n],
    ['is an older copy', 4n],
  ] as const) {
    test(`stays closed when chain.db ${name}: the member halts and says what to do`, async () => {
      const { gate: shut, answers, ask, halted, causes } = gate({ recordedView });
      await shut.start();
      ask();
      await turn();
      assert.deepEqual(answers, []);
      assert.match(halted[0] ?? '', /signed in view 5, .* ends at view \d: .*Put back the chain\.db/);
      assert.deepEqual(causes, ['record']);
      await shut.stop();
    });
  }

  test('opens with a session of its own', async () => {
    const { gate: open, sessions } = gate({});
    await open.start();
    assert.deepEqual(sessions, ['opened']);
    await open.stop();
  });

  test('stays closed when the key is retired: the member halts for that cause', async () => {
    const { gate: shut, halted, causes } = gate({ mode: 'retired' });
    await shut.start();
    assert.match(halted[0] ?? '', /its key is retired/);
    assert.deepEqual(causes, ['retirement']);
    await shut.stop();
  });

  test('stays closed when the key is in quarantine: the member halts, and opens no session', async () => {
    const { gate: shut, halted, causes, sessions, answers, ask } = gate({ mode: 'quarantined' });
    await shut.start();
    ask();
    await turn();
    assert.match(halted[0] ?? '', /its key is quarantined/);
    assert.deepEqual(causes, ['quarantine']);
    assert.deepEqual([sessions, answers], [[], []]);
    await shut.stop();
  });

  test('refuses another key and another chain', async () => {
    await assert.rejects(gate({ publicKey: Uint8Array.of(4) }).gate.start(), /another key .*m0/);
    await assert.rejects(gate({ chainDigest: new Uint8Array(32) }).gate.start(), /another chain/);
  });

  test('opens when the signer signed last in an epoch before the recorded one, whatever the view', async () => {
    const { gate: open, answers, ask } = gate({ lastView: 9n, recordedEpoch: 1n });
    await open.start();
    ask();
    await turn();
    assert.equal(answers.length, 1);
    await open.stop();
  });

  test('stays closed when the signer signed in an epoch that the record does not know', async () => {
    const { gate: shut, halted } = gate({ lastView: 1n, lastEpoch: 2n, recordedEpoch: 1n });
    await shut.start();
    assert.match(halted[0] ?? '', /view 1 of epoch 2, .* ends at view 5 of epoch 1/);
    await shut.stop();
  });

  test('opens when the signer signed last in a late view of a height below the recorded one', async () => {
    const { gate: open, answers, ask } = gate({ lastInstance: 7n, recordedInstance: 8n, recordedView: 0n });
    await open.start();
    ask();
    await turn();
    assert.equal(answers.length, 1);
    await open.stop();
  });

  test('stays closed when the signer signed in a height above the recorded one, whatever the view', async () => {
    const { gate: shut, halted, sessions } = gate({ lastView: 0n, lastInstance: 9n, recordedInstance: 8n });
    await shut.start();
    assert.match(halted[0] ?? '', /signed in view 0 of height 9, .* ends at view 5 of height 8/);
    assert.deepEqual(sessions, []);
    await shut.stop();
  });

  test('FED-08: asks nothing of a signer whose key is not the one that the federation took in', async () => {
    const {
      gate: open,
      answers,
      halted,
      causes,
      known,
      ask,
    } = gate({ publicKey: Uint8Array.of(4), isMember: false });
    await open.start();
    known.isMember = true;
    ask();
    await turn();
    assert.deepEqual(answers, []);
    assert.match(halted[0] ?? '', /another key .*m0/);
    assert.deepEqual(causes, ['mismatch']);
    await open.stop();
  });

  describe('hands the word of the signer about a certificate on', () => {
    const CERTIFICATE = certificateFor(GENESIS.block);

    async function heard(facts: Facts, isStarted = true): Promise<readonly boolean[]> {
      const { gate: way } = gate(facts);
      const answers: boolean[] = [];
      if (isStarted) await way.start();
      way.prove(CERTIFICATE, toEpoch(0n), (isProved) => answers.push(isProved));
      await turn();
      await way.stop();
      return answers;
    }

    test('as it is', async () => {
      assert.deepEqual(await heard({}), [true]);
      assert.deepEqual(await heard({ proves: async () => false }), [false]);
    });

    test('and says no, at once, as long as the signer was not judged, or is not the right one', async () => {
      const proves = () => assert.fail('nobody is asked');
      assert.deepEqual(await heard({ proves }, false), [false]);
      assert.deepEqual(await heard({ proves, recordedView: 4n }), [false]);
      assert.deepEqual(await heard({ proves, mode: 'quarantined' }), [false]);
    });

    test('and says no where the asking itself fails, for then nobody verified anything', async () => {
      assert.deepEqual(await heard({ proves: () => Promise.reject(new Error('a fault of ours')) }), [false]);
    });
  });
});
