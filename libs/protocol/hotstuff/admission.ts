import { headerDigest } from '#libs/chain/block.ts';
import type { MemberIndex, View } from '#libs/chain/ids.ts';
import { certificateFault, type QuorumCertificate } from '../certificate.ts';
import { leaveCertificateFault } from '../leave-certificate.ts';
import type { Admission, Fault, Progress, RefusalCause } from '../module.ts';
import { EARLY_VIEWS_MAX } from './limits.ts';
import {
  type CertificateNotice,
  type HotStuffMessage,
  type NewView,
  type Proposal,
  proposalMember,
  proposalView,
  type Timeout,
} from './message.ts';
import { repeatsDecided } from './spent-view.ts';
import { type HotStuffState, hasGivenUp } from './state.ts';
import { isPhase, viewPosition } from './statements.ts';
import { admitVote } from './vote-admission.ts';
import { HOTSTUFF_TABLE } from './vote-table.ts';

const ADMITTED: Admission = { ok: true };

/**
 * Cheap checks before any signature is looked at (RULES.md A.44): sender, view window, duplicate, shape. A
 * message that could change nothing is refused here, so a vote too many never costs a verification.
 */
export function admitHotStuff(state: HotStuffState, from: MemberIndex, message: HotStuffMessage): Admission {
  switch (message.kind) {
    case 'proposal':
      return admitProposal(state, from, message);
    case 'vote':
      return admitVote(state, from, message);
    case 'certificate':
      return admitCertificate(state, message);
    case 'new-view':
      return admitNewView(state, message);
    case 'timeout':
      return admitTimeout(state, from, message);
    case 'timeout-certificate': {
      const { timeoutCertificate } = message;
      if (timeoutCertificate.view < state.view) return refuse('stale');
      const { set, root } = state.context;
      return byFault(leaveCertificateFault(timeoutCertificate, set, root, HOTSTUFF_TABLE));
    }
  }
}

function admitProposal(state: HotStuffState, from: MemberIndex, proposal: Proposal): Admission {
  const view = proposalView(proposal);
  if (proposalMember(proposal) !== from || state.context.leader(view) !== from) return refuse('wrong-sender');
  if (isOver(state, view)) return refuse('stale');
  if (view > state.view + EARLY_VIEWS_MAX && !provesEntry(proposal)) return refuse('far-future');
  // In the view that runs it shows that nothing will be decided there: that is worth a verification.
  if (view !== state.view && repeatsDecided(state, proposal)) return unawareOf(state, view);
  const known = view === state.view ? state.proposal : state.early.get(view);
  if (known !== undefined) {
    return refuse(known.block.digest === proposal.block.digest ? 'duplicate' : 'equivocation');
  }
  return byFault(proposalFault(state, proposal));
}

/** Whether no vote can be cast any more on a proposal of this view. */
function isOver(state: HotStuffState, view: View): boolean {
  return view < state.view || (view === state.view && hasGivenUp(state));
}

/** The leader that proposes a decided block again is shown the decision. */
function unawareOf({ context }: HotStuffState, view: View): Admission {
  return { ok: false, cause: 'stale', behind: progressOf(view, context.root.view) };
}

function progressOf(view: View, decided: View): Progress {
  return { at: viewPosition(view), decided: viewPosition(decided) };
}

function provesEntry(proposal: Proposal): boolean {
  const before = proposalView(proposal) - 1n;
  return proposal.justify.view === before || proposal.timeoutCertificate?.view === before;
}

/**
 * The fault of a proposal, or undefined: its justification must be older, and its block must stand on it
 * (HS-15, RULES.md A.2).
 */
function proposalFault(state: HotStuffState, proposal: Proposal): Fault | undefined {
  const { block, justify } = proposal;
  const { set, root } = state.context;
  if (headerDigest(block.header) !== block.digest) return 'digest of another header';
  if (!standsOn(proposal)) return 'block that does not extend its justification';
  if (justify.kind !== 'prepare' || justify.view >= proposalView(proposal)) {
    return 'justification of another phase, or not of an earlier view';
  }
  if (block.header.epoch !== set.epoch) return 'block of another epoch';
  return certificateFault(justify, set, root, HOTSTUFF_TABLE) ?? entryFault(state, proposal);
}

