// Every command for a backup, a restore and an incident of a signer does what its document says, run in a shell as it is written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf, NO_OPENSSL_OR_JQ, runDrill } from '#test/support/signer/document-drill.ts';

/** The belongings of an operator when something goes wrong: a sealed home with a client, an authority, and notes. */
const BEFORE_AN_INCIDENT = `
umask 077
printf 'seven words that nobody would guess' > passphrase
btcfed testnet --members 4 --out net
mv net/m0 home
btcfed signer seal --home home --new-passphrase-file passphrase
btcfed pki init --ca ca --name dave
btcfed pki issue --ca ca --name consensus --usage client --out consensus
btcfed signer client add consensus --home home --cert consensus.pem
AUDIT_KEY=$(btcfed signer audit head --home home --json | jq -r .auditKey)
NOTED=$(btcfed signer audit head --home home --json | jq -r '"\\(.rows):\\(.hash)"')
`;

/** And after it. */
const AFTER_AN_INCIDENT = `
test "$(btcfed signer client list --home home --json | grep -c "$OLD")" = 0
btcfed signer client list --home home --json | grep -q "$(btcfed pki show consensus.pem --json | jq -r .pin)"
btcfed pki show home/tls/ca.crt --json | grep -q "$(btcfed pki show new-ca/ca.pem --json | jq -r .pin)"
btcfed pki show home/tls/signer.crt --json | grep -q '"signer"'
btcfed signer backup split --home home --passphrase-file new-passphrase --shares 3 --threshold 2 --out shares
`;

test('the drill of backup and restore can be held as it is written', { skip: NO_OPENSSL_OR_JQ }, () =>
  runDrill('backup-and-restore.md', blocksOf('backup-and-restore.md')),
);

test('the commands for an incident do what they say', { skip: NO_OPENSSL_OR_JQ }, () => {
  const blocks = blocksOf('incidents.md');
  assert.equal(blocks.length, 4);
  runDrill('incidents.md', [BEFORE_AN_INCIDENT, ...blocks, AFTER_AN_INCIDENT]);
});
