import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { learnables, statementRequest } from '#libs/custody/statement-request.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SignatureAnswer, SignerPort } from '#libs/replica/ports.ts';
import { nodeOf } from '#libs/simulation/federation/federation.ts';
import { NULL_TABLE } from './vote-table.ts';

const SCHEME = 'slh-dsa-sha2-128f';

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** SLH-DSA keys of nodes in the founding epoch, each guarded by a custodian of its own in this process. */
export class RealKeys {
  readonly #pairs: ReadonlyMap<MemberIndex, KeyPair>;

  constructor(nodes: readonly MemberIndex[]) {
    this.#pairs = new Map(nodes.map((node) => [node, generateKeyPairSync(SCHEME)]));
  }

  verify(node: MemberIndex, message: Uint8Array, signature: Uint8Array): boolean {
    const pair = this.#pairs.get(node);
    return pair !== undefined && verify(null, message, pair.publicKey, signature);
  }

  /** The ports of a node with true signatures in place of the simulator's. */
  fit(ports: NodePorts, node: MemberIndex): NodePorts {
    return {
      ...ports,
      enterEpoch: (membership, accounts) => {
        const own = ports.enterEpoch(membership, accounts);
        return {
          ...own,
          signer: this.signerOf(node, membership),
          verifierOf: (facts) => ({
            ...own.verifierOf(facts),
            verify: (claims, done) => {
              const falseClaim = claims.find((claim) => !this.#isTrue(claim, membership));
              done(falseClaim === undefined, undefined, falseClaim);
            },
          }),
        };
      },
    };
  }

  /** The signer of a node: its custodian decides, and the key signs what that allows. */
  signerOf(node: MemberIndex, membership: Membership): SignerPort {
    const { set, root, epoch, chain } = membership;
    const me = placeIn(set, `node-${node}`);
    const context = { table: NULL_TABLE, set, root, me, leader: roundRobin(set) };
    const custodian = new Custodian(context, virginState({ chain, protocol: NULL_TABLE.protocol, epoch }));
    return {
      sign: (statement, grounds, done) =>
        done(this.#answer(node, membership, { custodian, statement, grounds })),
    };
  }

  #answer(
    node: MemberIndex,
    membership: Membership,
    { custodian, statement, grounds }: Asked,
  ): SignatureAnswer {
    for (const { claims, learn } of learnables(custodian, statement, grounds))
      if (claims.every((claim) => this.#isTrue(claim, membership))) learn();
    const decision = custodian.decide(statementRequest(custodian.state, statement, grounds));
    if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason };
    if (decision.kind === 'sign') custodian.commit(decision);
    const pair = this.#pairs.get(node);
    if (pair === undefined) return { kind: 'refused', reason: 'no key' };
    return { kind: 'signed', signature: sign(null, decision.message, pair.privateKey) };
  }

  #isTrue({ member, statement, signature }: Claim, { chain, epoch, set }: Membership): boolean {
    const voter = set.members[member];
    const bytes = NULL_TABLE.bytes({ chain, protocol: NULL_TABLE.protocol, epoch }, statement);
    return voter !== undefined && this.verify(nodeOf(voter), bytes, signature);
  }
}

interface Asked {
  readonly custodian: Custodian;
  readonly statement: VoteStatement;
  readonly grounds: Parameters<SignerPort['sign']>[1];
}
