import { MEMBERS_MIN } from '#libs/membership/limits.ts';
import { viewTimeoutsFor } from '#services/launcher/core/view-timeout.ts';
import type { Check } from './doctor-check.ts';
import { judgeSwap, judgeVersions } from './doctor-rules.ts';
import { type ClockFacts, judgeClock } from './host-clock.ts';
import { judgeNodeFolder, judgeSync, type NodeFolderFacts, type SyncTimes } from './host-disk.ts';
import { type CertificateState, judgeCertificate, judgeModes, type ModeFacts } from './host-files.ts';
import { judgePorts, type PortFacts } from './host-ports.ts';
import {
  judgeCores,
  judgeMemory,
  judgeOpenFiles,
  type MemoryFacts,
  type OpenFileFacts,
} from './host-resources.ts';
import { judgeSignatures, type SignatureFacts, votesOfNewChain } from './host-signatures.ts';
import type { MachineFacts, ProcessFacts } from './machine-facts.ts';

/** The known facts about the host of a member, and about its home on it. */
export interface HostFacts {
  readonly home: string;
  /** Whether a node runs from this home. */
  readonly isRunning: boolean;
  readonly versions: Pick<ProcessFacts, 'nodeVersion' | 'opensslVersion'>;
  readonly clock: ClockFacts;
  readonly folders: readonly NodeFolderFacts[];
  readonly sync: SyncTimes;
  readonly ports: readonly PortFacts[];
  readonly certificates: readonly CertificateState[];
  readonly modes: ModeFacts;
  readonly memory: MemoryFacts;
  readonly openFiles: OpenFileFacts;
  readonly swaps: MachineFacts['swaps'];
  readonly signatures: SignatureFacts;
}

/** Judges the host of a member: a failure must be cured, a warning is weighed. */
export function judgeHost(facts: HostFacts): readonly Check[] {
  const { home, signatures, clock } = facts;
  const data = facts.folders.find(({ of }) => of === 'the data');
  const need = {
    votings: (signatures.chain?.votes ?? votesOfNewChain(MEMBERS_MIN)).votings,
    viewTimeoutMs: signatures.chain?.viewTimeoutMs ?? viewTimeoutsFor(0).viewTimeoutMs,
  };
  return [
    judgeClock(clock),
    ...judgeVersions(facts.versions),
    ...facts.folders.flatMap(judgeNodeFolder),
    judgeSync(facts.sync, need, data?.path ?? home),
    ...judgePorts(facts.ports, facts),
    ...facts.certificates.map((each) => judgeCertificate(each, clock.nowMs)),
    ...judgeModes(facts.modes),
    judgeMemory(facts.memory),
    judgeSwap(facts),
    judgeOpenFiles(facts.openFiles, signatures.chain?.members ?? 0),
    judgeCores(signatures.cores),
    ...judgeSignatures(signatures, home),
  ];
}
