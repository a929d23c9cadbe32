import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import { kindRowOf } from '#libs/protocol/vote/vote-table.ts';
import type { SharedJudge } from '../chain/shared-judge.ts';
import type { SimulatedEpoch } from '../federation/federation.ts';
import type { Observer } from '../subject/observer.ts';
import type { Subject } from '../subject/subject.ts';
import { AgreementCheck } from './agreement-check.ts';
import { EvidenceCheck } from './evidence-check.ts';
import type { Findings } from './findings.ts';
import { LockCheck } from './lock-check.ts';
import type { RecordCheck } from './record-check.ts';
import type { SightingsLog } from './sightings.ts';
import { SigningCheck } from './signing-check.ts';
import type { ViewCheck } from './view-check.ts';

export interface Checkers {
  readonly findings: Findings;
  readonly sightings: SightingsLog;
  readonly judge: SharedJudge;
  readonly records: RecordCheck;
  /** The liars by the number of their node. */
  readonly liars: ReadonlySet<MemberIndex>;
  readonly views: Pick<ViewCheck, 'entered' | 'worked' | 'gaveUp'>;
}

/** The checkers of a run: those of all epochs, and for each epoch those of its members' signatures. */
export class EpochObservers<State, Message, Record> {
  readonly #subject: Subject<State, Message, Record>;
  readonly #checkers: Checkers;
  readonly #agreement: AgreementCheck;
  readonly #observers = new Map<SimulatedEpoch, Observer<Message, Record>>();

  constructor(subject: Subject<State, Message, Record>, checkers: Checkers) {
    this.#subject = subject;
    this.#checkers = checkers;
    this.#agreement = new AgreementCheck(checkers.findings, checkers.judge);
  }

  of(epoch: SimulatedEpoch): Observer<Message, Record> {
    const known = this.#observers.get(epoch);
    if (known !== undefined) return known;
    const fresh = checkingObserver(this.#subject, {
      ...this.#checkers,
      by: epoch,
      agreement: this.#agreement,
    });
    this.#observers.set(epoch, fresh);
    return fresh;
  }
}

interface EpochCheckers extends Checkers {
  readonly by: SimulatedEpoch;
  readonly agreement: AgreementCheck;
}

/** The observer that checks every invariant which one event can break. Members are those of the epoch `by`. */
function checkingObserver<State, Message, Record>(
  subject: Subject<State, Message, Record>,
  { findings, sightings, records, by, liars, views, agreement }: EpochCheckers,
): Observer<Message, Record> {
  const of = { epoch: by.scope.epoch, table: by.table };
  const isLiar = (member: MemberIndex) => liars.has(by.nodes[member] ?? member);
  const weightOf = (node: number): number =>
    Number(by.set.members[by.nodes.indexOf(toMemberIndex(node))]?.weight ?? 0n);
  const lyingWeight = by.nodes
    .filter((node) => liars.has(node))
    .reduce((sum, node) => sum + weightOf(node), 0);
  const honestNeeded = Number(by.set.quorum.commitWeight) - lyingWeight;
  const signing = new SigningCheck(subject, findings, of);
  const evidence = new EvidenceCheck({ table: by.table, findings, sightings, isLiar });
  const isLocking = Object.values(by.table.kinds).some(({ remembers }) => remembers === 'lock');
  const locks = isLocking ? new LockCheck(findings, honestNeeded, rootPosition(by), weightOf) : undefined;
  return {
    started: (instance, height) => agreement.started(instance, height),
    asked: (instance, statement, record) => {
      signing.asked(instance, statement, record);
      if (kindRowOf(by.table, statement.kind)?.leaves === undefined) return;
      sightings.left(statement);
      views.gaveUp(instance, statement);
    },
    released: (instance, statement, isRecorded) => signing.released(instance, statement, isRecorded),
    refused: (instance, statement, reason) => signing.refused(instance, statement, reason),
    saved: (instance, before, after) => {
      signing.saved(instance, before, after);
      locks?.saved(instance, subject.marks(after));
      for (const certificate of subject.stored(after)) records.certificate(instance, certificate, by);
    },
    transmitted: (_instance, message) => {
      for (const certificate of subject.certificates(message)) agreement.certified(certificate, of);
    },
    sentTooSoon: (instance) =>
      findings.report('L9', `instance ${instance} sent a message before its newest record was durable`),
    entered: (instance, position, leader) => {
      evidence.entered(position);
      views.entered(instance, position, leader);
    },
    worked: (instance, isPending) => views.worked(instance, isPending),
    heard: (from, claim) => {
      if (claim.member === from && by.authority.verify(claim)) evidence.proved(claim);
    },
    proved: (claim) => evidence.proved(claim),
    accused: (instance, member) => evidence.accused(instance, member),
    turnedAway: (_instance, from, cause) => sightings.turnedAway(from, cause),
    muted: (instance, member) => evidence.muted(instance, member),
    loaded: (instance, loads) => records.load(instance, loads),
    committed: (instance, held) => agreement.committed(instance, held),
    contradicted: (instance, decided, final) =>
      findings.report('S1', `instance ${instance} holds ${final} as final, and ${decided} is decided`),
    halted: (instance, cause) => findings.report('HALT', `instance ${instance} halted: ${String(cause)}`),
  };
}

/** The end of the instance of the root, or the view of it where views run across heights. */
function rootPosition({ root, table }: SimulatedEpoch): Position {
  return { instance: table.instances === 'one' ? 0n : root.height, view: root.view };
}

const nothing = (): void => {};

/** Looks away: for the second run of a seed, whose trace alone counts. */
export const SILENT: Observer<unknown, unknown> = {
  started: nothing,
  asked: nothing,
  released: nothing,
  refused: nothing,
  saved: nothing,
  transmitted: nothing,
  sentTooSoon: nothing,
  entered: nothing,
  worked: nothing,
  proved: nothing,
  heard: nothing,
  accused: nothing,
  turnedAway: nothing,
  muted: nothing,
  loaded: nothing,
  committed: nothing,
  contradicted: nothing,
  halted: nothing,
};
