// While the book is served and written: a change is on the page by itself, and a mistake
// is said in the terminal and does no harm.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { open } from './browser.mjs';
import { serve } from './program.mjs';

// So that nothing of the workbook itself is changed.
function copy(root, folder) {
    const left = ['target', '.git'].map(name => join(root, name));
    cpSync(root, folder, { recursive: true, filter: path => !left.includes(path) });
}

function edit(folder, file, change) {
    const path = join(folder, file);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    if (after === before) {
        throw new Error(`${file} has nothing to change`);
    }
    writeFileSync(path, after);
    return () => writeFileSync(path, before);
}

const SENTENCE = 'A sentence that was not there before.';
const LOADED = 30_000;

// `taken` is a port that the first server has.
export function rebuilding(browser, root, folder, taken) {
    return async fault => {
        copy(root, folder);
        const options = ['--port', String(taken), '--root', folder];
        const { program, address } = await serve(root, options, { LC_ALL: 'es_ES.UTF-8' });
        try {
            if (new URL(address).port === String(taken)) {
                fault(`two servers at ${address}`);
            }
            const read = options => browser.reading(address, options, async page => {
                await change(page, program, folder, address, fault);
            });
            await read({ locale: 'es-ES' });
        } finally {
            await program.stop();
        }
        return 'a page, a catalogue, a mistake; at another port than the one that is taken';
    };
}

async function change(page, program, folder, address, fault) {
    // A page has asked once which version it shows before the next one comes.
    const asked = () => page.waitForResponse(`${address}version`);
    const shows = async text => {
        const shown = page.getByText(text, { exact: false }).first();
        await shown.waitFor({ timeout: LOADED })
            .catch(() => fault(`${page.url()} does not show: ${text}`));
    };
    await Promise.all([asked(), open(page, `${address}en/welcome.html`)]);
    const undo = edit(folder, 'book/src/welcome.md', text => `${text}\n${SENTENCE}\n`);
    await program.says(/El libro ha cambiado/);
    await shows(SENTENCE);

    await asked();
    const repair = edit(folder, 'book/src/welcome.md', text =>
        `${text}\n\`\`\`rs\n{{#include ../../lessons/nodes/nodes.rs:no-such-part}}\n\`\`\`\n`);
    await program.says(/No se ha podido reconstruir el libro/);
    await program.says(/book\/src\/welcome\.md:\d+: .*no-such-part/);
    await page.reload();
    await shows(SENTENCE);
    await asked();
    repair();
    undo();
    await program.says(/El libro ha cambiado/);
    await page.getByText(SENTENCE).waitFor({ state: 'detached', timeout: LOADED });

    await Promise.all([asked(), open(page, `${address}fr/welcome.html`)]);
    edit(folder, 'translations/fr.po', text => text.replace('"Bienvenue"', '"Soyez là"'));
    await program.says(/El libro ha cambiado/);
    await shows('Soyez là');
}