/** The fault in the proof that the view before a proposal timed out. */
function entryFault({ context }: HotStuffState, proposal: Proposal): Fault | undefined {
  const { justify, timeoutCertificate } = proposal;
  if (timeoutCertificate === undefined) return undefined;
  if (timeoutCertificate.view !== proposalView(proposal) - 1n) {
    return 'timeout certificate of another view than the one before';
  }
  // A leader that hides the highest certificate of those it heard is refused (RULES.md C.5.5).
  if (justify.view < (timeoutCertificate.high?.view ?? 0n))
    return 'justification below the highest one reported';
  return leaveCertificateFault(timeoutCertificate, context.set, context.root, HOTSTUFF_TABLE);
}

/** The block extends the very block that its justification certifies; or is that block, proposed again. */
function standsOn({ block, again, justify }: Proposal): boolean {
  const { header, digest } = block;
  if (again !== undefined) return digest === justify.digest && header.height === justify.height;
  return header.parent === justify.digest && header.height === justify.height + 1n;
}

function admitCertificate(state: HotStuffState, { certificate }: CertificateNotice): Admission {
  if (!teaches(state, certificate)) return refuse('stale');
  return byFault(certificateFault(certificate, state.context.set, state.context.root, HOTSTUFF_TABLE));
}

/** Whether a certificate is news: higher than the one held, or the first of its phase in this view. */
function teaches(state: HotStuffState, { kind, view }: QuorumCertificate): boolean {
  if (!isPhase(kind)) return false;
  if (view === state.view && state.certificates[kind] === undefined) return true;
  switch (kind) {
    case 'prepare':
      return view > state.high.view;
    case 'pre-commit':
      return view > (state.locked?.view ?? state.context.root.view);
    case 'commit':
      return view > state.commit.view;
  }
}

function admitNewView(state: HotStuffState, message: NewView): Admission {
  if (message.view < state.view) return behind('stale', message);
  return byFault(reportFault(state, message));
}

function admitTimeout(state: HotStuffState, from: MemberIndex, timeout: Timeout): Admission {
  if (timeout.member !== from) return refuse('wrong-sender');
  if (timeout.view < state.view) return behind('stale', timeout);
  const known = state.timeouts.get(from);
  if (known !== undefined && known.view >= timeout.view) return repeated(state, timeout);
  return byFault(reportFault(state, timeout));
}

/** The fault of the certificates of a report, or undefined. */
function reportFault(
  state: HotStuffState,
  { view, high, commit, timeoutCertificate }: NewView | Timeout,
): Fault | undefined {
  const { set, root } = state.context;
  if (high.kind !== 'prepare' || commit.kind !== 'commit') return 'certificate of another phase';
  if (high.view > view || commit.view >= view) return 'certificate newer than its report';
  const fault =
    certificateFault(high, set, root, HOTSTUFF_TABLE) ?? certificateFault(commit, set, root, HOTSTUFF_TABLE);
  if (fault !== undefined || timeoutCertificate === undefined) return fault;
  if (timeoutCertificate.view >= view) return 'timeout certificate newer than its report';
  return leaveCertificateFault(timeoutCertificate, set, root, HOTSTUFF_TABLE);
}

function byFault(fault: Fault | undefined): Admission {
  return fault === undefined ? ADMITTED : refuse('invalid', fault);
}

function refuse(cause: RefusalCause, fault?: Fault): Admission {
  return fault === undefined ? { ok: false, cause } : { ok: false, cause, fault };
}

/**
 * Refuses a timeout that says nothing new. Its sender repeats it while it waits, perhaps for a decision that is
 * known here.
 */
function repeated(state: HotStuffState, timeout: Timeout): Admission {
  return timeout.commit.view < state.commit.view ? behind('duplicate', timeout) : refuse('duplicate');
}

function behind(cause: RefusalCause, { view, commit }: NewView | Timeout): Admission {
  return { ok: false, cause, behind: progressOf(view, commit.view) };
}
