import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsIn, countsOfEach } from './service-counts.ts';

const CONSENSUS = `# HELP btcfed_consensus_verifications_total Signatures judged.
# TYPE btcfed_consensus_verifications_total counter
btcfed_consensus_verifications_total{result="verified",service="consensus",member="m0",chain="c"} 30
btcfed_consensus_verifications_total{result="refused",service="consensus",member="m0",chain="c"} 1
btcfed_consensus_verifications_total{result="cached",service="consensus",member="m0",chain="c"} 500
btcfed_consensus_storage_sync_seconds_count{what="record",service="consensus",member="m0",chain="c"} 4
btcfed_consensus_storage_sync_seconds_sum{what="record",service="consensus",member="m0",chain="c"} 99
btcfed_consensus_storage_sync_seconds_count{what="blocks",service="consensus",member="m0",chain="c"} 2
`;
const SIGNER = `btcfed_signer_signatures_total{kind="prepare",service="signer",member="m0",chain="c"} 10
btcfed_signer_signatures_total{kind="commit",service="signer",member="m0",chain="c"} 3
btcfed_signer_shown_signatures_total{result="verified",service="signer",member="m0",chain="c"} 20
btcfed_signer_shown_signatures_total{result="cached",service="signer",member="m0",chain="c"} 7
btcfed_signer_record_seconds_count{service="signer",member="m0",chain="c"} 13
`;
const GATEWAY = `btcfed_gateway_member_sent_bytes_total{of_member="m1",service="gateway",member="m0",chain="c"} 1000
btcfed_gateway_member_sent_bytes_total{of_member="m2",service="gateway",member="m0",chain="c"} 500
`;

test('counts signatures, what was judged, durable writes, and bytes by the member that sent them', () => {
  assert.deepEqual(countsIn([CONSENSUS, SIGNER, GATEWAY]), {
    signatures: 13,
    // Each signature is judged before it leaves.
    verifications: 31 + 20 + 13,
    syncs: 6 + 13,
    bytes: { m0: 1_500 },
  });
});

test('tells what one decision of several costs', () => {
  const none = { signatures: 0, verifications: 0, syncs: 0, bytes: {} };
  const after = { signatures: 130, verifications: 645, syncs: 341, bytes: { m0: 15_004, m1: 20 } };
  assert.deepEqual(countsOfEach(none, after, 10), {
    signatures: 13,
    verifications: 64.5,
    syncs: 34.1,
    bytes: { m0: 1_500, m1: 2 },
  });
});
