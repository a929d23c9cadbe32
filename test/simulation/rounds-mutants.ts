import type { SourceMutant } from './source-mutants.ts';

const at = (file: string): string => `libs/protocol/rounds/${file}.ts`;

export type RoundsProtocolName = 'pbft' | 'dbft';

interface RoundsMutant extends SourceMutant {
  /** The one protocol that has the rule; each, when left out. */
  readonly protocol?: RoundsProtocolName;
}

/** The rules of locked rounds, each taken out of the text of its file while a process of its own loads it. */
export const ROUNDS_MUTANTS = {
  'a certificate of a step in between is voted on although its block is not held': {
    file: at('voting'),
    find: "if (certificate !== undefined && standing.get(certificate.digest) === 'valid') voteOn(turn, certificate);",
    replace: 'if (certificate !== undefined) voteOn(turn, certificate);',
    protocol: 'dbft',
  },
  'who gave a vote that rests on a certificate never leaves the view': {
    file: at('leaving'),
    find: 'if (!mayAct(turn.state)) return;',
    replace:
      "if (!mayAct(turn.state) || turn.at.signed.some(({ kind }) => kind === 'commit' || kind === 'pre-commit')) return;",
    protocol: 'dbft',
  },
  'a refused block keeps its view': {
    file: at('leaving'),
    find: "leaveRound(turn, 'refused');",
    replace: 'return;',
    protocol: 'dbft',
  },
  'as many first votes in a view as there are proposals': {
    file: at('voting'),
    find: 'if (isPassed || (isMade && !isRepeated)) return;',
    replace: 'if (isPassed) return;',
  },
  'a first vote after the deciding one': {
    file: at('voting'),
    find: 'if (isPassed || (isMade && !isRepeated)) return;',
    replace: 'if (isMade && !isRepeated) return;',
  },
  'a first vote on a block that nobody judged': {
    file: at('voting'),
    find: "if (at.standing.get(block.digest) !== 'valid') return;",
    replace: '',
  },
  'a check that is never answered keeps the vote from all later views': {
    file: at('voting'),
    find: "if ((at.standing.get(block.digest) ?? 'checking') === 'checking') {",
    replace: 'if (at.standing.get(block.digest) === undefined) {',
  },
  'a fetch that is never answered is not asked for again': {
    file: at('learning'),
    find: 'if (isChecked && proposal?.block.digest === certificate.digest) return;',
    replace: 'if (isChecked) return;',
  },
  'a deciding vote on what an older view prepared': {
    file: at('voting'),
    find: 'if (kind === undefined || certificate.view !== at.view || !mayAct(state)) return;',
    replace: 'if (kind === undefined || !mayAct(state)) return;',
  },
  'deciding votes of all views make one quorum': {
    file: at('tallying'),
    find: '{view} $',
    replace: '{view - view} $',
  },
  'votes for different blocks make one quorum': {
    file: at('tallying'),
    find: '.filter((each) => each.digest === digest);',
    replace: ';',
  },
  'one vote too few is a quorum': {
    file: at('tallying'),
    find: 'if (!hasQuorum(state.context.set, voters)) return undefined;',
    replace: 'if (voters.length + 1 < Number(state.context.set.quorum.commitWeight)) return undefined;',
  },
  'votes of kinds that there are not': {
    file: at('statement-admission'),
    find: "if (!isVotingKind(context.table, vote.step)) return refusal('malformed');",
    replace: '',
  },
  'votes however far ahead': {
    file: at('statement-admission'),
    find: "if (vote.view > at.view + VIEWS_AHEAD_MAX) return refusal('far-future', { behind: roundPosition(vote) });",
    replace: '',
  },
  'anybody proposes': {
    file: at('statement-admission'),
    find: "if (roundLeader(state, view) !== member) return refusal('wrong-sender');",
    replace: '',
  },
  'a second proposal is no equivocation': {
    file: at('statement-admission'),
    find: "if (known !== undefined) return refusal(known.block.digest === block.digest ? 'duplicate' : 'equivocation');",
    replace: '',
  },
  'statements of others in the name of their sender': {
    file: at('admission'),
    find: "return message.member === from ? admitSigned(state, message) : refusal('wrong-sender');",
    replace: 'return admitSigned(state, message);',
  },
  'a proposal that no report allows': {
    file: at('justifying'),
    find: "if (high !== undefined && high.digest !== block.digest)\n    return 'justification below the highest one reported';",
    replace: '',
  },
  'a later view without the leave of the one before': {
    file: at('justifying'),
    find: "if (isFirst || leave?.view !== view - 1n || leave.instance !== height)\n    return 'timeout certificate of another view than the one before';",
    replace: 'if (leave === undefined) return undefined;',
  },
  'the leave of any view before': {
    file: at('justifying'),
    find: 'if (isFirst || leave?.view !== view - 1n || leave.instance !== height)',
    replace: 'if (isFirst || leave === undefined || leave.instance !== height)',
  },
  'leave certificates are believed': {
    file: at('justifying'),
    find: 'return fault ?? leaveCertificateFault(leave, set, root, table);',
    replace: 'return fault;',
  },
  'a proposal upon any parent': {
    file: at('justifying'),
    find: "if (header.height !== height || header.parent !== state.tip?.digest)\n    return 'block that does not extend its justification';",
    replace: '',
  },
  'a proposal of any block under the digest': {
    file: at('justifying'),
    find: "if (headerDigest(header) !== block.digest) return 'digest of another header';",
    replace: '',
  },
  'new blocks of any proposer': {
    file: at('justifying'),
    find: 'const isNew = header.view === view && header.proposer === roundLeader(state, view);',
    replace: 'const isNew = header.view === view;',
  },
  'new blocks of any view': {
    file: at('justifying'),
    find: 'const isNew = header.view === view && header.proposer === roundLeader(state, view);',
    replace: 'const isNew = header.proposer === roundLeader(state, view);',
  },
  'a report that is of any kind': {
    file: at('statement-admission'),
    find: "if (prepared.kind !== table.prepared) return 'certificate of another phase';",
    replace: '',
  },
  'reports are believed': {
    file: at('statement-admission'),
    find: 'const fault = prepared && certificateFault(prepared, set, root, table);\n  return fault ?? (entry && leaveCertificateFault(entry, set, root, table));',
    replace: 'return undefined;',
  },
  'a leave of a view that nothing proves': {
    file: at('statement-admission'),
    find: "if (leave.view > at.view && !provesItsView(leave))\n    return refusal('far-future', { behind: roundPosition(leave) });",
    replace: '',
  },
  'nobody leaves': {
    file: at('leaving'),
    find: 'turn.change({ left: { view, prepared }, building: false, draft: undefined, unasked: [] });\n  askLeave(turn);',
    replace: 'void prepared;',
  },
  'a leave reports nothing': {
    file: at('leaving'),
    find: 'turn.change({ left: { view, prepared }, building: false',
    replace: 'turn.change({ left: { view, prepared: undefined }, building: false',
  },
  'nobody joins': {
    file: at('leaving'),
    find: "if (isJoined(turn.state)) leaveRound(turn, 'joined');",
    replace: '',
  },
  'one member alone makes all leave': {
    file: at('leaving'),
    find: 'return weightOf(set, at.leaves.keys()) >= set.quorum.oneHonestWeight;',
    replace: 'return weightOf(set, at.leaves.keys()) >= 1n;',
  },
  'the first report stands for the highest': {
    file: at('leaving'),
    find: '(each !== undefined && (max === undefined || each.view > max.view) ? each : max)',
    replace: '(max ?? each)',
  },
  'votes go on after the view was left': {
    file: at('state'),
    find: 'return !isLeaving(state) && !isRecordAhead(state);',
    replace: 'return !isRecordAhead(state);',
  },
  'votes go on after a decision': {
    file: at('state'),
    find: 'if (context.me === undefined || tip === undefined || at.decided !== undefined) return false;',
    replace: 'if (context.me === undefined || tip === undefined) return false;',
  },
  'what was left is forgotten in a crash': {
    file: at('state'),
    find: 'return { epoch: context.set.epoch, height, view, signed, left, entered, prepared, decided };',
    replace:
      'return { epoch: context.set.epoch, height, view, signed, left: left && undefined, entered, prepared, decided };',
  },
  'what was prepared is forgotten in a crash': {
    file: at('state'),
    find: 'return { epoch: context.set.epoch, height, view, signed, left, entered, prepared, decided };',
    replace:
      'return { epoch: context.set.epoch, height, view, signed, left, entered, prepared: prepared && undefined, decided };',
  },
  'what was signed is forgotten in a crash': {
    file: at('state'),
    find: 'return { epoch: context.set.epoch, height, view, signed, left, entered, prepared, decided };',
    replace:
      'return { epoch: context.set.epoch, height, view, signed: signed.slice(0, 0), left, entered, prepared, decided };',
  },
  'the view is forgotten in a crash': {
    file: at('state'),
    find: 'return { epoch: context.set.epoch, height, view, signed, left, entered, prepared, decided };',
    replace:
      'return { epoch: context.set.epoch, height, view: (view - view) as View, signed, left, entered, prepared, decided };',
  },
  'a decision is forgotten in a crash': {
    file: at('heights'),
    find: "return turn.emit({ kind: 'commit', certificate: decided, from });",
    replace: 'void from;',
  },
  'nothing is asked for again after a crash': {
    file: at('heights'),
    find: 'if (resumed !== undefined) resume(turn);',
    replace: '',
  },
  'what is prepared falls with a newer view': {
    file: at('learning'),
    find: '...{ signed: [], unasked: [], proposal: undefined, draft: undefined, building: false },',
    replace:
      '...{ signed: [], unasked: [], proposal: undefined, draft: undefined, building: false, prepared: undefined },',
  },
  'an older certificate stands for a newer one': {
    file: at('learning'),
    find: 'const known = [at.prepared, at.wanted].some((each) => each !== undefined && each.view >= certificate.view);',
    replace: 'const known = false;',
  },
  'prepared without its block': {
    file: at('learning'),
    find: "if (wanted === undefined || standing.get(wanted.digest) !== 'valid') return;",
    replace: 'if (wanted === undefined) return;',
  },
  'a prepared certificate decides': {
    file: at('learning'),
    find: 'if (certificate.kind === table.decides) return learnDecision(turn, certificate, from);',
    replace:
      'if (certificate.kind === table.decides || certificate.kind === table.prepared) return learnDecision(turn, certificate, from);',
  },
  'certificates are shown to nobody who lacks a vote': {
    file: at('learning'),
    find: "turn.emit({ kind: 'transmit', to: 'all', message: { kind: 'certificate', certificate } });",
    replace: '',
  },
  'the first vote is skipped where the others were quicker': {
    file: at('learning'),
    find: '    voteFirst(turn);\n    showUnvoted(turn, wanted);',
    replace: '',
  },
  'certificates are believed': {
    file: at('admission'),
    find: 'return byRoundFault(certificateFault(certificate, set, root, table));',
    replace: 'return byRoundFault(undefined);',
  },
  'a leader proposes a new block whatever was reported': {
    file: at('proposing'),
    find: 'if (high !== undefined) return proposeAgain(turn, high);',
    replace: 'void high;',
  },
  'a leader proposes as often as it likes': {
    file: at('proposing'),
    find: 'if (isMade || at.building || at.draft !== undefined || at.proposal !== undefined) return false;',
    replace: 'if (at.building) return false;',
  },
  'a leader proposes without the leave of the view before': {
    file: at('proposing'),
    find: 'return at.view === context.table.firstView || at.entered?.view === at.view - 1n;',
    replace: 'return true;',
  },
  'nothing is said again': {
    file: at('rounds'),
    find: "for (const message of turn.at.outbox) turn.emit({ kind: 'transmit', to: 'all', message });\n  askNextMembers(turn);",
    replace: 'void askNextMembers;',
  },
  'nobody is asked for what is missing': {
    file: at('rounds'),
    find: '  askNextMembers(turn);\n',
    replace: '  void askNextMembers;\n',
  },
  'a member that is behind is left alone': {
    file: at('helping'),
    find: "if (proof !== undefined) turn.emit({ kind: 'transmit', to: member, message: proof });",
    replace: 'void proof;',
  },
  'statements of the next height are lost': {
    file: at('early'),
    find: 'turn.update({ early: new Map(early).set(earlyName(message), message) });',
    replace: 'void early;',
  },
  'as many early statements as there are views': {
    file: at('early'),
    find: "if (message.view > EARLY_HEIGHT_VIEWS_MAX) return refusal('far-future', { behind: roundPosition(message) });",
    replace: '',
  },
  'every view waits as long as the first': {
    file: at('timing'),
    find: 'return Math.min(timing.viewTimeoutMs * ROUND_GROWTH ** failed, timing.viewTimeoutMsMax);',
    replace: 'return Math.min(timing.viewTimeoutMs + failed - failed, timing.viewTimeoutMsMax);',
  },
  'one member that speaks keeps all awake': {
    file: at('timing'),
    find: 'return weights.some((weight) => weight >= quorum.oneHonestWeight);',
    replace: 'return weights.some((weight) => weight >= 1n);',
  },
} as const satisfies Readonly<Record<string, RoundsMutant>>;

export type RoundsMutantName = keyof typeof ROUNDS_MUTANTS;

/** The mutants that mean something in a protocol. */
export function mutantsIn(protocol: RoundsProtocolName): readonly RoundsMutantName[] {
  return Object.entries<RoundsMutant>(ROUNDS_MUTANTS).flatMap(([name, { protocol: only = protocol }]) =>
    only === protocol ? [name as RoundsMutantName] : [],
  );
}
