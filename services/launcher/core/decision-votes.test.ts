import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionVotesOf, hasVotePath } from './decision-votes.ts';

test('a decision has the votes of its protocol, counted where its terms say, or by all where they say nothing', () => {
  const votesOf = (protocol: string, vote_path?: number) =>
    decisionVotesOf({ protocol, protocolParameters: vote_path === undefined ? {} : { vote_path } });
  assert.deepEqual(votesOf('hotstuff'), { votings: 3, path: 'leader' });
  assert.deepEqual(votesOf('hotstuff', 1), { votings: 3, path: 'all' });
  assert.deepEqual(votesOf('pbft'), { votings: 2, path: 'all' });
  assert.deepEqual(['hotstuff', 'pbft', 'raft'].map(hasVotePath), [true, false, false]);
});
