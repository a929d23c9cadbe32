import { assert } from '#libs/assert/assert.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { type Digest, type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { foundingMembership, type Membership } from '#libs/membership/membership.ts';
import { type MemberRules, type MembershipPolicy, OPEN_POLICY } from '#libs/membership/policy.ts';
import { GATEWAY_KEY_BYTES, type MemberFacts, setOfRoster } from '#libs/membership/roster.ts';
import { type EpochRoot, genesisRoot } from '#libs/protocol/certificate.ts';
import type { FoundingProtocols, ParameterValues } from '#libs/protocol/parameters.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Prng } from '#libs/random/prng.ts';
import { ByteSigner, SignatureAuthority } from './signatures.ts';

/** The members that decide in an epoch of a simulated world, and the authority that verifies their signatures. */
export interface SimulatedEpoch {
  readonly scope: SigningScope;
  readonly table: VoteTable;
  readonly set: ValidatorSet;
  /** The numbers that its terms say. */
  readonly parameters: ParameterValues;
  /** The block that it starts from. */
  readonly root: EpochRoot;
  readonly authority: SignatureAuthority;
  /** The node that each member of the set is. Nodes are numbered once and for all, founders first. */
  readonly nodes: readonly MemberIndex[];
}

export interface FederationFacts {
  readonly members: number;
  readonly table: VoteTable;
  readonly genesis: Digest;
  readonly random: Prng;
  readonly policy?: MembershipPolicy;
  /** Of each founder; 1 for those without an entry. */
  readonly weights?: readonly number[];
  /** The votes of other protocols that an epoch may run, by their ids. */
  readonly tableOf?: (protocol: string) => VoteTable | undefined;
  /** The protocols that a change may name; none when left out. */
  readonly protocols?: FoundingProtocols;
  /** The numbers that the first terms say; none when left out. */
  readonly parameters?: ParameterValues;
  /** Reads evidence; nobody is accused when left out. */
  readonly accusedIn?: MemberRules['accusedIn'];
}

const PUBLIC_KEY_BYTES = 2;

/** The public facts about a node. Its number is its key. */
export function memberFactsOf(node: number): MemberFacts {
  const publicKey = Uint8Array.of(node >> 8, node & 255);
  const gatewayPublicKey = new Uint8Array(GATEWAY_KEY_BYTES);
  gatewayPublicKey.set(publicKey);
  return { name: `node-${node}`, publicKey, gatewayPublicKey, weight: 1n };
}

/** The node of these facts. */
export function nodeOf({ publicKey }: Pick<MemberFacts, 'publicKey'>): MemberIndex {
  const [high = 0, low = 0] = publicKey;
  return toMemberIndex(high * 256 + low);
}

/** A chain with its founders, and all epochs that come of it. A member that joins has weight 1. */
export class SimulatedFederation {
  /** The membership that the chain starts with, for followers of its changes. */
  readonly membership: Membership;
  readonly founding: SimulatedEpoch;
  /** Signs bytes that are no statement of the protocol: votes for changes of the members. */
  readonly votes: ByteSigner;
  readonly #secret: string;
  readonly #tableOf: (protocol: string) => VoteTable | undefined;
  readonly #epochs = new Map<string, SimulatedEpoch>();

  constructor({
    members,
    table,
    genesis,
    random,
    policy = OPEN_POLICY,
    weights = [],
    tableOf = () => undefined,
    protocols = new Map(),
    parameters = {},
    accusedIn = () => undefined,
  }: FederationFacts) {
    this.#secret = random.stream('keys').next().toString();
    this.#tableOf = (protocol) => (protocol === table.protocol ? table : tableOf(protocol));
    this.votes = new ByteSigner(this.#secret);
    this.membership = foundingMembership({
      chain: digestOf(new Uint8Array(Buffer.from('simulated chain'))),
      rules: {
        ...policy,
        publicKeyBytes: PUBLIC_KEY_BYTES,
        allowDominantMember: true,
        protocols,
        // Its members have keys of consensus and gateway alone, so that none has anything to prove.
        verifyEd25519: () => false,
        accusedIn,
      },
      roster: Array.from({ length: members }, (_, node) => ({
        ...memberFactsOf(node),
        weight: BigInt(weights[node] ?? 1),
      })),
      terms: { protocol: table.protocol, parameters },
      root: genesisRoot(genesis),
    });
    this.founding = this.epochOf(this.membership);
  }

  /** The votes of a protocol that an epoch may run; undefined for one that this world does not have. */
  tableOf(protocol: string): VoteTable | undefined {
    return this.#tableOf(protocol);
  }

  /** The epoch of a membership; the same for all that know the same members from the same block on. */
  epochOf({
    chain,
    epoch,
    roster,
    terms,
    root,
  }: Pick<Membership, 'chain' | 'epoch' | 'roster' | 'terms' | 'root'>): SimulatedEpoch {
    const nodes = roster.map(nodeOf);
    const name = `${epoch} ${root.digest} ${terms.protocol} ${nodes.join(' ')}`;
    const known = this.#epochs.get(name);
    if (known !== undefined) return known;
    const table = this.#tableOf(terms.protocol);
    assert(table !== undefined, `no epoch of this world runs ${terms.protocol}`);
    const scope = { chain, protocol: table.protocol, epoch: toEpoch(epoch) };
    const authority = new SignatureAuthority(this.#secret, table, scope, nodes);
    const { parameters } = terms;
    const fresh = { scope, table, parameters, set: setOfRoster(epoch, roster), root, authority, nodes };
    this.#epochs.set(name, fresh);
    return fresh;
  }
}
