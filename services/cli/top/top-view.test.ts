import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RemoteError } from '#libs/grpc/client.ts';
import {
  GetStatusResponse,
  type QuorumReach,
  ReplicaMode,
  type ViewTally,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { frameText, quorumLine } from './frame-text.ts';
import type { PolledMember } from './member-poll.ts';
import { memberRow } from './member-row.ts';
import { type WatchMembersOptions, watchMembers } from './watch-members.ts';

const REACH: QuorumReach = {
  ...{ reached: true, members: 4, reachable: 4, needed: 3, away: [] },
  ...{ totalWeight: 4n, reachableWeight: 4n, neededWeight: 3n },
};
const LOST: QuorumReach = { ...REACH, reached: false, reachable: 2, reachableWeight: 2n, away: ['m1', 'm3'] };
const TALLY: ViewTally = {
  ...{ height: 13n, view: 15n, proposalSeen: true, needed: 3, neededWeight: 3n, votesToAll: true },
  steps: [
    { step: 'prepare', members: 2, weight: 2n, blockWeight: 2n },
    { step: 'commit', members: 0, weight: 0n, blockWeight: 0n },
  ],
  ...{ leaving: 0, leavingWeight: 0n },
};

function statusOf(change: Partial<GetStatusResponse> = {}): GetStatusResponse {
  const header = { member: 'm0', finalHeight: 12n, view: 15n, epoch: 1n };
  const numbers = { leader: 3, connectedPeers: 3, mempoolTransactions: 7, lastCommitMs: 210.4 };
  const mode = ReplicaMode.ACTIVE;
  return {
    ...GetStatusResponse.fromPartial({ header, mode, ...numbers }),
    tally: TALLY,
    quorum: REACH,
    ...change,
  };
}

const NAMES = ['m0', 'm1', 'm2', 'm3'];

function memberOf(name: string, answer: () => GetStatusResponse | Promise<GetStatusResponse>): PolledMember {
  const validators = async () => ({ members: NAMES.map((each) => ({ name: each })) });
  const client = { status: async () => answer(), validators };
  return { name, address: '127.0.0.1:7101', client: client as never };
}

function down(status: 'UNAVAILABLE' | 'DEADLINE_EXCEEDED'): () => never {
  return () => {
    throw new RemoteError('no', { code: 'REMOTE_CALL_FAILED', method: 'GetStatus', status });
  };
}

const AT = new Date('2026-01-02T03:04:05Z');

function options(members: readonly PolledMember[], change: Partial<WatchMembersOptions> = {}) {
  const printed: string[] = [];
  const all: WatchMembersOptions = {
    ...{ members, screen: undefined, json: false, isOnce: true, isColored: false },
    ...{ intervalMs: 1, callMs: 1_000, now: () => AT, signal: new AbortController().signal },
    out: (line) => printed.push(line),
    ...change,
  };
  return { printed, all };
}

/** A terminal without one: the frames that were drawn, and the keys that are typed. */
function fakeScreen(lines = 24) {
  const state = {
    frames: [] as string[],
    isOpen: false,
    key: (_: string): void => undefined,
    resize: () => {},
  };
  const screen = {
    ...{ columns: 80, lines },
    open: ({ onKey, onResize }: { onKey: (key: string) => void; onResize: () => void }) => {
      state.isOpen = true;
      state.key = onKey;
      state.resize = onResize;
    },
    draw: (text: string) => state.frames.push(text),
    close: () => {
      state.isOpen = false;
    },
  };
  return { screen, state };
}

describe('one frame', () => {
  test('has a line for each member, with all that it tells, and the quorum', async () => {
    const { printed, all } = options([memberOf('a', () => statusOf()), memberOf('m1', down('UNAVAILABLE'))]);
    assert.equal(await watchMembers(all), 0);
    assert.deepEqual(
      printed[0]?.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  ')),
      [
        'btcfed top  03:04:05 UTC  2 members',
        'NAME  MODE  HEIGHT  VIEW  LEADER  PEERS  MEMPOOL  COMMIT  VOTES',
        'm0  active  12  15  m3  3  7  210 ms  prepare 2/3 commit 0/3',
        'm1  no answer  -  -  -  -  -  -  -  no answer at 127.0.0.1:7101: it is down',
        'quorum  4 of 4 members reachable, 3 needed, as m0 sees it',
      ],
    );
    assert.ok(!printed[0]?.includes('\u001b'), 'no colour where nobody asked for one');
  });

  test('of members that give no answer says so, with the exit code for it', async () => {
    const { printed, all } = options([memberOf('m0', down('DEADLINE_EXCEEDED'))]);
    assert.equal(await watchMembers(all), 3);
    assert.match(printed[0] ?? '', /no answer from 127\.0\.0\.1:7101 in time: it is paused, stuck or busy/);
    assert.match(printed[0] ?? '', /\nquorum {2}unknown: no member tells$/);
  });

  test('in JSON is one object in a line', async () => {
    const members = [memberOf('m0', () => statusOf()), memberOf('m1', down('UNAVAILABLE'))];
    const { printed, all } = options(members, { json: true });
    await watchMembers(all);
    assert.equal(printed.length, 1);
    const { at, members: rows, quorum } = JSON.parse(printed[0] ?? '');
    assert.deepEqual([at, quorum], [AT.toISOString(), '4 of 4 members reachable, 3 needed, as m0 sees it']);
    const place = { address: '127.0.0.1:7101' };
    assert.deepEqual(rows, [
      {
        ...{ name: 'm0', ...place, health: 'good', state: 'active', mode: 'active', answers: true },
        ...{ height: 12, view: 15, leader: 'm3', peers: 3, mempool: 7, lastCommitMs: 210 },
        votes: [
          { step: 'prepare', held: 2, needed: 3 },
          { step: 'commit', held: 0, needed: 3 },
        ],
        reachesQuorum: true,
      },
      {
        ...{ name: 'm1', ...place, health: 'bad', state: 'no answer', answers: false },
        mode: 'no answer at 127.0.0.1:7101: it is down',
      },
    ]);
  });

  test('lets a fault of ours end it', async () => {
    const broken = () => {
      throw new Error('a fault of ours');
    };
    await assert.rejects(watchMembers(options([memberOf('m0', broken)]).all), /a fault of ours/);
  });
});

describe('a live view', () => {
  test('draws frames with the newest answers until "q" is typed, and gives the terminal back', async () => {
    const { screen, state } = fakeScreen();
    let height = 0n;
    const member = memberOf('m0', () => {
      height += 1n;
      if (height === 4n) state.key('q');
      return statusOf({ header: { ...statusOf().header, finalHeight: height } as never });
    });
    const { printed, all } = options([member], { screen, isOnce: false });
    assert.equal(await watchMembers(all), 0);
    assert.deepEqual([state.isOpen, printed], [false, []]);
    const shown = state.frames.map((frame) => /^m0 +active +(\d+)/m.exec(frame)?.[1]);
    assert.deepEqual([...new Set(shown)].slice(0, 3), ['1', '2', '3']);
    assert.match(state.frames[0] ?? '', /asked every 0\.001 s; q ends this/);
  });

  for (const key of ['Q', '\u0003']) {
    test(`ends by ${JSON.stringify(key)} too, and by no other key`, async () => {
      const { screen, state } = fakeScreen();
      let asked = 0;
      const member = memberOf('m0', () => {
        asked += 1;
        state.key(asked < 3 ? 'x' : key);
        return statusOf();
      });
      assert.equal(await watchMembers(options([member], { screen, isOnce: false }).all), 0);
      assert.ok(asked >= 3);
    });
  }

  test('shows the others while one member never answers, and asks that one once', async () => {
    const { screen, state } = fakeScreen();
    let stuckAsked = 0;
    const stuck = memberOf('m1', () => {
      stuckAsked += 1;
      return new Promise<never>(() => undefined);
    });
    let asked = 0;
    const well = memberOf('m0', () => {
      asked += 1;
      if (asked === 4) state.key('q');
      return statusOf();
    });
    assert.equal(await watchMembers(options([well, stuck], { screen, isOnce: false }).all), 0);
    assert.equal(stuckAsked, 1);
    assert.match(state.frames.at(-1) ?? '', /^m0 +active +12 .*\nm1 +asked +- /m);
  });

  test('gives the terminal back when it fails', async () => {
    const { screen, state } = fakeScreen();
    const broken = () => {
      throw new Error('a fault of ours');
    };
    await assert.rejects(watchMembers(options([memberOf('m0', broken)], { screen, isOnce: false }).all));
    assert.equal(state.isOpen, false);
  });

  test('in JSON prints a line for each frame until it is told to stop', async () => {
    const stop = new AbortController();
    const { printed, all } = options([memberOf('m0', () => statusOf())], { json: true, isOnce: false });
    const out = (line: string): void => {
      if (printed.push(line) === 3) stop.abort();
    };
    assert.equal(await watchMembers({ ...all, out, signal: stop.signal }), 0);
    assert.deepEqual(
      printed.map((line) => JSON.parse(line).members[0].height),
      [12, 12, 12],
    );
  });
});

describe('a row', () => {
  const row = (change: Partial<GetStatusResponse>) =>
    memberRow(
      memberOf('m0', () => statusOf()),
      { kind: 'status', status: statusOf(change), leader: 'm3' },
    );

  for (const [what, change, health] of [
    ['an active member', {}, 'good: active'],
    ['a guest', { guest: true }, 'good: guest'],
    ['one that catches up', { mode: ReplicaMode.CATCHING_UP, quorum: LOST }, 'on the way: catching up'],
    ['one that is halted', { mode: ReplicaMode.HALTED, haltReason: 'a fork', quorum: LOST }, 'bad: halted'],
    ['one whose signer signs nothing', { signerFault: 'it is locked' }, 'bad: no votes'],
    ['one that reaches no quorum', { quorum: LOST }, 'bad: no quorum'],
  ] as const)
    test(`of ${what} is ${health}`, () => {
      const { health: found, state } = row(change);
      assert.equal(`${found}: ${state}`, health);
    });

  test('has weights where those of members differ, and nothing where an older member tells none', () => {
    const tally = { ...TALLY, needed: undefined, neededWeight: 9n };
    assert.deepEqual(row({ tally }).told?.votes?.[0], { step: 'prepare', held: 2n, needed: 9n });
    assert.equal(row({ tally: undefined }).told?.votes, undefined);
  });
});

describe('the text of a frame', () => {
  const rowAt = (name: string, quorum: QuorumReach = REACH) => {
    const header = { ...statusOf().header, member: name } as never;
    const answer = { kind: 'status', status: statusOf({ header, quorum }), leader: 'm3' } as const;
    return memberRow(
      memberOf(name, () => statusOf()),
      answer,
    );
  };
  const shape = { columns: undefined, lines: undefined, isColored: false };

  test('names the place from which the fewest members are reached, and says loudly that the quorum is lost', () => {
    assert.match(
      quorumLine([rowAt('m0'), rowAt('m2', LOST)]),
      /^LOST: 2 of 4 .*away: m1, m3, as m2 sees it$/,
    );
  });

  test('colours a line by the health of its member', () => {
    const text = frameText('t', [rowAt('m0'), rowAt('m2', LOST)], { ...shape, isColored: true });
    const [, , good = '', bad = ''] = text.split('\n');
    assert.ok(good.startsWith('\u001b[32m') && good.endsWith('\u001b[0m'));
    assert.ok(bad.startsWith('\u001b[31m'));
  });

  test('fits the terminal: long lines are cut, and rows without room are counted', () => {
    const rows = Array.from({ length: 30 }, (_, at) => rowAt(`m${at}`));
    const lines = frameText('t', rows, { columns: 40, lines: 10, isColored: false }).split('\n');
    assert.equal(lines.length, 10);
    assert.ok(lines.every(({ length }) => length <= 40));
    assert.match(lines.at(-2) ?? '', /^… and 24 more/);
  });

  test('shows no control character that a member says', () => {
    const text = frameText('t', [rowAt('m0\u001b[2J\n')], shape);
    assert.match(text, /^m0\?\[2J\? /m);
    assert.ok(!text.includes('\u001b'));
  });
});
