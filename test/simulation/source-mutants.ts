/** A rule of production taken out by other text in its place. */
export interface SourceMutant {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The lie beside the protocol that shows it best; any when not given. */
  readonly lie?: string;
}

const MEMBERSHIP = 'libs/membership/membership.ts';
const VOTES = 'libs/membership/counted-votes.ts';
const POLICY = 'libs/membership/policy.ts';
const BLOCK_RULES = 'libs/chain/block-rules.ts';
const ACTS = 'libs/replica/acts.ts';

/**
 * Rules of membership, of catching up and of writing before sending, each taken out of the text of its file while a process of its own
 * loads it: they are functions that call each other, and nothing is handed to them that a test could replace.
 */
export const SOURCE_MUTANTS = {
  'a message leaves before the record is durable': {
    file: ACTS,
    find: "return kind === 'sign' || kind === 'transmit';",
    replace: "return kind === 'sign';",
  },
  'a signature is asked for before the record is durable': {
    file: ACTS,
    find: "return kind === 'sign' || kind === 'transmit';",
    replace: "return kind === 'transmit';",
  },
  'the first record of a step stands for all of them': {
    file: ACTS,
    find: 'effects.findLast(',
    replace: 'effects.find(',
  },
  'a certificate that the signer did not prove is taken in': {
    file: 'libs/replica/signer-proofs.ts',
    find: 'if (!isProved) return verifier.verify(claims, done, from);',
    replace: '',
    lie: 'forger',
  },
  'a certificate is taken in before the signer has its word': {
    file: 'libs/replica/signer-proofs.ts',
    find: 'prover.prove(certificate, (isProved) => {',
    replace: 'done(true);\n    prover.prove(certificate, (isProved) => {',
    lie: 'forger',
  },
  'a certificate by reference is not completed': {
    file: 'libs/engine/references/signature-pull.ts',
    find: "peers.send(from, { kind: 'signatures-request', wanted });",
    replace: 'void peers;',
  },
  'what waits with one member is told to nobody': {
    file: 'libs/engine/transactions/waiting-teller.ts',
    find: "this.#options.peers.send(to, { kind: 'waiting', hashes });",
    replace: '',
  },
  'what is told is not asked for': {
    file: 'libs/engine/transactions/transaction-pull.ts',
    find: "peers.send(peer, { kind: 'transactions-request', hashes });",
    replace: 'void peers;',
  },
  'nothing is given to who asks for what waits': {
    file: 'libs/engine/transactions/gossip.ts',
    find: 'this.#peers.send(from, messageOf(chunk));',
    replace: '',
  },
  'a snapshot is taken without its votes': {
    file: MEMBERSHIP,
    find: 'membership: { ...before, ...ballots } }',
    replace: 'membership: { ...before, ballots: [], adopted: undefined } }',
  },
  'a change in force a height too late': {
    file: MEMBERSHIP,
    find: 'toHeight(judge.height + 1n)',
    replace: 'toHeight(judge.height + 2n)',
  },
  'two votes change the members': {
    file: MEMBERSHIP,
    find: 'if (!hasQuorum(set, voters.keys())) return',
    replace: 'if (voters.size < 2) return',
  },
  'votes go on after a change is adopted': {
    file: VOTES,
    find: "if (adopted !== undefined) return 'a change of this epoch is adopted already';",
    replace: '',
    lie: 'usurping-voter',
  },
  'votes from the first block of an epoch on': {
    file: VOTES,
    find: 'if (height < firstHeight)',
    replace: 'if (height < 0n)',
  },
  'votes of another epoch count': {
    file: VOTES,
    find: "if (change.epoch !== epoch) return 'a vote of another epoch';",
    replace: '',
    lie: 'usurping-voter',
  },
  'votes that are over go on counting': {
    file: VOTES,
    find: 'const isOver = (goodUntil: Height): boolean => goodUntil < height;',
    replace: 'const isOver = (_goodUntil: Height): boolean => false;',
  },
  'votes whose time is over come in': {
    file: VOTES,
    find: 'if (goodUntil < height) return',
    replace: 'if (goodUntil < 0n) return',
    lie: 'usurping-voter',
  },
  'votes that are good for ever': {
    file: VOTES,
    find: 'if (goodUntil > height + VOTE_BLOCKS_MAX)',
    replace: 'if (goodUntil < 0n)',
    lie: 'usurping-voter',
  },
  'as many votes of a member as it likes': {
    file: VOTES,
    find: 'if (own.length >= VOTES_PER_MEMBER_MAX)',
    replace: 'if (own.length >= 1_000)',
    lie: 'usurping-voter',
  },
  'handover out of place': {
    file: MEMBERSHIP,
    find: "if (votes.some((each) => isFor('handover', each))) return { ok: false, fault: 'handover out of place' };",
    replace: '',
    lie: 'roll-forger',
  },
  'handover without a member': {
    file: MEMBERSHIP,
    find: 'roster, ...(terms && { terms }) })',
    replace: 'roster: roster.slice(1), ...(terms && { terms }) })',
  },
  'the new members without their handover': {
    file: BLOCK_RULES,
    find: 'if (unopened !== undefined) return unopened.missing;',
    replace: '',
    lie: 'roll-forger',
  },
  'any size': {
    file: POLICY,
    // Policy and protocol each say a least number: one without the other is not seen where both are four.
    find: 'return sizeFault(after.length, rules) ?? few ?? rosterFault(after, rules);',
    replace: 'return rosterFault(after, rules);',
    lie: 'rash-operators',
  },
  'a change is adopted unjudged': {
    file: MEMBERSHIP,
    find: 'if (unfit !== undefined) return { ok: false, fault: unfit };',
    replace: '',
    lie: 'rash-operators',
  },
  'who leaves stays': {
    file: 'libs/membership/change.ts',
    find: 'roster.filter(({ name }) => !leaving.has(name))',
    replace: 'roster',
  },
  'signatures of votes in a block not verified': {
    file: 'libs/engine/membership/membership-desk.ts',
    find: 'this.#options.verifier.verifyVotes(votes, (...judged) => done(vouchingOf(...judged)));',
    replace: "done('true');",
    lie: 'roll-forger',
  },
  'old members decide beyond their last block': {
    file: 'libs/engine/blocks/block-maker.ts',
    find: 'if (membership.epoch !== epoch) return chain.blockOf(parent);',
    replace: '',
  },
  'who is of an older epoch is not told': {
    file: 'libs/engine/epochs.ts',
    find: "peers.send(from, { kind: 'decided', certificate: last.certificate }, epoch);",
    replace: '',
  },
  'certificates of ranges not verified': {
    file: 'libs/engine/sync/block-sync.ts',
    find: 'return this.#judged(flight, range, ok ? undefined : FALSE_CERTIFICATE);',
    replace: 'return this.#judged(flight, range, undefined);',
    lie: 'range-liar',
  },
} as const satisfies Readonly<Record<string, SourceMutant>>;

export type SourceMutantName = keyof typeof SOURCE_MUTANTS;
