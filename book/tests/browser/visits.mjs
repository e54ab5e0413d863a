// Every page of the book in every language is opened, and looked at while it is there.
//
// The rules of axe look at it in a wide window and in a narrow one, where other things
// scroll. Contrast, its slow rule, is measured in light and dark; in the other themes on
// the English pages, because colours are the same in all languages. For the same reason
// axe looks only at the English page that has the whole book on it.

import { axe, CONTRAST } from './access.mjs';
import { choose, NARROW, open, THEMES, WIDE } from './browser.mjs';
import * as copying from './copying.mjs';
import * as keyboard from './keyboard.mjs';
import { alternates } from './languages.mjs';
import { overflowing } from './layout.mjs';

const [LIGHT, DARK] = ['light', 'navy'];
const OTHERS = THEMES.filter(theme => theme !== LIGHT && theme !== DARK);

const SKIP = 'every page: skip link';
const LANG = 'every page: lang, hreflang, and a picker that keeps page and place';
const LANDMARKS = 'every page: landmarks have names';
const COPIES = 'every page: copying leaves prompts out';
const WIDTH = `every page: not wider than ${NARROW.width} px`;
const AXE = 'every page: axe, all rules, in light';
const NARROW_AXE = `every page: axe, all rules but contrast, at ${NARROW.width} px`;
const DARK_AXE = 'every page: axe, contrast in dark';
const THEMES_AXE = `every page: axe, contrast in ${OTHERS.join(', ')}`;
const QUIET = 'every page: no console error, no failed and no foreign request';

export const CHECKS = [SKIP, LANG, LANDMARKS, COPIES, WIDTH, AXE, NARROW_AXE, DARK_AXE,
    THEMES_AXE, QUIET];

export function everyPage(browser, book, paths) {
    return faults => browser.each(paths, book.site, {}, async (page, path) => {
        const audited = !path.endsWith('/print.html') || path.startsWith('en/');
        await page.setViewportSize(WIDE);
        await open(page, book.url(path));
        await keyboard.skipLink(page, faults[SKIP]);
        await alternates(page, book, path, faults[LANG]);
        await keyboard.landmarks(page, faults[LANDMARKS]);
        await copying.terminals(page, faults[COPIES]);
        for (const theme of audited ? [LIGHT, DARK, ...OTHERS] : []) {
            await choose(page, theme);
            if (theme === LIGHT) {
                await axe(page, faults[AXE]);
            } else if (theme === DARK) {
                await axe(page, faults[DARK_AXE], { only: CONTRAST });
            } else if (path.startsWith('en/')) {
                await axe(page, faults[THEMES_AXE], { only: CONTRAST });
            }
        }
        await page.setViewportSize(NARROW);
        await open(page, book.url(path));
        await choose(page, DARK);
        await overflowing(page, faults[WIDTH]);
        if (audited) {
            await axe(page, faults[NARROW_AXE], { but: CONTRAST });
        }
        if (path === BEGUN) {
            await eachThemeFromItsBeginning(page, book, path);
        }
    });
}

// The page that is opened with each theme chosen before.
const BEGUN = 'en/nodes.html';

// A theme that was chosen before is there when a page begins; that must be quiet too.
async function eachThemeFromItsBeginning(page, book, path) {
    for (const theme of THEMES) {
        await page.evaluate(name => localStorage.setItem('mdbook-theme', name), theme);
        await open(page, book.url(path));
        page.theme = theme;
    }
}

// The same pages from the disk.
const FROM_DISK = [
    'file: every page: lang, hreflang, and a picker that keeps page and place',
    'file: every page: no console error, no failed and no foreign request',
];

export const DISK_CHECKS = FROM_DISK;

export function everyFile(browser, book, paths) {
    return faults => browser.each(paths, book.site, {}, async (page, path) => {
        await open(page, book.url(`${path}#text`));
        await alternates(page, book, path, faults[FROM_DISK[0]]);
    });
}
