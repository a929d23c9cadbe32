import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { Node } from '#libs/engine/node.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Disk } from '#libs/simulation/disk/disk.ts';
import type { Instance } from '#libs/simulation/member/instance.ts';
import type { NodeChain } from '#libs/simulation/nodes/node-chain.ts';
import { filesOf, type NodeFiles } from '#libs/simulation/nodes/node-files.ts';
import type { WholeNode } from '#libs/simulation/nodes/whole-node.ts';

type NodeInstance = Instance<HostedState, ProtocolMessage, HostedRecord>;

/** A node of an `EpochFederation`, member or not, that was set up; it may be down. */
export class EpochNode {
  readonly number: MemberIndex;
  readonly instance: NodeInstance;
  readonly refused: string[] = [];
  /** Heights of the snapshots that it took. */
  readonly snapshots: Height[] = [];
  /** Keys in its peers.yaml: the members when it was set up. */
  readonly #named: readonly Uint8Array[];
  readonly #life: () => WholeNode;

  constructor(instance: NodeInstance, named: readonly Uint8Array[], life: () => WholeNode) {
    this.number = instance.member;
    this.instance = instance;
    this.#named = named;
    this.#life = life;
  }

  get isUp(): boolean {
    return this.instance.isUp;
  }

  get node(): Node {
    return this.#life().node;
  }

  get chain(): NodeChain {
    return this.#life().chain;
  }

  get evidence(): Pick<NodeFiles, 'all'> {
    return filesOf(this.instance.disk);
  }

  /** The members after its newest block. */
  get membership(): Membership {
    return this.#life().membership;
  }

  /** Where it is, in one line. */
  describe(): string {
    const { position, phase } = this.node.protocol();
    const place = this.isUp ? `epoch ${this.membership.epoch} view ${position.view} ${phase}` : 'down';
    return `node ${this.number} ${place} height ${this.instance.disk.height}: ${this.refused.slice(-3).join('; ')}`;
  }

  /** Begins with another node's blocks, as from a copy of its file; not with its record. */
  copy({ instance }: EpochNode): void {
    copyChain(instance.disk, this.instance.disk);
  }

  /** The ports of a life that keeps what it refused. */
  fit({ monitor, ...ports }: NodePorts): NodePorts {
    const { refused, snapshots } = this;
    return {
      ...ports,
      guests: this.#named,
      monitor: {
        ...monitor,
        refused: (from, cause, detail, fault) => {
          refused.push(`${cause} ${detail ?? ''}`);
          monitor.refused(from, cause, detail, fault);
        },
        snapshotTaken: (height) => {
          snapshots.push(height);
          monitor.snapshotTaken(height);
        },
        halted: (reason, code) => {
          refused.push(`halted: ${reason}`);
          monitor.halted(reason, code);
        },
      },
    };
  }
}

function copyChain(from: Disk<HostedRecord>, to: Disk<HostedRecord>): void {
  for (const held of from.blocks.values()) to.put(held);
  to.chain.push(...from.chain.slice(to.chain.length));
  for (const [height, proof] of from.proofs) to.proofs.set(height, proof);
  to.tip = from.tip;
  to.sync();
}
