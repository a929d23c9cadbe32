import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

// Loaded with `--import`, before anything that it patches: the first argument is the text of the rules of another version of btcfed, by purpose.
const RULES = pathToFileURL('libs/membership/key-rules.ts').href;
const OURS = "new Map([[KEY_PURPOSES.audit, '0.2.0']])";

registerHooks({
  load: (loaded, context, next) => {
    const module = next(loaded, context);
    if (loaded !== RULES) return module;
    const parts = Buffer.from(module.source as Uint8Array)
      .toString('utf8')
      .split(OURS);
    assert.equal(parts.length, 2, 'the rules stand where they stood');
    return { ...module, source: parts.join(process.argv[2] ?? OURS) };
  },
});
