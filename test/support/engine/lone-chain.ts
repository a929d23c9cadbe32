import { toEpoch, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import type { SnapshotPort } from '#libs/engine/ports/snapshot-ports.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { SharedJudge } from '#libs/simulation/chain/shared-judge.ts';
import { Disk } from '#libs/simulation/disk/disk.ts';
import { OwedRecord } from '#libs/simulation/member/owed-record.ts';
import { NodeChain } from '#libs/simulation/nodes/node-chain.ts';
import { NodeSnapshots } from '#libs/simulation/nodes/node-snapshots.ts';
import type { StoreOwner } from '#libs/simulation/nodes/store-owner.ts';

const SCOPE = { chain: ZERO_DIGEST, protocol: 'hotstuff', epoch: toEpoch(0n) };

/** The chain of a simulated node without the node: for tests of single parts of the engine. */
export class LoneChain extends NodeChain {
  /** The snapshots on the same disk. */
  readonly snapshots: SnapshotPort;

  /** @param rule - Which certificates it keeps. */
  constructor(rule?: CertificateRule) {
    const judge = new SharedJudge(hotStuffFollows);
    const disk = new Disk<HostedRecord>(judge.genesis, SCOPE, HOTSTUFF_TABLE);
    const owner: StoreOwner = {
      disk,
      setting: { judge },
      endpoint: { instance: 0, member: toMemberIndex(0), receive: () => {} },
      effect: (_, run) => run(),
      observe: () => {},
    };
    super(owner, new OwedRecord({ ...owner, witness: () => () => {} }), rule);
    this.snapshots = new NodeSnapshots(owner);
  }
}
