import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { refusalCode } from '#test/support/programs/refusal-code.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-pki-'));
after(() => rmSync(base, { recursive: true, force: true }));

const NAMES = ['--dns', 'signer.internal', '--ip', '10.0.0.7', '--uri', 'spiffe://dave.example/signer'];

async function jsonOf(...args: readonly string[]) {
  const { code, out, notes } = await runCommandLine('pki', ...args, '--json');
  assert.equal(code, 0, notes);
  return JSON.parse(out);
}

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, notes } = await runCommandLine('pki', ...args);
  assert.equal(code, refusalCode(notes));
  return notes;
}

/** A new authority with one certificate of it. */
async function issued() {
  const folder = mkdtempSync(join(base, 'f-'));
  const ca = join(folder, 'ca');
  const out = join(folder, 'signer');
  await jsonOf('init', '--ca', ca, '--name', 'member dave');
  const issue = ['issue', '--ca', ca, '--name', 'signer', '--usage', 'server', ...NAMES];
  return { folder, ca, out, issue, facts: await jsonOf(...issue, '--out', out) };
}

describe('btcfed pki', () => {
  test('an authority certifies a server under all of its names; keys are for their owner only', async () => {
    const { ca, out, facts } = await issued();
    assert.equal(facts.usage, 'server');
    assert.deepEqual(facts.dnsNames, ['signer.internal']);
    assert.deepEqual(facts.ipAddresses, ['10.0.0.7']);
    assert.deepEqual(facts.uris, ['spiffe://dave.example/signer']);
    const certificate = new X509Certificate(readFileSync(`${out}.pem`));
    const authority = new X509Certificate(readFileSync(join(ca, 'ca.pem')));
    assert.ok(certificate.verify(authority.publicKey));
    for (const key of [`${out}.key`, join(ca, 'ca.key')]) assert.equal(statSync(key).mode & 0o777, 0o600);
    assert.equal(statSync(ca).mode & 0o777, 0o700);
    assert.match(
      (await runCommandLine('pki', 'show', `${out}.pem`)).out,
      /^uris {9}spiffe:\/\/dave.example\/signer$/m,
    );
  });

  test('rotation keeps names and usage, changes the key, and keeps the replaced pair', async () => {
    const { ca, out, facts } = await issued();
    const before = [`${out}.pem`, `${out}.key`].map((file) => readFileSync(file, 'utf8'));
    const { pin, previousPin } = await jsonOf('rotate', '--ca', ca, out);
    assert.equal(previousPin, facts.pin);
    assert.notEqual(pin, facts.pin);
    const { pin: _, notAfter: __, notBefore: ___, ...same } = await jsonOf('show', `${out}.pem`);
    assert.deepEqual(same, {
      file: facts.file,
      commonName: 'signer',
      isAuthority: false,
      usage: 'server',
      dnsNames: facts.dnsNames,
      ipAddresses: facts.ipAddresses,
      uris: facts.uris,
    });
    const kept = [`${out}.previous.pem`, `${out}.previous.key`].map((file) => readFileSync(file, 'utf8'));
    assert.deepEqual(kept, before);
    assert.notEqual((await jsonOf('rotate', '--ca', ca, out)).pin, pin, 'and once more');
  });

  test("no certificate outlives its authority, no server is without a name, and a key of an authority is its owner's", async () => {
    const folder = mkdtempSync(join(base, 'life-'));
    const ca = join(folder, 'ca');
    const out = join(folder, 'consensus');
    await jsonOf('init', '--ca', ca, '--days', '5');
    const client = ['issue', '--ca', ca, '--name', 'consensus', '--usage', 'client', '--out', out];
    assert.match(
      await refusal(...client),
      /the authority in .* ends on \d{4}-\d\d-\d\d, before 365 days from now: give --days 4 or less/,
    );
    assert.match(await refusal(...client, '--days', '5'), /give --days 4 or less/);
    await jsonOf(...client, '--days', '4');
    assert.match(await refusal('rotate', '--ca', ca, out), /give --days 4 or less/);
    await jsonOf('rotate', '--ca', ca, '--days', '3', out);
    const server = ['issue', '--ca', ca, '--name', 'signer', '--usage', 'server', '--days', '4'];
    assert.match(await refusal(...server, '--out', join(folder, 'signer')), /a server needs --dns or --ip/);
    await jsonOf(...server, '--dns', 'signer', '--out', join(folder, 'signer'));
    chmodSync(join(ca, 'ca.key'), 0o640);
    assert.match(
      await refusal(...server, '--dns', 'x', '--out', join(folder, 'x')),
      /ca\.key has mode 0640, others may read it: run chmod 600/,
    );
  });

  test('nothing is written over, and what cannot be used is named', async () => {
    const { folder, ca, out, issue } = await issued();
    assert.match(await refusal(...issue, '--out', out), /signer\.key exists: it is never written over/);
    assert.match(await refusal('init', '--ca', ca), /ca\.key exists: it is never written over/);
    assert.match(
      await refusal(...issue, '--out', join(folder, 'x'), '--ip', '10.0'),
      /"10.0" is no IP address/,
    );
    assert.match(
      await refusal(...issue, '--out', join(folder, 'x'), '--uri', 'spiffe'),
      /"spiffe" is no URI/,
    );
    assert.match(
      await refusal(...issue, '--out', join(folder, 'x'), '--dns', 'a b'),
      /"a b" is no host name/,
    );
    assert.match(await refusal('rotate', '--ca', folder, out), /ca\.pem cannot be read/);
    assert.match(
      await refusal('rotate', '--ca', ca, join(ca, 'ca')),
      /is no certificate of a server or client/,
    );
    writeFileSync(`${out}.key`, readFileSync(join(ca, 'ca.key')));
    assert.match(await refusal('rotate', '--ca', ca, out), /signer\.key is not the key of .*signer\.pem/);
    writeFileSync(`${out}.pem`, 'nonsense');
    assert.match(await refusal('show', `${out}.pem`), /signer\.pem is no PEM certificate/);
  });
});
