import type { Severity } from '#libs/diagnosis/codes.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import type { CommandPlace } from '#libs/diagnosis/next-command.ts';
import {
  CommandPlace as WireCommandPlace,
  type Finding as WireFinding,
  Severity as WireSeverity,
} from '#libs/proto/btcfed/consensus/v1/diagnosis.ts';

const SEVERITY_TO_WIRE = {
  critical: WireSeverity.CRITICAL,
  warning: WireSeverity.WARNING,
  notice: WireSeverity.NOTICE,
} as const satisfies Record<Severity, WireSeverity>;

const PLACE_TO_WIRE = {
  member: WireCommandPlace.MEMBER,
  home: WireCommandPlace.HOME,
  complete: WireCommandPlace.COMPLETE,
} as const satisfies Record<CommandPlace, WireCommandPlace>;

export function findingsToApi(findings: readonly Finding[]): readonly WireFinding[] {
  return findings.map(({ severity, evidence, members, next, ...words }) => ({
    ...words,
    severity: SEVERITY_TO_WIRE[severity],
    evidence: [...evidence],
    members: [...members],
    next: { words: [...next.words], place: PLACE_TO_WIRE[next.place] },
  }));
}
