import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { DIAGNOSES, isDiagnosisCode } from '#libs/diagnosis/codes.ts';
import { commandText } from '#libs/diagnosis/command-text.ts';

const README = readFileSync(new URL('../../services/cli/README.md', import.meta.url), 'utf8');
const ROW =
  /^\| `(?<code>[a-z-]+)` \| (?<severity>critical|warning|notice) \| .{10,} \| `(?<next>[^`]+)` \|$/gm;

test('the README of btcfed has each code of a diagnosis, in order, with its severity and its command', () => {
  const rows = [...README.matchAll(ROW)].map(({ groups = {} }) => [
    groups['code'],
    groups['severity'],
    groups['next'],
  ]);
  const codes = Object.entries(DIAGNOSES).map(([code, { severity, next }]) => [
    code,
    severity,
    commandText(next, { home: undefined, client: [] }),
  ]);
  assert.deepEqual(rows, codes);
});

const RULES = readFileSync(new URL('../../deploy/monitoring/alerts.yaml', import.meta.url), 'utf8');

test('F-44: the alerts on the diagnosis leave out no code that there is not, and none of another severity', () => {
  const { groups } = parse(RULES) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  };
  const rules = groups.flatMap((group) => group.rules).filter(({ alert }) => alert.startsWith('Diagnosis'));
  assert.deepEqual(
    rules.map(({ alert }) => alert),
    ['DiagnosisCritical', 'DiagnosisWarning'],
  );
  for (const { expr } of rules) {
    const [, severity = '', codes = ''] = /severity="(\w+)",\s*code!~"([^"]+)"/.exec(expr) ?? [];
    assert.ok(codes !== '', expr);
    for (const code of codes.split('|')) {
      assert.ok(isDiagnosisCode(code), code);
      assert.equal(DIAGNOSES[code].severity, severity, code);
    }
  }
});
