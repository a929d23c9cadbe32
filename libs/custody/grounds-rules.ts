import { type BlockHeader, headerDigest, NO_PROPOSER } from '#libs/chain/block.ts';
import type { View } from '#libs/chain/ids.ts';
import { slotName, slotOf } from '#libs/protocol/vote/slot.ts';
import type { Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { KindRow } from '#libs/protocol/vote/vote-table.ts';
import { leavesOpen } from './choice.ts';
import type { CustodyContext, CustodyRequest } from './custody-context.ts';
import type { CertifiedFact } from './fact-book.ts';
import { type Judge, leaderIn, type Rules } from './judge.ts';
import type { RefusalReason } from './refusal-reason.ts';
import { statementDigest } from './statement-digest.ts';

type Fault = RefusalReason | undefined;

/** The missing ground of a statement, by the row of its kind; undefined when none is missing. */
export function groundsFault(judge: Judge, request: CustodyRequest, row: KindRow): Fault {
  return (
    leaderFault(judge, request, row) ??
    ruleFault(judge, request, row) ??
    certificateFault(judge, request, row) ??
    reportFault(judge, request, row)
  );
}

/** The key leads the view; where the leader follows from the block before, that block was shown. */
function leaderFault({ context, facts, rules }: Judge, { statement }: CustodyRequest, row: KindRow): Fault {
  if (!rules.leaders || row.leaderOnly !== true) return undefined;
  const leader = leaderIn(context, facts, statement);
  if (leader === undefined) return 'CERT_UNKNOWN';
  return leader === context.me ? undefined : 'NOT_LEADER';
}

function ruleFault(judge: Judge, request: CustodyRequest, row: KindRow): Fault {
  switch (row.grounds) {
    case 'none':
      return undefined;
    case 'extension':
      return extensionFault(judge, request);
    case 'proposal':
      return extensionFault(judge, request) ?? proposalFault(judge, request) ?? lockFault(judge, request);
    case 'choice':
      return choiceFault(judge, request, row);
  }
}

/**
 * The header is the block's. It is of this view's leader and extends the very block that its certificate certifies; or
 * it is of an earlier view, and then that block itself is certified, and only proposed again.
 */
function extensionFault(judge: Judge, request: CustodyRequest): Fault {
  const { context, facts, rules } = judge;
  const { header, justifyView, statement } = request;
  const { view, instance, block } = statement;
  if (header === undefined || justifyView === undefined || block === undefined) return 'GROUNDS_MISSING';
  if (justifyView >= view || (rules.blocks && !isOfView(judge, request, header))) return 'BAD_BLOCK';
  const justified = header.view < view ? block : { height: header.height - 1n, digest: header.parent };
  const certified = { kind: context.table.prepared, instance, view: justifyView, ...justified };
  if (justifyView <= context.root.view) return isRoot(context, certified) ? undefined : 'BAD_BLOCK';
  return !rules.certificates || facts.isCertified(certified) ? undefined : 'CERT_UNKNOWN';
}

/** The header is the block's, and of this view and its leader, or of an earlier view. */
function isOfView({ context, facts }: Judge, request: CustodyRequest, header: BlockHeader): boolean {
  const { view } = request.statement;
  if (!isSound(header, request)) return false;
  if (header.view < view) return true;
  const leader = leaderIn(context, facts, request.statement);
  return header.view === view && header.proposer === leader && header.height > 0n;
}

/** The header is that of the block in the statement, of this epoch. */
function isSound(header: BlockHeader, { epoch, statement: { block } }: CustodyRequest): boolean {
  return header.epoch === epoch && header.height === block?.height && headerDigest(header) === block.digest;
}

function isRoot({ root }: CustodyContext, { view, height, digest }: CertifiedFact): boolean {
  return view === root.view && height === root.height && digest === root.digest;
}

/** The leader signed this proposal: verified here, or signed here. */
function proposalFault({ context, state, facts, rules }: Judge, { statement }: CustodyRequest): Fault {
  const { instance, view, block } = statement;
  if (block === undefined) return 'GROUNDS_MISSING';
  const kind = context.table.proposal;
  if (!rules.proposals || facts.isProposed({ kind, instance, view, ...block })) return undefined;
  if (leaderIn(context, facts, statement) !== context.me) return 'PROPOSAL_UNKNOWN';
  const slot = slotOf(state.epoch, { kind, instance, view }, context.table);
  const signed = state.signed.get(slotName(slot));
  const own = statementDigest(context.table, state, { ...statement, kind });
  return signed === own ? undefined : 'PROPOSAL_UNKNOWN';
}

/**
 * safeNode without a block tree: the block extends the locked one directly, or is that block again, or is justified by
 * a newer certificate, which no other descendant of the lock can lack.
 */
function lockFault(
  { state: { lock }, rules }: Judge,
  { header, justifyView, statement }: CustodyRequest,
): Fault {
  if (!rules.lock || lock === undefined || header === undefined || justifyView === undefined)
    return undefined;
  if (justifyView > lock.view) return undefined;
  const justified = header.view < statement.view ? statement.block?.digest : header.parent;
  return justified === lock.digest ? undefined : 'UNSAFE_BRANCH';
}

/**
 * The fault of a block that must not be proposed: in the first view any block may be, later only a block that the
 * reports of a quorum leave open (libs/custody/README.md 3.4).
 */
function choiceFault(judge: Judge, request: CustodyRequest, row: KindRow): Fault {
  const { context, facts, rules } = judge;
  const { instance, view, block } = request.statement;
  if (row.leaderOnly !== true && !(row.derived === true && isDerived(request, rules))) {
    const unknown = proposalFault(judge, request);
    if (unknown !== undefined) return unknown;
  }
  if (view === context.table.firstView || !rules.lock) return undefined;
  const choice = facts.choice(instance, view);
  if (choice === undefined) return 'CERT_UNKNOWN';
  return leavesOpen(choice, block?.digest) ? undefined : 'UNSAFE_BRANCH';
}

/** Whether the block is shown to be one that its parent alone determines. */
function isDerived(request: CustodyRequest, { blocks }: Rules): boolean {
  const { header } = request;
  return header?.proposer === NO_PROPOSER && (!blocks || isSound(header, request));
}

function certificateFault({ facts, rules }: Judge, { statement }: CustodyRequest, { needs }: KindRow): Fault {
  const { instance, view, block } = statement;
  if (needs === undefined || !rules.certificates) return undefined;
  if (block === undefined) return 'GROUNDS_MISSING';
  return facts.isCertified({ kind: needs, instance, view, ...block }) ? undefined : 'CERT_UNKNOWN';
}

/** A key that leaves a view reports only proved certificates, and the one that it acted on. */
function reportFault(judge: Judge, { statement }: CustodyRequest, row: KindRow): Fault {
  if (row.leaves === undefined) return undefined;
  for (const report of statement.reports) {
    const fault = unprovedReport(judge, statement.view, report);
    if (fault !== undefined) return fault;
  }
  const isUnsafe = judge.rules.reports && (isOfMore(judge, statement) || hidesOwn(judge, statement));
  return isUnsafe ? 'UNSAFE_REPORT' : undefined;
}

/** Whether it reports more than one certificate, or one of another height. Where there are no heights its shape says that. */
function isOfMore({ context }: Judge, { instance, reports }: VoteStatement): boolean {
  if (context.table.instances === 'one') return false;
  return reports.length > 1 || reports.some((each) => each.instance !== instance);
}

function unprovedReport({ context, facts, rules }: Judge, left: View, report: Report): Fault {
  const { table, root } = context;
  if (report.view > left) return 'UNSAFE_REPORT';
  const isRootItself = report.view === root.view && report.digest === root.digest;
  if ((isRootItself && table.instances === 'one') || !rules.certificates) return undefined;
  return facts.isReportable({ kind: table.prepared, ...report }) ? undefined : 'CERT_UNKNOWN';
}

/** Whether the certificate that the key acted on in the instance is left out, or an older one put in its place. */
function hidesOwn({ state }: Judge, { instance, reports }: VoteStatement): boolean {
  const high = state.high.get(instance);
  return high !== undefined && !reports.some((each) => each.instance === instance && each.view >= high.view);
}
