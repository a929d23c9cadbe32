import assert from 'node:assert/strict';
import type { Block } from '#libs/chain/block.ts';
import { type Digest, type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { genesisRoot, rootCertificate } from '#libs/protocol/certificate.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import type { ReplicaPorts } from '#libs/replica/ports.ts';
import { Replica } from '#libs/replica/replica.ts';
import { TIMING } from '#test/support/hotstuff/hotstuff-harness.ts';

/** The leader of the first view of four members. */
export const FIRST_LEADER = toMemberIndex(1);

type Ports = ReplicaPorts<HotStuffMessage, SafetyRecord>;

export interface LeadingOptions extends Pick<Ports, 'store' | 'signer' | 'verifier'> {
  readonly set: ValidatorSet;
  readonly scope: SigningScope;
  readonly genesis: Digest;
  /** The block that it proposes. */
  readonly block: Block;
  readonly send: (message: HotStuffMessage) => void;
  readonly commit: Ports['blocks']['commit'];
  readonly refused?: (from: MemberIndex, cause: RefusalCause) => void;
  readonly halted?: (cause: unknown) => void;
}

/** The replica of production at the leader of the first view, which has proposed its block. */
export function leadingReplica(options: LeadingOptions): Replica<unknown, HotStuffMessage, SafetyRecord> {
  const { set, scope, block, store, signer, verifier, send, commit } = options;
  const root = genesisRoot(options.genesis);
  const ports: Ports = {
    store,
    signer,
    verifier,
    transport: { send: (_to, message) => send(message) },
    timers: { set: () => {}, extend: () => {}, cancel: () => {} },
    blocks: {
      build: (_view, _parent, done) => done(block),
      check: (_block, _from, done) => done(true),
      fetch: () => assert.fail('the leader lacks no block'),
      commit,
    },
    monitor: {
      entered: () => {},
      failed: () => {},
      refused: options.refused ?? ((_, cause) => assert.fail(cause)),
      signatureRefused: (_, reason) => assert.fail(reason),
      halted: options.halted ?? ((cause) => assert.fail(String(cause))),
    },
  };
  const context = {
    me: FIRST_LEADER,
    set,
    table: HOTSTUFF_TABLE,
    scope,
    root,
    timing: TIMING,
    parameters: {},
    leader: roundRobin(set),
    restored: undefined,
    tip: rootCertificate(HOTSTUFF_TABLE, 'commit', root),
  };
  const replica = new Replica(hotStuff, context, ports);
  replica.start();
  replica.work(true);
  return replica;
}
