// The book in a browser, as its readers have it: `bash .ci/browser` runs this.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import * as access from './access.mjs';
import { Book, LANGUAGES } from './book.mjs';
import { Browser } from './browser.mjs';
import * as changing from './changing.mjs';
import * as copying from './copying.mjs';
import * as keyboard from './keyboard.mjs';
import * as languages from './languages.mjs';
import { serve, write } from './program.mjs';
import * as printing from './printing.mjs';
import { Report } from './report.mjs';
import * as search from './search.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const folder = mkdtempSync(join(tmpdir(), 'workbook-'));
const report = new Report();
const check = (name, body) => report.check(name, body);

async function served(browser, book) {
    const everywhere = book.paths(book.allNames);
    const sample = [...LANGUAGES.map(code => `${code}/nodes.html`), 'en/welcome.html',
        'fr/404.html'];

    await check('/ leads to the reader’s language', languages.redirects(browser, book, ''));
    await check('the picker keeps page and place', languages.picker(browser, book));
    await check('the picker, without scripts', languages.pickerWithoutScripts(browser, book));
    await check('the picker follows on the page', languages.pickerFollows(browser, book));
    await check('lang and hreflang', languages.alternates(browser, book));
    await check('a page that is missing', languages.missing(browser, book));
    for (const code of LANGUAGES) {
        await check(`search, ${code}`, search.words(browser, book, code));
    }
    await check('search leads to the words', search.follow(browser, book));
    await check('skip link', keyboard.skipLink(browser, book, [...everywhere, 'fr/404.html']));
    await check('every stop of the keyboard is seen', keyboard.stops(browser, book, sample));
    await check('sidebar by keyboard', keyboard.sidebar(browser, book, 'fr/nodes.html'));
    await check('picker by keyboard', keyboard.picker(browser, book, 'en/nodes.html'));
    await check('landmarks have names', keyboard.landmarks(browser, book, everywhere));
    const chapters = book.paths(book.names);
    await check('copying leaves prompts out', copying.terminals(browser, book, chapters));
    await check('the clipboard', copying.clipboard(browser, book));
    await check('print pages', printing.links(browser, book));
    await check('axe: every page, light, dark, narrow',
        access.everyPage(browser, book, everywhere));
    // What is written on a page has the same colours in all languages.
    const english = everywhere.filter(path => path.startsWith('en/'));
    await check('axe: the other themes', access.otherThemes(browser, book, english));
    await check('axe: what can be opened',
        access.everyState(browser, book, ['fr/nodes.html', 'es/404.html']));
}

// The same pages without a server.
async function fromTheDisk(browser, book) {
    const start = 'index.html';
    await check('file: index.html leads to the reader’s language',
        languages.redirects(browser, book, start));
    await check('file: index.html without scripts',
        languages.frontPageWithoutScripts(browser, book));
    await check('file: the picker keeps page and place', languages.picker(browser, book));
    await check('file: the picker, without scripts',
        languages.pickerWithoutScripts(browser, book));
    await check('file: lang and hreflang', languages.alternates(browser, book));
    for (const code of LANGUAGES) {
        await check(`file: search, ${code}`, search.words(browser, book, code));
    }
    await check('file: search leads to the words', search.follow(browser, book));
    await check('file: print pages', printing.links(browser, book));
    await check('axe: front page and frames', access.bare(browser, book,
        ['index.html', ...LANGUAGES.map(code => `${code}/toc.html`)]));
}

async function run() {
    const pages = join(folder, 'book');
    const browser = await Browser.start(report);
    const env = { LC_ALL: '', LC_MESSAGES: '', LANG: 'fr_FR.UTF-8' };
    const { program, address } = await serve(root, ['--port', '0'], env);
    try {
        await check('the terminal speaks the reader’s language', async fault => {
            await program.says(/Ctrl-C pour arrêter/);
            await write(root, pages);
            if (program.said.includes('Ctrl-C ends')) {
                fault(program.said);
            }
        });
        await served(browser, new Book(pages, address));
        const copied = join(folder, 'copy');
        await check('a change reloads the page',
            changing.rebuilding(browser, root, copied, new URL(address).port));
    } finally {
        await program.stop();
    }
    await fromTheDisk(browser, new Book(pages, `${pathToFileURL(pages)}/`));
    await browser.close();
}

try {
    await run();
} catch (why) {
    await report.check('the checks themselves', () => { throw why; });
} finally {
    rmSync(folder, { recursive: true, force: true });
}
report.close();
process.exit(report.failed === 0 ? 0 : 1);
