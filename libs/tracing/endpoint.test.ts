import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointFault, sampleOf, tracesUrl } from './endpoint.ts';

describe('the address of a collector', () => {
  test('is any http or https URL, and spans go below it', () => {
    for (const text of ['http://127.0.0.1:4318', 'https://collector.example/otlp/', 'http://[::1]:1'])
      assert.equal(endpointFault(text), undefined, text);
    assert.equal(tracesUrl('http://127.0.0.1:4318'), 'http://127.0.0.1:4318/v1/traces');
    assert.equal(tracesUrl('https://collector.example/otlp/'), 'https://collector.example/otlp/v1/traces');
  });

  test('is refused with its cure where it is none, or where a secret would stand in logs', () => {
    for (const text of ['', '127.0.0.1:4318', 'grpc://x:4317', 'http://', 'localhost', 'http:4318'])
      assert.match(endpointFault(text) ?? '', /^must be an http or https URL: write .* such as http/, text);
    for (const text of ['http://user@x', 'http://:secret@x:1', 'https://a:b@x'])
      assert.match(endpointFault(text) ?? '', /^must be without user and password/, text);
    for (const text of ['http://x?token=1', 'http://x#y'])
      assert.match(endpointFault(text) ?? '', /^must be without query and fragment/, text);
  });
});

test('a share of the traces is a number above 0 and up to 1, in plain digits', () => {
  for (const [text, share] of [
    ['1', 1],
    ['1.0', 1],
    ['0.1', 0.1],
    ['.5', 0.5],
    ['0.000001', 0.000001],
  ] as const)
    assert.equal(sampleOf(text), share, text);
  for (const text of ['', '0', '0.0', '-1', '1.1', '2', '1e-3', 'all', ' 1', 'NaN', '0,1', '0.0000000001'])
    assert.equal(sampleOf(text), undefined, text);
});
