import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RemoteError } from '#libs/grpc/client.ts';
import type { LocalMember } from './local-federation.ts';
import { SilentMembers } from './silent-members.ts';
import { commitAll, countFinalEverywhere } from './submission.ts';

const { signal } = new AbortController();
const HASH = 'ab'.repeat(32);

function failing(status: string, errorCode?: string): () => Promise<never> {
  return async () => {
    throw new RemoteError(`SubmitTransaction failed with ${status}: no vote of a member`, {
      code: 'REMOTE_CALL_FAILED',
      method: 'SubmitTransaction',
      status,
      ...(errorCode === undefined ? {} : { errorCode }),
    });
  };
}

function memberOf(client: object): LocalMember {
  return { name: 'm2', client } as unknown as LocalMember;
}

/** Options for one member, and all that a person is told. */
function handingTo(member: LocalMember, held: readonly string[] = [], deadlineMs = 1_000) {
  const notes: string[] = [];
  const silent = new SilentMembers({ note: (line) => notes.push(line), held: () => held, toldAfterMs: 0 });
  return { notes, options: { members: [member], inFlight: 1, deadlineMs, signal, silent } };
}

test('a transaction that a member refuses is named, with the code of the refusal', async () => {
  const member = memberOf({ submit: failing('FAILED_PRECONDITION', 'CONSENSUS_VOTE_REFUSED') });
  await assert.rejects(commitAll([Buffer.of(1)], handingTo(member).options), {
    name: 'CliError',
    message: /^m2 refused transactions\[0\]: .*no vote of a member$/,
    detail: { code: 'CLI_INVALID_INPUT', errorCode: 'CONSENSUS_VOTE_REFUSED' },
  });
});

describe('a member that gives no answer', () => {
  for (const status of ['UNAVAILABLE', 'DEADLINE_EXCEEDED']) {
    test(`refused nothing: ${status} is told so, with the order that brings a held member back`, async () => {
      const { options } = handingTo(memberOf({ submit: failing(status) }), ['m2'], 1);
      await assert.rejects(commitAll([Buffer.of(1)], options), {
        name: 'CliError',
        message:
          'm2 gave no answer, so transactions[0] was not handed in; nothing was refused: it was killed or paused by request, and ' +
          '"btcfed up restart m2" brings it back while the federation runs. Hand the file in again once all members run: a ' +
          'transaction that is final is not included twice',
        detail: { code: 'CLI_UNREACHABLE' },
      });
    });
  }

  test('and that nobody holds has a log that says why', async () => {
    const { options } = handingTo(memberOf({ submit: failing('UNAVAILABLE') }), ['m1'], 1);
    await assert.rejects(commitAll([Buffer.of(1)], options), {
      message: /nothing was refused: its log in logs\/ of its home says why\. Hand/,
    });
  });

  test('is named too when it is asked whether a transaction is final there', async () => {
    const { options } = handingTo(memberOf({ wait: failing('UNAVAILABLE') }), [], 1);
    await assert.rejects(countFinalEverywhere([{ hash: HASH as never, commitMs: 1 }], options), {
      message: new RegExp(`^m2 gave no answer, so it is not known whether ${HASH} is final there; `),
      detail: { code: 'CLI_UNREACHABLE' },
    });
  });

  test('is told of once while there is time, and no transaction is lost when it is back', async () => {
    const answers = [failing('UNAVAILABLE'), failing('UNAVAILABLE')];
    const submit = () => answers.shift()?.() ?? { hash: HASH };
    const { notes, options } = handingTo(memberOf({ submit, wait: async () => ({}) }), ['m2'], 60_000);
    assert.equal((await commitAll([Buffer.of(1)], options)).length, 1);
    assert.deepEqual(notes, [
      'm2 gives no answer, and its transactions wait for it, 60 s at most: it was killed or paused by request, and ' +
        '"btcfed up restart m2" brings it back while the federation runs',
    ]);
  });

  test('for as long as a restart takes is no word worth, and one that answered meanwhile was not silent', () => {
    const notes: string[] = [];
    const silent = new SilentMembers({
      note: (line) => notes.push(line),
      held: () => [],
      toldAfterMs: 5_000,
    });
    const at = (nowMs: number): number => {
      silent.unanswered('m2', { nowMs, leftMs: 60_000 });
      return notes.length;
    };
    assert.deepEqual([at(1_000), at(5_999), at(6_000), at(7_000)], [0, 0, 1, 1], 'once');
    silent.answered('m2');
    assert.deepEqual([at(8_000), at(12_999)], [1, 1]);
    silent.answered('m2');
    assert.deepEqual([at(14_000), at(18_999), at(19_000)], [1, 1, 2], 'each silence is told of');
  });
});
