import { digestBytes } from '#libs/chain/ids.ts';
import type {
  ListEvidenceRequest,
  ListEvidenceResponse,
  Evidence as WireEvidence,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { positionOf } from '#libs/protocol/evidence.ts';
import { evidenceKindFromWire, evidenceKindToWire } from '#libs/wire/evidence.ts';
import type { ClientPorts, KeptEvidence } from '../../core/ports.ts';
import { responseHeader } from '../wire/wire-api.ts';
import { invalidRequest } from './client-errors.ts';
import type { ClientLimits } from './limits.ts';

const CURSOR_MAX = 2n ** 63n - 1n;

/**
 * One page of evidence. One more than asked for is looked up, to say whether there is another page.
 * @throws ClientError `CONSENSUS_REQUEST_INVALID`.
 */
export function listEvidence(
  ports: ClientPorts,
  { after, limit, member, kind }: ListEvidenceRequest,
  { evidenceDefault, evidenceMax }: Pick<ClientLimits, 'evidenceDefault' | 'evidenceMax'>,
): ListEvidenceResponse {
  if (after > CURSOR_MAX) throw invalidRequest('after', 'is not one that was answered');
  if (limit > evidenceMax) throw invalidRequest('limit', `is above ${evidenceMax}`);
  const wanted = evidenceKindFromWire(kind);
  if (kind !== 0 && wanted === undefined) throw invalidRequest('kind', 'is not known');
  const countMax = limit === 0 ? evidenceDefault : limit;
  const found = ports.evidence.list({ after, countMax: countMax + 1, member, kind: wanted });
  const page = found.slice(0, countMax);
  return {
    header: responseHeader(ports),
    evidence: page.map(evidenceToApi),
    nextAfter: found.length > page.length ? (page.at(-1)?.id ?? 0n) : 0n,
  };
}

function evidenceToApi({ evidence, digest, content, height, foundMs }: KeptEvidence): WireEvidence {
  return {
    digest: digestBytes(digest),
    kind: evidenceKindToWire(evidence.kind),
    member: evidence.first.member,
    epoch: evidence.epoch,
    ...positionOf(evidence),
    content,
    height,
    foundMs,
  };
}
