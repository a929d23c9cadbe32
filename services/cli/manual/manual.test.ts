import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-manual-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The first shell reads its start-up files; none of these takes a second. */
const SHELL_MS_MAX = 60_000;

interface Shell {
  readonly name: string;
  /** The arguments that make it print, one a line, its suggestions for a command line whose last word is begun. */
  readonly asking: (script: string, words: readonly string[]) => readonly string[];
}

/** Prints the completions that zsh would show: its own functions for that need a terminal. */
const ZSH_SHOWN = `
compdef() { :; }
_files() { print -l -- FILES; }
_message() { print -l -- VALUE; }
compadd() { shift; print -l -- "$@"; }
_describe() { print -l -- "\${(@P)4%%:*}"; }
`;

const SHELLS: readonly Shell[] = [
  {
    name: 'bash',
    asking: (script, words) => [
      '--norc',
      '-c',
      `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _btcfed; printf '%s\\n' "\${COMPREPLY[@]}"`,
      script,
      ...words,
    ],
  },
  {
    name: 'zsh',
    asking: (script, words) => [
      '-f',
      '-c',
      `${ZSH_SHOWN} source "$0"; words=("$@"); CURRENT=$#; PREFIX="\${words[-1]}"; _btcfed`,
      script,
      ...words,
    ],
  },
  {
    name: 'fish',
    asking: (script, words) => ['--no-config', '-c', `source ${script}; complete -C '${words.join(' ')}'`],
  },
];

function isThere(shell: string): boolean {
  return spawnSync(shell, ['--version'], { timeout: SHELL_MS_MAX }).status === 0;
}

for (const { name, asking } of SHELLS) {
  const missing = isThere(name) ? false : `there is no ${name}: install its package to have it tried`;

  describe(`completion in ${name}`, { skip: missing }, () => {
    const script = join(folder, `btcfed.${name}`);
    before(async () => {
      const { code, out } = await runCommandLine('completion', name);
      assert.equal(code, 0);
      writeFileSync(script, `${out}\n`);
    });

    const suggested = (...words: readonly string[]): readonly string[] => {
      const run = spawnSync(name, asking(script, ['btcfed', ...words]), {
        encoding: 'utf8',
        timeout: SHELL_MS_MAX,
      });
      assert.deepEqual([run.status, run.stderr], [0, '']);
      return run.stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
    };

    test('F-47: offers all commands, and those of a group', () => {
      const all = suggested('');
      for (const command of ['up', 'tx', 'signer', 'completion', 'man'])
        assert.ok(all.includes(command), command);
      assert.deepEqual([...suggested('tx', '')].sort(), ['get', 'submit', 'wait']);
      assert.deepEqual([...suggested('signer', 'key', 'i')].filter((word) => /^i/.test(word)).sort(), [
        'import',
        'inspect',
      ]);
    });

    test('F-47: offers the options of a command, whatever stands before', () => {
      for (const before of [[], ['--home', 'here'], ['file.bin', '--json']]) {
        const options = suggested('tx', 'submit', ...before, '--');
        for (const option of ['--wait', '--json', '--address']) assert.ok(options.includes(option), option);
        assert.ok(!options.includes('--members'), 'an option of another command');
      }
    });

    test('F-47: offers the values of an option that has few, and of an argument', () => {
      assert.deepEqual([...suggested('sim', '--mode', '')].sort(), ['liveness', 'safety']);
      assert.deepEqual([...suggested('completion', '')].sort(), ['bash', 'fish', 'zsh']);
      assert.ok(!suggested('up', '--members', '').includes('--json'));
    });
  });
}

test('completion refuses a shell that it does not know, and names those that it knows', async () => {
  const { code, notes } = await runCommandLine('completion', 'tcsh');
  assert.equal(code, 64);
  assert.match(notes, /Allowed choices are bash, zsh, fish/);
});

describe('the manual page', () => {
  test('F-47: has every command with its options, and its examples as they are typed', async () => {
    const { code, out } = await runCommandLine('man');
    assert.equal(code, 0);
    assert.match(out, /^\.TH BTCFED 1 /);
    for (const command of ['tx submit', 'signer rotate status', 'members propose', 'completion']) {
      assert.ok(out.includes(`.SS "btcfed ${command} `), command);
    }
    assert.match(out, /\.TP\n\.B \\-\\-home <dir>\n/);
    assert.match(out, /\n {2}\$ btcfed tx submit /);
  });

  test('F-47: is what groff can set, without a warning', { skip: groffMissing() }, async () => {
    const { out } = await runCommandLine('man');
    const run = spawnSync('groff', ['-man', '-ww', '-z', '-Tutf8', '-K', 'utf8'], {
      input: out,
      encoding: 'utf8',
      timeout: SHELL_MS_MAX,
    });
    assert.deepEqual([run.status, run.stderr], [0, '']);
  });
});

function groffMissing(): string | false {
  return isThere('groff') ? false : 'there is no groff: install groff-base to have it judge the page';
}
