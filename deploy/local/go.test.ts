import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

const base = mkdtempSync(join(tmpdir(), 'btcfed-go-'));
after(() => rmSync(base, { recursive: true, force: true }));

const MS_MAX = 300_000;
const MODULE = 'golang.org/toolchain@v0.0.1-go1.26.8';

/** A go of some version, which writes down how it was called and fetches a module whose programs may not be run. */
const goOf = (version: string, root: string, { isOnline }: { isOnline: boolean }): string => `#!/bin/sh
echo "$*" >> ${root}/calls
if [ "$1" = version ]; then echo "go version ${version} linux/amd64"; exit 0; fi
${isOnline ? '' : 'exit 1'}
/bin/mkdir -p ${root}/module/bin ${root}/module/pkg/tool/linux_amd64
for program in bin/go pkg/tool/linux_amd64/link; do
  echo '#!/bin/sh' > ${root}/module/$program
  /bin/chmod 444 ${root}/module/$program
done
echo '{ "Dir": "${root}/module" }'
`;

const ENSURE = `
import { ensureGo } from ${JSON.stringify(new URL('go.mjs', import.meta.url).href)};
ensureGo({ ...JSON.parse(process.argv[1]), say: console.log });`;

function machine({ go, isOnline = true, debian }: { go?: string; isOnline?: boolean; debian?: string }) {
  const root = mkdtempSync(join(base, 'm-'));
  for (const folder of ['bin', 'usr/sbin', 'checkout']) mkdirSync(join(root, folder), { recursive: true });
  const program = (name: string, text: string): void =>
    writeFileSync(join(root, 'bin', name), text, { mode: 0o755 });
  if (go !== undefined) program('go', goOf(go, root, { isOnline }));
  if (debian !== undefined) {
    writeFileSync(join(root, 'go-of-debian'), goOf(debian, root, { isOnline }));
    const install = `/bin/cp ${root}/go-of-debian ${root}/bin/go; /bin/chmod 755 ${root}/bin/go`;
    program('apt-get', `#!/bin/sh\ncase "$*" in *install*golang-go*) ${install} ;; esac\n`);
  }
  const ensure = (uid = 0): string => {
    // The machine that runs this test may have a go of its own, which must not be found.
    const env = { PATH: join(root, 'bin') };
    const host = JSON.stringify({ env, uid, root, checkout: join(root, 'checkout') });
    return execFileSync(process.execPath, ['--input-type=module', '-e', ENSURE, host], {
      encoding: 'utf8',
      timeout: MS_MAX,
    });
  };
  const calls = (): string =>
    existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8') : '';
  return { root, ensure, calls, link: join(root, 'checkout/.cache/go') };
}

describe('Go, for tests', () => {
  test('is the one on the PATH where that is new enough', () => {
    const { ensure, calls, link } = machine({ go: 'go1.25.3' });
    assert.equal(ensure(), '');
    assert.deepEqual([calls(), existsSync(link)], ['version\n', false]);
  });

  test('is the one that its own installer put down, which need not be on the PATH', () => {
    const { root, ensure, link } = machine({ debian: 'go1.19.8' });
    mkdirSync(join(root, 'usr/local/go/bin'), { recursive: true });
    const text = goOf('go1.27.0', root, { isOnline: true });
    writeFileSync(join(root, 'usr/local/go/bin/go'), text, { mode: 0o755 });
    assert.deepEqual([ensure(), existsSync(link)], ['', false]);
  });

  test('is fetched as a module by an old one, once, and can be run', () => {
    const { ensure, calls, link } = machine({ go: 'go1.19.8' });
    assert.equal(ensure(), `fetching ${MODULE} …\n`);
    assert.match(calls(), new RegExp(`mod download -json ${MODULE}\\.linux-(amd64|arm64)\n$`));
    for (const program of ['bin/go', 'pkg/tool/linux_amd64/link']) {
      assert.equal(statSync(join(link, program)).mode & 0o777, 0o755);
    }
    const before = calls();
    assert.deepEqual([ensure(), calls()], ['', before]);
  });

  test('is fetched by that of Debian where there is none', () => {
    const { ensure, link } = machine({ debian: 'go1.19.8' });
    assert.match(ensure(), /^installing the Debian package golang-go …\nfetching /);
    assert.ok(existsSync(join(link, 'bin/go')));
  });

  test('is said to be missing where it cannot be had, with what is skipped then', () => {
    const offline = machine({ go: 'go1.19.8', isOnline: false });
    assert.match(offline.ensure(), /could not be fetched: install Go 1\.25 or newer; the tests .* skipped/);
    assert.equal(existsSync(offline.link), false);
  });
});
