import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { redactionOf } from './redaction.ts';
import { secretsIn } from './secrets-in.ts';

/** A text with a secret in all forms in which a program may have written it, and what may stay of it. */
function told(secret: Buffer): readonly string[] {
  return [
    secret.toString('hex'),
    secret.toString('hex').toUpperCase(),
    secret.toString('base64'),
    secret.toString('base64url'),
    ...[1, 2, 3].map((before) =>
      Buffer.concat([randomBytes(before), secret, randomBytes(4)]).toString('base64'),
    ),
  ];
}

describe('redactionOf', () => {
  const secret = randomBytes(32);
  const redact = redactionOf([secret]);

  test('takes a secret out in every form, within longer texts too', () => {
    for (const form of told(secret)) {
      const line = redact(`key=${form}; height 7`);
      assert.match(line, /^key=.{0,4}\[hidden\].{0,8}; height 7$/, form);
    }
  });

  test('takes out a text as JSON and a URL have it', () => {
    const password = 'p "w" d/9';
    const hide = redactionOf([Buffer.from(password)]);
    for (const form of [password, JSON.stringify({ a: password }), encodeURIComponent(password)])
      assert.doesNotMatch(hide(form), /w.{0,4} ?d|%22w/);
  });

  test('takes out a private key and credentials that nobody knows of, by their looks', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    assert.equal(redactionOf([])(`a\n${pem}b nats://u:p@h:1`), 'a\n[hidden]\nb nats://[hidden]@h:1');
  });

  test('leaves all else as it is', () => {
    const text = `peer ${randomBytes(32).toString('hex')} height 7, [1.5 s] "x" \\n`;
    assert.equal(redact(text), text);
  });

  test('takes out the whole of a secret before a part of it', () => {
    const whole = 'correct horse battery';
    assert.equal(redactionOf([Buffer.from('horse battery'), Buffer.from(whole)])(whole), '[hidden]');
  });
});

describe('secretsIn', () => {
  const has = (name: string, text: string, secret: Buffer | string) =>
    secretsIn({ name, text }).some((each) => each.equals(Buffer.from(secret)));

  test('finds a key in hex or base64 by the name of its field, and its secret half', () => {
    const key = randomBytes(64);
    const conf = `node:\n  private_key: ${key.toString('base64')}\n`;
    const file = JSON.stringify({
      scheme: 'x',
      public_key: 'ab'.repeat(32),
      secret_key: key.toString('hex'),
    });
    for (const text of [conf, file]) {
      assert.ok(has('x', text, key));
      assert.ok(has('x', text, key.subarray(0, 32)));
    }
    assert.ok(!has('signer.key', file, Buffer.from('ab'.repeat(32), 'hex')), 'a public key is none');
  });

  test('finds a value between quotes as a whole, and none on the next line', () => {
    assert.ok(has('x.yaml', 'password: "two words"\n', 'two words'));
    assert.ok(has('x.env', "DB_PASSWORD='two words'\n", 'two words'));
    assert.deepEqual(secretsIn({ name: 'x.yaml', text: 'secrets:\n  height: 1234567\n' }), []);
  });

  test('finds private keys in PEM, their numbers, and their lines', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { d = '' } = privateKey.export({ format: 'jwk' });
    assert.ok(has('a.key', pem, privateKey.export({ type: 'pkcs8', format: 'der' })));
    assert.ok(has('a.key', pem, Buffer.from(d, 'base64url')));
    assert.ok(has('a.key', pem, pem.split('\n')[1] ?? ''));
  });

  test('finds passwords and tokens in URLs, also as they are typed', () => {
    assert.ok(has('conf.yaml', 'nats_url: "nats://me:pass%2Fword@host:4222"', 'pass%2Fword'));
    assert.ok(has('conf.yaml', 'nats_url: nats://me:pass%2Fword@host:4222', 'pass/word'));
    assert.ok(has('reader.url', 'nats://S3cretToken@host:4222', 'S3cretToken'));
  });

  test('takes all of a file whose name says that it is a secret, and nothing of any other', () => {
    assert.ok(has('passphrase.txt', 'twelve bytes at least\n', 'twelve bytes at least'));
    assert.deepEqual(secretsIn({ name: 'member.json', text: '{"name":"m0","publicKey":"00112233"}' }), []);
  });
});
