import { type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import type { Claim, QuorumCertificate } from '#libs/protocol/certificate.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import {
  type HotStuffContext,
  type HotStuffEffect,
  type HotStuffState,
  hasGivenUp,
  recordOf,
} from '#libs/protocol/hotstuff/state.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import type { Admission, ProtocolModule, RefusalCause } from '#libs/protocol/module.ts';
import type { Quorum } from '#libs/protocol/quorum.ts';
import { SharedJudge } from '#libs/simulation/chain/shared-judge.ts';
import { type HotStuffSubject, hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';

const GENESIS_DIGEST = new SharedJudge(hotStuffFollows).genesis.block.digest;

type HotStuffModule = ProtocolModule<HotStuffState, HotStuffMessage, SafetyRecord>;

/** HotStuff with one rule taken out, as functions around the real ones: the product knows nothing of it. */
export function mutant(change: Partial<HotStuffModule>): HotStuffSubject {
  return { ...hotStuffSubject, module: { ...hotStuff, ...change } };
}

/** Changes the state before each step. */
function withState(change: (state: HotStuffState) => HotStuffState): HotStuffSubject {
  return mutant({ step: (state, input) => hotStuff.step(change(state), input) });
}

/** Changes the knowledge at the start of a life. */
function withContext(change: (context: HotStuffContext) => HotStuffContext): HotStuffSubject {
  return mutant({ init: (context) => hotStuff.init(change(context)) });
}

function withRecord(change: (record: SafetyRecord) => SafetyRecord | undefined): HotStuffSubject {
  return withContext((context) => ({
    ...context,
    restored: context.restored === undefined ? undefined : change(context.restored),
  }));
}

function withEffects(keep: (effect: HotStuffEffect) => boolean): HotStuffSubject {
  return mutant({
    step: (state, input) => {
      const { state: next, effects } = hotStuff.step(state, input);
      return { state: next, effects: effects.filter(keep) };
    },
  });
}

function withQuorum(change: (quorum: Quorum, totalWeight: bigint) => Quorum): HotStuffSubject {
  return withContext((context) => {
    const { set } = context;
    return { ...context, set: { ...set, quorum: change(set.quorum, set.totalWeight) } };
  });
}

/** Lets through what the real module refuses, when `isMeant`. */
function admitting(
  isMeant: (state: HotStuffState, message: HotStuffMessage, cause: RefusalCause) => boolean,
): Partial<HotStuffModule> {
  return {
    admit: (state, from, message): Admission => {
      const admission = hotStuff.admit(state, from, message);
      return !admission.ok && isMeant(state, message, admission.cause) ? { ok: true } : admission;
    },
  };
}

function isPadded(state: HotStuffState, message: HotStuffMessage): boolean {
  if (message.kind !== 'certificate' || message.certificate.view < state.view) return false;
  return message.certificate.signatures.length >= Number(state.context.set.quorum.commitWeight);
}

/**
 * The claims to verify, as if the phase were not in the signed bytes: a certificate that claims a later phase is
 * accepted (RULES.md A.3).
 */
function claimsOfPrepare(message: HotStuffMessage): readonly Claim[] {
  const isLater = message.kind === 'certificate' && message.certificate.kind !== 'prepare';
  return isLater ? [] : hotStuff.claims(message);
}

/** Steps as if nothing were locked, and keeps the lock all the same: only safeNode is gone. */
const stepUnlocked: HotStuffModule['step'] = (state, input) => {
  const { state: next, effects } = hotStuff.step({ ...state, locked: undefined }, input);
  const locked = highest(state.locked, next.locked);
  return {
    state: { ...next, locked },
    effects: effects.map((effect) =>
      effect.kind === 'persist' || effect.kind === 'sign'
        ? { ...effect, record: { ...effect.record, locked: highest(locked, effect.record.locked) } }
        : effect,
    ),
  };
};

function highest(a: QuorumCertificate | undefined, b: QuorumCertificate | undefined) {
  return a === undefined || (b !== undefined && b.view > a.view) ? b : a;
}

/** Saves the record of before the step: the signature is asked for, the vote is forgotten. */
const stepForgetful: HotStuffModule['step'] = (state, input) => {
  const { state: next, effects } = hotStuff.step(state, input);
  const record = recordOf(state);
  return {
    state: next,
    effects: effects.map((effect) => (effect.kind === 'sign' ? { ...effect, record } : effect)),
  };
};

type Step = HotStuffModule['step'];
type StepInput = Parameters<Step>[1];

/** Hears another message than the one that came. */
function withInput(
  change: (state: HotStuffState, input: StepInput) => StepInput | undefined,
): HotStuffSubject {
  return mutant({
    step: (state, input) => {
      const changed = change(state, input);
      return changed === undefined ? { state, effects: [] } : hotStuff.step(state, changed);
    },
  });
}

/** Performs other effects than the decided ones. */
function withEffect(
  change: (effect: HotStuffEffect, before: HotStuffState) => readonly HotStuffEffect[],
): HotStuffSubject {
  return mutant({
    step: (state, input) => {
      const { state: next, effects } = hotStuff.step(state, input);
      return { state: next, effects: effects.flatMap((effect) => change(effect, state)) };
    },
  });
}

/** Remembers a wrong state after each step. */
function withNext(change: (next: HotStuffState, before: HotStuffState, input: StepInput) => HotStuffState) {
  return {
    step: (state: HotStuffState, input: StepInput) => {
      const { state: stepped, effects } = hotStuff.step(state, input);
      const next = change(stepped, state, input);
      if (next === stepped) return { state: next, effects };
      // The record is made of the remembered state.
      const record = recordOf(next);
      return { state: next, effects: effects.map((each) => ('record' in each ? { ...each, record } : each)) };
    },
  } satisfies Partial<HotStuffModule>;
}

/** The member that reports its position in a message. */
function reporterIn(input: StepInput): MemberIndex | undefined {
  if (input.kind !== 'message') return undefined;
  return input.message.kind === 'new-view' || input.message.kind === 'timeout' ? input.from : undefined;
}

function isDecisionFor(member: MemberIndex | undefined, effect: HotStuffEffect): boolean {
  return effect.kind === 'transmit' && effect.to === member && effect.message.kind === 'certificate';
}

function certificateIn(input: StepInput): QuorumCertificate | undefined {
  return input.kind === 'message' && input.message.kind === 'certificate'
    ? input.message.certificate
    : undefined;
}

function isPhase(message: HotStuffMessage, phase: string): boolean {
  return message.kind === 'certificate' && message.certificate.kind === phase;
}

/** Trusts the claims of a certificate without its signatures. */
function unverified(isMeant: (message: HotStuffMessage) => boolean): Partial<HotStuffModule> {
  return { claims: (message) => (isMeant(message) ? [] : hotStuff.claims(message)) };
}

/** The lock, or the highest certificate, is always the last one that came. */
function assigned(phase: 'prepare' | 'pre-commit', name: 'high' | 'locked'): HotStuffSubject {
  return mutant({
    ...admitting((_state, message) => isPhase(message, phase) && shapeIsGood(message)),
    ...withNext((next, _before, input) => {
      const certificate = certificateIn(input);
      return certificate?.kind === phase ? { ...next, [name]: certificate } : next;
    }),
  });
}

function shapeIsGood(message: HotStuffMessage): boolean {
  return (
    message.kind === 'certificate' &&
    new Set(message.certificate.signatures.map(({ member }) => member)).size > 2
  );
}

function isProposalNow(state: HotStuffState, message: HotStuffMessage): boolean {
  return message.kind === 'proposal' && message.block.header.view === state.view;
}

function reportOf({ view, high, commit }: HotStuffState) {
  return { kind: 'new-view' as const, view, high, commit, timeoutCertificate: undefined };
}

/** Decides on the certificate of an earlier phase, as protocols with fewer steps do. */
function decidingOn(phase: 'prepare' | 'pre-commit'): HotStuffSubject {
  return mutant({
    step: (state, input) => {
      const { state: next, effects } = hotStuff.step(state, input);
      const certificate = certificateIn(input);
      if (certificate?.kind !== phase || certificate.view <= state.commit.view)
        return { state: next, effects };
      const from = state.context.leader(certificate.view);
      return { state: next, effects: [...effects, { kind: 'commit', certificate, from }] };
    },
  });
}

function asksToLeave(input: StepInput): boolean {
  if (input.kind === 'timer') return input.name === 'view';
  return input.kind === 'message' && /^timeout/.test(input.message.kind);
}

/**
 * Rules of RULES.md A and C that can be removed from outside, named by the missing rule (libs/simulation/README.md
 * B.7); and the ways in which other protocols forked or stood still: a quorum of the present members, a decision
 * after one vote, a leader that forgets what was prepared, a record that a crash takes, a member that never leaves a
 * view after its COMMIT.
 */
export const MUTANTS = {
  // Voting, locking, phases.
  'no safeNode': mutant({ step: stepUnlocked }),
  'justification of any block': mutant(
    admitting((_state, message, cause) => message.kind === 'proposal' && cause === 'invalid'),
  ),
  'only prepare certificates verified': mutant({ claims: claimsOfPrepare }),
  'view of a certificate not signed': mutant(unverified((message) => isPhase(message, 'prepare'))),
  'genesis at any view': mutant(
    admitting(
      (_state, message) => message.kind === 'certificate' && message.certificate.signatures.length === 0,
    ),
  ),
  'no vote once': mutant({
    ...admitting((state, message) => isProposalNow(state, message)),
    step: (state, input) => hotStuff.step({ ...state, voted: {}, proposal: undefined }, input),
  }),
  'one vote in a view': withEffects(
    (effect) => !(effect.kind === 'sign' && effect.statement.kind === 'commit'),
  ),
  'lock overwritten by an older one': assigned('pre-commit', 'locked'),
  'highest certificate overwritten by an older one': assigned('prepare', 'high'),
  'no lock from a decision': mutant(
    withNext((next, before, input) =>
      certificateIn(input)?.kind === 'commit' ? { ...next, locked: before.locked } : next,
    ),
  ),
  'prepare certificate voted on but not kept': mutant(
    withNext((next, before) => ({ ...next, high: before.high })),
  ),
  'certificate of a refused block forgotten': mutant(
    withNext((next, before) =>
      next.standing.get(next.high.digest) === 'invalid' ? { ...next, high: before.high } : next,
    ),
  ),
  'own prepare vote needed': withEffect((effect, { voted, view }) => {
    const isLate = effect.kind === 'sign' && effect.statement.kind === 'pre-commit';
    return isLate && effect.statement.view === view && voted.prepare === undefined ? [] : [effect];
  }),
  'votes after a timeout': withState((state) => ({ ...state, timedOut: undefined })),
  'old certificates voted on': mutant({
    ...admitting((_state, message) => shapeIsGood(message)),
    step: (state, input) => {
      const certificate = certificateIn(input);
      if (certificate === undefined || input.kind !== 'message' || certificate.view >= state.view) {
        return hotStuff.step(state, input);
      }
      const now = { ...certificate, view: state.view };
      return hotStuff.step(state, { ...input, message: { kind: 'certificate', certificate: now } });
    },
  }),
  'anyone proposes': mutant(
    admitting((_state, message, cause) => message.kind === 'proposal' && cause === 'wrong-sender'),
  ),
  'second proposal taken': mutant({
    ...admitting((state, message) => isProposalNow(state, message) && state.proposal !== undefined),
    step: (state, input) =>
      hotStuff.step(
        input.kind === 'message' && input.message.kind === 'proposal'
          ? { ...state, proposal: undefined }
          : state,
        input,
      ),
  }),
  // Certificates and quorums.
  'no distinct signers': mutant(admitting(isPadded)),
  'repeated vote starts the count again': mutant({
    ...admitting((state, message) => message.kind === 'vote' && message.view === state.view),
    step: (state, input) => {
      const isVote = input.kind === 'message' && input.message.kind === 'vote';
      if (!isVote || input.message.kind !== 'vote') return hotStuff.step(state, input);
      const { phase, member } = input.message;
      const votes = { ...state.votes, [phase]: new Map() };
      return hotStuff.step(state.votes[phase].has(member) ? { ...state, votes } : state, input);
    },
  }),
  'votes not verified': mutant(unverified(({ kind }) => kind === 'vote')),
  'timeouts not verified': mutant(unverified(({ kind }) => kind === 'timeout')),
  'majority is a quorum': withQuorum((quorum, total) => ({ ...quorum, commitWeight: total / 2n + 1n })),
  '2f + 1 is a quorum': withQuorum((quorum, total) => ({
    ...quorum,
    commitWeight: 2n * ((total - 1n) / 3n) + 1n,
  })),
  'quorum of those who are there': withQuorum((quorum) => ({ ...quorum, commitWeight: 2n })),
  // Durability.
  'no record before a signature': mutant({ step: stepForgetful }),
  'lock forgotten in a crash': withRecord(({ locked, high, ...record }) => ({
    ...record,
    locked: undefined,
    high: record.commit.view === 0n ? high : { ...high, ...record.commit, kind: 'prepare' },
  })),
  'prepare certificate forgotten in a crash': withRecord((record) => ({
    ...record,
    high: {
      kind: 'prepare',
      instance: 0n,
      view: 0n,
      height: 0n,
      digest: GENESIS_DIGEST,
      signatures: [],
    } as never,
  })),
  'view forgotten in a crash': withRecord((record) => ({
    ...record,
    view: 1n as never,
    timeoutCertificate: undefined,
  })),
  'proposal forgotten in a crash': withRecord((record) => ({ ...record, proposed: undefined })),
  'votes forgotten in a crash': withRecord((record) => ({ ...record, voted: {}, timedOut: undefined })),
  'timeout forgotten in a crash': withRecord((record) => ({ ...record, timedOut: undefined })),
  'everything forgotten in a crash': withRecord(() => undefined),
  'recorded vote not repeated': mutant({
    step: (state, input) => {
      const { state: next, effects } = hotStuff.step(state, input);
      return {
        state: next,
        effects: input.kind === 'start' ? effects.filter(({ kind }) => kind !== 'sign') : effects,
      };
    },
  }),
  // Leader and pacemaker.
  'leader proposes unheard': withState((state) => ({
    ...state,
    newViews: new Map(state.context.set.members.map(({ index }) => [index, reportOf(state)])),
  })),
  'early reports dropped': mutant({
    admit: (state, from, message) =>
      message.kind === 'new-view' && message.view > state.view
        ? { ok: false, cause: 'far-future' }
        : hotStuff.admit(state, from, message),
  }),
  'leader forgets the highest certificate': withEffect((effect, { commit }) =>
    effect.kind === 'build'
      ? [
          {
            ...effect,
            draft: { ...effect.draft, parent: commit.digest, height: toHeight(commit.height + 1n) },
          },
        ]
      : [effect],
  ),
  'hidden high certificate accepted': mutant(
    admitting((_state, message, cause) => {
      if (message.kind !== 'proposal' || cause !== 'invalid') return false;
      const { block, justify, timeoutCertificate } = message;
      return block.header.parent === justify.digest && timeoutCertificate !== undefined;
    }),
  ),
  'no timeouts': withEffects((effect) => !(effect.kind === 'set-timer' && effect.name === 'view')),
  'no resend': withEffects((effect) => !(effect.kind === 'set-timer' && effect.name === 'resend')),
  'no join': withQuorum((quorum, total) => ({ ...quorum, oneHonestWeight: total + 1n })),
  'no help for who is behind': withInput((_state, input) => (input.kind === 'behind' ? undefined : input)),
  'who is behind is told by its view alone': mutant({
    admit: (state, from, message): Admission => {
      const admission = hotStuff.admit(state, from, message);
      const isOld = 'view' in message && message.view < state.view;
      return admission.ok || isOld ? admission : { ok: false, cause: admission.cause };
    },
    step: (state, input) => {
      const { state: next, effects } = hotStuff.step(state, input);
      return { state: next, effects: effects.filter((effect) => !isDecisionFor(reporterIn(input), effect)) };
    },
  }),
  'who gave up never rests': mutant({
    step: (state, input) => {
      const { state: next, effects } = hotStuff.step(state, input);
      if (next.timerRuns || !hasGivenUp(next)) return { state: next, effects };
      const { view } = next;
      const again = {
        kind: 'set-timer' as const,
        name: 'resend' as const,
        position: viewPosition(view),
        afterMs: 500,
      };
      return { state: { ...next, timerRuns: true }, effects: [...effects, again] };
    },
  }),
  'reports repeated as they were': mutant({
    step: (state, input) => {
      if (input.kind !== 'timer' || input.name !== 'resend') return hotStuff.step(state, input);
      const { state: next, effects } = hotStuff.step(state, input);
      const others = effects.filter(({ kind }) => kind !== 'transmit');
      const said = state.outbox.map((outgoing) => ({ kind: 'transmit' as const, ...outgoing }));
      return { state: next, effects: [...said, ...others] };
    },
  }),
  'timeouts of all views make one quorum': withState((state) => ({
    ...state,
    timeouts: new Map(
      [...state.timeouts].map(([member, timeout]) => [member, { ...timeout, view: state.view }]),
    ),
  })),
  'timeout without a cap': withEffect((effect, { commit }) =>
    effect.kind === 'set-timer' && 'afterMs' in effect
      ? [
          {
            ...effect,
            afterMs: effect.afterMs * 4 ** Math.min(Number(effect.position.view - commit.view - 1n), 20),
          },
        ]
      : [effect],
  ),
  'views follow claims': withState((state) => {
    const claimed = [...state.newViews.values()].map(({ view }) => view).find((view) => view > state.view);
    return claimed === undefined ? state : { ...state, view: claimed };
  }),
  'who voted commit never leaves': withInput((state, input) =>
    state.voted.commit !== undefined && asksToLeave(input) ? undefined : input,
  ),
  // Deciding.
  'decides on a prepare certificate': decidingOn('prepare'),
  'decides on a pre-commit certificate': decidingOn('pre-commit'),
  'blocks not judged': withInput((_state, input) =>
    input.kind === 'checked' ? { ...input, ok: true } : input,
  ),
} satisfies Readonly<Record<string, HotStuffSubject>>;
