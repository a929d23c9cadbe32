import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RemoteError } from '#libs/grpc/client.ts';
import type { LocalMember } from './local-federation.ts';
import { commitAll } from './submission.ts';

test('a transaction that a member refuses is named, with the code of the refusal', async () => {
  const submit = async (): Promise<never> => {
    throw new RemoteError('SubmitTransaction failed with FAILED_PRECONDITION: no vote of a member', {
      code: 'REMOTE_CALL_FAILED',
      method: 'SubmitTransaction',
      status: 'FAILED_PRECONDITION',
      errorCode: 'CONSENSUS_VOTE_REFUSED',
    });
  };
  const member = { name: 'm0', client: { submit } } as unknown as LocalMember;
  const { signal } = new AbortController();
  await assert.rejects(
    commitAll([Buffer.of(1)], { members: [member], inFlight: 1, deadlineMs: 1_000, signal }),
    {
      name: 'CliError',
      message: /^m0 refused transactions\[0\]: .*no vote of a member$/,
      detail: { code: 'CLI_INVALID_INPUT', errorCode: 'CONSENSUS_VOTE_REFUSED' },
    },
  );
});
