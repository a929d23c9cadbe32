import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { contradiction } from '#libs/protocol/evidence.ts';
import { EvidenceCollector } from '#libs/protocol/evidence-collector.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { statementName } from '../federation/signatures.ts';
import type { Findings } from './findings.ts';
import type { SightingsLog } from './sightings.ts';

export interface EvidenceFacts {
  readonly table: VoteTable;
  readonly findings: Findings;
  readonly sightings: SightingsLog;
  readonly isLiar: (member: MemberIndex) => boolean;
}

/**
 * Evidence names liars only, also after crashes (libs/simulation/README.md L7). One collector of production
 * (`libs/protocol`) hears every true statement that any honest member ever heard: more than each of them knows, so it
 * accuses sooner than they do.
 */
export class EvidenceCheck {
  readonly #facts: EvidenceFacts;
  readonly #collector: EvidenceCollector;
  readonly #heard = new Set<Uint8Array>();

  constructor(facts: EvidenceFacts) {
    this.#facts = facts;
    this.#collector = new EvidenceCollector(facts.table);
  }

  entered(position: Position): void {
    this.#collector.advance(position);
  }

  proved(claim: Claim): void {
    if (this.#heard.has(claim.signature)) return;
    this.#heard.add(claim.signature);
    const found = this.#collector.take(claim, true);
    if (found === undefined) return;
    const { findings, sightings, isLiar } = this.#facts;
    const { member } = claim;
    const kind = contradiction(...found.claims, this.#facts.table);
    if (kind !== undefined) sightings.accused.push({ member, kind });
    if (isLiar(member)) return;
    const said = found.claims.map(({ statement }) => statementName(statement)).join('" and "');
    findings.report('L7', `honest member ${member} is accused: it signed "${said}"`);
  }

  /** An honest member keeps evidence, which names a liar. */
  accused(instance: number, member: MemberIndex): void {
    const { findings, isLiar } = this.#facts;
    if (!isLiar(member))
      findings.report('L7', `instance ${instance} holds evidence against honest member ${member}`);
  }

  /** Notes that a member is muted. A muted honest member counts as crashed, and may be one too many. */
  muted(instance: number, member: MemberIndex): void {
    const { findings, sightings, isLiar } = this.#facts;
    sightings.muted.add(member);
    if (!isLiar(member))
      findings.report('MUTED', `instance ${instance} no longer listens to honest ${member}`);
  }
}
