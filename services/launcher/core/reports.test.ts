import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jsonText } from '../words/json-value.ts';
import { statusLine } from './status-line.ts';
import { reportOf, reportText, type UpFacts } from './up-report.ts';

const facts: UpFacts = {
  members: 4,
  quorum: 3,
  protocol: 'hotstuff',
  scheme: 'slh-dsa-sha2-128f',
  submitted: 3,
  finalCount: 3,
  height: 2n,
  compared: 4,
  agree: true,
  commitMs: [100.04, 300, 200],
  floorMs: 110.26,
  readyMs: 1234.5,
};

describe('the report of up', () => {
  test('has exactly the keys that are promised, in their order', () => {
    assert.equal(
      jsonText(reportOf(facts)),
      '{"members":4,"quorum":3,"protocol":"hotstuff","scheme":"slh-dsa-sha2-128f","submitted":3,"final":3,"height":2,"compared":4,' +
        '"agree":true,"commitMsP50":200,"commitMsP99":300,"floorMs":110.3,"readyMs":1235}',
    );
  });

  test('has null where nothing was submitted', () => {
    const report = reportOf({ ...facts, submitted: 0, finalCount: 0, commitMs: [] });
    assert.equal(report.commitMsP50, null);
    assert.match(
      reportText(report),
      /^nothing was handed in by --submit; all 4 members agree up to height 2, floor/,
    );
  });

  test('counts the members whose chains were compared', () => {
    assert.match(reportText(reportOf({ ...facts, compared: 3 })), /; 3 of 4 members agree up to height 2,/);
  });

  test('says of no chain that it agrees when none was compared', () => {
    const report = reportOf({ ...facts, height: 0n, compared: 0 });
    assert.equal(report.agree, false);
    assert.match(reportText(report), /NO CHAIN WAS COMPARED, for every member is held by request, commit/);
  });

  test('says it loudly when members do not agree', () => {
    assert.match(reportText(reportOf({ ...facts, agree: false })), /DO NOT AGREE/);
  });
});

describe('statusLine', () => {
  const status = {
    name: 'm1',
    height: 7n,
    view: 9n,
    leader: 'm2',
    connectedPeers: 2,
    peers: 3,
    lastCommitMs: 123.4,
    mempoolTransactions: 5,
    mode: 'active',
  };

  test('shows height, view, leader, peers and the last commit', () => {
    const line = statusLine('m1', status).replaceAll(/\s+/g, ' ');
    assert.equal(line, 'm1 height 7 view 9 leader m2 peers 2/3 last commit 123 ms waiting 5 active');
  });

  test('shows no latency before the first commit, and nothing of a member that is away', () => {
    assert.match(statusLine('m1', { ...status, lastCommitMs: 0 }), /last commit - /);
    assert.equal(statusLine('m3', undefined), 'm3  no answer');
  });
});

test('jsonText writes bytes as hex and keeps numbers exact', () => {
  const value = {
    bytes: new Uint8Array([0, 255]),
    small: 7n,
    large: 2n ** 60n,
    none: undefined,
    list: [Buffer.from('ab', 'hex')],
  };
  assert.equal(jsonText(value), '{"bytes":"00ff","small":7,"large":"1152921504606846976","list":["ab"]}');
});
