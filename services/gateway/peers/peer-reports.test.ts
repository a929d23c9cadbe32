import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { PeerReports } from './peer-reports.ts';

const PEER = { key: 'bb', peerId: 'peer b' };

function reportsOf() {
  const said: string[] = [];
  const reports = new PeerReports({
    attachments: {
      receive: ({ peer }) => {
        said.push(`frame of ${peer}`);
        return 'taken';
      },
      peerChanged: (key, connected) => said.push(`consensus: ${key} ${connected}`),
    },
    signals: {
      connected: ({ peerId }) => said.push(`signal: ${peerId} connected`),
      disconnected: ({ reason }) => said.push(`signal: disconnected, ${reason}`),
      connectionFailed: ({ reason }) => said.push(`signal: failed, ${reason}`),
    },
    log: memoryLogger(),
    onSession: (key, connected) => said.push(`session: ${key} ${connected}`),
    onCameBack: () => said.push('came back'),
  });
  return { reports, said };
}

describe('the reports of peers', () => {
  test('give frames to consensus, and tell it once of each change', () => {
    const { reports, said } = reportsOf();
    for (const ready of [false, true, true]) reports.onReady(PEER, ready);
    assert.deepEqual([...reports.ready], ['bb']);
    assert.equal(reports.onFrame({ peer: 'bb', trafficClass: 'sync', payload: new Uint8Array() }), 'taken');
    reports.onReady(PEER, false);
    assert.deepEqual(said, ['consensus: bb true', 'frame of bb', 'consensus: bb false']);
    assert.equal(reports.ready.size, 0);
  });

  test('P2P-09 tell the outside of connections, and P2P-16 that a peer came back', () => {
    const { reports, said } = reportsOf();
    reports.onConnected(PEER, false);
    reports.onDisconnected(PEER, 'gone');
    reports.onDialFailed(PEER, 'refused');
    reports.onConnected(PEER, true);
    assert.deepEqual(said, [
      'signal: peer b connected',
      'session: bb true',
      'signal: disconnected, gone',
      'session: bb false',
      'signal: failed, refused',
      'signal: peer b connected',
      'session: bb true',
      'came back',
    ]);
  });

  test('count what never left', () => {
    const { reports } = reportsOf();
    reports.onDropped(3);
    reports.onDropped(1);
    assert.equal(reports.dropped, 4);
  });
});
