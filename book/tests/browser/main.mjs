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
import * as visits from './visits.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const folder = mkdtempSync(join(tmpdir(), 'workbook-'));
const report = new Report(process.argv.slice(2));
const check = (name, body) => report.check(name, body);

async function served(browser, book) {
    const everywhere = [...book.paths(book.allNames), ...book.paths(['404.html'])];
    const sample = ['welcome.html', 'nodes.html', 'print.html'];
    const stops = ['en/welcome.html', 'fr/nodes.html', 'es/404.html'];

    await check('/ leads to the reader’s language', languages.redirects(browser, book, ''));
    await check('the picker keeps page and place',
        languages.picker(browser, book, sample));
    await check('the picker, without scripts',
        languages.pickerWithoutScripts(browser, book, sample));
    await check('the picker follows on the page', languages.pickerFollows(browser, book));
    await check('a page that is missing', languages.missing(browser, book));
    for (const code of LANGUAGES) {
        await check(`search, ${code}`, search.words(browser, book, code, true));
    }
    await check('search leads to the words', search.follow(browser, book));
    await check('every stop of the keyboard is seen', keyboard.stops(browser, book, stops));
    await check('sidebar by keyboard', keyboard.sidebar(browser, book, 'fr/nodes.html'));
    await check('picker by keyboard', keyboard.picker(browser, book, 'en/nodes.html'));
    await check('the clipboard', copying.clipboard(browser, book));
    await check('print pages', printing.links(browser, book));
    await check('axe: what can be opened',
        access.everyState(browser, book, ['fr/nodes.html', 'es/404.html']));
    await report.checks(visits.CHECKS, visits.everyPage(browser, book, everywhere));
}

// The same pages without a server.
async function fromTheDisk(browser, book) {
    const sample = ['welcome.html', 'nodes.html', 'print.html'];
    const start = 'index.html';
    await check('file: index.html leads to the reader’s language',
        languages.redirects(browser, book, start));
    await check('file: index.html without scripts',
        languages.frontPageWithoutScripts(browser, book));
    await check('file: the picker keeps page and place',
        languages.picker(browser, book, sample));
    await check('file: the picker, without scripts',
        languages.pickerWithoutScripts(browser, book, sample));
    for (const code of LANGUAGES) {
        await check(`file: search, ${code}`, search.words(browser, book, code, false));
    }
    await check('file: search leads to the words', search.follow(browser, book));
    await check('file: print pages', printing.links(browser, book));
    await check('file: axe, front page and frames', access.bare(browser, book,
        ['index.html', ...LANGUAGES.map(code => `${code}/toc.html`)]));
    await report.checks(visits.DISK_CHECKS,
        visits.everyFile(browser, book, book.paths(book.allNames)));
}

async function run() {
    const pages = join(folder, 'book');
    const browser = await Browser.start(report);
    const env = { LC_ALL: '', LC_MESSAGES: '', LANG: 'fr_FR.UTF-8' };
    const { program, address } = await serve(root, ['--port', '0'], env);
    try {
        await write(root, pages);
        await check('the terminal speaks the reader’s language', () =>
            program.says(/Ctrl-C pour arrêter/));
        await served(browser, new Book(pages, address));
        const taken = new URL(address).port;
        await check('a change reloads the page',
            changing.rebuilding(browser, root, join(folder, 'copy'), taken));
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
