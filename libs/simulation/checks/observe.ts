import type { BlockJudge } from '../block-judge.ts';
import type { Findings } from '../findings.ts';
import type { Observer } from '../observer.ts';
import type { Subject } from '../subject.ts';
import { AgreementCheck } from './agreement-check.ts';
import type { RecordCheck, Verification } from './record-check.ts';
import { SigningCheck } from './signing-check.ts';

export interface Checkers {
  readonly findings: Findings;
  readonly judge: BlockJudge;
  readonly records: RecordCheck;
  readonly by: Verification;
}

/** The observer that checks every invariant which one event can break. */
export function checkingObserver<State, Message, Record>(
  subject: Subject<State, Message, Record>,
  { findings, judge, records, by }: Checkers,
): Observer<Message, Record> {
  const signing = new SigningCheck(subject, findings);
  const agreement = new AgreementCheck(findings, judge);
  return {
    started: (instance, height) => agreement.started(instance, height),
    asked: (instance, statement, record) => signing.asked(instance, statement, record),
    refused: (instance, statement, reason) => signing.refused(instance, statement, reason),
    saved: (instance, before, after) => {
      signing.saved(instance, before, after);
      for (const certificate of subject.stored(after)) records.certificate(instance, certificate, by);
    },
    transmitted: (_instance, message) => {
      for (const certificate of subject.certificates(message)) agreement.certified(certificate);
    },
    loaded: (instance, loads) => records.load(instance, loads),
    committed: (instance, held) => agreement.committed(instance, held),
    contradicted: (instance, decided, final) =>
      findings.report('S1', `instance ${instance} holds ${final} as final, and ${decided} is decided`),
    halted: (instance, cause) => findings.report('HALT', `instance ${instance} halted: ${String(cause)}`),
  };
}
