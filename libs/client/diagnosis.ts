import { DIAGNOSES, isDiagnosisCode, type Severity } from '#libs/diagnosis/codes.ts';
import type { HeardFinding } from '#libs/diagnosis/finding.ts';
import { COMMANDS_TO_TYPE } from '#libs/diagnosis/next-command.ts';
import type { DiagnoseResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import {
  type Finding as WireFinding,
  Severity as WireSeverity,
} from '#libs/proto/btcfed/consensus/v1/diagnosis.ts';

/** The faults that a member finds. */
export interface ClientDiagnosis {
  /** Name of the member that answered. */
  readonly member: string;
  readonly chainId: string;
  readonly finalHeight: bigint;
  /** The worst first; none when it is well. */
  readonly findings: readonly HeardFinding[];
}

const SEVERITY_FROM_WIRE: Readonly<Record<number, Severity>> = {
  [WireSeverity.CRITICAL]: 'critical',
  [WireSeverity.WARNING]: 'warning',
  [WireSeverity.NOTICE]: 'notice',
};

export function diagnosisFrom({ header, findings }: DiagnoseResponse): ClientDiagnosis {
  const { member = '', chainId = '', finalHeight = 0n } = header ?? {};
  return { member, chainId, finalHeight, findings: findings.map(findingFrom) };
}

/** The command follows from the code alone: a hostile member gives nobody words to type. */
function findingFrom({ code, severity, summary, evidence, members }: WireFinding): HeardFinding {
  const told = { code, summary, evidence, members };
  if (isDiagnosisCode(code)) return { ...told, ...DIAGNOSES[code] };
  return { ...told, severity: SEVERITY_FROM_WIRE[severity] ?? 'warning', next: COMMANDS_TO_TYPE.askStatus };
}
